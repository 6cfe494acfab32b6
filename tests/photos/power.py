"""A power cut, as a file system without mercy would take it.

While a `Power` block lasts it notes at every fsync what that fsync promised: a file's bytes, or a folder's
names. `cut` builds the tree that these promises alone leave behind. Names that no fsync of their folder
covered are gone; a file has the bytes of its last fsync, or none. A rename is one act: when the new folder's
names are safe, the old name is gone as well.
"""

import os
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

Inode = int


class Power:
    """Watches everything under `root`, which is itself safe."""

    def __init__(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._root, self._monkeypatch = root, monkeypatch
        self._fsync = os.fsync
        self._bytes: dict[Inode, bytes] = {}
        self._names: dict[Inode, dict[str, tuple[Inode, bool]]] = {}

    def cut(self, into: Path) -> Path:
        """What would be found after a power cut at this instant, as a new folder `into`."""
        into.mkdir()
        self._rebuild(self._root.stat().st_ino, into)
        return into

    def _rebuild(self, folder: Inode, into: Path) -> None:
        for name, (inode, is_folder) in self._names.get(folder, {}).items():
            if is_folder:
                (into / name).mkdir()
                self._rebuild(inode, into / name)
            else:
                (into / name).write_bytes(self._bytes.get(inode, b""))

    def _note(self, descriptor: int) -> None:
        self._fsync(descriptor)
        path = Path(f"/proc/self/fd/{descriptor}").readlink()
        inode = os.fstat(descriptor).st_ino
        if path.is_dir():
            names = {entry.name: (entry.stat().st_ino, entry.is_dir()) for entry in path.iterdir()}
            for folder, older in self._names.items():
                self._names[folder] = {name: it for name, it in older.items() if it not in names.values()}
            self._names[inode] = names
        else:
            self._bytes[inode] = path.read_bytes()

    def __enter__(self) -> Self:
        self._monkeypatch.setattr(os, "fsync", self._note)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._monkeypatch.setattr(os, "fsync", self._fsync)
