"""Plans over the JSON API: run one, see how far it is, look at what it would change, commit it; and the week."""

import asyncio
import datetime
import functools
from collections.abc import Callable
from typing import Annotated

from litestar import Controller, Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from msgspec import Meta, Struct

from daiban_server.features.visits.engine.model import moment
from daiban_server.features.visits.plan.answer import Cost, Figures, Plan, Unserved
from daiban_server.features.visits.plan.picture import svg
from daiban_server.features.visits.plan.problem import Stop
from daiban_server.features.visits.planning import committing, runs
from daiban_server.features.visits.planning.asking import ask
from daiban_server.features.visits.planning.committing import Done
from daiban_server.features.visits.planning.diff_picture import DiffPicture
from daiban_server.features.visits.planning.difference import Change, What, changes, sides
from daiban_server.features.visits.planning.posing import Left, Posed, Wishes
from daiban_server.features.visits.planning.running import begin, carry_through
from daiban_server.features.visits.planning.runs import Run
from daiban_server.features.visits.planning.weekly import LONGEST, StandingWeek, WeekOut
from daiban_server.features.visits.settings import settings_of
from daiban_server.features.visits.terms import to_milliseconds, to_moment
from daiban_server.http.people import names_of
from daiban_server.http.problems import ProblemError, checked_day, checked_id
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.limits.calendar import local_day
from daiban_server.services import GivenServices, Services

READ, RUN = {"action": "plan.read"}, {"action": "plan.run"}
SVG = "image/svg+xml"


class RunIn(Struct):
    """How long to search for (seconds; the centre's setting where nothing is said), from which seed, and, where the
    same plan is to come out again, for how many steps."""

    seconds: Annotated[int, Meta(ge=1, le=600)] | None = None
    seed: Annotated[int, Meta(ge=0, le=2**32 - 1)] = 0
    iterations: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None


class ProgressOut(Struct, frozen=True):
    """How far a run at work is: seconds since the search began, the best objective so far, and who has no time yet."""

    seconds: float
    objective: int | None
    unserved: list[str]


class RunOut(Struct, frozen=True):
    """A run. `by` is who asked for it, nobody at night; `fault` says in words why it failed. Unix milliseconds."""

    run: str
    state: str
    by: str | None
    created: int
    ended: int | None
    version: int
    fault: str
    objective: int | None
    figures: Figures | None


class TimeOut(Struct, frozen=True):
    """A time, and whose."""

    agents: list[str]
    names: list[str]
    start: int
    end: int


class ChangeOut(Struct, frozen=True):
    """A visit that gets a time (``new``), another one (``moved``), another crew (``given``) or none (``taken``);
    `promised` where its household was told and will be told again."""

    visit: str
    label: str
    what: What
    promised: bool
    was: TimeOut | None
    now: TimeOut | None


class DiffOut(Struct, frozen=True):
    """What a plan would change, with the figures and the parts of the objective before and after. `sound` says whether
    what stands keeps every rule."""

    changes: list[ChangeOut]
    before: Figures
    after: Figures
    cost_before: Cost
    cost_after: Cost
    sound: bool
    unserved: list[Unserved]
    left: list[Left]


class RunShown(Struct, frozen=True):
    """A run with how far it is, or with what it would change."""

    run: RunOut
    progress: ProgressOut | None
    diff: DiffOut | None


class CommitOut(Struct, frozen=True):
    """How many visits changed."""

    state: str
    changed: int


class Plans(Controller):
    """Runs of the planner for one's own centre."""

    path = "/v1/visits/plans"

    @post("/", opt=RUN, status_code=202)
    async def start(self, data: JSONBody[RunIn], session: GivenSession, services: GivenServices) -> RunOut:
        """Begin a run, and answer at once. Raises `ProblemError`: ``plan.running``."""
        id_ = await start_run(data, session, services)
        return await _out(services, await services.database.read(runs.one(session.clerk.centre, id_)))

    @get("/", opt=READ)
    async def many(self, session: GivenSession, services: GivenServices) -> list[RunOut]:
        """The latest runs, newest first."""
        found = await services.database.read(runs.latest(session.clerk.centre))
        return [await _out(services, one) for one in found]

    @get("/{run:str}", opt=READ)
    async def one(self, run: FromPath[str], session: GivenSession, services: GivenServices) -> RunShown:
        """How far a run is; once it is ready, what it would change. Raises `ProblemError`: ``plan.run_unknown``."""
        found, posed = await run_and_posed(run, session, services)
        labels = {visit.id: visit.label for visit in posed.problem.visits}
        heard, progress = found.heard, None
        if found.state == "running":
            waits = [labels[one] for one in heard.unserved] if heard else []
            progress = ProgressOut(heard.seconds if heard else 0.0, heard.objective if heard else None, waits)
        diff = await asyncio.to_thread(diff_of, posed, found) if found.plan else None
        return RunShown(await _out(services, found), progress, diff)

    @post("/{run:str}/cancel", opt=RUN, status_code=200)
    async def cancel(self, run: FromPath[str], session: GivenSession, services: GivenServices) -> RunOut:
        """Call off a run at work, or throw away a plan that is ready; any other stays as it is. Raises `ProblemError`:
        ``plan.run_unknown``."""
        return await _out(services, await cancel_run(run, session, services))

    @post("/{run:str}/commit", opt=RUN, status_code=200)
    async def commit(self, run: FromPath[str], session: GivenSession, services: GivenServices) -> CommitOut:
        """Make the plan what stands. Raises `ProblemError`: ``plan.run_unknown``, ``plan.not_ready``,
        ``plan.committed``, ``plan.stale``."""
        done = await commit_run(run, session, services)
        if done.state == "stale":
            raise ProblemError("plan.stale")
        return CommitOut(done.state, done.changed)

    @get("/{run:str}/picture.svg", opt=READ, media_type=SVG)
    async def picture(self, run: FromPath[str], session: GivenSession, services: GivenServices) -> Response[bytes]:
        """The planned week and its routes. Raises `ProblemError`: ``plan.run_unknown``, ``plan.not_ready``."""
        found, posed = await run_and_posed(run, session, services)
        if (plan := found.plan) is None:
            raise ProblemError("plan.not_ready")
        return _svg(await asyncio.to_thread(svg, posed.problem, plan))

    @get("/{run:str}/diff.svg", opt=READ, media_type=SVG)
    async def diff(self, run: FromPath[str], session: GivenSession, services: GivenServices) -> Response[bytes]:
        """What the plan would change, as a picture. Raises as `picture`."""
        return await drawn(run, session, services, DiffPicture)


async def drawn(
    run: str, session: SignedIn, services: Services, draw: Callable[[Posed, Plan], DiffPicture]
) -> Response[bytes]:
    """A picture of what a plan would change. Raises as `Plans.picture`."""
    found, posed = await run_and_posed(run, session, services)
    if (plan := found.plan) is None:
        raise ProblemError("plan.not_ready")
    return _svg(await asyncio.to_thread(lambda: draw(posed, plan).svg()))


async def start_run(asked: RunIn, session: SignedIn, services: Services) -> bytes:
    """Begin a run that goes on by itself; gives its id. Raises `ProblemError`: ``plan.running``."""
    centre = session.clerk.centre
    settings = await services.database.read(settings_of(centre))
    wishes = Wishes(asked.seconds or settings.plan_seconds, asked.seed, asked.iterations)
    begun = await begin(services, centre, session.clerk.person, wishes)
    services.planning.keep(carry_through(services, begun))
    return begun.id


async def cancel_run(run: str, session: SignedIn, services: Services) -> Run:
    """As `Plans.cancel`."""
    centre, id_, now = session.clerk.centre, _id(run), services.now()
    return await services.database.write(centre, lambda: runs.cancel(centre, id_, now))


async def commit_run(run: str, session: SignedIn, services: Services) -> Done:
    """Make a plan what stands; one that is stale changes nothing. Raises `ProblemError`: ``plan.run_unknown``,
    ``plan.not_ready``, ``plan.committed``."""
    clerk, id_, now = session.clerk, _id(run), services.now()
    take_over = functools.partial(committing.commit, clerk.centre, id_, clerk.person, services.effects, now)
    return await services.database.write(clerk.centre, take_over)


_First = Annotated[str, QueryParameter(name="from")]


@get("/v1/visits/week", opt=READ)
async def week(session: GivenSession, services: GivenServices, first: _First = "", days: FromQuery[int] = 5) -> WeekOut:
    """The standing week by agent, from a day on (today, where nothing is said). Raises `ProblemError`:
    ``request.invalid``."""
    standing = await standing_week(session, services, first, days)
    return await asyncio.to_thread(standing.out)


@get("/v1/visits/week.svg", opt=READ, media_type=SVG)
async def week_picture(
    session: GivenSession, services: GivenServices, first: _First = "", days: FromQuery[int] = 5
) -> Response[bytes]:
    """The standing week as a picture. Raises as `week`."""
    standing = await standing_week(session, services, first, days)
    return _svg(await asyncio.to_thread(lambda: svg(standing.problem, standing.plan())))


async def standing_week(session: SignedIn, services: Services, first: str, days: int) -> StandingWeek:
    """The standing week of one's own centre. Raises `ProblemError`: ``request.invalid``."""
    now = services.now()
    day = checked_day(first) if first else local_day(now)
    if not 1 <= days <= LONGEST or not datetime.date(2000, 1, 1) <= day <= datetime.date(2200, 1, 1):
        raise ProblemError("request.invalid", detail=f"1 to {LONGEST} days")
    asked = await services.database.read(ask(session.clerk.centre, to_milliseconds(moment(day))))
    return await asyncio.to_thread(StandingWeek, asked, day, days, to_moment(now))


async def run_and_posed(run: str, session: SignedIn, services: Services) -> tuple[Run, Posed]:
    """A run of one's own centre, and what it was asked. Raises `ProblemError`: ``plan.run_unknown``."""
    centre, id_ = session.clerk.centre, _id(run)
    found = await services.database.read(runs.one(centre, id_))
    return found, await services.database.read(runs.posed_of(centre, id_))


async def _out(services: Services, run: Run) -> RunOut:
    names = await services.database.read(names_of([run.by.hex()])) if run.by else {}
    plan = run.plan
    return RunOut(
        run.id.hex(),
        run.state,
        names.get(run.by.hex()) if run.by else None,
        run.created,
        run.ended,
        run.version,
        run.fault,
        plan.objective if plan else None,
        plan.figures if plan else None,
    )


def diff_of(posed: Posed, run: Run) -> DiffOut | None:
    """What a run would change, once it is ready; works out every road, so it is for a thread of its own."""
    if (plan := run.plan) is None:
        return None
    told = sides(posed, plan.stops)
    return DiffOut(
        [_change(posed, one) for one in changes(posed, plan.stops)],
        told.before,
        told.after,
        told.cost_before,
        told.cost_after,
        told.sound,
        list(plan.unserved),
        list(posed.left),
    )


def _change(posed: Posed, one: Change) -> ChangeOut:
    promised = posed.states[one.visit] == "assigned"
    return ChangeOut(one.visit, one.label, one.what, promised, _time(posed, one.was), _time(posed, one.now))


def _time(posed: Posed, stop: Stop | None) -> TimeOut | None:
    if stop is None:
        return None
    names = {vehicle.id: vehicle.label for vehicle in posed.problem.vehicles}
    service = next(visit.service for visit in posed.problem.visits if visit.id == stop.visit)
    start, end = to_milliseconds(stop.start), to_milliseconds(stop.start + service)
    return TimeOut(list(stop.crew), [names[agent] for agent in stop.crew], start, end)


def _svg(picture: str) -> Response[bytes]:
    return Response(picture.encode(), media_type=SVG)


def _id(run: str) -> bytes:
    return checked_id(run, "plan.run_unknown")
