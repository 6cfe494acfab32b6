"""工作日历: everybody sees which days count; the district is told what would move before it changes one."""

import datetime
import re

from playwright.async_api import Page

from daiban_server.limits.calendar import OFFICIAL, local_day
from tests.console.test_cases import handed_in
from tests.console.test_visits import booked
from tests.console.workday import browser_of, no_wider_than_the_screen, press, sign_in, token
from tests.support.chromium import picture
from tests.support.township import Township


async def test_the_year_shows_holidays_and_make_up_days_in_words(
    sqlite_township: Township, desk: Page, phone: Page
) -> None:
    town = sqlite_township
    await sign_in(desk, town, "赵敏", "/calendar?year=2025")
    assert await desk.locator("table.month").count() == 12
    october = desk.locator("table.month").nth(9)
    assert "18 个工作日" in await october.inner_text(), "1 to 8 October off, the 11th worked"
    assert await october.locator("td.makeup").inner_text() == "11\n班"
    assert await desk.get_by_role("button", name="先看会动到什么").count() == 0, "a clerk looks only"
    await sign_in(phone, town, "周区", "/calendar?year=2099")
    assert "放假通知还没有" in await phone.locator("main").inner_text()
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-calendar-phone")


async def test_before_a_day_is_changed_it_is_said_what_moves(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    clerk = await browser_of(town, "赵敏")
    day = OFFICIAL.add(local_day(town.clock()), 2)
    await booked(town, clerk, case, day.isoformat())
    owed = (await clerk.get(f"/v1/cases/{case}/deadlines")).json()
    crossing = [one for one in owed if one["starts"] < day.isoformat() <= one["due"] and not one["closed"]]
    assert crossing
    await sign_in(desk, town, "周区", f"/calendar?day={day.isoformat()}#change")
    await desk.get_by_role("radio", name="放假").check()
    await desk.get_by_label("为什么").fill("大雪封山停办")
    await press(desk.get_by_role("button", name="先看会动到什么"))
    said = await desk.locator("main").inner_text()
    assert f"{len(crossing)} 个在办的期限推后" in said and "上门有 1 次" in said
    await picture(desk, "console-calendar-look-desk")
    assert (await clerk.get("/v1/calendar")).json() == [], "asking changes nothing"
    await press(desk.get_by_role("button", name="就这样改"))
    assert "日历改好了" in await desk.get_by_role("status").inner_text()
    assert "大雪封山停办" in await desk.locator("main").inner_text()
    await press(desk.get_by_role("link", name="改回国家安排"))
    await press(desk.get_by_role("button", name="就这样改"))
    assert (await clerk.get("/v1/calendar")).json() == []


def _before_days_off(today: datetime.date) -> datetime.date:
    """The next day that one worked day parts from days off, mostly a Thursday: limits told then reach over them."""
    day = today
    while (OFFICIAL.add(day, 1) - day).days > 1 or (OFFICIAL.add(day, 2) - day).days == 2:
        day += datetime.timedelta(days=1)
    return day


async def test_a_weekend_that_is_worked_brings_limits_forward(sqlite_township: Township) -> None:
    town = sqlite_township
    today = local_day(town.clock())
    town.clock.ahead += (_before_days_off(today) - today).days * 86_400_000
    [case] = await handed_in(town, "张桂兰")
    http = await browser_of(town, "周区")
    clerk = await browser_of(town, "赵敏")
    owed = [one for one in (await clerk.get(f"/v1/cases/{case}/deadlines")).json() if not one["closed"]]
    last = max(one["due"] for one in owed)
    day = datetime.date.fromisoformat(max(one["starts"] for one in owed)) + datetime.timedelta(days=1)
    while OFFICIAL.is_working(day):
        day += datetime.timedelta(days=1)
    assert day.isoformat() <= last, "the limits of the story reach over a weekend"
    page = await http.get(f"/calendar/look?day={day.isoformat()}&working=yes")
    assert re.search(r"[1-9]\d* 个在办的期限提前", page.text), page.text


async def test_a_form_that_says_nothing_changes_nothing(sqlite_township: Township) -> None:
    town = sqlite_township
    http = await browser_of(town, "周区")
    wrong = await http.get("/calendar/look?day=2026-02-30&working=maybe")
    assert wrong.status_code == 422 and "请填一个日期" in wrong.text and "请选上班还是放假" in wrong.text
    form = {"csrf": await token(http), "day": "2026-02-30", "working": "no"}
    assert (await http.post("/calendar", data=form)).status_code == 400
    assert (await http.post("/calendar", data={**form, "day": "2030-03-04", "csrf": "x"})).status_code == 403
    assert (await http.get("/v1/calendar")).json() == []
