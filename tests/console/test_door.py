"""At the console's door: who comes in, who does not, and what a page promises to every browser."""

import functools
import re

import pytest
from playwright.async_api import Page
from sqlalchemy import update

from daiban_server.db import schema
from daiban_server.db.program import rows
from daiban_server.http.session import COOKIE
from tests.console.workday import browser_of, hired, no_wider_than_the_screen, press, sign_in, token
from tests.support.chromium import picture
from tests.support.township import PASSWORD, Township

POSTS = ["/sign-out", f"/disputes/{'0' * 32}", f"/tasks/{'0' * 32}/done", "/devices/code", f"/devices/{'0' * 32}"]


async def test_a_wrong_password_is_told_at_the_top_and_at_the_field_and_the_account_stays(
    sqlite_township: Township, desk: Page
) -> None:
    town = sqlite_township
    await desk.goto(town.url)
    assert desk.url == f"{town.url}/sign-in"
    await desk.get_by_label("账号").fill("李红")
    await desk.get_by_label("密码").fill("一杯冷茶")
    await press(desk.get_by_role("button", name="登录"))
    assert await desk.title() == "有错误：登录 · 代办"
    assert "账号或密码不对" in await desk.get_by_role("alert").inner_text()
    assert "账号或密码不对" in await desk.locator("#password-error").inner_text()
    assert await desk.get_by_label("账号").input_value() == "李红"
    assert await desk.get_by_label("密码").input_value() == ""
    assert await desk.evaluate("document.activeElement.id") == "password"
    await picture(desk, "console-sign-in-wrong-desk")
    await desk.get_by_label("密码").fill(PASSWORD)
    await desk.keyboard.press("Enter")
    await desk.wait_for_url(f"{town.url}/summary")
    await press(desk.get_by_role("button", name="退出"))
    assert "已退出登录" in await desk.get_by_role("status").inner_text()
    await desk.goto(f"{town.url}/summary")
    assert desk.url == f"{town.url}/sign-in?next=%2Fsummary"


async def test_an_empty_form_says_what_is_missing(sqlite_township: Township, phone: Page) -> None:
    await phone.goto(f"{sqlite_township.url}/sign-in")
    await press(phone.get_by_role("button", name="登录"))
    alert = phone.get_by_role("alert")
    assert "请填写账号" in await alert.inner_text()
    assert "请填写密码" in await alert.inner_text()
    await alert.get_by_role("link", name="请填写密码").click()
    assert await phone.evaluate("document.activeElement.id") == "password"
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-sign-in-wrong-phone")


async def test_after_many_wrong_passwords_the_page_says_how_long_to_wait(sqlite_township: Township) -> None:
    town = sqlite_township
    await hired(town, "忘性大", "clerk")
    async with town.stranger() as http:
        for _ in range(12):
            town.clock.ahead += 400_000
            await http.post("/sign-in", data={"login": "忘性大", "password": "不对"})
        answer = await http.post("/sign-in", data={"login": "忘性大", "password": PASSWORD})
    assert answer.status_code == 429
    assert 200 < int(answer.headers["retry-after"]) <= 300
    assert "请等 4 分" in answer.text
    assert 'value="忘性大"' in answer.text
    assert COOKIE not in answer.cookies


async def test_the_door_leads_back_to_the_page_that_was_asked_for_and_nowhere_else(sqlite_township: Township) -> None:
    town = sqlite_township
    wanted = {
        "/devices": "/devices",
        f"/devices/{'a' * 32}": f"/devices/{'a' * 32}",
        "/cases?query=%E5%BC%A0&state=open": "/cases?query=%E5%BC%A0&amp;state=open",
        "/cases?next=//evil.invalid": "/cases?next=//evil.invalid",
        "/cases?a=\r\nSet-Cookie: a=b": "/cases",
        "/v1/devices?a=b": "/summary",
        "": "/summary",
        "//evil.invalid/summary": "/summary",
        "https://evil.invalid/": "/summary",
        "/\\evil.invalid": "/summary",
        "/summary\r\nSet-Cookie: a=b": "/summary",
        "/v1/devices": "/summary",
    }
    for asked, led in wanted.items():
        async with town.stranger() as http:
            form = await http.get("/sign-in", params={"next": asked})
            assert f'name="next" value="{led}"' in form.text
            answer = await http.post("/sign-in", data={"login": "李红", "password": PASSWORD, "next": asked})
            assert answer.headers["location"] == led.replace("&amp;", "&"), asked


async def test_whoever_was_away_too_long_comes_back_to_the_list_as_it_was_narrowed(
    sqlite_township: Township, desk: Page
) -> None:
    town = sqlite_township
    await desk.goto(f"{town.url}/cases?query=%E5%BC%A0&state=open")
    await desk.get_by_label("账号").fill("李红")
    await desk.get_by_label("密码").fill(PASSWORD)
    await desk.keyboard.press("Enter")
    await desk.wait_for_url(f"{town.url}/cases?query=%E5%BC%A0&state=open")


async def test_each_login_makes_a_new_session_and_ends_the_old_one(sqlite_township: Township) -> None:
    town = sqlite_township
    http = await browser_of(town, "李红")
    first = http.cookies[COOKIE]
    http.cookies.set(COOKIE, first)
    await http.post("/sign-in", data={"login": "李红", "password": PASSWORD})
    async with town.stranger() as thief:
        assert (await thief.get("/summary", headers={"cookie": f"{COOKIE}={first}"})).status_code == 303
        chosen = await thief.post(
            "/sign-in", data={"login": "李红", "password": PASSWORD}, headers={"cookie": f"{COOKIE}=chosen"}
        )
        assert chosen.cookies[COOKIE] not in ("chosen", first)


async def test_signing_out_ends_the_session_on_the_server(sqlite_township: Township) -> None:
    http = await browser_of(sqlite_township, "赵敏")
    secret = http.cookies[COOKIE]
    answer = await http.post("/sign-out", data={"csrf": await token(http)})
    assert answer.headers["location"] == "/sign-in?said=signed-out"
    answer = await http.get("/summary", headers={"cookie": f"{COOKIE}={secret}"})
    assert answer.headers["location"] == "/sign-in?next=%2Fsummary"


async def test_an_agent_is_told_at_the_door_that_the_work_is_on_the_phone(
    sqlite_township: Township, phone: Page
) -> None:
    await sign_in(phone, sqlite_township, "王芳")
    assert "代办员请在手机应用里办理" in await phone.get_by_role("alert").inner_text()
    assert await phone.context.cookies() == []


async def test_an_agents_session_of_the_api_opens_no_page(sqlite_township: Township) -> None:
    http = await sqlite_township.signed_in("王芳")
    for path in ("/summary", "/devices"):
        answer = await http.get(path)
        assert answer.status_code == 403
        assert "您的岗位没有这个权限" in answer.text
        assert "李红" not in answer.text


@pytest.mark.parametrize("name", ["赵敏", "孙亮"])
async def test_clerks_see_the_phones_and_cadres_do_not_and_neither_enrols_any(
    sqlite_township: Township, name: str
) -> None:
    http = await browser_of(sqlite_township, name)
    csrf, sees = await token(http), name == "赵敏"
    assert ('href="/devices"' in (await http.get("/summary")).text) == sees
    assert (await http.get("/devices")).status_code == (200 if sees else 403)
    assert (await http.post("/devices/code", data={"csrf": csrf, "person": "0" * 32})).status_code == 403


async def test_another_site_cannot_sign_anybody_in(sqlite_township: Township) -> None:
    town = sqlite_township
    data = {"login": "李红", "password": PASSWORD}
    async with town.stranger() as http:
        for headers in (
            {"origin": "https://evil.invalid"},
            {"origin": "null"},
            {"sec-fetch-site": "cross-site", "origin": town.url},
            {"sec-fetch-site": "same-site"},
        ):
            answer = await http.post("/sign-in", data=data, headers=headers)
            assert (answer.status_code, answer.cookies.get(COOKIE)) == (403, None), headers
        assert (await http.post("/sign-in", data=data, headers={"origin": town.url})).status_code == 303


@pytest.mark.parametrize("path", POSTS)
async def test_a_form_without_the_sessions_token_is_refused(sqlite_township: Township, path: str) -> None:
    town = sqlite_township
    http = await browser_of(town, "李红")
    other = await token(await browser_of(town, "赵敏"))
    for csrf in ({"other": "1"}, {"csrf": ""}, {"csrf": "页面"}, {"csrf": other}):
        answer = await http.post(path, data=csrf)
        assert answer.status_code == 403, (path, csrf)
        assert "页面已过期" in answer.text
    assert (await http.get("/summary")).status_code == 200


async def test_an_expired_session_says_that_nothing_was_submitted(sqlite_township: Township) -> None:
    town = sqlite_township
    http = await browser_of(town, "李红")
    csrf = await token(http)
    town.clock.ahead += 13 * 3_600_000
    answer = await http.post(f"/tasks/{'0' * 32}/done", data={"csrf": csrf})
    assert answer.headers["location"] == "/sign-in?said=expired"
    assert "刚才的内容没有提交" in (await http.get(answer.headers["location"])).text


async def test_every_answer_forbids_scripts_frames_and_keeping(sqlite_township: Township) -> None:
    http = await browser_of(sqlite_township, "李红")
    async with sqlite_township.stranger() as nobody:
        answers = [await nobody.get(path) for path in ("/", "/sign-in", "/summary")]
        answers.append(await nobody.post("/sign-in", data={"login": "李红", "password": "x"}))
    answers += [await http.get(path) for path in ("/summary", "/devices", f"/devices/{'0' * 32}")]
    answers.append(await http.post("/sign-out", data={}))
    for answer in answers:
        policy = answer.headers["content-security-policy"]
        rules = ["default-src 'none'", "frame-ancestors 'none'"]
        if answer.text:
            rules += ["style-src 'self'", "script-src 'self'", "form-action 'self'", "base-uri 'none'"]
        assert [rule for rule in rules if rule not in policy] == [], answer.url
        assert "unsafe" not in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-content-type-options"] == "nosniff"
        scripts = re.findall("<script[^>]*>", answer.text)
        assert all(one.startswith('<script type="module" src="/static/') for one in scripts)
        assert "</script>" in answer.text or not scripts
        assert not re.search("<script[^>]*>[^<]", answer.text), "no script stands in a page"
        assert " style=" not in answer.text
    style = await http.get("/static/console.css")
    assert style.headers["x-content-type-options"] == "nosniff"
    assert "http" not in style.text.replace("http://www.w3.org", "")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"login=%ff%fe&password=%00",
        b"login=\xff\xfe",
        b"login=a%00b&password=c",
        b"&".join(b"f%d=1" % n for n in range(5000)),
        b"login=" + b"a" * 100_000 + b"&password=" + b"b" * 100_000,
        b'{"login": "x"}',
        b"login&password&&&===;",
    ],
)
async def test_no_form_is_so_odd_that_it_breaks_the_door(sqlite_township: Township, body: bytes) -> None:
    async with sqlite_township.stranger() as http:
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json", ""):
            answer = await http.post("/sign-in", content=body, headers={"content-type": kind})
            assert 400 <= answer.status_code < 500, (kind, answer.status_code)
            assert answer.headers["content-type"].startswith("text/html")
            assert COOKIE not in answer.cookies


async def test_the_keyboard_reaches_the_page_first_and_shows_where_it_is(sqlite_township: Township, desk: Page) -> None:
    await sign_in(desk, sqlite_township, "李红")
    await desk.keyboard.press("Tab")
    assert await desk.evaluate("document.activeElement.textContent") == "跳到正文"
    async with desk.expect_navigation():
        await desk.keyboard.press("Enter")
    await desk.keyboard.press("Tab")
    outline = await desk.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert (await desk.evaluate("document.activeElement.textContent"), outline) == ("刷新", "solid")


async def test_what_a_password_manager_reads_has_a_name_for_everybody(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    await sign_in(desk, town, "赵敏")
    moved = update(schema.person).where(schema.person.c.name == "赵敏").values(login="clerk7")
    await town.services.database.write("test", functools.partial(rows, moved))
    await desk.goto(f"{town.url}/account")
    name = desk.locator('input[name="username"]')
    assert await name.get_attribute("autocomplete") == "username"
    assert await name.input_value() == "clerk7", "what one signs in as, which may be another than one's name"
    assert await desk.get_by_role("textbox", name="账号").count() == await name.count() == 1
