"""我的账号 and the steps at the door, as people see them: at a desk and on a telephone, with and without scripts."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Browser, Page

from daiban_server.accounts.sessions import FRESH
from daiban_server.accounts.totp import STEP
from daiban_sync import passkey
from tests.accounts.desk import desk_of
from tests.accounts.provider import RealProvider, new_provider
from tests.console.workday import browser_of, no_wider_than_the_screen, press, set_clock, sign_in, token
from tests.support.chromium import DESK, picture, with_authenticator
from tests.support.township import Township, open_township

OWN = "一碗热汤面，不放辣 2026"


@pytest.fixture
def provider(tmp_path: Path) -> RealProvider:
    return new_provider(tmp_path)


@pytest.fixture
async def town(provider: RealProvider, tmp_path: Path) -> AsyncIterator[Township]:
    """A township that browsers reach by a name, with a provider, whose heads must have a second factor."""
    chosen = {"second_factor": frozenset({"head"}), "oidc": provider.settings}
    async with open_township(tmp_path, host="localhost", **chosen) as town:
        set_clock(town, 9)
        yield town


async def shot(page: Page, name: str) -> None:
    await no_wider_than_the_screen(page)
    await picture(page, name)


async def secret_on(page: Page) -> str:
    """The secret, as somebody types it who cannot scan."""
    await page.get_by_text("扫不了码").click()
    return "".join((await page.get_by_label("密钥", exact=True).inner_text()).split())


def code_of(town: Township, secret: str) -> str:
    return pyotp.TOTP(secret).generate_otp(town.clock() // STEP)


async def test_a_heads_first_morning(town: Township, desk: Page) -> None:
    """A password that somebody gave, a first factor, recovery codes, and the next sign-in."""
    await sign_in(desk, town, "李红")
    assert desk.url == f"{town.url}/sign-in/factor?next=%2Fsummary"
    await shot(desk, "account-first-factor-desk")
    await press(desk.get_by_role("button", name="用手机验证器"))
    secret = await secret_on(desk)
    await shot(desk, "account-app-desk")
    await desk.get_by_label("6 位验证码").fill("000000")
    await press(desk.get_by_role("button", name="启用"))
    assert "验证码不对" in await desk.get_by_role("alert").inner_text()
    assert await secret_on(desk) == secret, "the same picture, not another"
    await desk.get_by_label("6 位验证码").fill(code_of(town, secret))
    await press(desk.get_by_role("button", name="启用"))
    codes = await desk.get_by_label("备用码").locator("li").all_inner_texts()
    assert len(codes) == 10
    await shot(desk, "account-codes-desk")
    await press(desk.get_by_role("link", name="已经收好"))
    assert desk.url == f"{town.url}/summary"
    await press(desk.get_by_role("button", name="退出"))
    town.clock.ahead += 2 * STEP
    await sign_in(desk, town, "李红")
    assert await desk.title() == "第二步验证 · 代办"
    await shot(desk, "account-second-desk")
    await desk.get_by_label("验证码").fill("123")
    await press(desk.get_by_role("button", name="继续"))
    assert "验证码不对" in await desk.get_by_role("alert").inner_text()
    await desk.get_by_label("验证码").fill(codes[0])
    await press(desk.get_by_role("button", name="继续"))
    assert desk.url == f"{town.url}/summary"


async def test_a_clerks_first_password_on_a_telephone(town: Township, phone: Page) -> None:
    head = await desk_of(town)
    await head.done("/v1/session", login="李红", password="一杯热茶 2026")
    await head.has_app()
    given = await head.done(f"/v1/people/{town.people['赵敏'].hex()}/password")
    await phone.goto(f"{town.url}/sign-in")
    await shot(phone, "account-door-phone")
    await phone.get_by_label("账号").fill("赵敏")
    await phone.get_by_label("密码").fill(given["password"])
    await press(phone.get_by_role("button", name="登录", exact=True))
    await phone.get_by_label("原密码").fill(given["password"])
    await phone.get_by_label("新密码", exact=True).fill("123")
    await phone.get_by_label("再输一次新密码").fill("123")
    await press(phone.get_by_role("button", name="改好，继续"))
    assert "密码太短" in await phone.get_by_role("alert").inner_text()
    await shot(phone, "account-first-password-phone")
    await phone.get_by_label("原密码").fill(given["password"])
    await phone.get_by_label("新密码", exact=True).fill(OWN)
    await phone.get_by_label("再输一次新密码").fill(OWN + "?")
    await press(phone.get_by_role("button", name="改好，继续"))
    assert "两次输入的新密码不一样" in await phone.get_by_role("alert").inner_text()
    await phone.get_by_label("原密码").fill(given["password"])
    await phone.get_by_label("新密码", exact=True).fill(OWN)
    await phone.get_by_label("再输一次新密码").fill(OWN)
    await press(phone.get_by_role("button", name="改好，继续"))
    assert phone.url == f"{town.url}/summary"
    await phone.goto(f"{town.url}/account")
    assert "李红 重设了密码" in await phone.get_by_role("region", name="最近的变动").inner_text()
    await shot(phone, "account-phone")


async def test_the_page_of_ones_own_account(town: Township, desk: Page) -> None:
    elsewhere = await browser_of(town, "赵敏")
    await sign_in(desk, town, "赵敏", "/account")
    await with_authenticator(desk)
    places = desk.get_by_role("region", name=re.compile("登录在哪里"))
    assert await places.get_by_role("listitem").count() == 2
    await press(places.get_by_role("button", name="退出这一处"))
    assert "已退出那一处的登录" in await desk.get_by_role("status").first.inner_text()
    assert (await elsewhere.get("/summary")).headers["location"].startswith("/sign-in")
    await press(desk.get_by_role("button", name="启用手机验证器"))
    await desk.get_by_label("6 位验证码").fill(code_of(town, await secret_on(desk)))
    await press(desk.get_by_role("button", name="启用"))
    await press(desk.get_by_role("link", name="已经收好"))
    await desk.goto(f"{town.url}/account")
    await desk.get_by_label("给它起个名字").fill("窗口电脑的指纹")
    await desk.get_by_role("button", name="添加通行密钥").click()
    await desk.wait_for_url(f"{town.url}/account?said=passkey")
    assert "窗口电脑的指纹" in await desk.get_by_role("region", name=re.compile("^通行密钥")).inner_text()
    await desk.get_by_role("button", name="试签一次").click()
    await desk.get_by_text("签好了，核对无误").wait_for()
    await shot(desk, "account-desk")
    town.clock.ahead += FRESH
    await desk.get_by_role("button", name="添加通行密钥").click()
    await desk.wait_for_url(f"{town.url}/account/proof")
    await shot(desk, "account-proof-desk")
    await desk.get_by_label("密码").fill("猜")
    await press(desk.get_by_role("button", name="确认"))
    assert "密码不对" in await desk.get_by_role("alert").inner_text()
    await desk.get_by_label("密码").fill("一杯热茶 2026")
    await press(desk.get_by_role("button", name="确认"))
    assert "已确认是您本人" in await desk.get_by_role("status").first.inner_text()
    await press(desk.get_by_role("button", name=re.compile("^删除")))
    await press(desk.get_by_role("button", name="停用验证器"))
    assert "启用手机验证器" in await desk.get_by_role("region", name="第二步验证").inner_text()


async def test_a_passkey_at_the_door_in_a_real_browser(town: Township, desk: Page) -> None:
    await sign_in(desk, town, "李红")
    await with_authenticator(desk)
    await desk.get_by_role("button", name="添加通行密钥").click()
    codes = desk.get_by_role("list").filter(has_text="-")
    await codes.wait_for()
    assert await codes.get_by_role("listitem").count() == 10
    await shot(desk, "account-passkey-codes-desk")
    await press(desk.get_by_role("link", name="已经收好"))
    await press(desk.get_by_role("button", name="退出"))
    await sign_in(desk, town, "李红")
    await shot(desk, "account-second-passkey-desk")
    assert await desk.get_by_label("备用码").count() == 1, "nobody asks for codes of an app that there is not"
    await desk.get_by_role("button", name="用通行密钥").click()
    await desk.wait_for_url(f"{town.url}/summary")


async def test_what_a_real_browser_signed_is_checked_offline(town: Township, desk: Page) -> None:
    await sign_in(desk, town, "赵敏", "/account")
    await with_authenticator(desk)
    await desk.get_by_role("button", name="添加通行密钥").click()
    await desk.get_by_role("link", name="已经收好").wait_for()
    digest = bytes(range(32))
    kept = await desk.evaluate(
        """async (digest) => {
          const { sign } = await import(document.querySelector("script[src*=passkeys]").src);
          const token = document.querySelector("input[name=csrf]").value;
          const credential = await sign("account.try", digest, token);
          const answer = await fetch("/v1/passkeys/signing/try", {
            method: "POST",
            headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
            body: JSON.stringify({ digest, credential }),
          });
          return answer.json();
        }""",
        digest.hex(),
    )
    names = passkey.Assertion._fields
    assertion = passkey.Assertion(*(bytes.fromhex(kept[name]) for name in names))
    passkey.check(assertion, "account.try", digest, "localhost", [town.url])


async def test_the_head_helps_who_lost_the_telephone_and_forgot_the_password(town: Township, desk: Page) -> None:
    zhao = await desk_of(town, "赵敏")
    await zhao.has_app()
    await sign_in(desk, town, "李红")
    await press(desk.get_by_role("button", name="用手机验证器"))
    await desk.get_by_label("6 位验证码").fill(code_of(town, await secret_on(desk)))
    await press(desk.get_by_role("button", name="启用"))
    await press(desk.get_by_role("link", name="人员", exact=True))
    await shot(desk, "account-people-desk")
    await press(desk.get_by_role("button", name="取消第二步验证：赵敏"))
    assert "已取消" in await desk.get_by_role("status").inner_text()
    assert (await zhao.http.get("/v1/account")).status_code == 401
    await press(desk.get_by_role("button", name="重设密码：赵敏"))
    given = await desk.locator(".secret").inner_text()
    await shot(desk, "account-new-password-desk")
    assert await (await desk_of(town)).signs_in("赵敏", given.strip()) == "change"
    await press(desk.get_by_role("link", name="已经告诉他"))
    assert "密码是别人给的" in await desk.get_by_role("region", name="人员").inner_text()
    await press(desk.get_by_role("button", name="准许用统一身份认证：孙亮"))
    assert "已准许" in await desk.get_by_role("status").inner_text()
    await desk.set_viewport_size({"width": 390, "height": 844})
    await shot(desk, "account-people-phone")


async def test_everything_but_passkeys_goes_without_scripts(town: Township, chromium: Browser) -> None:
    async with await chromium.new_context(java_script_enabled=False, viewport=DESK, locale="zh-CN") as plain:
        quiet = await plain.new_page()
        await quiet.goto(f"{town.url}/sign-in")
        await quiet.get_by_label("账号").fill("李红")
        await quiet.get_by_label("密码").fill("一杯热茶 2026")
        await press(quiet.get_by_role("button", name="登录", exact=True))
        assert "使用通行密钥需要浏览器允许" in await quiet.get_by_role("main").inner_text()
        await press(quiet.get_by_role("button", name="用手机验证器"))
        secret = await secret_on(quiet)
        await quiet.get_by_label("6 位验证码").fill(code_of(town, secret))
        await press(quiet.get_by_role("button", name="启用"))
        await press(quiet.get_by_role("link", name="已经收好"))
        assert quiet.url == f"{town.url}/summary"


async def test_linking_and_signing_in_at_the_provider_in_a_real_browser(
    town: Township, provider: RealProvider, chromium: Browser
) -> None:
    town.clock.ahead = 0  # the provider goes by the world's
    with provider.serving(town):
        async with await chromium.new_context(viewport=DESK, locale="zh-CN") as context:
            # Its own pages ask for a font from far away.
            await context.route("https://fonts.googleapis.com/**", lambda route: route.abort())
            desk = await context.new_page()
            await sign_in(desk, town, "赵敏", "/account")
            await press(desk.get_by_role("button", name="绑定"))
            await shot(desk, "account-link-desk")
            await press(desk.get_by_role("link", name="去统一身份认证登录"))
            await at_the_provider(desk)
            await desk.wait_for_url(f"{town.url}/account?said=linked")
            await press(desk.get_by_role("button", name="退出"))
            await press(desk.get_by_role("link", name="用统一身份认证登录"))
            await desk.wait_for_url(re.compile("/(interaction|summary)"))
            if "/interaction" in desk.url:
                await at_the_provider(desk)
            await desk.wait_for_url(f"{town.url}/summary")


async def at_the_provider(page: Page) -> None:
    """Fill in the provider's own pages."""
    if await page.locator("input[name=login]").count():
        await page.locator("input[name=login]").fill("zhaomin")
        await page.locator("input[name=password]").fill("x")
        await press(page.locator("button[type=submit]"))
    if "/interaction" in page.url:
        await press(page.locator("button[type=submit]"))


async def test_another_browsers_form_ends_no_session(town: Township) -> None:
    http, other = await browser_of(town, "赵敏"), await browser_of(town, "孙亮")
    for path in ("/account/sessions", "/account/app", "/account/password", "/account/provider", "/account/codes"):
        answer = await http.post(path, data={"csrf": await token(other)})
        assert (answer.status_code, "页面已过期" in answer.text) == (403, True), path
