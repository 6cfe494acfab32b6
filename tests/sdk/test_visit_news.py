"""What a visit's story means for whoever holds the phone, in both languages."""

from typing import Any, cast

import pytest

from daiban_client_sdk.device import Device
from daiban_client_sdk.outbox import Act
from daiban_client_sdk.visit_news import what_became

NINE = 1_795_654_800_000
"""26 November 2026, 09:00 in Shanghai."""
MINUTE = 60_000
WANG, LIU, ZHAO = "a1" * 16, "b2" * 16, "c3" * 16
NAMES = {WANG: "王芳", LIU: "刘强", ZHAO: "赵六"}
VISIT, HOME = "d4" * 16, "e5" * 16


def time(*crew: str, start: int = NINE) -> dict[str, Any]:
    names = "、".join(NAMES[one] for one in crew)
    return {"agents": list(crew), "agent_name": names, "start": start, "end": start + 30 * MINUTE}


def change(what: str, was: Any, now: Any, why: str = "", by: str = "") -> dict[str, Any]:
    return {"at": NINE, "what": what, "by": by, "why": why, "was": was, "now": now}


class Phone:
    """王芳's phone as far as news go: one visit with a story, and what she did."""

    def __init__(self, *changes: dict[str, Any], acts: list[Act] | None = None, **values: Any) -> None:
        self.record, self.kind = VISIT, "visit"
        self.values = {"household": HOME, "head": "张桂兰", "changes": list(changes), **values}
        self.acted = acts or []
        self.store = self.outbox = self

    def get(self, name: str, default: Any = None) -> Any:
        return {"person": WANG, "person_name": "王芳"}.get(name, default)

    def acts(self, kind: str) -> list[Act]:
        return self.acted

    def records(self, kind: str) -> list["Phone"]:
        return [self]

    def view(self, record: str) -> "Phone":
        return self

    def news(self) -> list[tuple[str, str]]:
        return [(one.code, one.text()) for one in what_became(cast(Device, self))]


@pytest.mark.parametrize(
    ("story", "code", "text"),
    [
        (change("booked", None, time(WANG)), "new", "11月26日 周四 09:00安排您去"),
        (
            change("swayed", time(WANG), time(WANG, start=NINE - 10 * MINUTE)),
            "earlier",
            "提前 10 分钟：原定11月26日 周四 09:00，现为11月26日 周四 08:50",
        ),
        (
            change("rebooked", time(WANG), time(WANG, start=NINE + 90 * MINUTE)),
            "moved",
            "改期：原定11月26日 周四 09:00，现为11月26日 周四 10:30",
        ),
        (
            change("repaired", time(WANG, LIU), time(WANG, ZHAO), "原来的代办员不在"),
            "other_crew",
            "11月26日 周四 09:00去的人有变：现由王芳、赵六去（原来的代办员不在）",
        ),
        (
            change("repaired", time(LIU, ZHAO), time(WANG, ZHAO), "原来的代办员不在"),
            "new_instead",
            "替刘强顶岗，11月26日 周四 09:00去（原来的代办员不在）",
        ),
        (
            change("held", time(LIU), time(WANG), "原来的代办员不在"),
            "proposed",
            "先排了11月26日 周四 09:00，由王芳去，还没有告知住户",
        ),
        (change("confirmed", time(WANG), time(WANG)), "told", "住户已知道：11月26日 周四 09:00"),
        (
            change("repaired", time(WANG), time(LIU), "原来的代办员不在"),
            "given_away",
            "原定11月26日 周四 09:00，已改由刘强在11月26日 周四 09:00去（原来的代办员不在）",
        ),
        (
            change("lost", time(WANG), None, "原来的代办员不在"),
            "off",
            "原定11月26日 周四 09:00的时间已取消（原来的代办员不在），等中心另约",
        ),
        (
            change("cancelled", time(WANG), None, "住户来电取消"),
            "cancelled",
            "原定11月26日 周四 09:00，已取消（住户来电取消）",
        ),
        (
            change("done_by_another", time(WANG), None, "刘强已上门", by="刘强"),
            "done_by_another",
            "原定11月26日 周四 09:00，您不用去了（刘强已上门）",
        ),
    ],
)
def test_what_others_did_is_told_in_a_sentence(story: dict[str, Any], code: str, text: str) -> None:
    phone = Phone(story)
    assert phone.news() == [(code, text)]
    english = what_became(cast(Device, phone))[0].text("en")
    assert "{" not in english
    assert "26 Nov" in english


def test_what_is_nothing_to_her_is_not_told() -> None:
    assert Phone(change("booked", None, time(LIU)), change("rebooked", time(WANG), time(WANG))).news() == []


def test_an_act_and_the_change_that_it_made_are_told_once() -> None:
    acts = [Act(VISIT, "finished", NINE, "merged", None, True)]
    story = change("done_by_another", time(LIU), None, "王芳已上门", by="王芳")
    code, text = Phone(story, acts=acts).news()[0]
    assert (code, len(Phone(story, acts=acts).news())) == ("took_over", 1)
    assert text == "“已办完”已记在您名下；原定11月26日 周四 09:00由刘强去，已告诉对方不用去了"


def test_nobody_home_at_a_visit_of_anothers_leaves_the_promise() -> None:
    acts = [Act(VISIT, "nobody_home", NINE, "merged", None, True)]
    phone = Phone(acts=acts, agent_name="刘强", agents=[LIU], start=NINE, status="assigned")
    assert phone.news() == [("promise_stands", "“无人在家”已记下；刘强仍按约定的时间去")]


def test_what_she_called_off_herself_waits_for_nobody() -> None:
    acts = [Act(VISIT, "cancel", NINE, "merged", None, True)]
    story = change("cancelled", time(WANG), None, "住户不办了", by="王芳")
    assert Phone(story, acts=acts).news() == [("recorded", "“取消”已记下")]


def test_of_a_visit_that_left_the_phone_only_her_own_act_is_known() -> None:
    class Emptied(Phone):
        def records(self, kind: str) -> list[Phone]:
            return []

        def view(self, record: str) -> Any:
            return None

    phone = Emptied(acts=[Act(VISIT, "nobody_home", NINE, "merged", None, True)])
    assert phone.news() == [("recorded", "“无人在家”已记下")]


@pytest.mark.parametrize(
    ("outcome", "code", "told"),
    [(None, None, "waiting"), ("parked", "parent.missing", "parked"), ("refused", "command.late", "refused")],
)
def test_what_the_server_has_not_done_is_said(outcome: str | None, code: str | None, told: str) -> None:
    phone = Phone(acts=[Act(VISIT, "accept", NINE, outcome, code, outcome == "refused")])
    assert [one for one, _ in phone.news()] == [told]


def test_a_report_about_a_visit_that_was_called_off_is_looked_at() -> None:
    acts = [Act(VISIT, "nobody_home", NINE, "merged", "report.without_effect", True)]
    assert Phone(acts=acts, status="cancelled", agent_name="刘强").news()[0][0] == "no_effect"
