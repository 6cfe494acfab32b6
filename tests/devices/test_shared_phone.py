"""One phone, two agents: each sees his own and nothing of the other, whatever he opens and however often he errs."""

from pathlib import Path

import pytest

from daiban_client_sdk import Client, DeviceError, Phone
from daiban_client_sdk.lock import LAST
from tests.photos.pictures import taken
from tests.support.township import Clock, Township

PINS = {"王芳": "190733", "刘强": "280951"}
DAY = 86_400_000


async def joined(town: Township, phone: Phone, name: str) -> None:
    """One more agent on the phone."""
    code = await town.code_for(name)
    async with Client(phone.room_for(code), pin=PINS[name]) as client:
        await town.approve(client, await client.enrol(code, "村部的手机"))


@pytest.fixture
async def phone(sqlite_township: Township) -> Phone:
    """The village's phone, which 王芳 and 刘强 share."""
    phone = Phone(sqlite_township.folder / "phone")
    for name in PINS:
        await joined(sqlite_township, phone, name)
    return phone


def opened(phone: Phone, name: str, pin: str = "", clock: Clock | None = None) -> Client:
    return Client(phone.person(name).folder, clock or Clock(), pin or PINS[name])


async def refused(phone: Phone, name: str, pin: str, clock: Clock) -> str:
    with pytest.raises(DeviceError) as error:
        async with opened(phone, name, pin, clock):
            pass
    return error.value.code


async def test_who_is_on_the_phone_is_told_without_a_pin_and_nothing_else(
    sqlite_township: Township, phone: Phone
) -> None:
    assert [(one.name, one.place) for one in phone.people()] == [("刘强", "建民办事处"), ("王芳", "建民办事处")]
    async with opened(phone, "王芳") as wang:
        await sqlite_township.household(wang, "欧阳青山寨")
        person = wang.device.store.get("person")
    clear = [path.read_bytes() for path in phone.folder.rglob("*") if path.is_file()]
    for planted in ("欧阳青山寨", "13700000000", person):
        assert not any(planted.encode() in one for one in clear)
    for name, code in (("张三", "phone.unknown"), ("", "phone.which")):
        with pytest.raises(DeviceError) as error:
            phone.person(name)
        assert error.value.code == code
    with pytest.raises(DeviceError, match=r"device\.unknown"):
        Phone(phone.folder / "nowhere").person()


async def test_each_pin_opens_its_own_and_each_hands_in_his_own(sqlite_township: Township, phone: Phone) -> None:
    town, homes = sqlite_township, {}
    (town.folder / "p.jpg").write_bytes(taken(1))
    for name, head in (("王芳", "王芳收的"), ("刘强", "刘强收的")):
        async with opened(phone, name) as client:
            homes[name] = await town.household(client, head)
            await client.attach_photo(homes[name], town.folder / "p.jpg", paper="户口簿")
    for one, other in (("王芳", "刘强"), ("刘强", "王芳")):
        assert await refused(phone, one, PINS[other], Clock()) == "pin.wrong"
        async with opened(phone, one) as client:
            assert [view.record for view in await client.records("household")] == [homes[one]]
            assert await client.view(homes[other]) is None
            assert (await client.status()).entries == 2
    for name in PINS:
        async with opened(phone, name) as client:
            assert (await client.sync()).may_be_given_back
    clerk = await town.signed_in("赵敏")
    shown = (await clerk.get("/v1/records/household")).json()
    assert {(one["values"]["head"], one["authors"]["head"]) for one in shown} == {
        ("王芳收的", "王芳"),
        ("刘强收的", "刘强"),
    }


async def test_ten_wrong_pins_lock_one_out_and_nobody_else(sqlite_township: Township, phone: Phone) -> None:
    clock, tried = Clock(), 0
    while tried < LAST:
        code = await refused(phone, "王芳", "000001", clock)
        clock.ahead += 900_000
        tried += code != "pin.wait"
    assert await refused(phone, "王芳", PINS["王芳"], clock) == "store.destroyed"
    async with opened(phone, "刘强") as liu:
        await liu.sync()


async def test_each_has_a_lease_of_his_own(sqlite_township: Township, phone: Phone) -> None:
    clock = sqlite_township.clock
    for name in PINS:
        async with opened(phone, name, clock=clock) as client:
            await client.sync()
    clock.ahead += 13 * DAY
    async with opened(phone, "刘强", clock=clock) as liu:
        await liu.sync()
    clock.ahead += 2 * DAY
    async with opened(phone, "刘强", clock=clock) as liu:
        assert await liu.records("household") == []
    async with opened(phone, "王芳", clock=clock) as wang:
        with pytest.raises(DeviceError, match=r"lease\.over"):
            await wang.records("household")


async def test_an_enrolment_that_broke_off_goes_on_in_the_same_room(
    sqlite_township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, phone = sqlite_township, Phone(sqlite_township.folder / "phone")
    code = await town.code_for("王芳")
    with monkeypatch.context() as cut:

        def dies(*_: object) -> None:
            raise OSError("the battery")

        cut.setattr("daiban_client_sdk.owner.Owner.take_next_key", dies)
        cut.setattr("daiban_client_sdk.store.Store.transaction", dies)
        with pytest.raises(OSError, match="battery"):
            async with Client(phone.room_for(code), pin=PINS["王芳"]) as client:
                await client.enrol(code, "村部的手机")
    assert Path(phone.room_for(code)).exists()
    async with Client(phone.room_for(code), pin=PINS["王芳"]) as client:
        await town.approve(client, await client.enrol(code, "村部的手机"))
        await client.sync()
    assert [one.name for one in phone.people()] == ["王芳"]
    assert phone.person().folder == phone.room_for(code)


async def test_namesakes_are_told_apart(sqlite_township: Township) -> None:
    """The same agent with two enrolments stands for two people of one name."""
    town, phone = sqlite_township, Phone(sqlite_township.folder / "phone")
    await joined(town, phone, "王芳")
    first = phone.person("王芳").folder
    await joined(town, phone, "王芳")
    names = [one.name for one in phone.people()]
    assert names == sorted(f"王芳 {one.folder.name[:4]}" for one in phone.people())
    assert phone.person(f"王芳 {first.name[:4]}").folder == first
    with pytest.raises(DeviceError, match=r"phone\.unknown"):
        phone.person("王芳")


async def test_a_phone_of_before_is_shared_by_whoever_comes_later(sqlite_township: Township) -> None:
    """Its store lies in the folder itself, and never said in clear whose it is."""
    town, phone = sqlite_township, Phone(sqlite_township.folder / "phone")
    async with Client(phone.folder, pin=PINS["王芳"]) as client:
        await town.approve(client, await client.enrol(await town.code_for("王芳"), "手机"))
    (phone.folder / "who.json").unlink()
    assert phone.people() == []
    async with Client(phone.folder, pin=PINS["王芳"]):
        pass
    await joined(town, phone, "刘强")
    assert [one.name for one in phone.people()] == ["刘强", "王芳"]
    assert phone.person("王芳").folder == phone.folder
