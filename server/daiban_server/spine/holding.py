"""Held fields: in some states of a record no change moves what is shown of them; only an act does.

No edit is lost for that, however late it comes. It is laid like any other, and where it would move what is shown the
server lays the value that was valid beside it, as a change of its own, whose authority is above everybody's. So the
field is in conflict, on the phone as here, by the rules of the merge alone.

A save's private fields come in a change of their own, behind the one that made the record (`daiban_schemas.private`).
They are the rest of what was said then, not an edit of it: nothing holds them until they have come.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from daiban_schemas.kind import Kind
from daiban_schemas.private import PRIVATE
from daiban_server.db.program import Program
from daiban_server.spine.ledger import Incoming, Ledger, Record
from daiban_sync.view import Written, same


def valid(ledger: Ledger, kind: Kind, record: Record, incoming: Incoming) -> Program[Mapping[str, Any]]:
    """What is shown of those fields of `incoming` that are held now."""
    held = kind.held_in(record.status).intersection(incoming.values)
    if not held:
        return {}
    view = yield from ledger.view(record)
    if kind.held_once and not view.values.get(kind.held_once):
        return {}
    rest = _rest_of_its_save(kind, view.written, incoming)
    return {name: view.values.get(name) for name in held - rest}


def _rest_of_its_save(kind: Kind, written: Sequence[Written], incoming: Incoming) -> frozenset[str]:
    """Private fields that nobody wrote yet, where `incoming` stands directly behind what its device made the record
    by."""
    before = (incoming.device, incoming.number - 1)
    if not any((one.device, one.number) == before and not one.seen for one in written):
        return frozenset()
    known = {name for one in written for name in one.names}
    return PRIVATE[kind.name] & (incoming.values.keys() - known)


def moved(ledger: Ledger, record: Record, before: Mapping[str, Any]) -> Program[Mapping[str, Any]]:
    """Those values of `before` that are shown no longer."""
    if not before:
        return {}
    values = (yield from ledger.view(record)).values
    return {name: value for name, value in before.items() if not same(values.get(name), value)}


def replaced(ledger: Ledger, kind: Kind, record: Record, fields: Mapping[str, Any]) -> Program[dict[str, list[int]]]:
    """What an act replaces that writes `fields`, by the held ones among them: the heads that are shown, and those that
    say what it says. Somebody else's third value stays open."""
    named = kind.held.keys() & fields.keys()
    if not named:
        return {}
    view = yield from ledger.view(record)
    return {
        name: [
            *view.shown(name),
            *(
                change.position
                for change in view.written
                if name in change.names and same(msgspec.json.decode(change.fields[name]), fields[name])
            ),
        ]
        for name in named
    }
