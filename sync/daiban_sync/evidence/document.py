"""The evidence file: JSON in exactly one form.

The members stand in the order of the classes here, each level is indented by one more space, nothing is escaped that
need not be, absent optional members are left out, and one line feed ends the file. Whoever reads it writes it again and
compares the bytes, so one content has one form, and nothing can be added, doubled or respelt. Bytes are base64 with
padding, ids and keys 32 or 64 lowercase hexadecimal digits.

What is signed lies in it as standard DSSE JSON or as a C2SP signed note, so that other tools can check each part.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

import msgspec
from msgspec import Struct

from daiban_sync import dsse
from daiban_sync.errors import SignatureError, WireError
from daiban_sync.keys import key_id

FORMAT = "daiban evidence 1"
FILE_BYTES = 256 * 2**20
"""Largest file, photos embedded."""
PARTS = 20_000
"""Batches, photos, statements: at most so many of each."""


class Signature(Struct, frozen=True, forbid_unknown_fields=True):
    """One signature of an envelope; `keyid` is the key's id in hexadecimal, and nothing else."""

    keyid: str
    sig: bytes


class Envelope(Struct, frozen=True, forbid_unknown_fields=True, rename={"payload_type": "payloadType"}):
    """DSSE JSON with one signature."""

    payload: bytes
    payload_type: str
    signatures: tuple[Signature]

    def opened(self, payload_type: str, key: bytes, code: str) -> bytes:
        """The payload, which `key` signed as `payload_type`; `SignatureError(code)` otherwise."""
        (signature,) = self.signatures
        if self.payload_type != payload_type:
            raise SignatureError(code, f"signed as {self.payload_type}, not as {payload_type}")
        if signature.keyid != key_id(key).hex():
            raise SignatureError(code, "it names another key")
        dsse.check(key, payload_type, self.payload, signature.sig, code)
        return self.payload


class Former(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A key that a device gave up. `taken` is its statement under the key that followed (`daiban_sync.new_key`),
    `given` the same statement under this key; the latter was not kept in the first versions."""

    key: str
    taken: Envelope
    given: Envelope | None = None


class Device(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A device that signed. `vouched` is the centre's word on whose it is (none for the desk, whose keys stand in the
    keyring); `enrolment` is the request by which the device itself proved that it held its first key, where that was
    kept; `former` are the keys before `key`, oldest first."""

    device: str
    key: str
    vouched: Envelope | None = None
    enrolment: Envelope | None = None
    former: tuple[Former, ...] = ()


class Log(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A log of the centre with a checkpoint as a signed note. Every log but the first in the file has the restore that
    began it, `restored`, and the audit path of that statement, its first leaf."""

    epoch: int
    checkpoint: str
    restored: Envelope | None = None
    path: tuple[bytes, ...] = ()


class Disclosed(Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of a batch: its place in the list of hashes, its salt, and its JSON as it was handed in."""

    index: int
    salt: bytes
    entry: str


class Batch(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A batch: the signed header with the hashes of all entries, the case's own entries, the centre's receipt, and the
    audit path to the checkpoint of the receipt's log. `named` is the checkpoint that the header names."""

    envelope: Envelope
    entries: tuple[Disclosed, ...]
    receipt: Envelope
    path: tuple[bytes, ...] = ()
    named: str | None = None


class Seal(Struct, frozen=True, forbid_unknown_fields=True):
    """How a picture was sealed: the sealed content's first 104 bytes, and the key that was made for this picture alone.
    Whoever seals the picture with both again has the very bytes that were handed in."""

    header: bytes
    key: bytes


class Photo(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A photo's receipt, and the picture where the file was made with them. `seal` is there where it was handed in
    sealed: the receipt is for the sealed bytes then."""

    receipt: Envelope
    content: bytes | None = None
    seal: Seal | None = None


class Spooled(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """An entry that came out of a phone's spool: signed singly, in no batch and without a receipt; it is leaf `leaf` of
    the log of `epoch`, and `path` leads from there to the checkpoint."""

    envelope: Envelope
    entry: str
    epoch: int
    leaf: int
    path: tuple[bytes, ...] = ()


class Assertion(Struct, frozen=True, forbid_unknown_fields=True):
    """A passkey's signature, as `daiban_sync.passkey` has it; `vouched` is the centre's word on whose passkey it is."""

    credential: bytes
    key: bytes
    authenticator_data: bytes
    client_data: bytes
    signature: bytes
    vouched: Envelope


class Adopted(Struct, frozen=True, forbid_unknown_fields=True):
    """What a clerk adopted of a batch in quarantine: the batch as its device signed it, all `numbers` that the clerk
    chose, those `entries` of them that are the case's own, and the clerk's signature over the choice."""

    envelope: Envelope
    numbers: tuple[int, ...]
    entries: tuple[Disclosed, ...]
    signed: Assertion


class Save(Struct, frozen=True, forbid_unknown_fields=True):
    """A save that a phone signed singly, out of its spool, which stands in no log."""

    envelope: Envelope
    entry: str


class AdoptedSaves(Struct, frozen=True, forbid_unknown_fields=True):
    """What a clerk adopted of a locked phone's spool. `device` and `digest` name what lay in quarantine, `numbers` are
    all that the clerk chose of it, `saves` those of them that are the case's own, as the phone signed each."""

    device: str
    digest: str
    numbers: tuple[int, ...]
    saves: tuple[Save, ...]
    signed: Assertion


class Text(Struct, frozen=True, forbid_unknown_fields=True):
    """A text that was put before whoever signed: of a mandate by `version`."""

    kind: str
    version: str
    text: str


class Further(Struct, frozen=True, forbid_unknown_fields=True):
    """A seat for statements that later versions know; `kind` says which."""

    kind: str
    statement: Envelope


class Document(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The whole file. `stated` is what the server says of it as a whole, over all that stands before."""

    format: str
    origin: str
    centre: str
    case: str
    keyrings: tuple[Envelope, ...]
    devices: tuple[Device, ...]
    logs: tuple[Log, ...]
    batches: tuple[Batch, ...]
    photos: tuple[Photo, ...]
    texts: tuple[Text, ...]
    further: tuple[Further, ...]
    spooled: tuple[Spooled, ...] = ()
    adopted: tuple[Adopted, ...] = ()
    adopted_saves: tuple[AdoptedSaves, ...] = ()
    stated: Envelope | None = None


class Ids(NamedTuple):
    """Whose case the file is about, 16 bytes each."""

    origin: bytes
    centre: bytes
    case: bytes


class _SentSignature(Struct):
    sig: bytes


class _Sent(Struct, rename={"payload_type": "payloadType"}):
    """DSSE JSON as others write it: further members, further signatures, key ids or none."""

    payload: bytes
    payload_type: str
    signatures: list[_SentSignature]


_decoder = msgspec.json.Decoder(Document)


def signed(payload_type: str, payload: bytes, signature: bytes, key: bytes) -> Envelope:
    """An envelope of its parts; `key` is the 8-byte id of the key."""
    return Envelope(payload, payload_type, (Signature(key.hex(), signature),))


def reshaped(envelope: bytes, key: bytes) -> Envelope:
    """DSSE JSON in whatever spelling, with its first signature, which is said to be `key`'s, in the file's form. Raises
    `WireError("evidence.form")`."""
    found = apart(envelope, key)
    if not found:
        raise WireError("evidence.form", "not a DSSE envelope")
    return found[0]


def apart(envelope: bytes, *keys: bytes) -> list[Envelope]:
    """DSSE JSON under several keys as an envelope for each, in this order; fewer where it has fewer signatures. Raises
    `WireError("evidence.form")`."""
    sent = _sent(envelope)
    pairs = zip(sent.signatures, keys, strict=False)
    return [signed(sent.payload_type, sent.payload, one.sig, key_id(key)) for one, key in pairs]


def payload_of(envelope: bytes) -> bytes:
    """What DSSE JSON says, whoever signed it. Raises `WireError("evidence.form")`."""
    return _sent(envelope).payload


def _sent(envelope: bytes) -> _Sent:
    try:
        return msgspec.json.decode(envelope, type=_Sent)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise WireError("evidence.form", "not a DSSE envelope") from None


def encode(document: Document) -> bytes:
    """The file's bytes."""
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def contents(document: Document) -> str:
    """SHA-256, in hexadecimal, of the file as it is without what the server states of it."""
    return hashlib.sha256(encode(msgspec.structs.replace(document, stated=None))).hexdigest()


def decode(data: bytes) -> Document:
    """Read a file. Raises `WireError`: ``evidence.too_large``, or ``evidence.form`` for anything but the one form."""
    if len(data) > FILE_BYTES:
        raise WireError("evidence.too_large")
    try:
        document = _decoder.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise WireError("evidence.form", "not an evidence file") from None
    if document.format != FORMAT:
        raise WireError("evidence.form", "another format or version")
    if max(map(len, _lists(document))) > PARTS:
        raise WireError("evidence.too_large", "too many parts")
    try:
        again = encode(document)
    except UnicodeEncodeError:
        raise WireError("evidence.form", "a lone surrogate") from None
    if again != data:
        raise WireError("evidence.form", "not in the one form")
    return document


def _lists(document: Document) -> tuple[Sequence[object], ...]:
    signers = (document.keyrings, document.devices, document.logs)
    return (*signers, document.batches, document.photos, document.spooled, document.adopted, document.adopted_saves)


def octets(text: str, length: int, code: str) -> bytes:
    """The bytes of an id or key in the one form of hexadecimal. Raises `WireError(code)`."""
    try:
        data = bytes.fromhex(text)
    except ValueError:
        data = b""
    if len(data) != length or data.hex() != text:
        raise WireError(code, f"not {length} bytes in hexadecimal")
    return data


def ids_of(document: Document) -> Ids:
    """The ids at the head of the file. Raises `WireError("evidence.form")`."""
    return Ids(*(octets(text, 16, "evidence.form") for text in (document.origin, document.centre, document.case)))
