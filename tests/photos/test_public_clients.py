"""Clients that others wrote, unchanged, bring a photograph through a link that is cut."""

import asyncio
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from tusclient.client import TusClient
from tusclient.uploader.uploader import Uploader

from daiban_server.demo.photograph import photograph
from daiban_server.demo.proxy import Lane, Proxy, Rule
from tests.photos.centre import Centre, granted
from tests.support.node import TusJs


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Centre]:
    root = tmp_path / "photos"
    root.mkdir()
    with Centre(root) as centre:
        yield centre


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("camera") / "户口簿.jpg"
    file.write_bytes(photograph(2))
    return file


def by_tuspy(url: str, body: bytes, *, checksum: bool) -> None:
    # It leaves files that it opens by name for the garbage collector to close.
    TusClient(url).uploader(
        file_stream=BytesIO(body), chunk_size=700_000, retries=20, retry_delay=0.05, upload_checksum=checksum
    ).upload()


@pytest.mark.parametrize("checksum", [False, True])
async def test_tuspy_brings_a_photo_over_a_road_that_is_cut_three_times(
    centre: Centre, photo: Path, checksum: bool
) -> None:
    body = await asyncio.to_thread(photo.read_bytes)
    grant = granted(body)
    async with Proxy("127.0.0.1", centre.port, Rule(up=Lane(cut_after=400_000), cuts=3)) as road:
        await asyncio.to_thread(by_tuspy, centre.url(grant, road.port), body, checksum=checksum)
        assert road.counts.cuts == 3
    assert centre.photo(grant) == body
    assert grant in centre.notebook.stored


def test_tuspy_goes_on_by_the_tickets_address_after_it_was_closed(centre: Centre, photo: Path) -> None:
    body = photo.read_bytes()
    url = centre.url(granted(body))
    TusClient(url).uploader(file_stream=BytesIO(body), chunk_size=700_000).upload(stop_at=1_400_000)

    again = Uploader(file_stream=BytesIO(body), url=url, chunk_size=700_000)
    assert again.offset == 1_400_000
    again.upload()
    assert centre.photo(granted(body)) == body


async def test_tus_js_client_brings_a_photo_over_a_road_that_is_cut_three_times(
    tus_js: TusJs, centre: Centre, photo: Path
) -> None:
    body = await asyncio.to_thread(photo.read_bytes)
    grant = granted(body)
    async with Proxy("127.0.0.1", centre.port, Rule(up=Lane(cut_after=900_000), cuts=3)) as road:
        told = await asyncio.to_thread(tus_js.upload, centre.url(grant, road.port), photo)
        assert told.url == centre.url(grant, road.port)
        assert road.counts.cuts == 3
    assert centre.photo(grant) == body
    assert grant in centre.notebook.stored


def test_tus_js_client_goes_on_where_it_let_go(tus_js: TusJs, centre: Centre, photo: Path) -> None:
    grant = granted(photo.read_bytes())
    told = tus_js.upload(centre.url(grant), photo, cut=True)
    assert told.count("cut") == 1
    assert told.url
    assert centre.photo(grant) == photo.read_bytes()
