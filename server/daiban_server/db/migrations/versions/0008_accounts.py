"""Accounts: sessions with stages, first passwords, second factors, passkeys, failed tries, links to a provider

Everybody signs in anew after it: a session of before knows neither its stage nor its role.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _id(name: str) -> "sa.Column[bytes]":
    return sa.Column(name, sa.LargeBinary(length=16), nullable=False)


def _number(name: str, *, nullable: bool = False) -> "sa.Column[int]":
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=nullable)


def _octets(name: str, *, nullable: bool = False) -> "sa.Column[bytes]":
    return sa.Column(name, sa.LargeBinary(), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> "sa.Column[str]":
    return sa.Column(name, sa.Text(), nullable=nullable)


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["person"], ["person.id"], name=op.f(f"fk_{table}_person"))


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def upgrade() -> None:
    _sessions()
    _factors()
    op.create_table(
        "failure",
        _octets("digest"),
        sa.Column("count", sa.Integer(), nullable=False),
        _number("since"),
        _key("failure", "digest"),
    )
    op.create_table(
        "oidc_link",
        *(_text("issuer"), _id("person"), _text("subject", nullable=True), _id("by")),
        *(_number("until", nullable=True), _number("at", nullable=True)),
        _of_person("oidc_link"),
        _key("oidc_link", "issuer", "person"),
        sa.UniqueConstraint("issuer", "subject", name="uq_oidc_link_issuer_subject"),
    )
    op.create_table(
        "account_event",
        *(_id("id"), _id("person"), _id("by")),
        sa.Column("code", sa.String(length=40), nullable=False),
        _number("at"),
        _key("account_event", "id"),
    )
    op.create_index("ix_account_event_person", "account_event", ["person", "at"])


def _sessions() -> None:
    op.drop_table("session")
    op.create_table(
        "session",
        *(_octets("digest"), _id("id"), _id("person"), _text("csrf")),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("stage", sa.String(length=10), nullable=False),
        sa.Column("second", sa.Boolean(), nullable=False),
        sa.Column("door", sa.String(length=10), nullable=False),
        _text("browser"),
        *(_number(name) for name in ("created", "proved", "seen", "expires")),
        _of_person("session"),
        _key("session", "digest"),
    )
    op.create_index("ix_session_person", "session", ["person"])
    op.create_table(
        "first_password",
        *(_id("person"), _id("by"), _number("at")),
        _of_person("first_password"),
        _key("first_password", "person"),
    )


def _factors() -> None:
    op.create_table(
        "second_factor",
        *(_id("person"), _octets("secret", nullable=True), _number("step"), _number("since", nullable=True)),
        *(_octets("pending", nullable=True), _number("pending_until", nullable=True)),
        _of_person("second_factor"),
        _key("second_factor", "person"),
    )
    op.create_table(
        "recovery_code",
        *(_id("person"), _octets("digest"), _number("used", nullable=True)),
        _of_person("recovery_code"),
        _key("recovery_code", "person", "digest"),
    )
    op.create_table(
        "passkey",
        *(_octets("id"), _id("person"), _octets("key"), _number("count"), _text("name")),
        *(_number("made"), _number("used", nullable=True)),
        _of_person("passkey"),
        _key("passkey", "id"),
    )
    op.create_index("ix_passkey_person", "passkey", ["person"])
    op.create_table(
        "challenge",
        *(_id("person"), _octets("digest"), _text("purpose"), _number("expires")),
        _of_person("challenge"),
        _key("challenge", "person", "digest"),
    )
