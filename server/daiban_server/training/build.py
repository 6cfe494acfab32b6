"""``python -m daiban_server.training.build FOLDER``: make the district of the beginning, whole or not at all.

A process of its own, so that the server shows its page meanwhile and gets none of the memory that this takes.
"""

import asyncio
import secrets
import sys
from pathlib import Path

from sqlalchemy import delete, update

from daiban_server.db import schema
from daiban_server.db.program import Program, run
from daiban_server.demo import district as demo
from daiban_server.demo.photograph import form, photograph
from daiban_server.demo.whole import UNFINISHED, keep, throw_away
from daiban_server.demo.year import days
from daiban_server.demo.year.device import Device
from daiban_server.demo.year.hall import Clock, Hall, found, open_hall
from daiban_server.demo.year.team import Worker
from daiban_server.features.papers.problems import PaperError
from daiban_server.jobs.loop import carry_out, one_round
from daiban_server.keystore import ServerKeys
from daiban_server.limits.calendar import local_day
from daiban_server.services import Presence, wall_clock
from daiban_server.training import known
from daiban_server.training.district import BEFORE, tell, tell_neighbour
from daiban_server.training.doings import OnTheSpot
from daiban_server.training.telling import Telling

SEED, CENTRES = 1, 2
SILENT = 3 * 86_400_000
"""Milliseconds since the phone of the last agent was heard of."""
_PAPERS = (("came", "最低生活保障申请表"), ("came", "居民户口簿"))
_BOX = "窗口的号叫得太快，老人听不清，能不能再叫一遍？"


async def build(folder: Path, now: int) -> None:
    """Make the district in `folder`, which must not be there, as it stands at `now`."""
    part = folder.with_name(f"{folder.name}.part")
    throw_away(part)
    opening = days.moment(local_day(now) - BEFORE, 8 * 60)
    keys = await found(part, opening, SEED, CENTRES, UNFINISHED)
    async with open_hall(part, Clock(opening)) as hall:
        # Keys that nobody can work out from a seed that stands in this file.
        stories = [
            Telling(OnTheSpot(secrets.randbits(62), n, centre), now)
            for n, centre in enumerate(demo.district(SEED, CENTRES))
        ]
        await _live(hall, keys, stories)
        await hall.services.database.write("training", _without_passwords)
    keep(part, folder)


async def _live(hall: Hall, keys: ServerKeys, stories: list[Telling]) -> None:
    for story, telling in zip(stories, (tell, tell_neighbour), strict=True):
        telling(story)
        phones = await _phones(hall, story.team, keys)
        await story.team.doings.play(hall, story.team, phones)
        _heard(hall, phones, story.now)
    await _today(hall, keys, stories[0])
    await one_round(hall.services)
    while await carry_out(hall.services, hall.clock.now):
        pass


async def _phones(hall: Hall, team: OnTheSpot, keys: ServerKeys) -> dict[int, Device]:
    """The agents' phones, enrolled and approved, by their owners' seats."""
    phones = {one.seat: Device(team, one, hall.line(), keys) for one in team.of("agent")}
    for phone in phones.values():
        await hall.enrol(phone, str(team.head.person.login))
    return phones


def _heard(hall: Hall, phones: dict[int, Device], now: int) -> None:
    """All phones were heard of this hour, but the last one."""
    for seat, phone in phones.items():
        silent = SILENT if seat == max(phones) else 600_000
        hall.services.presence[phone.worker.device] = Presence(now - silent, 0, "")


async def _today(hall: Hall, keys: ServerKeys, story: Telling) -> None:
    """What did not come by a phone or over the counter: papers that were scanned, an opinion, a phone at the door."""
    team, head = story.team, str(story.team.head.person.login)
    hall.clock.now = story.lately(20)
    for name, paper in _PAPERS:
        picture = await asyncio.to_thread(_picture, name, paper)
        if picture:
            await hall.scan(head, known.record(name).hex(), paper, picture)
    await hall.ask_openly(f"/v1/public/HB{team.head.person.badge[:2]}/opinions", {"text": _BOX})
    hall.clock.now = story.lately(5)
    agent = team.of("agent")[1]
    new = Worker(agent.seat, agent.person, known.record("new phone"))
    await hall.knock(Device(team, new, hall.line(), keys), head)
    hall.clock.now = story.now


def _picture(name: str, paper: str) -> bytes:
    """A photographed paper; b"" on a machine that has no type to draw it with."""
    try:
        return photograph(len(paper), form(len(paper), paper))
    except (PaperError, OSError):
        return b""


def _without_passwords() -> Program[None]:
    """Nobody signs in by a password here, and nobody is signed in yet."""
    yield from run(update(schema.person).values(password=None))
    yield from run(delete(schema.session))


if __name__ == "__main__":
    asyncio.run(build(Path(sys.argv[1]), wall_clock()))
