"""The phones of somebody who left: they may still hand in what they have, until they have said that nothing is left.

Whether anything is left only the phone knows: that it was heard of, or came through to the end of a pull, says nothing.
It says so in ``left`` of its hello, and takes it back by saying otherwise.
"""

from collections.abc import Sequence

from sqlalchemy import bindparam, select, update

from daiban_server.db import schema
from daiban_server.db.program import Program, first, run
from daiban_sync.wire import Hello, PhotoWanted

LEAVERS = frozenset({"leaving", "handed_in"})
"""States of a phone whose person left: it holds something still, for all that is known; it said that nothing is
left."""

_d, _f = schema.device.c, schema.photo_file.c
_SAID = (
    update(schema.device)
    .where(_d.id == bindparam("device_id"), (_d.state == "leaving") | (_d.state == "handed_in"))
    .values(state=bindparam("said"), synced_at=bindparam("now"))
)
_PHOTO = select(_f.receipt).where(
    _f.centre == bindparam("centre_id"),
    _f.record == bindparam("record_id"),
    _f.digest == bindparam("sha256"),
    _f.device == bindparam("device_id"),
)


def hear(centre: bytes, device: bytes, hello: Hello, problems: Sequence[object], now: int) -> Program[None]:
    """Keep what a leaver's phone says of itself, after what came with it was taken in. `problems` are of the batches
    that were not."""
    empty = hello.left == 0 and not problems and (yield from _have(centre, device, hello.photos))
    yield from run(_SAID, device_id=device, said="handed_in" if empty else "leaving", now=now)


def _have(centre: bytes, device: bytes, photos: Sequence[PhotoWanted]) -> Program[bool]:
    for photo in photos:
        named = {"record_id": bytes.fromhex(photo.record), "sha256": bytes.fromhex(photo.sha256)}
        if (yield from first(_PHOTO, centre_id=centre, device_id=device, **named)) is None:
            return False
    return True
