"""An evidence file with everything in it, made by fixed keys.

王芳's phone handed in two batches, one under the key before, with a restore between them; one save came out of its
spool. A clerk accepted the case at the desk, and took on a telephone number that the stolen phone of 刘强 had handed
in, and another out of that phone's spool. One photo came as it was, one sealed.
"""

import base64
import hashlib
import json

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from msgspec.structs import replace

from daiban_schemas import entry, mandate
from daiban_sync import adoption, batch, dsse, ids, merkle, new_key, note, passkey, receipt, restored, sealing, spooled
from daiban_sync.batch import Batch
from daiban_sync.chain import Chain
from daiban_sync.clock import Interval
from daiban_sync.evidence.document import (
    FORMAT,
    Adopted,
    AdoptedSaves,
    Assertion,
    Device,
    Disclosed,
    Document,
    Envelope,
    Former,
    Log,
    Photo,
    Save,
    Seal,
    Spooled,
    Text,
    apart,
    contents,
    reshaped,
    signed,
)
from daiban_sync.evidence.document import Batch as Shown
from daiban_sync.evidence.statements import Became, Owned, Stated, Vouched, state
from daiban_sync.keys import Signer, SoftwareKey, desk_device, key_id
from daiban_sync.new_key import NewKey
from daiban_sync.restored import Restored
from daiban_sync.sealing import Opening
from tests.vectors import cast
from tests.vectors import sealed as kept_sealed

NINE, MINUTE = cast.NINE, cast.MINUTE
CASE = cast.APPLICATION.hex()
MANDATE = ids.uuid7(NINE + 3 * MINUTE, bytes(range(30, 40)))
SEALED_PHOTO = ids.uuid7(NINE + 5 * MINUTE, bytes(range(40, 50)))
PERSON, CLERK, OTHER = b"person--wangfang", b"person---zhaomin", b"person---liuqian"
FIRST_KEY, STOLEN = SoftwareKey(bytes([8]) * 32), SoftwareKey(bytes([9]) * 32)
DESK = desk_device(cast.ORIGIN, cast.CENTRE)
PAGE = "https://daiban.example"
PICTURE = b"not really a picture"
SEALED = bytes.fromhex(kept_sealed.KEPT["photo"])
_OPENING = Opening([SEALED])
_PHOTO_KEY = sealing.unwrap(_OPENING.wrapped, kept_sealed.SEAL, kept_sealed.purposes()["photo"])
SEALED_PICTURE = b"".join(_OPENING.content(_PHOTO_KEY))
_PASSKEY = ec.derive_private_key(int.from_bytes(bytes([7]) * 32), ec.SECP256R1())


def _change(record: bytes | str, kind: str, fields: dict[str, object], minute: int) -> bytes:
    id_ = record if isinstance(record, str) else record.hex()
    return entry.change(id_, kind, fields, seen=0, at=NINE + minute * MINUTE)


_APPLIED = _change(CASE, "application", {"household": cast.HOUSEHOLD.hex(), "applicant": "张桂兰"}, 0)
_SIGNERS = [{"name": "张桂兰", "mark": "drawn", "at": NINE + 3 * MINUTE}]
_TEXT = {"text_version": "2026-1", "text_sha256": mandate.sha256_of("2026-1")}
_GIVEN = _change(MANDATE, "mandate", {"application": CASE, **_TEXT, "agent": "王芳", "signers": _SIGNERS}, 3)


def _photo_entry(record: bytes, data: bytes, minute: int, **more: object) -> bytes:
    said = {"parent": MANDATE.hex(), "sha256": hashlib.sha256(data).hexdigest(), "size": len(data), **more}
    return _change(record, "photo", said, minute)


_PHOTO = _photo_entry(cast.PHOTO, PICTURE, 4)
_SEALED = _photo_entry(SEALED_PHOTO, SEALED, 5, clear_sha256=hashlib.sha256(SEALED_PICTURE).hexdigest())
_SAVED = _change(CASE, "application", {"phone": "13700000000"}, 6)
_LEFT = _change(CASE, "application", {"phone": "13900000003"}, 8)
_STOLEN = _change(CASE, "application", {"phone": "13900000001"}, 7)


class _Tree:
    """A log of these leaves: audit paths, and the checkpoint at its end."""

    def __init__(self, epoch: int, leaves: list[bytes], minute: int) -> None:
        self.name = note.name(cast.ORIGIN, cast.CENTRE, epoch)
        self.hashes = [merkle.leaf_hash(leaf) for leaf in leaves]
        frontier = merkle.Frontier()
        for one in self.hashes:
            frontier = frontier.appended(one)[0]
        self.root = frontier.root()
        self.ends = note.issue(cast.RECEIPT, self.name, frontier.size, self.root, NINE + minute * MINUTE)

    @property
    def note(self) -> str:
        return note.note(self.ends, self.name)

    def path(self, leaf: int) -> tuple[bytes, ...]:
        return tuple(merkle.inclusion(leaf, len(self.hashes), self._node))

    def _node(self, level: int, index: int) -> bytes:
        if level == 0:
            return self.hashes[index]
        return merkle.node_hash(self._node(level - 1, 2 * index), self._node(level - 1, 2 * index + 1))


def _batch(signer: Signer, chain: Chain, secret: int, *entries: bytes, **header: object) -> Batch:
    return batch.seal(cast.header(chain, len(entries), **header), bytes([secret]) * 32, entries, signer)


def _envelope(signer: Signer, kind: str, payload: bytes) -> Envelope:
    return signed(kind, payload, dsse.sign(signer, kind, payload), key_id(signer.public_key))


def _of(one: Batch, signer: Signer) -> Envelope:
    return signed(dsse.BATCH, one.payload, one.signature, key_id(signer.public_key))


def _receipt(one: Batch, leaf: int, bounds: Interval, epoch: int) -> Envelope:
    return _envelope(cast.RECEIPT, dsse.RECEIPT, receipt.payload(one.header, one.digest, leaf, bounds, epoch))


def _disclosed(one: Batch, *indexes: int) -> tuple[Disclosed, ...]:
    salts = batch.salts(one.secret, len(one.entries))
    return tuple(Disclosed(i, salts[16 * i : 16 * i + 16], one.entries[i].decode()) for i in indexes)


def document() -> Document:
    """The file."""
    first = _batch(FIRST_KEY, Chain(), 7, cast.CREATED, _APPLIED, _GIVEN)
    old = _Tree(0, [first.payload], 10)
    fork = restored.issue(cast.ROOT, cast.ORIGIN, cast.CENTRE, Restored(1, 41, 1, old.root, NINE, NINE + 99 * MINUTE))
    begun = restored.payload(cast.ORIGIN, cast.CENTRE, fork)
    named = {"checkpoint_size": 1, "checkpoint": note.digest(old.ends, old.name)}
    second = _batch(cast.PHONE, Chain(1, first.digest, 3), 8, _PHOTO, _SEALED, **named)
    save = spooled.Spooled(cast.ORIGIN, cast.CENTRE, cast.DEVICE, 6, _SAVED)
    stolen = _batch(STOLEN, Chain(), 10, cast.CREATED, _STOLEN, device=cast.OTHER_DEVICE)
    accepted = entry.command(CASE, "application", "accept", None, expected=1, at=NINE, by=CLERK.hex())
    repeated = adoption.repeated(_STOLEN, CLERK.hex(), adoption.repeats(cast.OTHER_DEVICE, stolen.digest, 2))
    left = spooled.Spooled(cast.ORIGIN, cast.CENTRE, cast.OTHER_DEVICE, 3, _LEFT)
    lay = hashlib.sha256(spooled.join([spooled.seal_one(left, STOLEN)])).digest()
    salvaged = adoption.repeated(_LEFT, CLERK.hex(), adoption.repeats(cast.OTHER_DEVICE, lay, 3))
    third = _batch(cast.DESK_KEY, Chain(), 9, accepted, repeated, salvaged, device=DESK)
    new = _Tree(1, [begun, second.payload, third.payload, save.payload], 200)
    late = Interval(NINE + 10 * MINUTE, NINE + 100 * MINUTE)
    of_second = (_of(second, cast.PHONE), _disclosed(second, 0, 1), _receipt(second, 1, late, 1))
    of_third = (_of(third, cast.DESK_KEY), _disclosed(third, 0, 1, 2), _receipt(third, 2, Interval(0, late.latest), 1))
    whole = Document(
        FORMAT,
        cast.ORIGIN.hex(),
        cast.CENTRE.hex(),
        CASE,
        (reshaped(cast.SIGNED_RING, cast.ROOT.public_key),),
        (_stolen_phone(), _phone(), Device(DESK.hex(), cast.DESK_KEY.public_key.hex())),
        (Log(0, old.note), Log(1, new.note, _envelope(cast.ROOT, dsse.RESTORED, begun), new.path(0))),
        (
            Shown(
                _of(first, FIRST_KEY), _disclosed(first, 1, 2), _receipt(first, 0, Interval(0, NINE + 9 * MINUTE), 0)
            ),
            Shown(*of_second, new.path(1), old.note),
            Shown(*of_third, new.path(2)),
        ),
        (
            _photo(cast.PHOTO, PICTURE, PICTURE),
            _photo(SEALED_PHOTO, SEALED, SEALED_PICTURE, Seal(_OPENING.header, _PHOTO_KEY)),
        ),
        (Text("mandate", "2026-1", mandate.TEXTS["2026-1"]),),
        (),
        (Spooled(_envelope(cast.PHONE, dsse.SPOOLED, save.payload), _SAVED.decode(), 1, 3, new.path(3)),),
        (Adopted(_of(stolen, STOLEN), (1, 2), _disclosed(stolen, 1), _assertion(stolen.digest, 1, 2)),),
        (
            AdoptedSaves(
                cast.OTHER_DEVICE.hex(),
                lay.hex(),
                (3,),
                (Save(_envelope(STOLEN, dsse.SPOOLED, left.payload), _LEFT.decode()),),
                _assertion(lay, 3),
            ),
        ),
    )
    return replace(whole, stated=state(cast.RECEIPT, _stated(whole)))


def _phone() -> Device:
    key, origin, before = cast.PHONE.public_key.hex(), cast.ORIGIN.hex(), FIRST_KEY.public_key.hex()
    stated = NewKey(cast.DEVICE.hex(), origin, key, 1, 3, NINE + 4 * MINUTE)
    both = apart(new_key.state(stated, cast.PHONE, FIRST_KEY), cast.PHONE.public_key, FIRST_KEY.public_key)
    asked = msgspec.json.encode({"code": "00" * 16, "key": before, "origin": origin, "name": "王芳的手机", "at": NINE})
    enrolment = _envelope(FIRST_KEY, dsse.ENROLMENT, asked)
    vouched = _vouched(cast.DEVICE, key, PERSON, "王芳", before)
    return Device(cast.DEVICE.hex(), key, vouched, enrolment, (Former(before, *both),))


def _stolen_phone() -> Device:
    key = STOLEN.public_key.hex()
    return Device(cast.OTHER_DEVICE.hex(), key, _vouched(cast.OTHER_DEVICE, key, OTHER, "刘强"))


def _vouched(device: bytes, key: str, person: bytes, name: str, *former: str) -> Envelope:
    about = (cast.ORIGIN.hex(), cast.CENTRE.hex(), device.hex(), key, person.hex(), name)
    return state(cast.RECEIPT, Vouched(*about, 1, 2, CLERK.hex(), "赵敏", NINE, former))


def _assertion(digest: bytes, *numbers: int) -> Assertion:
    """What 赵敏's authenticator answered: ES256 by RFC 6979, so that it is the same each time."""
    wanted = passkey.challenge(adoption.PURPOSE, adoption.digest_of(cast.OTHER_DEVICE, digest, numbers))
    challenge = base64.urlsafe_b64encode(wanted).rstrip(b"=").decode()
    client = json.dumps({"type": "webauthn.get", "challenge": challenge, "origin": PAGE, "crossOrigin": False}).encode()
    host = hashlib.sha256(PAGE.removeprefix("https://").encode()).digest()
    data = host + bytes([passkey.PRESENT | passkey.VERIFIED]) + (3).to_bytes(4)
    algorithm = ec.ECDSA(SHA256(), deterministic_signing=True)
    signature = _PASSKEY.sign(data + hashlib.sha256(client).digest(), algorithm)
    at, credential = _PASSKEY.public_key().public_numbers(), b"credential-of-zhaomin"
    # COSE: {1: 2, 3: -7, -1: 1, -2: x, -3: y}
    key = bytes.fromhex("a5010203262001215820") + at.x.to_bytes(32) + bytes.fromhex("225820") + at.y.to_bytes(32)
    ids_of = (cast.ORIGIN.hex(), cast.CENTRE.hex(), CLERK.hex(), "赵敏", credential.hex(), key.hex(), PAGE, NINE)
    return Assertion(credential, key, data, client, signature, state(cast.RECEIPT, Owned(*ids_of)))


def _photo(record: bytes, handed_in: bytes, picture: bytes, seal: Seal | None = None) -> Photo:
    digest, kind = hashlib.sha256(handed_in).digest(), dsse.PHOTO_RECEIPT
    names = (cast.ORIGIN, cast.CENTRE, cast.DEVICE)
    held = receipt.issue_photo(cast.RECEIPT, *names, record, digest, len(handed_in), NINE + 120 * MINUTE)
    said = receipt.photo_payload(*names, held)
    return Photo(signed(kind, said, held.signature, held.key), picture, seal)


def _stated(whole: Document) -> Stated:
    phone = [(cast.DEVICE, number, PERSON) for number in (2, 3, 4, 5)]
    became = [*phone, (DESK, 1, CLERK), (DESK, 2, CLERK), (DESK, 3, CLERK), (cast.DEVICE, 6, PERSON)]
    return Stated(
        whole.origin,
        whole.centre,
        "建民办事处",
        CASE,
        "JM-2026-0001",
        "养老待遇申领",
        "已受理",
        NINE + 201 * MINUTE,
        CLERK.hex(),
        "赵敏",
        contents(whole),
        0,
        ((PERSON.hex(), "王芳", "agent"), (CLERK.hex(), "赵敏", "clerk")),
        tuple(Became(device.hex(), number, author.hex(), NINE, "merged") for device, number, author in became),
    )
