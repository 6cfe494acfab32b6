"""Which records and entries are a case's own.

The case, what stands under it (mandates, photos), and the visits and replies that name it, with their photos. The
household does not: its record tells of people who have no part in the case, and the application itself says who
applies. Of each record every entry that was handed in, refused ones too: that somebody tried is part of the story.
Parked entries are none of it until they are applied, and the server's own entries were signed by nobody.
"""

from collections.abc import Sequence
from typing import NamedTuple

from daiban_server.db.program import Program
from daiban_server.spine import history, log, past, views
from daiban_server.spine.history import Stored
from daiban_server.spine.refusal import Refusal
from daiban_server.spine.views import Shown
from daiban_sync.evidence.custody import linked, told
from daiban_sync.ids import NOBODY

_BESIDE = ("visit", "reply")
"""Kinds whose records stand under the household and name the case."""


class Own(NamedTuple):
    """A case's own entries, in the order of devices and numbers; `records` are the ids of all its records."""

    case: Shown
    records: frozenset[bytes]
    entries: Sequence[Stored]
    withheld: int


def own_of(centre: bytes, case: bytes) -> Program[Own]:
    """Raises `Refusal("record.unknown")` where this is no case of the centre."""
    found = yield from views.shown(views.BY_ID, centre, record_id=case)
    if not found or found[0].view.kind != "application":
        raise Refusal("record.unknown")
    records = yield from records_of(centre, found[0])
    members = {bytes.fromhex(one.view.record) for one in records}
    # From the centre's newest entry on: what was refused, or had no effect, stands behind a record's last change.
    standing = yield from log.standing(centre)
    starts = yield from past.stretches(centre, members, standing.position if standing else 0)
    stored = yield from history.entries_at(centre, starts)
    handed_in = [one for one in stored.values() if one.record in members and one.device != NOBODY]
    entries = _linked(case, sorted(handed_in, key=lambda one: (one.device, one.number)))
    return Own(found[0], frozenset(members), entries, len(handed_in) - len(entries))


def records_of(centre: bytes, case: Shown) -> Program[list[Shown]]:
    """The records that are a case's own, itself first."""
    under = yield from _under(centre, bytes.fromhex(case.view.record))
    return [case, *under, *(yield from _beside(centre, case))]


def _under(centre: bytes, parent: bytes) -> Program[list[Shown]]:
    """All records below one, at any depth."""
    found: list[Shown] = yield from views.shown(views.BY_PARENT, centre, parent_id=parent)
    below = list(found)
    for one in found:
        below += yield from _under(centre, bytes.fromhex(one.view.record))
    return below


def _beside(centre: bytes, case: Shown) -> Program[list[Shown]]:
    household = case.view.values.get("household")
    if not household:
        return []
    named = []
    for kind in _BESIDE:
        home = {"parent_id": bytes.fromhex(household), "kind_name": kind}
        for one in (yield from views.shown(views.OF_PARENT, centre, **home)):
            if one.view.values.get("application") == case.view.record:
                named += [one, *(yield from _under(centre, bytes.fromhex(one.view.record)))]
    return named


def _linked(case: bytes, entries: Sequence[Stored]) -> list[Stored]:
    """Those whose bytes are still there, of records that they themselves tie to the case, as a verifier sees it."""
    kept = [one for one in entries if one.body]
    said = [told(one.device, one.number, one.body) for one in kept]
    members = linked(case, said)
    return [one for one, says in zip(kept, said, strict=True) if says.entry.record in members]
