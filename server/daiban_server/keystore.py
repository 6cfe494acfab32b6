"""The server's private keys: files of mode 0600 outside the database.

``root.key`` signs the keyring and restores, and nothing else; it can be taken offline once the keyring is signed, and
``root.pub`` stays. ``receipt.key``
signs receipts
and checkpoints, ``desk.key`` what is written at the consoles, ``secret.key`` authenticates cursors, tickets and nonces.
"""

import hmac
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from daiban_server.durable import sync
from daiban_sync import keyring
from daiban_sync.errors import SignatureError
from daiban_sync.keyring import Keyring, ServerKey
from daiban_sync.keys import Signer, SoftwareKey, desk_device


@dataclass(frozen=True)
class ServerKeys:
    """Everything that the running server signs with. `origin` names this installation (16 bytes)."""

    origin: bytes
    root_key: bytes
    receipt: Signer
    desk: Signer
    secret: bytes
    keyring: bytes
    edition: int
    receipt_keys: Mapping[bytes, bytes]

    def derived(self, purpose: str) -> bytes:
        """A secret for one purpose."""
        return _derived(self.secret, purpose)

    def receipt_key(self, key: bytes) -> bytes:
        """The public key that may sign receipts under this id. Raises `SignatureError("receipt.signature")`."""
        stated = self.receipt_keys.get(key)
        if stated is None:
            raise SignatureError("receipt.signature", "not a key of this server")
        return stated

    def desk_device(self, centre: bytes) -> bytes:
        """The id of a centre's desk as a device."""
        return desk_device(self.origin, centre)


@lru_cache(maxsize=16)
def _derived(secret: bytes, purpose: str) -> bytes:
    return hmac.digest(secret, purpose.encode(), "sha256")


def load(folder: Path) -> ServerKeys:
    """Read the keys in `folder`. Raises `OSError` where there are none."""
    if not (folder / "origin").exists():
        raise FileNotFoundError(f"{folder} 里没有密钥 / holds no keys")
    return load_or_make(folder)


def load_or_make(folder: Path) -> ServerKeys:
    """Read the keys in `folder`; on the first start make them. Raises `OSError` where it cannot be written."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    origin = _secret(folder / "origin", 16)
    root_file, public = folder / "root.key", folder / "root.pub"
    if not public.exists():
        _write(public, SoftwareKey(_secret(root_file, 32)).public_key)
    root_key = _secret(public, 32)
    receipt = SoftwareKey(_secret(folder / "receipt.key", 32))
    desk = SoftwareKey(_secret(folder / "desk.key", 32))
    ring = folder / "keyring.json"
    if not ring.exists():
        stated = (ServerKey("receipt", receipt.public_key.hex()), ServerKey("desk", desk.public_key.hex()))
        _write(ring, keyring.issue(load_root(root_file), Keyring(1, origin.hex(), int(time.time() * 1000), stated)))
    envelope = ring.read_bytes()
    stated_ring = keyring.load(envelope, root_key, origin)
    secret = _secret(folder / "secret.key", 32)
    edition, receipt_keys = stated_ring.edition, stated_ring.receipt_keys()
    return ServerKeys(origin, root_key, receipt, desk, secret, envelope, edition, receipt_keys)


def load_root(file: Path) -> Signer:
    """The root key's private half. Raises `OSError`."""
    return SoftwareKey(file.read_bytes())


def _secret(path: Path, length: int) -> bytes:
    if not path.exists():
        _write(path, secrets.token_bytes(length))
    data = path.read_bytes()
    if len(data) != length:
        raise OSError(f"{path.name} is damaged: {len(data)} bytes instead of {length}")
    return data


def _write(path: Path, data: bytes) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    aside = path.with_name(path.name + ".new")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    sync(aside)
    aside.rename(path)
    sync(path.parent)
