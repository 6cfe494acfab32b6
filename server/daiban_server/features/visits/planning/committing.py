"""Taking a plan over: under the centre's lock, under the version it was made for, all of it or nothing.

Visits that waited get a time that nobody was told yet, those that have such a time get another in silence, and promised
ones come up to a quarter of an hour earlier or later with the same agent, and are told.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from daiban_server.db.program import Program
from daiban_server.features.visits import booking, holds, keeping
from daiban_server.features.visits.engine.answers import Violation
from daiban_server.features.visits.engine.model import Promise, Stop, Window
from daiban_server.features.visits.engine.validate import validate
from daiban_server.features.visits.keeping import Given, Slot
from daiban_server.features.visits.plan.problem import Stop as Planned
from daiban_server.features.visits.planning import runs
from daiban_server.features.visits.planning.asking import Asked, Known, ask
from daiban_server.features.visits.planning.difference import Change, changes
from daiban_server.features.visits.standing import Standing
from daiban_server.features.visits.terms import to_milliseconds
from daiban_server.http.problems import ProblemError
from daiban_server.spine.acting import act
from daiban_server.spine.effects import Effects
from daiban_server.spine.ledger import Ledger

_MAY = {
    ("requested", "new"),
    ("proposed", "moved"),
    ("proposed", "given"),
    ("proposed", "taken"),
    ("assigned", "moved"),
}
"""What a plan may do with a visit in a state. What was promised keeps its agent, whatever a planner says."""


class Done(NamedTuple):
    """What became of the run, and how many visits changed."""

    state: str
    changed: int


def commit(centre: bytes, id_: bytes, by: bytes, effects: Effects, now: int) -> Program[Done]:
    """Commit a plan that is ready. One that no longer fits becomes ``stale``, and nothing else changes.

    Raises `ProblemError`: ``plan.run_unknown``, ``plan.committed``, ``plan.not_ready``.
    """
    done = Done("stale", 0)

    def work(ledger: Ledger) -> Program[None]:
        nonlocal done
        done = yield from _commit(ledger, id_, by)

    yield from act(centre, effects, now, work)
    yield from runs.mark(id_, done.state)
    return done


def _commit(ledger: Ledger, id_: bytes, by: bytes) -> Program[Done]:
    found = yield from runs.one(ledger.centre, id_)
    if found.state == "stale":
        return Done("stale", 0)
    if found.state == "committed":
        raise ProblemError("plan.committed")
    if found.plan is None or found.state != "ready":
        raise ProblemError("plan.not_ready")
    if found.version != (yield from holds.version(ledger.centre)):
        return Done("stale", 0)
    posed = yield from runs.posed_of(ledger.centre, id_)
    all_ = changes(posed, found.plan.stops)
    asked = yield from ask(ledger.centre, ledger.now, [bytes.fromhex(one.visit) for one in all_])
    if not _fits(asked, posed.states, all_):
        return Done("stale", 0)
    yield from _take_over(ledger, asked, all_, by)
    return Done("committed", len(all_))


def _fits(asked: Asked, states: Mapping[str, str], all_: Sequence[Change]) -> bool:
    """Whether each visit is still what it was, nobody would have had to leave already, and no rule is broken."""
    for one in all_:
        known = asked.visits.get(one.visit)
        if known is None or known.status != states.get(one.visit):
            return False
        # What a promised visit asks for was settled when it was promised; of others it is looked at again.
        if known.visit is None and known.status != "assigned":
            return False
        if (known.status, one.what) not in _MAY:
            return False
        if any(not _yet_to_begin(asked.standing, stop) for stop in (one.was, one.now) if stop is not None):
            return False
    return not broken_by(asked.standing, asked.visits, all_)


def _yet_to_begin(standing: Standing, stop: Planned) -> bool:
    """Whether the half-days in which a stop lies are still to come: in one that began somebody may be on his way."""
    week = standing.week
    agents = {agent.id: agent for agent in week.agents}
    begun = (d for one in stop.crew if one in agents for d in agents[one].duties() if d.start < week.now)
    return stop.start >= week.now and not any(duty.start <= stop.start < duty.end for duty in begun)


def broken_by(standing: Standing, visits: Mapping[str, Known], all_: Sequence[Change]) -> list[Violation]:
    """The rules that the week would break with these changes, and does not break without them."""
    week, change = standing.week, {one.visit: one for one in all_}
    stops = [stop for stop in week.stops if stop.visit.id not in change]
    before = {stop.visit.id: stop for stop in week.stops}
    for one in all_:
        if one.now is None:
            continue
        known, was = visits[one.visit], before.get(one.visit)
        if was is not None and known.status != "proposed":
            stops.append(replace(was, crew=one.now.crew, start=one.now.start))
        elif known.visit is not None:
            stops.append(Stop(known.visit, one.now.crew, one.now.start, one.now.start, Promise.PROMISED))
    stood = set(validate(week))
    return [one for one in validate(replace(week, stops=tuple(stops))) if one not in stood]


def _take_over(ledger: Ledger, asked: Asked, all_: Sequence[Change], by: bytes) -> Program[None]:
    told = [one for one in all_ if asked.visits[one.visit].status == "assigned"]
    moves = [
        (one.visit, to_milliseconds(one.was.start), to_milliseconds(one.now.start))
        for one in told
        if one.was is not None and one.now is not None
    ]
    given = list((yield from booking.moved(ledger, moves, keeping.Change("swayed", by))))
    for one in all_:
        if one not in told and (put := (yield from _given(ledger, asked, one, by))) is not None:
            given.append(put)
    if not given:
        return
    yield from keeping.give(ledger, given)
    for put in given:
        yield from keeping.tell(ledger, put.record, put.fields)


def _given(ledger: Ledger, asked: Asked, one: Change, by: bytes) -> Program[Given | None]:
    """A visit that nobody was told of, with its new time or without any."""
    id_ = bytes.fromhex(one.visit)
    yield from ledger.load([id_])
    record, known, change = ledger.records[id_], asked.visits[one.visit], keeping.Change("planned", by)
    if record is None or known.wish is None:
        return None
    if one.now is None:
        return Given(record, (yield from keeping.freed(ledger, record, change)), "requested")
    start, why, stand_in = to_milliseconds(one.now.start), *_why(asked.standing, known, one.now.crew, one.now.start)
    slot = Slot(one.now.crew, start, start + known.wish.minutes * 60_000, known.wish.point, why, stand_in)
    return Given(record, (yield from keeping.kept(ledger, record, slot, change)), "proposed")


def _why(standing: Standing, known: Known, crew: Sequence[str], start: int) -> tuple[str, str | None]:
    """Why it is they, in words for the household, and the code where none of them answers for the place."""
    week = standing.week
    agents = {agent.id: agent for agent in week.agents}
    names = "、".join(agents[one].name for one in crew)
    place = known.visit.place if known.visit else ""
    own = {post.a for post in week.posts if place in post.territory}
    if own & set(crew):
        return f"{names}是本村代办员，按本周统一安排上门", None
    span = Window(start, start + (known.visit.service if known.visit else 1))
    away = any(agents[one].away(span) for one in own)
    first = "、".join(sorted(agents[one].name for one in own))
    reason = f"{first}请假" if away else f"{first}另有安排"
    return f"{reason}，由{names}代岗上门", "stand_in_absent" if away else "stand_in_planned"
