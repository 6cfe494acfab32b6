"""Offers to whoever has the household on the telephone: the best few times, kept for some minutes."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from msgspec.structs import replace

from daiban_server.db.program import Program
from daiban_server.features.visits import holds
from daiban_server.features.visits.asking import Wanted, wanted, wanted_by
from daiban_server.features.visits.engine.answers import Offer, Refusal
from daiban_server.features.visits.engine.model import Promise, Stop, Visit, Week
from daiban_server.features.visits.engine.offers import offers
from daiban_server.features.visits.engine.validate import around, validate
from daiban_server.features.visits.standing import load_week
from daiban_server.http.problems import ProblemError
from daiban_server.spine import log
from daiban_server.spine.desk import Clerk
from daiban_server.spine.ledger import Ledger
from daiban_server.spine.refusal import Refusal as RefusedError

Fields = Mapping[str, Any]


class Found(NamedTuple):
    """Offers, which of them are kept, and until when; where there is none, why, agent by agent. `version` is the
    plan's."""

    offers: Sequence[Offer]
    kept: Sequence[bool]
    refusals: Sequence[Refusal]
    version: int
    hold: bytes
    expires: int


def find(clerk: Clerk, subject: bytes, values: Fields | None, count: int, hold: bytes, now: int) -> Program[Found]:
    """The best offers for a household's visit with these values, or for a visit, with these before its own; with
    `hold` they are kept under that id.

    Raises `ProblemError`: ``record.unknown``, ``visit.place_unknown``, ``request.invalid``.
    """
    position, _ = yield from log.lock(clerk.centre)
    ledger = Ledger(clerk.centre, now, position)
    try:
        wish = yield from _wish(ledger, subject, values)
        standing = yield from load_week(
            clerk.centre, now, without=[subject], household=wish.household, items=wish.items
        )
        visit = wish.within(standing)
    except RefusedError as refusal:
        raise ProblemError(refusal.code, fields=list(refusal.fields)) from None
    answer = offers(standing.week, visit, count)
    kept = _compatible(standing.week, visit, answer.offers) if hold else [False] * len(answer.offers)
    expires = now + standing.settings.hold_minutes * 60_000 if any(kept) else 0
    slots = [holds.kept(visit, one) for one, keeps in zip(answer.offers, kept, strict=True) if keeps]
    version = (
        (yield from holds.put(clerk.centre, hold, wish.household, clerk.person, slots, now, expires))
        if slots
        else (yield from holds.version(clerk.centre))
    )
    return Found(answer.offers, kept, answer.refusals, version, hold if slots else b"", expires)


def _wish(ledger: Ledger, subject: bytes, values: Fields | None) -> Program[Wanted]:
    yield from ledger.load([subject])
    record = ledger.records[subject]
    if record is None or record.deleted or record.kind not in ("visit", "household"):
        raise ProblemError("record.unknown")
    if record.kind == "household":
        return (yield from wanted(ledger, "", subject, record.place or b"", values or {}))
    if not values:
        return (yield from wanted_by(ledger, record))
    own = (yield from ledger.view(record)).values
    return (
        yield from wanted(ledger, subject.hex(), record.parent or b"", record.place or b"", {**own, **_given(values)})
    )


def _given(values: Fields) -> Fields:
    return {name: value for name, value in values.items() if value is not None}


def _compatible(week: Week, visit: Visit, found: Sequence[Offer]) -> list[bool]:
    """Which offers can be kept at once: one that another leaves no room for is offered all the same, and not kept."""
    stands, kept = around(week, {agent for offer in found for agent in offer.crew}), []
    was = set(validate(stands))
    for n, offer in enumerate(found):
        new = {move.visit: move.new for move in offer.moves}
        stops = [replace(s, start=new[s.visit.id]) if s.visit.id in new else s for s in stands.stops]
        named = replace(visit, id=f"{visit.id}/{n}")
        taken = Stop(named, offer.crew, offer.start, offer.start, Promise.ACCEPTED)
        after = replace(stands, stops=(*stops, taken))
        fine = set(validate(after)) <= was
        kept.append(fine)
        if fine:
            # The neighbours stay where they are until the offer is taken.
            stands = replace(stands, stops=(*stands.stops, taken)) if not offer.moves else stands
    return kept
