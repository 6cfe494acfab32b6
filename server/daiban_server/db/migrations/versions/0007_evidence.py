"""Evidence: the request by which a device enrolled; mandates have a state"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "enrolment_proof",
        sa.Column("device", sa.LargeBinary(length=16), nullable=False),
        sa.Column("envelope", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("device", name=op.f("pk_enrolment_proof")),
        sqlite_with_rowid=False,
    )
    # Before this version a mandate had no state: what stood, stood.
    op.execute("UPDATE record SET status = 'standing' WHERE kind = 'mandate' AND status IS NULL")
