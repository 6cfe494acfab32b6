"""登记簿 on the screen: every number of a day, and a day on which nobody came."""

import html
import re

from playwright.async_api import Page

from daiban_server.console.words import local
from tests.console.workday import browser_of, main_of, no_wider_than_the_screen, press, set_clock, sign_in
from tests.support.chromium import picture
from tests.support.poppler import Poppler
from tests.support.township import Township


async def came(town: Township, *visitors: str) -> None:
    """Somebody came to the counter and was answered."""
    clerk = await town.signed_in("赵敏")
    for name in visitors:
        fields = {"place": town.centre.hex(), "visitor": name, "about": "问养老认证", "answer": "手机上认证即可"}
        answer = await clerk.post("/v1/records/reception", json={"fields": {**fields, "source": "counter"}})
        assert answer.is_success, answer.text


async def test_the_book_of_everyone_who_comes_is_read_day_by_day(
    sqlite_township: Township, desk: Page, phone: Page
) -> None:
    town = sqlite_township
    set_clock(town, 9)
    await came(town, "张桂兰", "欧阳青山")
    day = local(town.clock()).date()
    set_clock(town, 15, days=1)
    await sign_in(desk, town, "赵敏", "/registers")
    assert "没有登记" in await desk.locator("main").inner_text()
    await desk.get_by_label("从").fill(day.isoformat())
    await press(desk.get_by_role("button", name="看"))
    table = desk.get_by_role("table")
    assert await table.get_by_role("rowheader").all_inner_texts() == ["1", "2"]
    assert "欧阳青山" in await table.inner_text()
    await picture(desk, "console-registers-desk")
    await sign_in(phone, town, "李红", desk.url.removeprefix(town.url))
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-registers-phone")
    async with town.stranger() as stranger:
        assert (await stranger.get("/registers")).headers["location"].startswith("/sign-in")


async def test_what_cannot_be_read_is_said_and_today_is_shown(sqlite_township: Township) -> None:
    http = await browser_of(sqlite_township, "赵敏")
    for query, said in (
        ("first=gestern", "日期没有看懂"),
        ("first=2026-02-03&last=2026-01-01", "早，下面只列这一天"),
        ("first=2020-01-01&last=2026-01-01", "最后两个月"),
        ("name=%00%27<b>&first=2026-01-01", "没有登记"),
    ):
        page = await http.get(f"/registers?{query}")
        assert (page.status_code, said in page.text) == (200, True), query
        assert "'<b>" not in page.text
    assert (await (await browser_of(sqlite_township, "孙亮")).get("/registers")).status_code == 403


async def test_a_book_is_printed_as_soon_as_it_has_a_page(sqlite_township: Township) -> None:
    town = sqlite_township
    set_clock(town, 9)
    http = await browser_of(town, "赵敏")
    assert "打印" not in main_of(await http.get("/registers")), "nobody ever came"
    await came(town, "张桂兰")
    set_clock(town, 8, days=1)
    http = await browser_of(town, "赵敏")
    morning = await http.get("/registers")
    assert "没有登记" in main_of(morning)
    paper = re.search(r'href="(/v1/registers/[^"]+)">打印', main_of(morning))
    assert paper, "an empty day has a page that says so"
    assert (await http.get(html.unescape(paper[1]))).headers["content-type"] == "application/pdf"


async def test_days_that_are_too_many_for_a_page_are_printed_all(sqlite_township: Township, poppler: Poppler) -> None:
    town = sqlite_township
    set_clock(town, 9)
    await came(town, "张桂兰")
    first = local(town.clock()).date()
    set_clock(town, 15, days=70)
    await came(town, "欧阳青山")
    last = local(town.clock()).date()
    http = await browser_of(town, "赵敏")
    page = main_of(await http.get(f"/registers?first={first}&last={last}"))
    assert "打印的是全部，一次最多 200 天" in page and "欧阳青山" in page and "张桂兰" not in page
    assert f'name="first" type="date" value="{first}"' in page, "what was asked for stays in the form"
    paper = re.search(r'href="(/v1/registers/[^"]+)">打印', page)
    assert paper
    printed = poppler.text((await http.get(html.unescape(paper[1]))).content)
    assert "张桂兰" in printed and "欧阳青山" in printed


async def test_the_book_has_a_first_day_and_a_last(sqlite_township: Township) -> None:
    http = await browser_of(sqlite_township, "赵敏")
    for query, before in (("first=0001-01-01", False), ("first=0001-01-02&last=0001-01-03", True)):
        page = await http.get(f"/registers?{query}")
        assert (page.status_code, "前一天" in main_of(page), "后一天" in main_of(page)) == (200, before, True), query
    page = await http.get("/registers?first=9999-12-31")
    assert (page.status_code, "前一天" in main_of(page), "后一天" in main_of(page)) == (200, True, False)
