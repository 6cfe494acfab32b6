"""Kill server and phones at random instants while they work, again and again, and look for losses."""

import random
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.kills.world import Phone, World, picture

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


@dataclass
class Killed:
    """What the killing was like. `saved` counts saves that a phone confirmed."""

    server: int = 0
    phones: int = 0
    saved: int = 0
    findings: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        """All of them."""
        return self.server + self.phones


def kill(folder: Path, seed: int, kills: int, seconds: float | None) -> Killed:
    """Kill until there were `kills`, or for `seconds` if they are given; a round that has begun is finished."""
    dice, began = random.Random(seed), time.monotonic()
    done = Killed()
    with World(folder, PHONES) as world:
        killer = _Killer(world, random.Random(seed + 1))
        killer.resting.set()
        killer.start()
        while not done.findings and not _enough(kills, seconds, killer.total, time.monotonic() - began):
            done.findings += _round(world, folder, dice, killer, killer.total + ROUND)
            print(f"{time.monotonic() - began:6.0f} s  {killer.total} kills  {len(done.findings)} findings", flush=True)
        killer.ended.set()
        done.saved = sum(phone.confirmed() for phone in world.phones)
    done.server, done.phones = killer.server, killer.phones
    return done


def _enough(wanted: int, seconds: float | None, kills: int, passed: float) -> bool:
    return passed >= seconds if seconds else kills >= wanted
