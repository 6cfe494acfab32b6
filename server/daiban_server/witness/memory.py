"""What a witness remembers of each log: its size and root, written down before the cosignature leaves."""

import json
import os
import threading
from pathlib import Path
from typing import NamedTuple

from daiban_server.durable import sync
from daiban_sync.merkle import EMPTY_ROOT


class Seen(NamedTuple):
    """The largest checkpoint of a log that was cosigned."""

    size: int = 0
    root: bytes = EMPTY_ROOT


class Memory:
    """One file for all logs. Whoever loses it must not go on under the same key: it would cosign a second history."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.lock = threading.Lock()
        held = json.loads(path.read_text()) if path.exists() else {}
        self._seen = {origin: Seen(size, bytes.fromhex(root)) for origin, (size, root) in held.items()}

    def seen(self, origin: str) -> Seen:
        """What was cosigned last."""
        return self._seen.get(origin, Seen())

    def keep(self, origin: str, seen: Seen) -> None:
        """Remember, durably; call it with the lock held."""
        now = {**self._seen, origin: seen}
        aside = self._path.with_suffix(".new")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump({name: (one.size, one.root.hex()) for name, one in now.items()}, file)
        sync(aside)
        aside.rename(self._path)
        sync(self._path.parent)
        self._seen = now
