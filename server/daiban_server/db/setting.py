"""The table of settings: a text by its name, of the whole installation, of a centre or of a person."""

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first

_s = schema.setting.c
_HELD = select(_s.value).where(_s.name == bindparam("setting_name"))


def held(name: str) -> Program[str | None]:
    """What is held under a name; None for nothing."""
    row = yield from first(_HELD, setting_name=name)
    return row[0] if row else None


def hold(name: str, value: str) -> Program[None]:
    """Hold it, whatever was held before."""
    yield Write(schema.setting, [(name, value)], "replace")
