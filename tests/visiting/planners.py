"""Planning in the village: step by step on its thread, or by the server's own runs on its loop."""

import asyncio
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any

from daiban_server.app import EFFECTS
from daiban_server.db.program import Factory, Fetch, Program, Row
from daiban_server.features.visits.plan import planner
from daiban_server.features.visits.plan.answer import Plan
from daiban_server.features.visits.planning import runs
from daiban_server.features.visits.planning.asking import Asked, ask
from daiban_server.features.visits.planning.committing import Done, commit
from daiban_server.features.visits.planning.difference import Change, changes, judged
from daiban_server.features.visits.planning.posing import Posed, Wishes, pose
from daiban_server.features.visits.planning.running import Planning
from daiban_server.features.visits.planning.runs import Run
from daiban_server.spine.effects import Effects
from tests.visiting.village import Village


def waiting(village: Village, count: int = 3, **fields: object) -> list[bytes]:
    """Visits that somebody asked for and that have no time yet."""
    return [village.visit(village.family(f"户主{n}"), **fields) for n in range(count)]


@dataclass
class Planned:
    """A run that is ready, and what it would change by visit."""

    id: bytes
    asked: Asked
    posed: Posed
    plan: Plan
    changes: dict[bytes, Change]


def planned(village: Village, seed: int = 1, iterations: int = 60) -> Planned:
    """Plan the village's week; the run is ready to be committed."""
    asked = village.run(ask(village.centre, village.now))
    posed = pose(asked, Wishes(60, seed, iterations))
    plan, fault = judged(posed, planner.plan(posed.problem))
    assert fault == ""
    id_ = village.new()
    village.run(runs.begin(village.centre, id_, village.people["赵敏"], asked.version, posed, village.now))
    village.run(runs.end(id_, "ready", plan, "", village.now))
    found = {bytes.fromhex(one.visit): one for one in changes(posed, plan.stops)}
    return Planned(id_, asked, posed, plan, found)


def committed(village: Village, run: bytes) -> Done:
    """Commit it, as the clerk."""
    village.now += 1
    done: Done = village.run(commit(village.centre, run, village.people["赵敏"], EFFECTS, village.now))
    return done


def run_of(village: Village, run: bytes) -> Run:
    """A run as its row has it."""
    found: Run = village.run(runs.one(village.centre, run))
    return found


class _Database:
    """The village's database as the server's loop has it: one program after the other."""

    def __init__(self, village: Village) -> None:
        self.village = village

    async def read(self, program: Program[Any]) -> Any:
        return self.village.run(program)

    async def read_shortly(self, program: Program[Any]) -> Any:
        return self.village.run(program)

    async def look(self, fetch: Fetch) -> list[Row]:
        return self.village.look(fetch.statement, **fetch.parameters)

    async def write(self, key: Hashable, factory: Factory[Any]) -> Any:
        return self.village.run(factory())

    async def forget(self) -> None:
        """Nothing is kept on a disk."""

    async def close(self) -> None:
        """Nothing is open."""


@dataclass
class Office:
    """What a run needs of a server."""

    village: Village
    effects: Effects = EFFECTS
    planning: Planning = field(default_factory=Planning)

    @property
    def database(self) -> _Database:
        return _Database(self.village)

    def now(self) -> int:
        return self.village.now

    async def until(self, run: bytes, *states: str) -> Run:
        """Wait until a run is in one of these states."""
        while (found := run_of(self.village, run)).state not in states:
            await asyncio.sleep(0.01)
        return found
