"""The spine's tables: custody, history, records, the feed, the log."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table

from daiban_server.db.columns import id_column, metadata, number, octets, text

counter = Table(
    "counter",
    metadata,
    id_column("centre", key=True),
    number("position"),
    number("log_size"),
    octets("log_frontier"),
    octets("checkpoint", optional=True),
    sqlite_with_rowid=False,
)
"""One row per centre, locked first by whoever writes: the order of positions is the order of commits. The district
is the centre of sixteen zero bytes. The position's epoch is also the log's; `checkpoint` is the newest of it, packed.
"""

fork = Table(
    "fork",
    metadata,
    id_column("centre", key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    number("forked_at"),
    octets("statement"),
    sqlite_with_rowid=False,
)
"""Restores from a backup: the last position that it had, and the statement under the root key as it travels."""

backup = Table(
    "backup",
    metadata,
    id_column("centre", key=True),
    number("at", key=True),
    Column("epoch", Integer, nullable=False),
    number("log_size"),
    number("photos_until"),
    Column("complete", Boolean, nullable=False),
    sqlite_with_rowid=False,
)
"""Backups of each centre: how far its log and its photos were when one began, and whether it was finished."""

gap = Table(
    "gap",
    metadata,
    id_column("centre", key=True),
    id_column("device", key=True),
    number("first", key=True),
    number("last"),
    id_column("closed_by"),
    text("reason"),
    number("at"),
    sqlite_with_rowid=False,
)
"""Batches `first` to `last` that will never come, as the centre head said. If one turns up after all, it is taken as an
adopted branch."""

chain = Table(
    "chain",
    metadata,
    id_column("centre", key=True),
    id_column("device", key=True),
    number("sequence"),
    octets("digest"),
    number("number"),
    number("pushed_at"),
    sqlite_with_rowid=False,
)
"""The end of each device's chain of batches."""

envelope = Table(
    "envelope",
    metadata,
    id_column("centre", key=True),
    id_column("device", key=True),
    number("sequence", key=True),
    octets("digest"),
    octets("header"),
    octets("signature"),
    octets("secret"),
    number("first"),
    number("last"),
    number("since"),
    number("until"),
    Column("epoch", Integer, nullable=False),
    number("leaf"),
    number("earliest"),
    number("received"),
    octets("receipt"),
    octets("hashes", optional=True),
    octets("salts", optional=True),
    sqlite_with_rowid=False,
)
"""What was signed, and the receipt as it was sent. `secret` makes the entries' salts; of a batch with an erased entry
it is empty, and `hashes` and `salts` are kept (see `spine.erasing`). Entries `first` to `last` got
positions after `since`, up to `until`, but those that were parked then."""

history = Table(
    "history",
    metadata,
    id_column("centre", key=True),
    number("position", key=True),
    id_column("device"),
    number("number"),
    id_column("author"),
    Column("authority", Integer, nullable=False),
    Column("chained", Boolean, nullable=False),
    octets("facts"),
    octets("bodies"),
    sqlite_with_rowid=False,
)
"""History: every entry that was applied or refused, once, as it came, in stretches of consecutive positions and numbers
(see `spine.history`); `position` and `number` are the first entry's. The server's own entries have device zero and
their position as number; `chained` says whether a device's earlier entries are its ancestors."""

record = Table(
    "record",
    metadata,
    id_column("centre", key=True),
    id_column("id", key=True),
    Column("kind", String(64), nullable=False),
    id_column("parent", optional=True),
    id_column("place", optional=True),
    number("position"),
    number("stretch"),
    octets("heads", optional=True),
    Column("status", String(40)),
    Column("version", Integer, nullable=False),
    Column("conflicts", Integer, nullable=False),
    Column("deleted", Boolean, nullable=False),
    Index("ix_record_position", "centre", "position"),
    Index("ix_record_parent", "centre", "parent"),
    Index("ix_record_kind", "centre", "kind", "status"),
    sqlite_with_rowid=False,
)
Index(
    "ix_record_conflicts",
    *(record.c.centre, record.c.position),
    sqlite_where=record.c.conflicts > 0,
    postgresql_where=record.c.conflicts > 0,
)
record_stretch = Table(
    "record_stretch",
    metadata,
    id_column("centre", key=True),
    id_column("record", key=True),
    number("position", key=True),
    sqlite_with_rowid=False,
)
"""What stands: the feed in order of `position`. `heads` is null while the entry at `position`, in the `stretch` of
history that begins there, holds everything."""

parked = Table(
    "parked",
    metadata,
    id_column("centre", key=True),
    id_column("device", key=True),
    number("number", key=True),
    id_column("record"),
    id_column("author"),
    Column("authority", Integer, nullable=False),
    number("effective"),
    Column("chained", Boolean, nullable=False),
    Column("code", String(64), nullable=False),
    octets("waiting"),
    octets("body"),
    Column("role", String(20), nullable=False, server_default=""),
    Index("ix_parked_waiting", "centre", "waiting"),
)
"""Entries that wait: for a record (its id), a kind (its name), or a person to look at them."""

outcome = Table(
    "outcome",
    metadata,
    id_column("centre", key=True),
    id_column("device", key=True),
    number("number", key=True),
    number("position"),
    Column("outcome", Integer, nullable=False),
    Column("code", String(64)),
    text("fields"),
    Index("ix_outcome_position", "centre", "device", "position"),
)
"""Outcomes that people want to hear of, or that changed; the rest stand in the entry's row."""

quarantine = Table(
    "quarantine",
    metadata,
    id_column("centre", key=True),
    id_column("device", key=True),
    octets("digest", key=True),
    number("sequence"),
    Column("code", String(64), nullable=False),
    octets("packed"),
    number("at"),
    octets("decided", optional=True),
    Index("ix_quarantine_at", "centre", "at"),
)
"""Batches that are kept and not applied: the other branch of an equivocation, and what a locked device hands in. `code`
says why; `decided`, as JSON, what a clerk did about it, and under which signature."""

carried = Table(
    "carried",
    metadata,
    id_column("centre", key=True),
    id_column("device", key=True),
    number("sequence", key=True),
    octets("digest", key=True),
    octets("packed"),
    number("at"),
)
"""Batches that somebody carried in before their forerunners; they wait without a receipt."""

spooled = Table(
    "spooled",
    metadata,
    id_column("centre", key=True),
    id_column("device", key=True),
    number("number", key=True),
    octets("signature"),
    Column("epoch", Integer, nullable=False),
    number("leaf"),
    number("at"),
    sqlite_with_rowid=False,
)
"""Entries that came out of a device's spool, each signed singly and a leaf of its own."""

log_node = Table(
    "log_node",
    metadata,
    id_column("centre", key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    number("place", key=True),
    octets("hash"),
    sqlite_with_rowid=False,
)
"""Every perfect node of each centre's logs, one log an epoch, in the order in which they are completed (see
`merkle.place`): what one batch adds stands side by side."""

checkpoint = Table(
    "checkpoint",
    metadata,
    id_column("centre", key=True),
    number("size", key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    number("time", key=True),
    octets("digest"),
    octets("packed"),
    sqlite_with_rowid=False,
)
"""Every checkpoint that was signed; batches name one by its size and digest."""

cosignature = Table(
    "cosignature",
    metadata,
    id_column("centre", key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    Column("witness", String(200), primary_key=True),
    number("size"),
    text("note"),
    sqlite_with_rowid=False,
)
"""The newest checkpoint of each log that each witness cosigned, as a note with its line."""

photo_file = Table(
    "photo_file",
    metadata,
    id_column("centre", key=True),
    id_column("record", key=True),
    octets("digest", key=True),
    id_column("device", key=True),
    number("size"),
    number("received"),
    octets("receipt"),
    number("erased", optional=True),
)
"""Photo bytes in custody, with the receipt as it was sent. Keyed by device too: knowing a hash is no proof of having
the photo. Of an erased one the row stays, so that its device asks no more, and the bytes are gone."""

erasure = Table(
    "erasure",
    metadata,
    id_column("centre", key=True),
    id_column("record", key=True),
    number("at"),
    id_column("by"),
    text("reason"),
    sqlite_with_rowid=False,
)
"""Records that were erased: nothing is ever kept of them again."""
