"""Looking through a centre once a day: which centres were not looked at yet, by a stamp that changes with the day."""

from collections.abc import Iterable

from daiban_server.db import setting
from daiban_server.db.program import Program


def waiting(what: str, centres: Iterable[bytes], stamp: str) -> Program[list[bytes]]:
    """Those of `centres` that were not looked at since the stamp was another. `what` names the kind of look."""
    found = []
    for centre in centres:
        if (yield from setting.held(_name(what, centre))) != stamp:
            found.append(centre)
    return found


def looked(what: str, centre: bytes, stamp: str) -> Program[None]:
    """A centre was looked through; with an empty stamp it is to be looked at again."""
    yield from setting.hold(_name(what, centre), stamp)


def _name(what: str, centre: bytes) -> str:
    return f"{what} {centre.hex()}"
