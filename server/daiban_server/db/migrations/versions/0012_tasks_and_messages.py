"""What was done about a task or a message, and what phones said that they still hold."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.LargeBinary(length=16)


def upgrade() -> None:
    op.create_table(
        "task_act",
        sa.Column("centre", ID, nullable=False),
        sa.Column("task", ID, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("author", ID, nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("person", ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("centre", "task", "number", name=op.f("pk_task_act")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "message_act",
        sa.Column("centre", ID, nullable=False),
        sa.Column("message", ID, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("author", ID, nullable=False),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("centre", "message", "number", name=op.f("pk_message_act")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_opinion_sheet_case", "opinion_sheet", ["centre", "application"])
    op.create_index("ix_message_centre", "message", ["centre", "at"])
    op.create_table(
        "unsent",
        sa.Column("centre", ID, nullable=False),
        sa.Column("device", ID, nullable=False),
        sa.Column("entries", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("photos", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("centre", "device", name=op.f("pk_unsent")),
        sqlite_with_rowid=False,
    )
