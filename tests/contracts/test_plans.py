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
from daiban_server.features.affairs import listing as opinions
from daiban_server.features.cases import listing
from daiban_server.features.cases.narrowing import Wanted, statements
from daiban_server.features.erasure import retention
from daiban_server.features.households import duplicates
from daiban_server.features.households import routes as households
from daiban_server.features.posts import open_work
from daiban_server.outbound import sent
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
        (statements(Wanted()).over, "COVERING INDEX ix_case_sheet_ended (centre=? AND ended>?)"),
        (statements(Wanted(query="zhang")).over, "SEARCH case_sheet USING PRIMARY KEY (centre=?)"),
        (statements(Wanted(handler="00" * 16)).how_many, "ix_case_sheet_handler (centre=? AND handler=?)"),
        (statements(Wanted(status="awaiting")).how_many, "ix_case_sheet_status (centre=? AND status=?)"),
        (statements(Wanted(due_before="2026-11-27")).how_many, "ix_case_sheet_status (centre=? AND status=? AND due"),
        (listing._WINDOWS, "ix_case_sheet_window (centre=?)"),
        (owing._LIMITS, "ix_deadline_open (centre=? AND closed=?"),
        (open_work._CASES, "ix_case_sheet_archived (centre=? AND archived=?)"),
        (households._CASES, "ix_case_sheet_household (centre=? AND household=?)"),
        (open_work._RECEPTIONS, "ix_reception_sheet_owner (centre=? AND owner=?)"),
        (open_work._OWED, "ix_obligation_due (centre=? AND state=?)"),
        (owing._RETURNED, "ix_case_sheet_status (centre=? AND status=?)"),
        (sent._UNREACHED, "COVERING INDEX ix_message_state (centre=? AND state=?)"),
        (sent._OF_STATE, "ix_message_state (centre=? AND state=?)"),
        (retention._CASES, "COVERING INDEX ix_case_sheet_kept_from (centre=? AND kept_from<?)"),
        (retention._RECEPTIONS, "reception_sheet USING PRIMARY KEY (centre=? AND id<?)"),
        (retention._DRAFTS, "ix_record_kind (centre=? AND kind=? AND status=? AND id<?)"),
        (retention._HOUSEHOLDS, "ix_record_kind (centre=? AND kind=? AND status=? AND id<?)"),
        (duplicates._TOLD_APART, "ix_household_sheet_told_apart (centre=? AND told_apart=?)"),
        *(
            (duplicates._SHARING[of], f"COVERING INDEX ix_household_sheet_{by} (centre=? AND place=? AND same_{by}=?)")
            for of, by in (("identity", "identity"), ("name", "sound"), ("phone", "phone"))
        ),
    ],
    ids=[
        *("papers of a case", "disputes", "drafts", "story of a case", "alike", "open cases", "open cases by name"),
        *("cases that are over", "those by name"),
        *("mine", "awaiting", "due", "windows", "limits", "somebody's cases", "a home's cases"),
        *("somebody's receptions", "replies owed", "papers that came back", "messages not sent", "messages of a state"),
        *("cases due to go", "receptions due to go", "drafts due to go", "homes due to go", "homes told apart"),
        *("homes of one identity", "homes of one sound", "homes of one telephone"),
    ],
)
def test_it_is_found_by_its_index(asked: Select[object], by: str, database: Path) -> None:
    plan = _plan(asked, database)
    assert any(by in line for line in plan), plan


@pytest.mark.parametrize("asked", [opinions._OPINIONS, opinions._RATINGS], ids=["opinions", "ratings"])
def test_the_newest_of_a_list_are_read_in_order_and_no_more_than_are_shown(
    asked: Select[object], database: Path
) -> None:
    plan = _plan(asked, database)
    assert not any("ORDER BY" in line for line in plan), plan


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(label="home")], ids=["all", "visits at home"])
def test_a_page_far_down_skips_along_the_index_and_sorts_no_more_than_its_lines(wanted: Wanted, database: Path) -> None:
    """Sorting what a page shows is the last that is done; to sort the centre took longer with each page."""
    plan = _plan(statements(wanted).over, database)
    assert [line for line in plan if "ORDER BY" in line] == plan[-1:], plan


def _plan(asked: Select[object], database: Path) -> list[str]:
    statement = sql.compiled(asked, sql.SQLITE).text
    with dbapi2.connect(str(database)) as connection:
        plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", (1,) * statement.count("?")).fetchall()
    connection.close()
    return [line for *_, line in plan]
