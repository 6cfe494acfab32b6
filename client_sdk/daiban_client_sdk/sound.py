"""What may be saved at all: an entry that the server refused whole would hold up everything behind it."""

from collections.abc import Mapping
from typing import Any

from msgspec import Raw

from daiban_client_sdk.errors import InvalidEntryError
from daiban_schemas import entry, strict
from daiban_schemas.types import Type
from daiban_sync import limits


def check_plain(values: Mapping[str, Any]) -> None:
    """Raise `InvalidEntryError` for values that no strict JSON can carry; they would be refused with their whole
    batch."""
    wrong = {}
    for name, value in values.items():
        try:
            strict.check_value(value)
        except (strict.StrictnessError, TypeError, RecursionError):
            wrong[name] = "entry.malformed"
    if wrong:
        raise InvalidEntryError("entry.malformed", wrong)


def checked(body: bytes) -> bytes:
    """An entry as the server will take it. Raises `InvalidEntryError` before anything is saved: an entry that is
    refused
    whole would hold up everything behind it."""
    if len(body) > limits.ENTRY_BYTES:
        raise InvalidEntryError("entry.too_large", {})
    try:
        strict.check_bytes(body)
        made = entry.decode(body)
        if isinstance(made.fields, Raw):
            entry.field_names(strict.decoded(made.fields))
    except strict.StrictnessError as error:
        raise InvalidEntryError("entry.malformed", {str(error): "entry.malformed"}) from None
    return body


def misfits(types: Mapping[str, Type], values: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for name, value in values.items():
        if name in types and (problem := types[name].problem(value)):
            found[name] = problem
    return found
