"""A cadre owes replies as long as a case of his household runs, is reminded, and is passed over in no silence."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from daiban_schemas import entry
from daiban_server import choices
from daiban_server.db import schema
from daiban_server.db.program import Write
from daiban_server.features.replies import reminding
from daiban_server.spine import push
from tests.cases.bureau import DAY, Bureau

_o, _m = schema.obligation.c, schema.message.c
OWED = select(_o.application, _o.round, _o.state, _o.due, _o.reply).order_by(_o.created, _o.round)
TOLD = select(_m.person, _m.code, _m.text).order_by(_m.at, _m.code)


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    """A centre with a leader in charge above its head."""
    bureau = Bureau(tmp_path)
    bureau.people["吴镇"] = bureau.new()
    row = (bureau.people["吴镇"], bureau.centre, "吴镇", "0915-3210001", "9", "leader", None, None, True)
    bureau.run(_write(row))
    return bureau


def _write(row: tuple[Any, ...]) -> Any:
    yield Write(schema.person, [row])


def states(bureau: Bureau) -> list[str]:
    return [row[2] for row in bureau.look(OWED)]


def reply(bureau: Bureau, who: str = "孙亮", **fields: Any) -> bytes:
    record = bureau.new()
    given = {"household": bureau.home.hex(), "text": "已入户，正在办", "outcome": "progressing", "how": "visit"}
    body = entry.change(record.hex(), "reply", given | fields, seen=0, at=bureau.now)
    assert bureau.write(who, body).outcome == "new"
    return record


def told(bureau: Bureau) -> list[tuple[str, str]]:
    names = {id_: name for name, id_ in bureau.people.items()}
    return [(names[person], code) for person, code, _ in bureau.look(TOLD)]


def pass_days(bureau: Bureau, days: float) -> None:
    bureau.later(days)
    bureau.run(reminding.look(bureau.now))


def test_the_next_reply_is_owed_when_one_was_met(bureau: Bureau) -> None:
    case = bureau.case(who="王芳", source="home")
    bureau.later(3)
    first = reply(bureau, application=case.hex())
    (met, following) = bureau.look(OWED)
    assert (met[2], met[4]) == ("met", first)
    assert (following[1], following[2]) == (2, "due")
    assert following[3] == bureau.now + 7 * 86_400_000


def test_one_visit_answers_every_case_of_the_home(bureau: Bureau) -> None:
    cases = [bureau.case(mode, "王芳", source="home") for mode in ("limited", "proxy", "direct")]
    reply(bureau, application=cases[0].hex(), also=[cases[1].hex()])
    assert sorted(states(bureau)) == ["due"] * 3 + ["met"] * 2
    reply(bureau)
    assert states(bureau).count("met") == 5, "a reply that names no case answers all of them"


def test_what_was_said_before_there_was_a_case_answers_for_it_only_by_name(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The cadre's phone was in the hills for twenty days; its reply comes after the case."""
    case = bureau.case(who="王芳", source="home")
    monkeypatch.setattr(push, "effective", lambda at, bounds: bureau.now - 20 * DAY)
    reply(bureau)
    assert states(bureau) == ["due"]
    reply(bureau, application=case.hex())
    assert sorted(states(bureau)) == ["due", "met"]


def test_nothing_more_is_owed_when_the_case_has_ended(bureau: Bureau) -> None:
    case = bureau.case("direct", "王芳", source="home")
    bureau.through(case, ("王芳", "submit", {}), ("赵敏", "finish", {"result": "已登记"}))
    assert states(bureau) == ["lapsed"]
    reply(bureau, application=case.hex())
    assert states(bureau) == ["lapsed"]


def test_what_was_late_when_the_case_ended_stays_late(bureau: Bureau) -> None:
    case = bureau.case("direct", "王芳", source="home")
    pass_days(bureau, 8)
    bureau.through(case, ("王芳", "submit", {}), ("赵敏", "finish", {"result": "已登记"}))
    assert states(bureau) == ["late"]


def test_proxied_cases_have_replies_where_the_district_chose_so(bureau: Bureau) -> None:
    bureau.case("proxy")
    assert states(bureau) == []
    bureau.run(choices.choose(reply_for_proxied=True))
    bureau.case("proxy")
    bureau.case("limited")
    assert states(bureau) == ["due"]


def test_a_missed_reply_goes_up_step_by_step_and_each_is_told_once(bureau: Bureau) -> None:
    bureau.case(who="王芳", source="home")
    pass_days(bureau, 5)
    assert told(bureau) == []
    for days, who in ((1.5, ("孙亮", "reply.soon")), (1, ("孙亮", "reply.late")), (1, ("李红", "reply.escalated"))):
        pass_days(bureau, days)
        pass_days(bureau, 0)
        assert told(bureau)[-1] == who
    pass_days(bureau, 2)
    assert sorted(told(bureau)) == [
        *(("吴镇", "reply.escalated"), ("孙亮", "reply.late"), ("孙亮", "reply.soon"), ("李红", "reply.escalated")),
    ]
    assert states(bureau) == ["late"]
    assert "张桂兰家的定期回复应在12月1日前完成" in bureau.look(TOLD)[0][2]


def test_a_server_that_slept_tells_every_step_that_it_missed_but_the_reminder(bureau: Bureau) -> None:
    bureau.case(who="王芳", source="home")
    pass_days(bureau, 30)
    assert sorted(told(bureau)) == [
        *(("吴镇", "reply.escalated"), ("孙亮", "reply.late"), ("李红", "reply.escalated")),
    ]


@pytest.mark.parametrize("nothing", [{"text": ""}, {"outcome": "not_reached"}, {"outcome": None}])
def test_what_says_nothing_or_reached_nobody_meets_nothing(bureau: Bureau, nothing: dict[str, Any]) -> None:
    bureau.case(who="王芳", source="home")
    reply(bureau, **nothing)
    assert states(bureau) == ["due"]
