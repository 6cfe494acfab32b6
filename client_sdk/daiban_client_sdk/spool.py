"""The spool: every save a second time, sealed to the centre, so that no lost PIN loses what a person said.

``spool/`` beside the store holds files, each ``u32 length | sealed`` for each save; within is what
`daiban_sync.spooled` says, signed by the device. A file holds saves of one enrolment, from the number in its name on,
at most `IN_FILE` of them. Its name says of which: the server takes no file in which two devices speak. Files of earlier
versions do not name it. Nobody on the phone can read the spool, the phone included, and anybody may carry it in. What
the server's backups have is let go, a file at a time.

A save is in the store and in the spool, or in neither:

1. within the store's transaction the file as it will be is written beside the present one, durably, under a name that
   nobody carries in and that says its last save (`hold`);
2. the store commits;
3. the new file takes the old one's place (`settle`), which needs no room on the disk.

A disk that is full stops 1 or 2, and nothing was saved. A phone that dies before 2 leaves a file beside that the next
save throws away; one that dies before 3 leaves one whose last save the store has, and puts it in place when it is
opened again. So the spool never says what the store does not, and that is what the order is for: the number of a save
that was only in the spool would be given out once more, the centre would hear two things under one number, and freeze
the phone.
"""

import contextlib
import json
import os
import secrets
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from daiban_client_sdk.outbox import Identity
from daiban_client_sdk.store import Store, sync_folder, write_file
from daiban_sync import sealing, spooled

IN_FILE = 64
"""Saves in one file."""
FULL = 64 * 1024
"""Bytes of a file behind which a new one is begun, since each save writes its file anew."""
WHERE = "where.json"


class Spool:
    """Writes the spool of the store in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "spool"

    def add(self, entries: Iterable[tuple[int, bytes]], identity: Identity, to: bytes) -> None:
        """Keep entries by number that are in the store already, durably; `to` is the server's seal key."""
        for _, portion in groupby(entries, lambda one: one[0] // IN_FILE):
            kept = list(portion)
            self.hold(kept, identity, to)
            self.settle(kept[-1][0])

    def hold(self, entries: Sequence[tuple[int, bytes]], identity: Identity, to: bytes) -> None:
        """Write entries that follow each other down beside the spool, durably; call it within the store's transaction,
        whose write lock keeps other processes away. Raises `OSError`, and then nothing is changed."""
        first, last = entries[0][0], entries[-1][0]
        self.settle(first - 1)
        for left in self._beside():
            left.unlink()
        path = self._file(identity.device.hex(), first, last)
        before = path.read_bytes() if path.exists() else b""
        saves = [_sealed(number, body, identity, to) for number, body in entries]
        # A half save at its end, as an earlier version left it, is not taken along: nothing behind it could be read.
        _write(path.with_name(f"{path.name}.{last:012}"), spooled.join([*spooled.split(before), *saves]))

    def settle(self, last: int) -> None:
        """Put in place what is held of saves up to `last`, which the store has. It may be called again. Raises
        `OSError`."""
        held = [path for path in self._beside() if int(path.suffix[1:]) <= last]
        for path in held:
            with contextlib.suppress(FileNotFoundError):  # another process was faster
                path.rename(path.with_suffix(""))
        if held:
            sync_folder(self.folder)

    def _beside(self) -> list[Path]:
        return sorted(self.folder.glob("*.spool.*"))

    def _file(self, device: str, first: int, last: int) -> Path:
        """Where saves with these numbers belong."""
        begun = [path for path in self.folder.glob(f"{device}-*.spool") if _start(path) <= first]
        newest = max(begun, key=_start, default=None)
        if newest is not None and last < _start(newest) + IN_FILE and newest.stat().st_size < FULL:
            return newest
        return self.folder / f"{device}-{first:012}.spool"

    def begun_by(self, identity: Identity) -> bool:
        """Whether this spool belongs to this enrolment, and holds what there was when that began."""
        where = self.folder / WHERE
        return where.exists() and json.loads(where.read_bytes())["device"] == identity.device.hex()

    def begin(self, url: str, pin: str, identity: Identity, unsent: Iterable[tuple[int, bytes]], to: bytes) -> None:
        """Seal what is unsent and let go of what an earlier enrolment sealed, which is signed for another id. Then say
        where this spool belongs, in clear: whoever finds the phone can carry it there. That is last, so that a phone
        that dies in between begins again."""
        self.folder.mkdir(exist_ok=True, mode=0o700)
        self.add(unsent, identity, to)
        for path in self.folder.glob("*.spool"):
            if not path.name.startswith(f"{identity.device.hex()}-"):
                path.unlink()
        where = {"url": url, "pin": pin, "centre": identity.centre.hex(), "device": identity.device.hex()}
        write_file(self.folder / WHERE, json.dumps(where).encode())

    def release(self, store: Store) -> None:
        """Let go of files all of whose saves are released (see `custody.release`)."""
        row = store.row(
            "SELECT min(e.number) FROM entry e LEFT JOIN batch b ON b.sequence = e.sequence"
            " WHERE b.sequence IS NULL OR b.packed <> x''"
        )
        held = row[0] if row and row[0] is not None else 2**62
        for path in self.folder.glob("*.spool"):
            if _start(path) + IN_FILE <= held:
                path.unlink(missing_ok=True)


def _start(path: Path) -> int:
    """The first number that may stand in a file."""
    return int(path.stem.rpartition("-")[2])


def _sealed(number: int, body: bytes, identity: Identity, to: bytes) -> bytes:
    one = spooled.Spooled(identity.origin, identity.centre, identity.device, number, body)
    signed = spooled.seal_one(one, identity.signer)
    return b"".join(sealing.seal([signed], secrets.token_bytes(32), to, spooled.purpose(identity.origin)))


def _write(path: Path, data: bytes) -> None:
    """Write a file, all of it or nothing, and its bytes to the disk; its name is synced when it is put in place."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        while data:
            data = data[os.write(descriptor, data) :]
        os.fsync(descriptor)
    except BaseException:
        path.unlink()
        raise
    finally:
        os.close(descriptor)
