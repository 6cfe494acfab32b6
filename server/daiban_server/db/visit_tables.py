"""Home visits: slots, holds, plans and calendars."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, UniqueConstraint, true

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
    number("promised", optional=True),
    number("low", optional=True),
    number("high", optional=True),
    Column("told", Boolean, nullable=False, server_default=true()),
    UniqueConstraint("agent", "start"),
    Index("ix_slot_centre", "centre", "start"),
)
"""Time of agents that is kept for visits: one row per visit and crew member; follows from the visit as it stands. The
constraint stops two clerks selling one start. `promised` is the start that the resident was told first, `low` and
`high` bound the starts to which a plan may move it; `told` is false while nobody told the resident."""

visit_plan = Table("visit_plan", metadata, id_column("centre", key=True), number("version"))
"""Counted up whenever a slot of the centre is taken, moved or freed: what is confirmed under an older version is looked
at again."""

visit_hold = Table(
    "visit_hold",
    metadata,
    id_column("id", key=True),
    id_column("centre"),
    id_column("household"),
    id_column("holder"),
    number("version"),
    number("expires"),
    octets("body"),
    Index("ix_visit_hold_centre", "centre", "expires"),
)
"""Slots that were offered to a household and are kept for some minutes, for whoever has it on the telephone."""

visit_run = Table(
    "visit_run",
    metadata,
    id_column("id", key=True),
    id_column("centre"),
    id_column("by", optional=True),
    number("created"),
    number("ended", optional=True),
    Column("state", String(20), nullable=False),
    number("version"),
    octets("problem"),
    octets("plan", optional=True),
    text("fault"),
    Index("ix_visit_run_centre", "centre", "created"),
)
"""A planner's run for a centre, from the problem under a plan version to the plan: ``running``, ``ready``,
``committed``, ``cancelled``, ``failed``, or ``stale`` where slots changed before it was committed. Nobody asked for a
nightly one."""

roster = Table(
    "roster",
    metadata,
    id_column("person", key=True),
    id_column("centre"),
    octets("body"),
    Index("ix_roster_centre", "centre"),
)
"""When and how somebody goes to homes; follows from the roster's record. `body` is its fields as JSON."""

calendar_feed = Table(
    "calendar_feed",
    metadata,
    Column("digest", String(64), primary_key=True),
    id_column("person"),
    id_column("centre"),
    number("made"),
    number("revoked", optional=True),
    Index("ix_calendar_feed_person", "person"),
)
"""Addresses of calendars: the SHA-256 of the secret in an address, and whose visits it shows."""

calendar_entry = Table(
    "calendar_entry",
    metadata,
    id_column("visit", key=True),
    id_column("agent", key=True),
    id_column("centre"),
    id_column("household"),
    number("start"),
    number("end"),
    Column("sequence", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    number("at"),
    Index("ix_calendar_entry_agent", "agent", "start"),
)
"""A visit in the calendar of everybody who ever was to make it; follows from the visit as it stands. `sequence` counts
its changes, `state` is the visit's, or ``cancelled`` for who is no longer to go; `at` is when it last changed."""

visit_event = Table(
    "visit_event",
    metadata,
    id_column("centre", key=True),
    number("position", key=True),
    id_column("visit"),
    Column("name", String(64), nullable=False),
    id_column("agent"),
    id_column("place"),
    id_column("application"),
    number("at"),
    Index("ix_visit_event_at", "centre", "at"),
    sqlite_with_rowid=False,
)
"""What happened to a visit: a command or report that took effect, by the position of its entry, written once. A slot
is freed when nobody was at home, so it cannot tell. `agent` is who leads the crew; who or what is nobody or nothing is
sixteen zero bytes; `at` is when the server took it in."""
