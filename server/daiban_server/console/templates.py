"""Templates: Jinja2, escaped, strict about names, from this package."""

import hashlib
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template.config import TemplateConfig
from markupsafe import Markup, escape

from daiban_server.console import words

_FOLDER = Path(__file__).parent
_MEANING = re.compile(r"([省市县区镇乡村街路组栋楼元·]|号(?!楼))(?=.)")


def breakable(text: str) -> Markup:
    """A name or an address that may break after a part that means something, and nowhere else if there is room."""
    return Markup(_MEANING.sub(r"\1<wbr>", str(escape(text))))  # noqa: S704 - escaped just before


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["breakable"] = breakable
    style = (_FOLDER / "static" / "console.css").read_bytes()
    # The address of the style sheet changes with it, so that no browser shows a new page in an old dress.
    environment.globals["style"] = f"/static/console.css?{hashlib.sha256(style).hexdigest()[:12]}"
    script = (_FOLDER / "static" / "passkeys.js").read_bytes()
    environment.globals["script"] = f"/static/passkeys.js?{hashlib.sha256(script).hexdigest()[:12]}"
    environment.globals["moment"] = words.moment
    environment.globals["marks"] = words.MARKS
    environment.globals["roles"] = words.ROLES
    return environment


TEMPLATES = TemplateConfig(engine=JinjaTemplateEngine.from_environment(_environment()))
