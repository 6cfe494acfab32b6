"""更正 of values that only make sense together, as an account: what a form gives is laid over what stands, since what
it leaves empty stays as it was."""

from collections.abc import Iterable, Mapping
from typing import Any

from daiban_schemas.kinds.application import HELD
from daiban_schemas.types import Struct
from daiban_server.console.asking import label_of
from daiban_server.console.languages.spoken import say
from daiban_server.db.program import Program
from daiban_server.spine import views


def laid(arguments: Mapping[str, Any], record: bytes, centre: bytes) -> Program[tuple[dict[str, Any], dict[str, str]]]:
    """The arguments with whole values, and, by field, what neither the form nor the record has."""
    shown = yield from views.shown(views.BY_ID, centre, record_id=record)
    standing = shown[0].view.values if shown else {}
    values, errors = dict(arguments["values"]), dict[str, str]()
    for name, of in HELD.items():
        if isinstance(of, Struct) and name in values:
            values[name] = {**(standing.get(name) or {}), **values[name]}
            errors |= _missing(f"values.{name}", of.required, values[name])
    return {**arguments, "values": values}, errors


def _missing(above: str, required: Iterable[str], value: Mapping[str, Any]) -> dict[str, str]:
    names = [f"{above}.{part}" for part in required if not value.get(part)]
    return {name: say("请填写“{0}”。", label_of("correct", name)) for name in names}
