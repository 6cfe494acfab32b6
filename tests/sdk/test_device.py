"""A device by itself: what it keeps, what it refuses, and what it says of itself."""

from pathlib import Path

import pytest

from daiban_client_sdk import BlockingClient, Client, DeviceError, InvalidEntryError
from daiban_client_sdk.images import ImageError
from daiban_client_sdk.store import StoreError
from daiban_server.spine import restores
from daiban_sync import batch
from tests.support.phones import blocking_phone_in, phone_in
from tests.support.township import Township


async def test_nothing_is_saved_of_what_does_not_fit(sqlite_township: Township) -> None:
    town = sqlite_township
    wang = await town.device("王芳")
    form = await wang.new("household")
    with pytest.raises(InvalidEntryError) as wrong:
        await wang.save(form, {"place": town.qingshan.hex(), "phone": "12", "identity_number": "61240119500101002"})
    assert wrong.value.fields == {"phone": "value.not_phone", "identity_number": "value.not_identity_number"}
    with pytest.raises(InvalidEntryError) as orphan:
        await wang.save(form, {"head": "张桂兰"})
    assert orphan.value.fields == {"place": "value.incomplete"}
    assert (await wang.status()).may_be_given_back
    assert await wang.records("household") == []


async def test_answers_are_checked_by_the_items_form_at_the_home(sqlite_township: Township) -> None:
    town = sqlite_township
    wang = await town.device("王芳")
    await wang.sync()
    household = await town.household(wang)
    form = await wang.new("application")
    wanted = {"household": household, "item": town.item.hex()}
    with pytest.raises(InvalidEntryError) as wrong:
        await wang.save(form, wanted | {"answers.reason": 7})
    assert wrong.value.fields == {"answers.reason": "value.not_text"}
    assert await wang.save(form, wanted | {"answers.reason": "年满六十"}) > 0


async def test_saving_what_the_form_showed_saves_nothing(sqlite_township: Township) -> None:
    wang = await sqlite_township.device("王芳")
    household = await sqlite_township.household(wang)
    form = await wang.open(household)
    assert await wang.save(form, {"head": "张桂兰", "phone": "13700000000"}) == 0


async def test_own_edits_before_any_sync_are_no_conflict(sqlite_township: Township) -> None:
    wang = await sqlite_township.device("王芳")
    household = await sqlite_township.household(wang)
    for phone in ("13700000001", "13700000002", "13700000003"):
        await wang.save(await wang.open(household), {"phone": phone})
    assert await wang.conflicts() == []
    await wang.sync()
    view = await wang.view(household)
    assert view is not None
    assert view.values["phone"] == "13700000003"
    assert view.conflicts == {}


async def test_what_is_saved_while_a_sync_runs_keeps_its_morning_bound(sqlite_township: Township) -> None:
    """An outbox is frozen before a newer checkpoint is taken in: what was saved before it names the older one."""
    database, clock = sqlite_township.services.database, sqlite_township.clock
    await database.write("backup", lambda: restores.begin_backup(clock))  # so the envelope is kept, to be looked at
    wang = await sqlite_township.device("王芳")
    household = await sqlite_township.household(wang)
    await wang.sync()
    before = wang.device.store.get("checkpoint")
    form = await wang.open(household)
    transport, _ = await wang._link()
    request = transport.request

    async def slowly(*arguments: object, **named: object) -> object:
        answer = await request(*arguments, **named)  # type: ignore[arg-type]
        if wang.device.outbox.sendable() == [] and not saved:
            saved.append(await wang.save(form, {"phone": "13700000009"}))
        return answer

    saved: list[int] = []
    sqlite_township.clock.ahead += 120_000
    transport.request = slowly  # type: ignore[method-assign, assignment]
    await wang.sync()
    assert saved
    packed = wang.device.store.rows("SELECT packed FROM batch ORDER BY sequence DESC LIMIT 1")[0][0]
    assert batch.unpack(packed).header.checkpoint.hex() == before
    assert wang.device.store.get("checkpoint") != before


async def test_a_resync_replaces_the_mirror_and_never_the_outbox(sqlite_township: Township) -> None:
    wang = await sqlite_township.device("王芳")
    synced = await sqlite_township.household(wang, "已上报")
    await wang.sync()
    unsent = await sqlite_township.household(wang, "未上报")
    with wang.device.store.transaction():
        wang.device.mirror.forget()
    assert not (await wang.status()).bootstrap_complete
    assert await wang.view(synced) is None
    assert await wang.view(unsent) is not None
    status = await wang.sync()
    assert status.may_be_given_back
    assert status.bootstrap_complete
    assert {view.record for view in await wang.records("household")} == {synced, unsent}


async def test_a_store_opens_with_its_own_key_only(sqlite_township: Township, tmp_path: Path) -> None:
    folder = tmp_path / "phone"
    async with phone_in(folder) as client:
        await client.enrol(await sqlite_township.code_for("王芳"), "手机")
        await sqlite_township.household(client, "独一无二的张桂兰")
    files = [path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.suffix != ".key"]
    assert not any("独一无二的张桂兰".encode() in data for data in files)
    assert not any(b"SQLite format 3" in data for data in files)
    key = folder / "store.key"
    assert key.stat().st_mode & 0o077 == 0
    key.write_bytes(bytes(32))
    with pytest.raises(StoreError):
        await phone_in(folder).__aenter__()


async def test_a_store_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    async with phone_in(tmp_path / "phone") as client:
        client.device.store.run("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="99"):
        await phone_in(tmp_path / "phone").__aenter__()


async def test_an_older_store_is_upgraded_with_its_unsent_work(sqlite_township: Township) -> None:
    """One of before acts were kept by name: what it asked for is found in what was saved."""
    wang = await sqlite_township.device("王芳")
    visit = await wang.ask_visit(await sqlite_township.household(wang))
    folder = wang.device.store.folder
    wang.device.store.run("ALTER TABLE entry DROP COLUMN name")
    wang.device.store.run("ALTER TABLE photo DROP COLUMN key")
    wang.device.store.run("ALTER TABLE batch DROP COLUMN payload")
    wang.device.store.run("PRAGMA user_version = 2")
    async with phone_in(folder) as again:
        assert [(one.visit, one.act, one.code) for one in await again.what_became()] == [(visit, "propose", "waiting")]
        await again.sync()
        assert (await again.status()).may_be_given_back


async def test_what_became_is_known_when_a_backup_has_the_bodies(sqlite_township: Township) -> None:
    wang = await sqlite_township.device("王芳")
    await wang.ask_visit(await sqlite_township.household(wang))
    await wang.sync()
    before = await wang.what_became()
    wang.device.store.run("UPDATE entry SET body = x''")
    assert await wang.what_became() == before
    assert [(one.act, one.code) for one in before] == [("propose", "proposed")]


async def test_a_file_that_is_no_photo_is_refused_with_advice(sqlite_township: Township, tmp_path: Path) -> None:
    wang = await sqlite_township.device("王芳")
    household = await sqlite_township.household(wang)
    (tmp_path / "note.txt").write_text("不是照片")
    with pytest.raises(ImageError) as refused:
        await wang.attach_photo(household, tmp_path / "note.txt", paper="居民户口簿")
    assert refused.value.code == "photo.unreadable"
    assert refused.value.advice
    assert (await wang.status()).photos == 0


async def test_unknown_things_are_refused_by_name(sqlite_township: Township) -> None:
    wang = await sqlite_township.device("王芳")
    household = await sqlite_township.household(wang)
    for attempt, code in (
        (lambda: wang.new("drone_flight"), "kind.unknown"),
        (lambda: wang.new("item"), "kind.read_only"),
        (lambda: wang.open("0" * 32), "record.unknown"),
        (lambda: wang.command(household, "explode"), "command.unknown"),
        (lambda: wang.report(household, "exploded"), "report.unknown"),
        (lambda: wang.enrol("hello", "手机"), "device.enrolled"),
    ):
        with pytest.raises(DeviceError) as refused:
            await attempt()
        assert refused.value.code == code
        assert refused.value.told() != refused.value.told("en")


async def test_a_device_that_was_never_enrolled_keeps_and_says_so(tmp_path: Path) -> None:
    async with phone_in(tmp_path / "phone") as client:
        with pytest.raises(DeviceError) as refused:
            await client.sync()
    assert refused.value.code == "device.unknown"


def test_the_blocking_client_is_the_same_client(tmp_path: Path) -> None:
    names = {name for name in dir(Client) if not name.startswith("_")} - {"device"}
    assert names <= set(dir(BlockingClient))
    with blocking_phone_in(tmp_path / "phone") as client:
        assert client.status().may_be_given_back
        assert client.records("household") == []
        form = client.new("household")
        client.save(form, {"place": "0" * 32, "head": "张桂兰"})
        assert client.status().line() == "还有 1 条记录 未收讫，这台手机先不要交回。"
        assert client.status().line("en").startswith("Do not give this phone back: 1 entries")
