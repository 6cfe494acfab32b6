"""办件: a clerk finds a case among others, does what may be done now, and sees why the rest may not."""

from playwright.async_api import Page

from tests.console.workday import (
    browser_of,
    collect,
    hired,
    no_wider_than_the_screen,
    part,
    phone_of,
    press,
    second_centre,
    set_clock,
    sign_in,
    token,
    two_phone_numbers,
)
from tests.support.chromium import picture
from tests.support.township import Township


async def handed_in(town: Township, *applicants: str) -> list[str]:
    """Applications of these people, submitted from 王芳's phone; gives their ids."""
    set_clock(town, 9)
    wang = await phone_of(town, "王芳")
    cases = []
    for name in applicants:
        home = await town.household(wang, name)
        case = await collect(wang, town, home, name, phone="13700000000", **{"answers.reason": "到龄申领"})
        await wang.command(case, "submit")
        cases.append(case)
    await wang.sync()
    return cases


async def test_a_clerk_finds_a_case_by_pinyin_and_brings_it_to_its_promise(
    sqlite_township: Township, desk: Page, phone: Page
) -> None:
    town = sqlite_township
    await handed_in(town, "张桂兰", "欧阳青山")
    await sign_in(desk, town, "赵敏", "/cases")
    assert await desk.get_by_role("row").count() == 3
    await picture(desk, "console-cases-desk")
    await desk.get_by_label("查找").press_sequentially("ouyang")
    await desk.wait_for_url("**/cases?q=ouyang**")
    assert await desk.get_by_role("row").count() == 2
    await press(desk.get_by_role("row").nth(1).get_by_role("link"))
    story = part(desk, "办理经过")
    assert "提交" in await story.inner_text()
    acts = part(desk, "现在可以办")
    await desk.locator("main").get_by_text("还不能办的，为什么").click()
    assert "办结" in await acts.locator(".barred").inner_text()
    await acts.locator("summary", has_text="收件登记").click()
    await press(acts.get_by_role("button", name="收件登记"))
    assert "已办好" in await desk.get_by_role("status").inner_text()
    acts = part(desk, "现在可以办")
    await acts.locator("summary", has_text="一次性告知").click()
    await press(acts.get_by_role("button", name="一次性告知"))
    assert "请填写“缺的材料”" in await desk.get_by_role("alert").inner_text()
    await desk.get_by_label("缺的材料").fill("户口簿：要全本\n身份证")
    await desk.get_by_label("几天内补齐").fill("十天")
    await press(desk.get_by_role("button", name="一次性告知"))
    assert "要是 1 到 60 的整数" in await desk.locator(".field.wrong").inner_text()
    assert await desk.get_by_label("缺的材料").input_value() == "户口簿：要全本\n身份证"
    await picture(desk, "console-case-wrong-desk")
    await desk.get_by_label("几天内补齐").fill("10")
    await press(desk.get_by_role("button", name="一次性告知"))
    assert "待补正" in await desk.locator("h1").inner_text()
    acts = part(desk, "现在可以办")
    await acts.locator("summary", has_text="补正收齐").click()
    await press(acts.get_by_role("button", name="补正收齐"))
    acts = part(desk, "现在可以办")
    await acts.locator("summary").get_by_text("受理", exact=True).click()
    await press(acts.get_by_role("button", name="受理", exact=True))
    assert "已受理" in await desk.locator("h1").inner_text()
    assert "个工作日" in await part(desk, "期限").inner_text()
    await picture(desk, "console-case-desk")
    await sign_in(phone, town, "孙亮", "/cases?q=oyqs")
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-cases-phone")
    await press(phone.get_by_role("row").nth(1).get_by_role("link"))
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-case-phone")


async def test_a_case_that_moved_on_since_the_page_was_shown_is_not_moved_twice(sqlite_township: Township) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    http = await browser_of(town, "赵敏")
    page = await http.get(f"/cases/{case}")
    assert page.status_code == 200
    version = page.text.split('name="expected" value="')[1].split('"')[0]
    form = {"csrf": await token(http, f"/cases/{case}"), "expected": version}
    assert (await http.post(f"/cases/{case}/commands/receive", data=form)).status_code == 303
    late = await http.post(f"/cases/{case}/commands/withdraw", data={**form, "reason": "不办了"})
    assert late.status_code == 422
    assert 'class="errors"' in late.text
    assert "不办了" in late.text, "what was written is not lost"
    assert "已收件" in (await http.get(f"/cases/{case}")).text


async def test_no_case_of_another_centre_is_shown_or_moved(sqlite_township: Township) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    other = await second_centre(town)
    town.people["外人"] = await hired(town, "外人", "clerk", other)
    http = await browser_of(town, "外人")
    assert "张桂兰" not in (await http.get("/cases")).text
    assert (await http.get(f"/cases/{case}")).status_code == 404
    form = {"csrf": await token(http, "/cases"), "reason": "外人"}
    assert (await http.post(f"/cases/{case}/commands/withdraw", data=form)).status_code in (404, 422)
    clerk = await browser_of(town, "赵敏")
    assert "申请人撤回</b>" not in (await clerk.get(f"/cases/{case}")).text
    for address in ("/cases/xyz", "/cases/" + "0" * 32):
        assert (await clerk.get(address)).status_code == 404
    assert (await clerk.post(f"/cases/{case}/commands/fly", data={"csrf": await token(clerk)})).status_code == 404


async def test_a_list_without_cases_says_what_will_stand_there(sqlite_township: Township) -> None:
    http = await browser_of(sqlite_township, "赵敏")
    assert "还没有办件" in (await http.get("/cases")).text
    assert "没有符合的办件" in (await http.get("/cases?q=%25_\\&due=x&state=%00")).text
    assert "没有第 99999 页" in (await http.get("/cases?q=%25_\\&page=99999")).text
    assert (await http.get("/cases?page=-3")).status_code == 200


async def test_two_numbers_are_settled_on_the_page_of_the_case(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    wang, liu = await phone_of(town, "王芳"), await phone_of(town, "刘强")
    await two_phone_numbers(town, wang, liu, case)
    await sign_in(desk, town, "赵敏", f"/cases/{case}")
    section = part(desk, "填写不一致")
    assert "联系电话有 2 种写法" in await section.inner_text()
    await press(section.get_by_role("button", name="就这么定"))
    assert "请选一种写法" in await desk.get_by_role("alert").inner_text()
    assert desk.url.endswith(f"/disputes/{case}")
    await picture(desk, "console-case-dispute-desk")
    await part(desk, "填写不一致").get_by_role("radio", name="13700000002").check()
    await press(desk.get_by_role("button", name="就这么定"))
    assert desk.url.startswith(f"{town.url}/cases/{case}")
    assert "已定下" in await desk.get_by_role("status").inner_text()
    assert "13700000002" in await part(desk, "申请内容").inner_text()
