"""The golden vectors, as a client reads them that was written from the protocol's page."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.interop.javascript import CLIENT
from tests.support.node import NODE
from tests.vectors import files

FOLDED = {"dictionary": "frames"}
"""Files that are compared beside another one's values."""

TABLES = {"kinds", "limits", "problems"}
"""Files that are tables of the page: they state no bytes to compute."""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """For each file how many values were compared, and what differed."""
    folder: Path = tmp_path_factory.mktemp("node")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NODE_")}
    done = subprocess.run(
        [NODE, CLIENT / "main.mjs", folder],
        input='{"do": "vectors"}\n',
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    assert "ok" in answer, answer
    return dict(answer["ok"])


@pytest.mark.parametrize("name", sorted(set(files.MADE) - TABLES))
def test_a_vector_file_is_what_a_client_from_the_page_computes(name: str, told: dict[str, Any]) -> None:
    found = told[FOLDED.get(name, name)]
    assert "differs" not in found, found["differs"]
    assert found["compared"] > 0
