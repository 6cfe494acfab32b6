"""Every table of the server. Keys are led by the centre, so the tables can be spread by centre.

Times are Unix milliseconds, ids 16 bytes, digests 32. The spine's tables come first; a feature's projection can be
rebuilt from them.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id(name: str, *rest: object, key: bool = False, optional: bool = False) -> "Column[bytes]":
    return Column(name, LargeBinary(16), *rest, primary_key=key, nullable=optional)  # type: ignore[arg-type]


def _number(name: str, *, key: bool = False, optional: bool = False) -> "Column[int]":
    return Column(name, BigInteger, primary_key=key, nullable=optional, autoincrement=False)


def _bytes(name: str, *, key: bool = False, optional: bool = False) -> "Column[bytes]":
    return Column(name, LargeBinary, primary_key=key, nullable=optional)


def _text(name: str, *, key: bool = False, optional: bool = False) -> "Column[str]":
    return Column(name, Text, primary_key=key, nullable=optional)


# The spine --------------------------------------------------------------------------------------------------

counter = Table(
    "counter",
    metadata,
    _id("centre", key=True),
    _number("position"),
    _number("log_size"),
    _bytes("log_frontier"),
    sqlite_with_rowid=False,
)
"""One row per centre, locked first by whoever writes: the order of positions is the order of commits. The district
is the centre of sixteen zero bytes. The position's epoch is also the log's."""

fork = Table(
    "fork",
    metadata,
    _id("centre", key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    _number("forked_at"),
    _bytes("statement"),
    sqlite_with_rowid=False,
)
"""Restores from a backup: the last position that it had, and the statement under the root key as it travels."""

backup = Table(
    "backup",
    metadata,
    _id("centre", key=True),
    _number("at", key=True),
    Column("epoch", Integer, nullable=False),
    _number("log_size"),
    _number("photos_until"),
    Column("complete", Boolean, nullable=False),
    sqlite_with_rowid=False,
)
"""Backups of each centre: how far its log and its photos were when one began, and whether it was finished."""

gap = Table(
    "gap",
    metadata,
    _id("centre", key=True),
    _id("device", key=True),
    _number("first", key=True),
    _number("last"),
    _id("closed_by"),
    _text("reason"),
    _number("at"),
    sqlite_with_rowid=False,
)
"""Batches `first` to `last` that will never come, as the centre head said. If one turns up after all, it is taken as an
adopted branch."""

chain = Table(
    "chain",
    metadata,
    _id("centre", key=True),
    _id("device", key=True),
    _number("sequence"),
    _bytes("digest"),
    _number("number"),
    _number("pushed_at"),
    sqlite_with_rowid=False,
)
"""The end of each device's chain of batches."""

envelope = Table(
    "envelope",
    metadata,
    _id("centre", key=True),
    _id("device", key=True),
    _number("sequence", key=True),
    _bytes("digest"),
    _bytes("header"),
    _bytes("signature"),
    _bytes("secret"),
    Column("epoch", Integer, nullable=False),
    _number("leaf"),
    _number("earliest"),
    _number("received"),
    _bytes("receipt"),
    sqlite_with_rowid=False,
)
"""What was signed, and the receipt as it was sent. `secret` makes the entries' salts."""

entry = Table(
    "entry",
    metadata,
    _id("centre", key=True),
    _number("position", key=True),
    _id("device"),
    _number("number"),
    _id("record"),
    _id("author"),
    Column("authority", Integer, nullable=False),
    _number("effective"),
    Column("chained", Boolean, nullable=False),
    Column("outcome", Integer, nullable=False),
    _bytes("body"),
    UniqueConstraint("centre", "device", "number"),
)
"""History: every entry that was applied or refused, once, as it came. The server's own entries have device zero and
their position as number; `chained` says whether a device's earlier entries are its ancestors. Its rows are long, so
SQLite keeps them by rowid (17 µs a row instead of 22)."""

record = Table(
    "record",
    metadata,
    _id("centre", key=True),
    _id("id", key=True),
    Column("kind", String(64), nullable=False),
    _id("parent", optional=True),
    _id("place", optional=True),
    _number("position"),
    _bytes("heads", optional=True),
    Column("status", String(40)),
    Column("version", Integer, nullable=False),
    Column("conflicts", Integer, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Index("ix_record_position", "centre", "position"),
    Index("ix_record_parent", "centre", "parent"),
    Index("ix_record_kind", "centre", "kind", "status"),
    sqlite_with_rowid=False,
)
"""What stands: the feed in order of `position`. `heads` is null while the entry at `position` holds everything."""

parked = Table(
    "parked",
    metadata,
    _id("centre", key=True),
    _id("device", key=True),
    _number("number", key=True),
    _id("record"),
    _id("author"),
    Column("authority", Integer, nullable=False),
    _number("effective"),
    Column("chained", Boolean, nullable=False),
    Column("code", String(64), nullable=False),
    _bytes("waiting"),
    _bytes("body"),
    Index("ix_parked_waiting", "centre", "waiting"),
)
"""Entries that wait: for a record (its id), a kind (its name), or a person to look at them."""

outcome = Table(
    "outcome",
    metadata,
    _id("centre", key=True),
    _id("device", key=True),
    _number("number", key=True),
    _number("position"),
    Column("outcome", Integer, nullable=False),
    Column("code", String(64)),
    _text("fields"),
    Index("ix_outcome_position", "centre", "device", "position"),
)
"""Outcomes that people want to hear of, or that changed; the rest stand in the entry's row."""

quarantine = Table(
    "quarantine",
    metadata,
    _id("centre", key=True),
    _id("device", key=True),
    _bytes("digest", key=True),
    _number("sequence"),
    Column("code", String(64), nullable=False),
    _bytes("packed"),
    _number("at"),
)
"""Batches that are kept and not applied: the other branch of an equivocation."""

log_node = Table(
    "log_node",
    metadata,
    _id("centre", key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("level", Integer, primary_key=True, autoincrement=False),
    _number("idx", key=True),
    _bytes("hash"),
    sqlite_with_rowid=False,
)
"""Every perfect node of each centre's logs, one log an epoch."""

checkpoint = Table(
    "checkpoint",
    metadata,
    _id("centre", key=True),
    _bytes("digest", key=True),
    Column("epoch", Integer, nullable=False),
    _number("size"),
    _number("time"),
    _bytes("packed"),
    Index("ix_checkpoint_newest", "centre", "epoch", "size", "time"),
)
"""Every checkpoint that was signed; batches name one by its digest."""

photo_file = Table(
    "photo_file",
    metadata,
    _id("centre", key=True),
    _id("record", key=True),
    _bytes("digest", key=True),
    _id("device", key=True),
    _number("size"),
    _number("received"),
    _bytes("receipt"),
)
"""Photo bytes in custody, with the receipt as it was sent. Keyed by device too: knowing a hash is no proof of having
the photo."""

# People, places, devices -----------------------------------------------------------------------------------

centre = Table("centre", metadata, _id("id", key=True), _text("name"), _text("code"))

place = Table(
    "place",
    metadata,
    _id("id", key=True),
    _id("centre", ForeignKey("centre.id")),
    _id("under", optional=True),
    Column("type", String(20), nullable=False),
    _text("name"),
    Column("lon", Integer),
    Column("lat", Integer),
    Index("ix_place_centre", "centre"),
)
"""Points in WGS-84, millionths of a degree."""

person = Table(
    "person",
    metadata,
    _id("id", key=True),
    _id("centre"),
    _text("name"),
    _text("phone"),
    _text("badge"),
    Column("role", String(20), nullable=False),
    Column("login", String(64), unique=True),
    _text("password", optional=True),
    Column("active", Boolean, nullable=False),
    Index("ix_person_centre", "centre"),
)

territory = Table(
    "territory",
    metadata,
    _id("person", ForeignKey("person.id"), key=True),
    _id("place", key=True),
    Column("rank", String(1), nullable=False),
    Index("ix_territory_place", "place"),
)
"""Whose place this is: `rank` A answers for it, B stands in."""

assignment = Table(
    "assignment",
    metadata,
    _id("centre", key=True),
    _number("position", key=True),
    _id("person"),
    _id("place"),
    Column("held", Boolean, nullable=False),
    _number("at"),
    Index("ix_assignment_person", "person", "position"),
    sqlite_with_rowid=False,
)
"""When somebody got a place, or gave it up, by position in the centre's feed: his devices take in or let go what
belongs to it."""

departure = Table(
    "departure",
    metadata,
    _id("centre", key=True),
    _number("position", key=True),
    _id("record"),
    _id("place"),
    _number("at"),
    Index("ix_departure_record", "centre", "record"),
    sqlite_with_rowid=False,
)
"""Records that moved away from a place: whoever answers for that place alone lets them go."""

device = Table(
    "device",
    metadata,
    _id("id", key=True),
    _id("centre"),
    _id("person"),
    _text("name"),
    Column("key", LargeBinary(32), nullable=False),
    Column("state", String(20), nullable=False),
    _number("enrolled_at"),
    _number("approved_at", optional=True),
    _id("approved_by", optional=True),
    _number("synced_at", optional=True),
    _number("clock_offset", optional=True),
    _text("client"),
    Index("ix_device_centre", "centre"),
    Index("ix_device_key", "key"),
)
"""`state` is ``pending``, ``active``, ``frozen``, ``revoked``, or ``desk`` for a centre's own key."""

enrolment_code = Table(
    "enrolment_code",
    metadata,
    _bytes("digest", key=True),
    _id("centre"),
    _id("person"),
    _id("issued_by"),
    _number("expires"),
    _id("device", optional=True),
)
"""One-time codes by the SHA-256 of their secret; `device` says who used it."""

session = Table(
    "session",
    metadata,
    _bytes("digest", key=True),
    _id("person", ForeignKey("person.id")),
    _text("csrf"),
    _number("created"),
    _number("expires"),
)
"""Signed-in sessions by the SHA-256 of their cookie."""

# Features --------------------------------------------------------------------------------------------------

slot = Table(
    "slot",
    metadata,
    _id("visit", key=True),
    _id("agent", key=True),
    _id("centre"),
    _id("place"),
    Column("lon", Integer, nullable=False),
    Column("lat", Integer, nullable=False),
    _number("start"),
    _number("end"),
    Column("accepted", Boolean, nullable=False),
    UniqueConstraint("agent", "start"),
    Index("ix_slot_centre", "centre", "start"),
)
"""Promised time of agents: one row per visit and crew member. The constraint stops two clerks selling one start."""

absence = Table(
    "absence",
    metadata,
    _id("person", key=True),
    _number("start", key=True),
    _number("end"),
    _text("reason"),
)

obligation = Table(
    "obligation",
    metadata,
    _id("id", key=True),
    _id("centre"),
    _id("application"),
    _id("household"),
    _id("cadre"),
    _number("created"),
    _number("due"),
    Column("state", String(20), nullable=False),
    _id("reply", optional=True),
    _number("met_at", optional=True),
    _number("received_at", optional=True),
    Index("ix_obligation_due", "centre", "state", "due"),
    Index("ix_obligation_household", "household"),
)
"""Replies that a cadre owes: ``due``, ``met``, ``met_received_late``, ``late``."""

task = Table(
    "task",
    metadata,
    _id("id", key=True),
    _id("centre"),
    _id("person", optional=True),
    _id("record"),
    Column("code", String(64), nullable=False),
    _number("created"),
    _number("done_at", optional=True),
    Index("ix_task_open", "centre", "done_at"),
)
"""What somebody has to look at: a report that the state machine could not take, a photo that is no photo."""

setting = Table("setting", metadata, Column("name", String(64), primary_key=True), _text("value"))
