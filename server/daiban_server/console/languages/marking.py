"""Finds what a template says, so that templates are written in plain Chinese and nothing is forgotten.

A run is text between two tags with the expressions in it: ``还有 {{ n }} 件`` is said as one text with a place,
``还有 {0} 件``. Runs stand in the page and in the attributes that people read (`READ`). In every other attribute, and
in a text area, an expression is a value for machines or somebody's own words, and is never translated.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from jinja2.ext import Extension

from daiban_server.console.languages.spoken import WRITTEN

READ = frozenset({"aria-label", "title", "placeholder", "alt", "data-said"})
"""Attributes that people read or hear."""
_JINJA = r"\{\{.*?\}\}|\{%.*?%\}|\{\#.*?\#\}"
_TOKEN = re.compile(
    rf"(?P<comment>\{{\#.*?\#\}}|<!--.*?-->)|(?P<block>\{{%.*?%\}})|(?P<expression>\{{\{{.*?\}}\}})"
    rf"|(?P<tag><[a-zA-Z/!](?:{_JINJA}|\"(?:{_JINJA}|[^\"])*\"|[^>\"])*>)|(?P<text>[^<{{]+|.)",
    re.DOTALL,
)
_VALUE = re.compile(rf"(?P<name>[\w-]+)=\"(?P<value>(?:{_JINJA}|[^\"])*)\"", re.DOTALL)
_PARTS = re.compile(r"(?P<block>\{%.*?%\}|\{\#.*?\#\})|(?P<expression>\{\{.*?\}\})|(?P<text>[^{]+|.)", re.DOTALL)
_WHITE = re.compile(r"\s+")


class Part(NamedTuple):
    """A piece of a template: ``text``, ``expression``, or what ends a run."""

    kind: str
    source: str


class Marking(Extension):
    """Rewrites the source of each template before it is compiled."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The template with its runs said by ``_run``."""
        return "".join(_rewritten(source))


def texts(source: str) -> list[str]:
    """What a template says, in order: its runs, and the Chinese literals in its expressions."""
    found = [text for kind, text in _said("".join(_rewritten(source))) if kind == "run"]
    return [*found, *(text for kind, text in _said(source) if kind == "literal")]


_CALL = re.compile(r"_run\(\"((?:[^\"\\]|\\.)*)\"")
_LITERAL = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'")


def _said(source: str) -> Iterator[tuple[str, str]]:
    for found in _CALL.finditer(source):
        yield "run", found[1].replace('\\"', '"')
    for code in re.findall(r"\{\{.*?\}\}|\{%.*?%\}", source, re.DOTALL):
        for literal in _LITERAL.finditer(code):
            text = literal[1] or literal[2] or ""
            if WRITTEN.search(text):
                yield "literal", text


def _rewritten(source: str) -> Iterator[str]:
    run: list[Part] = []
    own_words = False
    for found in _TOKEN.finditer(source):
        kind, text = str(found.lastgroup), found[0]
        if kind in ("text", "expression"):
            run.append(Part(kind, text))
            continue
        yield _closed(run, own_words=own_words)
        run = []
        if kind == "tag":
            own_words = text.startswith("<textarea")
            yield _VALUE.sub(_attribute, text)
        else:
            yield text
    yield _closed(run, own_words=own_words)


def _attribute(found: re.Match[str]) -> str:
    parts = [Part(str(one.lastgroup), one[0]) for one in _PARTS.finditer(found["value"])]
    read, value, run = found["name"] in READ, "", list[Part]()
    for part in parts:
        if part.kind == "block":
            value, run = value + _closed(run, own_words=not read) + part.source, []
        else:
            run.append(part)
    return f'{found["name"]}="{value}{_closed(run, own_words=not read)}"'


def _closed(run: list[Part], *, own_words: bool) -> str:
    """A run as the template goes on with it."""
    source = "".join(part.source for part in run)
    if own_words:
        return "".join(_plain(part) if part.kind == "expression" else part.source for part in run)
    if not any(part.kind == "text" and WRITTEN.search(part.source) for part in run):
        return source
    front = len(source) - len(source.lstrip())
    back = len(source.rstrip())
    return source[:front] + _call(run) + source[back:]


def _call(run: list[Part]) -> str:
    text, given = "", list[str]()
    for part in run:
        if part.kind == "text":
            text += part.source
        else:
            text += f"{{{len(given)}}}"
            given.append(f"({part.source[2:-2].strip('- ')})")
    text = _WHITE.sub(" ", text.strip()).replace("\\", "\\\\").replace('"', '\\"')
    return "{{ " + f"_run({', '.join([chr(34) + text + chr(34), *given])})" + " }}"


def _plain(part: Part) -> str:
    return "{{ _plain(" + part.source[2:-2].strip("- ") + ") }}"
