"""How people show who they are: sessions, passwords that must be changed, second factors, passkeys, failed tries."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from daiban_server.db.columns import id_column, metadata, number, octets, text

session = Table(
    "session",
    metadata,
    octets("digest", key=True),
    id_column("id"),
    id_column("person", ForeignKey("person.id")),
    text("csrf"),
    Column("role", String(20), nullable=False),
    Column("stage", String(10), nullable=False),
    Column("second", Boolean, nullable=False),
    Column("door", String(10), nullable=False),
    text("browser"),
    number("created"),
    number("proved"),
    number("seen"),
    number("expires"),
    Index("ix_session_person", "person"),
)
"""Sessions by the SHA-256 of their cookie; `id` names one to its owner. `stage` is ``full``, or what is still owed:
``second``, ``change``, ``enrol``. `second` says whether a second factor was given, `door` whether he came by
``password`` or ``oidc``, `proved` when he last showed that it is he, `role` what he was when he signed in."""

first_password = Table(
    "first_password", metadata, id_column("person", ForeignKey("person.id"), key=True), id_column("by"), number("at")
)
"""Whose password somebody else knows, and who set it: it must be changed before anything else."""

second_factor = Table(
    "second_factor",
    metadata,
    id_column("person", ForeignKey("person.id"), key=True),
    octets("secret", optional=True),
    number("step"),
    number("since", optional=True),
    octets("pending", optional=True),
    number("pending_until", optional=True),
)
"""Secrets of time-based codes, sealed (see `accounts/totp.py`); `step` is the last one whose code was taken.
A `pending` secret has not been confirmed by a code yet."""

recovery_code = Table(
    "recovery_code",
    metadata,
    id_column("person", ForeignKey("person.id"), key=True),
    octets("digest", key=True),
    number("used", optional=True),
)

passkey = Table(
    "passkey",
    metadata,
    octets("id", key=True),
    id_column("person", ForeignKey("person.id")),
    octets("key"),
    number("count"),
    text("name"),
    number("made"),
    number("used", optional=True),
    Index("ix_passkey_person", "person"),
)
"""Credentials by their id; `key` is the public key as COSE, `count` the last signature counter."""

challenge = Table(
    "challenge",
    metadata,
    id_column("person", ForeignKey("person.id"), key=True),
    octets("digest", key=True),
    text("purpose"),
    number("expires"),
)
"""Challenges that a passkey may still answer, once each."""

failure = Table(
    "failure", metadata, octets("digest", key=True), Column("count", Integer, nullable=False), number("since")
)
"""Failed tries, by the SHA-256 of what was tried on (see `accounts/lockout.py`)."""

oidc_link = Table(
    "oidc_link",
    metadata,
    text("issuer", key=True),
    id_column("person", ForeignKey("person.id"), key=True),
    text("subject", optional=True),
    id_column("by"),
    number("until", optional=True),
    number("at", optional=True),
    UniqueConstraint("issuer", "subject", name="uq_oidc_link_issuer_subject"),
)
"""Who somebody is at a sign-in provider. Without a `subject` it is a head's leave to link, good `until` then."""

account_event = Table(
    "account_event",
    metadata,
    id_column("id", key=True),
    id_column("person"),
    id_column("by"),
    Column("code", String(40), nullable=False),
    number("at"),
    Index("ix_account_event_person", "person", "at"),
)
"""What was done to an account, and by whom."""
