"""A day at the centre, and the report that people would write of it by hand."""

from typing import Any

from daiban_server.app import EFFECTS
from daiban_server.db import schema, sql
from daiban_server.features.figures import duties
from daiban_server.features.figures.kept import KEPT
from daiban_server.features.figures.report import trend
from daiban_server.features.papers.documents import DailyLine, Office
from daiban_server.printing.daily import daily_document
from daiban_server.spine import projections
from tests.figures.desk import Desk, span, statements, values

DELIVERED = ("王芳", "delivered", {"to": "张桂兰", "how": "home"})
MISSED = ("孙亮", "followed_up", {"how": "telephone", "outcome": "not_reached"})
ASKED = ("孙亮", "followed_up", {"spoke_to": "张桂兰", "how": "telephone", "outcome": "satisfied"})
SUBMIT = ("赵敏", "submit", {})
ACCEPT = ("赵敏", "accept", {})


def accepted(bureau: Desk, mode: str = "limited", **fields: str) -> bytes:
    case = bureau.case(mode, **fields)
    bureau.through(case, SUBMIT, ACCEPT)
    return case


def a_day(bureau: Desk) -> dict[str, bytes]:
    """One of everything."""
    bureau.visitor(window="民政救助")
    bureau.visitor(window="民政救助", people=4)
    bureau.visitor()
    made = {mode: accepted(bureau, mode) for mode in ("limited", "proxy")}
    made["home"] = accepted(bureau, source="home")
    made["direct"] = bureau.case("direct")
    bureau.through(made["direct"], SUBMIT, ("赵敏", "finish", {"result": "已登记"}), DELIVERED, ASKED)
    bureau.rated(made["direct"], 2)
    bureau.through(made["proxy"], ("赵敏", "send_up", {"to": "区残联", "days": 15}))
    for step in (
        ("赵敏", "notify", {"missing": [{"name": "户口簿"}]}),
        ("赵敏", "decline", {"reason": "户籍不在本区"}),
        ("赵敏", "refuse", {"reason": "重复申请"}),
        ("赵敏", "withdraw", {"reason": "不办了"}),
    ):
        made[step[1]] = bureau.case()
        bureau.through(made[step[1]], SUBMIT, step)
    made["draft"] = bureau.case()
    bureau.through(made["draft"], ("王芳", "withdraw", {"reason": "填错了"}))
    bureau.said("complaint", application=made["limited"].hex())
    return made


THE_DAY = {
    "receptions": 6,
    "accepted": 4,
    "accepted_direct": 1,
    "accepted_limited": 1,
    "accepted_proxy": 1,
    "accepted_home": 1,
    "completed": 1,
    "on_time": 1,
    "closing": 3,
    "notified": 1,
    "awaiting": 1,
    "sent_up": 1,
    "above": 1,
    "not_accepted": 2,
    "withdrawn_before": 1,
    "deliveries": 1,
    "follow_ups": 1,
    "ratings": 1,
    "rating_2": 1,
    "bad_ratings": 1,
    "bad_contact_open": 1,
    "bad_mend_open": 1,
    "bad_unmended": 1,
    "bad_uncontacted": 1,
    "opinions": 2,
    "complaints": 1,
    "opinions_open": 2,
}


def test_the_report_of_a_day_is_what_people_would_write_by_hand(bureau: Desk) -> None:
    a_day(bureau)
    made = bureau.figures(span("2026-11-24"))
    assert values(made.total) == THE_DAY
    assert [row.name for row in made.rows] == ["民政救助", "未分窗口"]
    assert values(made.rows[1]) == {"receptions": 1}
    assert made.total.rates["on_time_rate"] == made.total.rates["bad_rate"] == 1.0
    assert (made.total.mean_days, made.total.days_of_nine_in_ten) == (0, 0)


def test_what_ends_later_leaves_the_balance_then(bureau: Desk) -> None:
    made = a_day(bureau)
    bureau.later(1)
    bureau.through(made["limited"], ("赵敏", "complete", {"result": "已核准"}))
    bureau.through(made["home"], ("王芳", "withdraw", {"reason": "老人住院"}))
    refused = accepted(bureau)
    bureau.through(refused, ("赵敏", "refuse", {"reason": "不符合条件"}))
    second = values(bureau.figures(span("2026-11-25")).total)
    balance = ("opening", "accepted", "completed", "on_time", "refused", "withdrawn", "closing")
    assert [second.get(name, 0) for name in balance] == [3, 1, 1, 1, 1, 1, 1]
    # The proxied case was promised for 8 December.
    bureau.later(14)
    bureau.through(made["proxy"], ("赵敏", "answered", {}), ("赵敏", "complete", {"result": "已核发"}))
    late = bureau.figures(span("2026-12-09"))
    rated = {"bad_unmended": 1, "bad_uncontacted": 1, "bad_overdue": 1}
    assert values(late.total) == {"opening": 1, "completed": 1, "overdue": 1, "awaiting": 1, **rated}
    assert (late.total.rates["on_time_rate"], late.total.mean_days) == (0.0, 11)
    assert values(bureau.figures(span("2026-11-24")).total) == {
        **{name: value for name, value in THE_DAY.items() if not name.endswith("_open")},
        "opinions_overdue": 2,
        "bad_contact_missed": 1,
        "bad_mend_missed": 1,
    }, "a day that is over does not change; only what is owed since can be overdue"


def test_the_day_ends_at_midnight_in_china(bureau: Desk) -> None:
    bureau.later(0.5 - 1 / 86_400_000)
    accepted(bureau)
    bureau.later(1 / 86_400_000)
    accepted(bureau)
    assert values(bureau.figures(span("2026-11-24")).total)["accepted"] == 1
    following = values(bureau.figures(span("2026-11-25")).total)
    assert (following["opening"], following["accepted"], following["closing"]) == (1, 1, 2)


def test_an_extension_moves_the_day_that_a_completion_is_held_against(bureau: Desk) -> None:
    case = accepted(bureau)
    bureau.through(case, ("李红", "extend", {"days": 5, "reason": "待民政核查"}))
    bureau.later(18)
    bureau.through(case, ("赵敏", "complete", {"result": "已核准"}))
    assert values(bureau.figures(span(bureau.today)).total)["on_time"] == 1


def test_every_number_of_a_report_lists_what_it_counts(bureau: Desk) -> None:
    made = a_day(bureau)
    bureau.later(1)
    bureau.through(made["limited"], ("赵敏", "complete", {"result": "已核准"}))
    for by in ("centre", "window", "mode", "item", "place", "person", "owner"):
        out = bureau.figures(span("2026-11-24", "2026-11-25"), by)  # type: ignore[arg-type]  # the ways to look at it, as texts
        for row in (*out.rows, out.total):
            for name, number in row.figures.items():
                assert bureau.counted(number) == number.value, (by, row.name, name)


def test_a_trend_runs_on_from_balance_to_balance(bureau: Desk) -> None:
    made = a_day(bureau)
    bureau.later(7)
    bureau.through(made["limited"], ("赵敏", "complete", {"result": "已核准"}))
    days = span("2026-11-20", "2026-12-03")
    parts = trend(bureau.gathered(days).facts, days, "week", {})
    assert [(part.first, part.last) for part in parts] == [
        *(("2026-11-20", "2026-11-22"), ("2026-11-23", "2026-11-29"), ("2026-11-30", "2026-12-03")),
    ]
    balance = ("opening", "accepted", "completed", "closing")
    assert [[part.figures[name].value for name in balance] for part in parts] == [
        *([0, 0, 0, 0], [0, 4, 1, 3], [3, 0, 1, 2]),
    ]
    for part in parts:
        for name, number in part.figures.items():
            assert bureau.counted(number) == number.value, (part, name)
    months = trend(bureau.gathered(days).facts, days, "month", {})
    assert [(part.first, part.last) for part in months] == [("2026-11-20", "2026-11-30"), ("2026-12-01", "2026-12-03")]


def test_visits_are_counted_by_what_happened_to_them(bureau: Desk) -> None:
    first, second = (bureau.made("visit", household=bureau.home.hex(), minutes=30) for _ in range(2))
    for visit in (first, second):
        bureau.act("赵敏", visit, "visit", "assign")
    bureau.fact("王芳", first, "visit", "nobody_home")
    bureau.act("赵敏", first, "visit", "assign")
    bureau.fact("王芳", first, "visit", "finished", outcome="done")
    out = bureau.figures(span("2026-11-24", "2026-12-24"), "person")
    (wang,) = out.rows
    assert (wang.name, values(wang)) == (
        "王芳",
        {"visits_assigned": 3, "visits_promised": 2, "visits_finished": 1, "visits_nobody_home": 1},
    )


def test_who_was_not_reached_counts_as_tried_and_not_as_followed_up(bureau: Desk) -> None:
    case = bureau.case("direct")
    bureau.through(case, SUBMIT, ("赵敏", "finish", {"result": "已登记"}), DELIVERED, MISSED)
    for _ in range(2):
        bureau.later(1)
        bureau.through(case, MISSED)
    bureau.through(case, ("赵敏", "close_follow_up", {}))
    told = values(bureau.figures(span("2026-11-24", "2026-11-30")).total)
    assert {name: value for name, value in told.items() if name.startswith("follow")} == {
        "follow_up_attempts": 3,
        "follow_ups_unreached": 1,
    }


def test_replies_are_counted_by_the_day_they_were_due(bureau: Desk) -> None:
    case = bureau.case(who="王芳", source="home")
    bureau.case("direct", "王芳", source="home")
    bureau.later(3)
    reply = {"household": bureau.home.hex(), "application": case.hex(), "text": "正在办", "how": "visit"}
    reply |= {"on_behalf": True}
    bureau.made("reply", **reply, outcome="progressing")
    bureau.later(6)
    (sun,) = bureau.figures(span("2026-11-24", "2026-12-24"), "person").rows
    assert sun.name == "孙亮"
    stands = {"replies_owed": 3, "replies_met": 1, "replies_late": 1, "replies_open": 1}
    assert values(sun) == {**stands, "replies_on_behalf": 1}
    assert sun.rates["replies_rate"] == 0.5
    assert values(bureau.figures(span("2026-12-02", "2026-12-24")).total) == {"replies_owed": 1, "replies_open": 1}


def test_an_opinion_is_answered_in_time_or_late(bureau: Desk) -> None:
    stuck, late = bureau.said("stuck"), bureau.said("hotline")
    bureau.said("opinion_box")
    bureau.act("赵敏", stuck, "opinion", "answer", text="已派人上门")
    bureau.later(20)
    bureau.act("赵敏", late, "opinion", "answer", text="对不起")
    out = bureau.figures(span("2026-11-24"))
    assert values(out.total) == {
        "opinions": 3,
        "opinions_in_time": 1,
        "opinions_late": 1,
        "opinions_overdue": 1,
    }
    assert out.total.rates["opinions_rate"] == 1 / 3
    bureau.look(schema.opinion_sheet.delete())
    bureau.run(projections.rebuild(bureau.centre, EFFECTS, bureau.now))
    assert bureau.figures(span("2026-11-24")) == out, "how opinions stand follows from their records"


def test_the_paper_of_a_day_says_what_the_figures_say(bureau: Desk) -> None:
    a_day(bureau)
    paper = daily_document(Office(name="建民办事处"), bureau.figures(span("2026-11-24")), "赵敏")
    figures = {"direct": 1, "limited": 1, "proxy": 1, "home": 1, "completed": 1, "closing": 3}
    assert paper.lines == (
        DailyLine(window="民政救助", receptions=5, **figures),
        DailyLine(window="未分窗口", receptions=1),
    )
    assert (paper.awaiting, paper.sent_up, paper.not_accepted, paper.complaints) == (1, 1, 2, 1)
    assert paper.bad_ratings == (1, 1, 0)
    assert paper.ratings == (0, 0, 0, 1, 0)


FOUND_BY = {
    "act": ["ix_case_event_at (centre=? AND at>? AND at<?)"],
    "opening": ["ended (centre=? AND ended=? AND accepted<?)", "ended (centre=? AND ended>?)"],
    "closing": ["ended (centre=? AND ended=? AND accepted<?)", "ended (centre=? AND ended>?)"],
    "awaiting": ["ix_case_event_at (centre=? AND at>?)", "ix_case_sheet_status (centre=? AND status=?)"],
    "above": ["ix_case_event_at (centre=? AND at>?)", "ix_case_sheet_status (centre=? AND status=?)"],
    "reception": ["(centre=? AND register=? AND day>? AND day<?)"],
    "rating": ["ix_rating_at (centre=? AND at>? AND at<?)"],
    "reply": ["ix_obligation_span (centre=? AND due>? AND due<?)"],
    "visit": ["ix_visit_event_at (centre=? AND at>? AND at<?)"],
}
BESIDE = ("(centre=? AND id=?)", "ix_case_event_case (centre=? AND case=?)")


def steps(bureau: Desk, statement: Any) -> list[str]:
    """What SQLite reads for a statement, table after table."""
    asked = sql.compiled(statement, sql.SQLITE).text
    found = bureau.connection.execute(f"EXPLAIN QUERY PLAN {asked}", ["x"] * asked.count("?"))
    return [
        row[3].removesuffix(" LEFT-JOIN")
        for row in found
        if row[3].startswith(("SCAN ", "SEARCH ")) and "anon_1" not in row[3]
    ]


def test_a_day_is_read_from_indexes_and_never_from_all_that_ever_happened(bureau: Desk) -> None:
    for statement, kept in statements().items():
        first, *beside = steps(bureau, statement)
        assert first.endswith(FOUND_BY[kept.source][KEPT[kept.source].index(kept)]), first
        assert all(step.endswith(BESIDE) for step in beside), beside
        assert kept.source != "act" or "COVERING" in first, "of an act nothing is looked at but its line of the index"
    few = {duties.SAID: "register=? AND day>? AND day<?)", duties.SLOTS: "(centre=? AND start>? AND start<?)"}
    for statement, by in few.items():
        (only,) = steps(bureau, statement)
        assert only.endswith(by), only
