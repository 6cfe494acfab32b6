"""Handovers: who is away and who stands in, which replaces a table that nothing was written to; the cases of a note"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("absence")
    op.create_table(
        "absence",
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("centre", sa.LargeBinary(length=16), nullable=False),
        sa.Column("person", sa.LargeBinary(length=16), nullable=False),
        sa.Column("stand_in", sa.LargeBinary(length=16), nullable=False),
        sa.Column("start", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("end", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    with op.batch_alter_table("absence", schema=None) as batch_op:
        batch_op.create_index("ix_absence_centre", ["centre", "end"], unique=False)
        batch_op.create_index("ix_absence_person", ["person", "end"], unique=False)
    op.create_table(
        "handed",
        sa.Column("centre", sa.LargeBinary(length=16), nullable=False),
        sa.Column("handover", sa.LargeBinary(length=16), nullable=False),
        sa.Column("case", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("centre", "handover", "case", name=op.f("pk_handed")),
        sqlite_with_rowid=False,
    )
