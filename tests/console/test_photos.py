"""照片: a clerk holds a photo as she would the paper: turns it, brings it closer, and lays it beside what was typed."""

import io

import httpx2
from PIL import Image, ImageDraw
from playwright.async_api import Locator, Page

from tests.console.test_cases import handed_in
from tests.console.workday import browser_of, no_wider_than_the_screen, part, press, sign_in, token
from tests.support.chromium import picture
from tests.support.township import Township


def paper(colour: str, width: int = 900, height: int = 600) -> bytes:
    """A photo of a card, with a corner that tells how it lies."""
    file = io.BytesIO()
    image = Image.new("RGB", (width, height), colour)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width // 5, height // 5), fill="#a8231b")
    for line in range(4, 9):
        draw.line((width // 4, height * line // 10, width * 3 // 4, height * line // 10), fill="#1f2c2b", width=6)
    image.save(file, "PNG")
    return file.getvalue()


async def with_papers(town: Township) -> tuple[httpx2.AsyncClient, str]:
    """A case with three photos, and 赵敏's browser."""
    [case] = await handed_in(town, "张桂兰")
    http = await browser_of(town, "赵敏")
    for name, data in (
        ("居民身份证", paper("#e6efec")),
        ("户口簿", paper("#f7edd6", 600, 900)),
        ("残疾证", paper("#fffefb")),
    ):
        told = {"csrf": await token(http), "paper": name}
        sent = await http.post(f"/cases/{case}/scans", data=told, files=[("scan", (f"{name}.png", data, "image/png"))])
        assert sent.status_code == 303
    return http, case


async def look(page: Page) -> None:
    """Wait until every photo of the page has been painted."""
    await page.wait_for_function("[...document.images].every(one => one.loading === 'lazy' || one.naturalWidth > 0)")


async def lies(frame: Locator) -> dict[str, str]:
    """How a photo lies in its frame."""
    read = "one => { const of = getComputedStyle(one); return {turn: of.getPropertyValue('--turn'), \
        zoom: of.getPropertyValue('--zoom'), x: of.getPropertyValue('--x')} }"
    found: dict[str, str] = await frame.get_by_role("img").evaluate(read)
    return found


async def test_a_clerk_turns_a_photo_and_lays_it_beside_what_was_typed(
    sqlite_township: Township, desk: Page, phone: Page
) -> None:
    town = sqlite_township
    _, case = await with_papers(town)
    await sign_in(desk, town, "赵敏", f"/cases/{case}")
    await press(part(desk, "材料").get_by_role("link").filter(has=desk.get_by_role("img", name="居民身份证")))
    await look(desk)
    await picture(desk, "console-photo-desk")
    frame = desk.get_by_role("group", name="居民身份证")
    await desk.keyboard.press("r")
    assert (await lies(frame))["turn"] == "90deg"
    assert "turn=90" in desk.url, "whoever reloads sees it as it lay"
    await desk.keyboard.press("+")
    larger = await lies(frame)
    assert float(larger["zoom"]) > 1
    box = await frame.bounding_box()
    assert box
    await desk.mouse.move(box["x"] + 300, box["y"] + 200)
    await desk.mouse.down()
    await desk.mouse.move(box["x"] + 340, box["y"] + 220)
    await desk.mouse.up()
    assert (await lies(frame))["x"] != larger["x"]
    await desk.mouse.wheel(0, -100)
    assert float((await lies(frame))["zoom"]) > float(larger["zoom"])
    await desk.get_by_role("button", name="合适大小").click()
    assert float((await lies(frame))["zoom"]) == 1
    await press(desk.get_by_role("button", name="并排看"))
    assert "到龄申领" in await part(desk, "申请内容").inner_text()
    await look(desk)
    await picture(desk, "console-photo-form-desk")
    await press(desk.get_by_role("link", name="只看一张"))
    await desk.get_by_label("并排看什么").select_option(label="2. 户口簿")
    await press(desk.get_by_role("button", name="并排看"))
    await look(desk)
    assert await desk.get_by_role("figure").count() == 2
    await picture(desk, "console-photos-desk")
    async with desk.expect_navigation():
        await desk.keyboard.press("ArrowRight")
    async with desk.expect_navigation():
        await desk.keyboard.press("Escape")
    assert desk.url.endswith(f"/cases/{case}#papers")
    await sign_in(phone, town, "孙亮", f"/cases/{case}/photos?beside=form")
    await look(phone)
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-photo-phone")


async def test_without_a_script_the_links_do_the_same(sqlite_township: Township) -> None:
    town = sqlite_township
    http, case = await with_papers(town)
    first = (await http.get(f"/cases/{case}/photos")).text
    assert "第 1 张，共 3 张" in first
    assert "下一张" in first
    assert "上一张" not in first
    strip = first.split('class="photos strip"')[1]
    [_, after, last] = [one.split('"')[0] for one in strip.split('href="')[1:4]]
    assert "上一张" in (await http.get(after)).text
    assert "下一张" not in (await http.get(last)).text
    turned = (await http.get(f"/cases/{case}/photos?turn=270&large=yes")).text
    assert 'class="frame turn-270 large"' in turned
    assert "缩小" in turned
    odd = (await http.get(f"/cases/{case}/photos?turn=45&large=so&beside=nothing")).text
    assert 'class="frame turn-0"' in odd


async def test_no_photo_of_another_case_is_shown(sqlite_township: Township) -> None:
    town = sqlite_township
    http, case = await with_papers(town)
    [other] = await handed_in(town, "李大山")
    assert "还没有照片" in (await http.get(f"/cases/{other}/photos")).text
    first = (await http.get(f"/cases/{case}/photos")).text.split("/v1/photos/")[1].split("/")[0]
    assert (await http.get(f"/cases/{other}/photos?photo={first}")).status_code == 404
    assert (await http.get(f"/cases/{'0' * 32}/photos")).status_code == 404
    beside = (await http.get(f"/cases/{case}/photos?beside={'0' * 32}")).text
    assert beside.count("<figure") == 1
