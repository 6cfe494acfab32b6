"""A list that outgrew a page is read to its end, page by page; nothing of it is passed over, nothing stands twice."""

import re
from collections.abc import Awaitable, Callable

import httpx2
import pytest
from playwright.async_api import Browser

from daiban_server.db import schema
from tests.console.test_feedback import said
from tests.console.workday import browser_of, main_of, no_wider_than_the_screen, press, sign_in, token, write
from tests.support.chromium import DESK, PHONE, looked_at, picture
from tests.support.township import Township, new_id

MINUTE = 60_000


async def failed_messages(town: Township) -> None:
    """A hundred and twenty that reached nobody, one a minute; an outage has as many."""
    now = town.clock()
    rows = [
        (
            *(new_id(), town.centre, None, f"1370000{number:04}", "case.finished", None, f"第{number}件办好了", b""),
            *(now - number * MINUTE, "failed", 2, now, None, None, "NoGatewayError"),
        )
        for number in range(120)
    ]
    await write(town, schema.message, *rows)


async def ratings_among_opinions(town: Township) -> None:
    """Good ratings of a year, a hundred and seventeen, and three opinions that came since."""
    now = town.clock() - 60 * MINUTE
    rows = [(town.centre, new_id(), 5, f"第{number}件很快", now - number * MINUTE, bytes(16)) for number in range(117)]
    await write(town, schema.rating, *rows)
    for number in range(3):
        await said(town, f"第{117 + number}件太慢")


async def a_years_cases(town: Township) -> list[bytes]:
    """Sixty that are open and due on one day, and sixty that were over at one moment, as one paper closes them; of
    these the first was handed in last, and one that ended since is the oldest. Gives their ids."""
    now, ids = town.clock(), [new_id() for _ in range(120)]
    for number in range(120):
        over = number >= 60
        ended = (now if number == 119 else now - 60 * MINUTE) if over else None
        told = {
            **dict.fromkeys(("number", "slip", "item_name", "window", "search"), ""),
            **dict.fromkeys(("item", "household", "place", "owner", "handler"), bytes(16)),
            **dict.fromkeys(("received", "accepted", "end", "archived", "kept_from")),
            "centre": town.centre,
            "id": ids[number],
            "label": "direct",
            "source": "home",
            "urgent": False,
            "kin": False,
            "applicant": f"第{number}件",
            "status": "closed" if over else "received",
            "ended": ended,
            "submitted": now - (number % 60) * 10 * MINUTE,
            "due": None if over else "2099-01-01",
        }
        await write(town, schema.case_sheet, tuple(told[column.name] for column in schema.case_sheet.columns))
    return ids


async def accepted_at_once(town: Township) -> None:
    """All of them accepted in one moment."""
    now = town.clock()
    rows = [
        (town.centre, number, case, "accept", "received", "accepted", now, now, bytes(16), b"")
        for number, case in enumerate(await a_years_cases(town), 1)
    ]
    await write(town, schema.case_event, *rows)


async def pages_of(http: httpx2.AsyncClient, path: str) -> list[list[str]]:
    """What stands on each page, from the first one on along the link to the next."""
    pages: list[list[str]] = []
    while True:
        page = main_of(await http.get(path))
        pages.append(re.findall(r"第\d+件", re.sub(r'aria-label="[^"]*"', "", page)))
        following = re.search(r'href="([^"]+)">下一页', page)
        if following is None:
            return pages
        path = following[1].replace("&amp;", "&")


@pytest.mark.parametrize(
    ("fill", "path"),
    [
        (failed_messages, "/messages?state=failed"),
        (ratings_among_opinions, "/feedback?window="),
        (accepted_at_once, "/figures/counted?figure=accepted"),
    ],
    ids=["messages", "opinions", "counted"],
)
async def test_each_line_stands_on_one_page(
    fill: Callable[[Township], Awaitable[None]], path: str, sqlite_township: Township
) -> None:
    await fill(sqlite_township)
    http = await browser_of(sqlite_township, "赵敏")
    pages = await pages_of(http, path)
    assert [len(page) for page in pages] == [50, 50, 20]
    assert len({line for page in pages for line in page}) == 120
    beyond = main_of(await http.get(f"{path}&page=9"))
    assert "没有第 9 页" in beyond and "下一页" not in beyond


async def test_each_case_stands_on_one_page_though_many_are_due_or_over_at_once(township: Township) -> None:
    town = township
    await a_years_cases(town)
    pages = await pages_of(await browser_of(town, "赵敏"), "/cases?all=yes")
    assert [len(page) for page in pages] == [50, 50, 20]
    lines = [line for page in pages for line in page]
    assert len(set(lines)) == 120
    assert lines[:60] == [f"第{number}件" for number in range(60)], "what is owed, and of one day what came last"
    assert lines[60] == "第119件", "then what ended last, however long ago it came in"


async def test_opinions_and_ratings_are_one_list_and_what_waits_is_counted_whatever_page_is_open(
    sqlite_township: Township,
) -> None:
    town = sqlite_township
    await said(town, "第900件太慢")
    town.clock.ahead += 4 * 60 * MINUTE
    await ratings_among_opinions(town)
    http = await browser_of(town, "赵敏")
    first, *_, last = await pages_of(http, "/feedback")
    assert first[:4] == ["第119件", "第118件", "第117件", "第0件"], "newest first, whichever of both it is"
    assert last[-2:] == ["第116件", "第900件"], "and the oldest last"
    for page in ("/feedback", "/feedback?page=3", "/feedback?stars=5"):
        assert "待答复 4 件" in main_of(await http.get(page))


async def test_who_acts_on_a_later_page_comes_back_to_it(sqlite_township: Township, chromium: Browser) -> None:
    town = sqlite_township
    await failed_messages(town)
    async with looked_at(chromium, DESK) as desk, looked_at(chromium, PHONE) as phone:
        await sign_in(desk, town, "赵敏", "/messages?state=failed")
        await press(desk.get_by_role("link", name="下一页"))
        assert "第 2 页" in await desk.get_by_role("navigation", name="翻页").inner_text()
        await picture(desk, "console-messages-second-page-desk")
        await press(desk.get_by_role("button", name="再发一次").first)
        assert desk.url == f"{town.url}/messages?state=failed&page=2&said=message-again"
        assert "马上再发一次" in await desk.get_by_role("status").inner_text()
        await sign_in(phone, town, "赵敏", "/messages?page=2")
        await no_wider_than_the_screen(phone)
        await picture(phone, "console-messages-second-page-phone")
        await phone.goto(f"{town.url}/feedback?page=2")
        await press(phone.get_by_role("link", name="回第一页"))
        assert phone.url == f"{town.url}/feedback"
        await ratings_among_opinions(town)
        await phone.goto(f"{town.url}/feedback?page=2")
        await no_wider_than_the_screen(phone)
        await picture(phone, "console-feedback-second-page-phone")
        await desk.goto(f"{town.url}/feedback?page=2")
        await picture(desk, "console-feedback-second-page-desk")


async def test_the_address_of_an_act_leads_back_to_its_page_and_nowhere_else(sqlite_township: Township) -> None:
    """What stands behind the question mark is read as a state and a page, and written anew."""
    town = sqlite_township
    await failed_messages(town)
    http = await browser_of(town, "赵敏")
    one, other, *_ = (await (await town.signed_in("赵敏")).get("/v1/messages/sent")).json()
    form = {"csrf": await token(http)}
    answer = await http.post(f"/messages/{other['id']}/again?state=failed&page=2", data=form)
    assert answer.headers["location"] == "/messages?state=failed&page=2&said=message-again"
    answer = await http.post(f"/messages/{one['id']}/again?state=//x&page=-1&next=https://x", data=form)
    assert answer.headers["location"] == "/messages?said=message-again"
