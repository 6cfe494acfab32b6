"""A plan of the week: what it may move and what not, and what becomes of it when the world goes on meanwhile."""

import asyncio
import datetime
import multiprocessing
from random import Random

import msgspec
import pytest
from sqlalchemy import update

from daiban_schemas import entry
from daiban_server.app import EFFECTS
from daiban_server.db import schema
from daiban_server.db.program import run
from daiban_server.features.visits.engine.model import moment
from daiban_server.features.visits.engine.validate import validate
from daiban_server.features.visits.plan.problem import Stop
from daiban_server.features.visits.planning import nightly, running, runs
from daiban_server.features.visits.planning.asking import ask
from daiban_server.features.visits.planning.committing import broken_by, commit
from daiban_server.features.visits.planning.diff_picture import DiffPicture
from daiban_server.features.visits.planning.difference import Change, judged
from daiban_server.features.visits.planning.posing import Wishes
from daiban_server.features.visits.planning.running import begin, carry_through
from daiban_server.features.visits.planning.weekly import StandingWeek
from daiban_server.features.visits.settings import HalfDay
from daiban_server.features.visits.standing import load_week
from daiban_server.features.visits.terms import to_milliseconds, to_moment
from daiban_server.http.problems import ProblemError
from tests.visiting.planners import Office, committed, planned, run_of
from tests.visiting.village import HOUR, Village

FAR = {"lon": 109_140_000, "lat": 32_780_000}


def waiting(village: Village, count: int = 3, **fields: object) -> list[bytes]:
    """Visits that somebody asked for and that have no time yet."""
    return [village.visit(village.family(f"户主{n}"), **fields) for n in range(count)]


# What a plan does ---------------------------------------------------------------------------------------------------


def test_what_waits_gets_a_time_that_nobody_is_told_yet(village: Village) -> None:
    asked = waiting(village)
    plan = planned(village)
    assert {id_: one.what for id_, one in plan.changes.items()} == dict.fromkeys(asked, "new")
    assert village.slots() == [], "a plan is only a plan"
    assert committed(village, plan.id) == ("committed", 3)
    assert [village.status(one) for one in asked] == ["proposed"] * 3
    assert {one for one, _, _ in village.slots()} == set(asked)
    assert village.sent() == []
    assert len(village.told("王芳") + village.told("刘强")) == 3, "but whoever goes sees it coming"
    values = village.values(asked[0])
    assert values["why"] == "王芳是本村代办员，按本周统一安排上门"
    assert values["changes"][-1]["what"] == "planned"


def test_an_accepted_visit_is_where_it_was_and_a_promised_one_keeps_its_agent(village: Village) -> None:
    taken = village.booked("张桂兰", "王芳", 1, 9)
    assert village.give("王芳", "visit", taken, "accept") == "merged"
    told = village.booked("李大山", "刘强", 1, 10)
    waiting(village, 8, windows=[village.window(1, 9, 12)])
    before = {one: (who, start) for one, who, start in village.slots()}
    plan = planned(village)
    assert committed(village, plan.id).state == "committed"
    after = {one: (who, start) for one, who, start in village.slots()}
    assert after[taken] == before[taken]
    assert after[told][0] == "刘强", "刘强 stands in here, and promised to come"
    assert abs(after[told][1] - before[told][1]) <= HOUR // 4


def test_a_promise_is_not_moved_without_need(village: Village) -> None:
    """The planner leaves as early as it can; the household was told eleven, so it stays eleven."""
    told = village.booked("张桂兰", "王芳", 1, 11)
    proposed = village.visit(village.family("李大山"), windows=[village.window(2, 9, 12)])
    assert village.give("赵敏", "visit", proposed, "propose") == "merged"
    waiting(village, 2, windows=[village.window(1, 9, 12)])
    plan = planned(village)
    assert told not in plan.changes
    assert proposed not in plan.changes
    assert len(plan.changes) == 2


def test_a_promised_visit_makes_room_and_its_household_is_told(village: Village) -> None:
    village.away("刘强", "王芳")
    told = village.visit(village.family("赵老三", phone="13733334444"))
    assert village.book(told, "王芳", 1, 9.25) == "merged"
    tight = village.visit(village.family("李大山"), windows=[village.window(1, 9, 9.75)])
    plan = planned(village)
    assert {id_: one.what for id_, one in plan.changes.items()} == {told: "moved", tight: "new"}
    assert committed(village, plan.id) == ("committed", 2)
    assert village.slots() == [(tight, "王芳", village.at(1, 9)), (told, "王芳", village.at(1, 9.5))]
    assert village.values(told)["promised"] == village.at(1, 9.25)
    assert "原定11月25日 周三 上午 9:15（王芳），现为11月25日 周三 上午 9:30" in village.sent("13733334444")[-1]
    village.now += 1
    assert planned(village).changes == {}, "and no second plan adds to the move"


def test_the_setting_and_not_only_the_rule_bounds_a_move(village: Village) -> None:
    village.away("刘强", "王芳")
    told = village.booked("赵老三", "王芳", 1, 9.25)
    tight = village.visit(village.family("李大山"), windows=[village.window(1, 9, 9.75)])
    village.choose(sway_minutes=10)
    plan = planned(village)
    assert plan.changes == {}
    assert [one.visit for one in plan.plan.unserved] == [tight.hex()]
    assert told.hex() in {stop.visit for stop in plan.plan.stops}


def test_what_was_proposed_may_go_to_another_in_silence(village: Village) -> None:
    """B had to be proposed while A was full of one long visit; now that is off, and A goes."""
    long = village.visit(village.family("李大山"), minutes=180, windows=[village.window(1, 9, 12)])
    assert village.book(long, "王芳", 1, 9) == "merged"
    short = village.visit(village.family("张桂兰", phone="13733334444"), windows=[village.window(1, 9, 12)])
    assert village.give("赵敏", "visit", short, "propose") == "merged"
    assert [who for one, who, _ in village.slots() if one == short] == ["刘强"]
    assert village.give("赵敏", "visit", long, "cancel", reason="已办") == "merged"
    plan = planned(village)
    assert {id_: one.what for id_, one in plan.changes.items()} == {short: "given"}
    committed(village, plan.id)
    assert [who for one, who, _ in village.slots()] == ["王芳"]
    assert village.status(short) == "proposed"
    assert village.sent("13733334444") == []
    assert "改由王芳去" in village.told("刘强")[-1]


def test_a_visit_of_two_is_planned_for_two(village: Village) -> None:
    two = village.visit(village.family("张桂兰"), crew=2, minutes=60)
    plan = planned(village)
    committed(village, plan.id)
    assert sorted(who for _, who, _ in village.slots()) == ["刘强", "王芳"]
    assert len({start for _, _, start in village.slots()}) == 1
    assert village.values(two)["agent_name"] in ("王芳、刘强", "刘强、王芳")
    assert planned(village).changes == {}


def test_what_is_held_on_the_telephone_is_not_planned_over(village: Village) -> None:
    home = village.family("张桂兰")
    (offer,) = village.offers(home, {"windows": [village.window(1, 9, 9.5)]}).offers
    village.away("刘强", "王芳")
    tight = village.visit(village.family("李大山"), windows=[village.window(1, 9, 9.5)])
    plan = planned(village)
    assert tight not in plan.changes
    village.now += 6 * 60_000
    assert planned(village).changes[tight].now is not None
    assert offer.crew


def test_a_half_day_that_began_is_left_alone(village: Village) -> None:
    """It is half past two: whoever is on the road gets nothing new today, by any plan."""
    village.now = village.at(0, 14.5)
    today, later = (village.visit(village.family("张桂兰"), windows=[village.window(n, 14, 17.5)]) for n in (0, 1))
    plan = planned(village)
    assert set(plan.changes) == {later}
    assert [(one.visit, one.code) for one in plan.plan.unserved] == [(today.hex(), "off_shift")]


def test_what_cannot_be_planned_is_listed_with_the_reason(village: Village) -> None:
    past = village.visit(village.family("张桂兰"), windows=[village.window(-2, 9, 12)])
    later = village.visit(village.family("李大山"), windows=[village.window(12, 9, 12)])
    village.run(run(update(schema.place).values(lon=None, lat=None)))
    nowhere = village.visit(village.household("没有位置"))
    left = {bytes.fromhex(one.visit): one.code for one in planned(village).posed.left}
    assert left == {past: "past", later: "later", nowhere: "place_unknown"}


def test_a_day_whose_promises_do_not_fit_takes_nothing_and_nothing_is_taken_from_it(village: Village) -> None:
    """Nine was promised, and now mornings begin at ten: somebody has to look, but the rest of the week goes on."""
    told = village.booked("张桂兰", "王芳", 1, 9)
    village.choose(hours=[HalfDay(600, 720), HalfDay(840, 1050)])
    asked = waiting(village, 2, windows=[village.window(1, 9, 12), village.window(1, 14, 17)])
    plan = planned(village)
    assert set(plan.changes) == set(asked)
    assert {one.now.crew for one in plan.changes.values() if one.now} == {(village.people["刘强"].hex(),)}
    assert committed(village, plan.id).state == "committed"
    assert [one for one in village.slots() if one[0] == told] == [(told, "王芳", village.at(1, 9))]


# When the world goes on ---------------------------------------------------------------------------------------------


def test_a_plan_of_another_version_is_stale_and_changes_nothing(village: Village) -> None:
    asked = waiting(village)
    plan = planned(village)
    village.booked("李大山", "王芳", 3, 9)
    stood = village.slots()
    assert committed(village, plan.id) == ("stale", 0)
    assert run_of(village, plan.id).state == "stale"
    assert village.slots() == stood
    assert {village.status(one) for one in asked} == {"requested"}
    assert committed(village, plan.id) == ("stale", 0), "and stays so"
    assert committed(village, planned(village).id).state == "committed"


def test_of_two_commits_one_does_it(village: Village) -> None:
    waiting(village)
    plan, other = planned(village), planned(village, seed=2)
    assert committed(village, plan.id).state == "committed"
    with pytest.raises(ProblemError, match=r"plan\.committed"):
        committed(village, plan.id)
    assert committed(village, other.id) == ("stale", 0)


def test_windows_that_changed_meanwhile_make_a_plan_stale(village: Village) -> None:
    """No slot was touched, so the version is the same; the judge of weeks sees it all the same."""
    (asked,) = waiting(village, 1, windows=[village.window(1, 9, 12)])
    plan = planned(village)
    other = {"windows": [village.window(2, 9, 12)]}
    seen = village.record_position(asked)
    assert (
        village.write("赵敏", entry.change(asked.hex(), "visit", other, seen=seen, at=village.now)).outcome == "merged"
    )
    assert committed(village, plan.id) == ("stale", 0)
    assert village.slots() == []


def test_a_plan_whose_half_day_began_is_stale(village: Village) -> None:
    waiting(village, 1, windows=[village.window(0, 14, 17.5)])
    plan = planned(village)
    village.now = village.at(0, 14.1)
    assert committed(village, plan.id) == ("stale", 0)


def test_another_centre_sees_no_run(village: Village) -> None:
    waiting(village, 1)
    plan = planned(village)
    with pytest.raises(ProblemError, match=r"plan\.run_unknown"):
        village.run(runs.one(village.new(), plan.id))


def test_a_plan_that_would_hand_over_a_promise_is_not_committed(village: Village) -> None:
    """Whatever a planner says: here a plan that was tampered with."""
    told = village.booked("张桂兰", "王芳", 1, 10)
    plan = planned(village)
    liu = (village.people["刘强"].hex(),)
    stops = tuple(Stop(stop.visit, liu, stop.start) for stop in plan.plan.stops)
    body = msgspec.json.encode(msgspec.structs.replace(plan.plan, stops=stops))
    village.run(run(update(schema.visit_run).values(plan=body)))
    assert committed(village, plan.id) == ("stale", 0)
    assert village.slots() == [(told, "王芳", village.at(1, 10))]


def test_the_judge_of_weeks_refuses_what_breaks_a_rule(village: Village) -> None:
    told = village.booked("张桂兰", "王芳", 1, 9)
    (asked,) = waiting(village, 1)
    week = village.run(ask(village.centre, village.now))
    stop = Stop(asked.hex(), (village.people["王芳"].hex(),), to_moment(village.at(1, 9)))
    found = broken_by(week.standing, week.visits, [Change(asked.hex(), "", "new", None, stop)])
    assert {one.code for one in found} == {"overlap_or_road"}
    assert told


def test_a_dearer_plan_than_what_stands_is_refused(village: Village) -> None:
    asked = waiting(village, 2)
    committed(village, planned(village).id)
    plan = planned(village)
    fewer = msgspec.structs.replace(plan.plan, stops=plan.plan.stops[:1])
    assert judged(plan.posed, fewer)[1] == "worse"
    assert asked


def test_the_same_seed_gives_the_same_plan(village: Village) -> None:
    waiting(village, 9)
    village.visit(village.family("远处", point=FAR), minutes=60)
    first, second = planned(village, seed=5), planned(village, seed=5)
    assert first.plan.stops == second.plan.stops
    assert first.plan.objective == second.plan.objective


@pytest.mark.parametrize("seed", range(4))
def test_no_plan_breaks_a_promise(village: Village, seed: int) -> None:
    """Townships at random: some visits stand in every state, others wait; two nights of plans go over them."""
    rng = Random(seed)
    for n in range(14):
        point = {"lon": 109_020_000 + rng.randrange(60_000), "lat": 32_710_000 + rng.randrange(60_000)}
        windows = [
            village.window(day, *rng.choice([(9, 12), (14, 17.5), (9, 17.5)])) for day in rng.sample(range(1, 5), 2)
        ]
        more = {"windows": windows} if rng.random() < 0.7 else {}
        crew = 2 if rng.random() < 0.15 else 1
        visit = village.visit(
            village.family(f"户主{n}", point=point), minutes=rng.choice([20, 30, 60]), crew=crew, **more
        )
        step = rng.choice(["", "", "propose", "assign", "assign", "accept"])
        ask_for = {"accept": "assign"}.get(step, step)
        if not step or village.give("赵敏", "visit", visit, ask_for) != "merged" or step != "accept":
            continue
        who = next(who for one, who, _ in village.slots() if one == visit)
        assert village.give(who, "visit", visit, "accept") == "merged"
    for night in range(2):
        states = {one: village.status(one) for one, _, _ in village.slots()}
        before = village.slots()
        stood = set(validate(village.run(load_week(village.centre, village.now)).week))
        plan = planned(village, seed=seed + night)
        assert committed(village, plan.id).state == "committed"
        after = village.slots()
        for visit, state in states.items():
            was, now = ([(who, at) for one, who, at in slots if one == visit] for slots in (before, after))
            if state == "accepted":
                assert was == now
            if state == "assigned":
                assert {who for who, _ in was} == {who for who, _ in now}
                assert abs(now[0][1] - village.values(visit)["promised"]) <= HOUR // 4
        assert set(validate(village.run(load_week(village.centre, village.now)).week)) <= stood


# Runs ---------------------------------------------------------------------------------------------------------------


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


# Nights -------------------------------------------------------------------------------------------------------------


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


# The week and the pictures ------------------------------------------------------------------------------------------


def test_the_week_stands_by_agent_with_its_figures(village: Village) -> None:
    told = village.booked("张桂兰", "王芳", 1, 9)
    assert village.reports("王芳", told, "started") == "merged"
    assert village.reports("王芳", told, "finished") == "merged"
    again = village.visit(bytes.fromhex(village.values(told)["household"]), windows=[village.window(2, 9, 12)])
    assert village.book(again, "刘强", 2, 10) == "merged"
    waits = village.visit(village.family("李大山"), windows=[village.window(3, 20, 22)])
    first = datetime.date(2026, 11, 24)
    asked = village.run(ask(village.centre, to_milliseconds(moment(first))))
    week = StandingWeek(asked, first, 5, to_moment(village.now)).out()
    days = {one.name: one.days for one in week.agents}
    assert {name: list(of) for name, of in days.items()} == {"王芳": ["2026-11-25"], "刘强": ["2026-11-26"]}
    (made,) = days["刘强"]["2026-11-26"]
    assert (made.label, made.place, made.state, made.stand_in) == ("张桂兰", "青山村", "assigned", True)
    told_of = week.figures
    assert (told_of.visits, told_of.unserved, told_of.promises_kept) == (2, 1, 1.0)
    assert (told_of.same_agent, told_of.stand_in) == (0.5, 0.5), "王芳 came last, and now 刘强 stands in"
    assert [(one.visit, one.code) for one in week.unserved] == [(waits.hex(), "off_shift")]


def test_the_picture_of_the_difference_says_what_changes(village: Village) -> None:
    stays = village.booked("张桂兰", "王芳", 1, 9)
    waiting(village, 2, windows=[village.window(1, 9, 12)])
    plan = planned(village)
    picture = DiffPicture(plan.posed, plan.plan).svg()
    assert "新排 2 户" in picture
    assert "户主0：25日周三" in picture
    assert "http" not in picture.replace('xmlns="http://www.w3.org/2000/svg"', ""), "it needs nothing from outside"
    assert picture.count("url(") == picture.count("url(#tip)")
    assert stays.hex() not in picture
