"""A text in the language of the request.

The Chinese text is the key. What has no translation, and what people wrote themselves, is said as it stands. A
translation may choose a word by the number in a place: ``{0} {0:day|days}`` is 1 day, 2 days.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

CHINESE = "zh"
FOLDER = Path(__file__).parent
_NAMES = {CHINESE: "中文", "en": "English"}
LANGUAGES = {code: name for code, name in _NAMES.items() if code == CHINESE or (FOLDER / f"{code}.po").exists()}
"""What the console speaks, each under its own name: Chinese, and whatever has a catalogue."""
WRITTEN = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”…—]")
"""What shows that a text is Chinese."""

_language: ContextVar[str] = ContextVar("language", default=CHINESE)
PLACE = re.compile(r"\{(\d)(?::([^|}]*)\|([^}]*))?\}")
"""A place of a text: its number, and the words for one and for any other number."""


def speak(language: str) -> None:
    """Answer this request in a language of `LANGUAGES`; in Chinese where it is none of them."""
    _language.set(language if language in LANGUAGES else CHINESE)


def language() -> str:
    """The language of this request."""
    return _language.get()


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """Every text of a catalogue, by its Chinese."""
    with (FOLDER / f"{language}.po").open("rb") as file:
        return {str(one.id): str(one.string) for one in read_po(file) if one.id and one.string}


def translated(text: str) -> str:
    """A text as it stands in the catalogue, or as it is."""
    spoken = _language.get()
    return text if spoken == CHINESE else catalogue(spoken).get(text, text)


def say(text: str, *given: object) -> str:
    """A text with what is given in the places of its ``{0}``, ``{1}``, …, each said in the language too."""
    parts = [translated(one) if isinstance(one, str) else str(one) for one in given]
    return _filled(translated(text), parts)


def listed(parts: Iterable[str]) -> str:
    """Several things in a row, as the language sets them apart."""
    return translated("、").join(parts)


_NARROW = tuple(".!?;:,")


def _brings_its_room(sign: str) -> bool:
    """Whether it is a sign of Chinese; those of other scripts need a space before what stands next."""
    return unicodedata.category(sign) == "Po" and unicodedata.east_asian_width(sign) in "FW"


def run(text: str, *given: Any) -> Markup:
    """As `say`, for a run of a template: what is given is escaped unless it is markup."""
    parts = [one if isinstance(one, Markup) else escape(translated(str(one))) for one in given]
    said = translated(text)
    if said.endswith(_NARROW) and _brings_its_room(text[-1]):
        said += " "
    return Markup(_filled(str(escape(said)), parts))  # noqa: S704 - every part was escaped


def _filled(text: str, parts: Sequence[str]) -> str:
    def filling(found: re.Match[str]) -> str:
        given = parts[int(found[1])]
        return given if found[2] is None else found[2 if given == "1" else 3]

    return PLACE.sub(filling, text)


def plain(value: Any) -> Markup:
    """A value that is for machines: escaped, never translated."""
    return value if isinstance(value, Markup) else escape(str(value))


@pass_context
def finalize(context: Context, value: Any) -> Any:
    """What an expression of a template gives, said in the language."""
    return translated(value) if isinstance(value, str) and not isinstance(value, Markup) else value
