"""What a page asks of one case or one person is found by an index: on SQLite in a new database and without anybody's
statistics, on PostgreSQL in one that has grown.

Every key is led by the centre: a plan that uses no more of an index than that reads all that a centre has.
"""

import asyncio
import json
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from daiban_server.console.reading import owing
from daiban_server.db import schema, sql
from daiban_server.db.migrate import migrate
from daiban_server.db.program import Lookup
from daiban_server.features.affairs import listing as opinions
from daiban_server.features.cases import listing
from daiban_server.features.cases.narrowing import Wanted, statements
from daiban_server.features.erasure import retention
from daiban_server.features.households import duplicates, finding
from daiban_server.features.households import routes as households
from daiban_server.features.posts import open_work
from daiban_server.outbound import sent
from daiban_server.spine import tracing, views
from tests.contracts.grown_postgres import Asked, Step, plans_of
from tests.support.postgres import Postgres

PARTIAL = {"ix_record_conflicts"}
"""Indices that have of a centre only what is asked for."""
FEW = {"erasure", "household_merge"}
"""Tables of which a centre has so few that all of them may be read."""
OF_ALL = {"those by name", "windows", "homes of one identity", "homes of one sound", "homes of one telephone"}
"""What is asked of all that a centre has; by which index is no matter to PostgreSQL, where each row is read by it."""
_STRETCHES = Lookup(schema.record_stretch, ("centre", "record"), ("position",), [(b"", b"")])

FOUND_BY: dict[str, tuple[Asked, str]] = {
    "papers of a case": (views.BY_PARENT, "ix_record_parent (centre=? AND parent=?)"),
    "disputes": (views.IN_CONFLICT, "ix_record_conflicts (centre=?)"),
    "drafts": (views.BY_STATUS, "ix_record_kind (centre=? AND kind=? AND status=?)"),
    "story of a case": (listing._STORY, "ix_case_event_case (centre=? AND case=?)"),
    "alike": (listing._ALIKE, "ix_case_sheet_applicant (centre=? AND applicant=?)"),
    "open cases": (statements(Wanted()).open, "ix_case_sheet_ended (centre=? AND ended=?)"),
    "open cases by name": (statements(Wanted(query="zhang")).open, "ix_case_sheet_ended (centre=? AND ended=?)"),
    "cases that are over": (
        statements(Wanted()).over,
        "COVERING INDEX ix_case_sheet_ended (centre=? AND ended>?)",
    ),
    "those by name": (statements(Wanted(query="zhang")).over, "SEARCH case_sheet USING PRIMARY KEY (centre=?)"),
    "mine": (statements(Wanted(handler="00" * 16)).how_many, "ix_case_sheet_handler (centre=? AND handler=?)"),
    "awaiting": (statements(Wanted(status="awaiting")).how_many, "ix_case_sheet_status (centre=? AND status=?)"),
    "due": (
        statements(Wanted(due_before="2026-11-27")).how_many,
        "ix_deadline_open (centre=? AND closed=? AND due",
    ),
    "windows": (listing._WINDOWS, "ix_case_sheet_window (centre=?)"),
    "limits": (owing._LIMITS, "ix_deadline_open (centre=? AND closed=?"),
    "somebody's cases": (open_work._CASES, "ix_case_sheet_archived (centre=? AND archived=?)"),
    "a home's cases": (households._CASES, "ix_case_sheet_household (centre=? AND household=?)"),
    "somebody's receptions": (open_work._RECEPTIONS, "ix_reception_sheet_owner (centre=? AND owner=?)"),
    "replies owed": (open_work._OWED, "ix_obligation_due (centre=? AND state=?)"),
    "papers that came back": (owing._RETURNED, "ix_case_sheet_status (centre=? AND status=?)"),
    "messages not sent": (sent._UNREACHED, "COVERING INDEX ix_message_state (centre=? AND state=?)"),
    "messages of a state": (sent._OF_STATE, "ix_message_state (centre=? AND state=?)"),
    "cases due to go": (retention._CASES, "COVERING INDEX ix_case_sheet_kept_from (centre=? AND kept_from<?)"),
    "receptions due to go": (retention._RECEPTIONS, "reception_sheet USING PRIMARY KEY (centre=? AND id<?)"),
    "drafts due to go": (retention._DRAFTS, "ix_record_kind (centre=? AND kind=? AND status=? AND id<?)"),
    "homes due to go": (retention._HOUSEHOLDS, "ix_record_kind (centre=? AND kind=? AND status=? AND id<?)"),
    "homes told apart": (duplicates._TOLD_APART, "ix_household_sheet_told_apart (centre=? AND told_apart=?)"),
    "homes of one identity": (
        duplicates._SHARING["identity"],
        "COVERING INDEX ix_household_sheet_identity (centre=? AND place=? AND same_identity=?)",
    ),
    "homes of one sound": (
        duplicates._SHARING["name"],
        "COVERING INDEX ix_household_sheet_sound (centre=? AND place=? AND same_sound=?)",
    ),
    "homes of one telephone": (
        duplicates._SHARING["phone"],
        "COVERING INDEX ix_household_sheet_phone (centre=? AND place=? AND same_phone=?)",
    ),
    "a record's past": (_STRETCHES, "t USING PRIMARY KEY (centre=? AND record=?)"),
    "history not followed": (tracing._NEXT, "history USING PRIMARY KEY (centre=? AND position>?)"),
    "homes not followed": (finding._CHANGED, "ix_record_position (centre=? AND position>?)"),
}
TOLD = ("Node Type", "Relation Name", "Index Name", "Index Cond")
IN_ORDER = {"opinions": opinions._OPINIONS, "ratings": opinions._RATINGS}
"""The newest of these are read in order, and no more than are shown."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plans") / "daiban.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.mark.parametrize("what", FOUND_BY)
def test_it_is_found_by_its_index(what: str, database: Path) -> None:
    asked, by = FOUND_BY[what]
    plan = _plan(asked, database)
    assert any(by in line for line in plan), plan


@pytest.mark.parametrize("what", IN_ORDER)
def test_the_newest_of_a_list_are_read_in_order_and_no_more_than_are_shown(what: str, database: Path) -> None:
    plan = _plan(IN_ORDER[what], database)
    assert not any("ORDER BY" in line for line in plan), plan


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(label="home")], ids=["all", "visits at home"])
def test_a_page_far_down_skips_along_the_index_and_sorts_nothing(wanted: Wanted, database: Path) -> None:
    """To sort the centre took longer with each page."""
    plan = _plan(statements(wanted).over, database)
    assert not any("ORDER BY" in line for line in plan), plan


def _plan(asked: Asked, database: Path) -> list[str]:
    statement = sql.sqlite_lookup(asked, 1) if isinstance(asked, Lookup) else sql.compiled(asked, sql.SQLITE).text
    with dbapi2.connect(str(database)) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", (1,) * statement.count("?")).fetchall()
    connection.close()
    return [line for *_, line in plan]


def test_it_is_found_by_its_index_on_postgres_too(postgres: Postgres, postgres_tables: str) -> None:
    """All in one test, since a database takes some seconds to grow."""
    url = postgres.create_database(postgres_tables)
    asked = {what: asked for what, (asked, _) in FOUND_BY.items() if what not in OF_ALL}
    plans = asyncio.run(plans_of(url, asked | IN_ORDER))
    postgres.drop_database(url)
    wrong = {what for what in asked if not _finds(plans[what], FOUND_BY[what][1]) or _reads_everything(plans[what])}
    wrong |= {what for what in IN_ORDER if any(step["Node Type"] == "Sort" for step in plans[what])}
    told = {what: [" ".join(step.get(name, "") for name in TOLD) for step in plans[what]] for what in wrong}
    assert not wrong, json.dumps(told, indent=1)


def _finds(plan: Sequence[Step], by: str) -> bool:
    """Whether a plan asks the index by which SQLite finds it of the same columns. An index of PostgreSQL's does not end
    with its table's key."""
    found = re.search(r"(ix_\w+|(\w+) USING PRIMARY KEY) \((.*)", by)
    assert found
    table = "record_stretch" if found[2] == "t" else found[2]
    index = f"pk_{table}" if table else found[1]
    columns = re.findall(r"(\w+)[=<>]", found[3].partition(" AND id<")[0] if found[1] == index else found[3])
    asked = [step.get("Index Cond", "") for step in plan if step.get("Index Name") == index]
    return any(all(re.search(rf"\b{column}\b", one) for column in columns) for one in asked)


def _reads_everything(plan: Sequence[Step]) -> bool:
    """Whether a step reads all that a centre has of a table, or all that everybody has."""
    large = [step for step in plan if step.get("Relation Name") not in FEW and step.get("Index Name") not in PARTIAL]
    everything = re.compile(r"\(centre = [^ ]+\)")
    return any(
        step["Node Type"] == "Seq Scan" or everything.fullmatch(step.get("Index Cond", "")) is not None
        for step in large
    )
