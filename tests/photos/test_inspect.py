"""The centre looks at photos that may be anything, and is still there afterwards."""

import asyncio
import io
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image

from daiban_client_sdk.images import prepare
from daiban_server.features.photos.inspect import Inspection, Inspector
from daiban_server.features.photos.problems import PhotoError
from daiban_server.features.photos.store import LocalStore
from tests.photos.centre import granted
from tests.photos.pictures import NOT_PICTURES, bomb, png, segments, taken


async def stream(body: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 65536):
        yield body[start : start + 65536]


async def look(body: bytes) -> Inspection:
    return await Inspector().look(stream(body))


async def refusal(body: bytes) -> str:
    with pytest.raises(PhotoError) as refused:
        await look(body)
    return refused.value.code


async def test_a_photograph_is_described_upright_with_its_place_noticed() -> None:
    seen = await look(taken(0))
    assert (seen.format, seen.width, seen.height, seen.has_location) == ("JPEG", 2592, 3456, True)
    with Image.open(io.BytesIO(seen.thumbnail)) as thumbnail:
        assert thumbnail.size == (36, 48)
    assert segments(seen.thumbnail) == {"APP0"}


async def test_a_photo_that_the_device_made_ready_has_no_place() -> None:
    seen = await look(prepare(io.BytesIO(taken(0))).data)
    assert (seen.width, seen.height, seen.has_location) == (1950, 2600, False)


async def test_a_place_in_xmp_alone_is_noticed() -> None:
    file = io.BytesIO()
    Image.new("RGB", (300, 200)).save(file, "JPEG", xmp=b"<x:xmpmeta exif:GPSLatitude='32,41N'/>")
    assert (await look(file.getvalue())).has_location


async def test_pngs_and_webps_are_photos_too() -> None:
    assert (await look(png(Image.new("RGBA", (300, 200))))).format == "PNG"
    file = io.BytesIO()
    Image.new("RGB", (300, 200)).save(file, "WEBP")
    assert (await look(file.getvalue())).format == "WEBP"


@pytest.mark.parametrize("side", [7_100, 9_500, 20_000, 2_000_000])
async def test_a_pixel_bomb_is_refused_by_its_header(side: int) -> None:
    assert await refusal(bomb(side, side)) == "photo.too_many_pixels"


@pytest.mark.parametrize("body", NOT_PICTURES.values(), ids=NOT_PICTURES.keys())
async def test_what_is_no_photo_is_unreadable(body: bytes) -> None:
    assert await refusal(body) == "photo.unreadable"


async def test_half_a_photograph_is_unreadable() -> None:
    assert await refusal(taken(0)[:1_000_000]) == "photo.unreadable"


async def test_more_than_a_photo_may_weigh_does_not_hang_the_centre() -> None:
    assert await refusal(bytes(60_000_000)) == "photo.unreadable"


async def test_a_look_that_takes_too_long_is_ended_and_the_next_photo_is_seen() -> None:
    async def stalled() -> AsyncIterator[bytes]:
        yield b"\xff\xd8"
        await asyncio.Event().wait()

    inspector = Inspector(wall_seconds=0.5)
    with pytest.raises(PhotoError) as refused:
        await inspector.look(stalled())
    assert refused.value.code == "photo.too_hard"
    assert (await Inspector().look(stream(png(Image.new("RGB", (30, 20)))))).width == 30


async def test_a_photo_that_is_not_there_is_told_as_such(tmp_path: Path) -> None:
    missing = granted(b"missing")
    with pytest.raises(PhotoError) as refused:
        await Inspector().look(LocalStore(tmp_path).read(missing.centre, missing.digest))
    assert refused.value.code == "photo.unknown"


MISERLY = """
from daiban_server.features.photos import inspect
inspect._MEMORY = {memory}
inspect._main()
"""


@pytest.mark.parametrize(("memory", "answer"), [(300 * 2**20, "photo.too_hard"), (2**30, None)])
def test_the_kernel_holds_the_memory_bound(memory: int, answer: str | None) -> None:
    large = png(Image.new("RGB", (9_000, 5_000)))  # 135 MB decoded, twice over when turned
    child = subprocess.run(
        [sys.executable, "-c", MISERLY.format(memory=memory)], input=large, capture_output=True, timeout=60
    )
    assert json.loads(child.stdout.split(b"\n")[0]).get("code") == answer
