"""The long run: every operation as every role. `make fuzz` sends it behind the bytes."""

import argparse
import asyncio
import secrets
import tempfile
import time
from pathlib import Path

from tests.attack.run import attack
from tests.attack.visitor import ROLES
from tests.support.township import open_township


async def main() -> None:
    """Send them and print how often each status came."""
    asked = argparse.ArgumentParser(prog="python -m tests.attack")
    asked.add_argument("--examples", type=int, default=30, help="of each kind, for each operation and role")
    asked.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    chosen = asked.parse_args()
    for role in ROLES:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="daiban-attack-") as folder:
            async with open_township(Path(folder)) as town:
                told = await attack(town, role, chosen.examples, chosen.seed)
        answers = ", ".join(f"{answer}: {count}" for answer, count in sorted(told.items()))
        print(f"{role}: {sum(told.values())} requests, seed {chosen.seed}, {time.monotonic() - began:.0f} s; {answers}")


asyncio.run(main())
