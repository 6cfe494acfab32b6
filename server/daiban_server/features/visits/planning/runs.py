"""A centre's runs of the planner as rows: who asked, how far it is, what came of it.

Everything that is to be known of a run stands in its row, so that any process of the server can show or cancel it.
While it is worked out its `plan` says when it was last heard of; one that was not heard of for a minute died with its
server.
"""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from msgspec import Struct
from sqlalchemy import bindparam, delete, select, update

from daiban_server.db import schema
from daiban_server.db.program import Program, Row, Write, first, rows, run
from daiban_server.features.visits.plan.answer import Plan
from daiban_server.features.visits.planning.posing import Posed
from daiban_server.http.problems import ProblemError
from daiban_server.spine import log

SILENCE = 60_000
"""Milliseconds after which a run that was not heard of is given up."""
KEPT = 30 * 86_400_000
"""Milliseconds for which a run is kept: it names households."""
LATEST = 20
LOST = "服务器中途停了，请再运行一次"
_v = schema.visit_run.c
_RUNNING = _v.state == "running"
_COLUMNS = (_v.id, _v.by, _v.created, _v.ended, _v.state, _v.version, _v.plan, _v.fault)
_ONE = select(*_COLUMNS).where(_v.id == bindparam("run_id"), _v.centre == bindparam("centre_id"))
_POSED = select(_v.problem).where(_v.id == bindparam("run_id"), _v.centre == bindparam("centre_id"))
_LATEST = (
    select(*_COLUMNS).where(_v.centre == bindparam("centre_id")).order_by(_v.created.desc(), _v.id.desc()).limit(LATEST)
)
_AT_WORK = select(_v.id, _v.centre, _v.created, _v.plan).where(_RUNNING)
_NIGHTLY = (
    select(_v.id).where(_v.centre == bindparam("centre_id"), _v.by.is_(None), _v.created >= bindparam("since")).limit(1)
)
_HEARD = (
    update(schema.visit_run)
    .where(_v.id == bindparam("run_id"), _RUNNING)
    .values(plan=bindparam("heard"))
    .returning(_v.id)
)
_END = (
    update(schema.visit_run)
    .where(_v.id == bindparam("run_id"), _RUNNING)
    .values(state=bindparam("to_state"), ended=bindparam("ended_at"), plan=bindparam("found"), fault=bindparam("why"))
    .returning(_v.id)
)
_MARK = update(schema.visit_run).where(_v.id == bindparam("run_id")).values(state=bindparam("to_state"))
_OLD = delete(schema.visit_run).where(_v.centre == bindparam("centre_id"), _v.created < bindparam("before"))


class Heard(Struct, frozen=True):
    """What a run at work told last, and when: seconds since the search began, the best objective so far (nothing yet:
    None), and the visits that it has no time for."""

    at: int
    seconds: float = 0.0
    objective: int | None = None
    unserved: tuple[str, ...] = ()


class Run(NamedTuple):
    """A run. Nobody asked for a nightly one. `heard` while it is at work, `plan` once it is ready."""

    id: bytes
    by: bytes | None
    created: int
    ended: int | None
    state: str
    version: int
    heard: Heard | None
    plan: Plan | None
    fault: str


def begin(centre: bytes, id_: bytes, by: bytes | None, version: int, posed: Posed, now: int) -> Program[None]:
    """Begin a run. Raises `ProblemError`: ``plan.running`` where another of the centre's is at work."""
    yield from log.lock(centre)
    yield from give_up(now)
    if any(row[1] == centre for row in (yield from rows(_AT_WORK))):
        raise ProblemError("plan.running")
    yield from run(_OLD, centre_id=centre, before=now - KEPT)
    row = (id_, centre, by, now, None, "running", version, msgspec.json.encode(posed), None, "")
    yield Write(schema.visit_run, [row])


def hear(id_: bytes, heard: Heard) -> Program[bool]:
    """Keep how far it is; gives whether it is still wanted."""
    return bool((yield from rows(_HEARD, run_id=id_, heard=msgspec.json.encode(heard))))


def end(id_: bytes, to_state: str, plan: Plan | None, why: str, now: int) -> Program[bool]:
    """End a run at work; gives whether it was."""
    found = msgspec.json.encode(plan) if plan else None
    ended = yield from rows(_END, run_id=id_, to_state=to_state, found=found, why=why, ended_at=now)
    return bool(ended)


def mark(id_: bytes, to_state: str) -> Program[None]:
    """A plan that is ready was committed, or is stale."""
    yield from run(_MARK, run_id=id_, to_state=to_state)


def cancel(centre: bytes, id_: bytes, now: int) -> Program[Run]:
    """Call off a run at work, or throw away a plan that is ready; gives it as it then is. Raises `ProblemError`:
    ``plan.run_unknown``."""
    found = yield from one(centre, id_)
    yield from end(id_, "cancelled", None, "", now)
    if found.state == "ready":
        yield from mark(id_, "cancelled")
    return (yield from one(centre, id_))


def give_up(now: int, silence: int = SILENCE) -> Program[int]:
    """Mark as failed whatever was not heard of for so long; gives how many. At the start of a server that is alone with
    its database nothing can be at work: then no `silence` is needed."""
    lost = [row[0] for row in (yield from rows(_AT_WORK)) if now - _heard_at(row[2], row[3]) >= silence]
    for id_ in lost:
        yield from end(id_, "failed", None, LOST, now)
    return len(lost)


def _heard_at(created: int, heard: bytes | None) -> int:
    return max(created, msgspec.json.decode(heard, type=Heard).at) if heard else created


def one(centre: bytes, id_: bytes) -> Program[Run]:
    """A run of this centre's. Raises `ProblemError`: ``plan.run_unknown``."""
    row = yield from first(_ONE, run_id=id_, centre_id=centre)
    if row is None:
        raise ProblemError("plan.run_unknown")
    return _run(row)


def posed_of(centre: bytes, id_: bytes) -> Program[Posed]:
    """What a run of this centre's was asked: half a megabyte for a full week. Raises as `one`."""
    row = yield from first(_POSED, run_id=id_, centre_id=centre)
    if row is None:
        raise ProblemError("plan.run_unknown")
    return msgspec.json.decode(row[0], type=Posed)


def latest(centre: bytes) -> Program[Sequence[Run]]:
    """The newest runs, newest first."""
    return [_run(row) for row in (yield from rows(_LATEST, centre_id=centre))]


def had_a_night(centre: bytes, since: int) -> Program[bool]:
    """Whether a nightly run began since then."""
    return (yield from first(_NIGHTLY, centre_id=centre, since=since)) is not None


def _run(row: Row) -> Run:
    id_, by, created, ended, state, version, plan, fault = row
    at_work = state == "running"
    return Run(
        id_,
        by,
        created,
        ended,
        state,
        version,
        msgspec.json.decode(plan, type=Heard) if plan and at_work else None,
        msgspec.json.decode(plan, type=Plan) if plan and not at_work else None,
        fault,
    )
