"""Find by an index: where a record's past is, what is in dispute, whose cases are whose

The first is filled by the server's round (`spine/tracing.py`), since it is as long as history.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

LARGE = """
case_sheet      ix_case_sheet_handler    100000 50000 10000 1000
case_sheet      ix_case_sheet_applicant  100000 50000 10
record          ix_record_conflicts      100 50 1
record_stretch  record_stretch           1500000 500000 3 1
"""
"""As in 0013: of each index the rows in all, then those that share its first column, its first two, and so on."""


def upgrade() -> None:
    op.create_table(
        "record_stretch",
        sa.Column("centre", sa.LargeBinary(16), primary_key=True),
        sa.Column("record", sa.LargeBinary(16), primary_key=True),
        sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    in_conflict = sa.text("conflicts > 0")
    op.create_index(
        "ix_record_conflicts",
        "record",
        ["centre", "position"],
        sqlite_where=in_conflict,
        postgresql_where=in_conflict,
    )
    op.create_index("ix_case_sheet_handler", "case_sheet", ["centre", "handler", "status"])
    op.create_index("ix_case_sheet_applicant", "case_sheet", ["centre", "applicant"])
    if op.get_bind().dialect.name != "sqlite":
        return
    statement = sa.text("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (:table, :index, :told)")
    for line in LARGE.strip().splitlines():
        table, index, told = line.split(None, 2)
        op.execute(statement.bindparams(table=table, index=index, told=told))
