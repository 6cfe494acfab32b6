"""A device takes another key and keeps its id, its chain and its work: what it says then, and which key signed what.

The statement is DSSE JSON of type `dsse.NEW_KEY` under both keys: first the new one, which shows that the device holds
it, then the old one, which gives itself up. So the statement proves without anybody's word that they belong together.
"""

from collections.abc import Sequence
from typing import Protocol

import msgspec
from msgspec import Struct

from daiban_sync import dsse
from daiban_sync.errors import WireError
from daiban_sync.keys import Signer


class NewKey(Struct, frozen=True):
    """The signed payload: the device, its new key, and the last batch (`last`) and entry (`number`) that it signed
    under the old one. Ids and keys in hexadecimal, `at` by the device's clock."""

    device: str
    origin: str
    key: str
    last: int
    number: int
    at: int


class GivenUp(Protocol):
    """A key that was given up, with the last batch and the last entry that it signed."""

    @property
    def key(self) -> bytes: ...
    @property
    def last(self) -> int: ...
    @property
    def number(self) -> int: ...


_decode = msgspec.json.Decoder(NewKey).decode


def state(stated: NewKey, fresh: Signer, old: Signer) -> bytes:
    """The statement under both keys."""
    return dsse.export_all(dsse.NEW_KEY, msgspec.json.encode(stated), (fresh, old))


def read_payload(payload: bytes) -> NewKey:
    """What a statement says; its signatures are another matter. Raises `WireError("enrolment.malformed")`."""
    try:
        return _decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise WireError("enrolment.malformed", "no new key") from None


def key_of(number: int, former: Sequence[GivenUp], present: bytes) -> bytes:
    """The key that signed the entry of this number singly; `former` are the keys before `present`, oldest first."""
    return next((one.key for one in former if number <= one.number), present)


def key_at(sequence: int, former: Sequence[GivenUp], present: bytes) -> bytes:
    """The key that signed the batch at `sequence`."""
    return next((one.key for one in former if sequence <= one.last), present)
