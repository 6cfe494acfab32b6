"""Projections of features; each can be rebuilt from the spine's tables."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, UniqueConstraint

from daiban_server.db.columns import id_column, metadata, number, octets, text

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
    Column("round", Integer, nullable=False, server_default="1"),
    id_column("met_by", optional=True),
    Column("told", Integer, nullable=False, server_default="0"),
    Index("ix_obligation_due", "centre", "state", "due"),
    Index("ix_obligation_household", "household"),
)
"""Replies that a cadre owes for a case, one for each `round`: ``due``, ``met``, ``met_received_late``, ``late``, or
``lapsed`` where the case ended first. `told` is how far it has gone up."""

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

message = Table(
    "message",
    metadata,
    id_column("id", key=True),
    id_column("centre"),
    id_column("person", optional=True),
    text("phone"),
    Column("code", String(64), nullable=False),
    id_column("record", optional=True),
    text("text"),
    octets("told"),
    number("at"),
    Column("state", String(20), nullable=False),
    Column("tries", Integer, nullable=False),
    number("next_at"),
    number("sent_at", optional=True),
    number("read_at", optional=True),
    text("fault"),
    Index("ix_message_waiting", "state", "next_at"),
    Index("ix_message_person", "person", "at"),
)
"""What somebody was told: ``waiting``, ``sent`` or ``failed`` beyond his own list, in which it stands at once."""

setting = Table("setting", metadata, Column("name", String(64), primary_key=True), text("value"))
