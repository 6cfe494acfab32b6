"""What the server says in an evidence file under a receipt key: whose a device and a passkey are, what the file holds.

All are JSON payloads of DSSE envelopes with types of their own, read by their members; unknown members are ignored,
since the bytes are signed as they are. Ids are in hexadecimal, times Unix milliseconds.
"""

from typing import TypeVar

import msgspec
from msgspec import Struct

from daiban_sync import dsse
from daiban_sync.errors import SignatureError
from daiban_sync.evidence.document import Envelope, signed
from daiban_sync.keys import Signer, key_id


class Vouched(Struct, frozen=True):
    """Device `device` with `key`, and with `former` before, belongs to `person` of `centre`; `approved_by` compared the
    fingerprint at `approved_at` (empty and 0 where nothing is known of it)."""

    origin: str
    centre: str
    device: str
    key: str
    person: str
    person_name: str
    enrolled_at: int
    approved_at: int
    approved_by: str
    approved_by_name: str
    at: int
    former: tuple[str, ...] = ()


class Owned(Struct, frozen=True):
    """The passkey `credential` with the public key `key` (COSE) is `person`'s, and signed on the pages of `page`, a web
    origin; both in hexadecimal."""

    origin: str
    centre: str
    person: str
    person_name: str
    credential: str
    key: str
    page: str
    at: int


class Became(Struct, frozen=True):
    """What became of an entry: the server's word. `author` wrote it, `effective` is what is believed of when, `code`
    the reason of a refusal."""

    device: str
    number: int
    author: str
    effective: int
    outcome: str
    code: str = ""


class Stated(Struct, frozen=True):
    """The server's word on the whole: the case as its books had it at `at`, when `person` asked for the file;
    `contents` is the hash of all else in the file (see `document.contents`). `people` are (id, name, role) of whoever
    is named, `withheld` how many of the case's entries were erased."""

    origin: str
    centre: str
    centre_name: str
    case: str
    number: str
    item: str
    status: str
    at: int
    person: str
    person_name: str
    contents: str
    withheld: int
    people: tuple[tuple[str, str, str], ...]
    entries: tuple[Became, ...]


T = TypeVar("T", Vouched, Owned, Stated)
_TYPES = {Vouched: dsse.VOUCHED, Owned: dsse.PASSKEY, Stated: dsse.EVIDENCE}


def state(signer: Signer, statement: Vouched | Owned | Stated) -> Envelope:
    """Sign a statement with a receipt key."""
    kind, payload = _TYPES[type(statement)], msgspec.json.encode(statement)
    return signed(kind, payload, dsse.sign(signer, kind, payload), key_id(signer.public_key))


def read(envelope: Envelope, kind: type[T], key: bytes, code: str) -> T:
    """A statement that `key` signed; `SignatureError(code)` otherwise."""
    payload = envelope.opened(_TYPES[kind], key, code)
    try:
        return msgspec.json.decode(payload, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise SignatureError(code, "not such a statement") from None
