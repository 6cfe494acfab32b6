"""SQLite files with the server's tables in them and nothing else."""

import functools
import tempfile
from pathlib import Path

from daiban_server.db.migrate import migrate


def put_tables(file: Path) -> None:
    """Make `file` with the tables, unless it is there; whoever migrates it afterwards finds it up to date."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(_tables())


@functools.cache
def _tables() -> bytes:
    """What the migrations make, once in each process of a test run: they take a third of a second, and
    `tests/contracts/test_migrations.py` is about them."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "daiban.db"
        migrate(f"sqlite:///{file}")
        return file.read_bytes()
