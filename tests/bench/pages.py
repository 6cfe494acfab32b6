"""How long the server takes to make each page of the console, with a year of the demonstration's data, and with
100,000 cases in one centre.

Pages are asked for one after the other over HTTPS, by those whose pages they are. The time is a browser's wait for the
last byte, on this machine; beside it stands the CPU time that the server used, which others on the machine lengthen
less. A page that answers with a fault is a fault of the bench.
"""

import asyncio
import os
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

import httpx2
from playwright.async_api import async_playwright
from sqlalchemy import select

from daiban_server.console.languages.spoken import CHINESE
from daiban_server.db import schema
from daiban_server.db.database import open_database
from daiban_server.db.program import Program, first
from daiban_server.features.households import finding
from daiban_server.spine import tracing
from tests.bench import costs
from tests.bench.centre import Centre, Server
from tests.bench.figures import Figure
from tests.bench.grown import UNFOLLOWED, Grower
from tests.bench.run import Run
from tests.pictures.__main__ import arrive, signed_in, year
from tests.pictures.morning import have_a_morning
from tests.pictures.pages import SHOTS, Shot
from tests.pictures.week import book_a_week

CASES = 100_000
REQUESTS = 30
PATIENCE = 15.0
"""Seconds for one page: of a page that takes long a few requests say as much."""
REACH, REACH_OF_LISTS, REACH_OF_SEARCH = 100.0, 150.0, 1000.0
LISTS = frozenset(
    {"cases", "replies", "registers", "counted", "duplicates", "erasures", "audit", "visits-book", "posts"}
)
_CENTRE = select(schema.centre.c.id).where(schema.centre.c.code == "HB01")


class Asked(NamedTuple):
    """A page as it is asked for: its name among the pictures, whose it is, where it is."""

    name: str
    role: str
    path: str


class Timed(NamedTuple):
    """Milliseconds that requests of a page took, and of the server's CPU the median of one."""

    times: Sequence[float]
    cpu: float

    @property
    def p95(self) -> float:
        """What nineteen of twenty stay under."""
        return sorted(self.times)[max(0, len(self.times) * 19 // 20 - 1)]


def addresses(server: Server, shots: Sequence[Shot]) -> tuple[list[Asked], dict[str, dict[str, str]]]:
    """Where the pages are, found along their links in a browser; and the cookies of each person who signed in."""
    return asyncio.run(_addresses(f"https://localhost:{server.port}", shots))


async def _addresses(url: str, shots: Sequence[Shot]) -> tuple[list[Asked], dict[str, dict[str, str]]]:
    asked, cookies = [], {}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for role in dict.fromkeys(shot.role for shot in shots):
            context = await signed_in(browser, url, role, "desk", CHINESE)
            # What is pressed first is no page that can be asked for again.
            for shot in (one for one in shots if one.role == role and not one.pressed):
                page = await context.new_page()
                wrong = await arrive(page, url, shot)
                assert not wrong, f"{shot.name}: {wrong}"
                asked.append(Asked(shot.name, role, page.url.removeprefix(url)))
                await page.close()
            cookies[role] = {str(one.get("name")): str(one.get("value")) for one in await context.cookies()}
        await browser.close()
    return asked, cookies


def timed(server: Server, cookies: dict[str, str], path: str, requests: int) -> Timed:
    """Ask for one page as often as that, once before they count."""
    times, used, began = list[float](), list[float](), time.monotonic()
    pids = list(server.own_pids())
    with httpx2.Client(verify=False, trust_env=False, cookies=cookies, timeout=120) as http:
        for _ in range(requests + 1):
            cpu, wall = costs.cpu(pids), time.perf_counter()
            answer = http.get(f"https://localhost:{server.port}{path}")
            times.append((time.perf_counter() - wall) * 1000)
            used.append((costs.cpu(pids) - cpu) * 1000)
            assert answer.status_code < 500, f"{path} answered {answer.status_code}"
            if len(times) > 1 and time.monotonic() - began > PATIENCE:
                break
    return Timed(times[1:], median(used[1:]))


def of_all(run: Run, centre: Centre, shots: Sequence[Shot], stored: str) -> Iterator[Figure]:
    """A line for each page."""
    with Server(centre, tls=True, environment={"DAIBAN_SECOND_FACTOR": ""}) as server:
        asked, cookies = addresses(server, shots)
        for number, one in enumerate(asked, 1):
            print(f"  {number}/{len(asked)} {one.name}, {stored}", file=sys.stderr, flush=True)
            found = timed(server, cookies[one.role], one.path, REQUESTS if run.repeats > 1 else 2)
            reach = REACH_OF_LISTS if one.name in LISTS else REACH
            note = f"p95 {found.p95:.0f} ms, CPU {found.cpu:.0f} ms; {_load()}"
            yield Figure("pages", f"{one.name}, {stored}", median(found.times), "ms", reach, note=note)


def first_search(centre: Centre) -> Figure:
    """The first search for a household where `UNFOLLOWED` are new; no server may be running."""
    wall, cpu = asyncio.run(_first_search(centre))
    name = f"first search after {UNFOLLOWED:,} new households"
    return Figure("pages", name, wall, "ms", REACH_OF_SEARCH, note=f"CPU {cpu:.0f} ms; {_load()}")


async def _first_search(centre: Centre) -> tuple[float, float]:
    database = await open_database(centre.settings.database_url)
    try:
        wall, cpu = time.perf_counter(), time.process_time()
        assert await finding.found(centre.id, "zhang", database, centre.keys)
        taken = (time.perf_counter() - wall) * 1000, (time.process_time() - cpu) * 1000
        # As a server that has been up for some minutes has; the copies came in without one.
        await tracing.follow_everywhere(database)
        return taken
    finally:
        await database.close()


def opened(folder: Path) -> Centre:
    """The first centre of a year that was made, brought up to date by a server of today."""
    centre = Centre(folder)
    with Server(centre, tls=True):
        pass
    centre.run(lambda: _known(centre))
    return centre


def _known(centre: Centre) -> Program[None]:
    row = yield from first(_CENTRE)
    assert row is not None
    centre.id = row[0]


def _load() -> str:
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


def figures(run: Run) -> Iterator[Figure]:
    """The table's lines about pages."""
    centre = of_a_year(run.path())
    busy(centre)
    yield from of_all(run, centre, SHOTS, "a year of the demo")
    # Grown before it has its morning: a day on which hundreds of times as much came in is no day of any centre.
    centre = of_a_year(run.path())
    Grower(centre).grow(CASES)
    yield first_search(centre)
    busy(centre)
    yield from of_all(run, centre, SHOTS, f"{CASES:,} cases")


def of_a_year(folder: Path) -> Centre:
    """A copy of the year, which is made once."""
    shutil.copytree(year(), folder, dirs_exist_ok=True)
    return opened(folder)


def busy(centre: Centre) -> None:
    """Give a centre a week of visits, and a morning."""
    with Server(centre, tls=True, environment={"DAIBAN_SECOND_FACTOR": ""}) as server:
        book_a_week(url := f"https://localhost:{server.port}")
        have_a_morning(url)
