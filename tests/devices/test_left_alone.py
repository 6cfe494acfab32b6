"""A server that asks to be left alone (``Retry-After``) is asked no sooner: not for records, bundles or photos, and not
by the next start of the program. On a clock of the test's own, which nobody waits for."""

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import pytest

from daiban_client_sdk import OfflineError
from daiban_client_sdk.patience import PATIENCE, asked
from daiban_client_sdk.transport import Transport
from daiban_client_sdk.uploads import UploadError, upload
from daiban_server.http.budgets import Budgets, Limits
from tests.support.phones import phone_in
from tests.support.township import Clock, Township

SECOND = 1000
NOW = 1_790_000_000_000


class Road:
    """A centre that answers what a test says, and a clock that goes on when somebody sleeps. `asked` are the moments of
    the requests, in seconds from the start."""

    def __init__(self, *answers: httpx2.Response) -> None:
        self.now, self.asked, self._answers = NOW, [], iter(answers)  # type: int, list[float], Iterator[httpx2.Response]

    def clock(self) -> int:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += int(seconds * SECOND)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append((self.now - NOW) / SECOND)
        return next(self._answers)

    def http(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(transport=httpx2.MockTransport(self.answer), base_url="http://centre")

    def transport(self) -> Transport:
        made = Transport("http://centre", "", self.clock)
        made._http = self.http()
        return made


def busy(status: int, after: object) -> httpx2.Response:
    return httpx2.Response(status, headers={"Retry-After": str(after)})


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Whoever sleeps moves the road's clock on."""

    def on(road: Road) -> Road:
        monkeypatch.setattr(asyncio, "sleep", road.sleep)
        return road

    return on


@pytest.mark.parametrize("status", [429, 503])
async def test_a_short_wait_is_waited_out(status: int, no_waiting: Any) -> None:
    road = no_waiting(Road(busy(status, 7), busy(status, 12), httpx2.Response(200)))
    await road.transport().request("POST", "/v1/sync")
    assert road.asked == [0, 7, 19]


@pytest.mark.parametrize("status", [429, 503])
async def test_a_long_wait_ends_the_sync_and_none_begins_before(status: int, no_waiting: Any) -> None:
    road = no_waiting(Road(busy(status, PATIENCE + 580), httpx2.Response(200)))
    transport = road.transport()
    for later in (0, 1, 598):
        road.now = NOW + later * SECOND
        with pytest.raises(OfflineError):
            await transport.request("POST", "/v1/bundles")
    road.now = NOW + 600 * SECOND
    await transport.request("POST", "/v1/bundles")
    assert road.asked == [0, 600]


async def test_who_is_told_to_wait_again_and_again_stays_away_as_long(no_waiting: Any) -> None:
    road = no_waiting(Road(*(busy(503, 5) for _ in range(5)), httpx2.Response(200)))
    transport = road.transport()
    for _ in range(2):
        with pytest.raises(OfflineError):
            await transport.request("GET", "/")
    assert road.asked == [0, 5, 10, 15, 20]
    road.now += 5 * SECOND
    await transport.request("GET", "/")


async def test_a_clock_that_is_set_back_keeps_nobody_away(no_waiting: Any) -> None:
    road = no_waiting(Road(busy(503, 600), httpx2.Response(200)))
    transport = road.transport()
    with pytest.raises(OfflineError):
        await transport.request("GET", "/")
    road.now -= 365 * 86_400 * SECOND
    await transport.request("GET", "/")


def test_a_date_is_read_beside_the_server_s_own_and_nonsense_is_not() -> None:
    stated = {"Date": "Wed, 25 Nov 2026 01:00:00 GMT", "Retry-After": "Wed, 25 Nov 2026 01:02:30 GMT"}
    assert asked(httpx2.Response(503, headers=stated)) == 150
    for text in ("soon", "nan", "Wed, 25 Nov 2026 01:02:30 GMT", ""):
        assert asked(httpx2.Response(503, headers={"Retry-After": text})) is None
    assert asked(busy(503, 10**9)) == 86_400
    assert asked(busy(503, -5)) == 0


@pytest.mark.parametrize("status", [429, 503])
async def test_a_photo_waits_as_long(status: int, tmp_path: Path, no_waiting: Any) -> None:
    (tmp_path / "p").write_bytes(b"12345678")
    created = httpx2.Response(201, headers={"Upload-Offset": "0"})
    whole = httpx2.Response(204, headers={"Upload-Offset": "8"})
    road = no_waiting(Road(busy(status, 9), created, busy(status, 15), created, whole))
    with (tmp_path / "p").open("rb") as source:
        await upload(road.http(), "/uploads/x", source, 8, progress=lambda _: None)
    assert road.asked == [0, 9, 9, 24, 24]
    road = no_waiting(Road(busy(status, 600)))
    with (tmp_path / "p").open("rb") as source, pytest.raises(UploadError) as refused:
        await upload(road.http(), "/uploads/x", source, 8, progress=lambda _: None)
    assert refused.value.after == 600


async def test_a_photo_that_must_wait_keeps_the_others_and_the_next_sync_waiting(
    sqlite_township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, clock, tried = sqlite_township, Clock(), []
    wang = await town.device("王芳", now=clock)
    home = await town.household(wang)
    for n in range(2):
        await town.photo(wang, home, n)

    async def told_to_wait(*_: object, **__: object) -> None:
        tried.append(clock.ahead)
        raise UploadError("upload.server", 503, after=600)

    with monkeypatch.context() as full:
        full.setattr("daiban_client_sdk.exchange.upload", told_to_wait)
        for _ in range(2):
            with pytest.raises(OfflineError):
                await wang.sync()
    status = await wang.status()
    assert (tried, status.entries, status.photos) == ([0], 0, 2), "the records were handed in all the same"
    clock.ahead += 601 * SECOND
    assert (await wang.sync()).may_be_given_back


async def test_the_next_start_of_the_program_waits_as_well(sqlite_township: Township) -> None:
    town, clock = sqlite_township, Clock()
    wang = await town.device("王芳", now=clock)
    folder = wang.device.store.folder
    town.services.budgets = Budgets(Limits(requests=(-1, 0.01)))
    with pytest.raises(OfflineError):
        await wang.sync()
    await wang.__aexit__(None, None, None)
    town.services.budgets = Budgets()
    async with phone_in(folder, clock) as again:
        with pytest.raises(OfflineError, match="asked to wait"):
            await again.sync()
        with pytest.raises(OfflineError, match="asked to wait"):
            await again.carry(b"somebody's piece")
        clock.ahead += 400 * SECOND
        assert (await again.sync()).may_be_given_back
