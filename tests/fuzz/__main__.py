"""``make fuzz``: the long run."""

import argparse
import asyncio
import secrets
import tempfile
import time
from pathlib import Path

from tests.fuzz.run import fuzz
from tests.support.township import open_township


async def main() -> None:
    """Send them and print how often each answer came."""
    asked = argparse.ArgumentParser(prog="make fuzz")
    asked.add_argument("--inputs", type=int, default=100_000)
    asked.add_argument("--seed", type=int, default=secrets.randbelow(2**32))
    chosen, began = asked.parse_args(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="daiban-fuzz-") as folder:
        async with open_township(Path(folder)) as town:
            told = await fuzz(town, chosen.inputs, chosen.seed)
    for answer, count in sorted(told.items()):
        print(f"{count:>9}  {answer}")
    print(f"{chosen.inputs} inputs, seed {chosen.seed}, {time.monotonic() - began:.0f} s: no 5xx, tables as they were")


asyncio.run(main())
