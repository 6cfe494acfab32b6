"""Households that were merged

Households have states from now on; those that are there are current.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "household_merge",
        sa.Column("centre", sa.LargeBinary(length=16), nullable=False),
        sa.Column("id", sa.LargeBinary(length=16), nullable=False),
        sa.Column("into", sa.LargeBinary(length=16), nullable=False),
        sa.PrimaryKeyConstraint("centre", "id", name=op.f("pk_household_merge")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_household_merge_into", "household_merge", ["centre", "into"])
    op.execute("UPDATE record SET status = 'current' WHERE kind = 'household' AND status IS NULL")
