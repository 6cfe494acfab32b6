"""Whatever is asked in whatever order, the books close."""

import random
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from daiban_schemas import entry
from daiban_schemas.kinds import KINDS
from daiban_server.app import EFFECTS
from daiban_server.db import schema
from daiban_server.spine import projections
from tests.cases.bureau import DAY, PEOPLE, Bureau

KIND = KINDS["application"]
WORDS = {
    "reason": "群众要求",
    "result": "已办好",
    "to": "区民政局",
    "step": "公示",
    "note": "好",
    "outcome": "satisfied",
}
STEPS = [*KIND.commands, *KIND.reports]


def arguments(bureau: Bureau, name: str, dice: random.Random) -> dict[str, Any]:
    """Arguments as people give them, now and then without one that is needed."""
    types = KIND.commands[name].arguments if name in KIND.commands else KIND.reports[name].facts
    given: dict[str, Any] = {}
    for argument in types:
        if argument == "missing":
            given[argument] = [{"name": "户口簿"}]
        elif argument in ("days", "papers_days"):
            given[argument] = dice.randint(1, 20)
        elif argument == "to" and name == "hand_over":
            given[argument] = bureau.people[dice.choice(["赵敏", "钱进", "王芳"])].hex()
        elif argument == "how":
            given[argument] = "home" if name == "delivered" else "visit"
        elif argument in WORDS:
            given[argument] = WORDS[argument]
    return {name: value for name, value in given.items() if dice.random() > 0.1}


@pytest.mark.parametrize("seed", range(6))
def test_the_books_close_whatever_is_asked(tmp_path: Path, seed: int) -> None:
    bureau, dice = Bureau(tmp_path), random.Random(seed)
    cases = [bureau.case(dice.choice(["direct", "limited", "proxy"])) for _ in range(8)]
    for _ in range(300):
        case, name, who = dice.choice(cases), dice.choice(STEPS), dice.choice(list(PEOPLE))
        if dice.random() < 0.05:
            bureau.now += dice.randint(1, 3) * DAY // 2
        before = bureau.values(case)
        say = bureau.ask if name in KIND.commands else bureau.tell
        outcome = say(who, case, name, **arguments(bureau, name, dice))
        after = bureau.values(case)
        if outcome not in ("merged", "report.without_effect"):
            assert after == before, "what was refused changes nothing"
        _one_step(before, after, name)
    _registers_are_gapless(bureau)
    _events_tell_the_states(bureau, cases)
    _sheets_equal_a_rebuild(bureau)
    reached = {bureau.values(case).get("status", "draft") for case in cases}
    assert reached - {"draft", "collected"}, "something happened"


def _one_step(before: dict[str, Any], after: dict[str, Any], name: str) -> None:
    if after.get("status") not in (None, "draft", "collected"):
        assert after["owner_id"], "somebody always answers for it"
    if after.get("status") == "completed":
        assert after["result"].strip(), "no completion without an answer"
    if before.get("due") and after.get("due") != before["due"]:
        assert name in ("extend", "accept", "finish", "resume", "complete", "refuse"), "no day moves silently"
        assert after["due_why"] != before["due_why"]
        assert name != "extend" or len(after["extensions"]) == len(before.get("extensions") or []) + 1
    if before.get("number"):
        assert after["number"] == before["number"], "a number is given once"


def _registers_are_gapless(bureau: Bureau) -> None:
    lines = defaultdict(list)
    for register, day, line, told in bureau.look(
        select(*(schema.register_line.c[name] for name in ("register", "day", "line", "told")))
    ):
        lines[register, day].append((line, msgspec.json.decode(told)["number"]))
    for found in lines.values():
        assert sorted(line for line, _ in found) == list(range(1, len(found) + 1))
        assert len({number for _, number in found}) == len(found), "no number twice"


def _events_tell_the_states(bureau: Bureau, cases: list[bytes]) -> None:
    """Each act begins where the one before it ended, and the last ends where the case stands."""
    columns = (schema.case_event.c[name] for name in ("case", "before", "after", "position"))
    told = defaultdict(list)
    for case, before, after, _ in sorted(bureau.look(select(*columns)), key=lambda row: row[3]):
        told[case].append((before, after))
    for case in cases:
        steps = [("", "draft"), *told[case], (bureau.values(case).get("status", "draft"), "")]
        assert all(one[1] == next_[0] for one, next_ in pairwise(steps))


def _sheets_equal_a_rebuild(bureau: Bureau) -> None:
    bureau.watch()
    tables = [schema.case_sheet, schema.deadline]
    before = [bureau.look(select(table).order_by(*table.primary_key)) for table in tables]
    assert all(before)
    for table in tables:
        bureau.look(table.delete())
    bureau.run(projections.rebuild(bureau.centre, EFFECTS, bureau.now))
    sheets, limits = (bureau.look(select(table).order_by(*table.primary_key)) for table in tables)
    assert sheets == before[0]
    # What ended is watched no longer: its sentences are those of its last day, its facts the same.
    facts = slice(0, 10)
    assert [row[facts] for row in limits] == [row[facts] for row in before[1]]


def test_a_reception_has_a_number_and_a_line(bureau: Bureau) -> None:
    """Advice makes no case, and is in the register all the same."""
    for visitor in ("张桂兰", "陈福来"):
        fields = {"place": bureau.place.hex(), "visitor": visitor, "about": "问低保政策", "outcome": "advice"}
        body = entry.change(bureau.new().hex(), "reception", fields, seen=0, at=bureau.now)
        assert bureau.write("赵敏", body).outcome == "new"
    lines = bureau.look(select(schema.register_line.c.line, schema.register_line.c.told))
    assert [(line, msgspec.json.decode(told)["visitor"]) for line, told in lines] == [(1, "张桂兰"), (2, "陈福来")]
    assert msgspec.json.decode(lines[1][1])["number"] == "JM-20261124-JD-0002"
