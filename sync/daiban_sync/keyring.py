"""The server's public keys, stated by its root key.

The root can stay offline; it signs an edition of the keyring, and devices take a newer edition from any
answer. A device accepts no edition older than the one it has.
"""

import msgspec
from msgspec import Struct

from daiban_sync import dsse
from daiban_sync.errors import SignatureError
from daiban_sync.keys import Signer, key_id

SEAL = "seal"


class ServerKey(Struct, frozen=True, omit_defaults=True):
    """One key, in hexadecimal. `purpose` is ``receipt`` (receipts and checkpoints), ``desk`` (a centre's edits) or
    ``seal`` (X25519, to which devices seal). Of several for one purpose the first is the newest."""

    purpose: str
    key: str
    centre: str = ""


class Keyring(Struct, frozen=True):
    """An edition of the server's keys. `origin` names the installation, `at` is in Unix milliseconds."""

    edition: int
    origin: str
    at: int
    keys: tuple[ServerKey, ...]

    def receipt_keys(self) -> dict[bytes, bytes]:
        """Keys that may sign receipts and checkpoints, by their id."""
        keys = (bytes.fromhex(key.key) for key in self.keys if key.purpose == "receipt")
        return {key_id(key): key for key in keys}

    def seal_key(self) -> bytes | None:
        """The public key to seal to; None of a server that has none."""
        newest = next((key.key for key in self.keys if key.purpose == SEAL), None)
        return bytes.fromhex(newest) if newest else None


_decoder = msgspec.json.Decoder(Keyring)


def issue(root: Signer, keyring: Keyring) -> bytes:
    """The edition as DSSE JSON under the root key."""
    payload = msgspec.json.encode(keyring)
    return dsse.export(dsse.KEYRING, payload, dsse.sign(root, dsse.KEYRING, payload), root.public_key)


def load(envelope: bytes, root_key: bytes, origin: bytes) -> Keyring:
    """Read an edition of an installation that is known. Raises `SignatureError("keyring.signature")`."""
    return read(dsse.load(envelope, dsse.KEYRING, root_key, "keyring.signature"), origin)


def load_any(envelope: bytes, root_key: bytes) -> Keyring:
    """Read an edition of whichever installation the root key is. Raises `SignatureError("keyring.signature")`."""
    return read(dsse.load(envelope, dsse.KEYRING, root_key, "keyring.signature"), None)


def read(payload: bytes, origin: bytes | None) -> Keyring:
    """What the root key signed, if it is a keyring, of this `origin` where one is given. Raises
    `SignatureError("keyring.signature")`."""
    try:
        keyring = _decoder.decode(payload)
    except msgspec.DecodeError:
        raise SignatureError("keyring.signature", "not a keyring") from None
    if origin is not None and keyring.origin != origin.hex():
        raise SignatureError("keyring.signature", "another installation's")
    return keyring
