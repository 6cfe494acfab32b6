"""The server's private keys: files of mode 0600 outside the database.

``root.key`` signs the keyring and restores, and nothing else; it can be taken offline once the keyring is signed, and
``root.pub`` stays. ``receipt.key``
signs receipts
and checkpoints, ``desk.key`` what is written at the consoles, ``secret.key`` authenticates cursors, tickets and nonces.
To ``seal.key`` devices seal what others may carry. A key that was replaced lies beside the new one under its id: what
was sealed to it must still open.
"""

import hmac
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from daiban_server.durable import sync
from daiban_sync import keyring
from daiban_sync.errors import SignatureError
from daiban_sync.keyring import SEAL, Keyring, ServerKey
from daiban_sync.keys import Signer, SoftwareKey, desk_device
from daiban_sync.sealing import SealKey
from daiban_sync.sealing import key_id as seal_id


@dataclass(frozen=True)
class ServerKeys:
    """Everything that the running server signs with, or opens. `origin` names this installation (16 bytes), `sealed`
    are the keys to which something may have been sealed, by their id."""

    origin: bytes
    root_key: bytes
    receipt: Signer
    desk: Signer
    secret: bytes
    keyring: bytes
    edition: int
    receipt_keys: Mapping[bytes, bytes]
    sealed: Mapping[bytes, SealKey] = field(default_factory=dict)

    def derived(self, purpose: str) -> bytes:
        """A secret for one purpose."""
        return _derived(self.secret, purpose)

    def receipt_key(self, key: bytes) -> bytes:
        """The public key that may sign receipts under this id. Raises `SignatureError("receipt.signature")`."""
        stated = self.receipt_keys.get(key)
        if stated is None:
            raise SignatureError("receipt.signature", "not a key of this server")
        return stated

    def seal_key(self, key: bytes) -> SealKey:
        """The private key to which something was sealed. Raises `SignatureError("seal.unknown")`."""
        held = self.sealed.get(key)
        if held is None:
            raise SignatureError("seal.unknown", "not sealed to this server")
        return held

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
    seal = SealKey(_secret(folder / "seal.key", 32))
    ring = folder / "keyring.json"
    held = keyring.load(ring.read_bytes(), root_key, origin) if ring.exists() else None
    # A folder of before there were seal keys gets a new edition, if the root key is at hand.
    if held is None or (held.seal_key() is None and root_file.exists()):
        stated = (
            ServerKey("receipt", receipt.public_key.hex()),
            ServerKey("desk", desk.public_key.hex()),
            ServerKey(SEAL, seal.public.hex()),
        )
        _issue(ring, load_root(root_file), held, stated, origin)
    envelope = ring.read_bytes()
    stated_ring = keyring.load(envelope, root_key, origin)
    secret = _secret(folder / "secret.key", 32)
    edition, receipt_keys = stated_ring.edition, stated_ring.receipt_keys()
    former = [SealKey(file.read_bytes()) for file in sorted(folder.glob("seal-*.key"))]
    sealed = {seal_id(key.public): key for key in (*former, seal)}
    return ServerKeys(origin, root_key, receipt, desk, secret, envelope, edition, receipt_keys, sealed)


def rotate(folder: Path, purpose: str, root_file: Path) -> int:
    """Replace the ``receipt``, ``desk`` or ``seal`` key; gives the keyring's new edition. A running server takes it up
    when it starts anew. What the key before signed stays verifiable: the keyring goes on naming it, after the new one.

    Raises `OSError` where a file is missing or cannot be written.
    """
    keys = load(folder)
    held = keyring.load(keys.keyring, keys.root_key, keys.origin)
    root = load_root(root_file)
    if root.public_key != keys.root_key:
        raise OSError(f"{root_file} is not this server's root key")
    current, following = folder / f"{purpose}.key", folder / f"{purpose}-next.key"
    fresh = _secret(following, 32)
    public = SealKey(fresh).public if purpose == SEAL else SoftwareKey(fresh).public_key
    # In this order: nobody seals to a key that is not kept, and nothing is signed with one that no device knows.
    _issue(folder / "keyring.json", root, held, (ServerKey(purpose, public.hex()), *held.keys), keys.origin)
    _write(folder / f"{purpose}-{held.edition}.key", current.read_bytes())
    following.rename(current)
    sync(folder)
    return held.edition + 1


def _issue(ring: Path, root: Signer, held: Keyring | None, keys: tuple[ServerKey, ...], origin: bytes) -> None:
    edition, now = held.edition + 1 if held else 1, int(time.time() * 1000)
    _write(ring, keyring.issue(root, Keyring(edition, origin.hex(), now, keys)))


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
