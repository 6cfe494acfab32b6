"""本页说明: beside each page stands what a new clerk needs, in the words of its buttons, opened and closed by key."""

from collections import Counter

import pytest
from playwright.async_api import Browser, Page, expect

from daiban_schemas.glossary import NEVER
from daiban_server.console.help import BESIDE, FOLDER, QUOTED, UNDER, lines
from daiban_server.console.languages.extracting import CONSOLE, said
from daiban_server.console.languages.spoken import CHINESE, LANGUAGES, WRITTEN, catalogue
from daiban_server.console.menu import GROUPS
from tests.console.test_english import CHINESE as CHARACTER
from tests.console.workday import browser_of, no_wider_than_the_screen, press, sign_in
from tests.support.chromium import DESK, looked_at, picture
from tests.support.township import PASSWORD, Township

PRACTISED = {f"training/{name}" for name in ("again", "door", "exercises", "waiting")}
WITHOUT = {"problem", "help", *PRACTISED}
"""What says itself what to do, and the page of all helps."""
PAGES = {
    "李红": (
        *(
            "/summary",
            "/tasks",
            "/feedback",
            "/messages",
            "/receive",
            "/receive/item",
            "/receive/form?advice=yes",
            "/cases",
            "/replies",
            "/registers",
        ),
        *("/figures", "/figures/assessment", "/visits", "/visits/map", "/visits/book", "/visits/plan", "/visits/away"),
        *("/catalogue", "/people", "/people/new", "/posts", "/households/duplicates", "/calendar", "/devices"),
        *("/quarantine", "/settings", "/trust", "/erasures", "/audit", "/account"),
    ),
    "周区": ("/summary", "/catalogue/change", "/figures?by=centre"),
    "": ("/sign-in", "/lost", "/hand-in", "/look-up", "/opinions", "/hall"),
}


def test_every_page_has_one_help_and_every_help_a_page_and_a_place_in_the_menu() -> None:
    folder = CONSOLE / "templates"
    pages = {
        path.relative_to(folder).with_suffix("").as_posix()
        for path in folder.rglob("*.html")
        if '{% extends "layout.html" %}' in path.read_text("utf-8")
    }
    beside = Counter(template for templates in BESIDE.values() for template in templates)
    assert set(beside) == pages - WITHOUT
    assert set(beside.values()) == {1}
    assert Counter(name for names in UNDER.values() for name in names) == Counter(list(BESIDE))
    assert set(UNDER) == {entry.key for _, entries in GROUPS for entry in entries} | {""}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_help_is_whole_in_every_language(language: str) -> None:
    assert {path.stem for path in (FOLDER / language).glob("*.txt")} == set(BESIDE)
    for name in BESIDE:
        told = lines(name, language)
        assert [sign for sign, _ in told] == [sign for sign, _ in lines(name, CHINESE)], name
        many = Counter(sign for sign, _ in told)
        assert (many["#"], many[" "]) == (1, 1), name
        assert 3 <= many["-"] <= 6 and 1 <= many["!"] <= 3 and 2 <= many["?"] == many["="] <= 3, name
        for _, text in told:
            assert not any(word in text for word in NEVER), text
            assert language == CHINESE or not CHARACTER.search(QUOTED.sub("", text)), text


def test_a_help_is_called_as_the_menu_and_the_page_are() -> None:
    """Whoever reads "Phones" beside the page looks for "Phones" among the helps."""
    for language in set(LANGUAGES) - {CHINESE}:
        for name in BESIDE:
            called = {spoken: dict(lines(name, spoken))["#"] for spoken in (language, CHINESE)}
            assert called[language] == catalogue(language).get(called[CHINESE], called[language]), name


def test_a_help_names_buttons_as_the_pages_do() -> None:
    known, quoted = said(), 0
    for name in BESIDE:
        named = {language: words_of(name, language) for language in LANGUAGES}
        assert [one for one in named[CHINESE] if one not in known] == [], name
        assert all(one == named[CHINESE] for one in named.values()), name
        quoted += named[CHINESE].total()
    assert quoted > 100


def words_of(name: str, language: str) -> Counter[str]:
    """The words of the console that a help names."""
    return Counter(word for _, text in lines(name, language) for word in QUOTED.findall(text))


async def test_a_help_stands_beside_every_page_that_answers(sqlite_township: Township) -> None:
    nobody = await sqlite_township.clients.enter_async_context(sqlite_township.stranger())
    for who, paths in PAGES.items():
        http = await browser_of(sqlite_township, who) if who else nobody
        for path in paths:
            answer = await http.get(path)
            assert answer.status_code == 200, path
            assert answer.text.count('<aside class="help"') == 1, path
            assert "常做的事" in answer.text, path


async def test_all_helps_and_words_stand_on_one_page(sqlite_township: Township) -> None:
    http = await browser_of(sqlite_township, "赵敏")
    page = (await http.get("/help")).text
    for name in BESIDE:
        assert f'id="{name}"' in page
    for word in (
        "收件",
        "受理",
        "首问责任人",
        "直接办理",
        "限时办理",
        "代为办理",
        "上门办理",
        "顶岗",
        "包联干部",
        "存证",
    ):
        assert f"<dt>{word}</dt>" in page
    assert 'href="/devices">打开这一页' in page
    assert 'href="/settings">打开这一页' not in page, "a clerk has no such page"
    await http.get("/language/en")
    english = (await http.get("/help")).text
    assert "Receipt is not acceptance" in english
    assert "press “Mark as done”" in english, "a button is named as the page names it"
    assert not WRITTEN.search(english.partition("<main")[2].replace("“", "").replace("”", "").partition("</main>")[0])


async def test_the_help_opens_and_closes_by_keyboard_and_moves_nothing(
    sqlite_township: Township, desk: Page, phone: Page
) -> None:
    town = sqlite_township
    await sign_in(desk, town, "李红", "/receive/form?advice=yes")
    shut, told = desk.get_by_text("本页说明"), desk.get_by_text("收件不等于受理：收下只说明材料到了")
    await expect(shut).to_be_visible()
    await expect(told).to_be_hidden()
    field = desk.get_by_label("来访事由")
    await field.fill("养老")
    before = await field.bounding_box()
    await field.press("?")
    assert await field.input_value() in ("?养老", "养老?"), "who writes a question mark writes one"
    await expect(told).to_be_hidden()
    await desk.locator("h1").click()
    await desk.keyboard.press("?")
    await expect(told).to_be_visible()
    after = await field.bounding_box()
    assert before and after and (before["x"], before["y"]) == (after["x"], after["y"])
    beside = await told.bounding_box()
    assert beside and beside["x"] > after["x"] + after["width"], "the text beside it is not covered"
    assert "养老" in await field.input_value()
    await no_wider_than_the_screen(desk)
    await picture(desk, "console-help-desk")
    await desk.keyboard.press("Escape")
    await expect(told).to_be_hidden()
    await sign_in(phone, town, "赵敏", "/receive")
    await phone.get_by_text("本页说明").click()
    told = phone.get_by_text("收件不等于受理：收下只说明材料到了")
    heading, above = await phone.locator("h1").bounding_box(), await told.bounding_box()
    assert heading and above and above["y"] < heading["y"]
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-help-phone")
    await phone.get_by_text("收起说明").click()
    await expect(told).to_be_hidden()
    await phone.goto(f"{town.url}/help")
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-all-helps-phone")
    await desk.goto(f"{town.url}/help")
    await picture(desk, "console-all-helps-desk")


async def test_no_page_gets_too_wide_by_its_help(sqlite_township: Township, chromium: Browser) -> None:
    for who in ("李红", "周区"):
        async with looked_at(chromium, DESK) as desk:
            await sign_in(desk, sqlite_township, who)
            for path in PAGES[who]:
                await desk.goto(sqlite_township.url + path)
                await desk.locator("h1").click()  # out of the field in which one would write
                await desk.keyboard.press("?")
                await expect(desk.get_by_text("收起说明")).to_be_visible()
                await no_wider_than_the_screen(desk)


async def test_without_scripts_the_help_opens_by_hand(sqlite_township: Township, chromium: Browser) -> None:
    context = await chromium.new_context(java_script_enabled=False)
    try:
        page = await context.new_page()
        await page.goto(f"{sqlite_township.url}/sign-in")
        await page.get_by_text("本页说明").click()
        assert await page.get_by_text("他当面确认是您").is_visible()
        assert await page.locator(".keycap:visible").count() == 0, "there is no key without a script"
        await page.get_by_text("收起说明").click()
        assert await page.get_by_text("他当面确认是您").is_hidden()
        await page.get_by_label("账号").fill("赵敏")
        await page.get_by_label("密码").fill(PASSWORD)
        await press(page.get_by_role("button", name="登录"))
        await page.get_by_text("本页说明").click()
        assert await page.get_by_text("下班前再看一眼").is_visible()
        assert "现在没有要办的" in await page.locator("#now").inner_text()
    finally:
        await context.close()
