"""Addresses that lead nowhere: whoever browses is told so on a page with the way on, a program in a document."""

import pytest

from tests.console.workday import browser_of, main_of
from tests.support.raw_device import code_of
from tests.support.township import Township

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


async def test_an_address_that_there_is_not_is_told_on_a_page_with_the_menu(sqlite_township: Township) -> None:
    http = await browser_of(sqlite_township, "赵敏")
    known = await http.get(f"/cases/{'0' * 32}", headers=BROWSER)
    page = await http.get("/summry", headers=BROWSER)
    assert (page.status_code, known.status_code) == (404, 404)
    for one in (page, known):
        assert one.headers["content-type"].startswith("text/html")
        assert 'class="menu"' in one.text
        assert 'href="/summary">回到今日情况' in main_of(one)
    assert "没有这个地址" in main_of(page)
    http.cookies.set("daiban_language", "en")
    assert "Not found" in main_of(await http.get("/summry", headers=BROWSER))


async def test_a_stranger_is_told_so_without_a_menu(sqlite_township: Township) -> None:
    async with sqlite_township.stranger() as http:
        page = await http.get("/summry", headers=BROWSER)
    assert (page.status_code, "没有这个地址" in page.text, 'class="menu"' in page.text) == (404, True, False)


@pytest.mark.parametrize(("path", "accept"), [("/summry", "*/*"), ("/v1/summry", BROWSER["Accept"])])
async def test_a_program_is_told_in_a_document(path: str, accept: str, sqlite_township: Township) -> None:
    http = await browser_of(sqlite_township, "赵敏")
    answer = await http.get(path, headers={"Accept": accept})
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, code_of(answer)) == (404, "request.not_found")


POSTED = ("/visits/book/offers", "/cases/searches", "/settings/office", "/account/password", "/sign-out")


@pytest.mark.parametrize("path", POSTED)
async def test_what_only_a_form_opens_is_told_on_a_page(path: str, sqlite_township: Township) -> None:
    http = await browser_of(sqlite_township, "李红")
    page = await http.get(path, headers=BROWSER)
    assert (page.status_code, set(page.headers["allow"].split(", "))) == (405, {"OPTIONS", "POST"})
    assert "这个地址不能直接打开" in main_of(page)
    assert 'class="menu"' in page.text


async def test_a_paper_that_cannot_be_printed_is_told_on_a_page(sqlite_township: Township) -> None:
    http = await browser_of(sqlite_township, "赵敏")
    for path, status, said in (
        ("/v1/registers/来访/print?first=2020-01-01&last=2020-01-02", 422, "没有可打印的文书"),
        ("/v1/registers/来访/print?first=gestern", 400, "回到今日情况"),
        (f"/v1/cases/{'0' * 32}/papers/receipt", 404, "没有这条记录"),
        (f"/v1/print/people/{'0' * 32}/badge", 404, "回到今日情况"),
        (f"/v1/print/visits/{'0' * 32}?size=a7", 400, "回到今日情况"),
    ):
        page = await http.get(path, headers=BROWSER)
        assert page.headers["content-type"].startswith("text/html"), path
        assert (page.status_code, said in main_of(page)) == (status, True), (path, page.text)
        assert (await http.get(path)).headers["content-type"] == "application/problem+json"
    async with sqlite_township.stranger() as stranger:
        answer = await stranger.get("/v1/print/duty", headers=BROWSER)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=%2Fsummary")
