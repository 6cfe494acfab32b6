"""未交: what a phone said last that it holds without a receipt, and whether its app is an old one.

A phone says so with every sync: ``left`` of its hello, what it brings, and the photos that it lists. What became of
those in the same request is taken off. Like the time of its last sync it is kept in memory and written once a round.
"""

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, rows
from daiban_server.services import Unsent
from daiban_server.spine.opening import Opened
from daiban_sync import receipt
from daiban_sync.frames import Frame
from daiban_sync.limits import RELEASE
from daiban_sync.wire import Hello

_u = schema.unsent.c
_OF_CENTRE = select(_u.device, _u.entries, _u.photos, _u.at).where(_u.centre == bindparam("centre_id"))
_OURS = re.compile(r"daiban-sdk/(\d+)\.(\d+)")


def said(
    centre: bytes, hello: Hello, brought: Sequence[Opened], answer: Sequence[tuple[int, bytes]], now: int
) -> Unsent | None:
    """What is left on the phone once it has this answer; None where it does not say. Photos that it does not list,
    beyond a thousand, count as records."""
    if hello.left is None:
        return None
    taken = {receipt.unpack(payload).sequence for kind, payload in answer if kind == Frame.RECEIPT}
    waiting = [one.batch.header for one in brought if one.batch.header.sequence not in taken]
    arrived = sum(kind == Frame.PHOTO_RECEIPT for kind, _ in answer)
    entries = hello.left + sum(header.entry_count for header in waiting)
    return Unsent(centre, entries, len(hello.photos) - arrived, now)


def keep(heard: Mapping[bytes, Unsent]) -> Program[None]:
    """Write down what phones said since the last round."""
    made = [(one.centre, device, one.entries, one.photos, one.at) for device, one in heard.items()]
    if made:
        yield Write(schema.unsent, made, "replace")


def of_centre(centre: bytes, heard: Mapping[bytes, Unsent]) -> Program[dict[bytes, Unsent]]:
    """What each phone of a centre said last; `heard` was not written yet."""
    found = yield from rows(_OF_CENTRE, centre_id=centre)
    return {**{device: Unsent(centre, *said) for device, *said in found}, **heard}


def is_old(client: str) -> bool:
    """Whether a phone's app is older than this server; another maker's app is not ours to judge."""
    found = _OURS.match(client)
    return found is not None and tuple(map(int, found.groups())) < tuple(map(int, RELEASE.split(".")))
