"""查看完整 and 查看记录 at the console, without a script."""

import pytest
from playwright.async_api import Page

from daiban_server.db import schema
from daiban_server.db.program import rows
from tests.console.workday import browser_of, hired, no_wider_than_the_screen, part, phone_of, press, sign_in, token
from tests.privacy.people import ZHANG
from tests.support.chromium import picture
from tests.support.township import Township

OTHER = "612401194912310100"


async def disputed(town: Township) -> str:
    """Two agents wrote 张桂兰's number differently."""
    wang, liu = await phone_of(town, "王芳"), await phone_of(town, "刘强")
    home = await town.household(wang)
    for client in (wang, liu):
        await client.sync()
    await wang.save(await wang.open(home), {"identity_number": ZHANG})
    await liu.save(await liu.open(home), {"identity_number": OTHER})
    for client in (wang, liu, wang):
        await client.sync()
    return home


async def test_a_clerk_compares_masks_and_is_shown_the_numbers_for_a_reason(
    sqlite_township: Township, desk: Page
) -> None:
    town = sqlite_township
    await disputed(town)
    await sign_in(desk, town, "赵敏")
    section = part(desk, "填写不一致")
    told = await section.inner_text()
    places = [n for n in range(1, 19) if ZHANG[n - 1] != OTHER[n - 1]]
    assert f"在第 {'、'.join(map(str, places))} 位不同" in told
    assert ZHANG not in await desk.content()
    await picture(desk, "privacy-dispute")
    await press(section.get_by_role("link", name="查看完整"))
    assert "张*兰" in await desk.inner_text("main")
    await press(desk.get_by_role("button", name="查看"))
    assert "没有写明查看理由" in await desk.get_by_role("alert").inner_text()
    await picture(desk, "privacy-reveal")
    await desk.get_by_label("查看理由").select_option("处理填写不一致")
    await desk.get_by_label("补充说明").fill("电话里核对")
    await press(desk.get_by_role("button", name="查看"))
    shown = await desk.inner_text("main")
    assert ZHANG in shown
    assert OTHER in shown
    assert "王芳" in shown
    await picture(desk, "privacy-revealed")
    await no_wider_than_the_screen(desk)


async def test_the_auditor_sees_who_looked_and_why_and_nothing_else(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    home = await disputed(town)
    await sign_in(desk, town, "冯审")
    assert desk.url.endswith("/audit"), "he has no other page"
    assert "还没有记录" in await desk.inner_text("main")
    assert await desk.get_by_role("link", name="今日情况").count() == 0
    clerk = await town.signed_in("赵敏")
    for reason, note in (("compare", ""), ("other", "家属要求")):
        body = {"field": "identity_number", "reason": reason, "note": note}
        assert (await clerk.post(f"/v1/records/{home}/reveal", json=body)).status_code == 200
    await desk.reload()
    told = await part(desk, "最近的在前").inner_text()
    for words in (
        "赵敏",
        "查看完整号码",
        "户主身份证号（家庭 张*兰）",
        "其他：家属要求",
        "与原件核对",
        "建民办事处",
        "第 2 条",
    ):
        assert words in told
    assert ZHANG not in await desk.content()
    await picture(desk, "privacy-audit")
    await press(desk.get_by_role("link", name="核对记录是否完整"))
    assert "记录完整" in await desk.get_by_role("status").inner_text()
    await desk.get_by_label("操作").select_option("停用手机")
    await press(desk.get_by_role("button", name="筛选"))
    assert "没有符合的记录" in await desk.inner_text("main")
    harm = schema.audit.delete().where(schema.audit.c.number == 1)
    await town.services.database.write("harm", lambda: rows(harm))
    await desk.goto(f"{town.url}/audit?check=1")
    assert "建民办事处 从第 1 条起对不上" in await desk.get_by_role("alert").inner_text()
    await picture(desk, "privacy-audit-broken")
    for path in ("/summary", "/devices"):
        answer = await desk.goto(town.url + path)
        assert answer is not None
        assert answer.status == 403, path


async def test_a_head_reads_the_audit_of_his_own_centre_on_a_phone(sqlite_township: Township, phone: Page) -> None:
    town = sqlite_township
    home = await disputed(town)
    clerk = await town.signed_in("赵敏")
    body = {"field": "identity_number", "reason": "resident"}
    await clerk.post(f"/v1/records/{home}/reveal", json=body)
    await sign_in(phone, town, "李红", "/audit")
    assert "本人或监护人查询" in await phone.inner_text("main")
    assert await phone.get_by_label("中心").count() == 0
    await no_wider_than_the_screen(phone)
    await picture(phone, "privacy-audit-phone")


async def test_the_form_wants_the_sessions_token_and_a_reason(sqlite_township: Township) -> None:
    town = sqlite_township
    home = await disputed(town)
    http = await browser_of(town, "赵敏")
    csrf = await token(http)
    form = {"field": "identity_number", "reason": "compare", "csrf": csrf}
    wrong = await http.post(f"/reveal/{home}", data={**form, "csrf": "x"})
    assert (wrong.status_code, ZHANG in wrong.text) == (403, False)
    none = await http.post(f"/reveal/{home}", data={**form, "reason": ""})
    assert (none.status_code, ZHANG in none.text) == (422, False)
    shown = await http.post(f"/reveal/{home}", data=form)
    assert (shown.status_code, ZHANG in shown.text) == (200, True)
    assert shown.headers["cache-control"] == "no-store"
    for path in (f"/reveal/{home}?field=head", f"/reveal/{'0' * 32}?field=identity_number", "/reveal/x?field=y"):
        assert (await http.get(path)).status_code == 404, path


@pytest.mark.parametrize("name", ["孙亮", "吴镇", "周区"])
async def test_who_may_not_be_shown_numbers_finds_no_way_to_them(sqlite_township: Township, name: str) -> None:
    home = await disputed(sqlite_township)
    http = await browser_of(sqlite_township, name)
    assert "查看完整" not in (await http.get("/summary")).text
    assert (await http.get(f"/reveal/{home}?field=identity_number")).status_code == 403
    assert (await http.get("/audit")).status_code == 403


async def test_the_district_takes_on_an_auditor(sqlite_township: Township) -> None:
    district, head = await sqlite_township.signed_in("周区"), await sqlite_township.signed_in("李红")
    wanted = {"name": "秦审", "role": "auditor"}
    made = await district.post("/v1/people", json=wanted)
    assert made.status_code == 201
    async with sqlite_township.stranger() as http:
        door = await http.post("/sign-in", data={"login": "秦审", "password": made.json()["password"]})
        # A password that somebody else gave is changed first; then the one page that an auditor has.
        assert door.headers["location"].endswith("next=%2Faudit")
    assert (await head.post("/v1/people", json=wanted)).json()["code"] == "person.role"


async def test_who_gives_another_password_is_in_the_audit(sqlite_township: Township) -> None:
    town = sqlite_township
    somebody = await hired(town, "钱进", "clerk")
    head = await town.signed_in("李红")
    assert (await head.post(f"/v1/people/{somebody.hex()}/password")).status_code == 200
    (line,) = (await head.get("/v1/audit")).json()["lines"]
    assert (line["label"], line["name"], line["subject"], line["told"]) == (
        "重置密码",
        "李红",
        somebody.hex(),
        "账号 钱进",
    )
