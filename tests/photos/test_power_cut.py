"""The power fails at every named point of an upload, and in between: what was answered is still there."""

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import pytest

from daiban_server.features.photos.port import Checksum
from daiban_server.features.photos.receiving import Receiving
from daiban_server.features.photos.store import LocalStore
from daiban_sync import faults
from tests.photos.centre import NOW, SECRET, Notebook, granted, noise
from tests.photos.power import Power

PHOTO = noise(300_000)
HALF = len(PHOTO) // 2
GRANT = granted(PHOTO)
POINTS = [point for point in faults.SERVER_POINTS if point.startswith("server.photo.")]


class PowerFailedError(BaseException):
    """Nothing catches it, as nothing outlives a power cut."""


async def once(body: bytes) -> AsyncIterator[bytes]:
    yield body


class Day:
    """An upload in two halves by a device that remembers what it was told."""

    def __init__(self, root: Path, notebook: Notebook) -> None:
        self.receiving = Receiving(LocalStore(root), notebook, SECRET, lambda: NOW)
        self.confirmed = 0

    async def upload(self, checksum: bool) -> None:
        self.confirmed = await self.receiving.create(GRANT)
        for end in (HALF, len(PHOTO)):
            body = PHOTO[self.confirmed : end]
            claim = Checksum("sha256", sha256(body).digest()) if checksum else None
            if body:
                self.confirmed = await self.receiving.append(GRANT, self.confirmed, once(body), claim)


@pytest.fixture(autouse=True)
def no_hook_stays() -> Iterator[None]:
    yield
    faults.install(lambda name: None)


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("checksum", [False, True])
async def test_after_a_power_cut_nothing_that_was_answered_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: str, nth: int, checksum: bool
) -> None:
    root = tmp_path / "photos"
    root.mkdir()
    notebook = Notebook()
    day = Day(root, notebook)
    seen = 0

    def fail(reached: str) -> None:
        nonlocal seen
        seen += reached == point
        if reached == point and seen == nth:
            raise PowerFailedError

    faults.install(fail)
    with Power(root, monkeypatch) as power:
        with suppress(PowerFailedError):
            await day.upload(checksum)
        after = power.cut(tmp_path / "after")
    faults.install(lambda name: None)

    for receipt in notebook.stored:
        kept = LocalStore(after).read(receipt.centre, receipt.digest)
        assert b"".join([block async for block in kept]) == PHOTO
    later = Day(after, notebook)
    await later.receiving.create(GRANT)
    assert await later.receiving.offset(GRANT) >= day.confirmed
    await later.upload(checksum)
    assert notebook.stored
    assert b"".join([block async for block in LocalStore(after).read(GRANT.centre, GRANT.digest)]) == PHOTO
