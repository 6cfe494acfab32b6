"""``python -m tests.simulator.bugs``: plant bugs one at a time, and see the simulator find each of them.

`bugs.toml` names them: what is replaced by what in which file, which tier must find it, and within how many seeds.
Everything happens in copies in a temporary folder; the working tree is only read. A bug whose text is not in its file
exactly once stops the run, so that the list cannot rot. With ``--file``, a patch of one's own is planted.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.guards.__main__ import ROOT, Guard, Tree
from tests.guards.warm import PACKAGES

LIST = Path(__file__).with_name("bugs.toml")
PATIENCE = 600
"""Seconds after which the search for one bug is given up."""


class Bug(NamedTuple):
    """In `file`, `text` becomes `instead`; then `tier` must find it within `seeds` seeds."""

    name: str
    file: str
    text: str
    instead: str
    tier: str
    seeds: int


class Hunt(NamedTuple):
    """What became of the search: the seeds that it took, None where nothing was found, and the finding."""

    bug: Bug
    seeds: int | None
    said: str
    seconds: float


def listed(only: str = "") -> list[Bug]:
    """The bugs whose name has `only` in it. Exits where the list does not fit the code."""
    bugs = [Bug(**row) for row in tomllib.loads(LIST.read_text())["bug"]]
    wrong = [f"{bug.name}: its text is {n} times in {bug.file}" for bug in bugs if (n := _times(bug)) != 1]
    if wrong:
        sys.exit("The list of bugs has rotted:\n  " + "\n  ".join(wrong))
    return [bug for bug in bugs if only in bug.name]


def _times(bug: Bug) -> int:
    return (ROOT / bug.file).read_text().count(bug.text)


def hunt(bug: Bug, clean: Tree) -> Hunt:
    """Plant a bug in a copy, and play seeds there until one fails."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="daiban-bug-") as folder:
        tree = clean.without(Guard(bug.name, "", bug.file, bug.text, bug.instead, ()), Path(folder) / "tree")
        command = [sys.executable, "-m", "tests.simulator", bug.tier, str(bug.seeds), "--stop", "--processes", "1"]
        paths = os.pathsep.join(str(tree.folder / package) for package in PACKAGES)
        try:
            done = subprocess.run(
                command,
                cwd=tree.folder,
                env=os.environ | {"PYTHONPATH": paths},
                capture_output=True,
                text=True,
                timeout=PATIENCE,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Hunt(bug, None, "no answer in time", PATIENCE)
    found = re.search(r"^seed (\d+): (.*)$", done.stdout, re.MULTILINE)
    said = found[2] if found else done.stdout.strip() or done.stderr.strip()
    return Hunt(bug, int(found[1]) + 1 if found else None, said, time.monotonic() - began)


def hunted(bugs: Sequence[Bug], processes: int | None = None, until: float | None = None) -> Iterator[Hunt]:
    """Hunt several bugs, a few at once, in order; after `until` (of the monotonic clock) no other is begun."""

    def one(bug: Bug) -> Hunt | None:
        return None if until and time.monotonic() > until else hunt(bug, clean)

    with tempfile.TemporaryDirectory(prefix="daiban-bugs-") as folder:
        clean = Tree.of_project(Path(folder) / "tree")
        with ThreadPoolExecutor(processes or os.cpu_count() or 1) as at_once:
            yield from (found for found in at_once.map(one, bugs) if found is not None)


def main() -> None:
    """Print a line for each bug; exits with 1 if one was not found."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulator.bugs", description=__doc__)
    parser.add_argument("--only", default="", metavar="WORDS", help="only bugs with these words in their name")
    parser.add_argument("--tier", default="", help="only bugs of this tier")
    given = parser.parse_args()
    missed = 0
    for found in hunted([bug for bug in listed(given.only) if given.tier in bug.tier]):
        needed = f"{found.seeds:4}" if found.seeds else "   –"
        within = f"of {found.bug.seeds}"
        print(f"{needed} {within:8} {found.bug.tier:7} {found.bug.name:70} {found.said[:90]}", flush=True)
        missed += found.seeds is None
    print(f"{missed} not found")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
