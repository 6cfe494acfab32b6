"""Ordinary files on a disk that loses what was not synced: names of a folder, and bytes of a file."""

import os
from pathlib import Path

Names = dict[str, int]
"""A folder's names with the inodes behind them."""


class Files:
    """Watches every fsync while it is switched on, and knows what each of them promised."""

    def __init__(self) -> None:
        self._real = os.fsync
        self._names: dict[int, Names] = {}
        self._bytes: dict[int, bytes] = {}

    def on(self) -> None:
        """Watch from now on."""
        os.fsync = self._note  # type: ignore[assignment]

    def off(self) -> None:
        """Watch no more."""
        os.fsync = self._real

    def trust(self, folder: Path) -> None:
        """Take everything in a folder as synced."""
        for path in folder.iterdir():
            if path.is_dir():
                self.trust(path)
            else:
                self._bytes[path.stat().st_ino] = path.read_bytes()
        self._names[folder.stat().st_ino] = _names(folder)

    def left(self, folder: Path) -> dict[str, bytes]:
        """The files that a power cut leaves in a folder: names that were synced, with the bytes that were."""
        names = self._names.get(folder.stat().st_ino, {})
        return {name: self._bytes.get(inode, b"") for name, inode in names.items() if not (folder / name).is_dir()}

    def _note(self, descriptor: int) -> None:
        self._real(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        if path.is_dir():
            self._names[os.fstat(descriptor).st_ino] = _names(path)
        else:
            self._bytes[os.fstat(descriptor).st_ino] = path.read_bytes()


def _names(folder: Path) -> Names:
    return {entry.name: entry.stat().st_ino for entry in folder.iterdir()}
