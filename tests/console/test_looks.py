"""What tired eyes see: long names, large letters, paper, a phone's width; on every page."""

import pytest
from playwright.async_api import Browser, Page

from daiban_server import provision
from daiban_server.db import schema
from tests.console.workday import (
    collect,
    hired,
    no_wider_than_the_screen,
    phone_of,
    set_clock,
    sign_in,
    two_phone_numbers,
    write,
)
from tests.support.chromium import DESK, PHONE, looked_at, picture
from tests.support.township import Township, new_id

LONGEST = "阿卜杜热依木·买买提吐尔逊·艾合买提江·库尔班·托合提"
VILLAGE = "双龙镇高粱铺易地扶贫搬迁集中安置社区第三便民服务点"
PAGES = {
    "李红": ("/summary", "/devices", "/visits", "/visits/map", "/visits/plan", "/visits/away", "/visits/book?q=a"),
    "赵敏": ("/summary",),
    "孙亮": ("/summary",),
    "周区": ("/summary", "/devices"),
}


async def busy_day(town: Township) -> None:
    """A day on which everything has happened, to people with long names in villages with long names."""
    set_clock(town, 9, 0, days=1)
    village = new_id()
    place = provision.Place(village, town.centre, town.centre, "point", VILLAGE, 109_030_000, 32_700_000)
    await town.services.database.write("place", lambda: provision.add_places([place]))
    posts = [(town.people["王芳"], village, "A"), (town.people["刘强"], village, "B")]
    await town.services.database.write("place", lambda: provision.add_territory(posts))
    await hired(town, LONGEST, "agent")
    await hired(town, LONGEST + "江", "cadre")
    away = town.people["王芳"], town.people["刘强"], town.clock(), town.clock() + 7 * 86_400_000
    await write(town, schema.absence, (new_id(), town.centre, *away))
    wang, liu = await phone_of(town, "王芳"), await phone_of(town, "刘强")
    form = await wang.new("household")
    address = "陕西省安康市汉滨区双龙镇高粱铺易地扶贫搬迁集中安置社区十七号楼二单元五零一室（老供销社对面）"
    await wang.save(form, {"place": village.hex(), "head": LONGEST, "address": address})
    await collect(wang, town, form.record, LONGEST, note="白天在坡上，晚饭后去。" * 20)
    await two_phone_numbers(town, wang, liu, form.record)
    visit = await wang.new("visit")
    await wang.save(visit, {"household": form.record, "purpose": "上门核实，请家里留人，" * 12, "minutes": 60})
    await wang.command(visit.record, "assign")
    await wang.report(visit.record, "asked_other_time")
    await wang.sync()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_no_page_is_wider_than_the_screen_whatever_stands_on_it(
    sqlite_township: Township, chromium: Browser, size: dict[str, int]
) -> None:
    await busy_day(sqlite_township)
    for name, paths in PAGES.items():
        async with looked_at(chromium, size) as page:  # type: ignore[arg-type]
            await sign_in(page, sqlite_township, name)
            for path in paths:
                await page.goto(sqlite_township.url + path)
                await no_wider_than_the_screen(page)
                await picture(page, f"console-{name}{path.partition('?')[0].replace('/', '-')}-{size['width']}")


async def test_letters_of_twice_the_size_still_fit(sqlite_township: Township, phone: Page) -> None:
    await busy_day(sqlite_township)
    await sign_in(phone, sqlite_township, "李红")
    session = await phone.context.new_cdp_session(phone)
    for path in ("/summary", "/devices", "/sign-in"):
        await phone.goto(sqlite_township.url + path)
        await session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
        await no_wider_than_the_screen(phone)
        size = await phone.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
        assert size >= 32
    await picture(phone, "console-large-letters")


async def test_on_paper_stands_what_is_known_and_nothing_to_press(sqlite_township: Township, desk: Page) -> None:
    await busy_day(sqlite_township)
    await sign_in(desk, sqlite_township, "李红")
    await desk.emulate_media(media="print")
    assert await desk.get_by_role("button").filter(visible=True).count() == 0
    assert await desk.get_by_text("13700000002").is_visible()
    await no_wider_than_the_screen(desk)
    await picture(desk, "console-on-paper")


async def test_a_state_is_a_word_and_a_shape_and_red_only_what_is_overdue(
    sqlite_township: Township, desk: Page
) -> None:
    town = sqlite_township
    await busy_day(town)
    await sign_in(desk, town, "李红")
    assert await desk.locator(".urgent").count() == 0
    town.clock.ahead += 9 * 86_400_000
    await sign_in(desk, town, "李红")
    states = desk.locator(".state")
    for number in range(await states.count()):
        state = states.nth(number)
        assert (await state.inner_text()).strip()
        assert await state.locator(".mark").count() == 1
    assert "超期" in await desk.locator(".state.urgent").first.inner_text()
