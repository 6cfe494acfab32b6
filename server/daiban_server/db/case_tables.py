"""What is kept of cases beside their records: how lists show them, what happened to them, registers and serials.

`case_sheet` follows from the records as they stand. `case_event`, `serial` and `register_line` are written once, with
the command that they stand for, and never again.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table
from sqlalchemy import text as text_of

from daiban_server.db.columns import id_column, metadata, number, octets, text

_KEPT = text_of("kept_from IS NOT NULL")

case_sheet = Table(
    "case_sheet",
    metadata,
    id_column("centre", key=True),
    id_column("id", key=True),
    text("number"),
    text("slip"),
    id_column("item"),
    text("item_name"),
    text("window"),
    Column("label", String(10), nullable=False),
    Column("source", String(20), nullable=False),
    id_column("household"),
    id_column("place"),
    text("applicant"),
    text("search"),
    Column("status", String(40), nullable=False),
    id_column("owner"),
    id_column("handler"),
    number("submitted"),
    number("received", optional=True),
    number("accepted", optional=True),
    Column("due", String(10)),
    number("ended", optional=True),
    Column("end", String(20)),
    number("archived", optional=True),
    Column("urgent", Boolean, nullable=False),
    Column("kin", Boolean, nullable=False),
    number("kept_from", optional=True),
    Index("ix_case_sheet_status", "centre", "status", "due"),
    Index("ix_case_sheet_archived", "centre", "archived"),
    Index("ix_case_sheet_number", "number"),
    Index("ix_case_sheet_slip", "slip"),
    Index("ix_case_sheet_household", "centre", "household"),
    Index("ix_case_sheet_window", "centre", "window"),
    Index("ix_case_sheet_handler", "centre", "handler", "status"),
    Index("ix_case_sheet_applicant", "centre", "applicant"),
    Index("ix_case_sheet_ended", "centre", "ended", "accepted"),
    Index("ix_case_sheet_kept_from", "centre", "kept_from", sqlite_where=_KEPT, postgresql_where=_KEPT),
    sqlite_with_rowid=False,
)
"""A case that was submitted, as lists show and find it. `label` is the mode of the statistics: ``direct``, ``limited``,
``proxy`` or ``home``; `search` is number, names and their pinyin in small letters; `due` is a day, ``YYYY-MM-DD``; who
is nobody is sixteen zero bytes; `kept_from` is since when it is over and only kept, null again once it was erased."""

kept_search = Table(
    "kept_search",
    metadata,
    id_column("person", ForeignKey("person.id"), key=True),
    Column("key", String(32), primary_key=True),
    text("name"),
    text("search"),
    Column("opens", Boolean, nullable=False),
    number("at"),
    sqlite_with_rowid=False,
)
"""Searches of the list of cases that somebody keeps under a name, `search` as JSON (`features.cases.kept.Search`).
`opens` marks the one with which the list opens for him; of one that everybody has, `key` is its code and the rest is
empty."""

household_sheet = Table(
    "household_sheet",
    metadata,
    id_column("centre", key=True),
    id_column("id", key=True),
    id_column("place"),
    text("head"),
    text("address"),
    text("phone"),
    text("search"),
    text("same_identity"),
    text("same_sound"),
    text("same_phone"),
    Column("told_apart", Boolean, nullable=False),
    Index("ix_household_sheet_identity", "centre", "place", "same_identity"),
    Index("ix_household_sheet_sound", "centre", "place", "same_sound"),
    Index("ix_household_sheet_phone", "centre", "place", "same_phone"),
    Index("ix_household_sheet_told_apart", "centre", "told_apart"),
    sqlite_with_rowid=False,
)
"""A household as lists find it; `search` is the names of who lives there, their pinyin, telephones and address in small
letters. What begins with `same_` is what two records of one household would share, "" where nothing is told or it was
merged: its head's identity number as a digest under a secret of the server's, the sound of his name, his telephone.
`told_apart` is whether somebody said that it is not another one. It follows the records when somebody looks
(`features.households.finding`)."""

household_merge = Table(
    "household_merge",
    metadata,
    id_column("centre", key=True),
    id_column("id", key=True),
    id_column("into"),
    Index("ix_household_merge_into", "centre", "into"),
    sqlite_with_rowid=False,
)
"""Households that were merged, each into which; follows from the record as it stands (see `homes`)."""

rating = Table(
    "rating",
    metadata,
    id_column("centre", key=True),
    id_column("id", key=True),
    Column("level", Integer, nullable=False),
    text("text"),
    number("at"),
    id_column("handler"),
    Index("ix_rating_at", "centre", "at"),
    sqlite_with_rowid=False,
)
"""What a resident said of a case (好差评), once: `level` 5 is best; `handler` is who handled it then."""

case_event = Table(
    "case_event",
    metadata,
    id_column("centre", key=True),
    number("position", key=True),
    id_column("case"),
    Column("name", String(64), nullable=False),
    Column("before", String(40), nullable=False),
    Column("after", String(40), nullable=False),
    number("at"),
    number("effective"),
    id_column("author"),
    octets("told"),
    Index("ix_case_event_case", "centre", "case"),
    Index("ix_case_event_at", "centre", "at", "name", "before", "after", "case"),
    sqlite_with_rowid=False,
)
"""What happened to a case: a command or report that took effect, by the position of its entry. `at` is when the server
took it in, `effective` what is believed of when it was done; `told` are its arguments as JSON. The index by time holds
all that figures ask of an act, so that a year is counted without looking at the acts themselves."""

deadline = Table(
    "deadline",
    metadata,
    id_column("centre", key=True),
    id_column("case", key=True),
    Column("kind", String(20), primary_key=True),
    Column("starts", String(10), nullable=False),
    Column("due", String(10), nullable=False),
    Column("days", Integer, nullable=False),
    Column("unit", String(10), nullable=False),
    Column("state", String(20), nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("closed", String(10)),
    text("why"),
    text("left"),
    Column("on_day", String(10), nullable=False),
    Index("ix_deadline_open", "centre", "closed", "due"),
    sqlite_with_rowid=False,
)
"""What each case owes and by when (see `limits.deadline`), as it stood on the day `on_day`. `why` is its sentence,
`left` how it stands in words."""

calendar_day = Table(
    "calendar_day",
    metadata,
    Column("day", String(10), primary_key=True),
    Column("working", Boolean, nullable=False),
    text("note"),
)
"""Days that the district laid down over the official calendar."""

serial = Table(
    "serial",
    metadata,
    id_column("centre", key=True),
    Column("series", String(40), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("last", Integer, nullable=False),
    sqlite_with_rowid=False,
)
"""The last number given out of each series, by day (``YYYY-MM-DD``): no gap, since it is counted up in the transaction
that uses it."""

register_line = Table(
    "register_line",
    metadata,
    id_column("centre", key=True),
    Column("register", String(40), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    id_column("record"),
    number("at"),
    octets("told"),
    Index("ix_register_line_record", "centre", "record"),
    sqlite_with_rowid=False,
)
"""A register's lines, gapless by day: what was known when the line was written, as JSON. A later correction is a line
of its own."""
