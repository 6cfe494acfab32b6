"""Entries in any spelling, opened as the server opens them."""

from typing import Any

import pytest

from daiban_schemas import entry, reading, strict
from daiban_schemas.strict import StrictnessError

RECORD = "0190" * 8


def taken(body: bytes) -> entry.Entry:
    """An entry as the server opens it, before the database is touched."""
    return reading.read(body).entry


def values_of(decoded: entry.Entry) -> dict[str, Any]:
    return strict.decoded(decoded.fields)  # type: ignore[arg-type]


def body_of(*members: str, kind: str = "application") -> bytes:
    """An entry in the given spelling, whatever it is."""
    return ("{" + ",".join((f'"record":"{RECORD}"', f'"kind":"{kind}"', *members)) + "}").encode(
        "utf-8", "surrogatepass"
    )


def refused(body: bytes) -> str:
    with pytest.raises(StrictnessError) as error:
        taken(body)
    return str(error.value)
