"""The spool: every save a second time, sealed to the centre, so that no lost PIN loses what a person said.

``spool/`` beside the store holds files, each ``u32 length | sealed`` for each save; within is what
`daiban_sync.spooled` says, signed by the device. A file holds saves of one enrolment, from the number in its name on,
of some `IN_FILE` numbers. Its name says of which: the server takes no file in which two devices speak. Files of earlier
versions do not name it. Nobody on the phone can read the spool, the phone included, and anybody may carry it in. What
the server's backups have is let go, a file at a time.

A save is in the store and in the spool, or in neither:

1. within the store's transaction its saves are appended, durably, behind the mark `spooled.HELD` in place of the first
   one's length: whoever reads the file stops there (`hold`);
2. the store commits;
3. the length is put in place of the mark, which needs no room on the disk (`settle`).

Behind them stands a trailer, ``HELD | u64 last number | u64 where they begin | u32 length of the first``, which nobody
else reads either; the next save is written over it. It says whether the store has what is held.

A disk that is full stops 1 or 2, and nothing was saved. A phone that dies before 2 leaves saves that are held for ever,
and the next one is written over them; one that dies before 3 leaves some that the store has, and puts the length in
place when it is opened again. So the spool never says what the store does not, and that is what the order is for: the
number of a save that was only in the spool would be given out once more, the centre would hear two things under one
number, and freeze the phone.
"""

import contextlib
import json
import os
import secrets
import struct
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from daiban_client_sdk.outbox import Identity
from daiban_client_sdk.store import Store, sync_folder, write_file
from daiban_sync import sealing, spooled
from daiban_sync.errors import WireError

IN_FILE = 64
"""Numbers in one file, but for the rest of the save that begins with the last of them."""
WHERE = "where.json"
_TRAILER = struct.Struct(">4sQQI")
_LENGTH = struct.Struct(">I")


class _Trailer(NamedTuple):
    """What the last that was written into a file is: up to which number, where, and how long its first save is."""

    last: int
    start: int
    length: int


class Spool:
    """Writes the spool of the store in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "spool"
        self._held: list[Path] | None = None

    def add(self, entries: Iterable[tuple[int, bytes]], identity: Identity, to: bytes, known: int) -> None:
        """Keep entries by number, durably, of those up to `known` that are in the store; `to` is the server's seal
        key."""
        for _, portion in groupby(entries, lambda one: one[0] // IN_FILE):
            self.hold(list(portion), identity, to, known)
            self.settle(known)

    def hold(self, entries: Sequence[tuple[int, bytes]], identity: Identity, to: bytes, known: int) -> None:
        """Write entries that follow each other down, durably, to be settled once the store has them; up to `known` it
        has what came before. Call it within the store's transaction, whose write lock keeps other processes away.
        Raises `OSError`, and then nothing is changed."""
        self.settle(known)
        first, last = entries[0][0], entries[-1][0]
        path = self._file(identity.device.hex(), first)
        fresh = not path.exists()
        data = spooled.join([_sealed(number, body, identity, to) for number, body in entries])
        with _opened(path, os.O_RDWR | os.O_CREAT) as descriptor:
            start, before = _settle(descriptor, known)
            trailer = _TRAILER.pack(spooled.HELD, max(last, before), start, *_LENGTH.unpack_from(data))
            _write(descriptor, start, spooled.HELD + data[_LENGTH.size :] + trailer)
        if fresh:
            sync_folder(self.folder)
        self._held = [path]

    def settle(self, known: int) -> None:
        """Let what is held count that the store has: saves up to `known`. It may be called again. Raises `OSError`."""
        for path in sorted(self.folder.glob("*.spool")) if self._held is None else self._held:
            # Another process may have let go of it.
            with contextlib.suppress(FileNotFoundError), _opened(path, os.O_RDWR) as descriptor:
                _settle(descriptor, known)
        self._held = []

    def _file(self, device: str, first: int) -> Path:
        """Where a save belongs whose first number this is: it alone decides, so that the number is given out again only
        over what was held under it."""
        begun = [path for path in self.folder.glob(f"{device}-*.spool") if _start(path) <= first]
        newest = max(begun, key=_start, default=None)
        if newest is not None and first < _start(newest) + IN_FILE:
            return newest
        return self.folder / f"{device}-{first:012}.spool"

    def begun_by(self, identity: Identity) -> bool:
        """Whether this spool belongs to this enrolment, and holds what there was when that began."""
        where = self.folder / WHERE
        return where.exists() and json.loads(where.read_bytes())["device"] == identity.device.hex()

    def begin(
        self, url: str, pin: str, identity: Identity, unsent: Iterable[tuple[int, bytes]], to: bytes, known: int
    ) -> None:
        """Seal what is unsent, of what the store has up to `known`, and let go of what an earlier enrolment sealed,
        which is signed for another id. Then say where this spool belongs, in clear: whoever finds the phone can carry
        it there. That is last, so that a phone that dies in between begins again."""
        self.folder.mkdir(exist_ok=True, mode=0o700)
        self.add(unsent, identity, to, known)
        for path in self.folder.glob("*.spool"):
            if not path.name.startswith(f"{identity.device.hex()}-"):
                path.unlink()
        where = {"url": url, "pin": pin, "centre": identity.centre.hex(), "device": identity.device.hex()}
        write_file(self.folder / WHERE, json.dumps(where).encode())

    def release(self, store: Store) -> None:
        """Let go of files all of whose saves are released (see `custody.release`). Call it within a transaction, or a
        save would go with its file that another process is writing."""
        row = store.row(
            "SELECT min(e.number) FROM entry e LEFT JOIN batch b ON b.sequence = e.sequence"
            " WHERE b.sequence IS NULL OR b.packed <> x''"
        )
        held = row[0] if row and row[0] is not None else 2**62
        for path in self.folder.glob("*.spool"):
            if _last(path) < held:
                path.unlink(missing_ok=True)


def _start(path: Path) -> int:
    """The first number that may stand in a file."""
    return int(path.stem.rpartition("-")[2])


def _last(path: Path) -> int:
    """The last number that may stand in a file, however many its last save has."""
    with _opened(path, os.O_RDONLY) as descriptor:
        trailer = _trailer(descriptor)
    return max(_start(path) + IN_FILE - 1, trailer.last if trailer else 0)


def _sealed(number: int, body: bytes, identity: Identity, to: bytes) -> bytes:
    one = spooled.Spooled(identity.origin, identity.centre, identity.device, number, body)
    signed = spooled.seal_one(one, identity.signer)
    return b"".join(sealing.seal([signed], secrets.token_bytes(32), to, spooled.purpose(identity.origin)))


@contextlib.contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    descriptor = os.open(path, flags, 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _settle(descriptor: int, known: int) -> tuple[int, int]:
    """Let what is held in a file count that the store has; gives where the saves that count end, and the last number
    among them as far as that is written."""
    trailer = _trailer(descriptor)
    if trailer is None:
        return _whole(descriptor), 0
    if trailer.last > known:
        return trailer.start, 0
    if os.pread(descriptor, _LENGTH.size, trailer.start) == spooled.HELD:
        os.pwrite(descriptor, _LENGTH.pack(trailer.length), trailer.start)
        os.fdatasync(descriptor)
    return os.fstat(descriptor).st_size - _TRAILER.size, trailer.last


def _trailer(descriptor: int) -> _Trailer | None:
    """A file's trailer: one of an earlier version has none, nor one where writing broke off."""
    at = os.fstat(descriptor).st_size - _TRAILER.size
    if at < 0:
        return None
    mark, *said = _TRAILER.unpack(os.pread(descriptor, _TRAILER.size, at))
    found = _Trailer(*said)
    if mark != spooled.HELD or found.start + _LENGTH.size + found.length > at:
        return None
    begins = os.pread(descriptor, _LENGTH.size, found.start)
    return found if begins in (spooled.HELD, _LENGTH.pack(found.length)) else None


def _whole(descriptor: int) -> int:
    """Where a file's whole saves end: behind half a save nothing could be read."""
    end = 0
    with contextlib.suppress(WireError):
        for sealed in spooled.split(os.pread(descriptor, os.fstat(descriptor).st_size, 0)):
            end += _LENGTH.size + len(sealed)
    return end


def _write(descriptor: int, start: int, data: bytes) -> None:
    """End a file with `data` from `start` on, durably, or leave it as it is."""
    before, at = os.pread(descriptor, os.fstat(descriptor).st_size, start), start
    try:
        while data:
            count = os.pwrite(descriptor, data, at)
            data, at = data[count:], at + count
        os.ftruncate(descriptor, at)
        os.fsync(descriptor)
    except BaseException:
        os.ftruncate(descriptor, start + os.pwrite(descriptor, before, start))
        raise
