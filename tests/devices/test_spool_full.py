"""A save is in the store and in the spool, or in neither: the disk is full, or the battery is flat in between."""

import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlcipher3 import dbapi2

from daiban_client_sdk import Client
from daiban_client_sdk.errors import DeviceError
from daiban_client_sdk.lock import FREE
from daiban_client_sdk.spool import IN_FILE
from daiban_client_sdk.store import StoreError
from daiban_sync import faults
from tests.accounts.desk import desk_of
from tests.devices.signing import heads
from tests.devices.test_back_again import home
from tests.devices.test_locked import PIN, locked, opened
from tests.devices.test_spool_begun import brought
from tests.photos.pictures import taken
from tests.support.phones import phone_in
from tests.support.township import Township


async def dead_at(town: Township, phone: Client, moment: str, head: str) -> Path:
    """The folder as a phone leaves it that dies at a moment of a save."""
    folder = phone.device.store.folder
    left = folder.with_name(f"dead at {moment}")

    def copied(name: str) -> None:
        if name == moment:
            shutil.copytree(folder, left)

    faults.install(copied)
    try:
        await town.household(phone, head)
    finally:
        faults.install(lambda name: None)
    return left


async def test_half_a_save_that_a_full_disk_left_spoils_none_behind_it(
    sqlite_township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = sqlite_township
    phone, head = await town.device("王芳"), await desk_of(town, "李红")
    await town.household(phone, "第一户")
    write, room = os.pwrite, [100, 0]
    [spool] = (phone.device.store.folder / "spool").glob("*.spool")
    before = spool.read_bytes()

    def full(descriptor: int, data: bytes, at: int) -> int:
        if not room:
            return write(descriptor, data[:50], at)
        if not (left := room.pop(0)):
            raise OSError(28, "no space left on device")
        return write(descriptor, data[:left], at)

    with monkeypatch.context() as disk:
        disk.setattr("daiban_client_sdk.spool.os.pwrite", full)
        with pytest.raises(DeviceError, match=r"disk\.full"):
            await town.household(phone, "写不下的")
        assert (await phone.status()).entries == 1, "nothing was saved"
        assert spool.read_bytes() == before
        await town.household(phone, "写不下的")
    assert await brought(town, phone.device.store.folder) == 2
    assert (await phone.sync()).may_be_given_back
    assert sorted(one["values"]["head"] for one in await head.done("/v1/records/household", "GET")) == [
        "写不下的",
        "第一户",
    ], "saved again, it is there once"


@pytest.mark.parametrize("found_full_by", ["fsync", "ftruncate"])
async def test_a_photo_that_finds_no_room_leaves_nothing_behind(
    sqlite_township: Township, monkeypatch: pytest.MonkeyPatch, found_full_by: str
) -> None:
    """Its own bytes do not fit, or those of its record: it may be taken again as often as one likes."""
    town = sqlite_township
    phone = await town.device("王芳")
    home, picture = await town.household(phone, "第一户"), town.folder / "p.jpg"
    picture.write_bytes(taken(1))

    def full(*_: object) -> int:
        raise OSError(28, "no space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(f"daiban_client_sdk.spool.os.{found_full_by}", full)
        with pytest.raises(DeviceError, match=r"disk\.full"):
            await phone.attach_photo(home, picture, paper="户口簿")
    assert list((phone.device.store.folder / "photos").iterdir()) == []
    await phone.attach_photo(home, picture, paper="户口簿")
    assert (await phone.sync()).may_be_given_back


async def test_a_full_phone_says_so_to_the_right_pin_and_counts_no_try(
    sqlite_township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = await locked(sqlite_township)

    def full(*_: object) -> int:
        raise OSError(28, "no space left on device")

    def unread(*_: object) -> None:
        raise dbapi2.OperationalError("disk I/O error")  # what SQLite says where its shared memory finds no room

    with monkeypatch.context() as disk:
        disk.setattr("daiban_client_sdk.store.os.fsync", full)
        assert [await opened(folder, PIN) for _ in range(FREE + 1)] == ["disk.full"] * (FREE + 1)
    with monkeypatch.context() as disk:
        disk.setattr("daiban_client_sdk.store.Store._prepare", unread)
        with pytest.raises(StoreError):
            await opened(folder, PIN)
        disk.setattr("daiban_client_sdk.store.shutil.disk_usage", lambda _: SimpleNamespace(free=0))
        assert await opened(folder, PIN) == "disk.full"
    assert await opened(folder, PIN) == ""


async def test_a_store_that_finds_no_room_leaves_nothing_in_the_spool(sqlite_township: Township) -> None:
    town = sqlite_township
    phone, head = await town.device("王芳"), await desk_of(town, "李红")
    await town.household(phone, "第一户")
    store = phone.device.store

    def no_room(name: str) -> None:
        if name == "device.save.before_commit":
            [(pages,)] = store.rows("PRAGMA page_count")
            store.rows(f"PRAGMA max_page_count = {pages}")
            store.run("INSERT INTO meta VALUES ('ballast', zeroblob(9999999))")

    faults.install(no_room)
    try:
        with pytest.raises(DeviceError, match=r"disk\.full"):
            await town.household(phone, "写不下的")
    finally:
        faults.install(lambda name: None)
        store.rows("PRAGMA max_page_count = 1000000000")
    assert await brought(town, store.folder) == 1
    await town.household(phone, "第二户")
    assert await brought(town, store.folder) == 1
    assert (await phone.sync()).may_be_given_back
    assert await heads(head) == {"第一户", "第二户"}


async def test_a_phone_that_dies_before_its_store_has_the_save_goes_on_unfrozen(town: Township) -> None:
    """Its spool is carried in, and the number is given to another save: one key would have said two things under it."""
    phone, head = await town.device("王芳"), await desk_of(town, "李红")
    await town.household(phone, "第一户")
    left = await dead_at(town, phone, "device.save.before_commit", "没存成的")
    assert await brought(town, left) == 1
    async with phone_in(left, town.clock) as again:
        assert (await again.status()).entries == 1
        await town.household(again, "重新问的")
        assert await brought(town, left) == 1
        assert (await again.sync()).may_be_given_back
    assert await heads(head) == {"第一户", "重新问的"}


async def test_a_phone_that_dies_when_its_store_has_the_save_has_it_in_the_spool_as_well(
    sqlite_township: Township,
) -> None:
    town = sqlite_township
    phone = await town.device("王芳")
    await town.household(phone, "第一户")
    left = await dead_at(town, phone, "device.save.committed", "存成的")
    async with phone_in(left, town.clock) as again:
        assert (await again.status()).entries == 2
    assert await brought(town, left) == 2


async def test_a_spool_that_cannot_be_put_in_place_keeps_what_it_has(
    sqlite_township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = sqlite_township
    phone = await town.device("王芳")

    write = os.pwrite

    def refused(descriptor: int, data: bytes, at: int) -> int:
        if len(data) == 4:
            raise OSError(5, "input/output error")
        return write(descriptor, data, at)

    with monkeypatch.context() as disk:
        disk.setattr("daiban_client_sdk.spool.os.pwrite", refused)
        await town.household(phone, "第一户")
    assert (await phone.status()).entries == 1, "it is saved all the same"
    await town.household(phone, "第二户")
    assert await brought(town, phone.device.store.folder) == 2


async def test_a_number_that_was_held_in_one_file_is_given_out_again_over_it(sqlite_township: Township) -> None:
    """The last number of a file: the save that failed had one entry, the next one has two, which begin no new file."""
    town = sqlite_township
    phone, head = await town.device("王芳"), await desk_of(town, "李红")
    for n in range(IN_FILE - 1):
        await town.household(phone, f"第{n}户")
    left = await dead_at(town, phone, "device.save.before_commit", "没存成的")
    async with phone_in(left, town.clock) as again:
        await home(town, again, "有身份证号的")
        await town.household(again, "下一户")
    async with phone_in(left, town.clock) as again:
        assert await brought(town, left) == IN_FILE + 2
        assert (await again.sync()).may_be_given_back
    assert "没存成的" not in await heads(head)


async def test_a_file_is_kept_until_the_whole_of_its_last_save_is_let_go(sqlite_township: Township) -> None:
    town = sqlite_township
    phone = await town.device("王芳")
    for n in range(IN_FILE - 1):
        await town.household(phone, f"第{n}户")
    await home(town, phone, "有身份证号的")
    device = phone.device
    device.outbox.freeze(device.identity(), lambda: bytes(32))
    device.store.run("UPDATE batch SET packed = x''")
    device.store.run("UPDATE entry SET sequence = NULL WHERE number = ?", IN_FILE + 1)
    device.spool.release(device.store)
    assert len(list(device.spool.folder.glob("*.spool"))) == 1
    device.store.run("UPDATE entry SET sequence = 1")
    device.spool.release(device.store)
    assert list(device.spool.folder.glob("*.spool")) == []


async def test_many_saves_are_all_in_the_spool(sqlite_township: Township) -> None:
    town = sqlite_township
    phone = await town.device("王芳")
    for n in range(IN_FILE + 6):
        await town.household(phone, f"第{n}户")
    folder = phone.device.store.folder
    assert len(list((folder / "spool").glob("*.spool"))) == 2
    assert await brought(town, folder) == IN_FILE + 6
