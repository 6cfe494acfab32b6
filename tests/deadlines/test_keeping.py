"""A case's limits stand beside it, explain themselves, move with the days, and are told to whoever answers."""

import datetime
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from daiban_schemas import entry
from daiban_server import days
from daiban_server.app import EFFECTS
from daiban_server.db import schema
from daiban_server.db.program import Write
from daiban_server.features.deadlines import watching
from daiban_server.spine import desk
from daiban_sync import ids
from tests.cases.bureau import Bureau, noon
from tests.support.raw_device import code_of as problem
from tests.support.township import Township

_d, _m = schema.deadline.c, schema.message.c
LIMITS = select(_d.kind, _d.due, _d.state, _d.why, _d.left, _d.provisional).order_by(_d.starts, _d.kind)
TOLD = select(_m.person, _m.code, _m.text).order_by(_m.at, _m.code)


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    """A centre with people above its head."""
    bureau = Bureau(tmp_path)
    for name, role in (("吴镇", "leader"), ("郑书记", "chief")):
        bureau.people[name] = bureau.new()
        row = (bureau.people[name], bureau.centre, name, "0915-3210001", name, role, None, None, True)
        bureau.run(_write(row))
    return bureau


def _write(row: tuple[Any, ...]) -> Iterator[Write]:
    yield Write(schema.person, [row])


@pytest.fixture
def accepted(bureau: Bureau) -> bytes:
    """A case that was promised ten working days on Tuesday, 24 November."""
    case = bureau.case()
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "receive", {}), ("赵敏", "accept", {}))
    return case


def limit(bureau: Bureau, kind: str) -> tuple[str, str]:
    """When a limit is due, and how it stands."""
    (found,) = [row for row in bureau.look(LIMITS) if row[0] == kind]
    return found[1], found[2]


def told(bureau: Bureau) -> list[tuple[str, str]]:
    """Who was told of limits, not of what was done to a case."""
    names = {id_: name for name, id_ in bureau.people.items()}
    return [(names[person], code) for person, code, _ in bureau.look(TOLD) if code.startswith("deadline.")]


def test_each_limit_explains_itself(bureau: Bureau, accepted: bytes) -> None:
    kinds = {row[0]: row for row in bureau.look(LIMITS)}
    assert set(kinds) == {"notice", "accept", "promise"}
    assert kinds["promise"][1:3] == ("2026-12-08", "running")
    for words in ("10 个工作日", "12月8日"):
        assert words in kinds["promise"][3]
    assert bureau.values(accepted)["due_why"] == kinds["promise"][3]
    assert kinds["accept"][2] == "met"


def test_the_days_go_by_and_each_is_told_once(bureau: Bureau, accepted: bytes) -> None:
    bureau.watch()
    assert told(bureau) == []
    seen: list[tuple[str, str]] = []
    for day, expected in (
        ("2026-12-04", [("赵敏", "deadline.soon")]),
        ("2026-12-08", [("赵敏", "deadline.soon")]),
        ("2026-12-09", [("赵敏", "deadline.over")]),
        ("2026-12-10", [("李红", "deadline.over")]),
        ("2026-12-14", [("吴镇", "deadline.over")]),
        ("2026-12-16", [("郑书记", "deadline.over")]),
    ):
        bureau.now = noon(day)
        bureau.watch()
        bureau.watch()
        new = told(bureau)[len(seen) :]
        assert new == expected, day
        seen += new
    assert limit(bureau, "promise") == ("2026-12-08", "overdue")
    assert "赵敏" in bureau.look(TOLD)[-1][2], "those above are told who answers for it"


def test_a_case_that_was_done_in_time_is_told_to_nobody(bureau: Bureau, accepted: bytes) -> None:
    bureau.through(accepted, ("赵敏", "complete", {"result": "已核准"}))
    bureau.now = noon("2026-11-26")
    bureau.watch()
    assert limit(bureau, "promise") == ("2026-12-08", "met")
    assert ["送达" in text for _, _, text in bureau.look(TOLD)] == [True], "the result is to be handed over soon"


def test_what_a_phone_brought_late_is_not_late_before_anybody_could_know_of_it(bureau: Bureau) -> None:
    """An item that is accepted at once; the phone came back to a signal two days after the visit."""
    at_once = {"code": "MZ-09", "edition": 1, "window": "民政救助", "name": "临时救助", "modes": ["limited", "home"]}
    item, limits = bureau.new(), {"accept_limit": {"days": 0, "unit": "working"}}
    body = entry.change(item.hex(), "item", {**at_once, **limits}, seen=0, at=bureau.now)
    district = desk.Clerk(ids.NOBODY, "district", ids.NOBODY)
    bureau.run(desk.write(district, [body], bureau.keys, EFFECTS, bureau.now, secrets.token_bytes(32)))
    case = bureau.case("limited", "王芳", source="home", item=item.hex())
    bureau.through(case, ("王芳", "collected", {}))
    bureau.now = noon("2026-11-26")
    bureau.through(case, ("王芳", "submit", {}))
    bureau.watch()
    assert limit(bureau, "accept") == ("2026-11-26", "due_today")
    (why,) = [row[3] for row in bureau.look(LIMITS) if row[0] == "accept"]
    assert why.startswith("11月26日（周四）收到材料，当日办理")
    bureau.now = noon("2026-11-27")
    bureau.watch()
    assert limit(bureau, "accept") == ("2026-11-26", "overdue"), "now it could be known"


def test_a_day_that_the_district_lays_down_moves_what_crosses_it(bureau: Bureau, accepted: bytes) -> None:
    off = datetime.date(2026, 12, 1)
    bureau.run(days.lay_down(off, "区人代会", working=False))
    bureau.run(watching.look_again())
    assert bureau.centre in bureau.run(watching.waiting(bureau.now))
    bureau.watch()
    assert limit(bureau, "promise")[0] == "2026-12-09"
    assert bureau.values(accepted)["due"] == "2026-12-08", "what was promised to the resident moves with an act only"
    assert bureau.centre not in bureau.run(watching.waiting(bureau.now))


def test_what_lies_beyond_the_calendar_is_provisional(bureau: Bureau, accepted: bytes) -> None:
    bureau.through(accepted, ("李红", "extend", {"days": 30, "reason": "等待上级核查"}))
    (promise,) = [row for row in bureau.look(LIMITS) if row[0] == "promise"]
    assert promise[1].startswith("2027-01")
    assert promise[5]
    assert "2027" in promise[3]


def test_an_open_pause_holds_the_clock(bureau: Bureau, accepted: bytes) -> None:
    bureau.through(accepted, ("赵敏", "pause", {"step": "村级公示", "days": 7, "reason": "按规定"}))
    bureau.now = noon("2026-12-20")
    bureau.watch()
    assert limit(bureau, "promise")[1] == "paused"
    assert told(bureau) == []
    bureau.through(accepted, ("赵敏", "resume", {}))
    assert limit(bureau, "promise")[0] > "2026-12-30"


def test_an_extension_is_given_before_the_day_is_over(bureau: Bureau, accepted: bytes) -> None:
    more = {"days": 5, "reason": "待民政核查"}
    bureau.now = noon("2026-12-08")
    bureau.through(accepted, ("李红", "extend", more))
    bureau.now = noon("2026-12-16")
    before = bureau.values(accepted)
    assert bureau.ask("李红", accepted, "extend", **more) == "extension.late"
    bureau.through(accepted, ("赵敏", "pause", {"step": "村级公示", "reason": "按规定"}))
    assert bureau.ask("李红", accepted, "extend", **more) == "extension.late", "a pause does not undo that"
    bureau.watch()
    assert limit(bureau, "promise") == (before["due"], "overdue")


def test_a_pause_that_runs_beyond_its_days_is_told_by_name(bureau: Bureau, accepted: bytes) -> None:
    bureau.through(accepted, ("赵敏", "pause", {"step": "村级公示", "days": 7, "reason": "按规定"}))
    (pause,) = [row for row in bureau.look(LIMITS) if row[0] == "pause"]
    assert pause[1:3] == ("2026-12-01", "running")
    assert "开始村级公示" in pause[3] and "12月1日" in pause[3]
    seen: list[tuple[str, str]] = []
    for day, expected in (
        ("2026-11-27", [("赵敏", "deadline.soon")]),
        ("2026-12-01", [("赵敏", "deadline.soon")]),
        ("2026-12-02", [("赵敏", "deadline.over")]),
        ("2026-12-03", [("李红", "deadline.over")]),
        ("2026-12-07", [("吴镇", "deadline.over")]),
    ):
        bureau.now = noon(day)
        bureau.watch()
        new = told(bureau)[len(seen) :]
        assert new == expected, day
        seen += new
    assert "首问责任人：赵敏" in bureau.look(TOLD)[-1][2]
    bureau.through(accepted, ("赵敏", "resume", {}))
    assert limit(bureau, "pause") == ("2026-12-01", "met_late")


def test_urgent_help_leaves_a_dated_debt_of_papers(bureau: Bureau) -> None:
    case = bureau.case(urgent=True)
    accept = ("赵敏", "accept", {"days": 1, "papers_days": 10, "reason": "火灾"})
    bureau.through(case, ("赵敏", "submit", {}), accept, ("赵敏", "complete", {"result": "已发放救助金"}))
    assert limit(bureau, "papers") == ("2026-12-04", "running")
    bureau.later(3)
    bureau.through(case, ("王芳", "brought", {"papers": ["居民户口簿"]}))
    assert limit(bureau, "papers")[1] == "met"
    assert bureau.status(case) == "completed"


async def test_the_district_changes_the_calendar_and_others_read_it(township: Township) -> None:
    district, clerk = await township.signed_in("周区"), await township.signed_in("赵敏")
    day = {"working": False, "note": "区人代会"}
    assert problem(await clerk.put("/v1/calendar/2026-12-31", json=day)) == "permission.denied"
    assert (await district.put("/v1/calendar/2026-12-31", json=day)).status_code == 204
    assert problem(await district.put("/v1/calendar/2026-13-31", json=day)) == "request.invalid"
    assert (await clerk.get("/v1/calendar")).json() == [{"day": "2026-12-31", **day}]
    assert (await district.delete("/v1/calendar/2026-12-31")).status_code == 204
    assert (await clerk.get("/v1/calendar")).json() == []
    assert (await clerk.get("/v1/deadlines?standing=overdue")).json() == []
