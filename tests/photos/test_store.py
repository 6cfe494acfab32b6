"""What every photo store promises. A second backend joins by one more entry in `STORES`."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from hashlib import sha1, sha256
from io import FileIO
from pathlib import Path

import pytest

from daiban_server.features.photos import store as disk_store
from daiban_server.features.photos.grant import Grant
from daiban_server.features.photos.port import Checksum, LinkCutError, PhotoStore
from daiban_server.features.photos.problems import PhotoError
from daiban_server.features.photos.store import LocalStore
from tests.photos.centre import HONGSHAN, IDENTITY_CARD, granted, noise
from tests.support.processes import Child

PHOTO = noise(1_265_000)
HALF = len(PHOTO) // 2
GRANT = granted(PHOTO)
CARD = granted(PHOTO, record=IDENTITY_CARD)

STORES: dict[str, Callable[[Path], PhotoStore]] = {"local": LocalStore}


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> PhotoStore:
    return STORES[request.param](tmp_path)


async def stream(body: bytes, *, cut: bool = False) -> AsyncIterator[bytes]:
    for start in range(0, len(body), 65536):
        yield body[start : start + 65536]
    if cut:
        raise LinkCutError


async def bring(store: PhotoStore, body: bytes, grant: Grant = GRANT, checksum: Checksum | None = None) -> int:
    """Go on with an upload, from where it stands; the new offset."""
    async with store.hold(grant, create=True) as upload:
        await upload.append(upload.offset, stream(body), checksum)
        return upload.offset


async def keep(store: PhotoStore, grant: Grant = GRANT) -> None:
    async with store.hold(grant) as upload:
        await upload.finish()


async def stands(store: PhotoStore, grant: Grant = GRANT) -> tuple[int, bool]:
    async with store.hold(grant) as upload:
        return upload.offset, upload.stored


async def photo(store: PhotoStore, grant: Grant = GRANT) -> bytes:
    return b"".join([block async for block in store.read(grant.centre, grant.digest)])


async def refusal(work: Awaitable[object]) -> str:
    with pytest.raises(PhotoError) as refused:
        await work
    return refused.value.code


async def test_a_photo_comes_in_parts_and_is_kept_under_its_hash(store: PhotoStore) -> None:
    assert await bring(store, PHOTO[:HALF]) == HALF
    assert await stands(store) == (HALF, False)
    assert await refusal(photo(store)) == "photo.unknown"

    assert await bring(store, PHOTO[HALF:]) == len(PHOTO)
    await keep(store)
    assert await stands(store) == (len(PHOTO), True)
    assert await photo(store) == PHOTO
    assert await store.size(GRANT.centre, GRANT.digest) == len(PHOTO)


async def test_an_upload_that_was_never_begun_is_unknown(store: PhotoStore) -> None:
    assert await refusal(stands(store)) == "upload.unknown"
    assert await refusal(store.size(GRANT.centre, GRANT.digest)) == "photo.unknown"


async def test_finishing_twice_is_finishing_once(store: PhotoStore) -> None:
    await bring(store, PHOTO)
    await keep(store)
    await keep(store)
    assert await photo(store) == PHOTO


async def test_bytes_go_only_where_the_upload_stands(store: PhotoStore) -> None:
    await bring(store, PHOTO[:HALF])
    async with store.hold(GRANT) as upload:
        for wrong in (0, HALF - 1, HALF + 1, len(PHOTO)):
            assert await refusal(upload.append(wrong, stream(PHOTO[:1]))) == "upload.offset"
    assert await stands(store) == (HALF, False)


async def test_what_came_before_a_cut_is_safe(store: PhotoStore) -> None:
    async with store.hold(GRANT, create=True) as upload:
        await upload.append(0, stream(PHOTO[:HALF], cut=True))
        assert upload.offset == HALF
    await bring(store, PHOTO[HALF:])
    await keep(store)
    assert await photo(store) == PHOTO


async def test_a_cut_chunk_that_would_have_been_checked_is_not_taken(store: PhotoStore) -> None:
    async with store.hold(GRANT, create=True) as upload:
        await upload.append(0, stream(PHOTO[:HALF], cut=True), Checksum("sha256", sha256(PHOTO).digest()))
        assert upload.offset == 0


@pytest.mark.parametrize("memory", [1 << 20, 1000])
@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_a_checked_chunk_is_taken_whole_or_not_at_all(
    store: PhotoStore, algorithm: str, memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether it is held in memory or in a file without a name."""
    monkeypatch.setattr(disk_store, "_MEMORY", memory)
    hashed = {"sha1": sha1, "sha256": sha256}[algorithm]
    right = Checksum(algorithm, hashed(PHOTO[HALF:]).digest())
    await bring(store, PHOTO[:HALF])
    assert await refusal(bring(store, PHOTO[:HALF], checksum=right)) == "upload.checksum"
    assert await stands(store) == (HALF, False)
    assert await bring(store, PHOTO[HALF:], checksum=right) == len(PHOTO)
    await keep(store)
    assert await photo(store) == PHOTO


async def test_more_than_was_granted_is_not_taken_in_part(store: PhotoStore) -> None:
    await bring(store, PHOTO[:HALF])
    for checksum in (None, Checksum("sha256", sha256(PHOTO).digest())):
        assert await refusal(bring(store, PHOTO, checksum=checksum)) == "upload.too_large"
        assert await stands(store) == (HALF, False)


@pytest.mark.parametrize("wrong", [b"\xff" + PHOTO[1:], PHOTO[:-1] + b"\x01"])
async def test_other_bytes_than_granted_are_thrown_away(store: PhotoStore, wrong: bytes) -> None:
    await bring(store, wrong)
    assert await refusal(keep(store)) == "photo.digest"
    assert await refusal(stands(store)) == "upload.unknown"
    assert await refusal(photo(store)) == "photo.unknown"
    assert await bring(store, PHOTO) == len(PHOTO)
    await keep(store)


async def test_a_grant_that_lies_about_the_size_keeps_nothing(store: PhotoStore) -> None:
    await bring(store, PHOTO)
    assert await refusal(keep(store, granted(PHOTO, size=HALF))) == "photo.digest"


async def test_a_hash_alone_claims_nothing(store: PhotoStore) -> None:
    await bring(store, PHOTO)
    await keep(store)
    assert await bring(store, b"", CARD) == 0
    assert await stands(store, CARD) == (0, False)
    assert await refusal(photo(store, granted(PHOTO, centre=HONGSHAN))) == "photo.unknown"

    await bring(store, PHOTO, CARD)
    await keep(store, CARD)
    assert await stands(store, CARD) == (len(PHOTO), True)


async def test_an_upload_is_held_by_one_at_a_time(store: PhotoStore) -> None:
    async with store.hold(GRANT, create=True):
        assert await refusal(stands(store)) == "upload.busy"
        assert await refusal(bring(store, PHOTO)) == "upload.busy"
        assert await bring(store, PHOTO, CARD) == len(PHOTO)  # another photo is not kept waiting
    assert await bring(store, PHOTO) == len(PHOTO)


async def test_a_discarded_upload_is_gone_and_a_stored_one_is_not(store: PhotoStore) -> None:
    await bring(store, PHOTO[:HALF])
    async with store.hold(GRANT) as upload:
        await upload.discard()
    assert await refusal(stands(store)) == "upload.unknown"

    await bring(store, PHOTO)
    await keep(store)
    async with store.hold(GRANT) as upload:
        assert await refusal(upload.discard()) == "upload.stored"
    assert await photo(store) == PHOTO


FAR_LATER = 2**43  # Unix milliseconds, in the year 2248
DAY = 86_400_000


async def test_the_sweep_takes_old_partials_and_never_a_photo(store: PhotoStore) -> None:
    await bring(store, PHOTO)
    await keep(store)
    await bring(store, PHOTO[:HALF], CARD)

    assert await store.sweep(0, DAY) == 0
    assert await stands(store, CARD) == (HALF, False)
    async with store.hold(CARD):
        await store.sweep(FAR_LATER, DAY)
    assert await stands(store, CARD) == (HALF, False)  # in use, so left alone

    await store.sweep(FAR_LATER, DAY)
    assert await refusal(stands(store, CARD)) == "upload.unknown"
    assert await photo(store) == PHOTO


HOLDER = """
import asyncio, sys
from pathlib import Path
from daiban_server.features.photos.store import LocalStore
from tests.support.processes import Child
from tests.photos.centre import granted
async def main():
    async with LocalStore(Path(sys.argv[1])).hold(granted(b"x" * 1000), create=True):
        print("held", flush=True)
        await asyncio.sleep(60)
asyncio.run(main())
"""


async def test_a_lock_holds_against_another_process_and_dies_with_it(tmp_path: Path) -> None:
    grant = granted(b"x" * 1000)
    with Child.python("-c", HOLDER, tmp_path) as other:
        await asyncio.to_thread(other.line, "held")
        assert await refusal(bring(LocalStore(tmp_path), b"x", grant)) == "upload.busy"
        await asyncio.to_thread(other.kill)
    assert await bring(LocalStore(tmp_path), b"x" * 1000, grant) == 1000


async def test_a_full_disk_is_told_and_what_is_safe_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LocalStore(tmp_path)
    await bring(store, PHOTO[:HALF])
    with monkeypatch.context() as disk:
        disk.setattr("daiban_server.features.photos.store.open_private", lambda _path, _mode: FileIO("/dev/full", "wb"))
        assert await refusal(bring(store, PHOTO[HALF:])) == "storage.full"
    assert await stands(store) == (HALF, False)
    await bring(store, PHOTO[HALF:])
    await keep(store)
    assert await photo(store) == PHOTO


async def test_photos_are_for_their_owners_eyes_only(tmp_path: Path) -> None:
    await bring(LocalStore(tmp_path), PHOTO)
    await bring(LocalStore(tmp_path), PHOTO[:HALF], CARD)
    await keep(LocalStore(tmp_path))
    modes = await asyncio.to_thread(lambda: [path.stat().st_mode & 0o777 for path in tmp_path.rglob("*")])
    assert set(modes) == {0o700, 0o600}
