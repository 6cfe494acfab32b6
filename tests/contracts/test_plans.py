"""What a page asks of one case or one person is found by an index, in a new database and without anybody's statistics.

Every key is led by the centre: a plan that uses no more of an index than that reads all that a centre has.
"""

from pathlib import Path

import pytest
from sqlalchemy.sql import Select
from sqlcipher3 import dbapi2

from daiban_server.console.reading import owing
from daiban_server.db import sql
from daiban_server.db.migrate import migrate
from daiban_server.features.cases import listing
from daiban_server.features.cases.narrowing import Wanted, statements
from daiban_server.features.households import routes as households
from daiban_server.features.posts import open_work
from daiban_server.spine import views


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("plans") / "daiban.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.mark.parametrize(
    ("asked", "by"),
    [
        (views.BY_PARENT, "ix_record_parent (centre=? AND parent=?)"),
        (views.IN_CONFLICT, "ix_record_conflicts (centre=?)"),
        (views.BY_STATUS, "ix_record_kind (centre=? AND kind=? AND status=?)"),
        (listing._STORY, "ix_case_event_case (centre=? AND case=?)"),
        (listing._ALIKE, "ix_case_sheet_applicant (centre=? AND applicant=?)"),
        (statements(Wanted()).open, "ix_case_sheet_ended (centre=? AND ended=?)"),
        (statements(Wanted(query="zhang")).open, "ix_case_sheet_ended (centre=? AND ended=?)"),
        (statements(Wanted(handler="00" * 16)).how_many, "ix_case_sheet_handler (centre=? AND handler=?)"),
        (statements(Wanted(status="awaiting")).how_many, "ix_case_sheet_status (centre=? AND status=?)"),
        (statements(Wanted(due_before="2026-11-27")).how_many, "ix_case_sheet_status (centre=? AND status=? AND due"),
        (listing._WINDOWS, "ix_case_sheet_window (centre=?)"),
        (owing._LIMITS, "ix_deadline_open (centre=? AND closed=?"),
        (open_work._CASES, "ix_case_sheet_archived (centre=? AND archived=?)"),
        (households._CASES, "ix_case_sheet_household (centre=? AND household=?)"),
    ],
    ids=[
        "papers of a case",
        "disputes",
        "drafts",
        "story of a case",
        "alike",
        "open cases",
        "open cases by name",
        "mine",
        "awaiting",
        "overdue",
        "windows",
        "limits",
        "somebody's cases",
        "a home's cases",
    ],
)
def test_it_is_found_by_its_index(asked: Select[object], by: str, database: Path) -> None:
    statement = sql.compiled(asked, sql.SQLITE).text
    with dbapi2.connect(str(database)) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", (1,) * statement.count("?")).fetchall()
    connection.close()
    assert any(by in line for *_, line in plan), plan
