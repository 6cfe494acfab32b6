"""岗位: the head makes a post and appoints its A and B; everybody sees who is there and what is lacking."""

import asyncio
import re

from playwright.async_api import Page

from daiban_server.features.posts import territory
from tests.console.workday import browser_of, main_of, no_wider_than_the_screen, part, press, sign_in, token
from tests.support.chromium import picture
from tests.support.township import Township, new_id


def fresh() -> dict[str, str]:
    """The id that a page brings along for the post that its form makes."""
    return {"record": new_id().hex()}


async def test_a_post_is_made_and_held_by_two(sqlite_township: Township, desk: Page, phone: Page) -> None:
    town = sqlite_township
    await sign_in(desk, town, "李红", "/posts")
    await desk.locator("main").get_by_text("新设岗位").click()
    await desk.get_by_label("岗位名称").fill("白河村代办岗")
    await desk.get_by_label("角色").select_option("agent")
    await desk.get_by_label("服务承诺").fill("随叫随到")
    await press(desk.get_by_role("button", name="设岗，接着定人"))
    form = part(desk, "定岗")
    assert await form.get_by_label("A岗").locator("option").all_inner_texts() == ["请选一个", "刘强", "王芳"]
    await form.get_by_label("A岗").select_option("刘强")
    await form.get_by_label("B岗").select_option("刘强")
    await form.get_by_role("checkbox", name=re.compile("白河村")).check()
    await press(form.get_by_role("button", name="定下"))
    assert "不能是同一人" in await desk.get_by_role("alert").inner_text()
    assert await part(desk, "定岗").get_by_role("checkbox", name=re.compile("白河村")).is_checked()
    await part(desk, "定岗").get_by_label("B岗").select_option("王芳")
    await press(part(desk, "定岗").get_by_role("button", name="定下"))
    assert "定好了" in await desk.get_by_role("status").inner_text()
    assert "随叫随到" in await part(desk, "谁在岗").inner_text()
    badge = await desk.get_by_role("link", name="打印胸牌").get_attribute("href")
    assert (await desk.request.get(town.url + str(badge))).headers["content-type"] == "application/pdf"
    await picture(desk, "console-post-desk")
    await sign_in(phone, town, "赵敏", "/posts")
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-posts-phone")
    assert "都有人" in await phone.locator("main").inner_text()
    await press(phone.get_by_role("link", name="白河村代办岗"))
    assert await phone.get_by_role("button", name="定下").count() == 0, "a clerk looks only"


async def test_what_hangs_and_is_worn_is_offered_to_whoever_may_print_it(sqlite_township: Township) -> None:
    town = sqlite_township
    head = await browser_of(town, "李红")
    csrf = await token(head)
    made = await head.post("/posts", data={"csrf": csrf, **fresh(), "title": "白河村代办岗", "role": "agent"})
    place = made.headers["location"].partition("?")[0]
    given = {"csrf": csrf, "a": town.people["王芳"].hex(), f"place-{town.qingshan.hex()}": "yes"}
    assert (await head.post(f"{place}/appoint", data=given)).status_code == 303
    badge = f"/v1/print/people/{town.people['王芳'].hex()}/badge"
    for name, status in (("李红", 200), ("赵敏", 200), ("孙亮", 403)):
        http = await browser_of(town, name)
        assert (await http.get(badge)).status_code == status
        page = await http.get(place)
        assert (page.status_code, badge in page.text) == (200, status == 200), name


async def test_a_post_without_anybody_says_so_and_goes_when_it_is_closed(sqlite_township: Township) -> None:
    town = sqlite_township
    http = await browser_of(town, "李红")
    csrf = await token(http)
    wrong = await http.post("/posts", data={"csrf": csrf, **fresh(), "title": "", "role": "district"})
    assert wrong.status_code == 422 and "请填岗位名称" in wrong.text and "请选一个角色" in wrong.text
    window = {**fresh(), "title": "低保窗口", "role": "clerk", "window": "民政救助"}
    made = await http.post("/posts", data={"csrf": csrf, **window})
    place = made.headers["location"].split("?")[0]
    assert "没有人" in (await http.get("/posts")).text
    agent = {"csrf": csrf, "a": town.people["王芳"].hex()}
    refused = await http.post(f"{place}/appoint", data=agent)
    assert refused.status_code == 422 and "角色与岗位不符" in refused.text
    facts = {"csrf": csrf, "title": "低保窗口", "role": "agent", "seen": "0"}
    page = (await http.get(place)).text
    facts["seen"] = re.findall(r'name="seen" value="(\d+)"', page)[0]
    assert (await http.post(f"{place}/facts", data=facts)).status_code == 303
    given = {**agent, f"place-{town.qingshan.hex()}": "yes"}
    assert (await http.post(f"{place}/appoint", data=given)).status_code == 303
    gone = await http.post(f"{place}/close", data={"csrf": csrf})
    assert gone.headers["location"] == "/posts?said=closed-post"
    assert "低保窗口" not in (await http.get("/posts")).text and "已撤销" in (await http.get(place)).text
    held = await town.services.database.read(territory.held(town.people["王芳"]))
    assert town.qingshan not in held, "what the post brought goes with it"


async def test_a_post_that_changed_meanwhile_is_looked_at_again(sqlite_township: Township) -> None:
    town = sqlite_township
    http = await browser_of(town, "李红")
    csrf = await token(http)
    made = await http.post("/posts", data={"csrf": csrf, **fresh(), "title": "青山村代办岗", "role": "agent"})
    place = made.headers["location"].split("?")[0]
    first = {"csrf": csrf, "a": town.people["王芳"].hex()}
    await http.post(f"{place}/appoint", data=first)
    expected = re.findall(r'name="expected" value="(\d+)"', (await http.get(place)).text)[0]
    await http.post(f"{place}/appoint", data={**first, "expected": expected})
    late = await http.post(f"{place}/appoint", data={**first, "expected": expected, "a": town.people["刘强"].hex()})
    assert late.status_code == 422
    assert "王芳" in (await http.get("/posts")).text


async def test_a_double_tap_makes_one_post(sqlite_township: Township) -> None:
    town = sqlite_township
    http = await browser_of(town, "李红")
    [record] = re.findall(r'name="record" value="([0-9a-f]{32})"', (await http.get("/posts")).text)
    form = {"csrf": await token(http), "record": record, "role": "agent"}
    assert f'value="{record}"' in (await http.post("/posts", data={**form, "title": ""})).text
    for title, said in (("白河村代办岗", "post-made"), ("白河村代办岗", "post-before"), ("低保窗口", "post-before")):
        made = await http.post("/posts", data={**form, "title": title})
        assert made.headers["location"] == f"/posts/{record}?said={said}"
    again = main_of(await http.get(made.headers["location"]))
    assert "没有再设" in again and "白河村代办岗" in again
    page = main_of(await http.get("/posts"))
    assert (page.count(">白河村代办岗<"), page.count(">低保窗口<")) == (1, 0)
    assert (await http.post("/posts", data={**form, "record": "x", "title": "低保窗口"})).status_code == 400


async def test_two_taps_at_once_make_one_post(sqlite_township: Township) -> None:
    town = sqlite_township
    http = await browser_of(town, "李红")
    form = {"csrf": await token(http), **fresh(), "title": "白河村代办岗", "role": "agent"}
    for answer in await asyncio.gather(*(http.post("/posts", data=form) for _ in range(2))):
        assert answer.headers["location"].startswith(f"/posts/{form['record']}?")
    assert main_of(await http.get("/posts")).count(">白河村代办岗<") == 1
    assert (await http.get("/summary")).text.count("白河村代办岗") == 0, "and nothing is in dispute"
