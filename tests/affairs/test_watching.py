"""An opinion that nobody answers is not forgotten: its answerer is warned, and those above are told by name."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from daiban_schemas import entry
from daiban_server import days
from daiban_server.app import EFFECTS
from daiban_server.db import schema
from daiban_server.db.program import Program, Write
from daiban_server.features.affairs import looking_up, watching
from daiban_server.spine import desk
from daiban_server.spine.acting import act as server_act
from tests.cases.bureau import PEOPLE, Bureau, noon

_m = schema.message.c
TOLD = select(_m.person, _m.code, _m.text).order_by(_m.at, _m.code)


ABOVE = {"吴镇": "leader", "郑书记": "chief"}


class Township(Bureau):
    """A centre with people above its head."""

    def _clerk(self, name: str) -> desk.Clerk:
        return desk.Clerk(self.people[name], {**PEOPLE, **ABOVE}[name], self.centre)


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    """A centre with people above its head."""
    bureau = Township(tmp_path)
    for name, role in ABOVE.items():
        bureau.people[name] = bureau.new()
        bureau.run(_write((bureau.people[name], bureau.centre, name, "0915-3210001", name, role, None, None, True)))
    return bureau


def _write(row: tuple[Any, ...]) -> Program[None]:
    yield Write(schema.person, [row])


def say(bureau: Bureau, channel: str = "hotline", **fields: Any) -> bytes:
    """Somebody says something."""
    record = bureau.new()
    given = {"place": bureau.place.hex(), "channel": channel, "text": "两个月没有答复", "came_at": bureau.now}
    body = entry.change(record.hex(), "opinion", given | fields, seen=0, at=bureau.now)
    assert bureau.write("赵敏", body).outcome == "new"
    return record


def told_on(bureau: Bureau, day: str) -> list[tuple[str, str]]:
    """Whom the watch tells on a day, twice looked at."""
    before, names = len(bureau.look(TOLD)), {id_: name for name, id_ in bureau.people.items()}
    bureau.now = noon(day)
    for centre in [*bureau.run(watching.waiting(bureau.now)), bureau.centre]:
        bureau.run(watching.look(centre, b"", bureau.now))
    return [(names[person], code) for person, code, _ in bureau.look(TOLD)[before:]]


def test_an_answer_is_asked_for_before_its_day_and_above_after_it(bureau: Bureau) -> None:
    say(bureau)  # five working days from Tuesday, 24 November: 1 December
    assert told_on(bureau, "2026-11-25") == []
    assert told_on(bureau, "2026-11-27") == []
    assert told_on(bureau, "2026-11-30") == [("李红", "opinion.soon")]
    assert told_on(bureau, "2026-12-01") == [("李红", "opinion.soon")]
    assert told_on(bureau, "2026-12-02") == [("李红", "opinion.over")]
    assert told_on(bureau, "2026-12-03") == [("李红", "opinion.over")], "she is the head too"
    assert told_on(bureau, "2026-12-05") == [], "nobody is told on a Saturday"
    assert told_on(bureau, "2026-12-07") == [("吴镇", "opinion.over")]
    assert told_on(bureau, "2026-12-09") == [("郑书记", "opinion.over")]
    text = bureau.look(TOLD)[-1][2]
    assert "JM-20261124-YJ-0001 号意见反映：意见答复时限" in text
    assert "答复责任人：李红" in text, "by name"


def test_what_was_answered_is_told_to_nobody(bureau: Bureau) -> None:
    record = say(bureau, "stuck")
    by = bureau.people["李红"].hex()
    body = entry.command(record.hex(), "opinion", "answer", {"text": "已解决"}, expected=None, at=bureau.now, by=by)
    assert bureau.write("李红", body).outcome == "merged"
    assert told_on(bureau, "2026-12-10") == []
    assert bureau.run(watching.waiting(bureau.now)) == []


def test_nobody_is_told_whom_it_is_about(bureau: Bureau) -> None:
    say(bureau, "complaint", about=bureau.people["李红"].hex())
    days = ("2026-11-27", "2026-12-01", "2026-12-02", "2026-12-03", "2026-12-07", "2026-12-09")
    told = [one for day in days for one in told_on(bureau, day)]
    assert {name for name, _ in told} == {"吴镇", "郑书记"}


def test_who_decided_a_case_does_not_answer_for_it_though_another_has_it_now(bureau: Bureau) -> None:
    """赵敏 handled it and handed it over when it was done; the head had accepted it."""
    case = bureau.case()
    bureau.through(
        case,
        ("赵敏", "submit", {}),
        ("赵敏", "receive", {}),
        ("李红", "accept", {}),
        ("赵敏", "complete", {"result": "符合条件"}),
        ("赵敏", "hand_over", {"to": bureau.people["钱进"].hex(), "reason": "调岗"}),
    )
    opinion = say(bureau, "rating", application=case.hex())
    by = {name: bureau.people[name].hex() for name in ("赵敏", "李红", "吴镇")}
    assert bureau.values(opinion)["answerer"] == by["吴镇"], "the leader in charge, since the head decided it"
    for name in ("赵敏", "李红"):
        given = entry.command(
            opinion.hex(), "opinion", "answer", {"text": "没有问题"}, expected=None, at=bureau.now, by=by[name]
        )
        assert bureau.write(name, given).code == "opinion.own"


def test_what_was_done_on_the_spot_is_told_in_its_order(bureau: Bureau) -> None:
    case = bureau.case("direct")
    bureau.through(case, ("赵敏", "submit", {}))
    bureau.later(0.01)
    bureau.through(case, ("赵敏", "finish", {"result": "已登记"}))
    told = bureau.run(looking_up.show(bureau.centre, case)).steps
    assert [step.words for step in told] == ["登记编号", "受理", "已办结"]


def act(bureau: Bureau, who: str, opinion: bytes, name: str, **arguments: Any) -> str:
    """Give a command about an opinion; the code of a refusal, or what became of it."""
    by = bureau.people[who].hex()
    body = entry.command(opinion.hex(), "opinion", name, arguments or None, expected=None, at=bureau.now, by=by)
    outcome = bureau.write(who, body)
    return outcome.code or outcome.outcome


def fact(bureau: Bureau, who: str, opinion: bytes, name: str, **facts: Any) -> str:
    """Report a fact about an opinion."""
    by = bureau.people[who].hex()
    outcome = bureau.write(who, entry.report(opinion.hex(), "opinion", name, facts or None, at=bureau.now, by=by))
    return outcome.code or outcome.outcome


def test_whom_it_is_about_says_what_he_knows_and_another_answers_and_closes(bureau: Bureau) -> None:
    opinion = say(bureau, "complaint", about=bureau.people["赵敏"].hex())
    assert fact(bureau, "赵敏", opinion, "stated", text="当时系统停机") == "merged"
    assert act(bureau, "赵敏", opinion, "answer", text="没有的事") == "opinion.own"
    assert act(bureau, "李红", opinion, "answer", text="已致歉") == "merged"
    assert act(bureau, "赵敏", opinion, "close") == "opinion.own"
    assert act(bureau, "钱进", opinion, "close") == "merged"
    values = bureau.values(opinion)
    assert [(one["by"], one["text"]) for one in values["statements"]] == [("赵敏", "当时系统停机")]
    assert values["status"] == "closed"


def test_what_is_about_the_head_is_closed_above_her(bureau: Bureau) -> None:
    opinion = say(bureau, "complaint", about=bureau.people["李红"].hex())
    assert act(bureau, "吴镇", opinion, "answer", text="已批评教育") == "merged"
    assert act(bureau, "李红", opinion, "close") == "opinion.own"
    assert act(bureau, "吴镇", opinion, "close") == "merged"


def test_what_was_registered_is_not_rewritten_by_whom_it_is_about(bureau: Bureau) -> None:
    opinion = say(bureau, "complaint", about=bureau.people["赵敏"].hex())
    was = bureau.values(opinion)["text"]
    body = entry.change(
        opinion.hex(), "opinion", {"text": "没有意见"}, seen=bureau.record_position(opinion), at=bureau.now
    )
    outcome = bureau.write("赵敏", body)
    assert (outcome.outcome, outcome.code) == ("conflict", "field.held")
    assert bureau.values(opinion)["text"] == was


def test_whom_it_is_about_does_not_choose_who_answers(bureau: Bureau) -> None:
    opinion = say(bureau, "complaint", about=bureau.people["李红"].hex())
    assert act(bureau, "李红", opinion, "assign", to=bureau.people["赵敏"].hex()) == "opinion.own"


def test_a_last_day_that_becomes_a_holiday_is_counted_anew_and_said(bureau: Bureau) -> None:
    opinion = say(bureau, "hotline")  # Tuesday, 24 November: five working days
    assert bureau.values(opinion)["due"] == "2026-12-01"
    bureau.run(days.lay_down(datetime.date(2026, 11, 30), "区庆放假", working=False))
    for _ in range(2):
        bureau.run(server_act(bureau.centre, EFFECTS, bureau.now, watching.recount))
    assert bureau.values(opinion)["due"] == "2026-12-02"
    (text,) = [text for _, code, text in bureau.look(TOLD) if code == "opinion.recounted"]
    assert text.endswith("现为12月2日。")
