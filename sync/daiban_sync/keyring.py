"""The server's public keys, stated by its root key.

The root can stay offline; it signs an edition of the keyring, and devices take a newer edition from any
answer. A device accepts no edition older than the one it has.
"""

import msgspec
from msgspec import Struct

from daiban_sync import dsse
from daiban_sync.errors import SignatureError
from daiban_sync.keys import Signer, key_id


class ServerKey(Struct, frozen=True, omit_defaults=True):
    """One key, in hexadecimal. `purpose` is ``receipt`` (receipts and checkpoints) or ``desk`` (a centre's edits)."""

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


_decoder = msgspec.json.Decoder(Keyring)


def issue(root: Signer, keyring: Keyring) -> bytes:
    """The edition as DSSE JSON under the root key."""
    payload = msgspec.json.encode(keyring)
    return dsse.export(dsse.KEYRING, payload, dsse.sign(root, dsse.KEYRING, payload), root.public_key)


def load(envelope: bytes, root_key: bytes, origin: bytes) -> Keyring:
    """Read an edition. Raises `SignatureError("keyring.signature")`."""
    return read(dsse.load(envelope, dsse.KEYRING, root_key, "keyring.signature"), origin)


def read(payload: bytes, origin: bytes) -> Keyring:
    """What the root key signed, if it is this installation's keyring. Raises `SignatureError("keyring.signature")`."""
    try:
        keyring = _decoder.decode(payload)
    except msgspec.DecodeError:
        raise SignatureError("keyring.signature", "not a keyring") from None
    if keyring.origin != origin.hex():
        raise SignatureError("keyring.signature", "another installation's")
    return keyring
