"""What everybody may see: the screen of the hall goes on without its server, a resident asks with number and code."""

import asyncio
import datetime
import re

import httpx2
from playwright.async_api import Browser, Page
from sqlalchemy import select

from daiban_schemas.slip import code_of
from daiban_server.db import schema
from daiban_server.db.program import rows
from tests.affairs.test_open_affairs import DONE, case_of, secret
from tests.console.workday import browser_of, no_wider_than_the_screen, press
from tests.support.chromium import picture
from tests.support.township import Township


async def code_of_centre(town: Township) -> str:
    found = await town.services.database.read(
        rows(select(schema.centre.c.code).where(schema.centre.c.id == town.centre))
    )
    return str(found[0][0])


async def test_the_screen_turns_and_stays_when_the_server_is_away(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    await case_of(town, *DONE)
    address = f"{town.url}/hall/{await code_of_centre(town)}?pace=30"
    await desk.goto(address)
    first = await desk.locator(".slide:visible h2").inner_text()
    await picture(desk, "hall-desk")
    await desk.locator(".slide:visible h2", has_not_text=first).wait_for()
    assert await desk.locator(".slide:visible").count() == 1
    assert await desk.evaluate("document.documentElement.scrollHeight <= innerHeight"), "a slide fits the screen"
    await desk.locator("html[data-kept=yes]").wait_for(state="attached")
    await desk.context.set_offline(True)
    await desk.get_by_text("连不上服务器").wait_for()
    assert "的内容" in await desk.get_by_role("status").inner_text(), "it says of when this is"
    await desk.reload()
    await desk.get_by_text("连不上服务器").wait_for()
    assert await desk.locator(".slide").count() > 0
    await picture(desk, "hall-away-desk")
    await desk.context.set_offline(False)
    await desk.locator("#state:empty").wait_for(state="attached")


async def test_the_screen_tells_the_time_there_wherever_it_believes_to_be(
    sqlite_township: Township, chromium: Browser
) -> None:
    town = sqlite_township
    context = await chromium.new_context(ignore_https_errors=True, locale="zh-CN", timezone_id="America/New_York")
    screen = await context.new_page()
    await screen.clock.set_fixed_time(datetime.datetime(2026, 11, 27, 20, 5, tzinfo=datetime.UTC))
    await screen.goto(f"{town.url}/hall/{await code_of_centre(town)}")
    await screen.locator(".when time", has_text="11月28日 周六 04:05").wait_for()
    await context.close()


async def test_what_is_new_comes_onto_the_screen_by_itself(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    await desk.goto(f"{town.url}/hall/{await code_of_centre(town)}?pace=30")
    assert "最近办结" not in await desk.content()
    await case_of(town, *DONE)
    await desk.locator("h2", has_text="最近办结").wait_for(state="attached")
    assert "张某" in await desk.locator(".results").inner_text() or await desk.locator(".results").is_hidden()
    assert "13700000000" not in await desk.content()


async def test_without_a_script_every_slide_is_there(sqlite_township: Township) -> None:
    town = sqlite_township
    await case_of(town, *DONE)
    async with town.stranger() as http:
        page = (await http.get(f"/hall/{await code_of_centre(town)}")).text
        assert "hidden" not in page.split("<main")[1].split("</main>")[0]
        assert "张某" in page
        assert "张桂兰" not in page
        assert (await http.get("/hall/none")).status_code == 404
        assert (await http.get("/hall/%00")).status_code == 404
        assert "公示屏" in (await http.get("/hall")).text


async def test_a_resident_sees_how_the_case_stands_and_rates_it(sqlite_township: Township, phone: Page) -> None:
    town = sqlite_township
    record, number = await case_of(town, *DONE)
    await phone.goto(f"{town.url}/look-up")
    await no_wider_than_the_screen(phone)
    await phone.get_by_label("编号").fill(number.lower())
    await phone.get_by_label("查询码").fill("AAAAAAAA")
    await phone.get_by_role("button", name="查询").click()
    await phone.get_by_role("alert").wait_for()
    assert await phone.get_by_label("编号").input_value() == number.lower(), "what was typed is not lost"
    await phone.get_by_label("查询码").fill(code_of(bytes.fromhex(record)))
    await press(phone.get_by_role("button", name="查询"))
    assert "符合条件" in await phone.locator("main").inner_text()
    await no_wider_than_the_screen(phone)
    await picture(phone, "look-up-phone")
    await phone.get_by_label("非常满意", exact=True).check()
    await phone.get_by_label("评价码").fill(secret(town, record)["secret"])
    await press(phone.get_by_role("button", name="评价"))
    assert "谢谢您的评价" in await phone.get_by_role("status").inner_text()
    assert "您的评价：非常满意" in await phone.locator("main").inner_text()


async def test_a_rating_without_its_secret_is_none(sqlite_township: Township) -> None:
    town = sqlite_township
    record, number = await case_of(town, *DONE)
    form = {"number": number, "code": code_of(bytes.fromhex(record)), "secret": "AAAAAAAAAA"}
    async with town.stranger() as http:
        assert "请选一个评价" in (await http.post("/look-up/rating", data=form)).text
        wrong = await http.post("/look-up/rating", data={**form, "level": "5"})
        assert wrong.status_code == 422
        assert "您的评价" not in wrong.text
        shown = await http.post("/look-up", data=form)
        assert 'name="level"' in shown.text, "it may still be rated"
    clerk = await browser_of(town, "赵敏")
    right = {**form, **secret(town, record), "level": "5"}
    assert (await clerk.post("/look-up/rating", data=right)).status_code == 422, "nobody rates at a desk"


async def test_a_rating_that_is_tapped_twice_is_told_to_stand(sqlite_township: Township) -> None:
    town = sqlite_township
    record, number = await case_of(town, *DONE)
    form = {"number": number, "code": code_of(bytes.fromhex(record)), **secret(town, record), "level": "5"}
    async with town.stranger() as http:
        answers = await asyncio.gather(*(http.post("/look-up/rating", data=form) for _ in range(2)))
        first, second = sorted(answers, key=lambda answer: answer.status_code)
        assert "谢谢您的评价" in first.text
        for answer in (second, await http.post("/look-up/rating", data={**form, "level": "1"})):
            assert "这件已经评价过了" in answer.text
            assert "您的评价：非常满意" in answer.text and 'name="level"' not in answer.text


async def test_an_opinion_goes_into_the_box_and_to_the_head(sqlite_township: Township, phone: Page) -> None:
    town = sqlite_township
    await phone.goto(f"{town.url}/opinions")
    await press(phone.get_by_role("main").get_by_role("link").first)
    await no_wider_than_the_screen(phone)
    await phone.get_by_label("您的意见").fill("等了两个小时，窗口没人")
    await phone.get_by_label("电话").fill("不告诉你")
    await press(phone.get_by_role("button", name="投进意见箱"))
    assert "电话号码写得不对" in await phone.get_by_role("alert").inner_text()
    assert await phone.get_by_label("您的意见").input_value() == "等了两个小时，窗口没人"
    await phone.get_by_label("电话").fill("137 0000 0000")
    await press(phone.get_by_role("button", name="投进意见箱"))
    assert "收到了" in await phone.get_by_role("status").inner_text()
    head = await town.signed_in("李红")
    [opinion] = (await head.get("/v1/records/opinion")).json()
    assert opinion["values"]["text"] == "等了两个小时，窗口没人"


async def test_an_opinion_that_is_tapped_twice_is_one(sqlite_township: Township) -> None:
    """Also where both taps come at once, and where the page that says "received" is loaded again."""
    town = sqlite_township
    page = f"/opinions/{await code_of_centre(town)}"
    async with town.stranger() as http:
        form = {"id": id_of(await http.get(page)), "text": "等了两个小时，窗口没人", "phone": "13700000000"}
        answers = await asyncio.gather(*(http.post(page, data=form) for _ in range(2)))
        for answer in (*answers, await http.post(page, data=form)):
            assert "收到了。中心会按期限给您答复" in answer.text
        changed = await http.post(page, data={**form, "text": "等了三个小时"})
        assert changed.status_code == 422 and "没有收" in changed.text and "等了三个小时" in changed.text
        again = await http.post(page, data={**form, "text": "等了三个小时", "id": id_of(changed)})
        assert "收到了" in again.text
    kept = (await (await town.signed_in("李红")).get("/v1/records/opinion")).json()
    assert sorted(one["values"]["text"] for one in kept) == ["等了三个小时", "等了两个小时，窗口没人"]


async def test_a_strangers_id_opens_nothing_and_changes_nothing(sqlite_township: Township) -> None:
    town = sqlite_township
    case, _ = await case_of(town)
    head = await town.signed_in("李红")
    fields = {"place": town.centre.hex(), "channel": "complaint", "text": "窗口没人"}
    complaint = (await head.post("/v1/records/opinion", json={"fields": fields})).json()["record"]
    paths = (f"/v1/records/application/{case}", f"/v1/records/opinion/{complaint}")
    before = [(await head.get(path)).json() for path in paths]
    page = f"/opinions/{await code_of_centre(town)}"
    async with town.stranger() as http:
        told = [await http.post(page, data={"id": id_, "text": "窗口没人"}) for id_ in (case, complaint)]
        for answer, id_ in zip(told, (case, complaint), strict=True):
            assert answer.status_code == 422 and "没有收" in answer.text and id_ not in answer.text
        for bad in ("x", "0" * 32, "7" * 33, "../../x"):
            assert (await http.post(page, data={"id": bad, "text": "窗口没人"})).status_code == 400, bad
        assert "收到了" in (await http.post(page, data={"text": "窗口没人"})).text, "a page from before"
    assert [(await head.get(path)).json() for path in paths] == before


def id_of(page: httpx2.Response) -> str:
    """The id that a box's form brings along."""
    found = re.search(r'name="id" value="([0-9a-f]{32})"', page.text)
    assert found, page.text
    return found[1]
