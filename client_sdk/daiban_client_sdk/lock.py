"""What opens a device's store: a PIN, the phone's keystore, or both; and what wrong PINs lead to.

The store's key is random and never changes. In ``store.key`` it lies wrapped by a key that HKDF makes of what the PIN
gives (Argon2id) and of a secret that the phone's keystore holds. A copy of the folder is worth nothing without both.
With a PIN alone it is worth as many tries as there are PINs, at a quarter of a second each, so a phone with a keystore
uses it.

A store that is locked by neither holds its key in clear, and whoever has the folder reads it all. Nobody gets one by
forgetting something: it takes a builder who says `anyone_may_read`.

A wrong PIN is counted before it is tried, so that switching off does not help, and one at a time. After `FREE` of them
one waits longer and longer; the `LAST` destroys the wrapped key, for ever. Nothing that was saved is lost by that: it
lies in the spool, sealed to the centre (`spool`).
"""

import contextlib
import fcntl
import itertools
import json
import os
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from daiban_client_sdk.errors import DeviceError
from daiban_client_sdk.store import StoreError, aside_of, begin_key, write_file

KEY_BYTES = 32
SHORTEST, LONGEST = 6, 64
"""Characters of a PIN."""
FREE, LAST = 4, 10
"""Wrong PINs before one has to wait; wrong PINs that destroy the key."""
PAUSE, LONGEST_PAUSE = 30_000, 900_000
"""Milliseconds of the first wait, which doubles, and of the longest."""
_VERSION = 2
_INFO = b"daiban store key 1"


class Cost(NamedTuple):
    """What one try of a PIN costs: Argon2id's passes, memory in KiB and lanes."""

    passes: int = 3
    memory: int = 64 * 1024
    lanes: int = 4


class Keystore(Protocol):
    """Where a phone keeps secrets that no copy of its files has: Android's Keystore, a keychain, a secret service."""

    def load(self, name: str) -> bytes | None:
        """The secret of this name, None where there is none."""
        ...

    def save(self, name: str, secret: bytes) -> None:
        """Keep a secret."""
        ...

    def forget(self, name: str) -> None:
        """Let go of a secret, if there is one."""
        ...


class SystemKeystore:
    """The desktop's keystore (Secret Service, Keychain, Credential Locker), through the library ``keyring``."""

    SERVICE = "daiban"

    def load(self, name: str) -> bytes | None:
        """See `Keystore.load`."""
        import keyring

        held = keyring.get_password(self.SERVICE, name)
        return bytes.fromhex(held) if held else None

    def save(self, name: str, secret: bytes) -> None:
        """See `Keystore.save`."""
        import keyring

        keyring.set_password(self.SERVICE, name, secret.hex())

    def forget(self, name: str) -> None:
        """See `Keystore.forget`."""
        import keyring
        import keyring.errors

        try:
            keyring.delete_password(self.SERVICE, name)
        except keyring.errors.PasswordDeleteError:
            return


class Lock:
    """The lock of the store in `folder`; `now` gives Unix milliseconds."""

    def __init__(
        self,
        folder: Path,
        now: Callable[[], int],
        keystore: Keystore | None = None,
        *,
        anyone_may_read: bool = False,
    ) -> None:
        self._path = folder / "store.key"
        self._now = now
        self._keystore = keystore
        self._readable = anyone_may_read

    @property
    def begun(self) -> bool:
        """Whether there is a store at all."""
        return self._path.exists()

    @property
    def protected(self) -> bool:
        """Whether a copy of the folder alone does not open the store."""
        return self._path.exists() and self._path.stat().st_size != KEY_BYTES

    @property
    def wants_pin(self) -> bool:
        """Whether the store opens only with a PIN."""
        return bool(self.protected and self._held().get("pin"))

    @property
    def wants_keystore(self) -> bool:
        """Whether the store opens only with what the keystore holds."""
        return bool(self.protected and self._held().get("keystore"))

    def open(self, pin: str | None) -> bytes:
        """The store's key; a new one is locked by what is given, and so is one that lay in clear. Raises `DeviceError`:
        ``pin.unset``, ``pin.weak``, ``pin.wanted``, ``pin.wrong``, ``pin.wait`` or ``store.destroyed``."""
        begin_key(self._path, lambda: self._locked(secrets.token_bytes(KEY_BYTES), pin, Cost()))
        if not self.protected:
            key = _raw(self._path)
            self.set(key, pin)
            return key
        held = self._held()
        if held.get("destroyed"):
            raise DeviceError("store.destroyed")
        if not held["pin"]:
            return self._unwrap(held, None)
        if pin is None:
            raise DeviceError("pin.wanted")
        with self._alone():
            return self._tried(self._held(), pin)

    def _tried(self, held: Mapping[str, Any], pin: str) -> bytes:
        """The store's key, if this is the PIN and one may try."""
        if held.get("destroyed"):
            raise DeviceError("store.destroyed")
        if held["until"] > self._now() + LONGEST_PAUSE:
            # The clock was ahead and has been put right: nobody waits for years.
            held = {**held, "until": self._now() + LONGEST_PAUSE}
            self._keep(held)
        if held["until"] > self._now():
            raise DeviceError("pin.wait")
        failed = held["failed"] + 1
        pause = 0 if failed < FREE else min(PAUSE << (failed - FREE), LONGEST_PAUSE)
        self._keep({**held, "failed": failed, "until": self._now() + pause})
        try:
            key = self._unwrap(held, pin)
        except DeviceError:
            if failed >= LAST:
                self._destroy(held)
                raise DeviceError("store.destroyed") from None
            raise
        self._keep({**held, "failed": 0, "until": 0})
        return key

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """One try at a time, or whoever tries many at once has them counted as one."""
        descriptor = os.open(self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def set(self, key: bytes, pin: str | None, cost: Cost | None = None) -> None:
        """Lock the store's key by a PIN, the keystore, or both. Raises `DeviceError`: ``pin.weak``, ``pin.unset``."""
        before = self._held() if self.protected else {}
        content = self._locked(key, pin, cost or Cost())
        if content != self._path.read_bytes():
            write_file(self._path, content)
        # The old secret goes last: until the file is written it is what opens the store.
        if self._keystore is not None and before.get("keystore"):
            self._keystore.forget(before["keystore"])

    def _locked(self, key: bytes, pin: str | None, cost: Cost) -> bytes:
        """What the file holds of a key that is locked so."""
        if pin is not None:
            check_pin(pin)
        if pin is None and self._keystore is None:
            if not self._readable:
                raise DeviceError("pin.unset")
            return key
        made = ""
        if self._keystore is not None:
            made = secrets.token_hex(8)
            self._keystore.save(made, secrets.token_bytes(KEY_BYTES))
        held = {
            "version": _VERSION,
            "pin": pin is not None,
            "keystore": made,
            "salt": secrets.token_hex(16),
            "cost": list(cost),
            "failed": 0,
            "until": 0,
        }
        nonce = secrets.token_bytes(12)
        wrapped = ChaCha20Poly1305(self._wrapping(held, pin)).encrypt(nonce, key, None)
        return json.dumps({**held, "wrapped": (nonce + wrapped).hex()}).encode()

    def _held(self) -> dict[str, Any]:
        try:
            held = json.loads(self._path.read_bytes())
            if not isinstance(held, dict) or held.get("version") != _VERSION:
                raise ValueError
        except ValueError:
            raise StoreError(f"{self._path} is damaged") from None
        return held

    def _keep(self, held: Mapping[str, Any]) -> None:
        write_file(self._path, json.dumps(held).encode())

    def _unwrap(self, held: Mapping[str, Any], pin: str | None) -> bytes:
        wrapped = bytes.fromhex(held["wrapped"])
        try:
            return ChaCha20Poly1305(self._wrapping(held, pin)).decrypt(wrapped[:12], wrapped[12:], None)
        except InvalidTag:
            raise DeviceError("pin.wrong" if held["pin"] else "store.keystore") from None

    def _wrapping(self, held: Mapping[str, Any], pin: str | None) -> bytes:
        parts = b""
        if pin is not None:
            passes, memory, lanes = held["cost"]
            salt = bytes.fromhex(held["salt"])
            parts += hash_secret_raw(pin.encode(), salt, passes, memory, lanes, KEY_BYTES, Type.ID)
        if held["keystore"]:
            secret = self._keystore.load(held["keystore"]) if self._keystore else None
            if secret is None:
                raise DeviceError("store.keystore")
            parts += secret
        return HKDF(SHA256(), KEY_BYTES, bytes.fromhex(held["salt"]), _INFO).derive(parts)

    def _destroy(self, held: Mapping[str, Any]) -> None:
        self._keep({"version": _VERSION, "pin": True, "destroyed": True})
        for stray in aside_of(self._path):
            stray.unlink()
        if self._keystore is not None and held["keystore"]:
            self._keystore.forget(held["keystore"])


def check_pin(pin: str) -> None:
    """Raise `DeviceError("pin.weak")` for what a thief tries first: too short, one digit repeated, digits in a row."""
    steps = {ord(b) - ord(a) for a, b in itertools.pairwise(pin)}
    repeated = any(pin == pin[:n] * (len(pin) // n) for n in (1, 2, 3) if len(pin) % n == 0)
    if not SHORTEST <= len(pin) <= LONGEST or repeated or steps in ({1}, {-1}):
        raise DeviceError("pin.weak")


def _raw(path: Path) -> bytes:
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise StoreError(f"{path} is damaged")
    return key
