"""统一排班: have the weeks worked out anew, see how far it is, look at what would change, and take it or leave it."""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from daiban_server.console import words
from daiban_server.console.languages.retelling import retold
from daiban_server.console.languages.spoken import listed, say
from daiban_server.console.pages import Asked, go, nothing, page, said_in, show, signed_form
from daiban_server.console.visits import telling
from daiban_server.console.words import Mark, Moment
from daiban_server.features.visits.planning import runs
from daiban_server.features.visits.planning.diff_picture import NARROW, DiffPicture
from daiban_server.features.visits.planning.posing import Posed
from daiban_server.features.visits.planning.routes import (
    SVG,
    ChangeOut,
    DiffOut,
    RunIn,
    TimeOut,
    cancel_run,
    commit_run,
    diff_of,
    drawn,
    run_and_posed,
    start_run,
)
from daiban_server.features.visits.planning.runs import Run
from daiban_server.features.visits.planning.words import LEFT, WORDS, Tongue, compared
from daiban_server.http.people import names_of
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services

READ, RUN = {"action": "visit.board"}, {"action": "plan.run", "csrf_in_form": True}
STATES = {
    "running": Mark("正在排", "half"),
    "ready": Mark("排好了，等您定", "diamond"),
    "committed": Mark("已采用", "check"),
    "stale": Mark("已过时", "cross"),
    "cancelled": Mark("没有采用", "cross"),
    "failed": Mark("没排成", "cross"),
}
TOO_LATE = {"committed": "plan.committed", "stale": "plan.stale"}
"""What is wrong with throwing away a run that has ended so."""


class RunLine(NamedTuple):
    """A run in the list."""

    run: str
    at: Moment
    by: str
    mark: Mark


class Changed(NamedTuple):
    """A visit that would change, in words; "" where it has no time on one side."""

    visit: str
    label: str
    what: str
    promised: bool
    was: str
    now: str


@get("/visits/plan", opt=READ)
async def plans(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """The latest runs, and a new one."""
    return await _list(session, services, said=said_in(request))


async def _list(session: SignedIn, services: Services, *, said: str = "", error: str = "") -> Template:
    found = await services.database.read(runs.latest(session.clerk.centre))
    names = await services.database.read(names_of({one.by.hex() for one in found if one.by}))
    now = services.now()
    return await show(
        "visits/plans",
        services,
        session,
        nothing(),
        422 if error else 200,
        here="plan",
        title="统一排班",
        runs=[_line(one, names, now) for one in found],
        running=next((one.id.hex() for one in found if one.state == "running"), ""),
        may_run=may(session.role, "plan.run"),
        said=said,
        error=error,
    )


def _line(one: Run, names: Mapping[str, str], now: int) -> RunLine:
    by = names.get(one.by.hex(), "") if one.by else "每夜自动"
    return RunLine(one.id.hex(), words.moment(one.created, now), by, STATES.get(one.state, Mark(one.state, "empty")))


@get("/visits/plan/{run:str}", opt=READ)
async def plan(run: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """One run: how far it is, or what it would change."""
    return await _one(run, session, services, said=said_in(request))


async def _one(run: str, session: SignedIn, services: Services, *, said: str = "", error: str = "") -> Template:
    found, posed = await run_and_posed(run, session, services)
    diff = await asyncio.to_thread(diff_of, posed, found)
    now = services.now()
    return await show(
        "visits/plan",
        services,
        session,
        nothing(),
        422 if error else 200,
        here="plan",
        title=say("{0} 的排班", words.moment(found.created, now).said),
        run=run,
        stage=found.state,
        mark=STATES.get(found.state, Mark(found.state, "empty")),
        fault=retold(found.fault),
        progress=_progress(found, posed),
        changes=[_changed(one, now) for one in diff.changes] if diff else [],
        figures=compared(say, diff.before, diff.after) if diff else [],
        without=_without(diff) if diff else [],
        has_plan=diff is not None,
        sound=diff.sound if diff else True,
        stale=words.wrong("plan.stale"),
        may_run=may(session.role, "plan.run"),
        said=said,
        error=error,
    )


@get("/visits/plan/{run:str}/diff.svg", opt=READ, media_type=SVG)
async def picture(run: FromPath[str], session: GivenSession, services: GivenServices) -> Response[bytes]:
    """What a run would change, as a picture beside the page's words, in its language; as wide as a phone, and a column
    of the desk, can show without making it small."""
    draw = partial(DiffPicture, tongue=Tongue(say, retold), beside=True, width=NARROW)
    return await drawn(run, session, services, draw)


@get("/visits/plan/{run:str}/progress", opt={**READ, "by_itself": True})
async def progress(run: FromPath[str], session: GivenSession, services: GivenServices) -> Template:
    """How far a run is, for a page that looks every other second; once it ended the page is to be read anew."""
    found, posed = await run_and_posed(run, session, services)
    headers = {} if found.state == "running" else {"HX-Refresh": "true"}
    told = {"session": session, "run": run, "progress": _progress(found, posed)}
    return page("visits/progress", told, headers=headers)


def _progress(found: Run, posed: Posed) -> Mapping[str, int] | None:
    """Seconds of the search, and how many visits have a time so far, of how many; None for one that ended."""
    if found.state != "running":
        return None
    heard, total = found.heard, len(posed.states)
    waiting = sum(one in posed.states for one in heard.unserved) if heard else total
    return {"seconds": round(heard.seconds) if heard else 0, "timed": total - waiting, "total": total}


def _changed(one: ChangeOut, now: int) -> Changed:
    what = WORDS["sway" if one.promised else one.what]
    return Changed(one.visit, one.label, what, one.promised, _time(one.was, now), _time(one.now, now))


def _time(time: TimeOut | None, now: int) -> str:
    return f"{telling.when(time.start, time.end, now)} {listed(time.names)}" if time else ""


def _without(diff: DiffOut) -> Sequence[tuple[str, str]]:
    """The visits that get no time, and why, each with its id."""
    planned = [(one.visit, retold(one.reason)) for one in diff.unserved]
    return [*planned, *((one.visit, say("{0}：{1}", one.label, LEFT.get(one.code, one.code))) for one in diff.left)]


# What is done with it ---------------------------------------------------------------------------------------------


@post("/visits/plan", opt=RUN)
async def start(request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """Begin a run; where one is at work, that one is shown."""
    await signed_form(request, session)
    try:
        run = await start_run(RunIn(), session, services)
    except ProblemError as error:
        return await _list(session, services, error=words.wrong(error.code))
    return go(f"/visits/plan/{run.hex()}")


@post("/visits/plan/{run:str}/commit", opt=RUN)
async def commit(run: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """It becomes what stands."""
    await signed_form(request, session)
    try:
        done = await commit_run(run, session, services)
    except ProblemError as error:
        if error.code == "plan.run_unknown":
            raise
        return await _one(run, session, services, error=words.wrong(error.code))
    if done.state == "stale":
        return await _one(run, session, services, error=words.wrong("plan.stale"))
    return go(f"/visits/plan/{run}", "committed")


@post("/visits/plan/{run:str}/cancel", opt=RUN)
async def cancel(run: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """It is called off, or thrown away, unless it came to its end before."""
    await signed_form(request, session)
    ended = await cancel_run(run, session, services)
    if ended.state != "cancelled":
        return await _one(run, session, services, error=words.wrong(TOO_LATE.get(ended.state, "plan.not_ready")))
    return go("/visits/plan", "thrown")


HANDLERS: list[Any] = [plans, plan, picture, progress, start, commit, cancel]
