"""统计: the head looks at the day's balance, asks what a number counts, and the district weighs the assessment."""

import functools
import re

import httpx2
from playwright.async_api import Page

from daiban_server import audit
from daiban_server.limits.calendar import local_day
from tests.console.test_cases import handed_in
from tests.console.test_feedback import rated
from tests.console.workday import (
    browser_of,
    hired,
    main_of,
    no_wider_than_the_screen,
    press,
    second_centre,
    sign_in,
    token,
)
from tests.support.chromium import picture
from tests.support.township import Township


async def accepted(town: Township, *applicants: str) -> list[str]:
    """Applications that were submitted, received and accepted today."""
    cases = await handed_in(town, *applicants)
    clerk = await town.signed_in("赵敏")
    for case in cases:
        for command in ("receive", "accept"):
            path = f"/v1/records/application/{case}/commands/{command}"
            assert (await clerk.post(path, json={})).status_code == 200
    return cases


def balance(page: str) -> dict[str, int]:
    """The numbers of the balance, by their labels."""
    told = re.findall(r'<span class="number">(\d+)</span> <span class="label">([^<]+)</span>', page)
    return {label: int(number) for number, label in told}


async def test_every_number_leads_to_what_it_counts(sqlite_township: Township, desk: Page, phone: Page) -> None:
    await accepted(sqlite_township, "张桂兰", "欧阳青山", "李秀英")
    await sign_in(desk, sqlite_township, "李红", "/figures")
    assert await desk.get_by_role("link", name="3 受理", exact=True).count() == 1
    await picture(desk, "console-figures-desk")
    await desk.get_by_text("看每一段的数").click()
    await press(desk.get_by_role("link", name="3 受理", exact=True))
    assert await desk.get_by_role("row").count() == 4
    assert "欧阳青山" in await desk.locator("main").inner_text()
    await press(desk.get_by_role("row").nth(1).get_by_role("link"))
    assert "/cases/" in desk.url
    await sign_in(phone, sqlite_township, "李红", "/figures")
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-figures-phone")


async def test_the_balance_closes_and_follows_the_days(sqlite_township: Township) -> None:
    await accepted(sqlite_township, "张桂兰", "欧阳青山")
    http = await browser_of(sqlite_township, "李红")
    today = balance((await http.get("/figures")).text)
    assert (
        today["昨日结转"] + today["受理"] - today["办结"] - today["不予办理"] - today["受理后撤回"] == today["结转在办"]
    )
    assert today["受理"] == 2
    long_ago = balance((await http.get("/figures?first=2020-01-01&last=2020-01-31")).text)
    assert set(long_ago.values()) == {0}


async def test_days_that_make_no_sense_are_said_and_today_is_shown(sqlite_township: Township) -> None:
    http = await browser_of(sqlite_township, "李红")
    for asked in ("first=昨天", "first=2026-02-01&last=2026-01-01", "first=2000-01-01&last=2026-01-01"):
        answer = await http.get(f"/figures?{asked}")
        assert answer.status_code == 200
        assert "下面是今天的" in answer.text
    assert (await http.get("/figures/counted?figure=made-up")).status_code == 400


async def test_the_district_sees_centres_side_by_side_and_no_names(sqlite_township: Township) -> None:
    town = sqlite_township
    await accepted(town, "张桂兰")
    other = await second_centre(town)
    http = await browser_of(town, "周区")
    page = (await http.get("/figures")).text
    assert "江北镇便民服务中心" in page
    counted = (await http.get("/figures/counted?figure=accepted")).text
    assert "张桂兰" not in counted
    assert set(balance((await http.get(f"/figures?centre={other.hex()}")).text).values()) == {0}
    town.people["外人"] = await hired(town, "外人", "head", other)
    foreign = await browser_of(town, "外人")
    assert (await foreign.get(f"/figures?centre={town.centre.hex()}")).status_code == 403
    assert "张桂兰" not in (await foreign.get("/figures/counted?figure=accepted")).text


async def weigh(http: httpx2.AsyncClient, **weights: str) -> httpx2.Response:
    parts = ("on_time", "replies", "satisfaction", "opinions", "follow_ups")
    form = {f"weight-{name}": weights.get(name, "10") for name in parts}
    return await http.post("/figures/assessment", data={**form, "csrf": await token(http, "/figures/assessment")})


async def test_the_district_weighs_and_what_weighs_nothing_may_come_back(sqlite_township: Township) -> None:
    http = await browser_of(sqlite_township, "周区")
    wrong = await weigh(http, on_time="很多")
    assert wrong.status_code == 422
    assert "要是 0 到 1000 的整数" in wrong.text
    assert 'value="很多"' in wrong.text
    assert (
        await weigh(http, **dict.fromkeys(("on_time", "replies", "satisfaction", "opinions", "follow_ups"), "0"))
    ).status_code == 422
    assert (await weigh(http, replies="0", on_time="60")).status_code == 303
    page = (await http.get("/figures/assessment")).text
    assert re.search(r'name="weight-replies"[^>]* value="0"', page)
    assert re.search(r'name="weight-on_time"[^>]* value="60"', page)
    assert (await weigh(http, replies="20")).status_code == 303
    assert re.search(r'name="weight-replies"[^>]* value="20"', (await http.get("/figures/assessment")).text)


async def test_the_score_for_satisfaction_names_how_many_were_satisfied(sqlite_township: Township) -> None:
    for level in (5, 4, 1):
        await rated(sqlite_township, level)
    page = (await (await browser_of(sqlite_township, "周区")).get("/figures/assessment")).text
    told = re.search(r"<dt>群众满意</dt><dd><b>13.33 / 20</b> <span[^>]*>([^<]+)<", page)
    assert told and told[1] == "2 / 3"


async def test_what_left_narrowed_is_told_in_words(sqlite_township: Township) -> None:
    """Also where it was written down when the log still named parameters."""
    town = sqlite_township
    http, day = await browser_of(town, "李红"), local_day(town.clock()).isoformat()
    assert (await http.get(f"/v1/figures/daily.xlsx?day={day}&mode=limited")).status_code == 200
    person, centre, now = town.people["李红"], town.centre, town.clock()
    old = f"建民办事处统计表{day} csv mode=proxy window=社会保障"
    note = functools.partial(audit.note, centre, person, "figures.export", centre, "", now, old)
    await town.services.database.write(centre, note)
    page = main_of(await http.get("/audit"))
    assert f"日报表{day} xlsx，只看办理方式 限时办理<" in page
    assert f"统计表{day} csv，只看办理方式 代为办理，只看窗口 社会保障<" in page
    await http.get("/language/en")
    page = main_of(await http.get("/audit"))
    assert f"Daily report of 建民办事处, {day} xlsx, service mode: Time-limited only<" in page
    assert f"Figures of 建民办事处, {day} csv, service mode: " in page
