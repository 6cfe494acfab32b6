"""The server's disk is gone, and yesterday's backup is put back: what devices do, and what nobody loses."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from daiban_client_sdk import Client, custody
from daiban_client_sdk.custody import KEPT
from daiban_client_sdk.errors import DeviceError, RefusedError
from daiban_server import provision
from daiban_server.backup import archive, put_back
from daiban_server.backup.archive import BackupError
from daiban_server.db import schema
from daiban_server.db.program import Write
from daiban_server.demo.photograph import photograph
from daiban_server.keystore import load, load_or_make, load_root
from daiban_server.spine import restores
from daiban_sync import receipt
from tests.support.fire import Fire
from tests.support.history import history_of
from tests.support.postgres import Postgres
from tests.support.township import Clock, Township, new_id


async def phone_of(town: Township, household: str) -> Any:
    clerk = await town.signed_in("赵敏")
    return (await clerk.get(f"/v1/records/household/{household}")).json()


async def test_the_drill(fire: Fire) -> None:
    """What was handed in after the backup is handed in again, with its old bounds; both phones end up alike."""
    town = fire.town
    wang, liu = await town.device("王芳"), await town.device("刘强")
    before = await town.household(wang, "张桂兰")
    await wang.sync()
    await liu.sync()
    backup = await fire.back_up()

    after = await town.household(wang, "李秀英")
    await wang.save(await wang.open(before), {"phone": "13900000001"})
    await wang.sync()
    await liu.sync()
    await liu.save(await liu.open(before), {"address": "后沟口"})
    await liu.sync()
    await liu.save(await liu.open(after), {"address": "河边"})
    old = receipts(wang)

    async with fire.restored(backup) as new:
        await fire.move(wang, liu, to=new)
        assert (await phone_of(new, before))["values"]["phone"] == "13700000000"
        # 刘强 comes first: what he changed on a household that this server does not know yet has to wait.
        await liu.sync()
        await wang.sync()
        await liu.sync()
        await wang.sync()
        shown = await phone_of(new, before)
        assert (shown["values"]["phone"], shown["values"]["address"]) == ("13900000001", "后沟口")
        assert shown["conflicts"] == {}
        assert (await phone_of(new, after))["values"]["address"] == "河边"
        for client in (wang, liu):
            assert (await client.status()).may_be_given_back
            for household in (before, after):
                view = await client.view(household)
                assert view is not None
                assert view.values == (await phone_of(new, household))["values"]
    again = receipts(wang)
    assert [one.epoch for one in again] == [0, 1]
    assert [one.bounds for one in again] == [one.bounds for one in old]


def receipts(client: Client) -> list[receipt.Receipt]:
    found = client.device.store.rows("SELECT receipt FROM batch ORDER BY sequence")
    return [receipt.unpack(row[0]) for row in found]


async def test_a_photo_that_the_backup_does_not_have_is_brought_again(fire: Fire, tmp_path: Path) -> None:
    town = fire.town
    wang = await town.device("王芳")
    household = await town.household(wang)
    picture = tmp_path / "paper.jpg"
    picture.write_bytes(photograph(1))
    kept = await wang.attach_photo(household, picture)
    await wang.sync()
    backup = await fire.back_up()
    picture.write_bytes(photograph(2))
    lost = await wang.attach_photo(household, picture)
    await wang.sync()
    assert (await wang.status()).may_be_given_back
    async with fire.restored(backup) as new:
        await fire.move(wang, to=new)
        stored = new.services.settings.data / "photos" / new.centre.hex()
        assert (stored / kept.sha256[:2] / kept.sha256).exists()
        assert not (stored / lost.sha256[:2] / lost.sha256).exists()
        await wang.sync()
        assert archive.hash_of(stored / lost.sha256[:2] / lost.sha256) == lost.sha256
        assert (await wang.status()).may_be_given_back


async def test_a_phone_enrolled_after_the_backup_enrols_again_and_keeps_its_work(fire: Fire) -> None:
    town = fire.town
    backup = await fire.back_up()
    wang = await town.device("王芳")
    household = await town.household(wang)
    await wang.sync()
    async with fire.restored(backup) as new:
        await fire.move(wang, to=new)
        with pytest.raises(RefusedError, match=r"device\.unknown"):
            await wang.sync()
        fingerprint = await wang.enrol(await new.code_for("王芳"), "手机")
        await new.approve(wang, fingerprint)
        await wang.enrolment_state()
        await wang.sync()
        assert (await phone_of(new, household))["values"]["head"] == "张桂兰"
        assert (await wang.status()).may_be_given_back
        with pytest.raises(DeviceError, match=r"device\.enrolled"):
            await wang.enrol(await new.code_for("王芳"), "手机")


async def test_the_console_s_words_since_the_backup_are_lost_and_work_goes_on(fire: Fire) -> None:
    town = fire.town
    wang = await town.device("王芳")
    household = await town.household(wang)
    await wang.sync()
    backup = await fire.back_up()
    clerk = await town.signed_in("赵敏")
    position = (await phone_of(town, household))["position"]
    saved = await clerk.patch(
        f"/v1/records/household/{household}", json={"fields": {"phone": "0915-3212222"}, "seen": position}
    )
    assert saved.status_code < 300, saved.text
    await wang.sync()
    assert (await wang.view(household)).values["phone"] == "0915-3212222"  # type: ignore[union-attr]
    await wang.save(await wang.open(household), {"address": "后沟口"})
    async with fire.restored(backup) as new:
        await fire.move(wang, to=new)
        await wang.sync()
        shown = await phone_of(new, household)
        assert (shown["values"]["phone"], shown["values"]["address"]) == ("13700000000", "后沟口")
        view = await wang.view(household)
        assert view is not None and view.values == shown["values"]
        position = shown["position"]
        clerk = await new.signed_in("赵敏")
        saved = await clerk.patch(
            f"/v1/records/household/{household}", json={"fields": {"phone": "0915-3212222"}, "seen": position}
        )
        assert saved.status_code < 300, saved.text
        await wang.sync()
        assert (await wang.view(household)).values["phone"] == "0915-3212222"  # type: ignore[union-attr]


async def test_the_same_backup_put_back_a_second_time_is_another_restore(sqlite_township: Township) -> None:
    """The new disk breaks as well. A phone that followed the first restore hears of the second, and hands in again."""
    town = sqlite_township
    fire = Fire(town, town.folder, "")
    wang, liu = await town.device("王芳"), await town.device("刘强")
    backup = await fire.back_up()
    homes = {"张桂兰": await town.household(wang, "张桂兰")}
    await wang.sync()
    async with fire.restored(backup, "first") as first_server:
        await fire.move(wang, to=first_server)
        await wang.sync()
        homes["李秀英"] = await town.household(wang, "李秀英")
        await wang.sync()
        assert [one.epoch for one in receipts(wang)] == [1, 1]
    async with fire.restored(backup, "second") as second_server:
        await fire.move(wang, liu, to=second_server)
        await wang.sync()
        await liu.sync()
        assert [one.epoch for one in receipts(wang)] == [2, 2]
        for head, household in homes.items():
            assert (await phone_of(second_server, household))["values"]["head"] == head
            assert await liu.view(household) is not None
        assert (await wang.status()).may_be_given_back


async def test_an_older_backup_put_back_later_is_told_to_a_phone_of_another_past(
    sqlite_township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three restores of two pasts. The phone followed one past, in which its work was safe; the backup that is put back
    at last is of the other, in which nobody ever had it: epochs alone would not tell."""
    monkeypatch.setattr(custody, "release", lambda *_: None)  # it went off each time before it could let anything go
    town = sqlite_township
    fire = Fire(town, town.folder, "")
    wang = await town.device("王芳")
    empty = await fire.back_up()
    home = await town.household(wang, "张桂兰")
    await wang.sync()
    full = await fire.back_up()
    async with fire.restored(empty, "first") as first_server:
        other_past = await Fire(first_server, town.folder, "").back_up()
    async with fire.restored(full, "second") as second_server:
        await fire.move(wang, to=second_server)
        await wang.sync()
        assert [one.epoch for one in receipts(wang)] == [0]
        assert wang.device.store.get("epoch") == 2
    async with fire.restored(other_past, "third") as third_server:
        await fire.move(wang, to=third_server)
        await wang.sync()
        assert [one.epoch for one in receipts(wang)] == [3]
        assert (await phone_of(third_server, home))["values"]["head"] == "张桂兰"
        assert (await wang.status()).may_be_given_back


# The horizon -----------------------------------------------------------------------------------------------------


async def test_envelopes_and_photos_leave_the_phone_only_under_the_horizon(fire: Fire, tmp_path: Path) -> None:
    town = fire.town
    await fire.back_up()
    ahead = Clock()
    wang = await town.device("王芳", now=ahead)
    household = await town.household(wang)
    picture = tmp_path / "paper.jpg"
    picture.write_bytes(photograph(1))
    photo = await wang.attach_photo(household, picture)
    await wang.sync()
    await wang.sync()
    assert kept(wang) == (1, 1)
    await fire.back_up()
    later = await town.household(wang, "李秀英")
    await wang.sync()
    assert kept(wang) == (1, 1), "the envelope is under the horizon, the photo is still at hand for a while"
    town.clock.ahead = ahead.ahead = KEPT + 1000
    await wang.sync()
    assert kept(wang) == (1, 0)
    assert not (wang.device.store.photos / f"{photo.record}-{photo.sha256}.sealed").exists()
    for record in (household, later):
        assert await wang.view(record) is not None
    await wang.save(await wang.open(household), {"phone": "13900000001"})
    await wang.sync()
    assert (await phone_of(town, household))["values"]["phone"] == "13900000001"


def kept(client: Client) -> tuple[int, int]:
    """Envelopes and photo files that the phone still has."""
    (row,) = client.device.store.rows("SELECT count(*) FROM batch WHERE packed <> x''")
    return row[0], len(list(client.device.store.photos.glob("*.sealed")))


async def test_while_nobody_makes_backups_the_receipt_is_enough(fire: Fire) -> None:
    """A phone would fill up for nothing. With the first backup that is over, and what it has is under its horizon."""
    town = fire.town
    wang = await town.device("王芳")
    await town.household(wang)
    await wang.sync()
    assert kept(wang) == (0, 0)
    await fire.back_up()
    await town.household(wang, "李秀英")
    await wang.sync()
    assert kept(wang) == (1, 0)


async def test_a_centre_that_no_backup_knows_yet_lets_go_of_nothing(sqlite_township: Township) -> None:
    """Backups are made, but this centre was set up after the last one began: its receipts are not under the horizon."""
    database, clock = sqlite_township.services.database, sqlite_township.clock
    begun = await database.write("backup", lambda: restores.begin_backup(clock))
    await database.write("backup", lambda: restores.finish_backup(begun))
    centre = new_id()
    keys = sqlite_township.services.keys
    await database.write(centre, lambda: provision.add_centre(centre, "新中心", "XZ", keys, clock()))
    reach = restores.horizon(await database.read(restores.newest_backup(centre)), 0)
    assert (reach.epoch, reach.log_size, reach.photos_until) == (0, 0, 0)
    assert 0 < reach.at < begun


async def test_a_backup_that_fails_moves_no_horizon(fire: Fire) -> None:
    """Also the very first: from its begin on phones keep what they hand in, until one is complete."""
    town = fire.town
    wang = await town.device("王芳")
    await wang.sync()
    row = (town.centre, bytes(16), bytes(32), wang.device.identity().device, 5, 1, bytes(136), None)

    def lost_photo() -> Any:
        yield Write(schema.photo_file, [row])

    await town.services.database.write(town.centre, lost_photo)
    with pytest.raises(BackupError, match="missing"):
        await fire.back_up()
    await town.household(wang)
    await wang.sync()
    await wang.sync()
    assert kept(wang)[0] == 1


async def test_what_a_backup_left_that_was_killed_is_removed_by_the_next_one(fire: Fire) -> None:
    """All tables in clear: what is erased later would stand there for ever."""
    folder = fire.folder / "backups"
    left = folder / "2026-01-01T00-00-00.000000Z.part" / "tables"
    left.mkdir(parents=True)
    (left / "household.rows").write_bytes(b"names")
    backup = await fire.back_up()
    assert [path for path in folder.iterdir() if path.is_dir() and path.name != "photos"] == [backup]


async def test_one_backup_is_made_at_a_time(fire: Fire) -> None:
    """The end of one takes away photos that no backup names; another might have copied them just now."""
    await fire.back_up()
    found = await asyncio.gather(fire.back_up(), fire.back_up(), return_exceptions=True)
    assert sorted(type(one).__name__ for one in found) == ["BackupError", "PosixPath"]
    assert await fire.back_up()


async def test_a_gap_that_can_never_close_is_closed_by_the_centre_head(fire: Fire) -> None:
    """The newest backup is lost as well; the phone let go of what only that one had."""
    town = fire.town
    wang = await town.device("王芳")
    first_one = await town.household(wang, "张桂兰")
    await wang.sync()
    old = await fire.back_up()
    lost = await town.household(wang, "李秀英")
    await wang.sync()
    await fire.back_up()
    await wang.sync()
    last = await town.household(wang, "王大娘")
    await wang.sync()
    stored = wang.device.store.rows("SELECT sequence, packed FROM batch ORDER BY sequence")
    assert [len(packed) > 0 for _, packed in stored] == [False, False, True]
    async with fire.restored(old) as new:
        await fire.move(wang, to=new)
        with pytest.raises(RefusedError, match=r"chain\.gap"):
            await wang.sync()
        device = wang.device.identity().device.hex()
        clerk, head = await new.signed_in("赵敏"), await new.signed_in("李红")
        given_up = {"last": 2, "reason": "昨晚的备份也损坏了"}
        assert (await clerk.post(f"/v1/devices/{device}/gaps", json=given_up)).status_code == 403
        assert (await head.post(f"/v1/devices/{device}/gaps", json={**given_up, "last": 1})).status_code == 422
        closed = await head.post(f"/v1/devices/{device}/gaps", json=given_up)
        assert closed.json() == {"first": 2, "last": 2}
        await wang.sync()
        assert (await phone_of(new, last))["values"]["head"] == "王大娘"
        assert (await phone_of(new, first_one))["values"]["head"] == "张桂兰"
        assert (await head.get(f"/v1/records/household/{lost}")).status_code == 404
        assert (await wang.status()).may_be_given_back


# What cannot be put back -----------------------------------------------------------------------------------------


async def test_a_damaged_backup_or_foreign_keys_or_a_used_database_are_refused(fire: Fire) -> None:
    town = fire.town
    wang = await town.device("王芳")
    await town.household(wang)
    await wang.sync()
    backup = await fire.back_up()
    keys = town.services.keys
    root = load_root(town.services.settings.data / "keys" / "root.key")
    used, photos = town.services.settings.database, fire.folder / "photos"
    if used:
        with pytest.raises(BackupError, match="not empty"):
            await put_back.restore(backup, used, photos, keys, root, town.clock, [photos])
    empty = fire.empty or f"sqlite:///{fire.folder / 'other.db'}"
    strangers = load_or_make(fire.folder / "strangers")
    with pytest.raises(BackupError, match="another installation"):
        await put_back.restore(backup, empty, photos, strangers, root, town.clock, [photos])
    table = archive.table_file(backup, "history")
    table.write_bytes(table.read_bytes()[:-1])
    with pytest.raises(BackupError, match="history"):
        await put_back.restore(backup, empty, photos, keys, root, town.clock, [photos])
    with pytest.raises(BackupError, match="no complete backup"):
        await put_back.restore(fire.folder, empty, photos, keys, root, town.clock, [photos])
    assert await history_of(town)


async def test_a_backup_of_sqlite_is_put_back_into_postgres(sqlite_township: Township, postgres: Postgres) -> None:
    town = sqlite_township
    wang = await town.device("王芳")
    household = await town.household(wang)
    await wang.sync()
    url = postgres.create_database()
    fire = Fire(town, town.folder, url)
    backup = await fire.back_up()
    async with fire.restored(backup) as new:
        await fire.move(wang, to=new)
        await wang.save(await wang.open(household), {"phone": "13900000001"})
        await wang.sync()
        assert (await phone_of(new, household))["values"]["phone"] == "13900000001"
    postgres.drop_database(url)


async def test_backups_are_made_while_four_phones_hand_in(fire: Fire) -> None:
    """Each backup has a whole number of batches, and none that is signed for before it is missing from it."""
    town = fire.town
    phones = [await town.device(name, f"手机{n}") for n in range(2) for name in ("王芳", "刘强")]
    stop = asyncio.Event()

    async def work(client: Client) -> None:
        while not stop.is_set():
            await town.household(client)
            await client.sync()

    workers = [asyncio.create_task(work(client)) for client in phones]
    backups = []
    for _ in range(3):
        await asyncio.sleep(0.3)
        backups.append(await fire.back_up())
    stop.set()
    await asyncio.gather(*workers)
    for client in phones:
        await client.sync()
        assert client.device.store.get("horizon") is not None
    async with fire.restored(backups[-1]) as new:
        await fire.move(*phones, to=new)
        for _ in range(2):
            for client in phones:
                await client.sync()
        sizes = {len(await client.records("household")) for client in phones}
        assert len(sizes) == 1
        made = sum(client.device.store.row("SELECT count(*) FROM entry")[0] for client in phones)  # type: ignore[index]
        assert sizes == {made}


async def test_the_commands_do_the_same(sqlite_township: Township) -> None:
    """As an administrator types them, while the server goes on."""
    town, folder = sqlite_township, sqlite_township.folder
    wang = await town.device("王芳")
    await town.household(wang)
    await wang.sync()
    data = town.services.settings.data

    async def daiban(*arguments: str) -> tuple[int, str]:
        process = await asyncio.create_subprocess_exec(
            *(Path(sys.executable).with_name("daiban"), *arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        return process.returncode or 0, output.decode()

    keys = str(folder / "safe")
    code, said = await daiban("backup", str(folder / "backups"), "--data", str(data), "--keys", keys)
    assert code == 0, said
    assert "备份完成" in said
    (backup,) = (folder / "backups").glob("2*Z")
    assert not list((folder / "backups").rglob("*.key"))
    code, said = await daiban("backup", str(folder / "b2"), "--data", str(data), "--keys", str(folder / "b2" / "keys"))
    assert code != 0
    assert "密钥不能和备份放在一起" in said
    code, said = await daiban("restore", str(backup), "--data", str(folder / "again"), "--keys", keys)
    assert code == 0, said
    code, said = await daiban("restore", str(backup), "--data", str(folder / "again"), "--keys", keys)
    assert code != 0
    assert "数据库不是空的" in said


async def test_the_root_key_may_be_kept_offline(sqlite_township: Township) -> None:
    keys = sqlite_township.services.settings.data / "keys"
    (keys / "root.key").rename(sqlite_township.folder / "in-a-safe.key")
    assert load(keys).root_key == sqlite_township.services.keys.root_key
    assert not (keys / "root.key").exists()
    with pytest.raises(FileNotFoundError):
        load(sqlite_township.folder / "nothing")


async def test_health_is_well_after_a_restore(fire: Fire) -> None:
    backup = await fire.back_up()
    async with fire.restored(backup) as new, new.stranger() as http:
        assert (await http.get("/v1/health")).status_code == 200
