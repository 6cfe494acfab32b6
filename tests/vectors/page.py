"""The worked examples of the page: fenced blocks that name a value of the vectors.

A block that opens with ```` ```hex batch/first/payload ```` shows what stands under ``first``, ``payload`` in
``batch.json``. The language says how: ``hex`` in lines of 32 bytes, ``base64`` of what the vectors hold in
hexadecimal, ``json`` broken into lines unless it is a text already, ``text`` as it is, a list as lines. A block
``layout batch/first/payload`` is written by hand: one member a line, its width first; the widths must add up to the
value's length.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.support.processes import ROOT

PAGE = ROOT / "sync" / "PROTOCOL.md"
_BLOCK = re.compile(r"^```(\w+) (\S+)\n(.*?)^```$", re.M | re.S)
_BARE = re.compile(r"^```(hex|base64|json)\n", re.M)
_WIDTHS = {"u8": 1, "u16": 2, "u32": 4, "u64": 8, "i64": 8}
_MEMBER = re.compile(r"(u8|u16|u32|u64|i64|[0-9]+)(?: x ([0-9]+))? ")
_WIDTH = 100
Vectors = Mapping[str, Any]


def filled(page: str, vectors: Vectors) -> str:
    """The page with its examples as the vectors have them. Raises `LookupError` for a name that is not there."""

    def fill(found: re.Match[str]) -> str:
        language, name, body = found.groups()
        shown = body if language == "layout" else _shown(language, _value(name, vectors)) + "\n"
        return f"```{language} {name}\n{shown}```"

    return _BLOCK.sub(fill, page)


def faults(page: str, vectors: Vectors) -> Iterator[str]:
    """What is wrong with the page, in words: examples that differ or have no name, layouts of another length."""
    if _BARE.search(page):
        yield "an example without a name: nothing re-computes it"
    for language, name, body in _BLOCK.findall(page):
        value = _value(name, vectors)
        if language == "layout":
            told, length = sum(map(_width, body.splitlines())), len(value) // 2
            if told != length:
                yield f"the layout of {name} has {told} bytes, the code makes {length}"
        elif body != _shown(language, value) + "\n":
            yield f"the example {name} differs from what the code does"


def names(page: str) -> set[str]:
    """The names of the page's examples."""
    return {name for _, name, _ in _BLOCK.findall(page)}


def _value(name: str, vectors: Vectors) -> Any:
    value: Any = vectors
    for part in name.split("/"):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value


def _width(line: str) -> int:
    found = _MEMBER.match(line)
    if not found:
        raise ValueError(f"no width: {line}")
    unit = _WIDTHS[found[1]] if found[1] in _WIDTHS else int(found[1])
    return unit * int(found[2] or 1)


def _shown(language: str, value: Any) -> str:
    if language == "hex":
        return _lines(value, 64)
    if language == "base64":
        return _lines(base64.b64encode(bytes.fromhex(value)).decode(), 76)
    if language == "json" and not isinstance(value, str):
        return _pretty(value)
    return "\n".join(value) if isinstance(value, list) else str(value).rstrip("\n")


def _pretty(value: Any, depth: int = 0) -> str:
    """JSON in as few lines as fit the page's width."""
    short = json.dumps(value, ensure_ascii=False)
    if len(short) + depth <= _WIDTH or not isinstance(value, dict | list):
        return short
    pairs = value.items() if isinstance(value, dict) else [(None, part) for part in value]
    inner = depth + 2
    parts = [("" if key is None else f"{json.dumps(key)}: ") + _pretty(part, inner) for key, part in pairs]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n{' ' * inner}" + f",\n{' ' * inner}".join(parts) + f"\n{' ' * depth}{closing}"


def _lines(text: str, width: int) -> str:
    return "\n".join(text[i : i + width] for i in range(0, len(text), width))
