"""Which epochs were begun already, kept outside of backups.

A backup does not know of a restore that came after it. Put back once more, it would begin the same epoch again, and
phones that followed the first restore would never hear of the second. So each restore leaves a note beside the data and
beside the keys, and the next one begins behind the newest note that it finds.
"""

from collections.abc import Sequence
from pathlib import Path

from daiban_server.backup.archive import BackupError
from daiban_server.durable import sync

NAME = "last-epoch"


def newest(folders: Sequence[Path]) -> int:
    """The last epoch that a note in one of `folders` names, 0 without any. Raises `BackupError` for what is no note."""
    found = [0]
    for folder in folders:
        note = folder / NAME
        if note.exists():
            text = note.read_text().strip()
            if not text.isdecimal():
                raise BackupError(f"{note} 已损坏 / is damaged")
            found.append(int(text))
    return max(found)


def leave(folders: Sequence[Path], epoch: int) -> None:
    """Note, durably, that `epoch` begins. Raises `OSError` where that cannot be written; then nothing may begin."""
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = folder / f"{NAME}.new"
        aside.write_text(f"{epoch}\n")
        sync(aside)
        aside.rename(folder / NAME)
        sync(folder)
