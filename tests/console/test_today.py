"""现在要办的: a morning at Today with one of each that waits, in order, each done by a key or a tap."""

import re
from typing import NamedTuple

from playwright.async_api import Browser, Page, expect

from tests.console.test_cases import handed_in
from tests.console.test_planning import run_of, waiting
from tests.console.workday import (
    browser_of,
    collect,
    hired,
    main_of,
    no_wider_than_the_screen,
    phone_of,
    press,
    second_centre,
    set_clock,
    sign_in,
    token,
    two_phone_numbers,
)
from tests.support.chromium import DESK, PHONE, looked_at, picture
from tests.support.phones import phone_in
from tests.support.township import Township

ORDER = [
    *("一次性告知 张桂兰", "办结 周大爷", "定下来 张桂兰", "写回复 张桂兰", "打电话告知 何秀英"),
    *("打电话 刘强", "打电话 王芳", "受理 陈福来", "一次性告知 何秀英", "一次性告知 李大山"),
]
"""Overdue, due today, differing, a reply owed, a visit moved, silent phones, papers returned, notices due."""


class Waits(NamedTuple):
    """The cases of the morning, by applicant."""

    cases: dict[str, str]


async def morning(town: Township) -> Waits:
    """Everything that can wait, waits: what lay eight days, and what came yesterday and this morning."""
    set_clock(town, 9)
    wang, liu = await phone_of(town, "王芳"), await phone_of(town, "刘强")
    form = await wang.new("household")
    home = {"place": town.qingshan.hex(), "head": "张桂兰", "cadre": town.people["孙亮"].hex()}
    await wang.save(form, home)
    late = await collect(wang, town, form.record, "张桂兰", phone="13700000000", **{"answers.reason": "到龄申领"})
    await wang.command(late, "submit")
    await wang.sync()
    await two_phone_numbers(town, wang, liu, form.record)
    set_clock(town, 9, days=6)
    names = ("周大爷", "陈福来", "李大山")
    cases = {"张桂兰": late, **dict(zip(names, await handed_in(town, *names), strict=True))}
    clerk = await town.signed_in("赵敏")

    async def act(name: str, command: str, **arguments: object) -> None:
        path = f"/v1/records/application/{cases[name]}/commands/{command}"
        answer = await clerk.post(path, json={"arguments": arguments})
        assert answer.status_code == 200, answer.text

    await act("周大爷", "accept", days=0)
    await act("陈福来", "receive")
    await act("陈福来", "notify", missing=[{"name": "户口簿"}])
    await act("陈福来", "complement")
    await waiting(town, "何秀英")
    http = await browser_of(town, "李红")
    csrf = await token(http)
    run = await run_of(http, csrf)
    assert (await http.post(f"{run}/commit", data={"csrf": csrf})).status_code == 303
    return Waits(cases)


async def acts(page: Page) -> list[str]:
    """What is listed: the act and whose it is."""
    found = await page.locator(".now-act").all_inner_texts()
    return [re.sub(r"^\d ?", "", " ".join(one.split())).replace(" ：", " ").replace("：", " ") for one in found]


async def test_a_morning_is_worked_by_the_keyboard_alone(sqlite_township: Township, chromium: Browser) -> None:
    town = sqlite_township
    waits = await morning(town)
    async with looked_at(chromium, DESK) as desk:
        await sign_in(desk, town, "赵敏")
        listed = await acts(desk)
        assert [*listed[:5], *sorted(listed[5:7]), listed[7], *sorted(listed[8:])] == ORDER
        assert await desk.locator(".keycap:visible").count() == 10, "nine lines and the help"
        await no_wider_than_the_screen(desk)
        await picture(desk, "console-now-desk")
        await desk.keyboard.press("1")
        await desk.wait_for_url(f"**/cases/{waits.cases['张桂兰']}?act=notify*")
        await expect(desk.get_by_label("缺的材料")).to_be_visible()
        await picture(desk, "console-now-act-desk")
        await desk.keyboard.press("Tab")
        await desk.keyboard.press("Tab")
        await desk.keyboard.type("户口簿")
        for _ in range(3):
            await desk.keyboard.press("Tab")
        await desk.keyboard.press("Enter")
        await expect(desk.get_by_role("status")).to_contain_text("已办好")
        await desk.goto(f"{town.url}/summary")
        left = [one for one in listed if one != "一次性告知 张桂兰"]
        # Two phones that fell silent in the same second stand in either order.
        assert sorted(one for one in await acts(desk) if one in left) == sorted(left)
        own = desk.locator("form.dispute input[type=text]").last
        await own.focus()
        await desk.keyboard.type("13?")
        assert await own.input_value() == "13?", "keys belong to whoever writes"
        assert desk.url == f"{town.url}/summary"
        await own.fill("")
        await desk.reload()
        at = (await acts(desk)).index("定下来 张桂兰")
        for _ in range(at + 2):
            await desk.keyboard.press("j")
        await desk.keyboard.press("k")
        await desk.keyboard.press("Enter")
        await expect(desk.locator("form.dispute input[type=radio]:focus")).to_have_count(1)
        await desk.keyboard.press("Space")
        async with desk.expect_navigation():
            await desk.keyboard.press("Enter")
        await expect(desk.get_by_role("status")).to_contain_text("已定下")
        assert "定下来 张桂兰" not in await acts(desk)
        at = (await acts(desk)).index("打电话告知 何秀英")
        await desk.keyboard.press(str(at + 1))
        await desk.wait_for_url("**/visits/*#tell")
        await expect(desk.get_by_role("button", name="住户已同意")).to_be_in_viewport()
    async with looked_at(chromium, PHONE) as phone:
        await sign_in(phone, town, "赵敏")
        assert await phone.locator(".keycap:visible").count() == 0, "a thumb has no use for them"
        await no_wider_than_the_screen(phone)
        await picture(phone, "console-now-phone")
        await press(phone.locator(".now-act", has_text="受理"))
        await expect(phone.get_by_role("button", name="受理", exact=True)).to_be_visible()


async def test_each_sees_what_is_for_him_to_do(sqlite_township: Township) -> None:
    town = sqlite_township
    await morning(town)
    leader = main_of(await (await browser_of(town, "吴镇")).get("/summary")).partition('id="now"')[2]
    leader = leader.partition("</section>")[0]
    assert "看这件" in leader and "张桂兰" in leader and "act=" not in leader
    assert "王芳的手机" not in leader and "打电话告知" not in leader
    cadre = main_of(await (await browser_of(town, "孙亮")).get("/summary")).partition('id="now"')[2]
    cadre = cadre.partition("</section>")[0]
    assert "写回复" in cadre and "王芳的手机" not in cadre and "act=" not in cadre
    fresh = await town.clients.enter_async_context(phone_in(town.folder / "新手机", town.clock))
    await fresh.enrol(await town.code_for("刘强"), "新手机")
    head = main_of(await (await browser_of(town, "李红")).get("/summary")).partition('id="now"')[2]
    assert "核对并审核" in head.partition("</section>")[0]
    await second_centre(town)
    district = main_of(await (await browser_of(town, "周区")).get("/summary"))
    pressing = district.partition('id="now"')[2].partition("</section>")[0]
    assert "超期 2 件" in pressing and "办件 1 件" in pressing and "没回复 1 次" in pressing
    assert "tel:0915-3212345" in pressing
    assert "江北镇" not in pressing, "nothing is over there"
    assert "张桂兰" not in district


async def test_of_each_sort_a_few_are_listed_and_the_rest_are_counted(sqlite_township: Township) -> None:
    town = sqlite_township
    await handed_in(town, "张一", "张二", "张三", "张四", "张五", "张六")
    page = main_of(await (await browser_of(town, "赵敏")).get("/summary"))
    assert page.count('class="button second-rank now-act"') == 4
    assert "待告知 2 件" in page
    set_clock(town, 9, days=4)
    page = main_of(await (await browser_of(town, "赵敏")).get("/summary"))
    assert "已超期 2 件" in page
    # Whatever limit it is that is over: the list means the same.
    found = main_of(await (await browser_of(town, "赵敏")).get("/cases?due=over"))
    assert found.count('<th scope="row">') == 6
    assert found.count("一次性告知时限") == found.count("已超期 ") == 6


async def test_nothing_of_another_centre_waits_here(sqlite_township: Township) -> None:
    town = sqlite_township
    await handed_in(town, "张桂兰")
    await hired(town, "贾邻居", "clerk", await second_centre(town))
    for name, waits in (("赵敏", True), ("贾邻居", False)):
        page = main_of(await (await browser_of(town, name)).get("/summary")).partition("</section>")[0]
        assert ("一次性告知" in page) == waits
        assert ("现在没有要办的" in page) != waits
