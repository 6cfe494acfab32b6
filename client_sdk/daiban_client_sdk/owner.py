"""Whose device this is: the store's lock, the device's key, what the server said at enrolment, what time it is here."""

import contextlib
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from daiban_client_sdk import phone
from daiban_client_sdk.errors import DeviceError
from daiban_client_sdk.lock import Cost, Keystore, Lock
from daiban_client_sdk.mirror import Mirror
from daiban_client_sdk.outbox import Identity, Outbox
from daiban_client_sdk.spool import Spool
from daiban_client_sdk.store import Store, room
from daiban_schemas import private
from daiban_sync import faults, ids, note
from daiban_sync import keyring as keyrings
from daiban_sync.keyring import Keyring
from daiban_sync.keys import SoftwareKey, fingerprint
from daiban_sync.merkle import Frontier
from daiban_sync.session import Trust

LISTENS = "listens"
"""In `meta`: that this device was enrolled once more, and hands in nothing before it heard from the server."""

KEY_ASKED = "key_asked"
"""Where the present key ends, while it is not known whether the server took the next one."""


class Owner:
    """A device in `folder`. `now` gives Unix milliseconds of the device's own clock."""

    def __init__(
        self,
        folder: Path,
        now: Callable[[], int],
        pin: str | None = None,
        keystore: Keystore | None = None,
        *,
        anyone_may_read: bool = False,
    ) -> None:
        """Open the device with its PIN, the phone's keystore, or both; a new one is locked by what is given. With
        neither it opens only if `anyone_may_read` it who gets hold of the folder. Raises `DeviceError` as `Lock.open`,
        ``disk.full`` too (a try of the PIN has to be written down), and `StoreError`."""
        self.lock = Lock(folder, now, keystore, anyone_may_read=anyone_may_read)
        with room():
            self._key = self.lock.open(pin)
            self.store = Store(folder, self._key)
        self.mirror = Mirror(self.store)
        self.outbox = Outbox(self.store)
        self.spool = Spool(folder)
        self.clock = now
        if self.enrolled and not (folder / phone.WHO).exists():
            phone.tell(folder, self.store.get("person_name"), self.store.get("centre_name"))
        self._settle_spool()
        if self.enrolled and not self.spool.begun_by(self.identity()):
            # Of before there were spools, or it died in the middle of an enrolment.
            self._begin_spool()

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def set_pin(self, pin: str | None, cost: Cost | None = None) -> None:
        """Lock the store by another PIN, or by the keystore alone. Raises `DeviceError`: ``pin.weak``,
        ``pin.unset``."""
        self.lock.set(self._key, pin, cost)

    @property
    def enrolled(self) -> bool:
        """Whether this device has an id."""
        return self.store.get("device") is not None

    def new_key(self, name: str = "seed") -> SoftwareKey:
        """The device's key, made at the first call and kept before it is ever used; ``next_seed`` names the one that
        is to follow it."""
        seed = self.store.get(name)
        if seed is None:
            seed = secrets.token_bytes(32).hex()
            self.store.put(name, seed)
        return SoftwareKey(bytes.fromhex(seed))

    def ask_next_key(self) -> tuple[int, int]:
        """The last batch and entry of the present key, kept before the server is told: its answer may be lost."""
        ends = self.outbox.ends()
        self.store.put(KEY_ASKED, ends)
        return ends

    def take_next_key(self) -> None:
        """From now on the key counts that was to follow; call it within a transaction."""
        self.store.put("seed", self.store.get("next_seed"))
        self.store.put("next_seed", None)
        self.store.put(KEY_ASKED, None)

    def remember_enrolment(self, code: Any, stated: Mapping[str, Any]) -> None:
        """Keep what the server said at enrolment. Under another id than before, what has no receipt is handed in as
        this one's. Raises `DeviceError`: ``enrolment.other_centre`` or ``enrolment.other_person`` for a device that
        has worked for another."""
        if self.enrolled and self.store.get("centre") != stated["centre"]:
            raise DeviceError("enrolment.other_centre")
        if self.enrolled and self.store.get("person") != stated["person"]:
            raise DeviceError("enrolment.other_person")
        # Before the store says so: whoever is listed can enrol again by the same code, who is not listed is forgotten.
        phone.tell(self.store.folder, stated["person_name"], stated["centre_name"])
        with self.store.transaction():
            again = self.enrolled
            anew = again and self.store.get("device") != stated["device"]
            for name in ("device", "centre", "centre_name", "person", "person_name", "role", "keyring", "state"):
                self.store.put(name, stated[name])
            for name, value in (("url", code.url), ("origin", code.origin), ("root_key", code.root_key)):
                self.store.put(name, value)
            self.store.put("pin", code.pin)
            self.store.put(LISTENS, again)
            if anew:
                self.mirror.forget()
                self.take_next_key()
                self.outbox.begin_anew(self.identity())
        self._begin_spool()

    def _begin_spool(self) -> None:
        """What was saved before this enrolment, or before there were spools, is sealed as well."""
        to = self.keyring().seal_key()
        if to is not None:
            # A transaction for its lock: no other process saves meanwhile.
            with self.store.transaction():
                url, pin, known = self.store.get("url"), self.store.get("pin"), self.outbox.ends()[1]
                self.spool.begin(url, pin, self.identity(), self._unsent(), to, known)

    def _unsent(self) -> list[tuple[int, bytes]]:
        """What has no receipt, by number, but what this phone cannot read any more: of a batch that lies sealed there
        are masks left, and whoever sealed those would sign that somebody said them."""
        found = self.store.rows(
            "SELECT number, e.body, b.payload IS NULL FROM entry e LEFT JOIN batch b ON b.sequence = e.sequence"
            " WHERE b.receipt IS NULL AND e.body <> x'' ORDER BY number"
        )
        return [(number, body) for number, body, readable in found if readable or not private.holds_private(body)]

    @contextlib.contextmanager
    def saving(self) -> Iterator[list[tuple[int, bytes]]]:
        """Save what is put into the list, by number, with whatever else is written to the store within: it is in the
        store and in the spool when the block ends, or in neither. Raises `DeviceError("disk.full")`."""
        kept: list[tuple[int, bytes]] = []
        with room():
            to = self.keyring().seal_key() if self.enrolled else None
            if to is not None and not self.spool.begun_by(self.identity()):
                self._begin_spool()
            with self.store.transaction():
                yield kept
                if to is not None:
                    self.spool.hold(kept, self.identity(), to, kept[0][0] - 1)
                faults.reach("device.save.before_commit")
        faults.reach("device.save.committed")
        self._settle_spool()

    def _settle_spool(self) -> None:
        """Put in place what the store has. Should the disk refuse, what was saved is saved all the same: it is tried
        again before the next save and when the device is opened."""
        with contextlib.suppress(OSError):
            self.spool.settle(self.outbox.ends()[1])

    def identity(self) -> Identity:
        """Who signs. Raises `DeviceError("device.unknown")` before enrolment."""
        if not self.enrolled:
            raise DeviceError("device.unknown")
        get = self.store.get
        origin, centre, device = (bytes.fromhex(get(name)) for name in ("origin", "centre", "device"))
        return Identity(origin, centre, device, self.new_key())

    def keyring(self) -> Keyring:
        """The server's keys, as far as this device knows."""
        envelope = self.store.get("keyring").encode()
        origin, root_key = self.store.get("origin"), self.store.get("root_key")
        return keyrings.load(envelope, bytes.fromhex(root_key), bytes.fromhex(origin))

    def trust(self) -> Trust:
        """What this device knows for certain."""
        identity, root_key = self.identity(), bytes.fromhex(self.store.get("root_key"))
        return Trust(identity.origin, identity.centre, identity.device, root_key, self.keyring())

    def frontier(self) -> Frontier:
        """The centre's log as far as this device has verified it."""
        hashes = self.store.get("frontier", [])
        return Frontier(self.store.get("log_size", 0), tuple(bytes.fromhex(one) for one in hashes))

    def log_name(self, epoch: int) -> str:
        """The origin line of the centre's log."""
        identity = self.identity()
        return note.name(identity.origin, identity.centre, epoch)

    def fingerprint(self) -> str:
        """What is compared with the centre head's screen."""
        return fingerprint(self.new_key().public_key)

    def now(self) -> int:
        """The device's best claim of the time: its clock, put right by the offset learnt from the server."""
        return self.clock() + int(self.store.get("clock_offset", 0))

    def new_id(self) -> str:
        """An id for a new record."""
        return ids.uuid7(self.clock(), secrets.token_bytes(10)).hex()
