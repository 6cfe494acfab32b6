"""What the audit says of phones, of what stood apart and of erasures: what it was, and why, as the person put it."""

from tests.accounts.desk import Desk, desk_of
from tests.devices.conftest import town as town  # its name is what browsers reach
from tests.devices.signing import signed, with_passkey
from tests.devices.test_adopting import kept_apart
from tests.support.raw_device import raw_device
from tests.support.township import Township


async def newest(head: Desk) -> tuple[str, str, str, str]:
    line = (await head.done("/v1/audit", "GET"))["lines"][0]
    return line["label"], line["name"], line["told"], line["reason"]


async def test_what_is_done_with_a_phone_is_told_with_whose_it_is(town: Township) -> None:
    phone, head = await raw_device(town), await desk_of(town, "李红")
    await head.done(f"/v1/devices/{phone.id.hex()}/suspend", reason="赶集后找不到了")
    assert await newest(head) == ("挂失手机", "李红", "裸机（王芳）", "赶集后找不到了")
    await head.done(f"/v1/devices/{phone.id.hex()}/revoke", reason="掉进河里")
    assert await newest(head) == ("停用手机", "李红", "裸机（王芳）", "掉进河里")


async def test_who_adopts_none_of_what_stands_apart_is_in_the_audit(town: Township) -> None:
    """To let go of an agent's work is as weighty as to take it on."""
    head = await desk_of(town, "李红")
    line = await kept_apart(town, head)
    await head.done(f"/v1/quarantine/{line['device']}/{line['digest']}/decision", reason="全不可信")
    assert await newest(head) == ("不采用单独存放的", "李红", "裸机（王芳）交来的 2 条，都不采用", "全不可信")


async def test_who_adopts_some_of_what_stands_apart_is_in_the_audit_with_how_much(town: Township) -> None:
    head, (zhao, key) = await desk_of(town, "李红"), await with_passkey(town, "赵敏")
    line = await kept_apart(town, head)
    path = f"/v1/quarantine/{line['device']}/{line['digest']}"
    proof = await signed(zhao, key, path, [1])
    await zhao.done(f"{path}/decision", reason="打电话核对过", numbers=[1], credential=proof)
    told = "裸机（王芳）交来的 2 条，采用 1 条"
    assert await newest(head) == ("采用单独存放的", "赵敏", told, "打电话核对过")


async def test_an_erasure_is_told_without_the_name_of_who_is_forgotten(town: Township) -> None:
    phone, head = await town.device("王芳"), await desk_of(town, "李红")
    home = await town.household(phone, "张桂兰")
    await phone.sync()
    await head.done("/v1/erasures", records=[home], reason="本人要求删除")
    assert await newest(head) == ("删除个人信息", "李红", "家庭，连同其下共 1 条", "本人要求删除")
