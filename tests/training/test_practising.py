"""练习: a newcomer is let in by a button, settles something, begins anew, and it is as it was."""

import io
import re
from pathlib import Path
from urllib.parse import unquote

import httpx2
import openpyxl
import pytest
from playwright.async_api import Browser, Page

from daiban_server.console.training.exercises import AGENTS, EXERCISES
from daiban_server.training.known import record
from tests.console.workday import no_wider_than_the_screen, press, sign_in
from tests.support.chromium import DESK, PHONE, looked_at, picture
from tests.support.poppler import Poppler
from tests.support.township import Township
from tests.training.conftest import Ground, practised

SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
WORDS = {
    "zh": ("您来扮谁？", "就这么定", "重新开始练习", "重新开始", "正在准备练习", "做完了"),
    "en": ("Who will you be?", "Settle", "Begin the practice anew", "Begin anew", "Getting the practice ready", "Done"),
}
HEAD = "吴芳"


def called(answer: httpx2.Response) -> str:
    """The name under which a file is kept."""
    return unquote(answer.headers["content-disposition"].partition("UTF-8''")[2])


async def enter(page: Page, ground: Ground, name: str = HEAD) -> None:
    """Be somebody."""
    await page.goto(f"{ground.url}/sign-in")
    await press(page.get_by_role("button", name=re.compile(f"^{name}")))


@pytest.mark.parametrize("language", ["zh", "en"])
@SIZES
async def test_what_was_practised_is_gone_when_one_begins_anew(
    ground: Ground, chromium: Browser, size: dict[str, int], language: str
) -> None:
    door, settle, begin, sure, wait, done = WORDS[language]
    name = f"{size['width']}-{language}"
    async with looked_at(chromium, size) as page:  # type: ignore[arg-type]
        await page.goto(f"{ground.url}/language/{language}?next=/sign-in")
        assert await page.get_by_role("heading", level=1).inner_text() == door
        await no_wider_than_the_screen(page)
        await picture(page, f"training-door-{name}")
        await enter(page, ground)
        assert done not in await page.locator(".exercises").inner_text()
        await page.goto(f"{ground.url}/summary")
        await page.locator("#disputes input[type=radio]").first.check()
        await press(page.locator("#disputes").get_by_role("button", name=settle))
        await page.goto(f"{ground.url}/training")
        assert (await page.locator(".exercises .done").all_inner_texts())[0].count(done) == 1
        assert await page.locator(".exercises .done").count() == 1
        await no_wider_than_the_screen(page)
        await picture(page, f"training-exercises-{name}")
        await press(page.get_by_role("link", name=begin))
        await picture(page, f"training-again-{name}")
        ground.gate.clear()
        await press(page.get_by_role("button", name=sure))
        await page.get_by_role("heading", name=wait).wait_for()
        await no_wider_than_the_screen(page)
        await picture(page, f"training-waiting-{name}")
        ground.gate.set()
        await page.get_by_role("heading", name=door).wait_for()
        await enter(page, ground)
        assert done not in await page.locator(".exercises").inner_text()


async def test_every_page_bears_the_band_and_none_asks_for_backups(ground: Ground) -> None:
    async with ground.somebody() as http:
        paths = ["/sign-in", "/look-up", "/opinions", "/lost", "/hand-in", "/hall", "/hall/HB01"]
        for path in [*paths, f"/language/zh?next=/{'x' * 9}/../visits/none"]:
            await marked(http, path)
        page = await be(http, HEAD)
        for path in sorted(set(re.findall(r'<li><a href="(/[^"]+)"', page))):
            shown = await marked(http, path)
            assert "做过备份" not in shown and "daiban backup" not in shown, path
        assert (await http.get("/visits/none")).status_code >= 400
        await marked(http, "/visits/none")


async def marked(http: httpx2.AsyncClient, path: str) -> str:
    """A page that says above everything, and in its title, that it is for practice."""
    page = (await http.get(path, follow_redirects=True)).text
    assert "<title>练习 · " in page, (path, page[:400])
    assert "人和办件都是编的" in page.split("<header")[0], path
    assert "icon-practice" in page, path
    return page


async def be(http: httpx2.AsyncClient, name: str) -> str:
    """Be somebody by his button; gives the page that follows."""
    door = (await http.get("/sign-in")).text
    found = re.search(rf'value="([0-9a-f]{{32}})">{name}', door)
    assert found, door
    answer = await http.post("/sign-in/practice", data={"person": found[1], "next": "/summary"}, follow_redirects=True)
    assert answer.url.path == "/training", answer.text
    return answer.text


def csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found
    return found[1]


async def test_whoever_is_nobody_is_not_let_in(ground: Ground) -> None:
    async with ground.somebody() as http:
        for person in ("", "x", "0" * 32, record("came").hex()):
            answer = await http.post("/sign-in/practice", data={"person": person, "next": "/summary"})
            assert answer.status_code in (400, 404, 422), person
            assert "set-cookie" not in answer.headers
        other = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
        assert (await http.post("/sign-in/practice", data={}, headers=other)).status_code == 403
        assert (await http.get("/training")).headers["location"] == "/sign-in?next=%2Ftraining"
        await be(http, HEAD)
        assert (await http.post("/training/again", data={"csrf": "guessed"})).status_code == 403
    assert ground.made == 1


async def test_every_exercise_leads_somewhere_and_none_is_done_at_first(ground: Ground) -> None:
    people = {"clerk": "王敏", "head": HEAD, "cadre": "朱强", "district": "区政务办"}
    assert set(people) == set(EXERCISES) and len(AGENTS) >= 5
    for role, name in people.items():
        async with ground.somebody() as http:
            page = await be(http, name)
            assert 5 <= len(EXERCISES[role]) <= 9
            assert "做完了" not in page, role
            for one in EXERCISES[role]:
                answer = await http.get(one.path)
                assert answer.status_code == 200, (role, one.path, answer.text[:300])
    async with ground.somebody() as http:
        await be(http, "王敏")
        told = (await http.get("/summary")).text
        for words in ("今日到期", "已超期", "种写法", "待审核", "明天到期", "待安排", "今天没联系"):
            assert words in told, words
        assert "刘育兰" in (await http.get("/households/duplicates")).text


async def test_papers_say_across_every_page_that_they_do_not_count(ground: Ground, poppler: Poppler) -> None:
    async with ground.somebody() as http:
        page = await be(http, HEAD)
        token = csrf(page)
        case = record("due").hex()
        register = (await http.get("/registers", follow_redirects=True)).text
        printed = re.findall(r'href="(/v1/registers/[^"]+/print[^"]*)"', register)
        paths = [
            f"/v1/cases/{case}/papers/acceptance",
            f"/v1/cases/{record('ended 0').hex()}/papers/file",
            "/v1/figures/daily.pdf",
        ]
        paths += ["/v1/print/duty", "/v1/print/items/MZ-01", *(one.replace("&amp;", "&") for one in printed[:1])]
        answers = [await http.get(path) for path in paths]
        asked = {"record": case, "reason": "本人要", "person": ""}
        answers.append(await http.post("/v1/copies", json=asked, headers={"X-CSRF-Token": token}))
        for answer in answers:
            assert answer.status_code == 200, (answer.url, answer.text[:300])
            pages = poppler.pages(answer.content)
            assert pages and all("练习" in page for page in pages), answer.url


async def test_tables_say_in_the_file_and_in_its_name_that_they_do_not_count(ground: Ground) -> None:
    async with ground.somebody() as http:
        await be(http, HEAD)
        for path in ("daily.xlsx", "span.xlsx", "daily.csv", "span.csv"):
            answer = await http.get(f"/v1/figures/{path}")
            assert answer.status_code == 200, answer.text[:300]
            assert called(answer).startswith("练习"), path
            if path.endswith("csv"):
                firsts = [answer.content.decode("utf-8-sig").splitlines()[0]]
            else:
                book = openpyxl.load_workbook(io.BytesIO(answer.content))
                firsts = [str(sheet["A1"].value) for sheet in book]
                assert all(sheet["A2"].value and sheet.freeze_panes for sheet in book), "the heads stand below"
            assert firsts and all(one.startswith("练习：人和办件都是编的") for one in firsts), path


async def test_a_catalogue_that_was_practised_on_is_marked_and_can_be_read_in_again(ground: Ground) -> None:
    async with ground.somebody() as http:
        token = csrf(await be(http, "区政务办"))
        answer = await http.get("/v1/catalogue/export.xlsx")
        form = await http.get("/v1/catalogue/items/MZ-01/form.xlsx")
        for one in (answer, form):
            book = openpyxl.load_workbook(io.BytesIO(one.content))
            assert called(one).startswith("练习")
            assert book.properties.title == "练习"
            assert all(sheet.oddHeader.center.text == "练习" for sheet in book)
        for path, file in (("import", answer), ("items/MZ-01/form", form)):
            again = await http.post(f"/v1/catalogue/{path}", content=file.content, headers={"X-CSRF-Token": token})
            assert again.status_code == 200, again.text


async def test_a_browser_may_be_signed_in_here_and_at_the_real_centre(
    ground: Ground, sqlite_township: Township, desk: Page
) -> None:
    """Both are on one host: a browser sends what it has to both."""
    town = sqlite_township
    await sign_in(desk, town, "赵敏")
    before = {one["name"] for one in await desk.context.cookies()}
    await enter(desk, ground)
    assert HEAD in await desk.locator(".who").inner_text()
    await desk.goto(f"{town.url}/summary")
    assert "赵敏" in await desk.locator(".who").inner_text()
    assert await desk.locator(".practising").count() == 0
    after = {one["name"] for one in await desk.context.cookies()}
    assert after - before == {"daiban_practice"}, "and nothing that would heap up with every new beginning"
    await press(desk.get_by_role("button", name="退出"))
    await desk.goto(f"{ground.url}/training")
    assert HEAD in await desk.locator(".who").inner_text()


async def test_who_is_killed_in_the_middle_begins_with_a_whole_district(tmp_path: Path, pristine: Path) -> None:
    folder = tmp_path / "training"
    async with practised(folder, pristine) as first, first.somebody() as http:
        page = await be(http, HEAD)
        shown = (await http.get("/summary")).text
        assert "种写法" in shown
        first.gate.clear()
        await http.post("/training/again", data={"csrf": csrf(page)})
        for _ in range(600):
            waiting = await http.get("/sign-in")
            if waiting.status_code == 503 and not first.place.district.exists():
                break
        assert waiting.headers["Refresh"].endswith("url=/sign-in")
        assert (await http.get("/v1/health")).json()["code"] == "server.busy"
        # What a power cut leaves: no district, half of another, and the wish for it.
        left = tmp_path / "left"
        left.mkdir()
        for name in ("TRAINING", "AGAIN"):
            (left / name).touch()
        (left / "district.part").mkdir()
        (left / "district.part" / "UNFINISHED").touch()
    async with practised(left, pristine) as second, second.somebody() as http:
        assert second.made == 1
        await be(http, HEAD)
        assert "种写法" in (await http.get("/summary")).text
        assert not (left / "AGAIN").exists()


async def test_a_restart_keeps_what_was_practised_and_a_wish_to_begin_anew_is_kept_too(
    tmp_path: Path, pristine: Path
) -> None:
    folder = tmp_path / "training"
    async with practised(folder, pristine) as first:
        assert first.made == 1
    async with practised(folder, pristine) as second:
        assert second.made == 0
        second.place.give_up()
    async with practised(folder, pristine) as third:
        assert third.made == 1
