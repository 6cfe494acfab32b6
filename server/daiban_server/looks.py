"""Looking through a centre once a day: which centres were not looked at yet, by a stamp that changes with the day."""

from collections.abc import Iterable

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first

_LOOKED = select(schema.setting.c.value).where(schema.setting.c.name == bindparam("setting_name"))


def waiting(what: str, centres: Iterable[bytes], stamp: str) -> Program[list[bytes]]:
    """Those of `centres` that were not looked at since the stamp was another. `what` names the kind of look."""
    found = []
    for centre in centres:
        row = yield from first(_LOOKED, setting_name=_name(what, centre))
        if row is None or row[0] != stamp:
            found.append(centre)
    return found


def looked(what: str, centre: bytes, stamp: str) -> Program[None]:
    """A centre was looked through; with an empty stamp it is to be looked at again."""
    yield Write(schema.setting, [(_name(what, centre), stamp)], "replace")


def _name(what: str, centre: bytes) -> str:
    return f"{what} {centre.hex()}"
