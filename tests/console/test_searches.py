"""存下的查找: a clerk keeps what she looks for every day, sees how much there is, and lets the list open with it."""

import datetime

import pytest
from playwright.async_api import Page
from sqlalchemy import select, update

from daiban_server.db import schema
from daiban_server.db.program import rows, run
from daiban_server.limits.calendar import local_day
from tests.console.test_cases import handed_in
from tests.console.workday import browser_of, no_wider_than_the_screen, press, sign_in, token
from tests.support.chromium import picture
from tests.support.raw_device import code_of as problem
from tests.support.township import Township


async def test_a_clerk_keeps_a_search_and_begins_her_day_with_it(
    sqlite_township: Township, desk: Page, phone: Page
) -> None:
    town = sqlite_township
    await handed_in(town, "张桂兰", "欧阳青山", "欧阳小妹")
    await sign_in(desk, town, "赵敏", "/cases")
    row = desk.get_by_role("navigation", name="常用条件")
    assert await row.get_by_role("link").all_inner_texts() == ["全部", "今日到期", "已超期", "我经办的", "等补正"]
    await desk.get_by_label("查找", exact=True).press_sequentially("ouyang")
    await desk.locator("main summary", has_text="保存这个查找").click()
    assert await desk.get_by_label("叫什么").input_value() == "ouyang"
    await desk.get_by_label("叫什么").fill("等补正")
    await press(desk.get_by_role("button", name="保存", exact=True))
    assert "已有一个查找叫这个名字" in await desk.get_by_role("alert").inner_text()
    assert await desk.get_by_label("查找", exact=True).input_value() == "ouyang"
    await picture(desk, "console-searches-wrong-desk")
    await desk.get_by_label("叫什么").fill("欧阳家")
    await press(desk.get_by_role("button", name="保存", exact=True))
    assert "查找存好了" in await desk.get_by_role("status").inner_text()
    kept = row.get_by_role("link", name="欧阳家")
    assert (await kept.inner_text()).split() == ["欧阳家2"]
    assert await kept.get_attribute("aria-current") == "true"
    await desk.locator("main summary", has_text="整理查找").click()
    await picture(desk, "console-searches-desk")
    await press(desk.get_by_role("button", name="打开时先看：欧阳家"))
    await press(desk.get_by_role("link", name="办件", exact=True))
    assert "q=ouyang" in desk.url
    assert await desk.get_by_role("row").count() == 3
    await press(row.get_by_role("link", name="全部"))
    assert await desk.get_by_role("row").count() == 4
    await desk.locator("main summary", has_text="整理查找").click()
    await desk.get_by_label("名字").fill("欧阳一家")
    await press(desk.get_by_role("button", name="改名"))
    assert await row.get_by_role("link", name="欧阳一家").count() == 1
    await desk.locator("main summary", has_text="整理查找").click()
    await press(desk.get_by_role("button", name="删掉：欧阳一家"))
    assert await row.get_by_role("link").count() == 5
    await sign_in(phone, town, "孙亮", "/cases")
    assert await phone.get_by_role("row").count() == 4, "another's list opens as it always did"
    await phone.locator("main summary", has_text="整理查找").click()
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-searches-phone")


async def test_what_is_kept_finds_what_it_says(sqlite_township: Township) -> None:
    """今日到期 is what is due today, neither late nor tomorrow's; 我经办的 is whoever looks."""
    town = sqlite_township
    [today, late, later] = await handed_in(town, "今天", "过期", "后天")
    for case, day in ((today, 0), (late, -1), (later, 1)):
        await due(town, case, day)
    http = await browser_of(town, "赵敏")
    form = {"csrf": await token(http, f"/cases/{later}")}
    assert (await http.post(f"/cases/{later}/commands/receive", data=form)).status_code == 303
    await due(town, later, 1)
    counts = {one["name"]: one["count"] for one in (await http.get("/v1/searches")).json()}
    assert counts == {"今日到期": 1, "已超期": 1, "我经办的": 1, "等补正": 0}
    mine = (await http.get("/cases?who=me")).text
    assert "后天" in mine
    assert "过期</span>" not in mine
    assert {one["name"]: one["count"] for one in (await (await browser_of(town, "李红")).get("/v1/searches")).json()}[
        "我经办的"
    ] == 0


async def test_without_a_script_it_all_works_and_is_ones_own(sqlite_township: Township) -> None:
    town = sqlite_township
    zhao, li = await browser_of(town, "赵敏"), await browser_of(town, "李红")
    form = {"csrf": await token(zhao, "/cases")}
    kept = await zhao.post("/cases/searches", data={**form, "name": "低保", "q": "低保", "due": "week"})
    assert kept.headers["location"] == "/cases?q=%E4%BD%8E%E4%BF%9D&due=week&said=search-kept"
    key = (await zhao.get("/v1/searches")).json()[-1]["key"]
    assert "低保" not in str((await li.get("/v1/searches")).json())
    others = {"csrf": await token(li, "/cases"), "act": "remove"}
    assert (await li.post(f"/cases/searches/{key}", data=others)).status_code == 404
    assert (await li.delete(f"/v1/searches/{key}", headers={"X-CSRF-Token": others["csrf"]})).status_code == 404
    assert len((await zhao.get("/v1/searches")).json()) == 5
    assert (await zhao.post("/cases/searches/over", data={**form, "act": "remove"})).status_code == 404
    assert (await zhao.post(f"/cases/searches/{key}", data={**form, "act": "fly"})).status_code == 400
    await zhao.post("/cases/searches/over", data={**form, "act": "open"})
    assert (await zhao.get("/cases")).headers["location"] == "/cases?due=over"
    await zhao.post(f"/cases/searches/{key}", data={**form, "act": "open"})
    assert "due=week" in (await zhao.get("/cases")).headers["location"]
    await zhao.post(f"/cases/searches/{key}", data={**form, "act": "close"})
    assert (await zhao.get("/cases")).status_code == 200


@pytest.mark.parametrize(
    ("name", "search", "code"),
    [
        ("", {"q": "a"}, "search.name"),
        ("字" * 21, {"q": "a"}, "search.name"),
        ("全部", {}, "search.empty"),
        ("已超期", {"q": "a"}, "search.taken"),
        ("长", {"q": "a" * 101}, "request.invalid"),
        ("零", {"q": "\x00"}, "request.invalid"),
        ("何时", {"due": "someday"}, "request.invalid"),
        ("别的", {"owner": "x"}, "request.invalid"),
    ],
)
async def test_what_is_no_search_is_not_kept(
    sqlite_township: Township, name: str, search: dict[str, str], code: str
) -> None:
    http = await sqlite_township.signed_in("赵敏")
    answer = await http.post("/v1/searches", json={"name": name, "search": search})
    assert problem(answer) == code
    assert len((await http.get("/v1/searches")).json()) == 4


async def test_a_person_keeps_twelve(township: Township) -> None:
    http = await township.signed_in("赵敏")
    for n in range(12):
        assert (await http.post("/v1/searches", json={"name": f"第{n}个", "search": {"q": f"{n}"}})).status_code == 201
    more = await http.post("/v1/searches", json={"name": "多的", "search": {"q": "多"}})
    assert problem(more) == "search.too_many"
    [*_, last] = (await http.get("/v1/searches")).json()
    assert (await http.patch(f"/v1/searches/{last['key']}", json={"name": "最后", "opens": True})).status_code == 204
    assert [one["name"] for one in (await http.get("/v1/searches")).json() if one["opens"]] == ["最后"]
    assert (await http.delete(f"/v1/searches/{last['key']}")).status_code == 204
    kept = await township.services.database.read(rows(select(schema.kept_search.c.name)))
    assert len(kept) == 11


async def due(town: Township, case: str, days: int) -> None:
    """Let a case be due so many days from today."""
    day = (local_day(town.clock()) + datetime.timedelta(days=days)).isoformat()
    limit = schema.deadline
    moved = update(limit).where(limit.c.case == bytes.fromhex(case)).values(due=day)
    await town.services.database.write("test", lambda: run(moved))
