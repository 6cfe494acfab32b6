"""Whatever is done on whatever days, the balance closes, and a recount by hand comes to the same."""

import asyncio
import datetime
import random
import re
from collections import Counter
from itertools import pairwise
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Boolean, select

from daiban_schemas.kinds import KINDS
from daiban_server.db import schema, sql
from daiban_server.db.migrate import migrate
from daiban_server.db.postgres import PostgresDatabase
from daiban_server.db.program import Program, Write
from daiban_server.features.figures.catalogue import DAILY, FIGURES, counts_for
from daiban_server.features.figures.counting import count
from daiban_server.features.figures.facts import FACETS, By, Fact, narrowed
from daiban_server.features.figures.gathering import Question, beginning, each, gather
from daiban_server.features.figures.reading import parameters
from daiban_server.features.figures.report import UNTOLD, of_figure, trend
from daiban_server.features.figures.span import Span, Step
from daiban_server.limits.calendar import local_day
from tests.cases.bureau import DAY, PEOPLE
from tests.cases.test_anything import STEPS, arguments
from tests.figures.desk import BYS, Desk, statements, values

KIND = KINDS["application"]
SOURCES = {name: KIND.commands[name].source if name in KIND.commands else KIND.reports[name].moves for name in STEPS}
FIRST = datetime.date(2026, 11, 24)
STANDING = {"opening", "closing", *UNTOLD}
EVENT, SHEET = schema.case_event.c, schema.case_sheet.c


class Did(NamedTuple):
    """A row of `case_event`, by the day in China, with its case's label and day of promise."""

    day: datetime.date
    case: bytes
    name: str
    before: str
    after: str
    label: str
    due: str | None


@pytest.fixture(scope="module", params=range(4))
def days_passed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A centre where people did whatever they liked for some weeks; who counts it writes nothing."""
    bureau, dice = Desk(tmp_path_factory.mktemp("days")), random.Random(request.param)
    cases: list[bytes] = []
    for _ in range(520):
        if dice.random() < 0.2:
            source = dice.choice(["counter", "home", "telephone"])
            cases.append(bureau.case(dice.choice(["direct", "limited", "proxy"]), source=source))
        if dice.random() < 0.1:
            bureau.now += dice.randint(1, 5) * DAY // 2
        if dice.random() < 0.1:
            bureau.visitor(people=dice.randint(1, 5), window=dice.choice(["民政救助", "社会保障"]))
        if dice.random() < 0.03:
            bureau.said(dice.choice(["complaint", "hotline"]))
        if cases:
            _step(bureau, dice, dice.choice(cases[-6:]))
    _go_out(bureau, dice)
    return bureau


def _go_out(bureau: Desk, dice: random.Random) -> None:
    """Some visits, and what came of them."""
    for _ in range(6):
        visit = bureau.made("visit", household=bureau.home.hex(), minutes=30)
        bureau.act("赵敏", visit, "visit", "assign")
        if dice.random() < 0.6:
            bureau.fact("王芳", visit, "visit", "nobody_home")
        elif dice.random() < 0.6:
            bureau.fact("王芳", visit, "visit", "finished", outcome="done")
        bureau.now += dice.randint(0, 2) * DAY // 2


def _step(bureau: Desk, dice: random.Random, case: bytes) -> None:
    status = str(bureau.values(case).get("status") or "draft")
    ends = () if dice.random() < 0.3 else ("refuse", "decline", "withdraw", "archive", "hand_over", "correct")
    fitting = [name for name in STEPS if status in SOURCES[name] and name not in ends]
    name = dice.choice(fitting if fitting and dice.random() < 0.8 else STEPS)
    who = dice.choice([*PEOPLE, *["赵敏"] * 4])
    say = bureau.ask if name in KIND.commands else bureau.tell
    say(who, case, name, **arguments(bureau, name, dice))
    held = bureau.values(case)
    ended = held.get("ended_at") and held["end"] != "withdrawn"
    if ended and dice.random() < 0.3 and not bureau.look(select(schema.rating).where(schema.rating.c.id == case)):
        bureau.rated(case, dice.randint(1, 5))


def all_days(bureau: Desk) -> list[datetime.date]:
    last = local_day(bureau.now)
    return [FIRST + datetime.timedelta(days=day) for day in range((last - FIRST).days + 1)]


def done(bureau: Desk) -> list[Did]:
    sheets = {row[0]: row[1:] for row in bureau.look(select(SHEET.id, SHEET.label, SHEET.due))}
    found = bureau.look(select(EVENT.at, EVENT.case, EVENT.name, EVENT.before, EVENT.after).order_by(EVENT.position))
    return [Did(local_day(row[0]), *row[1:], *sheets.get(row[1], ("", None))) for row in found]


def by_hand(events: list[Did], day: datetime.date) -> dict[str, int]:
    """A day of cases, counted as somebody with the book of acts and a pencil would."""
    figures: Counter[str] = Counter()
    states: dict[bytes, str] = {}
    for did in (one for one in events if one.day <= day):
        states[did.case] = did.after
        begins = did.name in ("accept", "finish")
        ends = did.name in ("complete", "finish")
        breaks_off = did.name in ("refuse", "withdraw") and did.before in ("accepted", "sent_up")
        change = begins - ends - breaks_off
        figures["closing"] += change
        if did.day < day:
            figures["opening"] += change
            continue
        if begins:
            figures["accepted"] += 1
            figures[f"accepted_{did.label}"] += 1
        if ends:
            figures["completed"] += 1
            figures["on_time" if did.due is None or day <= datetime.date.fromisoformat(did.due) else "overdue"] += 1
        if breaks_off:
            figures["refused" if did.name == "refuse" else "withdrawn"] += 1
        elif did.name in ("refuse", "decline"):
            figures["not_accepted"] += 1
        elif did.name == "withdraw" and did.before not in ("draft", "collected"):
            figures["withdrawn_before"] += 1
        same = {"notify": "notified", "send_up": "sent_up", "delivered": "deliveries", "followed_up": "follow_ups"}
        same["close_follow_up"] = "follow_ups_unreached"
        if did.name == "followed_up" and did.after != "followed_up":
            figures["follow_up_attempts"] += 1
        elif did.name in same:
            figures[same[did.name]] += 1
    figures["awaiting"] = sum(state == "awaiting" for state in states.values())
    figures["above"] = sum(state == "sent_up" for state in states.values())
    return {name: value for name, value in figures.items() if value}


def test_every_day_balances_and_equals_a_recount_by_hand(days_passed: Desk) -> None:
    bureau, events = days_passed, done(days_passed)
    beside = {name for name in FIGURES if name.startswith(("rating", "bad", "opinion", "complaint", "repl", "visit"))}
    beside.add("receptions")
    made = [values(bureau.figures(Span(day, day)).total) for day in all_days(bureau)]
    for day, found in zip(all_days(bureau), made, strict=True):
        assert {name: value for name, value in found.items() if name not in beside} == by_hand(events, day), day
        ended = sum(found.get(name, 0) for name in ("completed", "refused", "withdrawn"))
        assert found.get("opening", 0) + found.get("accepted", 0) - ended == found.get("closing", 0)
        assert found.get("accepted", 0) == sum(value for name, value in found.items() if name.startswith("accepted_"))
        assert found.get("completed", 0) == found.get("on_time", 0) + found.get("overdue", 0)
    for before, after in pairwise(made):
        assert before.get("closing") == after.get("opening"), "yesterday's closing is today's opening"
    counted = {name for found in made for name in found}
    assert counted >= {"accepted", "completed", "not_accepted", "receptions", "ratings", "deliveries", "awaiting"}


def test_windows_add_up_to_the_centre_and_days_to_the_span(days_passed: Desk) -> None:
    bureau, days = days_passed, all_days(days_passed)
    whole = Span(days[0], days[-1])
    total = values(bureau.figures(whole).total)
    for by in BYS:
        rows = bureau.figures(whole, by).rows
        assert sum((Counter(values(row)) for row in rows), Counter[str]()) == total, by
    each = [values(bureau.figures(Span(day, day)).total) for day in days]
    summed = sum(map(Counter, each), Counter[str]())
    for name in FIGURES:
        if name not in STANDING:
            assert summed[name] == total.get(name, 0), name
    assert (each[0].get("opening"), each[-1].get("closing")) == (total.get("opening"), total.get("closing"))
    for part, found in zip(trend(bureau.gathered(whole).facts, whole, "day", {}), each, strict=True):
        told = {name: number.value for name, number in part.figures.items() if number.value}
        assert told == {name: value for name, value in found.items() if name not in UNTOLD}


def test_every_number_of_some_day_lists_what_it_counts(days_passed: Desk) -> None:
    bureau = days_passed
    day = all_days(bureau)[len(all_days(bureau)) // 2]
    made = bureau.figures(Span(day, day))
    for row in (*made.rows, made.total):
        for name in DAILY:
            assert bureau.counted(row.figures[name]) == row.figures[name].value, (row.name, name)


def agreeing(bureau: Desk, several: int) -> Program[set[str]]:
    """Hold facts that were read as one against each by itself, for every way to look at them; gives the figures that
    there were."""
    days = all_days(bureau)
    whole, half = Span(days[0], days[-1]), Span(days[2], days[len(days) // 2])
    seen: set[str] = set()
    for asked in (whole, half):
        singly = list((yield from each([bureau.centre], Question(asked, bureau.now))))
        keys = {(by, FACETS[by](fact)) for by in BYS if by != "centre" for fact in singly}
        few = [dict([key]) for key in random.Random(0).sample(sorted(keys), several)]
        both: list[dict[By, str]] = [{"mode": "limited", "owner": bureau.people["赵敏"].hex()}]
        for wanted in ({}, *few, *both, {"window": "没有的窗口"}, {"place": "xyz"}, {"item": "\x00"}):
            seen |= yield from _agreeing(Question(asked, bureau.now, wanted=wanted), singly, bureau.centre)
    return seen


def _agreeing(question: Question, singly: list[Fact], centre: bytes) -> Program[set[str]]:
    wanted, span = question.wanted, question.span
    expected = narrowed(singly, wanted)
    for by in BYS:
        for daily in (True, False):
            asked = question._replace(apart=(by,), daily=daily)
            alike = (yield from gather([centre], asked)).facts
            assert count(alike, FACETS[by]) == count(expected, FACETS[by]), (by, wanted)
    alike = (yield from gather([centre], question._replace(daily=True))).facts
    steps: tuple[Step, ...] = ("day", "week", "month")
    for step in steps:
        assert trend(alike, span, step, {}) == trend(expected, span, step, {}), (step, wanted)
    told = {name for fact in expected for name in counts_for(fact)}
    for figure in sorted(told) if wanted else FIGURES:
        one = question._replace(figures=(figure,))
        listed = of_figure((yield from each([centre], one)), figure)
        assert Counter(listed) == Counter(of_figure(expected, figure)), (figure, wanted)
        if len(wanted) != 1:
            yield from _paged(one, listed, centre)
    return told


def _paged(question: Question, listed: list[Fact], centre: bytes) -> Program[None]:
    """Pages tell what the whole list tells; the district has several centres, here the same after itself."""
    twice = [*listed, *listed]
    for many in (1, 3, len(listed) + 1, len(twice) + 1):
        assert (yield from beginning([centre, centre], question, many)) == twice[:many], (question.figures, many)


def test_what_counts_alike_counts_as_each_does_by_itself(days_passed: Desk) -> None:
    seen = days_passed.run(agreeing(days_passed, 3))
    assert seen >= {"accepted", "completed", "receptions", "ratings", "replies_owed", "opinions", "closing"}
    assert seen >= {"visits_assigned", "visits_promised"}


async def test_it_does_on_postgres_and_no_plan_reads_a_whole_centre(days_passed: Desk, postgres_url: str) -> None:
    await asyncio.to_thread(migrate, postgres_url)
    database = await PostgresDatabase.open(postgres_url)
    tables = [(table, days_passed.look(select(table))) for table in schema.metadata.sorted_tables]

    def copied() -> Program[None]:
        for table, found in tables:
            flags = [isinstance(column.type, Boolean) for column in table.columns]
            rows = [tuple(bool(v) if flag else v for flag, v in zip(flags, row, strict=True)) for row in found]
            yield Write(table, rows, "replace")

    await database.write("copied", copied)
    assert "accepted" in await database.read(agreeing(days_passed, 1))
    async with database._pool.acquire() as connection:
        await connection.execute("ANALYZE")
    for statement, kept in statements().items():
        plan = await explained(database, statement, days_passed)
        assert kept.source != "act" or re.search(r"ix_case_event_at on .*\n *Index Cond: .*\(at >= .*\(at < ", plan), (
            plan
        )
        assert not re.search("Seq Scan|Hash|Merge", plan.replace("HashAggregate", "")), plan
    await database.close()


async def explained(database: PostgresDatabase, asked: Any, bureau: Desk) -> str:
    """The plan for spans of any length."""
    statement = sql.compiled(asked, sql.POSTGRES)
    given = parameters(bureau.centre, Span(FIRST, FIRST), bureau.now, {})
    values = ", ".join(_literal(value) for value in statement.arguments({**(given or {}), "limit": 51}))
    async with database._pool.acquire() as connection:
        await connection.execute(f"PREPARE asked AS {statement.text}")
        found = await connection.fetch(f"EXPLAIN EXECUTE asked({values})")
        await connection.execute("DEALLOCATE asked")
    return "\n".join(row[0] for row in found)


def _literal(value: Any) -> str:
    return f"'\\x{value.hex()}'" if isinstance(value, bytes) else f"'{value}'" if isinstance(value, str) else str(value)


def test_receptions_ratings_and_opinions_equal_their_tables(days_passed: Desk) -> None:
    bureau: Any = days_passed
    days = all_days(bureau)
    total = values(bureau.figures(Span(days[0], days[-1])).total)
    levels = Counter(row[0] for row in bureau.look(select(schema.rating.c.level)))
    assert {level: total.get(f"rating_{level}", 0) for level in range(1, 6)} == {n: levels[n] for n in range(1, 6)}
    registers = Counter(row[0] for row in bureau.look(select(schema.register_line.c.register)))
    assert total["opinions"] == registers["意见反映"]
    assert total["receptions"] > registers["来访"], "several may come together"
