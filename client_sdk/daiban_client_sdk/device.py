"""A device: its store, its key, and what a person does with it. Everything here works with no signal.

`Device` is the sum of whose it is (`owner`), what it shows (`shown`), what is said on it (`said`) and its photos.
`client.Client` adds the link to the server; nothing here does network I/O.
"""

import hashlib
import secrets
from pathlib import Path
from typing import Any, NamedTuple

from daiban_client_sdk import images
from daiban_client_sdk.errors import DeviceError
from daiban_client_sdk.said import Said
from daiban_client_sdk.sound import check_plain, checked
from daiban_client_sdk.store import write_file
from daiban_schemas import entry
from daiban_sync import faults, sealing


class Attached(NamedTuple):
    """A photo that was kept. `findings` say what is wrong with it, while the paper is still on the table."""

    record: str
    sha256: str
    size: int
    findings: tuple[Any, ...]


class Device(Said):
    """A device in a folder, with its photos."""

    def attach_photo(self, /, parent: str, source: Path, **fields: Any) -> Attached:
        """Keep a photo of a paper under a record: scaled, without metadata, judged, sealed to the centre under a key of
        its own, hashed as it will travel. Raises `DeviceError("seal.no_key")` before enrolment.

        File first, then the record that names it, so that a crash leaves a file without record at worst. Raises
        `images.ImageError` for what is no photo.
        """
        to = self.keyring().seal_key() if self.enrolled else None
        if to is None:
            raise DeviceError("seal.no_key")
        with source.open("rb") as file:
            prepared = images.prepare(file)
        identity, key = self.identity(), secrets.token_bytes(32)
        purpose = sealing.Purpose(sealing.PHOTO, identity.origin, identity.centre)
        sealed = b"".join(sealing.seal([prepared.data], key, to, purpose))
        digest = hashlib.sha256(sealed).hexdigest()
        form, now = self.new("photo"), self.now()
        # The name says to which record it belongs: it may have to be carried in without the store.
        path = self.store.photos / f"{form.record}-{digest}.sealed"
        write_file(path, sealed)
        faults.reach("device.photo.written")
        values = {
            "parent": parent,
            "sha256": digest,
            "size": len(sealed),
            "type": "application/octet-stream",
            "clear_sha256": prepared.digest.hex(),
            "width": prepared.width,
            "height": prepared.height,
            "taken_at": now,
            **fields,
        }
        check_plain(values)
        form.check(values)
        body = checked(entry.change(form.record, "photo", values, seen=0, at=now))
        with self.store.transaction():
            number = self.outbox.add(bytes.fromhex(form.record), "photo", "change", body, now)
            self.store.run(
                "INSERT INTO photo (record, sha256, path, size, taken_at, key) VALUES (?, ?, ?, ?, ?, ?)",
                *(bytes.fromhex(form.record), digest, path.name, len(sealed), now, key),
            )
        faults.reach("device.photo.recorded")
        self._spool([(number, body)])
        return Attached(form.record, digest, len(sealed), prepared.findings)

    def photo(self, record: str) -> bytes:
        """A photo that was taken on this device, while it is still here. Raises `DeviceError("photo.unknown")`."""
        self._check_lease()
        row = self.store.row("SELECT path, key FROM photo WHERE record = ? AND path <> ''", bytes.fromhex(record))
        if row is None:
            raise DeviceError("photo.unknown")
        kept = (self.store.photos / row[0]).read_bytes()
        return kept if row[1] is None else b"".join(sealing.Opening([kept]).content(row[1]))
