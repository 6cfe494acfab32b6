"""What people of a centre did, noted in any order and played in order of time: agents hand in by their phones, all
others write at the desk."""

import itertools
import secrets
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from daiban_server.app import EFFECTS
from daiban_server.demo import district
from daiban_server.demo.year.device import Device, YearError
from daiban_server.demo.year.diary import Diary
from daiban_server.demo.year.hall import Hall
from daiban_server.demo.year.team import Team, Worker
from daiban_server.spine import desk

_TAKEN = frozenset({"new", "merged", "identical", "conflict"})


class Doing(NamedTuple):
    """An entry that somebody (his seat) hands in at a moment."""

    at: int
    serial: int
    seat: int
    body: bytes


class Doings(Diary):
    """A diary of some weeks, which end now and not with the demo's year."""

    def __init__(self) -> None:
        super().__init__()
        self._noted: list[Doing] = []

    def note(self, moment: int, centre: int, worker: int, body: bytes) -> None:
        """An entry that a worker hands in at a moment."""
        self._noted.append(Doing(moment, len(self._noted), worker, body))

    async def play(self, hall: Hall, team: Team, phones: Mapping[int, Device]) -> None:
        """Hand everything in; what one person did at one moment is one batch. Raises `YearError`."""
        for (at, seat), group in itertools.groupby(sorted(self._noted), lambda one: (one.at, one.seat)):
            hall.clock.now, bodies = at, [one.body for one in group]
            if phone := phones.get(seat):
                await phone.hand_in(bodies, at, moves=False)
            else:
                await _at_the_desk(hall, team.workers[seat], bodies)


async def _at_the_desk(hall: Hall, worker: Worker, bodies: Sequence[bytes]) -> None:
    person, now, keys = worker.person, hall.clock.now, hall.services.keys
    clerk = desk.Clerk(person.id, person.role, person.centre)
    outcomes = await hall.services.database.write(
        person.centre, lambda: desk.write(clerk, bodies, keys, EFFECTS, now, secrets.token_bytes(32))
    )
    for outcome, body in zip(outcomes, bodies, strict=True):
        if outcome.outcome not in _TAKEN or outcome.code:
            raise YearError(f"{person.name}: {outcome.outcome} {outcome.code} {outcome.fields}: {body.decode()}")


class OnTheSpot(Team):
    """A team that has a signal wherever it is: what is written is handed in."""

    def __init__(self, seed: int, index: int, centre: district.Centre) -> None:
        self.doings = Doings()
        super().__init__(seed, index, centre, self.doings)

    def goes_in(self, by: Worker, at: int) -> int:
        """At once."""
        return at
