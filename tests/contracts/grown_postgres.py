"""Rows enough on PostgreSQL that its planner chooses as it does in a large centre: two centres with thousands of cases,
few of them open, and what hangs on them. What a row says means nothing; how often it says it does."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, Table
from sqlalchemy.sql import Select

from daiban_server.db import schema, sql
from daiban_server.db.postgres import PostgresDatabase
from daiban_server.db.program import Lookup

Asked = Select[Any] | Lookup
Step = dict[str, Any]
"""A step of a plan, as PostgreSQL tells it."""

CASES = 10_000
_OPEN = "n % 400 < 3"
_STATUS = "CASE n % 400 WHEN 0 THEN 'accepted' WHEN 1 THEN 'received' WHEN 2 THEN 'draft' ELSE 'finished' END"
_WHO = "decode(md5('who' || n % 12), 'hex')"
_KINDS = "(array['application','household','visit','paper','mandate','reception','opinion'])[1 + n % 7]"
_DAY = "(date '2026-01-01' + (n % 365)::int)::text"
_ROWS: dict[Table, tuple[int, dict[str, str]]] = {
    schema.case_sheet: (
        CASES,
        {
            "status": _STATUS,
            "window": "'窗口' || n % 8",
            "handler": _WHO,
            "household": "decode(md5('home' || n / 6), 'hex')",
            "applicant": "'人' || n / 6",
            "ended": f"CASE WHEN NOT {_OPEN} THEN n END",
            "archived": f"CASE WHEN NOT {_OPEN} THEN n END",
            "kept_from": f"CASE WHEN NOT {_OPEN} THEN n END",
        },
    ),
    schema.case_event: (
        6 * CASES,
        {
            "case": "decode(md5('id' || n / 6), 'hex')",
            "before": "'accepted'",
            "after": "'ended'",
            "name": "(array['receive','accept','finish','file'])[1 + n % 4]",
        },
    ),
    schema.deadline: (
        3 * CASES,
        {
            "case": "decode(md5('id' || n / 3), 'hex')",
            "kind": "'kind' || n % 3",
            "closed": f"CASE WHEN NOT {_OPEN} THEN {_DAY} END",
        },
    ),
    schema.record: (
        4 * CASES,
        {
            "kind": _KINDS,
            "parent": "decode(md5('id' || n / 4), 'hex')",
            "status": _STATUS,
            "conflicts": "CASE WHEN n % 1000 = 0 THEN 1 ELSE 0 END",
        },
    ),
    schema.record_stretch: (4 * CASES, {"record": "decode(md5('id' || n / 3), 'hex')"}),
    schema.household_sheet: (
        CASES // 3,
        {
            "place": "decode(md5('village' || n % 16), 'hex')",
            "same_identity": "'身' || n / 2",
            "same_sound": "'音' || n / 2",
            "same_phone": "'1370' || n / 2",
            "told_apart": "n % 500 = 0",
        },
    ),
    schema.reception_sheet: (CASES, {"owner": f"CASE WHEN {_OPEN} THEN {_WHO} END"}),
    schema.opinion_sheet: (CASES // 4, {"answered": f"CASE WHEN NOT {_OPEN} THEN n END"}),
    schema.obligation: (CASES // 2, {"state": "CASE n % 50 WHEN 0 THEN 'due' WHEN 1 THEN 'late' ELSE 'met' END"}),
    schema.rating: (CASES // 2, {"level": "1 + n % 5"}),
    schema.message: (
        3 * CASES,
        {
            "state": "CASE WHEN n % 500 = 0 THEN 'failed' ELSE 'sent' END",
            "person": f"CASE WHEN n % 2 = 0 THEN {_WHO} END",
        },
    ),
}


async def plans_of(url: str, statements: Mapping[str, Asked]) -> dict[str, list[Step]]:
    """Grow the database at `url`, and give the steps by which the server's own connections would answer each."""
    database = await PostgresDatabase.open(url)
    async with database._pool.acquire() as connection:
        await _grow(connection)
        plans = {name: [*_steps(await _plan(connection, asked))] for name, asked in statements.items()}
    await database.close()
    return plans


async def _plan(connection: Any, asked: Asked) -> Step:
    text = sql.postgres_lookup(asked) if isinstance(asked, Lookup) else sql.compiled(asked, sql.POSTGRES).text
    given = ", ".join(["NULL"] * len(set(re.findall(r"\$\d+", text))))
    await connection.execute(f"PREPARE asked AS {text}")
    told = await connection.fetchval(f"EXPLAIN (FORMAT JSON) EXECUTE asked ({given})")
    await connection.execute("DEALLOCATE asked")
    plan: Step = json.loads(told)[0]["Plan"]
    return plan


def _steps(plan: Step) -> Iterator[Step]:
    for under in plan.pop("Plans", ()):
        yield from _steps(under)
    yield plan


async def _grow(connection: Any) -> None:
    """Fill an empty database and let it look after what it holds, as it does by itself in time."""
    for table, (count, said) in _ROWS.items():
        names = ", ".join(f'"{column.name}"' for column in table.columns)
        values = ", ".join(said.get(column.name) or _value(column) for column in table.columns)
        await connection.execute(
            f'INSERT INTO "{table.name}" ({names}) SELECT {values} FROM generate_series(1, {count}) AS n'
        )
    await connection.execute("VACUUM ANALYZE")


def _value(column: "Column[Any]") -> str:
    """What a column holds that is not said: its row's own, or the same as in every row."""
    if column.name == "centre":
        return "decode(md5('centre' || (n / 24) % 2), 'hex')"
    for kind, text in ((LargeBinary, "decode(md5('id' || n), 'hex')"), (BigInteger, "n"), (Boolean, "false")):
        if isinstance(column.type, kind):
            return text
    if isinstance(column.type, Integer):
        return "1"
    return _DAY if column.name in ("due", "day") else f"'{column.name}'"
