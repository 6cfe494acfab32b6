"""设置: the head says how the centre is reached and how visits are made, the district what holds for all."""

import msgspec
from playwright.async_api import Page

from daiban_server import choices, offices
from daiban_server.features.visits.settings import VisitSettings, settings_of
from tests.console.workday import browser_of, no_wider_than_the_screen, part, press, sign_in, token
from tests.support.chromium import picture
from tests.support.township import Township


async def visit_settings(town: Township) -> VisitSettings:
    return await town.services.database.read(settings_of(town.centre))


async def test_the_head_changes_how_visits_are_made(sqlite_township: Township, desk: Page, phone: Page) -> None:
    town = sqlite_township
    before = await visit_settings(town)
    await sign_in(desk, town, "李红", "/settings")
    await picture(desk, "console-settings-desk")
    visits = part(desk, "上门")
    assert await visits.get_by_label("每人每天上门").input_value() == str(before.daily_cap)
    await visits.get_by_label("每人每天上门").fill("400")
    await visits.get_by_label("第 1 段从").fill("")
    await press(visits.get_by_role("button", name="改好"))
    alert = await desk.get_by_role("alert").inner_text()
    assert "1 到 40 次之间" in alert and "每段都要写起止" in alert
    assert await visit_settings(town) == before, "what is wrong changes nothing"
    visits = part(desk, "上门")
    assert await visits.get_by_label("每人每天上门").input_value() == "400", "what was written stays"
    await visits.get_by_label("每人每天上门").fill("5")
    await visits.get_by_label("第 1 段从").fill("08:30")
    await visits.get_by_role("checkbox", name="每晚自动算").uncheck()
    await press(visits.get_by_role("button", name="改好"))
    assert "改好了" in await desk.get_by_role("status").inner_text()
    now = await visit_settings(town)
    assert (now.daily_cap, now.hours[0].start, now.nightly) == (5, 510, False)
    assert now == msgspec.structs.replace(before, daily_cap=5, hours=now.hours, nightly=False), "and nothing else"
    await sign_in(phone, town, "李红", "/settings")
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-settings-phone")


async def test_the_office_is_reached_as_the_head_says(sqlite_township: Township) -> None:
    town = sqlite_township
    http = await browser_of(town, "李红")
    form = {"csrf": await token(http), "phone": "0915-3211234", "hours": "周一至周五 8:30—12:00"}
    assert (await http.post("/settings/office", data=form)).status_code == 303
    assert (await town.services.database.read(offices.reached(town.centre))).phone == "0915-3211234"
    assert "0915-3211234" in (await http.get("/settings")).text
    long = await http.post("/settings/office", data={**form, "phone": "1" * 31})
    assert long.status_code == 422 and "30 字以内" in long.text


async def test_the_district_sets_the_rhythm_of_replies_for_every_centre(sqlite_township: Township) -> None:
    town = sqlite_township
    http, head = await browser_of(town, "周区"), await browser_of(town, "李红")
    form = {"csrf": await token(http), "reply_every": "14", "reply_reminder": "2", "reply_for_proxied": "yes"}
    form |= {"escalate_head": "5", "escalate_leader": "3", "follow_up_attempts": "3", "reveals_an_hour": "60"}
    early = await http.post("/settings/choices", data=form)
    assert early.status_code == 422 and "不能早于" in early.text
    assert (await http.post("/settings/choices", data={**form, "reply_every": "0"})).status_code == 422
    assert await town.services.database.read(choices.chosen()) == choices.Choices()
    assert (await http.post("/settings/choices", data={**form, "escalate_leader": "9"})).status_code == 303
    now = await town.services.database.read(choices.chosen())
    assert (now.reply_every, now.reply_escalation, now.reply_for_proxied) == (14, (5, 9), True)
    seen = await head.get("/settings")
    assert 'value="14"' in seen.text and "由区里定" in seen.text
    mine = {**form, "csrf": await token(head), "escalate_leader": "9"}
    assert (await head.post("/settings/choices", data=mine)).status_code == 403
