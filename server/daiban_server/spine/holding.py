"""Held fields: in some states of a record no change moves what is shown of them; only an act does.

No edit is lost for that, however late it comes. It is laid like any other, and where it would move what is shown the
server lays the value that was valid beside it, as a change of its own, whose authority is above everybody's. So the
field is in conflict, on the phone as here, by the rules of the merge alone.

Where the fields are held once something stands in another (the signature, for a mandate), what they said to whoever
signed is what holds: the entries that he had in view, laid anew. What somebody wrote in between, unseen by him, stands
beside it. A signature under other terms than those that hold, or one that drops who signed before, stands beside too.

A save's private fields come in a change of their own, behind the one that made the record (`daiban_schemas.private`).
They are the rest of what was said then, not an edit of it: nothing holds them until they have come.
"""

from collections.abc import Mapping, Sequence, Set
from typing import Any

import msgspec

from daiban_schemas.kind import Kind
from daiban_schemas.private import PRIVATE
from daiban_server.db.program import Program
from daiban_server.spine import past
from daiban_server.spine.history import Stored
from daiban_server.spine.ledger import Incoming, Ledger, Record
from daiban_sync.merge import Change, lay
from daiban_sync.view import View, Written, same


def valid(ledger: Ledger, kind: Kind, record: Record, incoming: Incoming) -> Program[Mapping[str, Any]]:
    """What has to be shown, once `incoming` is laid, of the fields that are held now, or that it makes held."""
    terms, once = kind.held_in(record.status), kind.held_once
    signs = once is not None and once in incoming.values
    if terms.isdisjoint(incoming.values) and not signs:
        return {}
    view = yield from ledger.view(record)
    if once and not view.values.get(once):
        return (yield from _signed(ledger, view, record, incoming, terms)) if signs else {}
    held = terms.intersection(incoming.values) - _rest_of_its_save(kind, view.written, incoming)
    if once and signs and not (yield from _signs_on(ledger, view, record, incoming, terms, once)):
        held = held | {once}
    return {name: view.values.get(name) for name in held}


def _signed(
    ledger: Ledger, view: View, record: Record, incoming: Incoming, terms: Set[str]
) -> Program[Mapping[str, Any]]:
    """What whoever signs first had in view of the terms; what he writes with his sign is his own."""
    said = yield from _in_view(ledger, view, record, incoming, terms)
    return {name: said.get(name) for name in terms - incoming.values.keys()}


def _signs_on(
    ledger: Ledger, view: View, record: Record, incoming: Incoming, terms: Set[str], once: str
) -> Program[bool]:
    """Whether one more signs what holds, beside everybody who signed before."""
    before, after = view.values[once], incoming.values[once]
    if not isinstance(after, list) or not all(any(same(one, other) for other in after) for one in before):
        return False
    said = yield from _in_view(ledger, view, record, incoming, terms)
    said = {**said, **incoming.values}
    return all(same(said.get(name), view.values.get(name)) for name in terms)


def _in_view(
    ledger: Ledger, view: View, record: Record, incoming: Incoming, terms: Set[str]
) -> Program[Mapping[str, Any]]:
    """What the record's fields said to the author of `incoming`, by rules 1 and 2 of the merge. History is read only
    where somebody else wrote one of `terms` unseen by him."""
    device, number, seen = incoming.device, incoming.number, incoming.entry.seen
    change = Change(ledger.position + 1, device, number, incoming.chained, tuple(terms), seen, {})
    if all(terms.isdisjoint(head.names) for head in lay(ledger.heads(record), change)[:-1]):
        return view.values
    stored = [*(yield from _kept(ledger, record.id)), *ledger.applied(record.id)]
    own = device if incoming.chained else None
    return past.shown([one for one in stored if one.position <= seen or (one.device == own and one.number < number)])


def _kept(ledger: Ledger, record: bytes) -> Program[Sequence[Stored]]:
    """A record's past, read once: a batch may bring five hundred signatures, and everybody else waits meanwhile."""
    if record not in ledger.pasts:
        ledger.pasts[record] = yield from past.kept(ledger.centre, record, ledger.position)
    return ledger.pasts[record]


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
