"""Private fields on a phone: in clear until the centre has them, then masks; sealed, yet handed in again if need be."""

import pytest

from daiban_client_sdk import Client, DeviceError
from tests.support.fire import Fire
from tests.support.township import Township

NUMBER = "610902195803077713"
MASK = "6" + "*" * 16 + "3"


async def home(town: Township, phone: Client, number: str = NUMBER) -> str:
    form = await phone.new("household")
    fields = {"place": town.qingshan.hex(), "head": "张桂兰", "phone": "13700000000", "identity_number": number}
    await phone.save(form, fields)
    return form.record


async def shown(phone: Client, record: str) -> object:
    view = await phone.view(record)
    assert view is not None
    return view.values["identity_number"]


def everything(phone: Client) -> bytes:
    """All that the opened store holds, as one who broke it would read it."""
    store = phone.device.store
    tables = [name for (name,) in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    rows = [row for table in tables for row in store.rows(f"SELECT * FROM {table}")]
    return b"\n".join(one if isinstance(one, bytes) else str(one).encode() for row in rows for one in row)


async def test_after_the_receipt_nothing_of_it_is_left_in_clear(township: Township) -> None:
    wang, liu = await township.device("王芳"), await township.device("刘强")
    record = await home(township, wang)
    assert await shown(wang, record) == NUMBER
    assert NUMBER.encode() in everything(wang)
    await wang.sync()
    await liu.sync()
    assert (await shown(wang, record), await shown(liu, record)) == (MASK, MASK)
    for phone in (wang, liu):
        assert NUMBER.encode() not in everything(phone)
    clerk = await township.signed_in("赵敏")
    held = await clerk.get(f"/v1/records/household/{record}")
    assert held.json()["conflicts"] == {}
    view = await wang.view(record)
    assert view is not None
    assert view.values["born"] == "1958-03-07", "who turns eighty is still known on the road"


async def test_an_envelope_that_waits_for_its_backup_lies_sealed(fire: Fire) -> None:
    wang = await fire.town.device("王芳")
    await fire.back_up()
    await home(fire.town, wang)
    await wang.sync()
    assert wang.device.store.rows("SELECT sequence FROM batch WHERE packed <> x''"), "no backup has it yet"
    assert NUMBER.encode() not in everything(wang)


async def test_a_form_that_shows_a_mask_writes_none(township: Township) -> None:
    wang = await township.device("王芳")
    record = await home(township, wang)
    await wang.sync()
    form = await wang.open(record)
    assert await wang.save(form, {"identity_number": MASK, "head": "张桂兰"}) == 0
    await wang.save(form, {"identity_number": NUMBER})
    await wang.sync()
    clerk = await township.signed_in("赵敏")
    assert (await clerk.get(f"/v1/records/household/{record}")).json()["conflicts"] == {}


async def test_two_numbers_are_settled_at_the_centre(township: Township) -> None:
    wang, liu = await township.device("王芳"), await township.device("刘强")
    record = await home(township, wang)
    await wang.sync()
    await liu.sync()
    await liu.save(await liu.open(record), {"identity_number": "610902195803077756"})
    await wang.save(await wang.open(record), {"identity_number": "610902195803077799"})
    await liu.sync()
    await wang.sync()
    clerk = await township.signed_in("赵敏")
    assert list((await clerk.get(f"/v1/records/household/{record}")).json()["conflicts"]) == ["identity_number"]
    with pytest.raises(DeviceError, match=r"field\.private"):
        await wang.settle(record, "identity_number", NUMBER)


async def test_what_lies_sealed_is_handed_in_again_after_a_restore(fire: Fire) -> None:
    town = fire.town
    wang = await town.device("王芳")
    await wang.sync()
    backup = await fire.back_up()
    record = await home(town, wang)
    await wang.sync()
    assert NUMBER.encode() not in everything(wang)
    async with fire.restored(backup) as new:
        await fire.move(wang, to=new)
        await wang.sync()
        assert (await wang.status()).may_be_given_back
        head = await new.signed_in("李红")
        household = (await head.get(f"/v1/records/household/{record}")).json()
        assert household["values"]["head"] == "张桂兰"
        assert household["conflicts"] == {}
        assert await shown(wang, record) == MASK
        stored = await new.services.database.read(_bodies(new))
        assert any(NUMBER.encode() in body for body in stored), "the server has the number again, not a mask"


def _bodies(town: Township) -> object:
    from sqlalchemy import select

    from daiban_server.db import schema
    from daiban_server.db.program import rows

    def program() -> object:
        found = yield from rows(select(schema.history.c.bodies).where(schema.history.c.centre == town.centre))
        return [row[0] for row in found]

    return program()
