"""``make soak``: play townships on all cores, kill real processes, plant bugs, and sum up in one table.

``--seconds N`` shares N seconds out: townships by the pure rules, townships of real stores and servers on files that
power cuts tear, random kills of real processes, planted bugs. Without it 200 processes are killed, and the other
shares take half a minute each. ``--seed`` says where the seeds begin; without it every run has others. It exits with 1
if anything was lost, or if a planted bug was not found.
"""

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from tests.simulator import bugs
from tests.simulator.fleet import Sum, summed
from tests.soak.kills import Killed, kill

KILLS = 200
HALF_A_MINUTE = 30.0
ENDLESS = 10**9
SHARES = {"rules": 0.35, "stores": 0.35, "kills": 0.2, "bugs": 0.1}
"""Of the time that is given. Each share is overrun by what was begun in it."""


class Soaked(NamedTuple):
    """Everything that there is to sum up."""

    sums: dict[str, Sum]
    killed: Killed
    hunts: list[bugs.Hunt]

    @property
    def violations(self) -> int:
        """Runs that broke an invariant, and what the auditor found."""
        return sum(len(one.violations) for one in self.sums.values()) + len(self.killed.findings)

    @property
    def missed(self) -> list[bugs.Hunt]:
        """Planted bugs that were not found."""
        return [hunt for hunt in self.hunts if hunt.seeds is None]


def soak(seconds: float | None, seed: int, kills: int) -> Soaked:
    """Run everything, one after the other."""
    share = {name: seconds * part if seconds else HALF_A_MINUTE for name, part in SHARES.items()}
    sums = {}
    for tier in ("rules", "stores"):
        print(f"• townships: {tier}", flush=True)
        sums[tier] = summed(tier, range(seed, seed + ENDLESS), share[tier])
    print("• real processes, killed", flush=True)
    with tempfile.TemporaryDirectory(prefix="daiban-soak-") as name:
        killed = kill(Path(name), seed, kills, share["kills"] if seconds else None)
    print("• planted bugs", flush=True)
    return Soaked(sums, killed, _hunted(seed, share["bugs"]))


def _hunted(seed: int, seconds: float) -> list[bugs.Hunt]:
    """Hunt planted bugs, another part of the list each time, until the time is over."""
    listed, until, found = bugs.listed(), time.monotonic() + seconds, []
    first = seed % len(listed)
    for hunt in bugs.hunted([*listed[first:], *listed[:first]], until=until):
        found.append(hunt)
    return found


def table(soaked: Soaked) -> list[str]:
    """The table, and under it what went wrong."""
    rows = [("", *soaked.sums, "together")]
    seeds = [one.seeds for one in soaked.sums.values()]
    operations = [one.operations for one in soaked.sums.values()]
    rows.append(("seeds", *map(_figure, [*seeds, sum(seeds)])))
    rows.append(("operations", *map(_figure, [*operations, sum(operations)])))
    together: Counter[str] = sum((one.faults for one in soaked.sums.values()), Counter())
    for fault, count in together.most_common():
        each = [one.faults[fault] for one in soaked.sums.values()]
        rows.append((f"  {fault}", *map(_figure, [*each, count])))
    violations = [len(one.violations) for one in soaked.sums.values()]
    rows.append(("violations", *map(_figure, [*violations, sum(violations)])))
    rows.append(
        ("at most 1 failing in", *map(_bound, [*zip(seeds, violations, strict=True), (sum(seeds), sum(violations))]))
    )
    lines = [f"{name:24}" + "".join(f"{figure:>12}" for figure in figures) for name, *figures in rows]
    return [*lines, *_below(soaked)]


def _below(soaked: Soaked) -> list[str]:
    killed, hunts = soaked.killed, soaked.hunts
    found = len(hunts) - len(soaked.missed)
    told = f"of {len(hunts)} that there was time for, of {len(bugs.listed())}"
    return [
        f"{'kills':24}{_figure(killed.kills):>12}  ({killed.server} of the server, {killed.phones} of phones)",
        f"{'saves confirmed':24}{_figure(killed.saved):>12}",
        f"{'findings of the auditor':24}{_figure(len(killed.findings)):>12}",
        f"{'planted bugs found':24}{_figure(found):>12}  {told}",
        *(f"  seed {run.seed}: {run.words}" for one in soaked.sums.values() for run in one.violations),
        *(f"  {finding}" for finding in killed.findings),
        *(f"  not found: {hunt.bug.name}" for hunt in soaked.missed),
    ]


def _figure(number: int) -> str:
    return f"{number:,}"


def _bound(seeds_and_violations: tuple[int, int]) -> str:
    """After n runs without a failure the rate is below 3/n, with 95 % confidence."""
    seeds, violations = seeds_and_violations
    return "–" if violations or not seeds else _figure(max(1, seeds // 3))


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--seed", type=int, default=int(time.time()) // 60 * 1000)
    given = parser.parse_args()
    soaked = soak(given.seconds, given.seed, given.kills)
    print(f"\nfrom seed {given.seed}\n")
    print("\n".join(table(soaked)))
    raise SystemExit(1 if soaked.violations or soaked.missed else 0)


if __name__ == "__main__":
    main()
