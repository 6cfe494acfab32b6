"""到期资料: what is due, looked at and erased by the head; the district says how long things are kept."""

from playwright.async_api import Page

from tests.console.workday import browser_of, collect, no_wider_than_the_screen, part, phone_of, press, sign_in, token
from tests.support.chromium import picture
from tests.support.township import Township

DAY = 86_400_000


async def old_draft(town: Township) -> str:
    """An application that was begun and never handed in, older than drafts are kept."""
    wang = await phone_of(town, "王芳")
    home = await town.household(wang, "张大爷")
    form = await wang.new("application")
    await wang.save(form, {"household": home, "item": town.item.hex(), "applicant": "张大爷", "source": "home"})
    await wang.sync()
    town.clock.ahead += 366 * DAY
    return form.record


async def test_the_head_erases_what_is_due_after_looking_at_it(
    sqlite_township: Township, desk: Page, phone: Page
) -> None:
    town = sqlite_township
    await sign_in(desk, town, "李红", "/erasures")
    assert "没有到期的资料" in await desk.locator("main").inner_text()
    record = await old_draft(town)
    await sign_in(desk, town, "李红", "/erasures")
    due = part(desk, "保存期满")
    assert "没有交来的草稿" in await due.inner_text()
    assert "张大爷" in await due.inner_text()
    await press(due.get_by_role("button", name="永久清除所选的"))
    told = await desk.get_by_role("alert").inner_text()
    assert all(said in told for said in ("请勾选要清除的", "请写明理由", "不能恢复"))
    await picture(desk, "console-erasures-refused-desk")
    await desk.locator(f"#r-{record}").check()
    await desk.get_by_label("我知道清除以后不能恢复").check()
    await press(desk.get_by_role("button", name="永久清除所选的"))
    assert "请写明理由" in await desk.get_by_role("alert").inner_text()
    assert await desk.locator(f"#r-{record}").is_checked(), "what was ticked stays"
    assert not await desk.get_by_label("我知道清除以后不能恢复").is_checked(), "and this is asked anew"
    await desk.get_by_label("理由").fill("保存期满")
    await desk.get_by_label("我知道清除以后不能恢复").check()
    await press(desk.get_by_role("button", name="永久清除所选的"))
    assert "已永久清除" in await desk.get_by_role("status").inner_text()
    assert "张大爷" not in await desk.content()
    assert "保存期满" in await part(desk, "已清除").inner_text()
    await picture(desk, "console-erasures-desk")
    await sign_in(phone, town, "李红", "/erasures")
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-erasures-phone")


async def test_what_is_still_going_on_is_not_erased_by_a_made_up_form(sqlite_township: Township) -> None:
    town = sqlite_township
    wang = await phone_of(town, "王芳")
    home = await town.household(wang, "张大爷")
    case = await collect(wang, town, home, "张大爷")
    await wang.command(case, "submit")
    await wang.sync()
    http = await browser_of(town, "李红")
    form = {"csrf": await token(http, "/erasures"), f"record-{home}": "yes", "reason": "想删", "sure": "yes"}
    answer = await http.post("/erasures", data=form)
    assert answer.status_code == 422
    assert "张大爷" in (await http.get(f"/v1/records/household/{home}")).text
    assert (await http.post("/erasures", data={**form, "record-zzz": "yes"})).status_code == 422
    clerk = await browser_of(town, "赵敏")
    refused = await clerk.post("/erasures", data={**form, "csrf": await token(clerk, "/devices")})
    assert refused.status_code == 403


async def test_the_district_sets_how_long_and_never_too_short(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    await sign_in(desk, town, "周区", "/erasures")
    await desk.get_by_label("接待登记").fill("30")
    await press(desk.get_by_role("button", name="保存"))
    assert "不短于" in await desk.get_by_role("alert").inner_text()
    assert await desk.get_by_label("接待登记").input_value() == "30", "what was written stays, to be corrected"
    await desk.get_by_label("接待登记").fill("400")
    await press(desk.get_by_role("button", name="保存"))
    assert await desk.get_by_label("接待登记").input_value() == "400"
    http = await browser_of(town, "李红")
    assert "400 天" in (await http.get("/erasures")).text
    await picture(desk, "console-retention-desk")
