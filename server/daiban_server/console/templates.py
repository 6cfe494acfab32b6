"""Templates: Jinja2, escaped, strict about names, from this package."""

import hashlib
import re
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template.config import TemplateConfig
from markupsafe import Markup, escape

from daiban_server.console import practising, words
from daiban_server.console.language import address
from daiban_server.console.languages.marking import Marking
from daiban_server.console.languages.spoken import LANGUAGES, finalize, language, listed, plain, run, translated
from daiban_server.console.menu import menu
from daiban_server.console.scripts import words_of

_FOLDER = Path(__file__).parent
_NUMBERS = re.compile(r"\d[\d:]*(?:[-–]\d[\d:]*)+")
_MEANING = re.compile(r"([省市县区镇乡村街路组栋楼元·]|号(?!楼))(?=.)")


def breakable(text: str) -> Markup:
    """A name or an address that may break after a part that means something, and nowhere else if there is room."""
    return Markup(_MEANING.sub(r"\1<wbr>", str(escape(translated(text)))))  # noqa: S704 - escaped just before


def unbroken(text: str) -> Markup:
    """A text whose telephones and times stay on one line each."""
    return Markup(_NUMBERS.sub(r'<span class="unbroken">\g<0></span>', str(escape(translated(text)))))  # noqa: S704 - as above


@cache
def asset(file: str) -> str:
    """Where a style sheet or script is. The address changes with it, so that no browser shows a new page in an old
    dress."""
    content = (_FOLDER / "static" / file).read_bytes()
    return f"/static/{file}?{hashlib.sha256(content).hexdigest()[:12]}"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=[Marking],
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "_run": run,
        "_plain": plain,
        "listed": listed,
        "asset": asset,
        "words_of": words_of,
        "menu": menu,
    }
    environment.globals |= {"language": language, "languages": LANGUAGES, "address": address}
    environment.globals |= {"practising": practising.practising, "training": practising.training}
    environment.filters["breakable"] = breakable
    environment.filters["unbroken"] = unbroken
    environment.globals["moment"] = words.moment
    environment.globals["marks"] = words.MARKS
    environment.globals["roles"] = words.ROLES
    return environment


TEMPLATES = TemplateConfig(engine=JinjaTemplateEngine.from_environment(_environment()))
