"""Home visits: slots that sway and that nobody was told of yet; holds, planner's runs, rosters and calendars"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.LargeBinary(length=16)


def _id(name: str, *, nullable: bool = False) -> "sa.Column[bytes]":
    return sa.Column(name, _ID, nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=nullable)


def upgrade() -> None:
    with op.batch_alter_table("slot", schema=None) as batch_op:
        for name in ("promised", "low", "high"):
            batch_op.add_column(_number(name, nullable=True))
        batch_op.add_column(sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.execute('UPDATE slot SET promised = "start", low = "start", high = "start"')
    op.create_table(
        "visit_plan", _id("centre"), _number("version"), sa.PrimaryKeyConstraint("centre", name=op.f("pk_visit_plan"))
    )
    op.create_table(
        "visit_hold",
        *(_id(name) for name in ("id", "centre", "household", "holder")),
        _number("version"),
        _number("expires"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_hold")),
    )
    op.create_index("ix_visit_hold_centre", "visit_hold", ["centre", "expires"])
    op.create_table(
        "visit_run",
        _id("id"),
        _id("centre"),
        _id("by", nullable=True),
        _number("created"),
        _number("ended", nullable=True),
        sa.Column("state", sa.String(length=20), nullable=False),
        _number("version"),
        sa.Column("problem", sa.LargeBinary(), nullable=False),
        sa.Column("plan", sa.LargeBinary(), nullable=True),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_run")),
    )
    op.create_index("ix_visit_run_centre", "visit_run", ["centre", "created"])
    op.create_table(
        "roster",
        _id("person"),
        _id("centre"),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_roster")),
    )
    op.create_index("ix_roster_centre", "roster", ["centre"])
    op.create_table(
        "calendar_feed",
        sa.Column("digest", sa.String(length=64), nullable=False),
        _id("person"),
        _id("centre"),
        _number("made"),
        _number("revoked", nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_calendar_feed")),
    )
    op.create_index("ix_calendar_feed_person", "calendar_feed", ["person"])
    op.create_table(
        "calendar_entry",
        *(_id(name) for name in ("visit", "agent", "centre", "household")),
        _number("start"),
        _number("end"),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        _number("at"),
        sa.PrimaryKeyConstraint("visit", "agent", name=op.f("pk_calendar_entry")),
    )
    op.create_index("ix_calendar_entry_agent", "calendar_entry", ["agent", "start"])
