"""统一排班 and 请假顶岗: what would change is said before anything does."""

import re
from xml.etree import ElementTree

import httpx2
from playwright.async_api import Page

from daiban_server.accounts.sessions import IDLE
from daiban_server.console.languages.spoken import WRITTEN
from tests.console.test_cases import handed_in
from tests.console.test_visits import booked, next_day
from tests.console.workday import browser_of, main_of, no_wider_than_the_screen, part, press, set_clock, sign_in, token
from tests.support.chromium import picture
from tests.support.township import Township

MINUTE = 60_000


async def waiting(town: Township, *heads: str) -> list[str]:
    """Visits that households ask for at the counter; the centre searches for a second."""
    cases, clerk = await handed_in(town, *heads), await town.signed_in("赵敏")
    head = await town.signed_in("李红")
    settings = (await head.get("/v1/visits/settings")).json()
    assert (await head.put("/v1/visits/settings", json=settings | {"plan_seconds": 1})).status_code == 204
    visits = []
    for case in cases:
        home = (await clerk.get(f"/v1/records/application/{case}")).json()["values"]["household"]
        made = await clerk.post("/v1/records/visit", json={"fields": {"household": home, "application": case}})
        visits.append(made.json()["record"])
    return visits


async def run_of(http: httpx2.AsyncClient, csrf: str) -> str:
    """The address of a run that was begun and has ended."""
    begun = await http.post("/visits/plan", data={"csrf": csrf})
    assert begun.status_code == 303, begun.text
    address = str(begun.headers["location"])
    while "HX-Refresh" not in (await http.get(f"{address}/progress")).headers:
        pass
    return address


async def test_a_plan_is_looked_at_before_it_is_taken(sqlite_township: Township, desk: Page, phone: Page) -> None:
    town = sqlite_township
    await waiting(town, "张桂兰", "李大山")
    await sign_in(desk, town, "李红", "/visits/plan")
    await press(desk.get_by_role("button", name="开始排"))
    await desk.wait_for_selector("#diff-title")
    assert "要改 2 户" in await desk.locator("main").inner_text()
    changes = await part(desk, "会改什么").inner_text()
    assert "张桂兰" in changes and "新排" in changes and "王芳" in changes
    assert await desk.locator("img.diff").evaluate("image => image.complete && image.naturalWidth > 0")
    await picture(desk, "console-plan-desk")
    await sign_in(phone, town, "吴镇", desk.url.removeprefix(town.url))
    await no_wider_than_the_screen(phone)
    assert await phone.get_by_role("button", name="采用").count() == 0, "who looks on decides nothing"
    await picture(phone, "console-plan-phone")
    await press(desk.get_by_role("button", name="采用", exact=True))
    assert "已采用新的安排" in await desk.get_by_role("status").inner_text()
    await press(part(desk, "改了什么").get_by_role("link", name="张桂兰"))
    assert "待告知住户" in await desk.locator("h1").inner_text()
    assert "这个时间还没有告知住户" in await desk.locator("main").inner_text()


async def test_the_picture_of_a_plan_is_in_the_language_of_whoever_looks(sqlite_township: Township) -> None:
    town = sqlite_township
    await waiting(town, "张桂兰", "李大山")
    http = await browser_of(town, "李红")
    run = await run_of(http, await token(http))
    assert "新排" in (await http.get(f"{run}/diff.svg")).text
    await http.get("/language/en?next=/")
    told = " ".join(ElementTree.fromstring((await http.get(f"{run}/diff.svg")).text).itertext())
    assert "newly placed" in told
    assert 'width="340"' in (await http.get(f"{run}/diff.svg")).text
    for name in ("张桂兰", "李大山", "王芳", "刘强"):
        told = told.replace(name, "")
    assert not WRITTEN.findall(told), told


async def test_a_plan_is_thrown_away_and_a_stale_one_says_what_to_do(sqlite_township: Township) -> None:
    town = sqlite_township
    first, _ = await waiting(town, "张桂兰", "李大山")
    http = await browser_of(town, "赵敏")
    csrf = await token(http)
    thrown = await run_of(http, csrf)
    gone = await http.post(f"{thrown}/cancel", data={"csrf": csrf})
    assert gone.headers["location"] == "/visits/plan?said=thrown"
    late = await http.post(f"{thrown}/commit", data={"csrf": csrf})
    assert late.status_code == 422, "what was thrown away is not taken after all"
    stale = await run_of(http, csrf)
    clerk = await town.signed_in("赵敏")
    assert (await clerk.post(f"/v1/records/visit/{first}/commands/assign", json={})).status_code == 200
    late = await http.post(f"{stale}/commit", data={"csrf": csrf})
    assert late.status_code == 422 and "再运行一次" in late.text
    assert "已过时" in (await http.get(stale)).text


async def test_a_plan_that_a_colleague_took_meanwhile_is_not_said_to_be_thrown_away(sqlite_township: Township) -> None:
    town = sqlite_township
    await waiting(town, "张桂兰", "李大山")
    head, clerk = await browser_of(town, "李红"), await browser_of(town, "赵敏")
    run = await run_of(clerk, csrf := await token(clerk))
    taken = await head.post(f"{run}/commit", data={"csrf": await token(head)})
    assert taken.headers["location"] == f"{run}?said=committed"
    late = await clerk.post(f"{run}/cancel", data={"csrf": csrf})
    assert late.status_code == 422
    assert "这份安排已经采用，要再调整，请再运行一次。" in main_of(late) and "已采用" in main_of(late)


async def test_a_desk_that_only_polls_is_signed_out(sqlite_township: Township) -> None:
    """What a page asks for by itself, nobody did."""
    town = sqlite_township
    await waiting(town, "张桂兰")
    polls, works = await browser_of(town, "赵敏"), await browser_of(town, "李红")
    run = await run_of(polls, await token(polls))
    for _ in range(3):
        town.clock.ahead += IDLE // 2 - MINUTE
        left = await polls.get(f"{run}/progress")
        await works.get(run)
    assert left.headers.get("location", "").startswith("/sign-in")
    assert (await works.get(run)).status_code == 200


async def test_who_stands_in_and_what_it_does_to_visits_is_said_before_and_after(
    sqlite_township: Township, desk: Page, phone: Page
) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    http, day = await browser_of(town, "赵敏"), next_day(town)
    visit = await booked(town, http, case, day)
    await sign_in(desk, town, "赵敏", "/visits/away")
    await press(desk.get_by_role("button", name="报请假"))
    assert "请选是谁请假" in await desk.get_by_role("alert").inner_text()
    await desk.get_by_label("谁请假").select_option(label="王芳（代办员）")
    await desk.get_by_label("从哪天起").fill(day)
    await desk.get_by_label("到哪天（含当天）").fill(day)
    await press(desk.get_by_role("button", name="报请假"))
    assert "已报给中心负责人" in await desk.get_by_role("status").inner_text()
    assert await desk.get_by_role("button", name=re.compile("顶岗")).count() == 0, "the head arranges"
    page = desk.url.split("?")[0].removeprefix(town.url)
    await sign_in(phone, town, "李红", page)
    await press(phone.get_by_role("link", name="刘强"))
    await no_wider_than_the_screen(phone)
    foreseen = await part(phone, "会影响的上门").inner_text()
    assert "按时去，换人" in foreseen and "改由 刘强" in foreseen
    before = (await http.get(f"/v1/records/visit/{visit}")).json()["values"]["agent_name"]
    assert before == "王芳", "nothing changed by looking"
    await picture(phone, "console-away-phone")
    for odd in ("0" * 32, town.people["赵敏"].hex(), "x"):
        assert "不点人就由岗位的B岗顶岗" in (await (await browser_of(town, "李红")).get(f"{page}?to={odd}")).text
    await press(phone.get_by_role("button", name="由刘强顶岗"))
    assert "已安排顶岗" in await phone.get_by_role("status").inner_text()
    assert "按时去，换人" in await part(phone, "受影响的上门").inner_text()
    assert (await http.get(f"/v1/records/visit/{visit}")).json()["values"]["agent_name"] == "刘强"
    await desk.goto(f"{town.url}/visits?week={day}")
    assert "请假，刘强顶岗" in await desk.locator(".board").inner_text()
    await desk.goto(town.url + page)
    await picture(desk, "console-away-desk")


async def test_an_absence_begins_is_prolonged_and_ends(sqlite_township: Township) -> None:
    town = sqlite_township
    set_clock(town, 9)
    http = await browser_of(town, "李红")
    csrf, today = await token(http), next_day(town, 0)
    who = {"person": town.people["王芳"].hex(), "since": today, "until": next_day(town, 3)}
    made = await http.post("/visits/away", data={"csrf": csrf, **who})
    page = made.headers["location"].split("?")[0]

    async def done(name: str, **given: str) -> httpx2.Response:
        return await http.post(f"{page}/{name}", data={"csrf": csrf, **given})

    nobody = await done("arrange")
    assert nobody.status_code == 422 and 'class="errors"' in nobody.text, "no post names a B"
    assert (await done("arrange", to=town.people["刘强"].hex())).status_code == 303
    assert (await done("begin")).status_code == 303
    assert (await done("prolong", until="昨天")).status_code == 422
    assert (await done("prolong", until=next_day(town, 5))).status_code == 303
    assert "正在顶岗" in (await http.get(page)).text
    assert (await done("return")).headers["location"] == f"{page}?said=returned"
    assert (await done("fly")).status_code == 404
    for wrong in ({"since": "2001-01-01"}, {"until": "2001-01-01"}, {"person": "x"}, {"reason": "长" * 101}):
        refused = await http.post("/visits/away", data={"csrf": csrf, **who, **wrong})
        assert refused.status_code == 422 and 'class="errors"' in refused.text


async def test_who_leaves_for_good_does_not_come_back(sqlite_township: Township) -> None:
    town = sqlite_township
    head = await town.signed_in("李红")
    fields = {"type": "leaving", "person": town.people["王芳"].hex(), "to": town.people["刘强"].hex()}
    made = await head.post("/v1/records/handover", json={"fields": fields})
    http = await browser_of(town, "李红")
    page, csrf = f"/visits/away/{made.json()['record']}", await token(http)
    assert "王芳的离岗" in (await http.get(page)).text
    for name in ("arrange", "begin"):
        assert (await http.post(f"{page}/{name}", data={"csrf": csrf})).status_code == 303
    assert "已返岗" not in main_of(await http.get(page))
    assert "王芳" in (await http.get("/visits/away")).text
