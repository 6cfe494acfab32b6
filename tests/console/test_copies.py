"""个人信息副本 at the console: the head asks why, hands it out, and it stands in the audit."""

import json

from playwright.async_api import Page

from tests.console.workday import browser_of, no_wider_than_the_screen, phone_of, press, sign_in, token
from tests.support.chromium import picture
from tests.support.township import Township


async def home(town: Township) -> str:
    wang = await phone_of(town, "王芳")
    record = await town.household(wang, "张桂兰")
    await wang.sync()
    return record


async def test_the_head_hands_out_a_copy_for_a_reason(sqlite_township: Township, desk: Page, phone: Page) -> None:
    town = sqlite_township
    record = await home(town)
    await sign_in(desk, town, "李红", f"/copies/{record}")
    await press(desk.get_by_role("button", name="出副本"))
    assert await desk.get_by_role("alert").count() == 1
    await desk.get_by_label("谁来要的").fill("本人持身份证来要")
    await desk.get_by_label("只要一个人的").fill("李四")
    await press(desk.get_by_role("button", name="出副本"))
    assert await desk.get_by_label("只要一个人的").get_attribute("aria-invalid") == "true"
    assert await desk.get_by_label("谁来要的").input_value() == "本人持身份证来要"
    await picture(desk, "console-copies-desk")
    await desk.get_by_label("只要一个人的").fill("")
    async with desk.expect_download() as caught:
        await desk.get_by_role("button", name="出副本").click()
    assert (await caught.value).suggested_filename == "个人信息副本.pdf"
    assert (await (await caught.value).path()).read_bytes().startswith(b"%PDF")
    await desk.goto(f"{town.url}/audit")
    assert "本人持身份证来要" in await desk.locator("main").inner_text()
    await sign_in(phone, town, "李红", f"/copies/{record}")
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-copies-phone")


async def test_as_a_file_for_machines_and_for_nobody_but_the_head(sqlite_township: Township) -> None:
    town = sqlite_township
    record = await home(town)
    http = await browser_of(town, "李红")
    form = {"csrf": await token(http), "reason": "本人来要", "form": "json"}
    unseen = await http.post(f"/copies/{record}", data={**form, "reason": "\u200b\u2060"})
    assert unseen.status_code == 422, "a reason that nobody can see is none"
    answer = await http.post(f"/copies/{record}", data=form)
    assert "张桂兰" in json.dumps(answer.json(), ensure_ascii=False)
    assert (await http.get("/copies/" + "0" * 32)).status_code == 404
    clerk = await browser_of(town, "赵敏")
    assert (await clerk.get(f"/copies/{record}")).status_code == 403
