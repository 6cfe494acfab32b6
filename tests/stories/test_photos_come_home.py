"""Photos from the phone to the centre, over links that break, by our client and by public ones."""

import asyncio
import hashlib
import io
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image
from sqlalchemy import select
from tusclient.client import TusClient

from daiban_client_sdk import Progress
from daiban_schemas import entry
from daiban_server.db import schema
from daiban_server.db.program import rows
from daiban_server.demo.photograph import photograph
from daiban_server.demo.proxy import Lane, Proxy, Rule
from daiban_server.features.photos import looking
from daiban_sync import wire
from tests.support.node import TusJs
from tests.support.raw_device import RawDevice, raw_device
from tests.support.township import Township, new_id


async def ticket(device: RawDevice, data: bytes) -> tuple[str, wire.PhotoWanted]:
    """A photo's record, handed in, and the ticket that the answer brings."""
    town, home, photo = device.town, new_id(), new_id()
    wanted = wire.PhotoWanted(photo.hex(), hashlib.sha256(data).hexdigest(), len(data))
    fields = {"parent": home.hex(), "sha256": wanted.sha256, "size": wanted.size}
    batch = device.seal(
        entry.change(home.hex(), "household", {"place": town.qingshan.hex(), "head": "张"}, seen=0, at=1),
        entry.change(photo.hex(), "photo", fields, seen=0, at=1),
    )
    reply = await device.pushed(batch, hello=wire.Hello(photos=(wanted,)))
    (one,) = reply.tickets
    return one.url, wanted


async def stored(device: RawDevice, wanted: wire.PhotoWanted) -> bytes:
    """The photo's bytes on the server, once the sync brings its receipt."""
    reply = await device.pushed(hello=wire.Hello(photos=(wanted,)))
    (receipt,) = reply.photo_receipts
    assert (receipt.record.hex(), receipt.digest.hex(), receipt.size) == (wanted.record, wanted.sha256, wanted.size)
    centre = device.town.centre.hex()
    path = device.town.services.settings.data / "photos" / centre / wanted.sha256[:2] / wanted.sha256
    return path.read_bytes()


async def road(town: Township, rule: Rule) -> Proxy:
    """A bad road to the town's server."""
    parts = urlsplit(town.url)
    proxy = Proxy("127.0.0.1", parts.port or 0, rule)
    return await town.clients.enter_async_context(proxy)


async def test_tuspy_brings_a_photo_through_a_cut_link(sqlite_township: Township) -> None:
    device = await raw_device(sqlite_township)
    data = photograph(7)
    url, wanted = await ticket(device, data)
    proxy = await road(sqlite_township, Rule(up=Lane(cut_after=700_000), cuts=3))
    client = TusClient(f"http://127.0.0.1:{proxy.port}{url}")
    uploader = client.uploader(file_stream=io.BytesIO(data), chunk_size=900_000, retries=20, retry_delay=0.05)
    await asyncio.to_thread(uploader.upload)
    assert proxy.counts.cuts == 3
    assert await stored(device, wanted) == data


async def test_tus_js_client_brings_a_photo_through_a_cut_link(
    sqlite_township: Township, tus_js: TusJs, tmp_path: Path
) -> None:
    device = await raw_device(sqlite_township)
    data = photograph(8)
    url, wanted = await ticket(device, data)
    proxy = await road(sqlite_township, Rule(up=Lane(cut_after=700_000), cuts=3))
    file = tmp_path / "photo.jpg"
    file.write_bytes(data)
    await asyncio.to_thread(tus_js.upload, f"http://127.0.0.1:{proxy.port}{url}", file)
    assert proxy.counts.cuts == 3
    assert await stored(device, wanted) == data


async def test_our_client_tells_how_far_it_is_and_one_bad_photo_blocks_no_other(
    township: Township, tmp_path: Path
) -> None:
    wang = await township.device("王芳")
    household = await township.household(wang)
    for seed in (1, 2, 3):
        (tmp_path / f"{seed}.jpg").write_bytes(photograph(seed))
        await wang.attach_photo(household, tmp_path / f"{seed}.jpg", paper="居民户口簿")
    broken = wang.device.store.rows("SELECT path FROM photo ORDER BY size LIMIT 1")[0][0]
    path = wang.device.store.photos / broken
    good = path.read_bytes()
    path.write_bytes(good[:-1] + b"!")
    told: list[Progress] = []
    status = await wang.sync(told.append)
    assert (status.entries, status.photos) == (0, 1)
    photos = [one for one in told if one.lane == "photos"]
    assert photos[-1].bytes_total > 0
    assert [one.bytes for one in photos] == sorted(one.bytes for one in photos) or len(photos) > 3
    path.write_bytes(good)
    assert (await wang.sync()).may_be_given_back
    kept = await township.services.database.read(rows(select(schema.photo_file.c.digest)))
    assert len(kept) == 3


async def test_what_leaves_the_phone_says_nothing_of_where_it_was_taken(
    sqlite_township: Township, tmp_path: Path
) -> None:
    """Case 13: GPS in EXIF. The metadata is gone before the hash is taken, so no honest copy has it."""
    wang = await sqlite_township.device("王芳")
    household = await sqlite_township.household(wang)
    source = tmp_path / "photo.jpg"
    source.write_bytes(photograph(5))
    with Image.open(source) as taken:
        assert taken.getexif().get_ifd(0x8825)
    await wang.attach_photo(household, source, paper="居民身份证")
    await wang.sync()
    ((digest,),) = await sqlite_township.services.database.read(rows(select(schema.photo_file.c.digest)))
    services, centre = sqlite_township.services, sqlite_township.centre
    clear = b"".join([block async for block in looking.clear(services.photos, services.keys, centre, digest)])
    with Image.open(io.BytesIO(clear)) as kept:
        assert not kept.getexif()
        assert "exif" not in kept.info


async def test_knowing_a_hash_is_not_having_the_photo(sqlite_township: Township) -> None:
    """Case 13: another device that names the hash gets a ticket to bring the bytes, never a receipt."""
    owner, thief = await raw_device(sqlite_township), await raw_device(sqlite_township, "刘强")
    data = photograph(6)
    url, wanted = await ticket(owner, data)
    assert (await owner.http.post(f"{owner.town.url}{url}", headers=_creation(len(data)))).status_code == 201
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    answer = await owner.http.patch(f"{owner.town.url}{url}", content=data, headers=headers)
    assert answer.status_code == 204
    assert await stored(owner, wanted) == data
    reply = await thief.pushed(hello=wire.Hello(photos=(wanted,)))
    assert reply.photo_receipts == ()
    assert len(reply.tickets) == 1


def _creation(size: int) -> dict[str, str]:
    return {"Tus-Resumable": "1.0.0", "Upload-Length": str(size)}


@pytest.mark.parametrize("missing", ["file", "half"])
async def test_a_photo_that_is_gone_from_the_phone_is_told_and_blocks_nothing(
    sqlite_township: Township, tmp_path: Path, missing: str
) -> None:
    wang = await sqlite_township.device("王芳")
    household = await sqlite_township.household(wang)
    (tmp_path / "p.jpg").write_bytes(photograph(9))
    await wang.attach_photo(household, tmp_path / "p.jpg", paper="申请表")
    (name,) = [row[0] for row in wang.device.store.rows("SELECT path FROM photo")]
    path = wang.device.store.photos / name
    if missing == "file":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:1000])
    status = await wang.sync()
    assert (status.entries, status.photos) == (0, 1)
    assert not status.may_be_given_back
