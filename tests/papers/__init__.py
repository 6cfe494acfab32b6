"""What the stories about papers share: the samples, and a way to write something else into them."""

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest

from daiban_server.features.papers.documents import Document
from daiban_server.features.papers.samples import samples

SAMPLES = dict(samples())
each_paper = pytest.mark.parametrize("name", SAMPLES)

CODES = {"template", "size", "part", "mark", "on_duty"}
"""Words of the program's own, which no person writes."""


def texts(values: Any, field: str = "") -> Iterator[tuple[str, str]]:
    """Every text in a document's values, with the field that it stands in."""
    if isinstance(values, dict):
        for name, value in values.items():
            yield from texts(value, name)
    elif isinstance(values, list | tuple):
        for value in values:
            yield from texts(value, field)
    elif isinstance(values, str) and field not in CODES:
        yield field, values


def values_of(document: Document) -> dict[str, Any]:
    """A document's values; days stay days."""
    values: dict[str, Any] = msgspec.to_builtins(document, builtin_types=(bytes, datetime.date))
    return values


def rewritten(document: Document, change: Callable[[str, str], str]) -> Document:
    """The document with each text replaced by what `change` makes of its field and itself."""

    def walk(value: Any, field: str = "") -> Any:
        if isinstance(value, dict):
            return {name: walk(part, name) for name, part in value.items()}
        if isinstance(value, list | tuple):
            return [walk(part, field) for part in value]
        if isinstance(value, str) and field not in CODES:
            return change(field, value)
        return value

    return msgspec.convert(walk(values_of(document)), type(document), builtin_types=(bytes, datetime.date))
