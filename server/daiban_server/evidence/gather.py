"""Putting a case's file together, on one snapshot of the database."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec
from sqlalchemy import bindparam, select

from daiban_schemas import mandate
from daiban_schemas.kinds import KINDS
from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, first, rows
from daiban_server.evidence import adopted, spooled
from daiban_server.evidence.batches import Rebuilt, of_entries, rebuilt
from daiban_server.evidence.devices import devices_of
from daiban_server.evidence.entries import Own, own_of
from daiban_server.evidence.logs import Ends, logs_of, named_by, path_of
from daiban_server.evidence.pictures import NONE, Picture
from daiban_server.keystore import ServerKeys
from daiban_server.spine.history import Stored
from daiban_sync import dsse, keyring, receipt
from daiban_sync.evidence.custody import told
from daiban_sync.evidence.document import FORMAT, Batch, Document, Envelope, Photo, Text, contents, reshaped, signed
from daiban_sync.evidence.statements import Became, Stated, state
from daiban_sync.outcome import OUTCOMES

_f, _s, _o = schema.photo_file.c, schema.case_sheet.c, schema.outcome.c
_PHOTOS = (
    select(_f.record, _f.digest, _f.device, _f.receipt)
    .where(_f.centre == bindparam("centre_id"), _f.record == bindparam("record_id"))
    .order_by(_f.digest, _f.device)
)
_SHEET = select(_s.number, _s.item_name).where(_s.centre == bindparam("centre_id"), _s.id == bindparam("case_id"))
_CENTRE = select(schema.centre.c.name).where(schema.centre.c.id == bindparam("centre_id"))
_CODE = select(_o.code).where(
    _o.centre == bindparam("centre_id"), _o.device == bindparam("device_id"), _o.number == bindparam("entry_number")
)


class Asking(NamedTuple):
    """Who asks for the file, and when (Unix milliseconds)."""

    centre: bytes
    person: bytes
    now: int


class Gathered(NamedTuple):
    """A file that nobody has signed for yet, and what the server will say of it."""

    document: Document
    stated: Stated


def gather(asking: Asking, case: bytes, keys: ServerKeys) -> Program[Gathered]:
    """Everything of a case but photos' bytes. Raises `Refusal`: ``record.unknown``, or ``evidence.incomplete`` where
    what is kept does not make up what was signed."""
    centre, own = asking.centre, (yield from own_of(asking.centre, case))
    envelopes, alone = yield from of_entries(own.entries, centre)
    leaves = yield from spooled.leaves(centre, alone)
    decisions = yield from adopted.decisions(centre, own.entries, keys.desk_device(centre))
    signers = {row[1] for row in envelopes} | {one.entry.device for one in leaves}
    signers |= {one.device for one in decisions}
    devices = yield from devices_of(centre, signers, keys, asking.now)
    batches: list[Rebuilt] = []
    for row in envelopes:
        shown = [one for one in own.entries if one.device == row[1]]
        batches.append((yield from rebuilt(row, shown, devices[row[1]], _desk_keys(keys, centre))))
    epochs = {one.receipt.epoch for one in batches} | {one.epoch for one in leaves}
    ends = yield from logs_of(centre, keys.origin, keys.root_key, epochs)
    saves = []
    for leaf in leaves:
        saves.append((yield from spooled.shown(leaf, centre, keys, devices[leaf.entry.device], ends.sizes)))
    document = Document(
        FORMAT,
        keys.origin.hex(),
        centre.hex(),
        case.hex(),
        (_keyring(keys),),
        tuple(known.device for known in devices.values()),
        ends.logs,
        (yield from _batches(centre, keys, batches, ends)),
        (yield from _photos(centre, keys, own)),
        tuple(_texts(own.entries)),
        (),
        tuple(saves),
        tuple(
            adopted.shown(one, centre, keys, devices[one.device], asking.now) for one in decisions if not one.of_spool
        ),
        tuple(
            adopted.shown_saves(one, centre, keys, devices[one.device], asking.now) for one in decisions if one.of_spool
        ),
    )
    apart = {one.position for one in alone}
    own = own._replace(entries=[*(one for one in own.entries if one.position not in apart), *alone])
    return Gathered(document, (yield from _stated(asking, own, document)))


def finished(gathered: Gathered, pictures: Mapping[str, Picture], keys: ServerKeys) -> Document:
    """The file with those pictures whose hash, as they were handed in, is given, and the server's word on the whole."""
    photos = gathered.document.photos
    embedded = (msgspec.structs.replace(one, **pictures.get(sha256_of(one), NONE)._asdict()) for one in photos)
    document = msgspec.structs.replace(gathered.document, photos=tuple(embedded))
    said = msgspec.structs.replace(gathered.stated, contents=contents(document))
    return msgspec.structs.replace(document, stated=state(keys.receipt, said))


def sha256_of(photo: Photo) -> str:
    """The hash of the bytes that a photo's receipt is for, in hexadecimal."""
    return receipt.read_photo_payload(photo.receipt.payload)[1].digest.hex()


def _keyring(keys: ServerKeys) -> Envelope:
    """The newest edition: it goes on listing every receipt key that older receipts need."""
    return reshaped(keys.keyring, keys.root_key)


def _desk_keys(keys: ServerKeys, centre: bytes) -> list[bytes]:
    """Keys that the centre's desk has or had, the newest first."""
    ring = keyring.load(keys.keyring, keys.root_key, keys.origin)
    return [bytes.fromhex(one.key) for one in ring.keys if one.purpose == "desk" and one.centre in ("", centre.hex())]


def _batches(centre: bytes, keys: ServerKeys, batches: Sequence[Rebuilt], ends: Ends) -> Program[tuple[Batch, ...]]:
    made = []
    for one in batches:
        epoch, leaf = one.receipt.epoch, one.receipt.leaf
        path = yield from path_of(centre, epoch, leaf, ends.sizes[epoch])
        named = yield from named_by(centre, keys.origin, one.header)
        made.append(Batch(one.envelope, one.entries, one.signed_receipt, path, named))
    return tuple(made)


def _photos(centre: bytes, keys: ServerKeys, own: Own) -> Program[tuple[Photo, ...]]:
    """Receipts for the photos that the entries name; others that came for the same record were replaced before they
    were named, and are nobody's evidence."""
    named = set()
    for one in own.entries:
        says = told(one.device, one.number, one.body)
        named.add((one.record, says.fields.get("sha256")))
    found = []
    for record in sorted(own.records):
        for id_, digest, device, packed in (yield from rows(_PHOTOS, centre_id=centre, record_id=record)):
            if (id_, digest.hex()) in named:
                held = receipt.unpack_photo(packed)
                said = receipt.photo_payload(keys.origin, centre, device, held)
                found.append(Photo(signed(dsse.PHOTO_RECEIPT, said, held.signature, held.key)))
    return tuple(found)


def _texts(entries: Iterable[Stored]) -> Iterable[Text]:
    """The texts of mandates that were signed, where this version knows them, by version."""
    stated = {
        (str(says.fields.get("text_version")), str(says.fields.get("text_sha256")))
        for says in (told(one.device, one.number, one.body) for one in entries)
        if says.entry.kind == "mandate"
    }
    for version, digest in sorted(stated):
        if mandate.sha256_of(version) == digest:
            yield Text("mandate", version, mandate.TEXTS[version])


def _stated(asking: Asking, own: Own, document: Document) -> Program[Stated]:
    """What the server says of the whole; its `contents` is filled in last."""
    sheet = yield from first(_SHEET, centre_id=asking.centre, case_id=bytes.fromhex(document.case))
    name = yield from first(_CENTRE, centre_id=asking.centre)
    became = []
    for one in own.entries:
        code = yield from first(_CODE, centre_id=asking.centre, device_id=one.device, entry_number=one.number)
        outcome, author = OUTCOMES[one.outcome], one.author.hex()
        reason = code[0] if code and code[0] else ""
        became.append(Became(one.device.hex(), one.number, author, one.effective, outcome, reason))
    people = yield from _people({asking.person, *(one.author for one in own.entries)})
    status = own.case.status or ""
    return Stated(
        document.origin,
        document.centre,
        name[0] if name else "",
        document.case,
        sheet[0] if sheet else "",
        sheet[1] if sheet else "",
        KINDS["application"].states.get(status, status),
        asking.now,
        asking.person.hex(),
        next((name for id_, name, _ in people if id_ == asking.person.hex()), ""),
        "",
        own.withheld,
        people,
        tuple(became),
    )


def _people(ids: set[bytes]) -> Program[tuple[tuple[str, str, str], ...]]:
    found = yield Lookup(schema.person, ("id",), ("id", "name", "role"), [(id_,) for id_ in sorted(ids)])
    return tuple(sorted((id_.hex(), name, role) for id_, name, role in found))
