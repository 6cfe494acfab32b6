"""Who was shown what, and why."""

from sqlalchemy import Column, Index, String, Table

from daiban_server.db.columns import id_column, metadata, number, octets, text

audit = Table(
    "audit",
    metadata,
    id_column("centre", key=True),
    number("number", key=True),
    number("at"),
    id_column("person"),
    Column("act", String(40), nullable=False),
    id_column("subject"),
    text("told"),
    text("reason"),
    octets("digest"),
    Index("ix_audit_at", "at"),
    Index("ix_audit_person", "centre", "person", "act", "at"),
    sqlite_with_rowid=False,
)
"""Acts that somebody else may ask about, numbered from 1 in each centre; nothing changes or deletes a row. `told` says
in words what it was done with, without any value; `digest` covers the row and the one before it."""

audit_end = Table(
    "audit_end",
    metadata,
    id_column("centre", key=True),
    number("number"),
    octets("digest"),
    sqlite_with_rowid=False,
)
"""Where a centre's audit ends: its lock, and what shows that rows were cut from the end."""
