"""From the telephone to the promise: offers that are held, times that are booked, agreed to, changed and called off."""

import pytest

from daiban_server import provision
from tests.visiting.village import HOUR, Village, moment_of

CONSENT = {"who": "张桂兰", "how": "telephone"}


def test_what_is_offered_is_held_for_this_household_and_for_nobody_else(village: Village) -> None:
    zhang, li = village.family("张桂兰"), village.family("李大山")
    found = village.offers(zhang, {"windows": [village.window(1, 9, 9.5)]})
    (offer,) = found.offers
    assert found.kept == [True]
    assert found.expires == village.now + 5 * 60_000
    # The same half-hour suits another household too; its clerk is offered the stand-in, or nothing.
    other = village.offers(li, {"windows": [village.window(1, 9, 9.5)]}, by="钱进")
    assert all(not set(one.crew) & set(offer.crew) for one in other.offers)
    theirs = village.visit(li)
    assert village.book(theirs, "王芳", 1, 9) == "visit.slot_taken"
    mine = village.visit(zhang)
    assert village.book(mine, "王芳", 1, 9, by="李红") == "merged", "a hold is the household's, whoever books"
    assert village.status(mine) == "assigned"
    village.now += 6 * 60_000
    assert village.book(theirs, "王芳", 1, 9) == "visit.slot_taken", "and now it is a promise"


def test_a_hold_ends_by_itself(village: Village) -> None:
    zhang, li = village.family("张桂兰"), village.family("李大山")
    village.offers(zhang, {"windows": [village.window(1, 9, 9.5)]})
    village.now += 5 * 60_000
    theirs = village.visit(li)
    assert village.book(theirs, "王芳", 1, 9) == "merged"
    late = village.visit(zhang, windows=[village.window(1, 9, 9.5)])
    assert village.book(late, "王芳", 1, 9) == "visit.slot_taken"


def test_asking_again_lets_go_of_what_was_held_before(village: Village) -> None:
    zhang, li = village.family("张桂兰"), village.family("李大山")
    village.offers(zhang, {"windows": [village.window(1, 9, 9.5)]})
    village.offers(zhang, {"windows": [village.window(2, 9, 9.5)]})
    assert village.book(village.visit(li), "王芳", 1, 9) == "merged"
    assert village.book(village.visit(li), "王芳", 2, 9) == "visit.slot_taken"


def test_what_was_offered_under_another_plan_is_looked_at_again(village: Village) -> None:
    home = village.family("张桂兰")
    (offer,) = village.offers(home, {"windows": [village.window(1, 9, 9.5)]}).offers
    assert village.book(village.visit(village.family("李大山")), "王芳", 3, 9) == "merged"
    visit = village.visit(home, windows=[village.window(1, 9, 9.5)])
    assert village.book(visit, "王芳", 1, 9) == "merged", "the plan is another, and the time still free"
    assert [start for one, _, start in village.slots() if one == visit] == [moment_of(offer.start)]


def test_the_household_is_told_who_comes_and_when(village: Village) -> None:
    visit = village.booked("张桂兰", "王芳", 1, 9)
    (text,) = village.sent()
    assert text == (
        "【建民办事处】已为您约好上门：11月25日 周三 上午 9:00，代办员王芳（工号0）上门，电话0915-3212345。"
        "代办不收费。如需改约请与代办员联系。"
    )
    assert village.told("王芳")[-1] == "11月25日 周三 上午 9:00到张桂兰家上门。"
    assert village.give("赵敏", "visit", visit, "cancel", reason="已自己来中心办") == "merged"
    assert "原定11月25日 周三 上午 9:00的上门已取消（已自己来中心办）" in village.sent()[-1]
    assert village.told("王芳")[-1] == "原定11月25日 周三 上午 9:00到张桂兰家的上门，不去了（已自己来中心办）。"
    assert village.slots() == []


def test_a_time_that_was_proposed_is_a_promise_once_the_household_agreed(village: Village) -> None:
    visit = village.visit(village.family("张桂兰"), windows=[village.window(1, 9, 12)])
    assert village.give("赵敏", "visit", visit, "propose") == "merged"
    assert village.status(visit) == "proposed"
    assert village.sent() == [], "nobody told the household yet"
    assert village.give("赵敏", "visit", visit, "confirm") == "argument.invalid"
    assert village.give("赵敏", "visit", visit, "confirm", consent=CONSENT) == "merged"
    assert village.status(visit) == "assigned"
    assert village.values(visit)["changes"][-1]["consent"] == CONSENT
    assert "已为您约好上门" in village.sent()[-1]


def test_another_day_needs_the_household_to_agree(village: Village) -> None:
    visit = village.booked("张桂兰", "王芳", 1, 9)
    wang, liu = village.people["王芳"].hex(), village.people["刘强"].hex()

    def ask(agent: str, day: int, hour: float, **more: object) -> str:
        return village.give("赵敏", "visit", visit, "rebook", agent=agent, start=village.at(day, hour), **more)

    assert ask(wang, 2, 9) == "visit.consent_missing"
    assert ask(liu, 1, 9) == "visit.consent_missing", "the agent is part of the promise"
    assert ask(wang, 1, 9.25) == "merged", "a quarter of an hour with the same agent is not"
    assert village.values(visit)["promised"] == village.at(1, 9)
    assert ask(wang, 1, 9.5) == "visit.consent_missing", "and small moves do not add up"
    assert ask(wang, 2, 10, consent=CONSENT) == "merged"
    assert village.values(visit)["promised"] == village.at(2, 10)
    assert village.slots() == [(visit, "王芳", village.at(2, 10))]
    assert "原定11月25日 周三 上午 9:15（王芳），现为11月26日 周四 上午 10:00" in village.sent()[-1]


def test_only_who_comes_takes_it_on_and_then_it_is_frozen(village: Village) -> None:
    visit = village.booked("张桂兰", "王芳", 1, 9)
    assert village.give("刘强", "visit", visit, "accept") == "visit.not_yours"
    assert village.give("王芳", "visit", visit, "accept") == "merged"
    # One minute more than fits before it: a promised visit would make room, an accepted one does not.
    tight = village.visit(village.family("李大山"), minutes=60, windows=[village.window(1, 9, 10.25)])
    assert village.give("赵敏", "visit", tight, "assign") == "merged"
    assert {(one, who) for one, who, _ in village.slots()} == {(visit, "王芳"), (tight, "刘强")}


def test_a_promised_neighbour_sways_and_is_told(village: Village) -> None:
    village.away("刘强", "王芳")
    neighbour = village.visit(village.family("赵老三", phone="13733334444"))
    assert village.book(neighbour, "王芳", 1, 9.25) == "merged"
    tight = village.visit(village.family("李大山"), windows=[village.window(1, 9, 9.75)])
    village.choose(sway_minutes=0)
    assert village.give("赵敏", "visit", tight, "assign") == "visit.nobody_free"
    village.choose()
    assert village.give("赵敏", "visit", tight, "assign") == "merged"
    assert village.slots() == [(tight, "王芳", village.at(1, 9)), (neighbour, "王芳", village.at(1, 9.5))]
    values = village.values(neighbour)
    assert (values["start"], values["promised"]) == (village.at(1, 9.5), village.at(1, 9.25))
    assert values["changes"][-1]["what"] == "swayed"
    assert "原定11月25日 周三 上午 9:15（王芳），现为11月25日 周三 上午 9:30" in "".join(village.sent("13733334444"))
    assert "赵老三家的上门由11月25日 周三 上午 9:15改为11月25日 周三 上午 9:30。" in village.told("王芳")


@pytest.mark.parametrize(("hours", "code"), [((13, 14), "visit.nobody_free"), ((9, 9.25), "visit.nobody_free")])
def test_where_nobody_can_come_nothing_is_promised(village: Village, hours: tuple[float, float], code: str) -> None:
    visit = village.visit(village.family("张桂兰"), windows=[village.window(1, *hours)])
    assert village.give("赵敏", "visit", visit, "assign") == code
    assert village.status(visit) == "requested"
    assert village.slots() == []


def test_a_time_outside_of_what_suits_the_household_is_not_booked(village: Village) -> None:
    visit = village.visit(village.family("张桂兰"), windows=[village.window(1, 9, 10)])
    assert village.book(visit, "王芳", 1, 10) == "visit.outside_windows"
    assert village.book(visit, "王芳", 1, 9.5) == "merged"


def test_the_item_says_how_long_and_how_many(village: Village) -> None:
    home = village.family("张桂兰")
    case = village.case("limited", household=home.hex())
    plain = village.visit(home, minutes=None, application=case.hex())
    assert village.give("赵敏", "visit", plain, "assign") == "merged"
    values = village.values(plain)
    assert values["end"] - values["start"] == HOUR // 2
    two = village.visit(home, crew=2, minutes=60)
    assert village.give("赵敏", "visit", two, "assign") == "merged"
    assert sorted(who for one, who, _ in village.slots() if one == two) == ["刘强", "王芳"]
    assert village.values(two)["agent_name"] in ("王芳、刘强", "刘强、王芳")


def test_hours_and_skills_come_from_the_roster(village: Village) -> None:
    afternoons = [{"day": day, "from": 14 * 60, "to": 17 * 60} for day in range(1, 6)]
    village.record("李红", "roster", person=village.people["王芳"].hex(), hours=afternoons, items=["MZ-08"])
    village.record("李红", "roster", person=village.people["刘强"].hex(), items=["MZ-01"])
    home = village.family("张桂兰")
    old, low = (village.visit(home, item=village.items[mode].hex()) for mode in ("direct", "limited"))
    for visit in (old, low):
        assert village.give("赵敏", "visit", visit, "assign") == "merged"
    assert [who for one, who, _ in village.slots() if one == old] == ["王芳"]
    assert [who for one, who, _ in village.slots() if one == low] == ["刘强"]
    assert village.values(old)["start"] >= village.at(0, 14)
    late = village.visit(home, item=village.items["direct"].hex(), windows=[village.window(1, 9, 12)])
    assert village.give("赵敏", "visit", late, "assign") == "visit.nobody_free"


def test_an_offer_is_not_taken_unseen_once_its_agent_went_on_leave(village: Village) -> None:
    home = village.family("张桂兰")
    (offer,) = village.offers(home, {"windows": [village.window(1, 9, 9.5)]}).offers
    assert offer.crew == (village.people["王芳"].hex(),)
    # Another visit of hers is mended with her absence, so the plan is another.
    village.booked("孙二", "王芳", 2, 9.5)
    village.away("王芳", "刘强", until=village.at(3, 0))
    visit = village.visit(home, windows=[village.window(1, 9, 9.5)])
    assert village.book(visit, "王芳", 1, 9) == "visit.slot_taken"


def test_a_time_that_went_by_is_confirmed_to_nobody(village: Village) -> None:
    visit = village.visit(village.family("张桂兰"), windows=[village.window(1, 9, 12)])
    assert village.give("赵敏", "visit", visit, "propose") == "merged"
    village.now = village.at(1, 11)
    assert village.give("赵敏", "visit", visit, "confirm", consent=CONSENT) == "visit.gone_by"
    assert (village.status(visit), village.sent()) == ("proposed", [])


def test_of_two_who_come_neither_is_changed_without_consent(village: Village) -> None:
    village.run(provision.add_territory([(village.people["周静"], village.place, "B")]))
    visit = village.visit(village.family("张桂兰"), crew=2, windows=[village.window(1, 9, 12)])
    assert village.give("赵敏", "visit", visit, "assign") == "merged"
    crew, start = village.values(visit)["agents"], village.values(visit)["start"]
    names = {id_.hex(): name for name, id_ in village.people.items()}
    stays, busy = crew
    # One of the two goes on to another home, so a quarter of an hour later only the other can come.
    later = village.visit(village.family("李大山"), windows=[village.window(1, 9, 17)])
    assert village.book(later, names[busy], 1, 9 + 35 / 60) == "merged"
    move = {"agent": stays, "start": start + 15 * 60_000}
    assert village.give("赵敏", "visit", visit, "rebook", **move) == "visit.consent_missing"
    assert village.values(visit)["agents"] == crew
    assert village.give("赵敏", "visit", visit, "rebook", **move, consent=CONSENT) == "merged"
    assert set(village.values(visit)["agents"]) != set(crew)


def test_an_offer_is_not_taken_unseen_once_its_agent_works_at_other_hours(village: Village) -> None:
    home = village.family("张桂兰")
    (offer,) = village.offers(home, {"windows": [village.window(1, 9, 9.5)]}).offers
    assert offer.crew == (village.people["王芳"].hex(),)
    afternoons = [{"day": day, "from": 14 * 60, "to": 17 * 60} for day in range(1, 6)]
    village.record("李红", "roster", person=village.people["王芳"].hex(), hours=afternoons)
    visit = village.visit(home, windows=[village.window(1, 9, 9.5)])
    assert village.book(visit, "王芳", 1, 9) == "visit.slot_taken"
