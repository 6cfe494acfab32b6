"""What went by and nobody spoke of."""

from tests.visiting.village import Village


def test_a_visit_that_nobody_reported_is_asked_after_once(village: Village) -> None:
    visit = village.booked("孙二", "王芳", 1, 14.5)
    village.now = village.at(1, 20)
    village.watch_visits()
    assert not any("还没有报" in text for text in village.told("王芳")), "the day is not over"
    village.now = village.at(2, 8)
    for _ in range(2):
        village.watch_visits()
    asked = "11月25日 周三 下午 14:30王芳的上门还没有报上门结果，请补报或同步手机。"
    assert village.told("王芳").count(asked) == 1
    assert "11月25日 周三 下午 14:30王芳的上门还没有报上门结果。" in village.told("李红")
    village.now = village.at(3, 8)
    village.watch_visits()
    assert village.told("王芳").count(asked) == 1
    assert village.status(visit) == "assigned", "what nobody said is not made up"


def test_a_time_that_the_household_never_heard_of_is_looked_for_again(village: Village) -> None:
    visit = village.visit(village.family("孙二"), windows=[village.window(1, 9, 12)])
    assert village.give("赵敏", "visit", visit, "propose") == "merged"
    village.now = village.at(2, 8)
    village.watch_visits()
    assert (village.status(visit), village.values(visit)["again"], village.slots()) == ("requested", True, [])
    assert village.sent() == []
    assert any("到时间还没有人告知住户，请重新安排。" in text for text in village.told("李红"))
