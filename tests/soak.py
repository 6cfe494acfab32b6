"""``make soak``: kill server and phones at random instants while they work, again and again, and look for losses.

``--kills N`` or ``--seconds N`` sets how long; ``--seed`` repeats a run's choices (not its timing). It prints one table
at the end and exits with 1 if the auditor found anything.
"""

import argparse
import random
import tempfile
import threading
import time
from pathlib import Path

from tests.kills.world import Phone, World, picture

KILLS = 200
PHONES = 3
ROUND = 10
"""Kills between two audits."""


class _Killer(threading.Thread):
    """Kills somebody, at random, every so often."""

    def __init__(self, world: World, dice: random.Random) -> None:
        super().__init__(daemon=True)
        self._world = world
        self._dice = dice
        self.server = 0
        self.phones = 0
        self.resting = threading.Event()
        self.ended = threading.Event()

    @property
    def total(self) -> int:
        """Kills so far."""
        return self.server + self.phones

    def run(self) -> None:
        while not self.ended.wait(self._dice.uniform(0.05, 1.2)):
            if self.resting.is_set():
                continue
            if self._dice.random() < 0.4:
                self._world.server.kill()
                self.server += 1
            else:
                self._dice.choice(self._world.phones).kill()
                self.phones += 1


def _work(world: World, phone: Phone, folder: Path, dice: random.Random, stop: threading.Event) -> None:
    n = 0
    while not stop.is_set():
        n += 1
        photo = picture(folder / f"{phone.folder.name}.jpg", dice.randint(0, 10**9)) if n % 2 else None
        phone.work(world.place, dice, photo)
        for _ in range(50):
            if stop.is_set() or phone.do("sync") == "ok":
                break


def _round(world: World, folder: Path, dice: random.Random, killer: _Killer, until: int) -> list[str]:
    """Work under kills until there were `until` of them; then let everything heal, and audit."""
    stop = threading.Event()
    killer.resting.clear()
    workers = [
        threading.Thread(target=_work, args=(world, phone, folder, random.Random(dice.random()), stop))
        for phone in world.phones
    ]
    for worker in workers:
        worker.start()
    while killer.total < until:
        time.sleep(0.05)
    killer.resting.set()
    stop.set()
    for worker in workers:
        worker.join()
    before = world.audit()
    world.server.ready()
    for phone in world.phones:
        phone.sync()
    return before + world.audit() + world.unsent()


def _soak(given: argparse.Namespace, folder: Path) -> list[str]:
    dice, began = random.Random(given.seed), time.monotonic()
    found: list[str] = []
    with World(folder, PHONES) as world:
        killer = _Killer(world, random.Random(given.seed + 1))
        killer.resting.set()
        killer.start()
        while not found and not _enough(given, killer.total, time.monotonic() - began):
            found += _round(world, folder, dice, killer, killer.total + ROUND)
            print(f"{time.monotonic() - began:6.0f} s  {killer.total} kills  {len(found)} findings", flush=True)
        killer.ended.set()
        saved = sum(phone.confirmed() for phone in world.phones)
    print(f"\nseed                            {given.seed}")
    print(f"kills of the server             {killer.server}")
    print(f"kills of {PHONES} phones               {killer.phones}")
    print(f"saves that a phone confirmed    {saved}")
    print(f"findings of the auditor         {len(found)}")
    return found


def _enough(given: argparse.Namespace, kills: int, seconds: float) -> bool:
    return bool(seconds >= given.seconds if given.seconds else kills >= given.kills)


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=KILLS)
    parser.add_argument("--seconds", type=int)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="daiban-soak-") as name:
        found = _soak(given, Path(name))
    print("\n".join(found))
    raise SystemExit(1 if found else 0)


if __name__ == "__main__":
    main()
