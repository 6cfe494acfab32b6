"""A small year, built once by the command that people use: two centres, a tenth of their work."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlcipher3 import dbapi2

from daiban_server.demo.year.build import Wish
from daiban_server.demo.year.command import demo_year

WISH = Wish(seed=1, centres=2, share=0.1)


class Built:
    """The year's folder, what the command said, and its tables."""

    def __init__(self, folder: Path, said: str) -> None:
        self.folder, self.said = folder, said

    def rows(self, sql: str) -> list[Any]:
        """The rows of a statement, read beside whoever has it open."""
        connection = dbapi2.connect(f"file:{self.folder / 'daiban.db'}?mode=ro", uri=True)
        try:
            return list(connection.execute(sql).fetchall())
        finally:
            connection.close()


@pytest.fixture(scope="session")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The built year."""
    folder = tmp_path_factory.mktemp("year") / "data"
    wish = ["--seed", str(WISH.seed), "--centres", str(WISH.centres), "--share", str(WISH.share)]
    done = CliRunner().invoke(demo_year, [str(folder), *wish], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    yield Built(folder, done.output)
