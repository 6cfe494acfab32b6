"""Cases and what is kept of them: sheets, events, limits, registers, ratings; messages; figures"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("working", sa.Boolean(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_calendar_day")),
    )
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
        sa.Column("slip", sa.Text(), nullable=False),
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
        sa.Column("end", sa.String(length=20), nullable=True),
        sa.Column("archived", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("kin", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "id", name=op.f("pk_case_sheet")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("case_sheet", schema=None) as batch_op:
        batch_op.create_index("ix_case_sheet_ended", ["centre", "ended", "accepted"], unique=False)
        batch_op.create_index("ix_case_sheet_household", ["centre", "household"], unique=False)
        batch_op.create_index("ix_case_sheet_number", ["number"], unique=False)
        batch_op.create_index("ix_case_sheet_slip", ["slip"], unique=False)
        batch_op.create_index("ix_case_sheet_status", ["centre", "status", "due"], unique=False)

    op.create_table(
        "deadline",
        sa.Column("centre", sa.LargeBinary(length=16), nullable=False),
        sa.Column("case", sa.LargeBinary(length=16), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("starts", sa.String(length=10), nullable=False),
        sa.Column("due", sa.String(length=10), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("closed", sa.String(length=10), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("left", sa.Text(), nullable=False),
        sa.Column("on_day", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("centre", "case", "kind", name=op.f("pk_deadline")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.create_index("ix_deadline_open", ["centre", "closed", "due"], unique=False)

    op.create_table(
        "message",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("centre", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person", sa.LargeBinary(length=16), nullable=True),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("record", sa.LargeBinary(length=16), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("told", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sent_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("read_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index("ix_message_person", ["person", "at"], unique=False)
        batch_op.create_index("ix_message_waiting", ["state", "next_at"], unique=False)

    op.create_table(
        "opinion_sheet",
        sa.Column("centre", sa.LargeBinary(length=16), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("place", sa.LargeBinary(length=16), nullable=False),
        sa.Column("application", sa.LargeBinary(length=16), nullable=False),
        sa.Column("answerer", sa.LargeBinary(length=16), nullable=False),
        sa.Column("due", sa.String(length=10), nullable=False),
        sa.Column("answered", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("centre", "id", name=op.f("pk_opinion_sheet")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "rating",
        sa.Column("centre", sa.LargeBinary(length=16), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("handler", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("centre", "id", name=op.f("pk_rating")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("rating", schema=None) as batch_op:
        batch_op.create_index("ix_rating_at", ["centre", "at"], unique=False)

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
    op.create_table(
        "visit_event",
        sa.Column("centre", sa.LargeBinary(length=16), nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("visit", sa.LargeBinary(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("agent", sa.LargeBinary(length=16), nullable=False),
        sa.Column("place", sa.LargeBinary(length=16), nullable=False),
        sa.Column("application", sa.LargeBinary(length=16), nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("centre", "position", name=op.f("pk_visit_event")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("visit_event", schema=None) as batch_op:
        batch_op.create_index("ix_visit_event_at", ["centre", "at"], unique=False)

    with op.batch_alter_table("obligation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("round", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("met_by", sa.LargeBinary(length=16), nullable=True))
        batch_op.add_column(sa.Column("told", sa.Integer(), server_default="0", nullable=False))
        batch_op.create_index("ix_obligation_span", ["centre", "due"], unique=False)

    with op.batch_alter_table("parked", schema=None) as batch_op:
        batch_op.add_column(sa.Column("role", sa.String(length=20), server_default="", nullable=False))
