"""王芳 will not be there: 刘强 stands in, only her visits move, and everybody is told."""

import pytest

from tests.visiting.village import Village

CONSENT = {"who": "赵老三", "how": "telephone"}


def test_who_falls_ill_in_the_middle_of_a_day_is_stood_in_for_at_the_same_time(village: Village) -> None:
    village.now = village.at(1, 8)
    begun, hit, other = (
        village.booked("钱大", "王芳", 1, 9),
        village.booked("孙二", "王芳", 1, 14.5),
        village.booked("李大山", "刘强", 1, 16),
    )
    village.now = village.at(1, 9.1)
    assert village.reports("王芳", begun, "started") == "merged"
    handover = village.away("王芳", "刘强", until=village.at(3, 0))
    assert village.slots() == [
        (begun, "王芳", village.at(1, 9)),
        (hit, "刘强", village.at(1, 14.5)),
        (other, "刘强", village.at(1, 16)),
    ]
    assert village.status(hit) == "assigned"
    values = village.values(hit)
    assert (values["agent_name"], values["promised"]) == ("刘强", village.at(1, 14.5))
    (listed,) = village.values(handover)["visits"]
    assert (listed["visit"], listed["outcome"]) == (hit.hex(), "kept")
    assert (listed["was"]["agent_name"], listed["now"]["agent_name"]) == ("王芳", "刘强")
    assert "原定11月25日 周三 下午 14:30（王芳），现为11月25日 周三 下午 14:30，代办员刘强" in "".join(village.sent())
    assert "11月25日 周三 下午 14:30到孙二家上门。" in village.told("刘强")
    assert any("1次按原时间由人顶上" in text for text in village.told("李红"))
    assert village.tasks() == []


def test_who_falls_ill_at_the_door_leaves_nobody_waiting_unknown(village: Village) -> None:
    """She may be there without signal, or not: the promise stands, and the head finds out."""
    village.now = village.at(1, 8)
    visit = village.booked("孙二", "王芳", 1, 9.5)
    village.now = village.at(1, 9.6)
    village.away("王芳", "刘强", until=village.at(3, 0))
    assert (village.status(visit), village.slots()[0]) == ("assigned", (visit, "王芳", village.at(1, 9.5)))
    text = "11月25日 周三 上午 9:30王芳的上门正在约好的时间里，还没有报到家，人却不在了；请马上打电话核实有没有人去。"
    assert [one for one in village.told("李红") if "正在约好的时间里" in one] == [text]


def test_where_another_time_is_needed_the_household_is_asked_first(village: Village) -> None:
    busy = village.booked("李大山", "刘强", 1, 9.5, minutes=60)
    assert village.give("刘强", "visit", busy, "accept") == "merged"
    hit = village.booked("赵老三", "王芳", 1, 9.5)
    said = len(village.sent())
    village.away("王芳", "刘强", until=village.at(3, 0))
    assert village.status(hit) == "proposed"
    assert village.slots()[0] == (busy, "刘强", village.at(1, 9.5)), "no other promise is touched"
    new = village.values(hit)["start"]
    assert new > village.at(1, 9.5)
    assert village.tasks() == [(hit, "visit.ask_household")]
    assert len(village.sent()) == said + 1
    assert "代办员临时不能去，工作人员会打电话与您另约" in village.sent()[-1]
    assert village.give("赵敏", "visit", hit, "confirm", consent=CONSENT) == "merged"
    assert village.values(hit)["promised"] == new
    assert [change["what"] for change in village.values(hit)["changes"]] == ["booked", "held", "confirmed"]


@pytest.mark.parametrize("hours", [(9.5, 10), (9, 12)])
def test_who_waits_for_a_call_is_told_that_nobody_comes_after_all(village: Village, hours: tuple[float, float]) -> None:
    """Held at another time or without any: the household was told of a call, not of the time."""
    busy = village.booked("李大山", "刘强", 1, 9.5, minutes=60)
    assert village.give("刘强", "visit", busy, "accept") == "merged"
    hit = village.visit(village.family("赵老三"), windows=[village.window(1, *hours)])
    assert village.book(hit, "王芳", 1, 9.5) == "merged"
    village.away("王芳", "刘强", until=village.at(3, 0))
    said = len(village.sent())
    assert village.give("赵敏", "visit", hit, "cancel", reason="住户来中心办了") == "merged"
    (text,) = village.sent()[said:]
    assert "您的上门已取消（住户来中心办了）" in text


def test_where_nobody_can_come_somebody_calls(village: Village) -> None:
    busy = village.booked("李大山", "刘强", 1, 9.5, minutes=60)
    assert village.give("刘强", "visit", busy, "accept") == "merged"
    only = village.visit(village.family("赵老三"), windows=[village.window(1, 9.5, 10)])
    assert village.book(only, "王芳", 1, 9.5) == "merged"
    handover = village.away("王芳", "刘强", until=village.at(3, 0))
    assert village.status(only) == "requested"
    assert [one for one, _, _ in village.slots()].count(only) == 0
    assert village.tasks() == [(only, "visit.nobody_left")]
    (listed,) = village.values(handover)["visits"]
    assert (listed["outcome"], listed["now"]) == ("nobody", None)
    assert "须另行安排，我们会再联系您" in village.sent()[-1]


def test_an_absence_of_days_to_come_is_mended_when_it_is_arranged(village: Village) -> None:
    before, within = village.booked("钱大", "王芳", 1, 9), village.booked("孙二", "王芳", 3, 9)
    asked = village.record("李红", "handover", type="absence", person=village.people["王芳"].hex())
    since, until, to = village.at(3, 0), village.at(5, 0), village.people["刘强"].hex()
    assert village.give("李红", "handover", asked, "arrange", to=to, since=since, until=until) == "merged"
    assert [(one, who) for one, who, _ in village.slots()] == [(before, "王芳"), (within, "刘强")]
    village.now = since + 1
    village.watch_handovers()
    assert village.status(asked) == "begun"
    assert [one["visit"] for one in village.values(asked)["visits"]] == [within.hex()]


def test_days_that_are_added_because_nobody_came_back_are_mended_by_the_watch(village: Village) -> None:
    handover = village.away("王芳", "刘强", until=village.at(1, 18))
    visit = village.booked("孙二", "王芳", 2, 9)
    village.now = village.at(1, 18) + 1
    village.watch_handovers()
    village.watch_visits()
    assert [(one, who) for one, who, _ in village.slots()] == [(visit, "刘强")]
    assert [one["visit"] for one in village.values(handover)["visits"]] == [visit.hex()]
    told = village.told("刘强")
    village.watch_visits()
    assert village.told("刘强") == told, "and it is said once"


def test_who_leaves_for_good_leaves_no_visit_behind(village: Village) -> None:
    visit = village.booked("孙二", "王芳", 2, 9)
    leaving = village.record("李红", "handover", type="leaving", person=village.people["王芳"].hex())
    assert village.give("李红", "handover", leaving, "arrange", to=village.people["刘强"].hex()) == "merged"
    assert village.give("李红", "handover", leaving, "begin") == "merged"
    assert [(one, who) for one, who, _ in village.slots()] == [(visit, "刘强")]


def test_of_two_who_were_to_come_the_one_who_is_left_stays(village: Village) -> None:
    village.run(_third(village))
    visit = village.visit(village.family("张桂兰"), crew=2, minutes=60, windows=[village.window(1, 9, 12)])
    assert village.give("赵敏", "visit", visit, "assign") == "merged"
    crew = {who for _, who, _ in village.slots()}
    lost = sorted(crew)[0]
    other = next(who for who in ("王芳", "刘强", "周静") if who not in crew)
    start = village.values(visit)["start"]
    village.away(lost, other, until=village.at(3, 0))
    assert {who for _, who, _ in village.slots()} == crew - {lost} | {other}
    assert abs(village.values(visit)["start"] - start) <= 15 * 60_000


def _third(village: Village):  # type: ignore[no-untyped-def] # a program of one statement
    from daiban_server import provision

    yield from provision.add_territory([(village.people["周静"], village.place, "B")])
