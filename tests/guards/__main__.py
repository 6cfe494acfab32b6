"""``make guards``: take each guard of Daiban out in turn, and see its tests turn red.

A test that stays green without what it tests proves nothing. `guards.toml` names the guards: what is replaced by what
in which file, and the tests that must notice. Everything happens in copies in a temporary folder; the working tree is
only read. A guard whose text is not in its file exactly once stops the run, so that the list cannot rot.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("guards.toml")
PACKAGES = ("schemas", "sync", "client_sdk", "server")
AT_ONCE = 2
PATIENCE = 90
"""Seconds for the tests of one guard; with every guard in place all tests together may take ten times as long."""

_LOCATE = "import importlib, sys; print(*(importlib.import_module(name).__file__ for name in sys.argv[1:]), sep='\\n')"


class Guard(NamedTuple):
    """In `file`, `text` becomes `instead`; then each of `tests` must fail. `rule` says whose guard it is: a case of the
    fifteen nastiest, or a rule of the design."""

    name: str
    rule: str
    file: str
    text: str
    instead: str
    tests: tuple[str, ...]


class Seen(NamedTuple):
    """What the tests made of a guard's absence. `noticed`: every one of them failed."""

    noticed: bool
    word: str
    seconds: float
    said: str


def listed(only: str) -> list[Guard]:
    """The guards whose name has `only` in it. Exits where the list does not fit the code."""
    guards = [Guard(**row | {"tests": tuple(row["tests"])}) for row in tomllib.loads(LIST.read_text())["guard"]]
    wrong = [f"{guard.name}: its text is {n} times in {guard.file}" for guard in guards if (n := _times(guard)) != 1]
    wrong += [f"{guard.name}: it changes nothing" for guard in guards if guard.text == guard.instead]
    wrong += [f"{guard.name}: it has no test" for guard in guards if not guard.tests]
    names = [guard.name for guard in guards]
    wrong += [f"{name}: listed twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    if wrong:
        sys.exit("The list of guards has rotted:\n  " + "\n  ".join(wrong))
    return [guard for guard in guards if only in guard.name]


def _times(guard: Guard) -> int:
    return (ROOT / guard.file).read_text().count(guard.text)


class Tree:
    """A copy of the project, whose packages its processes import before any other."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def of_project(cls, folder: Path) -> "Tree":
        """Copy what tests need of the project as it stands."""
        leave = shutil.ignore_patterns("__pycache__", "node_modules", ".*")
        for name in (*PACKAGES, "tests"):
            shutil.copytree(ROOT / name, folder / name, ignore=leave)
        shutil.copy2(ROOT / "pyproject.toml", folder)
        return cls(folder)

    def without(self, guard: Guard, folder: Path) -> "Tree":
        """A copy of this copy with one guard taken out."""
        shutil.copytree(self.folder, folder)
        file = folder / guard.file
        file.write_text(file.read_text().replace(guard.text, guard.instead))
        for compiled in file.parent.glob(f"__pycache__/{file.stem}.*"):
            compiled.unlink()  # it is told from the source by second and size alone
        return Tree(folder)

    def python(self, *arguments: str, patience: float = PATIENCE) -> subprocess.CompletedProcess[str]:
        """Run Python in this copy. Raises `subprocess.TimeoutExpired`."""
        path = os.pathsep.join(str(self.folder / name) for name in PACKAGES)
        # The same examples every time; and enough room for a test's own words.
        own = {"PYTHONPATH": path, "HYPOTHESIS_PROFILE": "ci", "COLUMNS": "200"}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=os.environ | own,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=patience,
        )

    def pytest(self, tests: Sequence[str], patience: float = PATIENCE) -> str:
        """What pytest says of these tests."""
        quiet = ("-q", "-rpfEs", "--tb=short", "-p", "no:cacheprovider", "--basetemp", str(self.folder / "tmp"))
        return self.python("-m", "pytest", *quiet, *tests, patience=patience).stdout

    def check_imports(self) -> None:
        """Exit unless what runs here is this copy, and not the project that the environment has installed."""
        found = self.python("-c", _LOCATE, *(f"daiban_{name}" for name in PACKAGES), "tests").stdout.split()
        if len(found) != 5 or not all(Path(file).is_relative_to(self.folder) for file in found):
            sys.exit("The copy would run other code than its own:\n  " + "\n  ".join(found))


def have(word: str, tests: Sequence[str], said: str) -> list[str]:
    """Those of `tests` of which pytest's summary says ``PASSED`` or ``FAILED``. A name without its parameters stands for
    any of them."""
    lines = said.splitlines()
    return [
        test
        for test in tests
        if any(line == f"{word} {test}" or line.startswith((f"{word} {test} - ", f"{word} {test}[")) for line in lines)
    ]


def check_green(tree: Tree, guards: Sequence[Guard]) -> None:
    """Exit unless every test passes while every guard stands."""
    tests = list(dict.fromkeys(test for guard in guards for test in guard.tests))
    said = tree.pytest(tests, patience=10 * PATIENCE)
    passed, failed = have("PASSED", tests, said), have("FAILED", tests, said)
    if failed or len(passed) < len(tests):
        missing = "\n  ".join(sorted({*tests} - {*passed} | {*failed}))
        sys.exit(f"{said}\nNot green with every guard in place:\n  {missing}")


def take_out(guard: Guard, tree: Tree) -> Seen:
    """Run a guard's tests without it."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="daiban-guard-") as folder:
        try:
            said = tree.without(guard, Path(folder) / "tree").pytest(guard.tests)
        except subprocess.TimeoutExpired:
            return Seen(False, "✗ hung       ", PATIENCE, f"no answer within {PATIENCE} s")
    failed, passed = have("FAILED", guard.tests, said), have("PASSED", guard.tests, said)
    noticed = len(failed) == len(guard.tests)
    word = "✓ red        " if noticed else "✗ still green" if set(passed) - set(failed) else "✗ broken     "
    return Seen(noticed, word, time.monotonic() - began, said)


def main() -> None:
    """Print a line for each guard, and exit with 1 if one was not missed."""
    parser = argparse.ArgumentParser(prog="make guards", description="take each guard out, see its tests turn red")
    parser.add_argument("--only", default="", metavar="WORDS", help="only guards with these words in their name")
    parser.add_argument("--why", action="store_true", help="show what the tests said")
    arguments = parser.parse_args()
    guards = listed(arguments.only)
    with tempfile.TemporaryDirectory(prefix="daiban-guards-") as folder:
        tree = Tree.of_project(Path(folder) / "tree")
        tree.check_imports()
        began = time.monotonic()
        check_green(tree, guards)
        print(f"• every test is green with every guard in place ({time.monotonic() - began:.0f} s)", flush=True)
        with ThreadPoolExecutor(AT_ONCE) as at_once:
            noticed = [report(*pair, arguments.why) for pair in zip(guards, at_once.map(lambda g: take_out(g, tree), guards), strict=True)]
    print(f"{sum(noticed)} of {len(guards)} guards were missed by their tests when they were gone")
    sys.exit(0 if all(noticed) else 1)


def report(guard: Guard, seen: Seen, why: bool) -> bool:
    """Print a guard's line; gives whether its absence was noticed."""
    print(f"{seen.word} {seen.seconds:5.1f} s  {guard.name} ({guard.rule})", flush=True)
    if why or not seen.noticed:
        print("\n".join(f"    {line}" for line in seen.said.splitlines()))
    return seen.noticed


if __name__ == "__main__":
    main()
