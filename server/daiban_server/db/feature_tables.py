"""Projections of features; each can be rebuilt from the spine's tables."""

from sqlalchemy import Column, Index, Integer, String, Table
from sqlalchemy import text as text_of

from daiban_server.db.columns import id_column, metadata, number, octets, text

absence = Table(
    "absence",
    metadata,
    id_column("id", key=True),
    id_column("centre"),
    id_column("person"),
    id_column("stand_in"),
    number("start"),
    number("end"),
    Index("ix_absence_centre", "centre", "end"),
    Index("ix_absence_person", "person", "end"),
)
"""Who is away from `start` to `end`, and who stands in: follows from the handover `id` as it stands. Nothing is left of
one that was cancelled but a span of no length. What has no end in sight ends in the year 9999."""

handed = Table(
    "handed",
    metadata,
    id_column("centre", key=True),
    id_column("handover", key=True),
    id_column("case", key=True),
    sqlite_with_rowid=False,
)
"""The cases that a handover's note names by their signs."""

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
    Index("ix_obligation_span", "centre", "due"),
)
"""Replies that a cadre owes for a case, one for each `round`: ``due``, ``met``, ``met_received_late``, ``late``, or
``lapsed`` where the case ended first. `told` is how far it has gone up."""

opinion_sheet = Table(
    "opinion_sheet",
    metadata,
    id_column("centre", key=True),
    id_column("id", key=True),
    text("number"),
    Column("channel", String(20), nullable=False),
    id_column("place"),
    id_column("application"),
    id_column("answerer"),
    Column("due", String(10), nullable=False),
    number("answered", optional=True),
    Index("ix_opinion_sheet_case", "centre", "application"),
    sqlite_with_rowid=False,
)
"""An opinion as figures count it; follows from the record as it stands. `due` is a day, ``YYYY-MM-DD``, or empty;
`answered` is when the last answer was given, null while none stands."""

_OWNED = text_of("owner IS NOT NULL")

reception_sheet = Table(
    "reception_sheet",
    metadata,
    id_column("centre", key=True),
    id_column("id", key=True),
    id_column("owner", optional=True),
    text("number"),
    id_column("place"),
    Index("ix_reception_sheet_owner", "centre", "owner", sqlite_where=_OWNED, postgresql_where=_OWNED),
    sqlite_with_rowid=False,
)
"""A reception, and who still owes something for it: `owner` is null once it came to something. Follows from the record
as it stands; one that was erased has no row."""

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

task_act = Table(
    "task_act",
    metadata,
    id_column("centre", key=True),
    id_column("task", key=True),
    number("number", key=True),
    id_column("author"),
    Column("act", String(20), nullable=False),
    id_column("person", optional=True),
    text("text"),
    number("at"),
    sqlite_with_rowid=False,
)
"""What became of a task, in order: ``asked`` or ``handed`` to `person`, ``taken_back``, ``done`` or ``undone``, with
what whoever did it said."""

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
    Index("ix_message_centre", "centre", "at"),
    Index("ix_message_state", "centre", "state", "at", "person"),
)
"""What somebody was told: ``waiting``, ``sent``, ``failed`` or ``told`` (by telephone) beyond his own list, in which it
stands at once."""

message_act = Table(
    "message_act",
    metadata,
    id_column("centre", key=True),
    id_column("message", key=True),
    number("number", key=True),
    id_column("author"),
    Column("act", String(20), nullable=False),
    text("text"),
    number("at"),
    sqlite_with_rowid=False,
)
"""What somebody did about a message, in order: ``again`` sent it once more, ``told`` read it out by telephone."""

unsent = Table(
    "unsent",
    metadata,
    id_column("centre", key=True),
    id_column("device", key=True),
    number("entries"),
    number("photos"),
    number("at"),
    sqlite_with_rowid=False,
)
"""What a phone said last, and when, that it holds without a receipt."""

setting = Table("setting", metadata, Column("name", String(64), primary_key=True), text("value"))
