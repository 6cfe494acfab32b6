"""Cases: their sheets, what happened to them, serials, registers"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_event",
        sa.Column("centre", sa.LargeBinary(length=16), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case", sa.LargeBinary(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("before", sa.String(length=40), nullable=False),
        sa.Column("after", sa.String(length=40), nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("effective", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("author", sa.LargeBinary(length=16), nullable=False),
        sa.Column("told", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "position", name=op.f("pk_case_event")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("case_event", schema=None) as batch_op:
        batch_op.create_index("ix_case_event_at", ["centre", "at"], unique=False)
        batch_op.create_index("ix_case_event_case", ["centre", "case"], unique=False)

    op.create_table(
        "case_sheet",
        sa.Column("centre", sa.LargeBinary(length=16), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("item", sa.LargeBinary(length=16), nullable=False),
        sa.Column("item_name", sa.Text(), nullable=False),
        sa.Column("window", sa.Text(), nullable=False),
        sa.Column("label", sa.String(length=10), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("household", sa.LargeBinary(length=16), nullable=False),
        sa.Column("place", sa.LargeBinary(length=16), nullable=False),
        sa.Column("applicant", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.LargeBinary(length=16), nullable=False),
        sa.Column("handler", sa.LargeBinary(length=16), nullable=False),
        sa.Column("submitted", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("received", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("accepted", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("due", sa.String(length=10), nullable=True),
        sa.Column("ended", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("archived", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("kin", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "id", name=op.f("pk_case_sheet")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("case_sheet", schema=None) as batch_op:
        batch_op.create_index("ix_case_sheet_household", ["centre", "household"], unique=False)
        batch_op.create_index("ix_case_sheet_number", ["centre", "number"], unique=False)
        batch_op.create_index("ix_case_sheet_status", ["centre", "status", "due"], unique=False)

    op.create_table(
        "register_line",
        sa.Column("centre", sa.LargeBinary(length=16), nullable=False),
        sa.Column("register", sa.String(length=40), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record", sa.LargeBinary(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("told", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "register", "day", "line", name=op.f("pk_register_line")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("register_line", schema=None) as batch_op:
        batch_op.create_index("ix_register_line_record", ["centre", "record"], unique=False)

    op.create_table(
        "serial",
        sa.Column("centre", sa.LargeBinary(length=16), nullable=False),
        sa.Column("series", sa.String(length=40), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "series", "day", name=op.f("pk_serial")),
        sqlite_with_rowid=False,
    )
