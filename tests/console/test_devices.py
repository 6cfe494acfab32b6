"""A newcomer's phone: a code from the head, a key made on the phone, a fingerprint that two people compared."""

import re

from playwright.async_api import Page

from daiban_client_sdk import Client
from daiban_client_sdk.transport import USER_AGENT
from daiban_server.features.devices import unsent
from daiban_server.jobs.loop import one_round
from daiban_server.services import Unsent
from daiban_server.spine.opening import Opened
from daiban_sync import wire
from daiban_sync.frames import Frame
from tests.console.workday import browser_of, no_wider_than_the_screen, part, press, sign_in, token
from tests.support.chromium import PHONE, picture
from tests.support.phones import phone_in
from tests.support.township import Township
from tests.vectors import cast


async def new_phone(town: Township, name: str = "新手机") -> tuple[Client, str]:
    """A phone that enrolled and waits; gives its fingerprint."""
    client = phone_in(town.folder / name)
    await town.clients.enter_async_context(client)
    return client, await client.enrol(await town.code_for("王芳"), name)


async def test_a_new_code_enrols_a_phone_and_the_head_approves_it_by_its_fingerprint(
    sqlite_township: Township, desk: Page
) -> None:
    town = sqlite_township
    await sign_in(desk, town, "李红", "/devices")
    assert "没有等着审核的手机" in await part(desk, "待审核").inner_text()
    await desk.get_by_label("给谁用").select_option(label="王芳（代办员）")
    await press(desk.get_by_role("button", name="出登记码"))
    told = await desk.locator("main").inner_text()
    assert "王芳的登记码" in told
    assert "15 分钟" in told
    box = await desk.locator("svg.qr").bounding_box()
    assert box is not None
    assert box["width"] == box["height"] >= 300
    await picture(desk, "console-code-desk")
    await desk.get_by_text("扫不了码").click()
    code = await desk.get_by_label("登记码文字").input_value()
    client = phone_in(town.folder / "new")
    await town.clients.enter_async_context(client)
    fingerprint = await client.enrol(code, "王芳的红米")
    await press(desk.get_by_role("link", name="去核对"))
    waiting = part(desk, "待审核")
    assert "王芳的红米" in await waiting.inner_text()
    await press(waiting.get_by_role("link", name="核对并审核"))
    shown = await desk.get_by_label("核对码").inner_text()
    assert shown.split() == fingerprint.split()
    await picture(desk, "console-compare-desk")
    await press(desk.get_by_role("button", name="审核通过"))
    assert "审核通过" in await desk.get_by_role("status").inner_text()
    assert await client.enrolment_state() == "active"
    assert (await client.sync()).may_be_given_back
    await desk.goto(f"{town.url}/devices")
    assert "王芳（代办员） · 已有 1 台手机" in await desk.get_by_label("给谁用").inner_text()


async def test_on_a_phone_the_fingerprint_is_large_and_nothing_is_cut_off(
    sqlite_township: Township, phone: Page
) -> None:
    town = sqlite_township
    _, fingerprint = await new_phone(town, "一部名字很长很长、牌子型号都写上了、还没有贴膜的手机")
    await sign_in(phone, town, "李红", "/devices")
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-devices-phone")
    await press(phone.get_by_role("link", name="核对并审核"))
    await no_wider_than_the_screen(phone)
    group = phone.get_by_label("核对码").get_by_text(fingerprint[:4])
    assert await group.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 32
    await picture(phone, "console-compare-phone")
    await press(phone.get_by_role("link", name="回到手机登记"))
    assert phone.url == f"{town.url}/devices"


async def test_a_phone_with_another_key_than_the_page_showed_is_not_approved(sqlite_township: Township) -> None:
    town = sqlite_township
    client, fingerprint = await new_phone(town)
    http = await browser_of(town, "李红")
    csrf = await token(http, "/devices")
    path = f"/devices/{client.device.store.get('device')}"
    for wrong in ("", "0000 " * 6, fingerprint[:-1], fingerprint + " 1234"):
        answer = await http.post(path, data={"csrf": csrf, "fingerprint": wrong})
        assert answer.status_code == 422
        assert "两边的核对码不一致" in answer.text
    assert await client.enrolment_state() == "pending"
    assert (await http.post(path, data={"csrf": csrf, "fingerprint": fingerprint})).status_code == 303
    answer = await http.post(path, data={"csrf": csrf, "fingerprint": fingerprint})
    assert "不在待审核状态" in answer.text
    assert "审核通过</button>" not in answer.text


async def test_a_code_is_for_one_phone_and_ends_after_a_quarter_of_an_hour(sqlite_township: Township) -> None:
    town = sqlite_township
    http = await browser_of(town, "李红")
    form = {"csrf": await token(http, "/devices"), "person": town.people["王芳"].hex()}
    codes = []
    for _ in range(2):
        page = await http.post("/devices/code", data=form)
        assert page.headers["cache-control"] == "no-store"
        found = re.search(r"(DAIBAN1\.[\w-]+)</textarea>", page.text)
        assert found
        codes.append(found[1])
    assert codes[0] != codes[1]
    refused = []
    for number, (code, wait) in enumerate([(codes[0], 0), (codes[0], 0), (codes[1], 16 * 60_000)]):
        town.clock.ahead += wait
        client = phone_in(town.folder / f"phone{number}")
        await town.clients.enter_async_context(client)
        try:
            await client.enrol(code, "手机")
        except Exception as error:
            refused.append(getattr(error, "code", str(error)))
        else:
            refused.append("")
    assert refused == ["", "enrolment.code", "enrolment.code"]


async def test_without_a_person_no_code_is_made(sqlite_township: Township) -> None:
    http = await browser_of(sqlite_township, "李红")
    csrf = await token(http, "/devices")
    for person in ("", "x", "0" * 32, sqlite_township.people["周区"].hex()):
        answer = await http.post("/devices/code", data={"csrf": csrf, "person": person})
        assert answer.status_code == 422
        assert answer.text.count("请选一位本中心的工作人员") == 2
        assert "DAIBAN1" not in answer.text


async def test_the_centre_sees_what_a_phone_still_holds_and_an_old_app(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    client = await town.device("王芳", "王芳的手机", town.clock)
    await client.sync()
    (row,) = (await (await town.signed_in("李红")).get("/v1/devices")).json()
    assert (row["unsent_entries"], row["unsent_photos"]) == (0, 0)
    await sign_in(desk, town, "李红", "/devices")
    assert "没有未交的" in await part(desk, "已登记").inner_text()
    assert "版本旧" not in await part(desk, "已登记").inner_text()
    device = bytes.fromhex(row["id"])
    town.services.unsent[device] = Unsent(town.centre, 3, 2, town.clock())
    town.services.presence[device].client = "daiban-sdk/0.0"
    await one_round(town.services)
    assert device not in town.services.unsent, "written down"
    await desk.reload()
    told = await part(desk, "已登记").inner_text()
    assert "未交 3 条记录、2 张照片" in told and "版本旧" in told
    await picture(desk, "console-devices-unsent-desk")
    await press(desk.get_by_role("link", name="丢了、坏了"))
    assert "未交 3 条记录、2 张照片" in await desk.locator("main").inner_text()
    await picture(desk, "console-device-unsent-desk")
    await desk.set_viewport_size(PHONE)
    await no_wider_than_the_screen(desk)
    await desk.goto(f"{town.url}/language/en?next=/devices")
    assert "3 records, 2 photos" in await part(desk, "Enrolled").inner_text()
    await no_wider_than_the_screen(desk)


async def test_what_a_request_brings_and_lists_is_unsent_until_it_has_its_receipt() -> None:
    photo = wire.PhotoWanted("0" * 32, "0" * 64, 9)
    brought = [Opened(cast.FIRST, ())]
    hello = wire.Hello(left=2, photos=(photo, photo))
    heard = unsent.said(cast.CENTRE, hello, brought, [(Frame.PHOTO_RECEIPT, b"")], 5)
    assert heard == Unsent(cast.CENTRE, 2 + cast.FIRST.header.entry_count, 1, 5)
    assert unsent.said(cast.CENTRE, wire.Hello(), brought, [], 5) is None, "an older app does not say"
    assert not unsent.is_old(USER_AGENT) and not unsent.is_old("vectors/1") and unsent.is_old("daiban-sdk/0.0")
