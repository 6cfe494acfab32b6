"""A form: a record as it was opened. What was in view then is fixed, whatever is pulled meanwhile."""

from collections.abc import Mapping
from typing import Any

from daiban_client_sdk.errors import InvalidEntryError
from daiban_schemas.identity import birthday
from daiban_schemas.kinds import KINDS
from daiban_schemas.types import IdentityNumber
from daiban_sync.merge import UNSENT
from daiban_sync.view import View, same


class Form:
    """A record's values when it was opened. `seen` is the record's position then; a new record's is 0."""

    def __init__(self, record: str, kind: str, view: View | None) -> None:
        self.record = record
        self.kind = kind
        self.seen = view.position if view else 0
        self.values: dict[str, Any] = dict(view.values) if view else {}
        self.conflicts = view.conflicts if view else {}
        self._shown = {name: [p for p in view.shown(name) if p < UNSENT] for name in self.conflicts} if view else {}

    def changed(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """Those of `fields` that differ from what the form showed."""
        return {
            name: value
            for name, value in fields.items()
            if name not in self.values or not same(self.values[name], value)
        }

    def over(self, fields: Mapping[str, Any]) -> dict[str, list[int]]:
        """What an ordinary edit replaces of fields in conflict: every head with the visible value, nothing else.

        A head of this device's own that is unsent has no position yet; it is replaced as an ancestor.
        """
        return {name: list(self._shown[name]) for name in fields if name in self._shown}

    def tidy(self, fields: Mapping[str, Any]) -> dict[str, Any]:
        """`fields` as they are kept: the last character of an identity number is a capital X, and the day of birth that
        it states is kept beside it, where the kind has a field for that: of the number itself a mask is left once the
        centre has it."""
        known = KINDS[self.kind].fields
        kept = {
            name: value.upper()
            if isinstance(value, str) and name in known and isinstance(known[name].type, IdentityNumber)
            else value
            for name, value in fields.items()
        }
        day = birthday(str(kept.get("identity_number") or ""))
        if day is not None and "born" in known and "born" not in kept:
            kept["born"] = day.isoformat()
        return kept

    def check(self, fields: Mapping[str, Any]) -> None:
        """Raise `InvalidEntryError` for values that the kind does not allow."""
        kind = KINDS[self.kind]
        wrong = {name: problem for name, value in fields.items() if (problem := kind.problem(name, value))}
        wrong |= {n: "field.server_only" for n in fields if n in kind.fields and kind.fields[n].policy == "server"}
        if not self.seen and not self.values and kind.parent and fields.get(kind.parent) is None:
            wrong[kind.parent] = "value.incomplete"
        if wrong:
            raise InvalidEntryError(next(iter(wrong.values())), wrong)
