"""A bad rating (差评) is called about within a working day, mended within five, and prolonged once, by name."""

from typing import Any

import pytest

from daiban_server.features.affairs import owing
from daiban_server.features.figures.catalogue import counts_for
from daiban_server.features.figures.mending import bad_ratings
from daiban_server.limits.opinions import SHORTEST
from tests.affairs.test_watching import act, bureau, fact, say, told_on
from tests.cases.bureau import Bureau, noon
from tests.figures.desk import span

__all__ = ["bureau"]


def limits(bureau: Bureau, opinion: bytes) -> dict[str, tuple[str, str]]:
    """Last day and state of each limit."""
    return {one.kind: (one.due, one.state) for one in bureau.run(owing.limits_of(bureau.centre, opinion, bureau.now))}


def sentences(bureau: Bureau, opinion: bytes) -> dict[str, str]:
    return {one.kind: one.why for one in bureau.run(owing.limits_of(bureau.centre, opinion, bureau.now))}


def figures(bureau: Bureau, first: str, last: str = "") -> dict[str, int]:
    """The figures of bad ratings."""
    counted: dict[str, int] = {}
    for one in bureau.run(bad_ratings(bureau.centre, span(first, last), bureau.now)):
        for name in counts_for(one):
            counted[name] = counted.get(name, 0) + 1
    return counted


def test_the_call_and_the_mending_are_two_limits_each_with_its_sentence(bureau: Bureau) -> None:
    opinion = say(bureau, "rating")  # Tuesday, 24 November
    assert limits(bureau, opinion) == {"contact": ("2026-11-25", "running"), "mend": ("2026-12-01", "running")}
    why = sentences(bureau, opinion)
    counted = "11月24日（周二）收到差评，从次日起算 1 个工作日，最迟 11月25日（周三）联系评价人"
    assert why["contact"] == f"{counted}；还剩 1 个工作日。"
    assert "从次日起算 5 个工作日，最迟 12月1日（周二）整改并答复" in why["mend"]


def test_a_call_meets_the_first_and_an_answer_the_second(bureau: Bureau) -> None:
    opinion = say(bureau, "rating")
    assert fact(bureau, "李红", opinion, "contacted", outcome="not_reached", note="没人接") == "merged"
    assert limits(bureau, opinion)["contact"][1] == "running", "who was not reached was not called"
    bureau.now = noon("2026-11-25")
    assert fact(bureau, "李红", opinion, "contacted", spoke_to="张桂兰") == "merged"
    assert limits(bureau, opinion) == {"contact": ("2026-11-25", "met"), "mend": ("2026-12-01", "running")}
    bureau.now = noon("2026-12-02")
    assert act(bureau, "李红", opinion, "answer", text="已上门致歉并补办") == "merged"
    assert limits(bureau, opinion)["mend"] == ("2026-12-01", "met_late")


def test_a_call_by_whom_it_is_about_is_kept_and_another_is_owed(bureau: Bureau) -> None:
    opinion = say(bureau, "rating", about=bureau.people["赵敏"].hex())
    assert fact(bureau, "赵敏", opinion, "contacted", spoke_to="张桂兰") == "merged"
    assert limits(bureau, opinion)["contact"][1] == "running"
    assert fact(bureau, "钱进", opinion, "contacted", spoke_to="张桂兰") == "merged"
    assert limits(bureau, opinion)["contact"][1] == "met"
    assert [one["by"] for one in bureau.values(opinion)["contacts"]] == ["赵敏", "钱进"]


def test_each_is_warned_of_and_goes_up_by_name(bureau: Bureau) -> None:
    opinion = say(bureau, "rating")
    assert told_on(bureau, "2026-11-25") == [("李红", "opinion.soon")]
    assert told_on(bureau, "2026-11-26") == [("李红", "opinion.over")]
    assert fact(bureau, "钱进", opinion, "contacted", spoke_to="张桂兰") == "merged"
    assert told_on(bureau, "2026-11-30") == [("李红", "opinion.soon")], "of the mending; the call was made"
    above = [("吴镇", "opinion.over"), ("李红", "opinion.over"), ("李红", "opinion.over")]
    assert sorted(told_on(bureau, "2026-12-07")) == above


def test_it_is_prolonged_once_by_somebody_else_before_its_day_to_at_most_fifteen(bureau: Bureau) -> None:
    opinion = say(bureau, "rating")
    reason: dict[str, Any] = {"reason": "要等县里补发证件"}
    assert act(bureau, "李红", opinion, "prolong", days=15, **reason) == "opinion.approver", "she owes it herself"
    for days in (5, 16):
        assert act(bureau, "吴镇", opinion, "prolong", days=days, **reason) == "argument.invalid"
    assert act(bureau, "吴镇", opinion, "prolong", days=15) == "argument.invalid", "without a reason"
    assert act(bureau, "吴镇", opinion, "prolong", days=15, **reason) == "merged"
    assert act(bureau, "郑书记", opinion, "prolong", days=15, **reason) == "opinion.prolonged"
    assert limits(bureau, opinion) == {"contact": ("2026-11-25", "running"), "mend": ("2026-12-15", "running")}
    assert "从次日起算 15 个工作日，其中经吴镇批准延期 10 个工作日" in sentences(bureau, opinion)["mend"]
    longer = bureau.values(opinion)["prolonged"]
    assert (longer["by"], longer["reason"]) == ("吴镇", "要等县里补发证件")


def test_what_is_over_is_prolonged_no_more_and_no_other_opinion_is(bureau: Bureau) -> None:
    rated, other = say(bureau, "rating"), say(bureau, "hotline")
    reason: dict[str, Any] = {"days": SHORTEST, "reason": "要等县里补发证件"}
    assert act(bureau, "吴镇", other, "prolong", **reason) == "opinion.not_rated"
    bureau.now = noon("2026-12-02")
    assert act(bureau, "吴镇", rated, "prolong", **reason) == "opinion.late"


def test_said_again_it_is_mended_anew_within_five_days(bureau: Bureau) -> None:
    opinion = say(bureau, "rating")
    assert act(bureau, "吴镇", opinion, "prolong", days=15, reason="要等县里补发证件") == "merged"
    assert fact(bureau, "李红", opinion, "contacted", spoke_to="张桂兰") == "merged"
    assert act(bureau, "李红", opinion, "answer", text="已补办") == "merged"
    bureau.now = noon("2026-11-30")
    assert act(bureau, "钱进", opinion, "reopen", reason="还是没有收到") == "merged"
    assert limits(bureau, opinion) == {"contact": ("2026-11-25", "met"), "mend": ("2026-12-07", "running")}
    assert "11月30日（周一）再次反映，从次日起算 5 个工作日" in sentences(bureau, opinion)["mend"]
    assert act(bureau, "吴镇", opinion, "prolong", days=15, reason="再等") == "opinion.prolonged", "once is once"


@pytest.mark.parametrize("prolonged", [False, True])
def test_the_figures_tell_call_and_mending_apart(bureau: Bureau, prolonged: bool) -> None:
    opinion = say(bureau, "rating")
    say(bureau, "rating")
    if prolonged:
        assert act(bureau, "吴镇", opinion, "prolong", days=10, reason="要等县里补发证件") == "merged"
    day = "2026-11-24"
    now = {"bad_contact_open": 2, "bad_mend_open": 2, "bad_unmended": 2, "bad_uncontacted": 2}
    assert figures(bureau, day) == now | ({"bad_prolonged": 1} if prolonged else {})
    bureau.now = noon("2026-11-25")
    fact(bureau, "李红", opinion, "contacted", spoke_to="张桂兰")
    bureau.now = noon("2026-12-02")
    act(bureau, "李红", opinion, "answer", text="已补办")
    assert figures(bureau, day) == {
        "bad_contact_in_time": 1,
        "bad_contact_missed": 1,
        "bad_mend_in_time" if prolonged else "bad_mend_late": 1,
        "bad_mend_missed": 1,
        **({"bad_prolonged": 1} if prolonged else {}),
        "bad_unmended": 2,
        "bad_uncontacted": 2,
    }, "what stood open when that day ended stays told"
    assert figures(bureau, "2026-12-01") == {"bad_unmended": 2, "bad_uncontacted": 1, "bad_overdue": 1}
    assert figures(bureau, "2026-12-02") == {"bad_unmended": 1, "bad_uncontacted": 1, "bad_overdue": 1}
