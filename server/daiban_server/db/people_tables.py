"""People, places and devices."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from daiban_server.db.columns import id_column, metadata, number, octets, text

centre = Table("centre", metadata, id_column("id", key=True), text("name"), text("code"))

place = Table(
    "place",
    metadata,
    id_column("id", key=True),
    id_column("centre", ForeignKey("centre.id")),
    id_column("under", optional=True),
    Column("type", String(20), nullable=False),
    text("name"),
    Column("lon", Integer),
    Column("lat", Integer),
    Index("ix_place_centre", "centre"),
)
"""Points in WGS-84, millionths of a degree."""

person = Table(
    "person",
    metadata,
    id_column("id", key=True),
    id_column("centre"),
    text("name"),
    text("phone"),
    text("badge"),
    Column("role", String(20), nullable=False),
    Column("login", String(64), unique=True),
    text("password", optional=True),
    Column("active", Boolean, nullable=False),
    Index("ix_person_centre", "centre"),
)

territory = Table(
    "territory",
    metadata,
    id_column("person", ForeignKey("person.id"), key=True),
    id_column("place", key=True),
    Column("rank", String(1), nullable=False),
    Index("ix_territory_place", "place"),
)
"""Whose place this is: `rank` A answers for it, B stands in."""

assignment = Table(
    "assignment",
    metadata,
    id_column("centre", key=True),
    number("position", key=True),
    id_column("person"),
    id_column("place"),
    Column("held", Boolean, nullable=False),
    number("at"),
    Index("ix_assignment_person", "person", "position"),
    sqlite_with_rowid=False,
)
"""When somebody got a place, or gave it up, by position in the centre's feed: his devices take in or let go what
belongs to it."""

departure = Table(
    "departure",
    metadata,
    id_column("centre", key=True),
    number("position", key=True),
    id_column("record"),
    id_column("place"),
    number("at"),
    Index("ix_departure_record", "centre", "record"),
    sqlite_with_rowid=False,
)
"""Records that moved away from a place: whoever answers for that place alone lets them go."""

device = Table(
    "device",
    metadata,
    id_column("id", key=True),
    id_column("centre"),
    id_column("person"),
    text("name"),
    Column("key", LargeBinary(32), nullable=False),
    Column("state", String(20), nullable=False),
    number("enrolled_at"),
    number("approved_at", optional=True),
    id_column("approved_by", optional=True),
    number("synced_at", optional=True),
    number("clock_offset", optional=True),
    text("client"),
    octets("former", optional=True),
    Index("ix_device_centre", "centre"),
    Index("ix_device_key", "key"),
)
"""`state` is ``pending``, ``active``, ``suspended`` (missing, perhaps lost), ``leaving`` (of somebody who left: it
hands in what it has), ``handed_in`` (and said that nothing is left), ``frozen``, ``revoked``, ``rejected``, or ``desk``
for a centre's own key. `former` are the keys that it had before, see `spine.keys`."""

device_act = Table(
    "device_act",
    metadata,
    id_column("centre", key=True),
    id_column("device", key=True),
    number("at", key=True),
    Column("act", String(20), primary_key=True),
    id_column("by", optional=True),
    text("reason"),
    octets("key"),
    number("sequence"),
    number("reported_at"),
    number("lost_at", optional=True),
)
"""What was done with a device: ``suspend``, ``revoke``, … and by whom (null: the server itself). `key` is the one that
it had then and `sequence` its last batch that had a receipt; whoever is shown a batch later can tell on which side of
the act it lies. `reported_at` is when somebody told, `lost_at` since when it is said to be missing."""

enrolment_code = Table(
    "enrolment_code",
    metadata,
    octets("digest", key=True),
    id_column("centre"),
    id_column("person"),
    id_column("issued_by"),
    number("expires"),
    id_column("device", optional=True),
)
"""One-time codes by the SHA-256 of their secret; `device` says who used it."""

enrolment_proof = Table(
    "enrolment_proof",
    metadata,
    id_column("device", key=True),
    octets("envelope"),
    sqlite_with_rowid=False,
)
"""The request by which a device proved that it holds its key, DSSE JSON as it came: it goes into evidence. Devices that
enrolled with an earlier version have none."""
