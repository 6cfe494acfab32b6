"""意见评价: a bad rating is called about and answered, the resident reads it, and nobody answers for himself."""

from typing import Any

from playwright.async_api import Browser, Page

from daiban_schemas.slip import code_of
from tests.affairs.test_open_affairs import DONE, case_of, secret
from tests.console.test_openly import code_of_centre
from tests.console.workday import browser_of, main_of, no_wider_than_the_screen, part, press, sign_in, token
from tests.support.chromium import DESK, PHONE, looked_at, picture
from tests.support.township import Township


async def rated(town: Township, level: int, text: str = "") -> tuple[str, str]:
    """A case that was done and rated; gives its record and number."""
    record, number = await case_of(town, *DONE)
    async with town.stranger() as resident:
        given = {"number": number, **secret(town, record), "level": level, "text": text}
        assert (await resident.post("/v1/public/rating", json=given)).status_code == 204
    return record, number


async def said(town: Township, text: str, **more: str) -> None:
    """Somebody puts something into the centre's box."""
    async with town.stranger() as resident:
        path = f"/opinions/{await code_of_centre(town)}"
        assert (await resident.post(path, data={"text": text, **more})).status_code == 200


async def opinions(town: Township, who: str, query: str = "") -> list[dict[str, Any]]:
    answer = await (await town.signed_in(who)).get(f"/v1/opinions{query}")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def test_a_bad_rating_is_a_task_until_it_is_answered_and_the_resident_reads_it(
    sqlite_township: Township, chromium: Browser
) -> None:
    town = sqlite_township
    record, number = await rated(town, 1, "跑了三趟")
    async with looked_at(chromium, DESK) as head:
        await sign_in(head, town, "李红", "/summary")
        assert "有差评" in await part(head, "待办").inner_text()
        await press(part(head, "待办").get_by_role("link", name="去办"))
        await press(head.get_by_role("link", name="去看这件事"))
        assert "跑了三趟" in await head.locator("main").inner_text()
        await press(part(head, "打过电话").get_by_role("button", name="记下"))
        assert "请选一个结果" in await head.get_by_role("alert").inner_text()
        await head.get_by_label("打通了，说到了").check()
        await press(part(head, "打过电话").get_by_role("button", name="记下"))
        assert "已联系反映人" in await part(head, "经过").inner_text()
        await picture(head, "console-opinion-desk")
        await head.get_by_label("答复内容").fill("已上门致歉，以后材料一次说清")
        await press(part(head, "答复").get_by_role("button", name="答复"))
        assert "已答复" in await head.locator("h1").inner_text()
        await press(head.get_by_role("button", name="办结"))
        await head.goto(f"{town.url}/feedback")
        await picture(head, "console-feedback-desk")
        assert "非常不满意" in await head.locator("main").inner_text()
    (task,) = (await (await town.signed_in("李红")).get("/v1/tasks?closed=true")).json()
    assert task["code"] == "opinion.rated", "what it asked for was done where it is done"
    async with looked_at(chromium, PHONE) as phone:
        await phone.goto(f"{town.url}/look-up")
        await phone.get_by_label("编号").fill(number)
        await phone.get_by_label("查询码").fill(code_of(bytes.fromhex(record)))
        await press(phone.get_by_role("button", name="查询"))
        assert "以后材料一次说清" in await part(phone, "中心的答复").inner_text()
        await picture(phone, "console-answer-phone")
        await sign_in(phone, town, "赵敏", "/feedback")
        await no_wider_than_the_screen(phone)
        await picture(phone, "console-feedback-phone")
        await phone.goto(f"{town.url}/language/en?next=/feedback")
        await picture(phone, "console-feedback-english")


async def test_what_is_about_oneself_another_answers_and_who_said_it_is_not_shown(sqlite_township: Township) -> None:
    town = sqlite_township
    await rated(town, 2, "态度不好")
    (one,) = await opinions(town, "赵敏")
    clerk = await browser_of(town, "赵敏")
    page = main_of(await clerk.get(f"/feedback/{one['record']}"))
    assert "态度不好" in page and "13700000000" not in page and "答复内容" not in page
    form = {"csrf": await token(clerk), "text": "没有的事"}
    refused = await clerk.post(f"/feedback/{one['record']}/answer", data=form)
    assert refused.status_code == 422 and "应由他人答复" in refused.text
    head = await browser_of(town, "李红")
    page = main_of(await head.get(f"/feedback/{one['record']}"))
    assert "13700000000" in page and "答复内容" in page
    given = {"csrf": await token(head), "text": "你去看看", "to": town.people["赵敏"].hex()}
    refused = await head.post(f"/feedback/{one['record']}/ask", data=given)
    assert refused.status_code == 422 and "应由他人答复" in refused.text, "nor is it his task"


async def test_an_opinion_is_given_to_a_colleague_as_a_task(sqlite_township: Township) -> None:
    town = sqlite_township
    await said(town, "窗口总是没人", phone="13700000009")
    (one,) = await opinions(town, "李红")
    head = await browser_of(town, "李红")
    csrf = {"csrf": await token(head)}
    empty = await head.post(f"/feedback/{one['record']}/ask", data=csrf)
    assert empty.status_code == 422 and "请选一位同事" in empty.text
    given = {**csrf, "to": town.people["赵敏"].hex(), "text": "请看看排班"}
    assert (await head.post(f"/feedback/{one['record']}/ask", data=given)).status_code == 303
    (task,) = (await (await town.signed_in("赵敏")).get("/v1/tasks")).json()
    assert (task["person"], task["record"], task["code"]) == ("赵敏", one["record"], "opinion.asked")


async def test_the_head_names_who_answers_and_grants_the_days_that_mending_takes(
    sqlite_township: Township, desk: Page, phone: Page
) -> None:
    town = sqlite_township
    await rated(town, 1, "跑了三趟")
    (one,) = await opinions(town, "李红")
    await sign_in(desk, town, "李红", f"/feedback/{one['record']}")
    assert await desk.get_by_role("heading", name="批准延期整改").count() == 0, "she owes it herself"
    await desk.get_by_role("heading", name="指定答复人").click()
    await press(desk.get_by_role("button", name="由他答复"))
    assert "请选由谁答复" in await desk.get_by_role("alert").inner_text()
    offered = await desk.get_by_label("由谁答复").inner_text()
    assert "孙亮" in offered and "吴镇" in offered
    assert "赵敏" not in offered, "it is about her"
    assert "李红" not in offered, "it is hers already"
    assert "王芳" not in offered, "agents answer none"
    await desk.get_by_label("由谁答复").select_option(label="孙亮（包联干部）")
    await picture(desk, "console-opinion-assign-desk")
    await press(desk.get_by_role("button", name="由他答复"))
    assert "孙亮" in await desk.get_by_role("main").inner_text()
    assert (await opinions(town, "李红"))[0]["answerer"] == "孙亮"
    await sign_in(phone, town, "吴镇", f"/feedback/{one['record']}")
    await phone.get_by_role("heading", name="批准延期整改").click()
    await phone.get_by_label("一共几个工作日").fill("16")
    await press(phone.get_by_role("button", name="批准延期"))
    wrong = await phone.get_by_role("alert").inner_text()
    assert "6 到 15 的整数" in wrong and "为什么要延期" in wrong
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-opinion-prolong-phone")
    await phone.get_by_label("一共几个工作日").fill("10")
    await phone.get_by_label("为什么要延期").fill("要等县里补发证件")
    await press(phone.get_by_role("button", name="批准延期"))
    shown = await phone.locator("main").inner_text()
    assert "经吴镇批准延期 5 个工作日" in shown
    assert "一共 10 个工作日：要等县里补发证件" in await part(phone, "经过").inner_text()
    assert await phone.get_by_role("heading", name="批准延期整改").count() == 0, "once is once"


async def test_what_the_rules_refuse_of_it_the_page_refuses_and_nothing_changes(sqlite_township: Township) -> None:
    town = sqlite_township
    await rated(town, 1, "跑了三趟")
    await said(town, "窗口总是没人", phone="13700000009")
    box, rating = await opinions(town, "李红")
    head, clerk = await browser_of(town, "李红"), await browser_of(town, "赵敏")
    longer = {"days": "10", "text": "要等县里"}
    about = {"to": town.people["赵敏"].hex()}
    for http, opinion, act, given, words in (
        (head, rating, "prolong", longer, "整改责任人不能给自己批准延期"),
        (head, rating, "assign", about, "应由他人答复"),
        (head, rating, "assign", {"to": town.people["王芳"].hex()}, "您的岗位不能做这个操作"),
        (head, rating, "assign", {"to": "ab" * 16}, "本中心没有这个人"),
        (head, box, "prolong", longer, "只有差评整改可以延期"),
        (clerk, box, "assign", about, "您的岗位不能做这个操作"),
        (clerk, rating, "prolong", longer, "您的岗位不能做这个操作"),
    ):
        form = {"csrf": await token(http), **given}
        answer = await http.post(f"/feedback/{opinion['record']}/{act}", data=form)
        assert (answer.status_code, words in answer.text) == (422, True), (act, given, main_of(answer))
        page = main_of(await http.get(f"/feedback/{box['record']}"))
        assert "批准延期" not in page, "an opinion from the box is not mended by days"
    assert "指定答复人" not in main_of(await clerk.get(f"/feedback/{box['record']}"))
    assert await opinions(town, "李红") == [box, rating]


async def test_the_list_is_narrowed_by_place_window_stars_and_what_waits(sqlite_township: Township) -> None:
    town = sqlite_township
    await rated(town, 5, "很快")
    await said(town, "大厅的灯坏了")
    everything = await opinions(town, "赵敏")
    assert [one["text"] for one in everything] == ["大厅的灯坏了", "很快"], "newest first"
    assert [one["text"] for one in await opinions(town, "赵敏", "?stars=5")] == ["很快"]
    assert [one["text"] for one in await opinions(town, "赵敏", "?unanswered=true")] == ["大厅的灯坏了"]
    assert [one["text"] for one in await opinions(town, "赵敏", "?window=社会保障")] == ["很快"]
    assert [one["text"] for one in await opinions(town, "赵敏", f"?place={town.qingshan.hex()}")] == ["很快"]
    clerk = await town.signed_in("赵敏")
    for wrong in ("stars=9", "place=青山村"):
        assert (await clerk.get(f"/v1/opinions?{wrong}")).status_code == 400
    page = main_of(await (await browser_of(town, "赵敏")).get("/feedback?stars=5"))
    assert "很快" in page and "灯坏了" not in page
    assert "没有符合的" in main_of(await (await browser_of(town, "赵敏")).get("/feedback?stars=1"))


async def test_before_anybody_said_anything_the_page_says_what_comes(sqlite_township: Township) -> None:
    assert "还没有意见和评价" in main_of(await (await browser_of(sqlite_township, "赵敏")).get("/feedback"))


async def test_how_long_there_is_for_an_answer_is_said_in_english_too(sqlite_township: Township) -> None:
    town = sqlite_township
    await said(town, "窗口没有人", person="张某", phone="13700000000")
    [opinion] = await opinions(town, "李红")
    http = await browser_of(town, "李红")
    await http.get("/language/en?next=/")
    page = (await http.get(f"/feedback/{opinion['record']}")).text
    assert "working days from the next day" in page
    assert "最迟" not in page
