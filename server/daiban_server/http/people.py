"""Names of people, for whoever shows them."""

from collections.abc import Iterable

from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program

SYSTEM = "系统"


def names_of(people: Iterable[str]) -> Program[dict[str, str]]:
    """Names by person id in hexadecimal; the server itself is 系统."""
    wanted = [(bytes.fromhex(person),) for person in people]
    found = yield Lookup(schema.person, ("id",), ("id", "name"), wanted)
    return {"0" * 32: SYSTEM, **{id_.hex(): name for id_, name in found}}
