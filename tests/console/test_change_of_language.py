"""Whoever reads a page in another language goes on where he was: at the page, and at what he had asked of it."""

from urllib.parse import quote

import pytest
from playwright.async_api import Page

from tests.console.test_cases import handed_in
from tests.console.workday import browser_of, press, sign_in
from tests.support.township import Township


async def test_what_was_looked_for_is_found_in_the_other_language_too(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    await handed_in(town, "张桂兰", "欧阳青山")
    await sign_in(desk, town, "赵敏", "/cases?state=submitted&due=week")
    await press(desk.get_by_role("link", name="English"))
    assert desk.url == f"{town.url}/cases?state=submitted&due=week"
    await press(desk.get_by_role("link", name="中文"))
    await desk.get_by_label("期限").select_option("")
    await desk.get_by_label("查找", exact=True).press_sequentially("ouyang")
    await desk.wait_for_url("**/cases?q=ouyang**")
    typed = desk.url
    await press(desk.get_by_role("link", name="English"))
    assert desk.url == typed, "typed since the page was made"
    assert await desk.get_by_role("row").count() == 2
    assert "Cases" in await desk.locator("h1").inner_text()


@pytest.mark.parametrize(
    ("onward", "referer", "leads"),
    [
        ("/cases", "https://localhost/cases?page=2", "/cases?page=2"),
        ("/cases?q=a", "https://localhost/cases", "/cases"),
        ("/cases?q=a", "https://localhost/summary?q=b", "/cases?q=a"),
        ("/cases?q=a", "", "/cases?q=a"),
        ("/cases?q=a", "https://[", "/cases?q=a"),
        ("//elsewhere.example/cases", "https://localhost//elsewhere.example/cases?q=a", "/"),
        ("/\\elsewhere.example", "", "/"),
        ("/cases\r\nSet-Cookie: a=b", "", "/"),
        ("/cases?q=张", "", "/"),
        ("https://elsewhere.example/", "", "/"),
    ],
    ids=[
        *("a page on", "all again", "from another page", "without a referer", "no address", "another host"),
        *("as browsers read it", "a header's end", "no address of ours", "all of another's"),
    ],
)
async def test_the_way_back_is_a_page_of_ours(onward: str, referer: str, leads: str, sqlite_township: Township) -> None:
    async with sqlite_township.stranger() as http:
        answer = await http.get("/language/en", params={"next": onward}, headers={"Referer": referer})
    assert (answer.status_code, answer.headers["location"]) == (303, leads)


@pytest.mark.parametrize(
    ("sent", "referer", "leads"),
    [
        ("/account/password", "/account", "/account"),
        ("/account/password", "", "/account"),
        ("/account/password", "/account/password", "/account"),
        ("/visits/book/offers", "/visits/book?q=1", "/visits/book?q=1"),
        ("/settings/office", "", "/settings"),
        ("/visits/away", "/visits/away", "/visits/away"),
        (f"/visits/away/{'0' * 32}/begin", "", f"/visits/away/{'0' * 32}"),
        ("/sign-out", "//elsewhere.example", "/"),
        ("/sign-out", "/cases?state=submitted", "/cases?state=submitted"),
    ],
)
async def test_what_came_of_a_form_leads_back_to_the_form(
    sent: str, referer: str, leads: str, sqlite_township: Township
) -> None:
    town = sqlite_township
    http = await browser_of(town, "李红")
    headers = {"Referer": town.url + referer} if referer else {}
    page = await http.post(sent, data={"csrf": "stale"}, headers=headers)
    assert f'href="/language/en?next={quote(leads)}"' in page.text
    elsewhere = {"Referer": "https://elsewhere.example/audit"}
    page = await http.post("/account/password", data={"csrf": "stale"}, headers=elsewhere)
    assert 'href="/language/en?next=/account"' in page.text
