"""Batches as they were signed, made anew from what is kept: header, hashes of all entries, salts of those shown.

A batch's hashes are not stored, its secret and its entries are; so the entries of others in the batch are read, hashed
and forgotten. Nothing of them goes into the file, and neither does the secret.
"""

import contextlib
import hashlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Row, first, rows
from daiban_server.evidence import spooled
from daiban_server.evidence.devices import Known
from daiban_server.spine import history
from daiban_server.spine.history import Stored
from daiban_server.spine.refusal import Refusal
from daiban_sync import batch, dsse, new_key, receipt
from daiban_sync.batch import Header
from daiban_sync.errors import SignatureError
from daiban_sync.evidence.document import Disclosed, Envelope, signed
from daiban_sync.keys import key_id
from daiban_sync.receipt import Receipt

_v, _h, _p, _o = schema.envelope.c, schema.history.c, schema.parked.c, schema.outcome.c
_OF_ENTRY = select(schema.envelope).where(
    _v.centre == bindparam("centre_id"),
    _v.device == bindparam("device_id"),
    _v.first <= bindparam("entry_number"),
    _v.last >= bindparam("entry_number"),
)
_APPLIED = select(*(_h[name] for name in history.COLUMNS)).where(
    _h.centre == bindparam("centre_id"),
    _h.position > bindparam("since"),
    _h.position <= bindparam("until"),
    _h.device == bindparam("device_id"),
)
_PARKED = select(_p.number, _p.body).where(
    _p.centre == bindparam("centre_id"),
    _p.device == bindparam("device_id"),
    _p.number >= bindparam("first_number"),
    _p.number <= bindparam("last_number"),
)
_LATER = select(_o.number, _o.position).where(
    _o.centre == bindparam("centre_id"),
    _o.device == bindparam("device_id"),
    _o.number >= bindparam("first_number"),
    _o.number <= bindparam("last_number"),
)
_AT = {column.name: place for place, column in enumerate(schema.envelope.columns)}


class Rebuilt(NamedTuple):
    """A batch ready for the file, but for its audit path and the checkpoint that it names."""

    header: Header
    envelope: Envelope
    entries: tuple[Disclosed, ...]
    receipt: Receipt
    signed_receipt: Envelope
    payload: bytes


def of_entries(entries: Sequence[Stored], centre: bytes) -> Program[tuple[list[Row], list[Stored]]]:
    """The rows of the batches that these entries came in, once each, and the entries that came in none; `entries` in
    order of device and number."""
    found: list[Row] = []
    alone: list[Stored] = []
    for one in entries:
        if found and found[-1][_AT["device"]] == one.device and one.number <= found[-1][_AT["last"]]:
            continue
        row = yield from first(_OF_ENTRY, centre_id=centre, device_id=one.device, entry_number=one.number)
        if row is None:
            alone.append(one)
        else:
            found.append(row)
    return found, alone


def salts_of(row: Row) -> list[bytes]:
    """The salts of all entries of a batch, from its `envelope` row: of one with an erased entry they are kept (see
    `spine.erasing`), and the erased entry's is gone."""
    count = row[_AT["last"]] - row[_AT["first"]] + 1
    salted = row[_AT["salts"]] or batch.salts(row[_AT["secret"]], count)
    return [salted[at : at + batch.SALT_BYTES] for at in range(0, len(salted), batch.SALT_BYTES)]


def rebuilt(row: Row, shown: Iterable[Stored], known: Known, desk: Iterable[bytes]) -> Program[Rebuilt]:
    """A batch as its device signed it, showing those of its entries; `desk` are the keys that a desk may have had.
    Raises `Refusal("evidence.incomplete")` where what is kept does not make up what was signed."""
    salts, start = salts_of(row), row[_AT["first"]]
    hashed = row[_AT["hashes"]]
    if hashed is None:
        bodies = yield from _bodies(row)
        if len(bodies) != len(salts):
            raise Refusal("evidence.incomplete")
        hashed = b"".join(batch.entry_hash(salt, bodies[start + i]) for i, salt in enumerate(salts))
    payload = row[_AT["header"]] + hashed
    if hashlib.sha256(payload).digest() != row[_AT["digest"]]:
        raise Refusal("evidence.incomplete")
    header, _ = batch.read_payload(payload)
    held = receipt.unpack(row[_AT["receipt"]])
    said = receipt.payload(header, row[_AT["digest"]], held.leaf, held.bounds, held.epoch)
    return Rebuilt(
        header,
        signed(dsse.BATCH, payload, row[_AT["signature"]], key_id(_signer(header, payload, row, known, desk))),
        tuple(_disclosed(one, start, salts) for one in shown if start <= one.number <= row[_AT["last"]]),
        held,
        signed(dsse.RECEIPT, said, held.signature, held.key),
        payload,
    )


def _signer(header: Header, payload: bytes, row: Row, known: Known, desk: Iterable[bytes]) -> bytes:
    """The key that signed: a phone's of that sequence; of a desk, whose key may have been replaced, the one that
    fits."""
    if known.device.vouched is not None:
        return new_key.key_at(header.sequence, known.former, known.present)
    for key in desk:
        with contextlib.suppress(SignatureError):
            dsse.check(key, dsse.BATCH, payload, row[_AT["signature"]], "evidence.incomplete")
            return key
    raise Refusal("evidence.incomplete")


def _disclosed(one: Stored, start: int, salts: Sequence[bytes]) -> Disclosed:
    return Disclosed(one.number - start, salts[one.number - start], one.body.decode())


def _bodies(row: Row) -> Program[dict[int, bytes]]:
    """The bytes of all entries of a batch by number: applied at once, waiting, or applied later."""
    scope = {"centre_id": row[_AT["centre"]], "device_id": row[_AT["device"]]}
    span = {"first_number": row[_AT["first"]], "last_number": row[_AT["last"]]}
    numbers = range(span["first_number"], span["last_number"] + 1)
    found = yield from _applied(numbers, since=row[_AT["since"]], until=row[_AT["until"]], **scope)
    if len(found) < len(numbers):
        found |= dict((yield from rows(_PARKED, **scope, **span)))
    if len(found) < len(numbers):
        # Out of the phone's spool, before the batch came.
        found |= dict((yield from spooled.bodies(numbers, **scope)))
    if len(found) < len(numbers):
        later = [at for number, at in (yield from rows(_LATER, **scope, **span)) if number not in found]
        found |= yield from _applied(numbers, since=row[_AT["until"]], until=max(later, default=0), **scope)
    return found


def _applied(numbers: range, **scope: object) -> Program[dict[int, bytes]]:
    stretches = map(history.opened, (yield from rows(_APPLIED, **scope)))
    entries = (one for stretch in stretches for one in history.entries_of(stretch))
    return {one.number: one.body for one in entries if one.number in numbers}
