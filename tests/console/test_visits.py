"""上门: a clerk books a visit with the resident on the telephone, and the week shows it."""

import re

import httpx2
from playwright.async_api import Page

from daiban_server.limits.calendar import OFFICIAL, local_day
from tests.console.test_cases import handed_in
from tests.console.workday import (
    browser_of,
    main_of,
    no_wider_than_the_screen,
    part,
    press,
    set_clock,
    sign_in,
    token,
)
from tests.support.chromium import picture
from tests.support.township import Township


def next_day(town: Township, days: int = 1) -> str:
    """A working day from today on."""
    return OFFICIAL.add(local_day(town.clock()), days).isoformat()


async def booked(town: Township, http: httpx2.AsyncClient, case: str, day: str) -> str:
    """A visit for a case on a day, at the first time that is offered; gives its id."""
    csrf = await token(http)
    page = await http.post("/visits/book/offers", data={"csrf": csrf, "case": case, f"day-{day}": "yes"})
    slot = re.findall(r'name="slot" value="([^"]+)"', page.text)[0]
    visit = re.findall(r'name="visit" value="([^"]+)"', page.text)[0]
    form = {"csrf": csrf, "case": case, "visit": visit, "slot": slot, f"day-{day}": "yes"}
    answer = await http.post("/visits/book", data=form)
    assert answer.status_code == 303, answer.text
    again = await http.post("/visits/book", data=form)
    assert again.headers["location"] == answer.headers["location"], "a form that is sent twice books once"
    return str(visit)


async def test_three_clicks_from_the_case_a_visit_is_promised(
    sqlite_township: Township, desk: Page, phone: Page
) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    await sign_in(desk, town, "赵敏", f"/cases/{case}")
    await press(part(desk, "上门").get_by_role("link", name="约上门"))
    await press(desk.get_by_role("button", name="看有哪些时间"))
    assert "给这家留到" in await part(desk, "有这些时间").inner_text()
    await picture(desk, "console-visit-offers-desk")
    await press(desk.get_by_role("button", name=re.compile("^(约这个时间|改到这时) ")).first)
    assert "约好了" in await desk.get_by_role("status").inner_text()
    said = await part(desk, "在电话里这样说").inner_text()
    assert "代办员王芳到您家上门" in said and "0915-3212345" in said and "代办不收费" in said
    slip = await desk.get_by_role("link", name="打印预约单").get_attribute("href")
    assert (await desk.request.get(town.url + str(slip))).headers["content-type"] == "application/pdf"
    await picture(desk, "console-visit-desk")
    visit = desk.url.split("/visits/")[1].split("?")[0]
    await sign_in(phone, town, "孙亮", f"/visits/{visit}")
    await no_wider_than_the_screen(phone)
    await press(phone.get_by_role("link", name="改约"))
    await press(phone.get_by_role("button", name="看有哪些时间"))
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-visit-offers-phone")
    await phone.get_by_label("和谁说的").fill("")
    await press(phone.get_by_role("button", name=re.compile("^(约这个时间|改到这时) ")).last)
    assert "请写明是和家里谁说定的" in await phone.get_by_role("alert").inner_text()
    await phone.get_by_label("和谁说的").fill("张桂兰")
    await press(phone.get_by_role("button", name=re.compile("^(约这个时间|改到这时) ")).last)
    assert "改好了" in await phone.get_by_role("status").inner_text()
    assert "张桂兰同意（电话）" in await part(phone, "经过").inner_text()


async def test_whose_name_begins_as_it_was_typed_stands_first(township: Township) -> None:
    """The resident waits on the telephone; 长 is spelt as 张 is."""
    await handed_in(township, "张桂兰", "唐长海", "胡长海")
    http = await browser_of(township, "赵敏")
    for typed, first in (("zhang", "张桂兰"), ("h", "胡长海"), ("长海", "胡长海")):
        page = main_of(await http.get(f"/visits/book?q={typed}"))
        assert re.findall("张桂兰|唐长海|胡长海", re.sub(r"<[^>]+>", "", page))[0] == first, typed
    assert page.count("长海") >= 2


async def test_what_somebody_else_booked_meanwhile_is_not_sold_again(sqlite_township: Township) -> None:
    town = sqlite_township
    first, second = await handed_in(town, "张桂兰", "李大山")
    http, day = await browser_of(town, "赵敏"), next_day(town)
    visit = await booked(town, http, first, day)
    shown = await http.get(f"/v1/records/visit/{visit}")
    values = shown.json()["values"]
    form = {"csrf": await token(http), "case": second, "slot": f"{values['agent']}:{values['start']}"}
    late = await http.post("/visits/book", data=form)
    assert late.status_code == 422
    assert "刚被别人约走" in late.text and 'name="slot"' in late.text, "other times stand below"
    for broken in ("", "x:y", f"{values['agent']}:-1", f"{values['agent']}:" + "9" * 20):
        assert (await http.post("/visits/book", data={**form, "slot": broken})).status_code == 400


async def test_a_time_that_is_pressed_twice_is_booked_and_another_one_is_not(sqlite_township: Township) -> None:
    """The page with the times stands behind that of the visit, one step back; some households had asked already."""
    town = sqlite_township
    first, second = await handed_in(town, "张桂兰", "李大山")
    http, clerk = await browser_of(town, "赵敏"), await town.signed_in("赵敏")
    home = (await clerk.get(f"/v1/records/application/{second}")).json()["values"]["household"]
    made = await clerk.post("/v1/records/visit", json={"fields": {"household": home, "application": second}})
    csrf = await token(http)
    for asked in ({"case": first}, {"visit": made.json()["record"], "case": second}):
        page = await http.post("/visits/book/offers", data={"csrf": csrf, **asked})
        visit = re.findall(r'name="visit" value="([^"]+)"', page.text)[0]
        slot, other = re.findall(r'name="slot" value="([^"]+)"', page.text)[:2]
        form = {"csrf": csrf, **asked, "visit": visit}
        for _ in range(2):
            pressed = await http.post("/visits/book", data={**form, "slot": slot})
            assert pressed.headers["location"] == f"/visits/{visit}?said=booked"
        back = await http.post("/visits/book", data={**form, "slot": other})
        assert "时间没有改。要换时间，请点“改约”。" in main_of(await http.get(back.headers["location"]))
        values = (await http.get(f"/v1/records/visit/{visit}")).json()["values"]
        assert f"{values['agent']}:{values['start']}" == slot
        assert "和谁说的" in (await http.post("/visits/book/offers", data=form)).text, "改约 asks who agrees"


async def test_times_that_do_not_suit_are_let_go(sqlite_township: Township) -> None:
    town = sqlite_township
    first, second = await handed_in(town, "张桂兰", "李大山")
    http, csrf, day = await browser_of(town, "赵敏"), "", next_day(town)
    csrf = await token(http)

    async def offered(case: str) -> tuple[list[str], str]:
        page = await http.post("/visits/book/offers", data={"csrf": csrf, "case": case, f"day-{day}": "yes"})
        hold = re.findall(r'name="hold" value="([^"]+)"', page.text)
        return re.findall(r'name="slot" value="([^"]+)"', page.text), hold[0] if hold else ""

    mine, hold = await offered(first)
    others, _ = await offered(second)
    assert not set(mine) & set(others), "what is kept for one household is offered to no other"
    gone = await http.post("/visits/book/release", data={"csrf": csrf, "case": first, "hold": hold})
    assert gone.headers["location"] == f"/visits/book?case={first}&said=released"
    again, _ = await offered(second)
    assert set(mine) & set(again)


async def test_a_day_and_a_half_on_which_nobody_can_come_say_why(sqlite_township: Township) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    set_clock(town, 16, 55, days=1)  # a working day, whatever today is
    http = await browser_of(town, "赵敏")
    today = local_day(town.clock()).isoformat()
    data = {"csrf": await token(http), "case": case, f"day-{today}": "yes", "half": "pm", "minutes": "60"}
    page = await http.post("/visits/book/offers", data=data)
    assert "这些时候没有人能去" in page.text and "王芳" in page.text
    wrong = await http.post("/visits/book/offers", data={**data, "minutes": "两小时"})
    assert wrong.status_code == 422 and "5 到 480 的整数" in wrong.text and "两小时" in wrong.text


async def test_the_week_is_walked_by_arrow_keys_and_a_visit_dragged_to_another_day(
    sqlite_township: Township, desk: Page, phone: Page
) -> None:
    town = sqlite_township
    first, second = await handed_in(town, "张桂兰", "李大山")
    http = await browser_of(town, "赵敏")
    days = [next_day(town, 1), next_day(town, 2)]
    visits = [await booked(town, http, case, day) for case, day in zip((first, second), days, strict=True)]
    week = f"/visits?week={days[0]}"
    await sign_in(desk, town, "赵敏", week)
    cards = desk.locator(".board .card")
    if await cards.count() < 2:  # the second day lies in the next week
        days = [next_day(town, 2), next_day(town, 3)]
        visits = [visits[1], await booked(town, http, first, days[1])]
        await desk.goto(f"{town.url}/visits?week={days[0]}")
    await picture(desk, "console-week-desk")
    await desk.locator(f".board .card[data-visit='{visits[0]}']").focus()
    await desk.keyboard.press("ArrowRight")
    assert await desk.evaluate("document.activeElement.dataset.visit") == visits[1]
    await desk.keyboard.press("ArrowLeft")
    assert await desk.evaluate("document.activeElement.dataset.visit") == visits[0]
    card = desk.locator(f".board .card[data-visit='{visits[0]}']")
    await card.drag_to(desk.locator(f"td[data-day='{days[1]}']").first)
    await desk.wait_for_url(f"**/visits/book?visit={visits[0]}&day={days[1]}")
    assert await desk.locator(f"input[name='day-{days[1]}']").is_checked()
    await desk.go_back()
    await desk.locator(f".board .card[data-visit='{visits[0]}']").focus()
    await desk.keyboard.press("Enter")
    await desk.wait_for_url(f"**/visits/{visits[0]}")
    await sign_in(phone, town, "吴镇", f"/visits?week={days[0]}")
    await no_wider_than_the_screen(phone)
    assert await phone.locator(".by-day .card").filter(visible=True).count() >= 2
    await picture(phone, "console-week-phone")
    await phone.get_by_label("代办员").select_option("刘强")
    await press(phone.get_by_role("button", name="只看这些"))
    assert await phone.locator(".by-day .card").count() == 0


async def test_a_week_without_a_visit_to_the_village_that_is_asked_for_says_so(
    sqlite_township: Township, desk: Page
) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    await booked(town, await browser_of(town, "赵敏"), case, day := next_day(town))
    await sign_in(desk, town, "赵敏", f"/visits?week={day}")
    village = await desk.locator("#place option").last.inner_text()
    await desk.get_by_label("村（社区）").select_option(village)
    await press(desk.get_by_role("button", name="只看这些"))
    assert await desk.locator(".board .card").count() == 1
    await press(desk.get_by_role("link", name="下一周"))
    assert await desk.locator("#place").input_value() == village
    assert "这一周没有符合的上门。" in await desk.locator("main").inner_text()
    await press(desk.get_by_role("link", name="清除筛选"))
    assert "这一周还没有约好的上门。" in await desk.locator("main").inner_text()


async def test_who_only_looks_on_is_not_asked_to_drag_a_visit(sqlite_township: Township) -> None:
    town = sqlite_township
    for name, books in (("赵敏", True), ("李红", True), ("吴镇", False), ("郑书记", False)):
        board = main_of(await (await browser_of(town, name)).get(f"/visits?week={next_day(town)}"))
        assert "用方向键在上门之间移动" in board, name
        assert ("拖到另一天" in board, "data-day" in board) == (books, books), name


async def test_a_visit_is_called_off_with_a_reason_and_its_time_is_free(sqlite_township: Township) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    http = await browser_of(town, "赵敏")
    visit = await booked(town, http, case, next_day(town))
    csrf = await token(http)
    assert "请写明为什么取消" in (await http.post(f"/visits/{visit}/cancel", data={"csrf": csrf, "reason": " "})).text
    gone = await http.post(f"/visits/{visit}/cancel", data={"csrf": csrf, "reason": "儿子接走了"})
    assert gone.headers["location"] == f"/visits/{visit}?said=cancelled"
    page = main_of(await http.get(f"/visits/{visit}"))
    assert "已取消" in page and "儿子接走了" in page and "改约" not in page
    late = await http.get(f"/visits/book?visit={visit}")
    assert late.headers["location"] == f"/visits/{visit}?said=over"
    assert "还没有约好的上门" in (await http.get(f"/visits?week={next_day(town)}")).text


async def test_a_time_that_was_only_proposed_is_told_and_agreed_to(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    clerk = await town.signed_in("赵敏")
    home = (await clerk.get(f"/v1/records/application/{case}")).json()["values"]["household"]
    made = await clerk.post("/v1/records/visit", json={"fields": {"household": home, "application": case}})
    visit = made.json()["record"]
    await clerk.post(f"/v1/records/visit/{visit}/commands/propose", json={"arguments": {}})
    await sign_in(desk, town, "赵敏", f"/visits/{visit}")
    await desk.get_by_label("和谁说的").fill("")
    await press(desk.get_by_role("button", name="住户已同意"))
    assert "请写明和谁说的" in await desk.get_by_role("alert").inner_text()
    await desk.get_by_label("和谁说的").fill("张桂兰")
    await press(desk.get_by_role("button", name="住户已同意"))
    assert "已记为告知住户" in await desk.get_by_role("status").inner_text()
    assert "已安排" in await desk.locator("h1").inner_text()


async def test_the_map_of_a_day_has_each_visit_by_its_number(
    sqlite_township: Township, desk: Page, phone: Page
) -> None:
    town = sqlite_township
    first, second = await handed_in(town, "张桂兰", "李大山")
    http, day = await browser_of(town, "赵敏"), next_day(town)
    for case in (first, second):
        await booked(town, http, case, day)
    for page, name in ((desk, "desk"), (phone, "phone")):
        await sign_in(page, town, "赵敏", f"/visits/map?day={day}")
        await no_wider_than_the_screen(page)
        assert await page.locator(".map svg text").all_text_contents() == ["1", "2"]
        assert "张桂兰" in await part(page, "名单").inner_text()
        await picture(page, f"console-map-{name}")
    free = (await http.get(f"/visits/map?day={day}&agent={town.people['刘强'].hex()}")).text
    assert "这天没有约好的上门" in free and "张桂兰" not in free
    for odd in ("9999-99-99", "0001-01-01", "2198-05-05", "2001-05-05", "x", "%00"):
        assert (await http.get(f"/visits/map?day={odd}")).status_code == 200
        assert (await http.get(f"/visits?week={odd}&agent={odd}")).status_code == 200


async def test_a_visit_that_nobody_reported_is_told_so_where_the_household_stands_too(
    sqlite_township: Township,
) -> None:
    """A cadre who rings up before its phone has synced does not promise again what should have been."""
    town, said = sqlite_township, "约定时间已过，手机还没报来结果"
    [case] = await handed_in(town, "张桂兰")
    http = await browser_of(town, "赵敏")
    visit = await booked(town, http, case, next_day(town, 1))
    clerk = await town.signed_in("赵敏")
    home = (await clerk.get(f"/v1/records/application/{case}")).json()["values"]["household"]
    assert said not in main_of(await http.get(f"/households/{home}"))
    set_clock(town, 18, days=1)
    for page in (f"/visits/{visit}", f"/households/{home}"):
        assert said in main_of(await (await browser_of(town, "赵敏")).get(page)), page
