"""``python -m tests.simulator``: run seeds of a tier, or tell the story of one.

::

    python -m tests.simulator rules 2000          # seeds 0 to 1999
    python -m tests.simulator rules 100 --from 5000
    python -m tests.simulator stores --seed 17    # one seed: shrunk if it fails, and told in words
    python -m tests.simulator kills 24            # real processes: a few seconds each
"""

import argparse
import sys
import time

from tests.simulator.fleet import KILLS, NAMES, Sum, one, runs
from tests.simulator.run import TIERS
from tests.simulator.shrink import story


def main() -> None:
    """Run what was asked for; exits with 1 if an invariant did not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description="play townships, look for losses")
    parser.add_argument("tier", choices=NAMES)
    parser.add_argument("seeds", nargs="?", type=int, default=100, help="how many seeds")
    parser.add_argument("--from", dest="first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="one seed, told in words")
    parser.add_argument("--processes", type=int)
    parser.add_argument("--stop", action="store_true", help="stop at the first finding, and tell no story")
    given = parser.parse_args()
    if given.seed is not None:
        tell(given.tier, given.seed)
    sys.exit(several(given))


def tell(tier: str, seed: int) -> None:
    """The story of one seed."""
    run = one((tier, seed)) if tier == KILLS else story(TIERS[tier], seed)
    print("\n".join(run.told))
    print(f"\n{run.words}" if run.rule else "\nEverything holds.")
    sys.exit(1 if run.rule else 0)


def several(given: argparse.Namespace) -> int:
    """A line for each finding, the story of the first, and a sum."""
    total, began = Sum(), time.monotonic()
    for run in runs(given.tier, range(given.first, given.first + given.seeds), given.processes):
        total.add(run)
        if run.rule:
            print(f"seed {run.seed}: {run.words}", flush=True)
            if given.stop:
                return 1
    faults = ", ".join(f"{count} {name}" for name, count in total.faults.most_common())
    print(f"{total.seeds} seeds, {total.operations} operations, {time.monotonic() - began:.0f} s; {faults}")
    print(f"{len(total.violations)} violations")
    if total.violations:
        tell(given.tier, total.violations[0].seed)
    return 1 if total.violations else 0


if __name__ == "__main__":
    main()
