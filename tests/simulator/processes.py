"""The third tier: a real server and real phones as processes that are killed, by the decisions of a seed.

A seed fixes who does what and who dies at which named point; the machine decides the timing, so a finding is likely to
come back, not certain. The auditor of `tests/kills` is the judge: it reads database and stores by itself.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from random import Random

from daiban_sync.faults import POINTS
from tests.kills.world import World, picture
from tests.simulator.run import Run

PHONES = 2
ACTS = {"work": 6, "photo": 2, "sync": 5, "arm": 4, "kill_phone": 2, "kill_server": 2, "audit": 1}
HEALED = 4
"""Syncs of each phone within which nothing may be left to hand in."""


def play_processes(seed: int) -> Run:
    """One run of real processes."""
    dice, run = Random(seed), Run(seed)
    with tempfile.TemporaryDirectory(prefix="daiban-kills-") as name, World(Path(name), PHONES) as world:
        acts = _Acts(world, run, Path(name), dice)
        for act in dice.choices(list(ACTS), list(ACTS.values()), k=dice.randint(8, 16)):
            run.operations += 1
            getattr(acts, act)()
            if run.rule:
                return run
        acts.heal()
        run.faults["processes killed"] += world.server.deaths + sum(phone.deaths for phone in world.phones)
    return run


class _Acts:
    """What a seed decides."""

    def __init__(self, world: World, run: Run, folder: Path, dice: Random) -> None:
        self._world, self._run, self._folder, self._dice = world, run, folder, dice

    def _who(self) -> int:
        return self._dice.randrange(PHONES)

    def _say(self, words: str) -> None:
        self._run.told.append(words)

    def work(self) -> None:
        """An agent collects at a home."""
        who = self._who()
        self._say(f"phone {who} collects at a home")
        self._world.phones[who].work(self._world.place, self._dice, None)

    def photo(self) -> None:
        """An agent takes a photo of a paper."""
        who = self._who()
        self._say(f"phone {who} collects at a home and takes a photo")
        paper = picture(self._folder / "photo.jpg", self._dice.randrange(10**9))
        self._world.phones[who].work(self._world.place, self._dice, paper)

    def sync(self) -> None:
        """One try."""
        who = self._who()
        self._say(f"phone {who} syncs: {self._world.phones[who].do('sync')}")

    def arm(self) -> None:
        """Whoever comes to a named point next dies there."""
        point = self._dice.choice(POINTS)
        self._say(f"whoever comes to {point} dies")
        self._world.arm(point)

    def kill_phone(self) -> None:
        """A phone is killed where it stands."""
        who = self._who()
        self._say(f"phone {who} is killed")
        self._run.faults["phones killed"] += 1
        self._world.phones[who].stop()

    def kill_server(self) -> None:
        """The server is killed where it stands."""
        self._say("the server is killed")
        self._run.faults["servers killed"] += 1
        self._world.server.kill()

    def audit(self) -> None:
        """The auditor comes."""
        self._found(self._world.audit)

    def heal(self) -> None:
        """Nobody dies any more: everything is handed in, and the auditor finds nothing."""
        self._world.kill_file.unlink(missing_ok=True)
        self._world.server.ready()
        for _ in range(HEALED):
            for phone in self._world.phones:
                phone.sync()
        self._found(self._world.audit)
        self._found(self._world.unsent)

    def _found(self, look: Callable[[], list[str]]) -> None:
        if self._run.rule:
            return
        for finding in look():
            self._run.rule, self._run.words = "audit", finding
            self._say(finding)
