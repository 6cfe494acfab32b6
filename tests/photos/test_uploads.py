"""The device's own tus client against the real centre, over a road that cuts, loses answers and falls silent."""

from collections.abc import AsyncIterator, Iterator
from io import BytesIO
from pathlib import Path

import httpx2
import pytest

from daiban_client_sdk import uploads
from daiban_client_sdk.uploads import UploadError, upload
from daiban_server.demo.proxy import Lane, Proxy, Rule
from tests.photos.centre import HOUR, Centre, granted, noise

PHOTO = noise(1_500_000)
GRANT = granted(PHOTO)


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    with Centre(tmp_path) as centre:
        yield centre


@pytest.fixture
async def road(centre: Centre) -> AsyncIterator[Proxy]:
    async with Proxy("127.0.0.1", centre.port) as road:
        yield road


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses shorter than a person would bear, for a road that is one machine long."""
    monkeypatch.setattr(uploads, "_PAUSES", (0.01, 0.02, 0.05, 0.1, 0.2, 0.2, 0.2))


class Phone:
    """Sends photos and remembers what it was told of their progress."""

    def __init__(self) -> None:
        self.told: list[int] = []

    async def send(self, url: str, body: bytes = PHOTO, size: int = len(PHOTO)) -> None:
        async with httpx2.AsyncClient(trust_env=False) as http:
            await upload(http, url, BytesIO(body), size, progress=self.told.append)

    async def refused(self, url: str, body: bytes = PHOTO, size: int = len(PHOTO)) -> UploadError:
        with pytest.raises(UploadError) as error:
            await self.send(url, body, size)
        return error.value


@pytest.fixture
def phone() -> Phone:
    return Phone()


async def test_a_photo_goes_in_chunks_that_grow_on_a_good_link(centre: Centre, phone: Phone) -> None:
    await phone.send(centre.url(GRANT))
    assert centre.photo(GRANT) == PHOTO
    assert centre.notebook.stored == [GRANT]
    sizes = [later - earlier for earlier, later in zip(phone.told, phone.told[1:], strict=False)]
    assert phone.told[0] == 0
    assert phone.told[-1] == len(PHOTO)
    assert sizes[:3] == [128 * 1024, 256 * 1024, 512 * 1024]


async def test_a_photo_cut_three_times_goes_on_from_what_was_confirmed(
    centre: Centre, road: Proxy, phone: Phone
) -> None:
    road.rule = Rule(up=Lane(cut_after=300_000), cuts=3)
    await phone.send(centre.url(GRANT, road.port))

    assert centre.photo(GRANT) == PHOTO
    assert road.counts.cuts == 3
    assert phone.told == sorted(phone.told)
    # Only what was on its way at a cut was sent again.
    assert road.counts.up < len(PHOTO) + 3 * 300_000


async def test_an_answer_lost_after_the_last_byte_costs_nothing_but_a_question(
    centre: Centre, road: Proxy, phone: Phone
) -> None:
    small = noise(60_000)
    await phone.send(centre.url(GRANT, road.port), PHOTO)
    received = road.counts.up
    road.rule = Rule(down=Lane(cut_after=600), cuts=1)
    await phone.send(centre.url(granted(small), road.port), small, len(small))

    assert road.counts.cuts == 1
    assert centre.photo(granted(small)) == small
    assert road.counts.up - received < 2 * len(small)


async def test_a_road_that_stays_cut_is_told_and_the_next_attempt_goes_on(
    centre: Centre, road: Proxy, phone: Phone
) -> None:
    road.rule = Rule(up=Lane(cut_after=5_000))
    error = await phone.refused(centre.url(GRANT, road.port))
    assert (error.code, error.status, error.needs_ticket) == ("upload.cut", 0, False)

    road.rule = Rule()
    await phone.send(centre.url(GRANT, road.port))
    assert centre.photo(GRANT) == PHOTO


async def test_a_ticket_that_ran_out_or_was_never_issued_asks_for_a_new_one(centre: Centre, phone: Phone) -> None:
    url = centre.url(GRANT)
    wrong = url[:-1] + ("A" if url[-1] != "A" else "B")
    error = await phone.refused(wrong)
    assert (error.code, error.needs_ticket) == ("ticket.invalid", True)

    centre.now += HOUR
    error = await phone.refused(url)
    assert (error.code, error.needs_ticket) == ("ticket.expired", True)
    assert "重新同步" in error.advice
    assert phone.told == []


async def test_other_bytes_than_were_promised_are_refused_at_the_end(centre: Centre, phone: Phone) -> None:
    error = await phone.refused(centre.url(GRANT), PHOTO[:-1] + b"\0")
    assert (error.code, error.needs_ticket) == ("photo.digest", True)
    assert centre.photo(GRANT) is None
    await phone.send(centre.url(GRANT))
    assert centre.photo(GRANT) == PHOTO


async def test_a_file_that_is_shorter_than_was_said_is_noticed(centre: Centre, phone: Phone) -> None:
    assert (await phone.refused(centre.url(GRANT), PHOTO[:1000])).code == "upload.source"
    assert centre.notebook.stored == []


async def test_a_centre_in_trouble_is_told_at_once(centre: Centre, phone: Phone) -> None:
    centre.notebook.failures = 1
    error = await phone.refused(centre.url(GRANT))
    assert (error.code, error.status) == ("upload.server", 500)
    await phone.send(centre.url(GRANT))
    assert centre.notebook.stored == [GRANT]


def strangers(answer: httpx2.Response) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.MockTransport(lambda request: answer))


@pytest.mark.parametrize("offset", [None, "", "-5", "abc", "1500001", "9" * 40])
async def test_an_offset_that_cannot_be_is_not_believed(offset: str | None) -> None:
    headers = {} if offset is None else {"Upload-Offset": offset}
    async with strangers(httpx2.Response(201, headers=headers)) as http:
        with pytest.raises(UploadError) as error:
            await upload(http, "http://centre/u", BytesIO(PHOTO), len(PHOTO), progress=lambda _: None)
    assert error.value.code == "upload.server"


async def test_a_captive_portal_is_not_the_centre() -> None:
    async with strangers(httpx2.Response(403, html="<h1>登录上网</h1>")) as http:
        with pytest.raises(UploadError) as error:
            await upload(http, "http://centre/u", BytesIO(PHOTO), len(PHOTO), progress=lambda _: None)
    assert (error.value.code, error.value.needs_ticket) == ("upload.refused", False)


async def test_an_upload_in_use_is_waited_for(centre: Centre, phone: Phone) -> None:
    async with centre.store.hold(GRANT, create=True):
        error = await phone.refused(centre.url(GRANT))
        assert error.code == "upload.busy"
    await phone.send(centre.url(GRANT))
    assert centre.photo(GRANT) == PHOTO
