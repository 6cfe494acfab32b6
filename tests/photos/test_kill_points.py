"""The centre's process dies by SIGKILL at every named point; started again, the photo arrives all the same."""

import asyncio
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import httpx2
import pytest

from daiban_client_sdk.uploads import UploadError, upload
from daiban_server.features.photos import grant as tickets
from daiban_server.features.photos.store import LocalStore
from daiban_server.features.photos.tus import PATH
from daiban_sync import faults
from daiban_sync.chunks import ChunkPlan
from tests.photos.centre import SECRET, granted, noise
from tests.support.processes import Child

PHOTO = noise(400_000)
GRANT = granted(PHOTO)
CHUNKS = ChunkPlan(first=160 * 1024, largest=160 * 1024)
POINTS = [point for point in faults.SERVER_POINTS if point.startswith("server.photo.")]


async def hand_in(child: Child) -> None:
    port = (await asyncio.to_thread(child.line, "port ")).split()[1]
    url = f"http://127.0.0.1:{port}{PATH}/{tickets.issue(SECRET, GRANT)}"
    async with httpx2.AsyncClient(trust_env=False) as http:
        await upload(http, url, BytesIO(PHOTO), len(PHOTO), progress=lambda _: None, chunks=CHUNKS)


@pytest.mark.parametrize("point", POINTS)
async def test_a_centre_that_is_killed_takes_the_photo_once_it_is_back(
    tmp_path: Path, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as hasty:
        hasty.setattr("daiban_client_sdk.uploads._PAUSES", (0.0,))
        with Child.python("-m", "tests.photos.centre", tmp_path, point) as doomed:
            with pytest.raises(UploadError) as cut:
                await hand_in(doomed)
            assert cut.value.code == "upload.cut"
            assert await asyncio.to_thread(doomed.wait) == -9

    with Child.python("-m", "tests.photos.centre", tmp_path) as back:
        await hand_in(back)
    signed = (await asyncio.to_thread((tmp_path / "receipts").read_text)).split("\n")
    assert f"{GRANT.record.hex()} {sha256(PHOTO).hexdigest()}" in signed
    assert b"".join([block async for block in LocalStore(tmp_path).read(GRANT.centre, GRANT.digest)]) == PHOTO
