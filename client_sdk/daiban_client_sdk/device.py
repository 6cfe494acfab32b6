"""A device: its store, its key, and what a person does with it. Everything here works with no signal.

`Device` is the sum of whose it is (`owner`), what it shows (`shown`), what is said on it (`said`) and its photos.
`client.Client` adds the link to the server; nothing here does network I/O.
"""

import hashlib
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from daiban_client_sdk import images
from daiban_client_sdk.errors import DeviceError
from daiban_client_sdk.said import Said
from daiban_client_sdk.sound import check_plain, checked
from daiban_client_sdk.store import room, write_file
from daiban_schemas import entry, strict
from daiban_sync import faults, sealing


class Attached(NamedTuple):
    """A photo that was kept. `findings` say what is wrong with it, while the paper is still on the table; `sha256` is
    empty where it waits for the enrolment."""

    record: str
    sha256: str
    size: int
    findings: tuple[Any, ...]


class Device(Said):
    """A device in a folder, with its photos."""

    def attach_photo(self, /, parent: str, source: Path, **fields: Any) -> Attached:
        """Keep a photo of a paper under a record: scaled, without metadata, judged, sealed to the centre under a key of
        its own, hashed as it will travel. Raises `images.ImageError` for what is no photo, `InvalidEntryError`, and
        `DeviceError("disk.full")`.

        Before it is known to whom to seal it, it lies in the store and waits for that (`seal_early`).
        """
        with source.open("rb") as file:
            prepared = images.prepare(file)
        form, now = self.new("photo"), self.now()
        values = {
            "parent": parent,
            "type": "application/octet-stream",
            "clear_sha256": prepared.digest.hex(),
            "width": prepared.width,
            "height": prepared.height,
            "taken_at": now,
            **fields,
        }
        check_plain(values)
        form.check(values)
        to = self._seal_key()
        if to is None:
            with room():
                self.store.run(
                    "INSERT INTO early_photo VALUES (?, ?, ?, ?)",
                    *(bytes.fromhex(form.record), prepared.data, msgspec.json.encode(values), now),
                )
            return Attached(form.record, "", len(prepared.data), prepared.findings)
        digest, size = self._keep_photo(form.record, prepared.data, values, now, to)
        return Attached(form.record, digest, size, prepared.findings)

    def seal_early(self) -> None:
        """Seal what was taken before it was known to whom, where that is known by now."""
        to = self._seal_key()
        if to is None:
            return
        for record, data, fields, taken_at in self.store.rows("SELECT * FROM early_photo ORDER BY record"):
            self._keep_photo(record.hex(), data, strict.decoded(fields), taken_at, to)

    def remember_enrolment(self, code: Any, stated: Mapping[str, Any]) -> None:
        """See `Owner.remember_enrolment`; early photos are sealed."""
        super().remember_enrolment(code, stated)
        self.seal_early()

    def _seal_key(self) -> bytes | None:
        return self.keyring().seal_key() if self.enrolled else None

    def _keep_photo(
        self, record: str, data: bytes, values: Mapping[str, Any], taken_at: int, to: bytes
    ) -> tuple[str, int]:
        """Seal a photo and keep it; gives hash and size as it travels.

        File first, then the record that names it, so that a crash leaves a file without record at worst.
        """
        identity, key = self.identity(), secrets.token_bytes(32)
        purpose = sealing.Purpose(sealing.PHOTO, identity.origin, identity.centre)
        sealed = b"".join(sealing.seal([data], key, to, purpose))
        digest = hashlib.sha256(sealed).hexdigest()
        # The name says to which record it belongs: it may have to be carried in without the store.
        path = self.store.photos / f"{record}-{digest}.sealed"
        with room():
            write_file(path, sealed)
        faults.reach("device.photo.written")
        stated = {**values, "sha256": digest, "size": len(sealed)}
        id_, body = bytes.fromhex(record), checked(entry.change(record, "photo", stated, seen=0, at=taken_at))
        try:
            with self.saving() as kept:
                kept.append((self.outbox.add(id_, "photo", "change", body, taken_at), body))
                self.store.run(
                    "INSERT INTO photo (record, sha256, path, size, taken_at, key) VALUES (?, ?, ?, ?, ?, ?)",
                    *(id_, digest, path.name, len(sealed), taken_at, key),
                )
                self.store.run("DELETE FROM early_photo WHERE record = ?", id_)
        except DeviceError:
            path.unlink(missing_ok=True)  # its record found no room: nothing will ever name this file
            raise
        faults.reach("device.photo.recorded")
        return digest, len(sealed)

    def photo(self, record: str) -> bytes:
        """A photo that was taken on this device, while it is still here. Raises `DeviceError("photo.unknown")`."""
        self._check_lease()
        row = self.store.row(
            "SELECT path, key FROM photo WHERE record = ? AND path <> ''"
            " UNION ALL SELECT data, NULL FROM early_photo WHERE record = ?",
            *(bytes.fromhex(record), bytes.fromhex(record)),
        )
        if row is None:
            raise DeviceError("photo.unknown")
        if isinstance(row[0], bytes):
            return row[0]
        kept = (self.store.photos / row[0]).read_bytes()
        return kept if row[1] is None else b"".join(sealing.Opening([kept]).content(row[1]))
