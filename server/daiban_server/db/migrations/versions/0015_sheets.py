"""What lists ask for at 100,000 cases: receptions by who owes something, households by what two would share, cases by
since when they are only kept, messages by how they went

Receptions are written when the server starts (`spine.projections`), households when somebody looks or
within a minute (`features.households.finding`).
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(length=16)
OWNED, KEPT = sa.text("owner IS NOT NULL"), sa.text("kept_from IS NOT NULL")
OVER = """
UPDATE case_sheet SET kept_from = CASE WHEN status IN ('withdrawn', 'not_accepted') THEN ended ELSE archived END
WHERE NOT EXISTS (SELECT 1 FROM erasure WHERE erasure.centre = case_sheet.centre AND erasure.record = case_sheet.id)
"""
LARGE = """
case_sheet      ix_case_sheet_kept_from        100000 50000 5
household_sheet household_sheet                50000 25000 1
household_sheet ix_household_sheet_identity    50000 25000 1500 2
household_sheet ix_household_sheet_phone       50000 25000 1500 2
household_sheet ix_household_sheet_sound       50000 25000 1500 3
household_sheet ix_household_sheet_told_apart  50000 25000 12500
message         ix_message_centre              300000 150000 3
message         ix_message_state               300000 150000 50000 3 3
opinion_sheet   ix_opinion_sheet_case          5000 2500 8
reception_sheet ix_reception_sheet_owner       1000 500 50
reception_sheet reception_sheet                150000 75000 1
"""
"""As in 0013, of the tables and indices that are new, and of two that had none."""
_STATISTICS = sa.table("sqlite_stat1", sa.column("tbl"), sa.column("idx"), sa.column("stat"))


def upgrade() -> None:
    _receptions()
    _households()
    op.add_column("case_sheet", sa.Column("kept_from", sa.BigInteger(), autoincrement=False, nullable=True))
    op.execute(OVER)
    _index("ix_case_sheet_kept_from", "case_sheet", ["centre", "kept_from"], KEPT)
    op.create_index("ix_message_state", "message", ["centre", "state", "at", "person"])
    if op.get_bind().dialect.name == "sqlite":
        lines = [line.split(None, 2) for line in LARGE.strip().splitlines()]
        op.bulk_insert(_STATISTICS, [dict(zip(("tbl", "idx", "stat"), line, strict=True)) for line in lines])


def _receptions() -> None:
    op.create_table(
        "reception_sheet",
        sa.Column("centre", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("owner", ID, nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("place", ID, nullable=False),
        sa.PrimaryKeyConstraint("centre", "id", name=op.f("pk_reception_sheet")),
        sqlite_with_rowid=False,
    )
    _index("ix_reception_sheet_owner", "reception_sheet", ["centre", "owner"], OWNED)


def _index(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)


def _households() -> None:
    """The sheet is made anew whole, so it is dropped rather than filled."""
    op.drop_table("household_sheet")
    op.create_table(
        "household_sheet",
        sa.Column("centre", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("place", ID, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("head", "address", "phone", "search")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("same_identity", "same_sound", "same_phone")),
        sa.Column("told_apart", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "id", name=op.f("pk_household_sheet")),
        sqlite_with_rowid=False,
    )
    for of in ("identity", "sound", "phone"):
        op.create_index(f"ix_household_sheet_{of}", "household_sheet", ["centre", "place", f"same_{of}"])
    op.create_index("ix_household_sheet_told_apart", "household_sheet", ["centre", "told_apart"])
    op.execute("DELETE FROM setting WHERE name LIKE 'households %'")
