"""Where a device's chain of batches ends, as the database has it."""

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, first
from daiban_sync.chain import Chain

_c = schema.chain.c
_END = select(_c.sequence, _c.digest, _c.number).where(
    _c.centre == bindparam("centre_id"), _c.device == bindparam("device_id")
)


def end(centre: bytes, device: bytes) -> Program[Chain]:
    """The end of a device's chain for a centre."""
    row = yield from first(_END, centre_id=centre, device_id=device)
    return Chain(*row) if row else Chain()


def extended(centre: bytes, device: bytes, chain: Chain, now: int) -> Write:
    """What is to be written so that the chain ends here; `now` is in Unix milliseconds."""
    return Write(schema.chain, [(centre, device, *chain, now)], "replace")
