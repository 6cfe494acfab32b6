"""``make guards``: take each guard of Daiban out in turn, and see its tests turn red.

A test that stays green without what it tests proves nothing. `guards.toml` names the guards: what is replaced by what
in which file, and the tests that must notice. Everything happens in copies in a temporary folder; the working tree is
only read. A guard whose text is not in its file exactly once stops the run, so that the list cannot rot.
"""

import argparse
import ast
import re
import shutil
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.guards.warm import OTHER_CODE, PACKAGES, end_in_order, pytest_in

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("guards.toml")
AT_ONCE = 2
PATIENCE = 90
"""Seconds for the tests of one guard; with every guard in place all tests together may take ten times as long."""


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


def listed(only: str, rules: Sequence[str] = ("",)) -> list[Guard]:
    """The guards whose name has `only` in it and whose rule begins with one of `rules`. Exits where the list does not
    fit the code."""
    guards = [Guard(**row | {"tests": tuple(row["tests"])}) for row in tomllib.loads(LIST.read_text())["guard"]]
    wrong = [f"{guard.name}: its text is {n} times in {guard.file}" for guard in guards if (n := _times(guard)) != 1]
    wrong += [f"{guard.name}: it changes nothing" for guard in guards if guard.text == guard.instead]
    wrong += [f"{guard.name}: it has no test" for guard in guards if not guard.tests]
    wrong += [f"{guard.name}: what is left is no code" for guard in guards if not _reads(guard)]
    names = [guard.name for guard in guards]
    wrong += [f"{name}: listed twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    if wrong:
        sys.exit("The list of guards has rotted:\n  " + "\n  ".join(wrong))
    chosen = [guard for guard in guards if only in guard.name and guard.rule.startswith(tuple(rules))]
    return chosen or sys.exit(f"No guard has “{only}” in its name and such a rule")


def _reads(guard: Guard) -> bool:
    """Whether the file can be read at all without the guard: else any test would fail, whatever it tests."""
    if not guard.file.endswith(".py"):
        return True
    try:
        ast.parse((ROOT / guard.file).read_text().replace(guard.text, guard.instead))
    except SyntaxError:
        return False
    return True


def _times(guard: Guard) -> int:
    return (ROOT / guard.file).read_text().count(guard.text)


class Tree:
    """A copy of the project, in which tests can be run."""

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

    def pytest(self, tests: Sequence[str], patience: float = PATIENCE) -> str:
        """What pytest says of these tests in this copy. Raises `TimeoutError`; exits if the copy was not what ran."""
        said = pytest_in(self.folder, tests, patience)
        return sys.exit(said) if OTHER_CODE in said else said


def have(word: str, tests: Sequence[str], said: str) -> list[str]:
    """Those of `tests` of which pytest's summary says `word`, PASSED or FAILED. A name without its parameters stands
    for any of them."""
    lines = said.splitlines()
    return [
        test
        for test in tests
        if any(line == f"{word} {test}" or line.startswith((f"{word} {test} - ", f"{word} {test}[")) for line in lines)
    ]


def check_green(tree: Tree, guards: Sequence[Guard]) -> list[str]:
    """Exit unless every test passes while every guard stands; gives those that this machine has to leave out."""
    tests = list(dict.fromkeys(test for guard in guards for test in guard.tests))
    said = tree.pytest(tests, patience=10 * PATIENCE)
    passed, failed = have("PASSED", tests, said), have("FAILED", tests, said)
    missing = [test for test in tests if test not in passed]
    if failed or len(missing) != sum(map(int, re.findall(r"^SKIPPED \[(\d+)\]", said, re.MULTILINE))):
        # Where a test is not to be found pytest runs none, and says which.
        sys.exit("\n  ".join((f"{said}\nNot green with every guard in place.", *failed, *(missing if passed else ()))))
    return missing


def take_out(guard: Guard, tree: Tree) -> Seen:
    """Run a guard's tests without it."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="daiban-guard-") as folder:
        try:
            said = tree.without(guard, Path(folder) / "tree").pytest(guard.tests)
        except TimeoutError:
            return Seen(False, "✗ hung       ", PATIENCE, f"no answer within {PATIENCE} s")
    failed, passed = have("FAILED", guard.tests, said), have("PASSED", guard.tests, said)
    noticed = len(failed) == len(guard.tests)
    word = "✓ red        " if noticed else "✗ still green" if set(passed) - set(failed) else "✗ broken     "
    return Seen(noticed, word, time.monotonic() - began, said)


def main() -> None:
    """Print a line for each guard, and exit with 1 if one was not missed."""
    parser = argparse.ArgumentParser(prog="make guards", description="take each guard out, see its tests turn red")
    parser.add_argument("--only", default="", metavar="WORDS", help="only guards with these words in their name")
    parser.add_argument("--rules", default="", metavar="RULE,…", help="only guards whose rule begins with one of these")
    parser.add_argument("--why", action="store_true", help="show what the tests said")
    arguments = parser.parse_args()
    end_in_order()
    guards = listed(arguments.only, arguments.rules.split(","))
    with tempfile.TemporaryDirectory(prefix="daiban-guards-") as folder:
        tree = Tree.of_project(Path(folder) / "tree")
        began = time.monotonic()
        skipped = check_green(tree, guards)
        print(f"• every test is green with every guard in place ({time.monotonic() - began:.0f} s)", flush=True)
        for guard in [guard for guard in guards if {*guard.tests} & {*skipped}]:
            print(f"- left out       {guard.name}: its test is skipped on this machine")
            guards.remove(guard)
        with ThreadPoolExecutor(AT_ONCE) as at_once:
            noticed = [
                report(*pair, arguments.why)
                for pair in zip(guards, at_once.map(lambda g: take_out(g, tree), guards), strict=True)
            ]
    print(f"{sum(noticed)} of {len(guards)} guards, taken out, turned their tests red")
    sys.exit(0 if all(noticed) else 1)


def report(guard: Guard, seen: Seen, why: bool) -> bool:
    """Print a guard's line; gives whether its absence was noticed."""
    print(f"{seen.word} {seen.seconds:5.1f} s  {guard.name} ({guard.rule})", flush=True)
    if why or not seen.noticed:
        # Refused bodies are quoted there as they came: nothing of them is for a terminal.
        print("\n".join(f"    {line}" for line in seen.said.splitlines()[-30:] if line.isprintable()))
    return seen.noticed


if __name__ == "__main__":
    main()
