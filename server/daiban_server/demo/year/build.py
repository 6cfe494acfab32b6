"""Playing the year: the district is founded, devices are enrolled, and the days go by, one after the other.

It is built beside its place and put there when it is whole: whoever interrupts it finds nothing, or all.
"""

import asyncio
import datetime
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from daiban_server.demo import district
from daiban_server.demo.whole import UNFINISHED, FolderError, keep, throw_away
from daiban_server.demo.year import days, errands, seed
from daiban_server.demo.year.agenda import Agenda
from daiban_server.demo.year.device import Device
from daiban_server.demo.year.diary import Diary, Due
from daiban_server.demo.year.hall import Clock, Hall, found, open_hall
from daiban_server.demo.year.team import Team, dice_for
from daiban_server.jobs.loop import carry_out, one_round
from daiban_server.keystore import ServerKeys
from daiban_server.services import Presence


class Wish(NamedTuple):
    """What is to be built: `share` of the seed's work, in the first `centres` of the district."""

    seed: int = 1
    centres: int = district.CENTRES
    share: float = 1.0


@dataclass
class Done:
    """What playing it took. `entries` are those that devices handed in, `batches` the requests they came in; of the
    `seconds`, `work_seconds` went to these and the errands, `job_seconds` to the server's daily rounds."""

    entries: int = 0
    batches: int = 0
    errands: int = 0
    seconds: float = 0.0
    work_seconds: float = 0.0
    job_seconds: float = 0.0
    conflicts: int = 0


Told = Callable[[datetime.date, Done], None]


async def build(folder: Path, wish: Wish, told: Told = lambda day, done: None) -> Done:
    """Build the year in `folder`, which must not be there; `told` hears of each day. Raises `FolderError`."""
    if folder.exists():
        raise FolderError(f"{folder} 已经存在，请换一个文件夹")
    part = folder.with_name(f"{folder.name}.part")
    throw_away(part)
    began = time.monotonic()
    try:
        done = await _play(part, wish, told)
    except BaseException:
        throw_away(part)
        raise
    keep(part, folder)
    done.seconds = time.monotonic() - began
    return done


async def _play(part: Path, wish: Wish, told: Told) -> Done:
    keys = await found(part, days.OPENING, wish.seed, wish.centres, UNFINISHED)
    clock = Clock(days.moment(days.FIRST, 7 * 60))
    async with open_hall(part, clock) as hall:
        year = await _begin(hall, keys, wish)
        for day in days.YEAR:
            await year.play(day)
            told(day, year.done)
        clock.now = days.CLOSING - 1
        year.heard()
        await one_round(hall.services)
        return year.done


async def _begin(hall: Hall, keys: ServerKeys, wish: Wish) -> "Year":
    """The teams with their enrolled devices, and each centre's share of the work."""
    diary = Diary()
    year = Year(hall, diary)
    centres = list(district.district(wish.seed, wish.centres))
    counts = _shares(wish)
    for index, centre in enumerate(centres):
        team = Team(wish.seed, index, centre, diary)
        line = hall.line()
        devices = [Device(team, worker, line, keys) for worker in team.workers]
        for device in devices:
            await hall.enrol(device, str(team.head.person.login))
        year.places.append(Place(team, devices, Agenda(team, counts[index])))
    return year


def _shares(wish: Wish) -> list[seed.Figures]:
    """The figures of each centre: the subdistricts of the city have more, the last townships less."""
    dice = dice_for(wish.seed, "shares")
    weights = [(1.6 if n < district.URBAN else 1.0) * dice.uniform(0.7, 1.3) for n in range(wish.centres)]
    whole = seed.figures(wish.share, wish.centres)
    return [seed.Figures(*parts) for parts in zip(*(seed.spread(total, weights, dice) for total in whole), strict=True)]


class Place(NamedTuple):
    """One centre at work."""

    team: Team
    devices: list[Device]
    agenda: Agenda


@dataclass
class Year:
    """The district at work."""

    hall: Hall
    diary: Diary
    places: list[Place] = field(default_factory=list)
    done: Done = field(default_factory=Done)

    def heard(self) -> None:
        """Every phone has a signal at night: none is silent for long in this year."""
        now = self.hall.clock.now
        phones = (device for place in self.places for device in place.devices)
        self.hall.services.presence.update({phone.worker.device: Presence(now, 0, "") for phone in phones})

    async def play(self, day: datetime.date) -> None:
        """One day: the watch in the morning of a working day, then everything in order of time."""
        if day in days.OPEN:
            self.hall.clock.now = days.moment(day, 7 * 60 + 30)
            began = time.perf_counter()
            self.heard()
            await one_round(self.hall.services)
            while await carry_out(self.hall.services, self.hall.clock.now):
                pass  # a round carries fifty; a morning has many rounds
            self.done.job_seconds += time.perf_counter() - began
            for place in self.places:
                place.agenda.tell(day)
        for step in self.diary.steps(days.moment(day + days.ONE, 0)):
            self.hall.clock.now = step.moment
            began = time.perf_counter()
            async with asyncio.TaskGroup() as centres:
                for centre, line in step.due.items():
                    centres.create_task(self._work(self.places[centre], line, step.moment))
            self.done.work_seconds += time.perf_counter() - began

    async def _work(self, place: Place, line: Sequence[Due], now: int) -> None:
        """What happens in one centre in one step of the clock, one thing after the other."""
        for due in line:
            if due.errand:
                here = errands.At(self.hall, place.team, place.devices, now)
                await errands.run(here, due.errand.name, due.errand.facts)
                self.done.errands += 1
            else:
                self.done.conflicts += await place.devices[due.worker].hand_in(due.bodies, now)
                self.done.entries += len(due.bodies)
                self.done.batches += 1
