"""Entries that came out of a phone's spool: signed singly, each a leaf of the log by itself."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, first, rows
from daiban_server.evidence.devices import Known
from daiban_server.evidence.logs import path_of
from daiban_server.keystore import ServerKeys
from daiban_server.spine import history
from daiban_server.spine.history import Stored
from daiban_server.spine.refusal import Refusal
from daiban_sync import dsse, new_key
from daiban_sync.evidence.document import Envelope, Spooled, signed
from daiban_sync.keys import key_id
from daiban_sync.spooled import Spooled as Save

_s, _h = schema.spooled.c, schema.history.c
_SPOOLED = select(_s.signature, _s.epoch, _s.leaf).where(
    _s.centre == bindparam("centre_id"), _s.device == bindparam("device_id"), _s.number == bindparam("entry_number")
)
_BY_NUMBER = select(*(_h[name] for name in history.COLUMNS)).where(
    _h.centre == bindparam("centre_id"),
    _h.device == bindparam("device_id"),
    _h.number > bindparam("first_number") - history.LONGEST,
    _h.number <= bindparam("last_number"),
)


class Leaf(NamedTuple):
    """An entry with its signature and its place in the log."""

    entry: Stored
    signature: bytes
    epoch: int
    leaf: int


def leaves(centre: bytes, entries: Sequence[Stored]) -> Program[list[Leaf]]:
    """Where these entries stand in the log. Raises `Refusal("evidence.incomplete")` for one that is signed nowhere."""
    found = []
    for one in entries:
        row = yield from first(_SPOOLED, centre_id=centre, device_id=one.device, entry_number=one.number)
        if row is None:
            raise Refusal("evidence.incomplete")
        found.append(Leaf(one, *row))
    return found


def shown(leaf: Leaf, centre: bytes, keys: ServerKeys, known: Known, sizes: dict[int, int]) -> Program[Spooled]:
    """It as the file has it; `sizes` are those of the logs by epoch."""
    one = leaf.entry
    path = yield from path_of(centre, leaf.epoch, leaf.leaf, sizes[leaf.epoch])
    return Spooled(_envelope(leaf, centre, keys, known), one.body.decode(), leaf.epoch, leaf.leaf, path)


def _envelope(leaf: Leaf, centre: bytes, keys: ServerKeys, known: Known) -> Envelope:
    one = leaf.entry
    payload = Save(keys.origin, centre, one.device, one.number, one.body).payload
    signer = new_key.key_of(one.number, known.former, known.present)
    return signed(dsse.SPOOLED, payload, leaf.signature, key_id(signer))


def bodies(numbers: range, centre_id: bytes, device_id: bytes) -> Program[list[tuple[int, bytes]]]:
    """Entries of a device by number, wherever they stand in history. It goes through all of that, having no index."""
    scope = {"centre_id": centre_id, "device_id": device_id}
    found = yield from rows(_BY_NUMBER, **scope, first_number=numbers[0], last_number=numbers[-1])
    entries = (one for row in found for one in history.entries_of(history.opened(row)))
    return [(one.number, one.body) for one in entries if one.number in numbers]
