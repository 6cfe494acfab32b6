"""Projections of features; each can be rebuilt from the spine's tables."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, UniqueConstraint

from daiban_server.db.columns import id_column, metadata, number, text

slot = Table(
    "slot",
    metadata,
    id_column("visit", key=True),
    id_column("agent", key=True),
    id_column("centre"),
    id_column("place"),
    Column("lon", Integer, nullable=False),
    Column("lat", Integer, nullable=False),
    number("start"),
    number("end"),
    Column("accepted", Boolean, nullable=False),
    UniqueConstraint("agent", "start"),
    Index("ix_slot_centre", "centre", "start"),
)
"""Promised time of agents: one row per visit and crew member. The constraint stops two clerks selling one start."""

absence = Table(
    "absence",
    metadata,
    id_column("person", key=True),
    number("start", key=True),
    number("end"),
    text("reason"),
)

obligation = Table(
    "obligation",
    metadata,
    id_column("id", key=True),
    id_column("centre"),
    id_column("application"),
    id_column("household"),
    id_column("cadre"),
    number("created"),
    number("due"),
    Column("state", String(20), nullable=False),
    id_column("reply", optional=True),
    number("met_at", optional=True),
    number("received_at", optional=True),
    Index("ix_obligation_due", "centre", "state", "due"),
    Index("ix_obligation_household", "household"),
)
"""Replies that a cadre owes: ``due``, ``met``, ``met_received_late``, ``late``."""

task = Table(
    "task",
    metadata,
    id_column("id", key=True),
    id_column("centre"),
    id_column("person", optional=True),
    id_column("record"),
    Column("code", String(64), nullable=False),
    number("created"),
    number("done_at", optional=True),
    Index("ix_task_open", "centre", "done_at"),
)
"""What somebody has to look at: a report that the state machine could not take, a photo that is no photo."""

setting = Table("setting", metadata, Column("name", String(64), primary_key=True), text("value"))
