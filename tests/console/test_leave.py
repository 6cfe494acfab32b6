"""请假 as it is told at the console: which days it takes, and which it does not."""

import re

import httpx2

from tests.console.test_visits import next_day
from tests.console.workday import browser_of, main_of, set_clock, token
from tests.support.township import Township


async def ask(
    http: httpx2.AsyncClient, town: Township, since: str, until: str = "", name: str = "王芳"
) -> httpx2.Response:
    """Tell that somebody will be away."""
    given = {"person": town.people[name].hex(), "since": since, "until": until}
    return await http.post("/visits/away", data={"csrf": await token(http), **given})


async def test_days_that_are_too_far_away_are_told_as_such(sqlite_township: Township) -> None:
    town = sqlite_township
    set_clock(town, 9)
    http, day = await browser_of(town, "李红"), next_day(town)
    for since, until, said in (
        (day, "9999-12-31", "请填一个日期，最晚到 2199 年。"),
        (day, "昨天", "请填一个日期，最晚到 2199 年。"),
        ("9999-12-31", "", "请填一个日期，最晚到 2199 年。"),
        ("", "", "请填从哪天起，不能早于今天。"),
        (day, next_day(town, 0), "最后一天不能早于第一天"),
    ):
        answer = await ask(http, town, since, until)
        assert (answer.status_code, said in main_of(answer)) == (422, True), (since, until)
        if until > day:
            assert "最后一天不能早于第一天" not in main_of(answer)
    made = await ask(http, town, day)
    page = made.headers["location"].partition("?")[0]
    csrf = await token(http)
    await http.post(f"{page}/arrange", data={"csrf": csrf, "to": town.people["刘强"].hex()})
    for until, said in (("9999-12-31", "最晚到 2199 年"), ("", "请填到哪天为止。")):
        answer = await http.post(f"{page}/prolong", data={"csrf": csrf, "until": until})
        assert (answer.status_code, said in main_of(answer)) == (422, True), until
        assert re.search(f'id="until"[^>]* value="{until}"', main_of(answer)), "what was written stays"


async def test_nobody_is_away_twice_on_a_day(sqlite_township: Township) -> None:
    town = sqlite_township
    set_clock(town, 9)
    http = await browser_of(town, "李红")
    one, two, three, four = (next_day(town, days) for days in (1, 2, 3, 4))
    first = (await ask(http, town, two, three)).headers["location"].partition("?")[0]
    span = re.search(r"<dt>时间</dt><dd>([^<]+)", (await http.get(first)).text)
    assert span
    for since, until in ((two, three), (one, two), (three, four), (one, four), (one, "")):
        again = await ask(http, town, since, until)
        assert again.status_code == 422, (since, until)
        assert f"这几天里已经报过请假：{span[1]}，等着安排。" in main_of(again)
    assert (await ask(http, town, one, one)).status_code == 303
    assert (await ask(http, town, four, four)).status_code == 303
    assert (await ask(http, town, two, three, "刘强")).status_code == 303, "another may"
    csrf = await token(http)
    assert (await http.post(f"{first}/cancel", data={"csrf": csrf})).status_code == 303
    again = (await ask(http, town, two, three)).headers["location"].partition("?")[0]
    await http.post(f"{again}/arrange", data={"csrf": csrf, "to": town.people["刘强"].hex()})
    assert "，已安排。" in main_of(await ask(http, town, three, three))


async def test_whose_centres_leave_it_is_has_it_in_the_menu(sqlite_township: Township) -> None:
    """The district has neither agents nor villages."""
    for name, sees in (("李红", True), ("吴镇", True), ("周区", False)):
        page = await (await browser_of(sqlite_township, name)).get("/summary")
        assert ('href="/visits/away"' in page.text) == sees, name
