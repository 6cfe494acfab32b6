"""Pages that follow what happens: what a colleague did comes onto the page, and what one was writing stays."""

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from daiban_server.accounts.sessions import IDLE
from daiban_server.console import live
from tests.console.test_cases import handed_in
from tests.console.test_visits import booked, next_day
from tests.console.workday import browser_of, part, press, sign_in, token
from tests.support.township import Township, new_id


@pytest.fixture(autouse=True)
def streams_last(monkeypatch: pytest.MonkeyPatch, streams_end_at_once: None) -> None:
    """As they do where people work."""
    monkeypatch.setattr(live, "LASTS", 300)


async def act(town: Township, case: str, command: str) -> None:
    """A colleague does something with a case."""
    clerk = await town.signed_in("李红")
    path = f"/v1/records/application/{case}/commands/{command}"
    assert (await clerk.post(path, json={})).status_code == 200


async def test_two_clerks_on_one_case_see_each_others_acts(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    await sign_in(desk, town, "赵敏", f"/cases/{case}")
    await act(town, case, "receive")
    await expect(part(desk, "办理经过")).to_contain_text("收件登记")
    await expect(desk.locator("h1")).to_contain_text("已收件")


async def test_what_happened_before_the_page_began_to_follow_comes_too(sqlite_township: Township, desk: Page) -> None:
    """On a slow desk the stream opens seconds after the page was written."""
    town, follows = sqlite_township, asyncio.Event()
    [case] = await handed_in(town, "张桂兰")

    async def later(route: Route) -> None:
        await follows.wait()
        await route.continue_()

    await desk.route("**/live", later)
    await sign_in(desk, town, "赵敏", f"/cases/{case}")
    await expect(desk.locator("h1")).to_contain_text("已提交")
    await act(town, case, "receive")
    follows.set()
    await expect(desk.locator("h1")).to_contain_text("已收件")


async def test_what_a_clerk_is_writing_stays_while_a_colleague_acts(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    await sign_in(desk, town, "赵敏", f"/cases/{case}")
    acts = part(desk, "现在可以办")
    await acts.locator("summary", has_text="申请人撤回").click()
    await acts.locator("#withdraw-reason").fill("他说先不办了")
    await act(town, case, "receive")
    await expect(desk.get_by_text("这一页有新的内容")).to_be_visible()
    assert await acts.locator("#withdraw-reason").input_value() == "他说先不办了"
    await desk.get_by_role("link", name="刷新看看").click()
    await expect(desk.locator("h1")).to_contain_text("已收件")
    await expect(part(desk, "现在可以办").locator("#withdraw-reason")).to_have_value("他说先不办了")


async def test_who_is_writing_is_told_of_news_only_where_there_is_some(sqlite_township: Township, desk: Page) -> None:
    """The form that he writes in bears another id on every page; what a colleague said comes beside it."""
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    clerk = await town.signed_in("李红")
    home = (await clerk.get(f"/v1/records/application/{case}")).json()["values"]["household"]
    await sign_in(desk, town, "赵敏", f"/households/{home}")
    await desk.get_by_label("一句话").fill("他说下周来取")
    http = await browser_of(town, "李红")
    said = {"csrf": await token(http), "id": new_id().hex(), "outcome": "waiting", "text": "等县里批"}
    assert (await http.post(f"/households/{home}/replies", data=said)).status_code == 303
    await expect(part(desk, "说过的话")).to_contain_text("等县里批")
    await expect(desk.get_by_text("这一页有新的内容")).to_have_count(0)
    await expect(desk.get_by_label("一句话")).to_have_value("他说下周来取")


async def test_who_is_on_the_telephone_is_told_of_no_news_where_there_is_none(
    sqlite_township: Township, desk: Page
) -> None:
    town = sqlite_township
    case, other = await handed_in(town, "张桂兰", "李秀英")
    await sign_in(desk, town, "赵敏", f"/visits/book?case={case}")
    await desk.locator("main input[type=checkbox]").first.click()
    async with desk.expect_response(lambda answer: "x-by-itself" in answer.request.headers) as asked:
        await act(town, other, "receive")
    await (await asked.value).finished()
    await desk.evaluate("new Promise((done) => setTimeout(done, 300))")
    await expect(desk.get_by_text("这一页有新的内容")).to_have_count(0)


async def test_what_is_written_into_a_part_that_came_by_itself_is_kept_too(
    sqlite_township: Township, desk: Page
) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    await sign_in(desk, town, "赵敏", f"/cases/{case}")
    await act(town, case, "receive")
    await expect(desk.locator("h1")).to_contain_text("已收件")
    await part(desk, "现在可以办").locator("summary", has_text="申请人撤回").click()
    await desk.locator("#withdraw-reason").fill("他说先不办了")
    await desk.reload()
    await expect(desk.locator("#withdraw-reason")).to_have_value("他说先不办了")


async def test_a_new_case_comes_into_todays_page_and_into_the_list(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    await handed_in(town, "张桂兰")
    await sign_in(desk, town, "赵敏", "/cases")
    await expect(desk.get_by_role("row")).to_have_count(2)
    await handed_in(town, "李秀英")
    await expect(desk.get_by_role("row")).to_have_count(3)


async def test_a_visit_comes_onto_the_weeks_board(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    day = next_day(town, 1)
    await sign_in(desk, town, "李红", f"/visits?week={day}")
    await expect(desk.locator(".board .card")).to_have_count(0)
    await booked(town, await browser_of(town, "赵敏"), case, day)
    await expect(desk.locator(".board .card")).to_have_count(1)


async def test_times_that_are_read_out_on_the_telephone_stay_whatever_happens_meanwhile(
    sqlite_township: Township, desk: Page, phone: Page
) -> None:
    """The page came of a form: its address alone asks which household it is."""
    town = sqlite_township
    mine, others = await handed_in(town, "张桂兰", "李大山")
    visit = await booked(town, await browser_of(town, "赵敏"), mine, next_day(town))
    await sign_in(phone, town, "李红", f"/cases/{others}")
    await sign_in(desk, town, "赵敏", f"/visits/book?visit={visit}")
    await press(desk.get_by_role("button", name="看有哪些时间"))
    await desk.get_by_label("和谁说的").fill("")
    await press(desk.get_by_role("button", name="改到这时").first)
    await expect(desk.get_by_role("alert")).to_contain_text("请写明是和家里谁说定的")
    await desk.evaluate("document.activeElement.blur()")
    await act(town, others, "receive")
    await expect(phone.locator("h1")).to_contain_text("已收件")
    await expect(part(desk, "有这些时间")).to_be_visible()


async def test_unsent_words_survive_a_reload_and_go_when_they_were_sent(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    await sign_in(desk, town, "赵敏", f"/cases/{case}")
    acts = part(desk, "现在可以办")
    await acts.locator("summary", has_text="申请人撤回").click()
    await acts.locator("#withdraw-reason").fill("他说先不办了")
    await desk.reload()
    await expect(desk.get_by_text("这是您上次写了还没提交的")).to_be_visible()
    await expect(acts.locator("#withdraw-reason")).to_have_value("他说先不办了")
    await press(acts.get_by_role("button", name="申请人撤回"))
    await expect(desk.get_by_role("status")).to_contain_text("已办好")
    assert "先不办了" not in await desk.evaluate("JSON.stringify(sessionStorage)")


async def test_nothing_that_was_written_stays_at_the_desk_after_signing_out(
    sqlite_township: Township, desk: Page
) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    await sign_in(desk, town, "赵敏", f"/cases/{case}")
    acts = part(desk, "现在可以办")
    await acts.locator("summary", has_text="申请人撤回").click()
    await acts.locator("#withdraw-reason").fill("他家里的私事")
    await press(desk.get_by_role("button", name="退出"))
    assert await desk.evaluate("Object.keys(sessionStorage).length") == 0


async def test_a_colleague_at_the_same_desk_sees_nothing_of_it(sqlite_township: Township, desk: Page) -> None:
    """The first one's session was over; he did not sign out."""
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    await sign_in(desk, town, "赵敏", f"/cases/{case}")
    await part(desk, "现在可以办").locator("summary", has_text="申请人撤回").click()
    await desk.locator("#withdraw-reason").fill("他家里的私事")
    await desk.context.clear_cookies()
    await sign_in(desk, town, "李红", f"/cases/{case}")
    await expect(desk.locator("#withdraw-reason")).to_have_value("")
    assert "私事" not in await desk.evaluate("JSON.stringify(sessionStorage)")


async def test_a_page_that_follows_by_itself_keeps_no_desk_signed_in(sqlite_township: Township) -> None:
    town = sqlite_township
    http = await browser_of(town, "赵敏")
    for _ in range(2):
        town.clock.ahead += IDLE // 2 - 60_000
        assert (await http.get("/summary", headers={"X-By-Itself": "yes"})).status_code == 200
    town.clock.ahead += IDLE // 2
    assert (await http.get("/summary")).status_code == 303, "nobody has done anything for an hour"
