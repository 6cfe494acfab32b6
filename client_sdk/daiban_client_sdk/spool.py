"""The spool: every save a second time, sealed to the centre, so that no lost PIN loses what a person said.

``spool/`` beside the store holds files of up to `IN_FILE` saves, each ``u32 length | sealed``; within is what
`daiban_sync.spooled` says, signed by the device. A file holds saves of one enrolment, and its name says of which: the
server takes no file in which two devices speak. Files of earlier versions do not name it. Nobody on the phone can read
the spool, the phone included, and anybody may carry it in. What the server's backups have is let go, a file at a time.

A save is in the store before it is in the spool. A phone that dies in between, and whose PIN is then destroyed as well,
loses that one save: the other order would spool saves that never were.
"""

import json
import os
import secrets
import struct
from collections.abc import Iterable
from pathlib import Path

from daiban_client_sdk.outbox import Identity
from daiban_client_sdk.store import Store, sync_folder, write_file
from daiban_sync import sealing, spooled

IN_FILE = 64
"""Saves in one file."""
WHERE = "where.json"
_LENGTH = struct.Struct(">I")


class Spool:
    """Writes the spool of the store in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "spool"
        self._looked: set[Path] = set()

    def add(self, entries: Iterable[tuple[int, bytes]], identity: Identity, to: bytes) -> None:
        """Keep entries by number, durably; `to` is the server's seal key."""
        for number, body in entries:
            one = spooled.seal_one(
                spooled.Spooled(identity.origin, identity.centre, identity.device, number, body), identity.signer
            )
            purpose = spooled.purpose(identity.origin)
            sealed = b"".join(sealing.seal([one], secrets.token_bytes(32), to, purpose))
            name = f"{identity.device.hex()}-{number // IN_FILE * IN_FILE:012}.spool"
            self._append(self.folder / name, _LENGTH.pack(len(sealed)) + sealed)

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
            if int(path.stem.rpartition("-")[2]) + IN_FILE <= held:
                path.unlink(missing_ok=True)

    def _append(self, path: Path, data: bytes) -> None:
        fresh = not path.exists()
        if path not in self._looked and not fresh:
            _mend(path)
        self._looked.add(path)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            _write(descriptor, data)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        if fresh:
            sync_folder(self.folder)


def _write(descriptor: int, data: bytes) -> None:
    """Append all of it or nothing: behind half a save, as a full disk leaves it, nothing could be read."""
    before = os.fstat(descriptor).st_size
    try:
        while data:
            data = data[os.write(descriptor, data) :]
    except BaseException:
        os.ftruncate(descriptor, before)
        raise


def _mend(path: Path) -> None:
    """Cut off a save that was half written when the phone died: what comes behind it could not be read."""
    whole = sum(_LENGTH.size + len(sealed) for sealed in spooled.split(path.read_bytes()))
    if whole < path.stat().st_size:
        os.truncate(path, whole)
