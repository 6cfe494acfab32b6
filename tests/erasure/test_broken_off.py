"""Erasing that is refused, breaks off, or is gone through again: what was not erased stays, what was is gone."""

from collections.abc import Awaitable, Hashable
from pathlib import Path

import pytest

from daiban_schemas import entry
from daiban_server.backup import erasure_note
from daiban_server.backup.archive import BackupError
from daiban_server.db.database import Factory
from daiban_server.db.program import Program
from daiban_server.features.erasure import erasing
from tests.erasure.test_erasing import MARKERS, erase, everything, home, named
from tests.photos.pictures import taken
from tests.support.fire import Fire
from tests.support.raw_device import RawDevice, raw_device
from tests.support.township import Township, new_id, open_township, served


async def cloned(town: Township) -> str:
    """A household of which a cloned phone's batch in quarantine speaks; gives its id."""
    device, record = await raw_device(town), new_id().hex()
    fields = {"place": town.qingshan.hex(), "head": MARKERS[0], "phone": MARKERS[2]}
    await device.pushed(device.seal(entry.change(record, "household", fields, seen=0, at=1)))
    copied = RawDevice(town, device.id, device.key, http=device.http)
    await copied.pushed(copied.seal(entry.change(record, "household", {**fields, "head": "克隆"}, seen=0, at=1)))
    return record


async def test_what_was_refused_is_not_erased_by_the_next_restore(township: Township) -> None:
    record, head = await cloned(township), await township.signed_in("李红")
    assert (await erase(head, record)).json()["code"] == "erasure.quarantined"
    assert erasure_note.read([township.services.settings.data]) == []


async def test_what_could_not_be_committed_is_not_erased_by_the_next_restore(
    township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The list outside of the database follows the commit."""
    wang, head = await township.device("王芳"), await township.signed_in("李红")
    record = await home(township, wang)
    await wang.sync()

    commit = township.services.database.write

    def failing(key: Hashable, factory: Factory[object]) -> Awaitable[object]:
        def until_the_commit() -> Program[object]:
            yield from factory()
            raise OSError("no space left on device")

        return commit(key, until_the_commit)

    with monkeypatch.context() as full:
        full.setattr(township.services.database, "write", failing)
        assert (await erase(head, record)).status_code >= 500
    assert MARKERS[0] in named(await everything(township))
    assert erasure_note.read([township.services.settings.data]) == []


async def test_what_was_erased_and_not_noted_is_noted_at_the_next_start(fire: Fire) -> None:
    """The server was killed between the commit and the list."""
    wang, head = await fire.town.device("王芳"), await fire.town.signed_in("李红")
    record = await home(fire.town, wang)
    await wang.sync()
    assert (await erase(head, record)).status_code == 200
    note = fire.town.services.settings.data / erasure_note.NAME
    [noted] = erasure_note.read([note.parent])
    note.unlink()
    await erasing.finish(fire.town.services)
    assert erasure_note.read([note.parent]) == [noted]


async def test_a_restore_is_not_held_up_by_what_was_in_quarantine_at_the_backup(fire: Fire) -> None:
    """Decided on and erased after the backup was made."""
    town = fire.town
    record, head = await cloned(town), await town.signed_in("李红")
    backup = await fire.back_up()
    [line] = (await head.get("/v1/quarantine")).json()
    await head.post(f"/v1/quarantine/{line['device']}/{line['digest']}/decision", json={"reason": "看过，不用"})
    assert (await erase(head, record)).status_code == 200
    fire.copy_list()
    async with fire.restored(backup) as new:
        assert named(await everything(new), (*MARKERS, "克隆")) == []


async def test_what_was_erased_before_a_restore_does_not_come_back_by_the_next_one(fire: Fire) -> None:
    """The backup that follows the first restore copies its list over the one beside the keys."""
    town = fire.town
    wang, head = await town.device("王芳"), await town.signed_in("李红")
    gone = await home(town, wang)
    await wang.sync()
    backup = await fire.back_up()
    assert (await erase(head, gone)).status_code == 200
    fire.copy_list()
    async with fire.restored(backup) as new:
        later = await new.household(wang, "恢复以后清除的")
        await fire.move(wang, to=new)
        await wang.sync()
        assert (await erase(await new.signed_in("李红"), later)).status_code == 200
        erasure_note.copy(new.services.settings.data, fire.folder / "safe")
    assert {one.record for one in erasure_note.read([fire.folder / "safe"])} == {gone, later}


async def test_a_backup_before_the_first_start_copies_the_whole_list(fire: Fire) -> None:
    """Put back, and backed up again at once: no server has been there to bring the list up to date."""
    town = fire.town
    wang, head = await town.device("王芳"), await town.signed_in("李红")
    gone = await home(town, wang)
    await wang.sync()
    backup = await fire.back_up()
    assert (await erase(head, gone)).status_code == 200
    fire.copy_list()
    new = await fire.put_back(backup)
    assert [one.record for one in erasure_note.read([new])] == [gone]


async def test_a_line_that_a_power_cut_left_half_written_spoils_no_later_one(township: Township) -> None:
    wang, head = await township.device("王芳"), await township.signed_in("李红")
    first, second = await home(township, wang), await township.household(wang, "李秀英")
    await wang.sync()
    await erase(head, first)
    note = township.services.settings.data / erasure_note.NAME
    with note.open("ab") as file:
        file.write(b'{"centre":"' + b"h" * 5000)
    await erase(head, second)
    assert [one.record for one in erasure_note.read([note.parent])] == [first, second]


async def test_a_damaged_line_keeps_no_later_erasure_out_of_the_list(township: Township) -> None:
    """No restore goes by it unseen; once the line is taken out the list is whole, what the line said included."""
    wang, head = await township.device("王芳"), await township.signed_in("李红")
    first, second = await home(township, wang), await township.household(wang, "李秀英")
    await wang.sync()
    await erase(head, first)
    note = township.services.settings.data / erasure_note.NAME
    spoilt = note.read_bytes().replace(b'"record"', b'"\xff\x00cord"')
    note.write_bytes(spoilt)
    assert (await erase(head, second)).status_code == 200
    with pytest.raises(BackupError, match="已损坏"):
        erasure_note.read([note.parent])
    note.write_bytes(note.read_bytes().removeprefix(spoilt))
    assert {one.record for one in erasure_note.read([note.parent])} == {first, second}


async def test_a_list_that_is_nothing_but_half_a_line_is_begun_anew(township: Township) -> None:
    note = township.services.settings.data / erasure_note.NAME
    note.write_bytes(b'{"cen')
    one = erasure_note.Erased("c", "r", 1, "p", "本人要求删除")
    erasure_note.append(note.parent, [one])
    assert erasure_note.read([note.parent]) == [one]


async def test_a_server_that_was_killed_deletes_the_photo_when_it_starts(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between the commit and the deletion, or the disk was in the way: no request will ever ask for it again."""
    async with open_township(tmp_path, database_url) as town:
        wang, head = await town.device("王芳"), await town.signed_in("李红")
        gone, stays = await home(town, wang), await town.household(wang, "留下的一户")
        (tmp_path / "p.jpg").write_bytes(taken(4))
        (tmp_path / "q.jpg").write_bytes(taken(5))
        photo = await wang.attach_photo(gone, tmp_path / "p.jpg", paper="户口簿")
        other = await wang.attach_photo(stays, tmp_path / "q.jpg", paper="户口簿")
        await wang.sync()
        monkeypatch.setattr(town.services.photos, "forget", _in_the_way)
        assert (await erase(head, gone)).json() == {"erased": 2}
    assert _bytes(tmp_path, photo.sha256)
    async with served(tmp_path, database_url, town.clock):
        assert not _bytes(tmp_path, photo.sha256)
        assert _bytes(tmp_path, other.sha256)


def _bytes(folder: Path, sha256: str) -> list[Path]:
    return [path for path in (folder / "server" / "photos").rglob(sha256) if path.is_file()]


async def _in_the_way(centre: bytes, digest: bytes) -> None:
    raise OSError
