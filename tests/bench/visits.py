"""Offers for a home visit over HTTP, with a township's full week standing in the database: how long a clerk waits.

Twenty agents in ten pairs of A and B, three hundred visits that were themselves given their times by the server, then
questions from one clerk, and from four at once; each answer holds its slots and every fourth is booked.
"""

import asyncio
import random
import secrets
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import argon2
import httpx2

from daiban_schemas import entry
from daiban_server import provision
from daiban_server.app import EFFECTS
from daiban_server.db.program import Program
from daiban_server.spine import desk
from daiban_sync.outcome import Outcome
from tests.bench.centre import Centre, Server
from tests.bench.figures import Figure
from tests.bench.run import Run
from tests.bench.workload import fresh_id

VILLAGES, AGENTS, VISITS, QUESTIONS = 10, 20, 300, 400
REACH = 100.0
PASSWORD = "一杯热茶 2026"
_HASH = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
DAY = 86_400_000


class Asker(NamedTuple):
    """A signed-in clerk, and the homes about which people call."""

    http: httpx2.AsyncClient
    homes: list[bytes]
    rng: random.Random


class Week:
    """The township's week, written into a centre before its server starts."""

    def __init__(self, centre: Centre, rng: random.Random) -> None:
        self.centre, self.rng = centre, rng
        self.villages = [fresh_id() for _ in range(VILLAGES)]
        self.agents = [fresh_id() for _ in range(AGENTS)]
        self.head = fresh_id()
        self.homes: list[bytes] = []
        self.standing = 0

    def write(self) -> Program[None]:
        """People, villages, homes and visits; every visit is given its time by the server's own command."""
        yield from provision.add_places(
            [
                provision.Place(id_, self.centre.id, self.centre.id, "point", f"上门{n}村", *self._near(n, 0))
                for n, id_ in enumerate(self.villages)
            ]
        )
        people = [
            provision.Person(id_, self.centre.id, f"上门员{n}", "", f"1{n:02}", "agent")
            for n, id_ in enumerate(self.agents)
        ]
        head = provision.Person(self.head, self.centre.id, "李红", "", "100", "head", "bench-head", _HASH)
        yield from provision.add_people([*people, head])
        for n, village in enumerate(self.villages):
            a, b = self.agents[2 * n], self.agents[2 * n + 1]
            yield from provision.add_territory([(a, village, "A"), (b, village, "B")])
        bodies = [self._home(n % VILLAGES) for n in range(VISITS + 100)]
        yield from self._hand_in(bodies)
        yield from self._fill()

    def _near(self, village: int, spread: int = 20_000) -> tuple[int, int]:
        lon, lat = 109_000_000 + village // 5 * 50_000, 32_600_000 + village % 5 * 50_000
        return lon + self.rng.randint(-spread, spread), lat + self.rng.randint(-spread, spread)

    def _home(self, village: int) -> bytes:
        home = fresh_id()
        self.homes.append(home)
        lon, lat = self._near(village)
        fields = {"place": self.villages[village].hex(), "head": "张桂兰", "point": {"lon": lon, "lat": lat}}
        return entry.change(home.hex(), "household", fields, seen=0, at=_now())

    def _fill(self) -> Program[None]:
        """Ask for visits until three hundred stand, as people call: some days suit, and half an hour or an hour."""
        for home in [*self.homes, *self.homes]:
            if self.standing >= VISITS:
                return
            visit = fresh_id().hex()
            fields = {"household": home.hex(), **wish(self.rng)}
            outcomes = yield from self._hand_in(
                [
                    entry.change(visit, "visit", fields, seen=0, at=_now()),
                    entry.command(visit, "visit", "assign", None, expected=None, at=_now(), by=self.head.hex()),
                ]
            )
            self.standing += outcomes[1].outcome == "merged"

    def _hand_in(self, bodies: list[bytes]) -> Program[list[Outcome]]:
        clerk = desk.Clerk(self.head, "head", self.centre.id)
        return (yield from desk.write(clerk, bodies, self.centre.keys, EFFECTS, _now(), secrets.token_bytes(32)))


def wish(rng: random.Random) -> dict[str, Any]:
    """What somebody who calls says: two of the next days, or any of them."""
    today = (_now() + 8 * 3_600_000) // DAY * DAY - 8 * 3_600_000
    days = rng.choice([rng.sample(range(1, 8), 3), list(range(1, 8))])
    windows = [{"from": today + day * DAY, "to": today + (day + 1) * DAY} for day in sorted(days)]
    return {"minutes": rng.choice([30, 40, 60]), "windows": windows}


def figures(run: Run) -> Iterator[Figure]:
    """The table's lines about offers."""
    for database in ("sqlite", "postgres"):
        rng = random.Random(2011)
        centre = run.centre(database)
        week = Week(centre, rng)
        centre.run(week.write)
        plain = {"DAIBAN_INSECURE_COOKIES": "1", "DAIBAN_SECOND_FACTOR": ""}
        with Server(centre, environment=plain, beside=run.beside(centre)) as server:
            for clerks in (1, 4):
                taken, booked = asyncio.run(_asked(week, server, clerks))
                p50, p99 = taken[len(taken) // 2], taken[len(taken) * 99 // 100]
                note = f"median {p50:.1f} ms, {week.standing} visits stand, {booked} more were booked between"
                words = f"offers with a full week, p99, {clerks} at once, {database}"
                yield Figure("visits", words, p99, "ms", REACH, note=note)


async def _asked(week: Week, server: Server, clerks: int) -> tuple[list[float], int]:
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{server.port}", timeout=60, trust_env=False) as http:
        answer = await http.post("/v1/session", json={"login": "bench-head", "password": PASSWORD})
        http.headers["X-CSRF-Token"] = answer.raise_for_status().json()["csrf"]
        each = QUESTIONS // clerks
        askers = [Asker(http, week.homes, random.Random(n)) for n in range(clerks)]
        found = await asyncio.gather(*(_calls(asker, each) for asker in askers))
    return sorted(taken for one, _ in found for taken in one), sum(booked for _, booked in found)


async def _calls(asker: Asker, questions: int) -> tuple[list[float], int]:
    taken, booked = [], 0
    for number in range(questions):
        home = asker.rng.choice(asker.homes).hex()
        about = wish(asker.rng)
        began = time.perf_counter()
        answer = await asker.http.post("/v1/visits/offers", json={"household": home, **about})
        taken.append((time.perf_counter() - began) * 1000)
        offers = answer.raise_for_status().json()["offers"]
        if number % 4 == 0 and offers:
            booked += await _book(asker.http, home, about, offers[0])
    return taken, booked


async def _book(http: httpx2.AsyncClient, home: str, about: dict[str, Any], offer: dict[str, Any]) -> bool:
    made = await http.post("/v1/records/visit", json={"fields": {"household": home, **about}})
    path = f"/v1/records/visit/{made.raise_for_status().json()['record']}/commands/book"
    answer = await http.post(path, json={"arguments": {"agent": offer["agent"], "start": offer["start"]}})
    return answer.status_code == 200


def _now() -> int:
    return time.time_ns() // 1_000_000
