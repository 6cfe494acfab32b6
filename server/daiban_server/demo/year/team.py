"""The people of one centre with their devices and the homes that they know; what they write goes into the diary.

A clerk's device hands in at once. An agent's and a cadre's have no signal on the road: they hand in what the day
brought in the evening.
"""

import hashlib
import random
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from daiban_schemas import entry
from daiban_schemas.slip import code_of, slip_number
from daiban_server import provision
from daiban_server.demo import district
from daiban_server.demo.year import days, residents
from daiban_server.demo.year.diary import Diary, Errand
from daiban_server.demo.year.residents import Home
from daiban_server.limits.calendar import local_day
from daiban_sync import ids

_EVENING = 17 * 60 + 45
_KNOWN_ALREADY = 0.6
"""How often somebody comes whose home is in the books."""


class Worker(NamedTuple):
    """Somebody of the centre; `seat` is his place in its list of people."""

    seat: int
    person: provision.Person
    device: bytes

    @property
    def id(self) -> str:
        """The person's id as fields hold it."""
        return self.person.id.hex()


class Team:
    """One centre's people. `index` is the centre's place in the district."""

    def __init__(self, seed: int, index: int, centre: district.Centre, diary: Diary) -> None:
        self.index, self.centre, self.diary = index, centre, diary
        self.seed = seed
        self.workers = [
            Worker(n, person, made_of(seed, "device", person.id.hex())[:16]) for n, person in enumerate(centre.people)
        ]
        self.homes: list[Home] = []
        self._slips: dict[int, int] = {}
        self._pairs = _pairs(centre, self.workers)

    def of(self, role: str) -> list[Worker]:
        """Everybody of a role, in order."""
        return [one for one in self.workers if one.person.role == role]

    def clerk(self, window: str) -> Worker:
        """Who sits at a window."""
        return self.of("clerk")[district.WINDOWS.index(window)]

    def other_clerk(self, clerk: Worker) -> Worker:
        """Who stands in for a clerk."""
        clerks = self.of("clerk")
        return clerks[(clerks.index(clerk) + 1) % len(clerks)]

    @property
    def head(self) -> Worker:
        """The centre head."""
        return self.of("head")[0]

    def agents(self, point: int) -> tuple[Worker, Worker]:
        """A and B of a village point."""
        return self._pairs[point]

    def cadre(self, point: int) -> Worker:
        """Who answers for a village point's households."""
        cadres = self.of("cadre")
        return cadres[point % len(cadres)]

    def home(self, by: Worker, at: int, dice: random.Random) -> Home:
        """A home that somebody comes from, known or new; an agent's is in a village of his own."""
        points = [n for n, pair in enumerate(self._pairs) if by.person.role != "agent" or pair[0] == by]
        known = [one for one in self.homes if one.known_at <= at and one.point in points]
        if known and dice.random() < _KNOWN_ALREADY:
            return dice.choice(known)
        return self._new_home(by, at, dice.choice(points), dice)

    def _new_home(self, by: Worker, at: int, point: int, dice: random.Random) -> Home:
        place = self.centre.points[point]
        record = new_id(at, dice)
        home = Home(record, point, place.name, residents.people(dice), self.goes_in(by, at))
        self.change(by, at, "household", record, residents.household(home, place.id.hex(), dice))
        self.homes.append(home)
        return home

    def slip(self, by: Worker, record: str) -> dict[str, str]:
        """The next collection slip of a worker's device, for a case."""
        self._slips[by.seat] = self._slips.get(by.seat, 0) + 1
        return {
            "number": slip_number(by.device, self._slips[by.seat]),
            "code": code_of(bytes.fromhex(record)),
        }

    def goes_in(self, by: Worker, at: int) -> int:
        """When an entry that is written at a moment reaches the server."""
        if by.person.role in ("agent", "cadre"):
            return days.moment(local_day(at), _EVENING + 7 * by.seat) + 1_000 * self.index
        return at

    def change(self, by: Worker, at: int, kind: str, record: str, fields: Mapping[str, Any], seen: int = 0) -> None:
        """Somebody writes fields of a record."""
        self._note(by, at, entry.change(record, kind, fields, seen=seen, at=at))

    def command(self, by: Worker, at: int, record: str, name: str, *, kind: str = "application", **said: Any) -> None:
        """Somebody asks for something."""
        self._note(by, at, entry.command(record, kind, name, said or None, expected=None, at=at))

    def report(self, by: Worker, at: int, record: str, name: str, *, kind: str = "application", **facts: Any) -> None:
        """Somebody reports a fact."""
        self._note(by, at, entry.report(record, kind, name, facts or None, at=at))

    def errand(self, at: int, name: str, **facts: Any) -> None:
        """Something that goes another way than by a device."""
        self.diary.plan(at, self.index, Errand(name, facts))

    def _note(self, by: Worker, at: int, body: bytes) -> None:
        self.diary.note(self.goes_in(by, at), self.index, by.seat, body)


def made_of(seed: int, *parts: object) -> bytes:
    """Thirty-two bytes for something of the seed's year."""
    return hashlib.sha256(("daiban demo year " + "/".join(map(str, (seed, *parts)))).encode()).digest()


def dice_for(seed: int, *parts: object) -> random.Random:
    """A generator of its own for each thing, so that none depends on the order in which others are made."""
    return random.Random(made_of(seed, *parts))  # noqa: S311 - content of a demo, no secret


def new_id(at: int, dice: random.Random) -> str:
    """A record's id."""
    return ids.uuid7(at, dice.randbytes(10)).hex()


def _pairs(centre: district.Centre, workers: Sequence[Worker]) -> list[tuple[Worker, Worker]]:
    held: dict[bytes, dict[str, Worker]] = {}
    known = {one.person.id: one for one in workers}
    for person, place, rank in district.territories(centre):
        if known[person].person.role == "agent":
            held.setdefault(place, {})[rank] = known[person]
    return [(held[point.id]["A"], held[point.id]["B"]) for point in centre.points]
