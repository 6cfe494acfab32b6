"""How SQLite is to look for things, and indices of the cases that are still open and of their windows

Every key is led by the centre, and without statistics SQLite takes the first column of an index for one that leaves
ten rows: it then reads a whole centre in the order of a table's key where an index would give the six events of a case.
The statistics of a large centre are written down here, once, so that plans are good and the same everywhere: from the
first record on, in every connection. PostgreSQL gathers its own.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

LARGE = """
case_event      case_event               600000 300000 1
case_event      ix_case_event_at         600000 300000 11
case_event      ix_case_event_case       600000 300000 6
case_sheet      case_sheet               100000 50000 1
case_sheet      ix_case_sheet_archived   100000 50000 10
case_sheet      ix_case_sheet_ended      100000 50000 7 6
case_sheet      ix_case_sheet_household  100000 50000 3
case_sheet      ix_case_sheet_number     100000 1
case_sheet      ix_case_sheet_slip       100000 1
case_sheet      ix_case_sheet_status     100000 50000 8000 10
case_sheet      ix_case_sheet_window     100000 50000 6000
deadline        deadline                 700000 350000 7 1
deadline        ix_deadline_open         700000 350000 1500 9
erasure         sqlite_autoindex_erasure_1 1000 500 1
history         history                  1500000 500000 1
household_merge household_merge          1000 500 1
household_merge ix_household_merge_into  1000 500 2
household_sheet household_sheet          50000 25000 1
message         ix_message_person        300000 3000 1
message         ix_message_waiting       300000 100000 18
message         sqlite_autoindex_message_1 300000 1
obligation      ix_obligation_due        10000 5000 300 5
obligation      ix_obligation_household  10000 3
obligation      ix_obligation_span       10000 5000 5
obligation      sqlite_autoindex_obligation_1 10000 1
opinion_sheet   opinion_sheet            5000 2500 1
person          ix_person_centre         500 50
person          sqlite_autoindex_person_1 500 1
place           ix_place_centre          500 50
place           sqlite_autoindex_place_1 500 1
rating          ix_rating_at             40000 20000 5
rating          rating                   40000 20000 1
record          ix_record_kind           450000 150000 700 400
record          ix_record_parent         450000 150000 4
record          ix_record_position       450000 150000 1
record          record                   450000 150000 1
register_line   ix_register_line_record  200000 100000 1
register_line   register_line            200000 100000 11000 200 1
task            ix_task_open             1000 500 100
task            sqlite_autoindex_task_1  1000 1
territory       ix_territory_place       1000 3
territory       sqlite_autoindex_territory_1 1000 4 1
visit_event     ix_visit_event_at        10000 5000 8
visit_event     visit_event              10000 5000 1
"""
"""Of each index: rows in all, then rows that share its first column, its first two, and so on. In proportions they are
those of a district of two centres whose year was copied until one had thousands of cases. A kind of record has here as
many as a rare one: pages ask for those, and of frequent ones by other keys."""


def upgrade() -> None:
    op.create_index("ix_case_sheet_archived", "case_sheet", ["centre", "archived"])
    op.create_index("ix_case_sheet_window", "case_sheet", ["centre", "window"])
    if op.get_bind().dialect.name != "sqlite":
        return
    # Makes the table of statistics, which cannot be made by its name.
    op.execute("ANALYZE case_sheet")
    op.execute("DELETE FROM sqlite_stat1")
    statement = sa.text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:table, :index, :told)")
    for line in LARGE.strip().splitlines():
        table, index, told = line.split(None, 2)
        op.execute(statement.bindparams(table=table, index=index, told=told))
