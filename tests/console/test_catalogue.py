"""事项目录: the desk reads what is promised; the district changes it by file and sees first what changes."""

import re

import httpx2
from openpyxl import Workbook
from playwright.async_api import Page

from daiban_server.features.catalogue.editions import replaced, standing
from tests.catalogue.office import export, in_force, publish_now, with_catalogue
from tests.catalogue.workbooks import edited
from tests.console.workday import browser_of, no_wider_than_the_screen, part, press, sign_in, token
from tests.support.chromium import picture
from tests.support.township import Township

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CODE = "MZ-01"


async def uploaded(http: httpx2.AsyncClient, data: bytes, item: str = "") -> httpx2.Response:
    """A file handed in at the page; gives the answer."""
    csrf = await token(http, "/catalogue/change")
    files = {"file": ("目录.xlsx", data, XLSX)}
    return await http.post("/catalogue/change", data={"csrf": csrf, "item": item}, files=files)


async def published(http: httpx2.AsyncClient, **given: str) -> httpx2.Response:
    """The button under the changes, as the page shows it."""
    page = await http.get("/catalogue/change")
    seen = re.findall(r'name="seen" value="([0-9a-f]*)"', page.text)
    form = {"csrf": await token(http, "/catalogue/change"), "seen": seen[0] if seen else "", **given}
    return await http.post("/catalogue/change/publish", data=form)


def with_fee(book: Workbook, fee: str = "每证 5 元") -> None:
    """The first item costs something from now on."""
    sheet = book["事项"]
    column = [cell.value for cell in sheet[1]].index("收费标准") + 1
    row = [cell.value for cell in sheet["A"]].index(CODE) + 1
    sheet.cell(row, column, fee)


def reworded(book: Workbook) -> None:
    """Its first question is asked in other words."""
    survey = book["survey"]
    column = next(n for n, cell in enumerate(survey[1], 1) if str(cell.value).startswith("label"))
    survey.cell(2, column, "您家有几口人")


async def test_an_item_is_read_as_it_is_promised_and_its_form_as_a_phone_shows_it(
    sqlite_township: Township, desk: Page, phone: Page
) -> None:
    town = sqlite_township
    await with_catalogue(town)
    await sign_in(desk, town, "赵敏", "/catalogue?q=高龄")
    link = desk.locator(".lines a").first
    name = await link.inner_text()
    await press(link)
    assert await desk.get_by_role("heading", level=1).inner_text() == name
    assert "工作日" in await part(desk, "向群众承诺的").inner_text()
    form = part(desk, "代办员手机上的表单")
    assert await form.locator("input:enabled, textarea:enabled").count() == 0, "a preview cannot be filled in"
    assert await form.get_by_text("必填").count() > 0
    await picture(desk, "console-item-desk")
    await sign_in(phone, town, "赵敏", "/catalogue")
    await no_wider_than_the_screen(phone)
    assert await phone.get_by_role("link", name="修改目录").count() == 0


async def test_a_question_that_waits_for_an_answer_says_for_which(sqlite_township: Township) -> None:
    await with_catalogue(sqlite_township)
    http = await browser_of(sqlite_township, "赵敏")
    codes = re.findall(r'href="/catalogue/items/([A-Z0-9-]+)"', (await http.get("/catalogue")).text)
    pages = [(await http.get(f"/catalogue/items/{code}")).text for code in codes]
    assert any(re.search("“[^”]+”答“[^”]+”时才问", page) for page in pages)
    assert (await http.get("/catalogue/items/XX-99")).status_code == 404


async def test_nothing_is_published_before_its_changes_were_seen(sqlite_township: Township) -> None:
    town = sqlite_township
    api = await with_catalogue(town)
    before, data = await in_force(api, CODE), await export(api)
    http = await browser_of(town, "周区")
    assert (await uploaded(http, edited(data, with_fee))).status_code == 303
    page = await http.get("/catalogue/change")
    assert "每证 5 元" in page.text and "收费标准" in page.text and "1 处有改动" in page.text
    assert await in_force(api, CODE) == before, "uploading publishes nothing"
    assert (await published(http, seen="0" * 32)).status_code == 422, "what was not shown is not published"
    assert await in_force(api, CODE) == before
    answer = await published(http)
    assert answer.headers["location"] == "/catalogue?said=published"
    now = await in_force(api, CODE)
    assert now["fields"]["fee"] == "每证 5 元" and now["edition"] == before["edition"] + 1
    item = await http.get(f"/catalogue/items/{CODE}")
    assert "第 2 版" in item.text and "改为「每证 5 元」" in item.text
    assert "没有等着发布的文件" in (await published(http)).text, "a second click publishes nothing"


async def test_what_a_colleague_published_meanwhile_is_looked_at_again(sqlite_township: Township) -> None:
    town = sqlite_township
    api = await with_catalogue(town)
    data, http = await export(api), await browser_of(town, "周区")
    await uploaded(http, edited(data, with_fee))
    page = await http.get("/catalogue/change")
    seen = re.findall(r'name="seen" value="([0-9a-f]+)"', page.text)[0]
    other = edited(data, lambda book: with_fee(book, "每证 9 元"))
    await api.post("/v1/catalogue/import", content=other, params={"dry_run": False})
    late = await published(http, seen=seen)
    assert late.status_code == 422 and "事项版本已变" in late.text
    assert (await in_force(api, CODE))["fields"]["fee"] == "每证 9 元"


async def test_what_is_thrown_away_was_never_in_force(sqlite_township: Township) -> None:
    town = sqlite_township
    api = await with_catalogue(town)
    http, data = await browser_of(town, "周区"), await export(api)
    await uploaded(http, edited(data, with_fee))
    gone = await http.post("/catalogue/change/discard", data={"csrf": await token(http)})
    assert gone.headers["location"] == "/catalogue/change?said=discarded"
    assert "每证 5 元" not in (await http.get("/catalogue/change")).text
    assert (await published(http)).status_code == 422


async def test_a_wrong_file_is_told_with_sheet_and_row_and_keeps_what_waits(sqlite_township: Township) -> None:
    town = sqlite_township
    api = await with_catalogue(town)
    http, data = await browser_of(town, "周区"), await export(api)
    await uploaded(http, edited(data, with_fee))

    def nonsense(book: Workbook) -> None:
        sheet = book["事项"]
        column = [cell.value for cell in sheet[1]].index("承诺办结时限") + 1
        sheet.cell(3, column, "很快")

    wrong = await uploaded(http, edited(data, nonsense))
    assert wrong.status_code == 422 and "「事项」表第 3 行「承诺办结时限」列" in wrong.text
    assert "每证 5 元" in (await http.get("/catalogue/change")).text
    assert (await uploaded(http, b"no workbook")).status_code == 422
    forged = await http.post("/catalogue/change", data={"csrf": "x"}, files={"file": ("a.xlsx", data, XLSX)})
    assert forged.status_code == 403


async def changed_by_a_colleague(town: Township) -> None:
    """An item comes, another costs something and a third ends."""
    now = (await town.services.database.read(standing())).catalogue
    one, other, last = (next(item for item in now.items if item["code"] == code) for code in (CODE, "MZ-02", "MZ-03"))
    rest = now._replace(items=tuple(item for item in now.items if item is not last))
    await publish_now(town, replaced(rest, [{**one, "code": "XX-01"}, {**other, "fee": "每证 7 元"}]), ends=1)


async def test_who_uploads_one_form_ends_nothing_that_a_colleague_added_meanwhile(sqlite_township: Township) -> None:
    town = sqlite_township
    api = await with_catalogue(town)
    http = await browser_of(town, "周区")
    sheet = (await http.get(f"/v1/catalogue/items/{CODE}/form.xlsx")).content
    assert (await uploaded(http, edited(sheet, reworded), CODE)).status_code == 303
    await changed_by_a_colleague(town)
    added = await in_force(api, "XX-01")
    page = await http.get("/catalogue/change")
    assert "1 处有改动" in page.text and "会停用" not in page.text, "he uploaded a form, and no list"
    assert (await published(http)).headers["location"] == "/catalogue?said=published"
    assert await in_force(api, "XX-01") == added, "the colleague's item stays"
    assert (await in_force(api, "MZ-02"))["fields"]["fee"] == "每证 7 元"
    assert '"MZ-03"' not in (await api.get("/v1/catalogue")).text, "nor does what he ended come back"
    assert "您家有几口人" in (await http.get(f"/catalogue/items/{CODE}")).text


async def test_a_form_of_an_item_that_a_colleague_changed_meanwhile_is_made_anew(sqlite_township: Township) -> None:
    town = sqlite_township
    api = await with_catalogue(town)
    http = await browser_of(town, "周区")
    sheet = (await http.get(f"/v1/catalogue/items/{CODE}/form.xlsx")).content
    await uploaded(http, edited(sheet, reworded), CODE)
    seen = re.findall(r'name="seen" value="([0-9a-f]+)"', (await http.get("/catalogue/change")).text)[0]
    await api.post("/v1/catalogue/import", content=edited(await export(api), with_fee), params={"dry_run": False})
    assert "事项版本已变" in (await http.get("/catalogue/change")).text
    assert (await published(http, seen=seen)).status_code == 422
    assert "您家有几口人" not in (await http.get(f"/catalogue/items/{CODE}")).text


async def test_a_form_goes_out_as_an_xlsform_and_comes_back_changed(
    sqlite_township: Township, desk: Page, phone: Page
) -> None:
    town = sqlite_township
    await with_catalogue(town)
    http = await browser_of(town, "周区")
    sheet = (await http.get(f"/v1/catalogue/items/{CODE}/form.xlsx")).content

    answer = await uploaded(http, edited(sheet, reworded), CODE)
    assert answer.status_code == 303, answer.text
    await sign_in(desk, town, "周区", "/catalogue/change")
    await desk.locator("main").get_by_text("改了以后手机上的表单").click()
    assert await desk.get_by_text("您家有几口人").last.is_visible()
    await no_wider_than_the_screen(desk)
    await picture(desk, "console-catalogue-change-desk")
    await sign_in(phone, town, "周区", "/catalogue/change")
    await no_wider_than_the_screen(phone)
    await press(phone.get_by_role("button", name="发布这些改动"))
    assert "已发布" in await phone.get_by_role("status").inner_text()
