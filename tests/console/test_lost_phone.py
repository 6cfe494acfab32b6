"""A phone is gone: whom to telephone, what the window does, what the thief hands in, and what is good of it."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from daiban_client_sdk.errors import RefusedError
from daiban_schemas import entry
from daiban_server import offices
from daiban_server.offices import Reached
from tests.console.test_devices import new_phone
from tests.console.workday import browser_of, no_wider_than_the_screen, part, phone_of, press, sign_in, token
from tests.support.chromium import picture, with_authenticator
from tests.support.raw_device import RawDevice, raw_device
from tests.support.township import Township, new_id, open_township


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Township]:
    """A township that browsers reach by a name: an address in numbers has no passkeys."""
    async with open_township(tmp_path, f"sqlite:///{tmp_path}/daiban.sqlite", host="localhost") as town:
        yield town


def household(town: Township, head: str, **more: str) -> bytes:
    fields = {"place": town.qingshan.hex(), "head": head, "phone": "13700000000", **more}
    return entry.change(new_id().hex(), "household", fields, seen=0, at=town.clock())


async def stolen(town: Township, *heads: str) -> RawDevice:
    """A phone that was revoked, and handed in these homes afterwards."""
    phone = await raw_device(town)
    http = await browser_of(town, "李红")
    form = {"csrf": await token(http, "/devices"), "reason": "手机被盗", "sure": "yes"}
    assert (await http.post(f"/devices/{phone.id.hex()}/revoke", data=form)).status_code == 303
    await phone.push(phone.seal(*(household(town, head) for head in heads)))
    return phone


async def test_the_window_takes_a_missing_phone_out_of_use_and_the_head_gives_it_back(
    town: Township, desk: Page, phone: Page
) -> None:
    await town.services.database.write(
        town.centre, lambda: offices.keep(town.centre, Reached(phone="0915-3212345", hours="工作日 8:00–18:00"))
    )
    await phone.goto(f"{town.url}/lost")
    assert await phone.get_by_role("link", name="0915-3212345").get_attribute("href") == "tel:0915-3212345"
    then = await part(phone, "挂失以后").inner_text()
    assert "没有交过的，要重新收" in then, "nobody is promised what lies in a phone that is gone"
    assert "清空" not in then, "wrong PINs wipe nothing"
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-lost-phone")
    wang = await phone_of(town, "王芳")
    await sign_in(desk, town, "赵敏", "/lost")
    await press(desk.get_by_role("link", name="去手机登记"))
    assert not await desk.get_by_role("button", name="出登记码").count(), "a clerk enrols nobody"
    await picture(desk, "console-devices-clerk-desk")
    await press(desk.get_by_role("link", name="丢了、坏了"))
    assert not await desk.get_by_role("button", name="永久停用").count(), "that it is lost for good the head says"
    missing = part(desk, "手机不见了")
    await press(missing.get_by_role("button", name="挂失这台手机"))
    assert "请选一个原因" in await desk.get_by_role("alert").inner_text()
    await missing.get_by_label("为什么").select_option("手机丢了")
    await missing.get_by_label("大约什么时候不见的").fill("2026-01-05T09:30")
    await missing.get_by_label("补充说明").fill("在集市上")
    await press(missing.get_by_role("button", name="挂失这台手机"))
    assert "已挂失" in await desk.get_by_role("status").inner_text()
    story = await part(desk, "办过什么").inner_text()
    assert "赵敏" in story
    assert "手机丢了：在集市上" in story
    assert "交来 " not in story
    await picture(desk, "console-suspended-desk")
    with pytest.raises(RefusedError, match=r"device\.suspended"):
        await wang.sync()
    await sign_in(phone, town, "李红", "/devices")
    await press(phone.get_by_role("link", name="找到了、找不回"))
    await no_wider_than_the_screen(phone)
    found = part(phone, "找到了")
    await found.get_by_label("在哪里").fill("落在集市摊位，摊主送回")
    await press(found.get_by_role("button", name="恢复使用"))
    assert (await wang.sync()).may_be_given_back
    await picture(phone, "console-reinstated-phone")


async def test_a_phone_is_not_revoked_by_a_slip_of_the_hand(town: Township) -> None:
    phone = await raw_device(town)
    http = await browser_of(town, "李红")
    path, csrf = f"/devices/{phone.id.hex()}", await token(http, "/devices")
    for form, said in (
        ({"reason": "手机被盗"}, "请勾选确认"),
        ({"reason": "手机被盗", "sure": "yes", "lost": "明天"}, "时间没有看懂"),
        ({"reason": "手机被盗", "sure": "yes", "lost": "2126-01-01T00:00"}, "时间没有看懂"),
        ({"reason": "<b>", "sure": "yes"}, "请选一个原因"),
        ({"reason": "手机被盗", "sure": "yes", "note": "长" * 201}, "200 字以内"),
    ):
        answer = await http.post(f"{path}/revoke", data={"csrf": csrf, **form})
        assert (answer.status_code, said in answer.text) == (422, True), answer.text
    assert "在用" in (await http.get(path)).text
    clerk = await browser_of(town, "赵敏")
    form = {"csrf": await token(clerk, "/devices"), "reason": "手机被盗", "sure": "yes"}
    assert (await clerk.post(f"{path}/revoke", data=form)).status_code == 403


async def test_a_phone_whose_digits_differ_is_turned_away_and_says_so(town: Township) -> None:
    client, _ = await new_phone(town)
    http = await browser_of(town, "李红")
    path = f"/devices/{client.device.store.get('device')}"
    form = {"csrf": await token(http, path), "note": "第三组不一样"}
    assert (await http.post(f"{path}/reject", data=form)).status_code == 303
    with pytest.raises(RefusedError, match=r"device\.rejected"):
        await client.enrolment_state()
    told = (await http.get("/devices")).text
    assert "未通过" in told
    assert (await http.post(f"{path}/reject", data=form)).status_code == 422, "once"


async def test_a_passkey_that_is_added_beside_an_open_page_can_be_used_there(town: Township, desk: Page) -> None:
    await stolen(town, "好的一户")
    await sign_in(desk, town, "赵敏", "/quarantine")
    await press(desk.get_by_role("link", name="逐条核对"))
    beside = await desk.context.new_page()
    await with_authenticator(beside)
    await beside.goto(f"{town.url}/account")
    await beside.get_by_role("button", name="添加通行密钥").click()
    await beside.get_by_role("link", name="已经收好").wait_for()
    await desk.bring_to_front()
    other = await raw_device(town)
    await other.push(other.seal(household(town, "别的一户")))
    await expect(desk.get_by_role("button", name="签名并采用所选的")).to_be_enabled()


async def test_a_clerk_reads_what_stands_apart_and_adopts_the_good_of_it_by_her_passkey(
    town: Township, desk: Page, phone: Page
) -> None:
    await stolen(town, "好的一户", "坏的一户")
    await sign_in(desk, town, "赵敏", "/account")
    await with_authenticator(desk)
    await desk.goto(f"{town.url}/devices")
    assert "1 批待核对" in await desk.locator("main").inner_text()
    await press(desk.get_by_role("link", name="单独存放的"))
    await picture(desk, "console-quarantine-desk")
    await press(desk.get_by_role("link", name="逐条核对"))
    assert await desk.get_by_role("link", name="我的账号").count() == 2, "she has no passkey yet"
    await desk.goto(f"{town.url}/account")
    await desk.get_by_role("button", name="添加通行密钥").click()
    await desk.get_by_role("link", name="已经收好").wait_for()
    await desk.goto(f"{town.url}/quarantine")
    await press(desk.get_by_role("link", name="逐条核对"))
    told = await desk.locator("main").inner_text()
    assert "好的一户" in told
    assert "13700000000" not in told or "电话" in told
    await picture(desk, "console-apart-desk")
    await desk.get_by_role("button", name="签名并采用所选的").click()
    await desk.get_by_text("请勾选要采用的几条").wait_for()
    await desk.get_by_label("采用第 1 条").check()
    await desk.get_by_label("理由").fill("打电话核对过")
    await press(desk.get_by_role("button", name="签名并采用所选的"))
    assert "已采用" in await desk.get_by_role("status").inner_text()
    http = await town.signed_in("李红")
    found = (await http.get("/v1/records/household")).json()
    assert [one["values"]["head"] for one in found] == ["好的一户"]
    await sign_in(phone, town, "李红", "/quarantine")
    await press(phone.locator("main").get_by_role("link", name="查看"))
    assert not await phone.get_by_role("button", name="都不采用").count(), "only once"
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-apart-phone")


async def test_of_a_stolen_phone_nothing_may_be_adopted_and_a_reason_is_wanted(town: Township) -> None:
    await stolen(town, "坏的一户<script>alert(1)</script>")
    http = await browser_of(town, "赵敏")
    csrf = await token(http, "/quarantine")
    listed = (await http.get("/quarantine")).text
    path = listed.split('href="/quarantine/')[1].split('"')[0]
    page = (await http.get(f"/quarantine/{path}")).text
    assert "<script>alert" not in page
    answer = await http.post(f"/quarantine/{path}", data={"csrf": csrf, "reason": " "})
    assert (answer.status_code, "请写明理由" in answer.text) == (422, True)
    answer = await http.post(f"/quarantine/{path}", data={"csrf": csrf, "reason": "问过本人，不是他写的"})
    assert answer.status_code == 303
    assert "都不采用" in (await http.get("/quarantine")).text
    answer = await http.post(f"/quarantine/{path}", data={"csrf": csrf, "reason": "再来"})
    assert answer.status_code == 422
    assert (await http.get("/quarantine/xyz/abc")).status_code == 404


async def test_what_a_phone_reports_stands_apart_in_words(town: Township) -> None:
    phone, head = await raw_device(town), await town.signed_in("李红")
    await head.post(f"/v1/devices/{phone.id.hex()}/revoke", json={"reason": "被偷了"})
    facts = {"from": 9 * 3_600_000, "to": 10 * 3_600_000, "outcome": "papers_missing", "note": "少户口簿"}
    await phone.push(phone.seal(entry.report(new_id().hex(), "visit", "finished", facts, at=1)))
    [line] = (await head.get("/v1/quarantine")).json()
    page = (await head.get(f"/quarantine/{line['device']}/{line['digest']}")).text
    told = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page.split('<dl class="facts">')[-1])
    assert [label for label, _ in told] == ["从", "到", "结果", "说明"]
    assert [text for _, text in told][2:] == ["材料不齐", "少户口簿"]
    assert told[0][1].endswith("17:00"), "as a time, in the district's zone"


async def test_two_histories_of_one_key_stand_side_by_side(town: Township, desk: Page) -> None:
    phone = await raw_device(town)
    await phone.push(phone.seal(household(town, "先来的一户", address="青山村一组 1 号")))
    phone.sequence, phone.number, phone.digest = 0, 0, bytes(32)
    await phone.push(phone.seal(household(town, "后来的一户", address="青山村一组 2 号")))
    await sign_in(desk, town, "李红", "/quarantine")
    await press(desk.get_by_role("link", name="逐条核对"))
    told = await desk.locator("main").inner_text()
    assert "同一把密钥签出了两份不同的记录" in told
    assert told.index("后来的一户") < told.index("先来的一户")
    await picture(desk, "console-two-histories-desk")
    await desk.goto(f"{town.url}/devices/{phone.id.hex()}")
    assert "为什么冻结" in await desk.locator("main").inner_text()
    await picture(desk, "console-frozen-desk")
