"""How far something follows a centre's positions that is brought up to date behind its writers."""

from daiban_server.db import setting
from daiban_server.db.program import Program


def reached(what: str, centre: bytes) -> Program[int]:
    """The last position that was followed; 0 before the first. `what` names what follows."""
    return int((yield from setting.held(_name(what, centre))) or 0)


def reach(what: str, centre: bytes, position: int) -> Program[None]:
    """It has followed to here."""
    yield from setting.hold(_name(what, centre), str(position))


def _name(what: str, centre: bytes) -> str:
    return f"{what} {centre.hex()}"
