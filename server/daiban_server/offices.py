"""How a centre can be reached, as its papers and boards say it."""

from typing import Annotated

import msgspec
from msgspec import Meta
from sqlalchemy import bindparam, select

from daiban_server.db import schema, setting
from daiban_server.db.program import Program, first

_c = schema.centre.c
_NAME = select(_c.name).where(_c.id == bindparam("centre_id"))
KEY = "office "
"""Before a centre's id: the name of the setting."""

PHONE_LENGTH = 30
"""Characters of a telephone number."""


class Reached(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`supervision` is the telephone for complaints (监督举报电话), `hours` when somebody is there."""

    phone: Annotated[str, Meta(max_length=PHONE_LENGTH)] = ""
    address: Annotated[str, Meta(max_length=100)] = ""
    supervision: Annotated[str, Meta(max_length=PHONE_LENGTH)] = ""
    hours: Annotated[str, Meta(max_length=60)] = ""


def name_of(centre: bytes) -> Program[str]:
    """The centre's name."""
    row = yield from first(_NAME, centre_id=centre)
    return str(row[0]) if row else ""


def reached(centre: bytes) -> Program[Reached]:
    """How it can be reached."""
    held = yield from setting.held(_key(centre))
    return msgspec.json.decode(held, type=Reached) if held else Reached()


def keep(centre: bytes, how: Reached) -> Program[None]:
    """Say how it can be reached."""
    yield from setting.hold(_key(centre), msgspec.json.encode(how).decode())


def _key(centre: bytes) -> str:
    return f"{KEY}{centre.hex()}"
