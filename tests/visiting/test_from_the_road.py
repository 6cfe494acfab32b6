"""What agents report from homes when the server had thought otherwise: nothing is lost, or done twice unnoticed."""

from tests.visiting.planners import committed, planned
from tests.visiting.village import Village


def test_who_did_a_visit_that_was_given_to_another_did_it(village: Village) -> None:
    village.now = village.at(1, 8)
    visit = village.booked("孙二", "王芳", 1, 14.5)
    village.away("王芳", "刘强", until=village.at(2, 0))
    assert [(one, who) for one, who, _ in village.slots()] == [(visit, "刘强")]
    # She had no signal, and went all the same.
    village.now = village.at(1, 15)
    assert village.reports("王芳", visit, "finished", outcome="done") == "merged"
    assert village.status(visit) == "finished"
    values = village.values(visit)
    assert values["agent_name"] == "王芳"
    assert values["changes"][-1]["was"]["agent_name"] == "刘强", "what was planned stays in the story"
    assert village.slots() == [], "刘强 is free"
    assert "原定11月25日 周三 下午 14:30到孙二家的上门，不去了（王芳已上门）。" in village.told("刘强")
    assert "安排刘强去的上门，王芳已经去了。" in village.told("李红")


def test_what_two_did_is_known_to_both_and_to_the_head(village: Village) -> None:
    village.now = village.at(1, 8)
    visit = village.booked("孙二", "王芳", 1, 14.5)
    village.away("王芳", "刘强", until=village.at(2, 0))
    village.now = village.at(1, 15)
    assert village.reports("刘强", visit, "finished", outcome="done") == "merged"
    assert village.reports("王芳", visit, "finished", outcome="done") == "report.without_effect"
    assert village.values(visit)["agent_name"] == "刘强"
    assert village.tasks() == [(visit, "visit.finished")]
    assert "王芳也报来了这次上门，请核对有没有办重。" in village.told("刘强")
    assert "这次上门刘强已经办了，请核对有没有办重。" in village.told("王芳")


def test_nobody_home_by_who_was_to_come_no_longer_leaves_the_promise(village: Village) -> None:
    village.now = village.at(1, 8)
    visit = village.booked("孙二", "王芳", 1, 14.5)
    village.away("王芳", "刘强", until=village.at(2, 0))
    assert village.reports("王芳", visit, "nobody_home") == "merged"
    assert village.status(visit) == "assigned"
    assert [(one, who) for one, who, _ in village.slots()] == [(visit, "刘强")]
    assert "王芳去过一次，家里没有人；约好的时间不变。" in village.told("刘强")
    assert village.reports("刘强", visit, "nobody_home") == "merged"
    assert (village.status(visit), village.slots()) == ("nobody_home", [])


def test_a_visit_that_was_called_off_and_made_all_the_same_is_finished(village: Village) -> None:
    visit = village.booked("孙二", "王芳", 1, 14.5)
    assert village.give("赵敏", "visit", visit, "cancel", reason="住户来电取消") == "merged"
    assert village.reports("王芳", visit, "finished", outcome="done") == "merged"
    assert village.status(visit) == "finished"
    assert "这次上门已经取消，还是去办了，请核对。" in village.told("李红")


def test_who_asked_for_another_time_gets_the_best_that_suits(village: Village) -> None:
    visit = village.booked("孙二", "王芳", 1, 14.5)
    windows = [village.window(2, 10, 11)]
    assert village.reports("王芳", visit, "asked_other_time", windows=windows, note="下午要带孙子") == "merged"
    assert village.status(visit) == "proposed"
    assert village.slots() == [(visit, "王芳", village.at(2, 10))]
    assert [change["what"] for change in village.values(visit)["changes"]] == ["booked", "asked_other_time", "proposed"]
    assert village.give("王芳", "visit", visit, "confirm", consent={"who": "孙二", "how": "in_person"}) == "merged"
    assert "已为您约好上门：11月26日 周四 上午 10:00" in village.sent()[-1]


def test_another_time_that_nobody_can_make_waits_for_somebody_to_ask(village: Village) -> None:
    visit = village.booked("孙二", "王芳", 1, 14.5)
    assert village.reports("王芳", visit, "asked_other_time", windows=[village.window(2, 12, 13)]) == "merged"
    assert (village.status(visit), village.values(visit)["again"]) == ("requested", True)
    assert village.slots() == []


def test_a_request_to_take_on_what_is_no_longer_hers_is_refused_with_the_reason(village: Village) -> None:
    visit = village.booked("孙二", "王芳", 1, 14.5)
    village.away("王芳", "刘强", until=village.at(2, 0))
    assert village.give("王芳", "visit", visit, "accept") == "visit.not_yours"
    told = village.values(visit)["changes"][-1]
    assert (told["what"], told["now"]["agent_name"], told["why"]) == ("repaired", "刘强", "原来的代办员不在")


def test_a_visit_nobody_had_planned_yet_and_somebody_made(village: Village) -> None:
    visit = village.visit(village.family("孙二"), who="王芳")
    assert village.reports("王芳", visit, "started") == "merged"
    assert village.reports("王芳", visit, "finished", outcome="papers_missing") == "merged"
    assert (village.status(visit), village.slots()) == ("finished", [])


def test_the_offers_know_who_came_last(village: Village) -> None:
    home = village.family("孙二")
    first = village.visit(home)
    assert village.book(first, "刘强", 1, 9.5) == "merged"
    assert village.reports("刘强", first, "finished", outcome="done") == "merged"
    found = village.offers(home, {"windows": [village.window(2, 9, 12)]})
    assert found.offers[0].parts.unfamiliar > 0, "王芳 is his village's agent, and another than last time"


def test_no_plan_goes_back_to_a_time_that_the_household_declined(village: Village) -> None:
    visit = village.visit(village.family("孙二"), windows=[village.window(1, 9, 12), village.window(3, 9, 12)])
    assert village.book(visit, "王芳", 1, 9) == "merged"
    suits = [village.window(2, 14, 16)]
    assert village.reports("王芳", visit, "asked_other_time", windows=suits) == "merged"
    assert village.values(visit)["windows"] == suits
    committed(village, planned(village).id)
    assert village.slots() == [(visit, "王芳", village.at(2, 14))]
    busy = [village.window(2, 12, 13)]
    assert village.reports("王芳", visit, "asked_other_time", windows=busy) == "merged"
    assert village.give("赵敏", "visit", visit, "assign") == "visit.nobody_free"
