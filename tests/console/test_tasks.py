"""待办: what came up goes from hand to hand, each knows whose it is, and what was done stands beside it."""

import re

from playwright.async_api import Browser, Page

from daiban_server import todo
from daiban_server.db.program import Program
from tests.console.workday import (
    browser_of,
    hired,
    main_of,
    no_wider_than_the_screen,
    part,
    phone_of,
    press,
    set_clock,
    sign_in,
    token,
)
from tests.support.chromium import DESK, PHONE, looked_at, picture
from tests.support.township import Township


async def came_up(town: Township) -> str:
    """A phone's report fits no state any more, so the head has a task; gives its id."""
    set_clock(town, 9)
    wang = await phone_of(town, "王芳")
    household = await town.household(wang)
    form = await wang.new("visit")
    await wang.save(form, {"household": household, "purpose": "送社保卡"})
    for _ in range(2):
        await wang.report(form.record, "finished", {"outcome": "done"})
    await wang.sync()
    (task,) = (await (await town.signed_in("李红")).get("/v1/tasks")).json()
    assert task["person"] == "李红"
    return str(task["id"])


def retention_due(town: Township) -> Program[None]:
    """Something of the centre's was kept as long as it may be."""
    yield from todo.for_head(town.centre, town.centre, "retention.due", "retention", town.clock())


async def hand_over(page: Page, to: str, text: str) -> None:
    await page.get_by_label("交给谁").select_option(label=to)
    await page.get_by_label("请他做什么").fill(text)
    await press(page.get_by_role("button", name="交给他"))


async def test_a_task_is_handed_over_taken_back_done_and_undone(sqlite_township: Township, chromium: Browser) -> None:
    town = sqlite_township
    await came_up(town)
    async with looked_at(chromium, DESK) as head, looked_at(chromium, PHONE) as clerk:
        await sign_in(head, town, "李红", "/tasks")
        assert "上门办理报来“已办完”" in await part(head, "您要办的").inner_text()
        await press(head.get_by_role("link", name="去办"))
        await press(head.get_by_role("button", name="交给他"))
        assert "请选一位同事" in await head.get_by_role("alert").inner_text()
        await hand_over(head, "赵敏（窗口）", "请打电话问王芳，是不是同一次上门")
        assert "已交给他" in await head.get_by_role("status").inner_text()
        await picture(head, "console-task-desk")
        await sign_in(clerk, town, "赵敏")
        assert "请打电话问王芳" in await part(clerk, "待办").inner_text()
        await press(part(clerk, "待办").get_by_role("link", name="去办"))
        await no_wider_than_the_screen(clerk)
        assert await clerk.get_by_role("button", name="收回").count() == 0, "it was handed to her, not by her"
        await picture(clerk, "console-task-phone")
        await press(head.get_by_role("button", name="收回"))
        assert "现在归您办" in await head.get_by_role("status").inner_text()
        await hand_over(head, "赵敏（窗口）", "还是请你问")
        await clerk.reload()
        await press(clerk.get_by_role("button", name="记为办完"))
        assert "办了什么" in await clerk.get_by_role("alert").inner_text()
        await clerk.get_by_label("办了什么").fill("问过了，是同一次，她点了两下")
        await press(clerk.get_by_role("button", name="记为办完"))
        assert "已记为办完" in await clerk.get_by_role("status").inner_text()
        assert "没有等您办的" in await part(clerk, "您要办的").inner_text()
        assert "她点了两下" in await part(clerk, "近 30 天办完的").inner_text()
        await no_wider_than_the_screen(clerk)
        await picture(clerk, "console-tasks-phone")
        await press(clerk.get_by_role("link", name="看经过"))
        story = await part(clerk, "经过").inner_text()
        assert re.findall("办完了|交给同事|收回", story) == [
            "办完了",
            "交给同事",
            "收回",
            "交给同事",
        ]
        await press(clerk.get_by_role("button", name="撤回办完"))
        assert "又列出来了" in await clerk.get_by_role("status").inner_text()
        await head.goto(f"{town.url}/tasks")
        assert "请 赵敏 看" in await part(head, "同事的和没有定人的").inner_text()
        await picture(head, "console-tasks-desk")
        await head.goto(f"{town.url}/language/en?next=/tasks")
        await picture(head, "console-tasks-english")


async def test_who_gets_a_task_is_told_and_who_does_not_see_tasks_gets_none(sqlite_township: Township) -> None:
    town = sqlite_township
    task = await came_up(town)
    head, clerk = await town.signed_in("李红"), await town.signed_in("赵敏")
    wrong = {"孙亮": "task.not_for_them", "周区": "person.unknown"}
    for name, code in wrong.items():
        given = {"to": town.people[name].hex(), "text": "请看看"}
        assert (await head.post(f"/v1/tasks/{task}/hand", json=given)).json()["code"] == code
    blank = {"to": town.people["赵敏"].hex(), "text": "  "}
    for nothing in ("  ", "\u200b\u2060"):
        assert (await head.post(f"/v1/tasks/{task}/hand", json={**blank, "text": nothing})).status_code == 400
    assert (await head.get(f"/v1/tasks/{task}")).json()["acts"] == [], "nothing that was refused left anything"
    assert (await head.post(f"/v1/tasks/{task}/hand", json={**blank, "text": "请看看"})).status_code == 204
    told = [one["text"] for one in (await clerk.get("/v1/messages")).json() if one["code"] == "task.handed"]
    assert told == ["李红交给您一件待办：请看看"]


async def test_a_task_leads_only_to_what_one_may_open(sqlite_township: Township) -> None:
    town = sqlite_township
    await town.services.database.write(town.centre, lambda: retention_due(town))
    (task,) = (await (await town.signed_in("李红")).get("/v1/tasks")).json()
    for name, status in (("李红", 200), ("赵敏", 403)):
        http = await browser_of(town, name)
        page = main_of(await http.get(f"/tasks/{task['id']}"))
        assert (await http.get("/erasures")).status_code == status
        assert ('href="/erasures"' in page) == (status == 200), name


async def test_only_who_gave_it_away_or_the_head_takes_a_task_back(sqlite_township: Township) -> None:
    town = sqlite_township
    task = await came_up(town)
    await hired(town, "钱进", "clerk")
    head, clerk = await town.signed_in("李红"), await town.signed_in("赵敏")
    third = await town.signed_in("钱进")
    assert (await head.post(f"/v1/tasks/{task}/take-back")).json()["code"] == "task.not_handed"
    assert (
        await head.post(f"/v1/tasks/{task}/hand", json={"to": town.people["赵敏"].hex(), "text": "问问"})
    ).is_success
    assert (await third.post(f"/v1/tasks/{task}/take-back")).json()["code"] == "task.not_handed"
    (kept,) = (await clerk.get("/v1/tasks")).json()
    assert kept["person"] == "赵敏"
    assert (await head.post(f"/v1/tasks/{task}/take-back")).status_code == 204


async def test_what_is_done_is_done_once_and_undone_once(sqlite_township: Township) -> None:
    town = sqlite_township
    task = await came_up(town)
    head = await town.signed_in("李红")
    assert (await head.post(f"/v1/tasks/{task}/undo")).json()["code"] == "task.open"
    assert (await head.post(f"/v1/tasks/{task}/done", json={"text": "看过了"})).status_code == 204
    assert (await head.post(f"/v1/tasks/{task}/done")).json()["code"] == "task.over"
    (done,) = (await head.get("/v1/tasks?closed=true")).json()
    assert [(one["act"], one["by"], one["text"]) for one in done["acts"]] == [("done", "李红", "看过了")]
    assert (await head.post(f"/v1/tasks/{task}/undo")).status_code == 204
    assert [one["id"] for one in (await head.get("/v1/tasks")).json()] == [task]


async def test_a_case_may_be_given_to_a_colleague_as_a_task(sqlite_township: Township) -> None:
    town = sqlite_township
    wang = await phone_of(town, "王芳")
    home = await town.household(wang)
    await wang.sync()
    clerk = await town.signed_in("赵敏")
    asked = {"record": home, "to": town.people["李红"].hex(), "text": "这户的地址对吗"}
    made = await clerk.post("/v1/tasks", json=asked)
    assert made.status_code == 201, made.text
    unknown = {**asked, "record": "0" * 32}
    assert (await clerk.post("/v1/tasks", json=unknown)).json()["code"] == "record.unknown"
    page = main_of(await (await browser_of(town, "李红")).get(f"/tasks/{made.json()['id']}"))
    assert "这户的地址对吗" in page and f"/households/{home}" in page


async def test_a_centre_without_tasks_says_what_they_are(sqlite_township: Township) -> None:
    http = await browser_of(sqlite_township, "赵敏")
    page = main_of(await http.get("/tasks"))
    assert "没有等您办的" in page and "同事的" not in page
    assert (await http.get("/tasks/" + "0" * 32)).status_code == 404
    missing = {"csrf": await token(http), "text": "看过"}
    assert (await http.post("/tasks/" + "0" * 32 + "/steal", data=missing)).status_code == 404
