"""Runs of the planner beside the server, and the plan of the night."""

import asyncio
import multiprocessing

import msgspec
import pytest

from daiban_server.app import EFFECTS
from daiban_server.features.visits.plan.problem import Stop
from daiban_server.features.visits.planning import nightly, running, runs
from daiban_server.features.visits.planning.committing import commit
from daiban_server.features.visits.planning.posing import Wishes
from daiban_server.features.visits.planning.running import begin, carry_through
from daiban_server.http.problems import ProblemError
from tests.visiting.planners import Office, committed, planned, run_of, waiting
from tests.visiting.village import Village


async def test_a_run_goes_on_beside_the_server_and_tells_how_far_it_is(village: Village) -> None:
    asked = waiting(village)
    office = Office(village)
    begun = await begin(office, village.centre, village.people["赵敏"], Wishes(60))
    with pytest.raises(ProblemError, match=r"plan\.running"):
        await begin(office, village.centre, None, Wishes(60))
    task = office.planning.keep(carry_through(office, begun))
    while (heard := run_of(village, begun.id).heard) is None or heard.objective is None:
        await asyncio.sleep(0.05)
    assert heard.unserved == ()
    ended = village.run(runs.cancel(village.centre, begun.id, village.now))
    assert (ended.state, ended.plan) == ("cancelled", None)
    await task
    assert run_of(village, begun.id).state == "cancelled", "what the worker said after that is not kept"
    assert multiprocessing.active_children() == []
    with pytest.raises(ProblemError, match=r"plan\.not_ready"):
        committed(village, begun.id)
    assert asked


async def test_a_worker_that_is_killed_leaves_a_run_that_failed_in_words(village: Village) -> None:
    waiting(village)
    office = Office(village)
    begun = await begin(office, village.centre, None, Wishes(60))
    task = office.planning.keep(carry_through(office, begun))
    while not (workers := multiprocessing.active_children()):
        await asyncio.sleep(0)
    for worker in workers:
        worker.kill()
    await task
    found = run_of(village, begun.id)
    assert (found.state, found.plan, found.fault) == ("failed", None, "计算中断了，请再运行一次")
    assert village.slots() == []


async def test_a_plan_that_a_judge_refuses_is_never_shown_as_ready(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A planner gone mad sends one agent to two homes at once."""
    asked = waiting(village, 2)
    sound = planned(village)
    village.run(runs.mark(sound.id, "cancelled"))
    start = sound.plan.stops[0].start
    mad = msgspec.structs.replace(sound.plan, stops=tuple(Stop(s.visit, s.crew, start) for s in sound.plan.stops))
    monkeypatch.setattr(running, "plan_apart", lambda *asked: mad)
    monkeypatch.setattr(running, "judged", lambda posed, plan: (plan, ""))
    office = Office(village)
    begun = await begin(office, village.centre, None, Wishes(60))
    await carry_through(office, begun)
    found = run_of(village, begun.id)
    assert (found.state, found.plan) == ("failed", None)
    assert found.fault == "算出的安排没有通过检查（overlap_or_road），没有采用"
    assert {village.status(one) for one in asked} == {"requested"}


async def test_a_run_whose_server_died_is_given_up(village: Village) -> None:
    waiting(village, 1)
    begun = await begin(Office(village), village.centre, None, Wishes(60))
    assert village.run(runs.give_up(village.now + runs.SILENCE - 1)) == 0
    assert village.run(runs.give_up(village.now + runs.SILENCE)) == 1
    found = run_of(village, begun.id)
    assert (found.state, found.fault) == ("failed", "服务器中途停了，请再运行一次")
    assert (await begin(Office(village), village.centre, None, Wishes(60))).id != begun.id


async def test_a_server_that_ends_takes_its_workers_along(village: Village) -> None:
    waiting(village, 1)
    office = Office(village)
    begun = await begin(office, village.centre, None, Wishes(60))
    office.planning.keep(carry_through(office, begun))
    while not multiprocessing.active_children():
        await asyncio.sleep(0)
    await office.planning.close()
    assert multiprocessing.active_children() == []
    assert run_of(village, begun.id).state == "running", "the next start gives it up"
    assert village.run(runs.give_up(village.now, 0)) == 1


async def night(village: Village, office: Office) -> None:
    """One round of the jobs, and whatever it began."""
    await nightly.look(office, village.now)
    if office.planning.night is not None:
        await office.planning.night


async def test_at_night_the_centre_is_planned_once(village: Village) -> None:
    asked = waiting(village)
    village.choose(plan_seconds=1)
    office = Office(village)
    await night(village, office)
    assert village.run(runs.latest(village.centre)) == [], "it is noon"
    village.now = village.at(1, 1)
    await night(village, office)
    (run_,) = village.run(runs.latest(village.centre))
    assert (run_.state, run_.by) == ("committed", None)
    assert {village.status(one) for one in asked} == {"proposed"}
    assert village.values(asked[0])["changes"][-1]["by"] == ""
    village.now = village.at(1, 4.9)
    await night(village, office)
    assert len(village.run(runs.latest(village.centre))) == 1
    village.now = village.at(2, 1)
    await night(village, office)
    assert len(village.run(runs.latest(village.centre))) == 2


async def test_a_centre_without_wishes_or_without_the_wish_has_quiet_nights(village: Village) -> None:
    office = Office(village)
    village.now = village.at(1, 2)
    assert village.run(nightly.due(village.now)) == []
    waiting(village, 1)
    assert village.run(nightly.due(village.now)) == [village.centre]
    village.choose(nightly=False)
    await night(village, office)
    assert village.run(runs.latest(village.centre)) == []


async def test_a_night_in_which_somebody_books_is_planned_again(
    village: Village, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = waiting(village, 2)
    village.choose(plan_seconds=1)
    village.now = village.at(1, 2)
    booked = []

    def meanwhile(centre: bytes, id_: bytes, by: bytes, *more: object) -> object:
        if not booked:
            booked.append(village.booked("夜里来电", "王芳", 3, 9))
        return commit(centre, id_, by, EFFECTS, village.now)

    monkeypatch.setattr(nightly, "commit", meanwhile)
    await night(village, Office(village))
    assert [one.state for one in village.run(runs.latest(village.centre))] == ["committed", "stale"]
    assert {village.status(one) for one in asked} == {"proposed"}


def test_a_nights_seed_is_of_the_centre_and_the_day(village: Village) -> None:
    other = village.new()
    seeds = {nightly.seed_of(c, village.at(d, h)) for c in (village.centre, other) for d in (1, 2) for h in (1, 4)}
    assert len(seeds) == 4
