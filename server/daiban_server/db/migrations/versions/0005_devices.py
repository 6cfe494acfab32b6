"""The life of devices: keys they had, what was done with them, what became of batches in quarantine"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ID = sa.LargeBinary(length=16)


def _number(name: str, *, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=nullable)


def upgrade() -> None:
    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.add_column(sa.Column("former", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("quarantine", schema=None) as batch_op:
        batch_op.add_column(sa.Column("decided", sa.LargeBinary(), nullable=True))
    op.create_index("ix_quarantine_at", "quarantine", ["centre", "at"])
    op.create_table(
        "carried",
        sa.Column("centre", _ID, nullable=False),
        sa.Column("device", _ID, nullable=False),
        _number("sequence"),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        _number("at"),
        sa.PrimaryKeyConstraint("centre", "device", "sequence", "digest", name=op.f("pk_carried")),
    )
    with op.batch_alter_table("envelope", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hashes", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("salts", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("photo_file", schema=None) as batch_op:
        batch_op.add_column(_number("erased", nullable=True))
    op.create_table(
        "cosignature",
        sa.Column("centre", _ID, nullable=False),
        sa.Column("epoch", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("witness", sa.String(length=200), nullable=False),
        _number("size"),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "epoch", "witness", name=op.f("pk_cosignature")),
    )
    op.create_table(
        "erasure",
        sa.Column("centre", _ID, nullable=False),
        sa.Column("record", _ID, nullable=False),
        _number("at"),
        sa.Column("by", _ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("centre", "record", name=op.f("pk_erasure")),
    )
    op.create_table(
        "spooled",
        sa.Column("centre", _ID, nullable=False),
        sa.Column("device", _ID, nullable=False),
        _number("number"),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        _number("leaf"),
        _number("at"),
        sa.PrimaryKeyConstraint("centre", "device", "number", name=op.f("pk_spooled")),
    )
    op.create_table(
        "device_act",
        sa.Column("centre", _ID, nullable=False),
        sa.Column("device", _ID, nullable=False),
        _number("at"),
        sa.Column("act", sa.String(length=20), nullable=False),
        sa.Column("by", _ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        _number("sequence"),
        _number("reported_at"),
        _number("lost_at", nullable=True),
        sa.PrimaryKeyConstraint("centre", "device", "at", "act", name=op.f("pk_device_act")),
    )
