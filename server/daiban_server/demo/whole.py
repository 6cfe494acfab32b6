"""A folder that is there as a whole, or not at all: what is built beside its place carries a mark until then."""

import shutil
from pathlib import Path

from daiban_server.durable import sync

UNFINISHED = "UNFINISHED"
"""A file in a folder that is being built: only such a folder is ever thrown away."""


class FolderError(ValueError):
    """There is something where the folder shall go."""


def keep(part: Path, folder: Path) -> None:
    """Put what is whole in its place. The server wrote it without waiting for the disk; now everything is there."""
    for path in part.rglob("*"):
        sync(path)
    (part / UNFINISHED).unlink()
    part.rename(folder)
    sync(folder)
    sync(folder.parent)


def throw_away(part: Path) -> None:
    """Take away what was left half done. Raises `FolderError` for what is not ours."""
    if not part.exists():
        return
    if not (part / UNFINISHED).exists():
        raise FolderError(f"{part} 不是本命令留下的，请先移走")
    shutil.rmtree(part)
