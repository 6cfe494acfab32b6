"""A witness, a client of witnesses and a verifier of logs that other people wrote after C2SP's texts.

`aics-witness` and `aics-tlog` (PyPI) are pure Python and ask for 3.12, of which they use nothing: they lie in a folder
of their own, beside this environment's `cryptography`.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.processes import ROOT, Child

SOURCE = ROOT / "tests" / "witness" / "foreign"


def installed() -> Path:
    """Install what the requirements lock, once for each state of them; needs the package registry that one time."""
    locked = SOURCE / "requirements.txt"
    ready = ROOT / ".tools" / f"foreign-{hashlib.sha256(locked.read_bytes()).hexdigest()[:12]}"
    if not ready.exists():
        ready.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=ready.parent) as scratch:
            building = Path(scratch) / ready.name
            options = ["--no-deps", "--require-hashes", "--ignore-requires-python", "--disable-pip-version-check"]
            command = [sys.executable, "-m", "pip", "install", "-qq", *options, "--target", str(building)]
            done = subprocess.run([*command, "-r", str(locked)], capture_output=True, text=True, timeout=300)
            assert done.returncode == 0, f"pip failed:\n{done.stdout}{done.stderr}"
            building.rename(ready)
    return ready


def environment() -> dict[str, str]:
    """For their processes."""
    return {"PYTHONPATH": str(installed())}


def run(*words: str | Path) -> str:
    """Run one of their modules or scripts; gives what it printed. An AssertionError tells what it said instead."""
    command = [sys.executable, *map(str, words)]
    done = subprocess.run(command, env=os.environ | environment(), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return done.stdout


def begin(folder: Path, name: str, logs: dict[str, str]) -> tuple[Path, str]:
    """A foreign witness in `folder` for logs by origin and verifier key; gives its configuration and its own key."""
    config = folder / "witness.json"
    run("-m", "aics_witness", "init", "--config", config, "--name", name)
    held = json.loads(config.read_text())
    held["logs"] = [{"origin": log, "vkeys": [key], "extension_lines": True} for log, key in logs.items()]
    config.write_text(json.dumps(held))
    said = run("-m", "aics_witness", "init", "--config", config)
    return config, said.strip().splitlines()[-1]


def serving(config: Path, port: int) -> Child:
    """That witness at work on loopback."""
    words = ("-m", "aics_witness", "serve", "--config", config, "--listen", f"127.0.0.1:{port}")
    return Child.python(*words, env=environment())
