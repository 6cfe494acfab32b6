"""What a lost phone holds, and what it gives away: PIN, keystore, lease, the spool that outlives all of them."""

import asyncio
import shutil
from pathlib import Path

import pytest

from daiban_client_sdk import Client, DeviceError
from daiban_client_sdk.lock import FREE, LAST, LONGEST_PAUSE, Cost, check_pin
from daiban_server.db.program import Program
from daiban_server.spine import history
from daiban_sync import spooled
from tests.photos.pictures import taken
from tests.support.township import Clock, Township

QUICK = Cost(1, 8, 1)
"""Argon2id for tests: what a PIN costs is not what they are about."""
PIN = "190733"
HOUR = 3_600_000
DAY = 24 * HOUR


class PhonesKeystore:
    """A phone's keystore: no copy of its files has what is in here."""

    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def load(self, name: str) -> bytes | None:
        return self.held.get(name)

    def save(self, name: str, secret: bytes) -> None:
        self.held[name] = secret

    def forget(self, name: str) -> None:
        self.held.pop(name, None)


async def opened(folder: Path, pin: str | None = None, now: Clock | None = None) -> str:
    """Why a store did not open, "" where it did."""
    try:
        async with Client(folder, now or Clock(), pin):
            return ""
    except DeviceError as error:
        return error.code


async def locked(town: Township, clock: Clock | None = None, photos: int = 0) -> tuple[Path, list[str]]:
    """王芳's phone, locked, with work that nobody has; gives its folder and the homes."""
    phone = await town.device("王芳", now=clock or town.clock)
    await phone.set_pin(PIN, QUICK)
    homes = [await town.household(phone, f"第{n}户") for n in range(3)]
    for n in range(photos):
        await town.photo(phone, homes[n], n)
    folder = phone.device.store.folder
    await phone.__aexit__(None, None, None)
    return folder, homes


@pytest.mark.parametrize("pin", ["12345", "111111", "123456", "654321", "121212", "123123", "9" * 65])
def test_a_pin_that_is_tried_first_is_not_taken(pin: str) -> None:
    with pytest.raises(DeviceError, match=r"pin\.weak"):
        check_pin(pin)


async def test_a_locked_phone_opens_with_its_pin_only(sqlite_township: Township) -> None:
    folder, _ = await locked(sqlite_township)
    assert await opened(folder) == "pin.wanted"
    assert await opened(folder, "000001") == "pin.wrong"
    assert await opened(folder, PIN) == ""
    async with Client(folder, pin=PIN) as phone:
        await phone.set_pin("280951", QUICK)
    assert await opened(folder, PIN) == "pin.wrong"
    assert await opened(folder, "280951") == ""


async def test_nothing_private_is_kept_without_a_lock(tmp_path: Path) -> None:
    folder = tmp_path / "phone"
    assert await opened(folder) == "pin.unset"
    assert not folder.exists()
    assert await opened(folder, "123456") == "pin.weak"
    assert not folder.exists()
    assert await opened(folder, PIN) == ""
    assert await opened(folder) == "pin.wanted"
    async with Client(folder, pin=PIN) as phone:
        with pytest.raises(DeviceError, match=r"pin\.unset"):
            await phone.set_pin(None)
    assert await opened(folder) == "pin.wanted"


async def test_a_keystore_alone_is_a_lock(tmp_path: Path) -> None:
    folder, keystore = tmp_path / "phone", PhonesKeystore()
    async with Client(folder, keystore=keystore):
        pass
    assert await opened(folder) == "store.keystore"
    assert len(keystore.held) == 1


async def test_a_store_that_lay_open_is_locked_when_it_is_next_opened_with_a_pin(tmp_path: Path) -> None:
    """One of an earlier version, or of a builder who said that anyone may read it."""
    folder = tmp_path / "phone"
    async with Client(folder, anyone_may_read=True) as phone:
        form = await phone.new("household")
        await phone.save(form, {"place": "0" * 32, "head": "张桂兰"})
    assert await opened(folder) == "pin.unset"
    async with Client(folder, pin=PIN) as phone:
        assert (await phone.status()).entries == 1
    assert await opened(folder) == "pin.wanted"


async def test_wrong_pins_wait_longer_and_the_tenth_destroys_the_key(sqlite_township: Township) -> None:
    folder, _ = await locked(sqlite_township)
    clock, waits = Clock(), 0
    # The phone once died while it made the file.
    shutil.copy(folder / "store.key", folder / "store.00112233aabbccdd")
    for tried in range(1, LAST + 1):
        while (code := await opened(folder, "000001", clock)) == "pin.wait":
            waits += 1
            clock.ahead += 30_000
        assert code == ("pin.wrong" if tried < LAST else "store.destroyed"), tried
    assert waits > 20
    assert sorted(path.name for path in folder.glob("store.*") if path.suffix not in (".db", ".db-wal", ".db-shm")) == [
        "store.key",
        "store.lock",
    ]
    assert await opened(folder, PIN, clock) == "store.destroyed"


async def test_a_clock_that_is_put_right_keeps_nobody_out_for_years(sqlite_township: Township) -> None:
    """The phone was in 2099 when somebody mistyped: after that its agent waits no longer than anybody."""
    folder, _ = await locked(sqlite_township)
    clock = Clock()
    clock.ahead = 70 * 365 * DAY
    for _ in range(FREE):
        assert await opened(folder, "000001", clock) == "pin.wrong"
    clock.ahead = 0
    assert await opened(folder, PIN, clock) == "pin.wait"
    clock.ahead = LONGEST_PAUSE - 60_000
    assert await opened(folder, PIN, clock) == "pin.wait", "setting the clock back spares no waiting"
    clock.ahead = LONGEST_PAUSE + 1000
    assert await opened(folder, PIN, clock) == ""


async def test_who_tries_many_pins_at_once_has_no_more_tries(sqlite_township: Township) -> None:
    folder, _ = await locked(sqlite_township)
    answers = await asyncio.gather(*(opened(folder, "000001") for _ in range(12)))
    assert answers.count("pin.wrong") == FREE
    assert set(answers) == {"pin.wrong", "pin.wait"}


async def test_switching_off_in_the_middle_of_a_try_does_not_spare_it(
    sqlite_township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = await locked(sqlite_township)

    def off(*_: object) -> bytes:
        raise KeyboardInterrupt

    for _ in range(4):
        with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
            dying.setattr("daiban_client_sdk.lock.Lock._unwrap", off)
            from daiban_client_sdk.lock import Lock

            Lock(folder, Clock()).open("000001")
    assert await opened(folder, PIN) == "pin.wait"


async def test_a_copy_of_the_folder_is_worth_nothing_without_the_keystore(sqlite_township: Township) -> None:
    keystore, folder = PhonesKeystore(), sqlite_township.folder / "with-keystore"
    async with Client(folder, keystore=keystore) as phone:
        await phone.set_pin(PIN, QUICK)
    async with Client(folder, pin=PIN, keystore=keystore) as phone:
        await phone.set_pin("280951", QUICK)
    assert len(keystore.held) == 1
    assert await opened(folder, "280951") == "store.keystore"
    async with Client(folder, pin="280951", keystore=keystore):
        pass
    async with Client(folder, pin="280951", keystore=keystore) as phone:
        await phone.set_pin(None)
    async with Client(folder, keystore=keystore):
        assert await opened(folder) == "store.keystore"


async def test_nothing_that_was_planted_lies_on_the_disk_in_clear(township: Township) -> None:
    """Every file of the phone, its journals and what is half written included; the server's photos as well."""
    phone = await township.device("王芳")
    await phone.set_pin(PIN, QUICK)
    markers = ["欧阳青山寨", "610902195803077713", "13766543210", "汉江边第七户柳树下"]
    identity, home = markers[1], {"place": township.qingshan.hex(), "head": markers[0], "phone": markers[2]}
    form = await phone.new("household")
    await phone.save(form, {**home, "address": markers[3], "identity_number": identity})
    picture = township.folder / "camera.jpg"
    picture.write_bytes(taken(3))
    photo = await phone.attach_photo(form.record, picture, paper=markers[0])
    picture.unlink()
    planted = [text.encode() for text in markers] + [form.record.encode()]
    inside = await phone.photo(photo.record)
    planted += [inside[start : start + 24] for start in range(200, len(inside) - 24, len(inside) // 40)]
    folder = phone.device.store.folder
    for moment in ("saved", "exported", "synced", "edited"):
        if moment == "exported":
            await phone.export(folder / "stick")
        if moment == "synced":
            await phone.sync()
        if moment == "edited":
            await phone.save(await phone.open(form.record), {"address": markers[3] + "旁"})
        found = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        assert any("spool" in str(path) for path in found)
        for path in found:
            data = path.read_bytes()
            shown = [one for one in planted if one in data and one != form.record.encode()]
            assert not shown, (moment, path, shown)
    centre = township.services.settings.data / "photos"
    stored = [path for path in centre.rglob("*") if path.is_file()]
    assert stored
    assert not any(one in path.read_bytes() for path in stored for one in planted)


async def test_a_phone_that_nobody_heard_of_shows_nothing_and_goes_on_collecting(township: Township) -> None:
    clock = Clock()
    phone = await township.device("王芳", now=clock)
    record = await township.household(phone)
    await phone.sync()
    clock.ahead += 15 * DAY
    for asked in (phone.view(record), phone.records("household"), phone.open(record), phone.conflicts()):
        with pytest.raises(DeviceError, match=r"lease\.over"):
            await asked
    clock.ahead -= 15 * DAY
    with pytest.raises(DeviceError, match=r"lease\.over"):
        await phone.view(record)  # who sets the clock back buys no time
    await township.household(phone, "新收的")
    assert (await phone.status()).entries == 1
    await phone.sync()
    await phone.view(record)


async def test_a_clock_that_is_set_back_again_and_again_buys_no_time(township: Township) -> None:
    clock = Clock()
    phone = await township.device("王芳", now=clock)
    record = await township.household(phone)
    await phone.sync()
    for _ in range(13):
        clock.ahead += 4 * HOUR
        await phone.view(record)
        clock.ahead -= 4 * HOUR
        await phone.view(record)
    clock.ahead += 23 * HOUR
    await phone.view(record)
    clock.ahead -= 23 * HOUR
    with pytest.raises(DeviceError, match=r"lease\.over"):
        await phone.view(record)


async def test_what_lies_on_a_destroyed_phone_is_carried_in_with_its_photos(township: Township) -> None:
    folder, homes = await locked(township, photos=2)
    clerk = await township.signed_in("赵敏")
    spool = b"".join(path.read_bytes() for path in sorted((folder / "spool").glob("*.spool")))
    async with township.stranger() as http:
        first = await http.post("/v1/spools", content=spool)
        assert first.json() == {"new": 5, "known": 0, "troubled": 0}
        assert (await http.post("/v1/spools", content=spool)).json() == {"new": 0, "known": 5, "troubled": 0}
        for path in (folder / "photos").glob("*.sealed"):
            record = path.name.partition("-")[0]
            url = f"/v1/spools/{township.centre.hex()}/photos/{record}"
            assert (await http.post(url, content=path.read_bytes()[:-1])).json()["code"] == "photo.unknown"
            assert (await http.post(url, content=path.read_bytes())).json() == {"stored": True}
            shown = await clerk.get(f"/v1/photos/{record}")
            assert shown.content.startswith(b"\xff\xd8\xff")
            small = await clerk.get(f"/v1/photos/{record}/thumbnail")
            assert small.content.startswith(b"\xff\xd8\xff")
            assert len(small.content) < len(shown.content)
    found = {one["record"] for one in (await clerk.get("/v1/records/household")).json()}
    assert found == set(homes)


async def test_a_save_that_was_cut_off_spoils_none_before_it(township: Township) -> None:
    folder, _ = await locked(township)
    [path] = (folder / "spool").glob("*.spool")
    whole = path.read_bytes()
    cut = whole[: sum(4 + len(sealed) for sealed in spooled.split(whole)) - 3]
    async with township.stranger() as http:
        assert (await http.post("/v1/spools", content=cut)).json() == {"new": 2, "known": 0, "troubled": 0}
        for place in range(0, len(whole), 97):
            altered = bytearray(whole)
            altered[place] ^= 1
            answer = await http.post("/v1/spools", content=bytes(altered))
            assert answer.status_code < 500
    path.write_bytes(cut)
    async with Client(folder, pin=PIN) as phone:
        await township.household(phone, "接着存的")
    async with township.stranger() as http:
        assert (await http.post("/v1/spools", content=path.read_bytes())).json()["new"] == 1


async def test_a_phone_that_opens_again_after_all_hands_in_nothing_twice(township: Township) -> None:
    folder, homes = await locked(township)
    [path] = (folder / "spool").glob("*.spool")
    async with township.stranger() as http:
        await http.post("/v1/spools", content=path.read_bytes())
    async with Client(folder, township.clock, PIN) as phone:
        await phone.save(await phone.open(homes[0]), {"phone": "13700000009"})
        assert (await phone.sync()).may_be_given_back
        assert not phone.device.conflicts()
        again = await phone.open(homes[0])
        await phone.save(again, {"phone": "13700000010"})
        assert (await phone.sync()).may_be_given_back
    clerk = await township.signed_in("赵敏")
    shown = (await clerk.get(f"/v1/records/household/{homes[0]}")).json()
    assert (shown["values"]["phone"], shown["conflicts"]) == ("13700000010", {})
    assert len((await clerk.get("/v1/records/household")).json()) == 3
    numbers = await laid(township)
    assert len(numbers) == 5
    assert len(set(numbers)) == 5


async def laid(town: Township) -> list[int]:
    """The numbers of all entries that stand in the centre's history."""

    def program() -> Program[list[int]]:
        stored = yield from history.between(town.centre, 0)
        return [one.number for one in stored]

    return await town.services.database.read(program())


async def test_what_the_clerk_wrote_after_the_spool_stands_when_its_phone_opens_after_all(township: Township) -> None:
    folder, homes = await locked(township)
    [path] = (folder / "spool").glob("*.spool")
    clerk, home = await township.signed_in("赵敏"), f"/v1/records/household/{homes[0]}"
    await clerk.post("/v1/spools", content=path.read_bytes())
    seen = (await clerk.get(home)).json()["position"]
    changed = await clerk.patch(home, json={"fields": {"phone": "13700000009"}, "seen": seen})
    assert changed.status_code == 200, changed.text
    async with Client(folder, township.clock, PIN) as phone:
        assert (await phone.sync()).may_be_given_back
    shown = (await clerk.get(home)).json()
    assert (shown["values"]["phone"], shown["conflicts"]) == ("13700000009", {})


async def test_a_replay_of_a_batch_after_its_spool_tells_every_outcome(
    township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = await locked(township)
    [path] = (folder / "spool").glob("*.spool")
    async with township.stranger() as http:
        await http.post("/v1/spools", content=path.read_bytes())
    monkeypatch.setattr("daiban_client_sdk.custody.release", lambda *_: None)
    async with Client(folder, township.clock, PIN) as phone:
        await phone.sync()
        phone.device.store.run("UPDATE batch SET receipt = NULL")
        phone.device.store.run("UPDATE entry SET outcome = NULL, mirrored = 0")
        await phone.sync()
        left = phone.device.store.rows("SELECT number FROM entry WHERE outcome IS NULL OR mirrored = 0")
        assert left == []
