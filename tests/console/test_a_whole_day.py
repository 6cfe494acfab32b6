"""A working day of the centre from the door to the printed paper: each role's story once on a desk and once on a phone,
in each language of the console, by the words that stand on its pages."""

import re
from collections.abc import Callable

import pytest
from playwright.async_api import Browser, Locator, Page, ViewportSize, expect

from daiban_server.console.languages.spoken import CHINESE, LANGUAGES, catalogue
from daiban_server.console.pages import SAID
from tests.console.test_disputes import NUMBERS, disputed
from tests.console.test_replies import owing
from tests.console.workday import no_wider_than_the_screen, press
from tests.support import axe
from tests.support.chromium import DESK, PHONE, looked_at
from tests.support.overlaps import overlaps
from tests.support.township import PASSWORD, Township

Words = Callable[[str], str]


def words(language: str) -> Words:
    """What stands on a page for a Chinese text. Raises `KeyError` for one without a translation."""
    return lambda chinese: chinese if language == CHINESE else catalogue(language)[chinese]


async def arrive(page: Page, town: Township, name: str, language: str, path: str) -> None:
    """Through the door, in a language."""
    say = words(language)
    await page.context.clear_cookies()
    await page.goto(f"{town.url}/language/{language}?next=/sign-in")
    await page.get_by_label(say("账号")).fill(name)
    await page.get_by_label(say("密码"), exact=True).fill(PASSWORD)
    await press(page.get_by_role("button", name=say("登录"), exact=True))
    await page.goto(town.url + path)


async def said(page: Page, text: str) -> None:
    """A page says that it was done, and can be read and worked with."""
    await expect(page.get_by_role("status").first).to_contain_text(text)
    await no_wider_than_the_screen(page)
    assert await axe.faults(page) == []
    assert await overlaps(page) == []


async def printed(page: Page, link: Locator) -> None:
    """A paper that a page offers is one."""
    answer = await page.request.get(await link.evaluate("one => one.href"))
    assert answer.headers["content-type"] == "application/pdf"
    assert (await answer.body()).startswith(b"%PDF-")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_each_role_works_from_the_door_to_the_paper(
    sqlite_township: Township, chromium: Browser, size: ViewportSize, language: str
) -> None:
    town, say = sqlite_township, words(language)
    await owing(town, "欧阳青山")
    await disputed(town)
    async with looked_at(chromium, size) as page:
        # A clerk takes in who comes, and gives the receipt.
        await arrive(page, town, "赵敏", language, "/receive?q=zgl")
        await press(page.get_by_role("link", name="张桂兰 青山村"))
        await press(page.get_by_role("region").get_by_role("link").first)
        await press(page.get_by_role("button", name=say("收下，登记编号")))
        await page.locator(".field.wrong input, .field.wrong textarea").first.fill("年满六十")
        await press(page.get_by_role("button", name=say("收下，登记编号")))
        await said(page, say(SAID["received"]))
        await printed(page, page.get_by_role("link", name=say("收件凭证"), exact=True))
        # The resident asks for a visit, and gets it in writing.
        await press(page.get_by_role("link", name=say("约上门"), exact=True))
        await press(page.get_by_role("button", name=say("看有哪些时间")))
        await press(page.get_by_role("button", name=re.compile(re.escape(say("约这个时间")))).first)
        await said(page, say(SAID["booked"]))
        await printed(page, page.get_by_role("link", name=say("打印预约单")))
        # Two agents wrote two numbers.
        await page.goto(f"{town.url}/summary")
        await page.get_by_role("radio", name=NUMBERS[0]).check()
        await press(page.get_by_role("button", name=say("就这么定")).first)
        await said(page, say(SAID["settled"]))
        # A cadre replies to a household.
        await arrive(page, town, "孙亮", language, "/replies")
        await press(page.get_by_role("link", name=say("写回复")).first)
        await page.get_by_label(say("办理中"), exact=True).check()
        await page.get_by_label(say("电话"), exact=True).check()
        await page.get_by_label(say("一句话")).fill("材料已报县里，他说知道了")
        await press(page.get_by_role("button", name=say("记下")))
        await said(page, say(SAID["replied"]))
        # The head gives a new phone its code, and prints the day's register.
        await arrive(page, town, "李红", language, "/devices")
        await page.get_by_label(say("给谁用")).select_option(index=1)
        await press(page.get_by_role("button", name=say("出登记码")))
        await expect(page.locator("main svg, main img").first).to_be_visible()
        await page.goto(f"{town.url}/registers")
        await printed(page, page.get_by_role("link", name=say("打印"), exact=True))
        # The district takes its figures home.
        await arrive(page, town, "周区", language, "/figures")
        book = page.get_by_role("link", name=say("Excel 表（全部分法）"))
        answer = await page.request.get(await book.evaluate("one => one.href"))
        assert (await answer.body()).startswith(b"PK")
