"""A plan of the week: what gets a time, what may be moved, and what not."""

from typing import Any

from sqlalchemy import update

from daiban_server.db import schema
from daiban_server.db.program import Program, run
from daiban_server.features.visits.planning.asking import ask
from daiban_server.features.visits.settings import HalfDay, Roads
from tests.visiting.planners import committed, planned, waiting
from tests.visiting.village import HOUR, Village


def test_what_waits_gets_a_time_that_nobody_is_told_yet(village: Village) -> None:
    asked = waiting(village)
    plan = planned(village)
    assert {id_: one.what for id_, one in plan.changes.items()} == dict.fromkeys(asked, "new")
    assert village.slots() == [], "a plan is only a plan"
    assert committed(village, plan.id) == ("committed", 3)
    assert [village.status(one) for one in asked] == ["proposed"] * 3
    assert {one for one, _, _ in village.slots()} == set(asked)
    assert village.sent() == []
    assert village.told("王芳") + village.told("刘强") == [], "whoever goes sees it on the phone"
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
    assert not any("改由王芳去" in text for text in village.told("刘强"))


def test_roads_that_somebody_measured_are_the_planners_too(village: Village) -> None:
    """Two hours over the river: on the map it is near, and no half-day holds the way there and back."""
    over = village.visit(village.family("张桂兰"), windows=[village.window(1, 9, 12)])
    village.away("王芳", "刘强")
    assert over in planned(village).changes
    village.choose(roads=Roads([village.place.hex(), village.river.hex()], [[0, 7200], [7200, 0]]))
    plan = planned(village)
    assert plan.changes == {}
    assert [(one.visit, one.code) for one in plan.plan.unserved] == [(over.hex(), "too_far")]


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


def test_a_full_week_is_read_in_as_many_reads_as_an_empty_one(village: Village) -> None:
    def reads() -> int:
        program, answer, count = ask(village.centre, village.now), None, 0
        while True:
            try:
                asked = program.send(answer)
            except StopIteration:
                return count
            count += 1

            def one(said: Any = asked) -> Program[Any]:
                return (yield said)

            answer = village.run(one())

    waiting(village, 2)
    few = reads()
    waiting(village, 20)
    assert reads() <= few + 1, "a page more of history, and no read for each visit"
