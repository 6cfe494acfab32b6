"""What a clerk adopted out of quarantine: the batch as its device signed it, and the clerk's own signature."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Program, Row, first
from daiban_server.evidence.devices import Known
from daiban_server.keystore import ServerKeys
from daiban_server.spine.history import Stored
from daiban_server.spine.quarantine import OUT_OF_SPOOL
from daiban_sync import adoption, batch, dsse, new_key, spooled
from daiban_sync.batch import Batch
from daiban_sync.evidence.document import Adopted, AdoptedSaves, Assertion, Disclosed, Save, signed
from daiban_sync.evidence.statements import Owned, state
from daiban_sync.keys import key_id

_q = schema.quarantine.c
_DECIDED = select(_q.packed, _q.decided, _q.sequence).where(
    _q.centre == bindparam("centre_id"), _q.device == bindparam("device_id"), _q.digest == bindparam("batch_digest")
)
_NAME = select(schema.person.c.name).where(schema.person.c.id == bindparam("person_id"))


class Decision(NamedTuple):
    """What lay in quarantine of which the case has something, by number, and what was decided about it, as
    `features.devices.adopting` keeps it. `packed` is as `spine.quarantine` has it."""

    device: bytes
    digest: bytes
    sequence: int
    packed: bytes
    own: tuple[int, ...]
    decided: Mapping[str, Any]
    name: str

    @property
    def of_spool(self) -> bool:
        """Whether it is of saves that came out of a spool, and not of a batch."""
        return self.sequence == OUT_OF_SPOOL


def decisions(centre: bytes, entries: Iterable[Stored], desk: bytes) -> Program[list[Decision]]:
    """Of the entries that say that they were adopted, what is still kept of that: a decision of before there were
    passkeys has no signature, and of an erased record the batch is gone: the file rests on the centre's word for those,
    and says so."""
    named: dict[tuple[bytes, bytes], list[int]] = {}
    for one in entries:
        if one.device == desk and (place := _place(adoption.adopted_by(one.body))):
            device, digest, number = place
            named.setdefault((device, digest), []).append(number)
    found = []
    for (device, digest), own in sorted(named.items()):
        row = yield from first(_DECIDED, centre_id=centre, device_id=device, batch_digest=digest)
        decided = msgspec.json.decode(row[1]) if row and row[1] else {}
        if row is None or not decided.get("signature") or _emptied(row, digest):
            continue
        person = yield from first(_NAME, person_id=bytes.fromhex(decided["by"]))
        name = person[0] if person else ""
        found.append(Decision(device, digest, row[2], bytes(row[0]), tuple(sorted(own)), decided, name))
    return found


def _emptied(row: Row, digest: bytes) -> bool:
    """Whether it came after a record of it was erased, and so is no more what was signed (`spine.erased`)."""
    return row[2] != OUT_OF_SPOOL and batch.unpack(row[0]).digest != digest


def _place(repeats: str) -> tuple[bytes, bytes, int] | None:
    device, _, rest = repeats.partition("/")
    digest, _, number = rest.partition("/")
    try:
        return bytes.fromhex(device), bytes.fromhex(digest), int(number)
    except ValueError:
        return None


def shown(one: Decision, centre: bytes, keys: ServerKeys, known: Known, now: int) -> Adopted:
    """A decision on a batch as the file has it."""
    held = batch.unpack(one.packed)
    signer = new_key.key_at(held.header.sequence, known.former, known.present)
    return Adopted(
        signed(dsse.BATCH, held.payload, held.signature, key_id(signer)),
        tuple(one.decided["numbers"]),
        _disclosed(held, one.own),
        _assertion(one, centre, keys, now),
    )


def shown_saves(one: Decision, centre: bytes, keys: ServerKeys, known: Known, now: int) -> AdoptedSaves:
    """A decision on saves as the file has it: the case's own, each as its phone signed it."""
    opened = map(spooled.open_one, spooled.split(one.packed))
    saves = {save.spooled.number: save for save in opened if save.spooled.number in one.own}
    return AdoptedSaves(
        one.device.hex(),
        one.digest.hex(),
        tuple(one.decided["numbers"]),
        tuple(_save(saves[number], known) for number in one.own),
        _assertion(one, centre, keys, now),
    )


def _save(one: spooled.Signed, known: Known) -> Save:
    signer = new_key.key_of(one.spooled.number, known.former, known.present)
    envelope = signed(dsse.SPOOLED, one.spooled.payload, one.signature, key_id(signer))
    return Save(envelope, one.spooled.entry.decode())


def _disclosed(held: Batch, own: Sequence[int]) -> tuple[Disclosed, ...]:
    salts, size = batch.salts(held.secret, len(held.entries)), batch.SALT_BYTES
    indexes = [number - held.header.first for number in own]
    return tuple(Disclosed(i, salts[size * i : size * (i + 1)], held.entries[i].decode()) for i in indexes)


def _assertion(one: Decision, centre: bytes, keys: ServerKeys, now: int) -> Assertion:
    kept = {name: bytes.fromhex(part) for name, part in one.decided["signature"].items()}
    ids = (keys.origin.hex(), centre.hex(), one.decided["by"], one.name)
    # On which page it was asked for was checked then; the server's address may be another today.
    page = json.loads(kept["client_data"])["origin"]
    owned = Owned(*ids, kept["credential"].hex(), kept["key"].hex(), page, now)
    return Assertion(**kept, vouched=state(keys.receipt, owned))
