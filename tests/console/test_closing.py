"""停用账号: who stands above the centre, or is of the district, and goes, signs in no more; nothing is left lying."""

import pytest
from playwright.async_api import Page

from daiban_server.accounts import sessions
from daiban_server.accounts.session_routes import SignedIn
from daiban_server.features.posts import closing
from daiban_server.features.posts.closing import CloseIn
from daiban_server.http.session import COOKIE
from daiban_server.spine.refusal import Refusal
from daiban_server.staff import holders
from daiban_sync.ids import NOBODY
from tests.console.workday import browser_of, hired, main_of, no_wider_than_the_screen, part, press, sign_in, token
from tests.support.chromium import picture
from tests.support.raw_device import code_of as problem
from tests.support.township import PASSWORD, Township


async def test_a_leader_who_was_transferred_is_out_at_once_and_another_is_taken_on(
    sqlite_township: Township, desk: Page, phone: Page
) -> None:
    town = sqlite_township
    wu, his = town.people["吴镇"].hex(), await browser_of(town, "吴镇")
    await sign_in(phone, town, "李红", f"/people/{wu}")
    await no_wider_than_the_screen(phone)
    await sign_in(desk, town, "李红", f"/people/{wu}")
    assert await part(desk, "离岗交接").count() == 0
    await desk.locator("main").get_by_text("停用账号").click()
    await press(desk.get_by_role("button", name="停用吴镇的账号"))
    assert "为什么停用" in await desk.get_by_role("alert").inner_text()
    await desk.get_by_label("为什么停用").fill("调到江北镇")
    await picture(desk, "console-closing-desk")
    await press(desk.get_by_role("button", name="停用吴镇的账号"))
    assert "账号已停用" in await desk.get_by_role("status").inner_text()
    assert "吴镇" not in await part(desk, "人员").inner_text()
    assert (await his.get("/summary")).headers["location"].startswith("/sign-in"), "where he was signed in, too"
    stranger = await town.clients.enter_async_context(town.stranger())
    again = await stranger.post("/v1/session", json={"login": "吴镇", "password": PASSWORD})
    assert problem(again) == "session.refused"
    http = await browser_of(town, "李红")
    seen = main_of(await http.get("/audit"))
    assert "停用账号" in seen and "调到江北镇" in seen
    anew = await http.post("/people", data={"csrf": await token(http), "name": "吴镇", "role": "leader"})
    assert anew.status_code == 201, "who comes back is taken on anew, under the same name"
    assert (await http.get(f"/people/{wu}")).status_code == 404


async def test_a_leader_whose_answer_somebody_waits_for_stays_until_it_is_given(sqlite_township: Township) -> None:
    town = sqlite_township
    clerk, wu = await town.signed_in("赵敏"), town.people["吴镇"].hex()
    said = {"place": town.centre.hex(), "channel": "complaint", "text": "态度不好", "about": town.people["李红"].hex()}
    opinion = (await clerk.post("/v1/records/opinion", json={"fields": said})).json()["record"]
    head = await browser_of(town, "李红")
    form = {"csrf": await token(head), "reason": "调离"}
    kept = await head.post(f"/people/{wu}/close", data=form)
    assert kept.status_code == 422 and "还有意见等他答复" in kept.text and ">调离</textarea>" in kept.text
    leader = await town.signed_in("吴镇")
    answered = {"arguments": {"text": "已约谈"}}
    answer = await leader.post(f"/v1/records/opinion/{opinion}/commands/answer", json=answered)
    assert answer.status_code == 200, answer.text
    assert (await head.post(f"/people/{wu}/close", data=form)).headers["location"] == "/people?said=account-closed"


async def test_each_closes_those_whom_he_takes_on_and_nobody_himself(sqlite_township: Township) -> None:
    town = sqlite_township
    head, district = await town.signed_in("李红"), await town.signed_in("周区")
    for http, name, code in (
        (head, "赵敏", "person.hands_over"),
        (head, "李红", "person.close_own"),
        (head, "周区", "person.unknown"),
        (district, "周区", "person.close_own"),
        (district, "吴镇", "person.unknown"),
    ):
        answer = await http.post(f"/v1/people/{town.people[name].hex()}/closing", json={"reason": "调离"})
        assert problem(answer) == code, name
    audits = f"/v1/people/{town.people['冯审'].hex()}/closing"
    assert problem(await district.post(audits, json={"reason": " "})) == "request.invalid"
    assert (await district.post(audits, json={"reason": "退休"})).status_code == 204
    assert problem(await district.post(audits, json={"reason": "退休"})) == "person.unknown"
    page = await browser_of(town, "周区")
    assert 'id="close"' not in main_of(await page.get(f"/people/{town.people['周区'].hex()}"))


async def test_of_two_officers_who_close_each_other_one_stays(sqlite_township: Township) -> None:
    """Each pressed before he could see that the other had."""
    town = sqlite_township
    zhou, qian = town.people["周区"], await hired(town, "钱区", "district", NOBODY)
    by_zhou, by_qian = await _session(town, "周区"), await _session(town, "钱区")
    why = CloseIn(reason="调离")
    await closing.close.fn(person=qian.hex(), data=why, session=by_zhou, services=town.services)
    with pytest.raises(Refusal) as refusal:
        await closing.close.fn(person=zhou.hex(), data=why, session=by_qian, services=town.services)
    assert refusal.value.code == "person.close_last"
    assert await town.services.database.read(holders(NOBODY, "district")) == [(zhou, "周区")]


async def _session(town: Township, name: str) -> SignedIn:
    http = await town.signed_in(name)
    session = await sessions.look_up(http.cookies[COOKIE], town.services)
    assert session
    return session
