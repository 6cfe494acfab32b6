"""发出的消息: what did not reach a resident is seen, sent once more, or read out by telephone with who did it."""

import functools

from playwright.async_api import Browser
from sqlalchemy import update

from daiban_server.db import schema
from daiban_server.db.program import run
from daiban_server.jobs.loop import carry_out
from daiban_server.outbound import queue
from tests.affairs.test_open_affairs import DONE, case_of
from tests.console.test_feedback import rated
from tests.console.workday import browser_of, main_of, no_wider_than_the_screen, press, sign_in, token
from tests.support.chromium import DESK, PHONE, looked_at, picture
from tests.support.township import Township


async def failed(town: Township) -> str:
    """A case was done, and nothing is set up that tells its applicant; gives the message's id."""
    await case_of(town, *DONE)
    for _ in range(2):
        await carry_out(town.services, town.clock())
        town.clock.ahead += queue.PATIENCE + 1
    (one,) = (await (await town.signed_in("赵敏")).get("/v1/messages/sent?status=failed")).json()
    return str(one["id"])


async def test_what_did_not_arrive_is_sent_again_or_read_out_by_telephone(
    sqlite_township: Township, chromium: Browser
) -> None:
    town = sqlite_township
    message = await failed(town)
    async with looked_at(chromium, DESK) as desk, looked_at(chromium, PHONE) as phone:
        await sign_in(desk, town, "赵敏", "/messages?state=failed")
        told = await desk.locator("main").inner_text()
        assert "没有接短信通道，试了 2 次" in told and "13700000000" not in told
        assert "没有发成的 1 条" in told
        await picture(desk, "console-messages-desk")
        await press(desk.get_by_role("button", name="再发一次"))
        assert "马上再发一次" in await desk.get_by_role("status").inner_text()
        await carry_out(town.services, town.clock())
        await desk.goto(f"{town.url}/messages?state=failed")
        assert "试了 3 次" in await desk.locator("main").inner_text(), "one more try, and it is seen that it failed"
        await desk.get_by_text("已电话告知", exact=True).last.click()
        await desk.get_by_label("告诉了谁").fill("张桂兰本人")
        await press(desk.get_by_role("button", name="记下"))
        assert "没有这样的消息" in await desk.locator("main").inner_text(), "it failed no more, and the list says so"
        await press(desk.get_by_role("link", name="已电话告知"))
        told = await desk.locator("main").inner_text()
        assert "张桂兰本人" in told and "赵敏" in told
        assert "没有发成的" not in told, "he was told, so nobody has to be reached any more"
        await sign_in(phone, town, "李红", "/messages")
        await no_wider_than_the_screen(phone)
        await picture(phone, "console-messages-phone")
        await phone.goto(f"{town.url}/language/en?next=/messages")
        await no_wider_than_the_screen(phone)
        await picture(phone, "console-messages-english")
    clerk = await town.signed_in("赵敏")
    assert (await clerk.post(f"/v1/messages/{message}/told", json={})).json()["code"] == "message.reached"
    assert (await clerk.post(f"/v1/messages/{message}/again")).json()["code"] == "message.not_failed"
    (one,) = (await clerk.get("/v1/messages/sent?status=told")).json()
    assert [(act["act"], act["by"]) for act in one["acts"]] == [("again", "赵敏"), ("told", "赵敏")]


async def test_the_window_sees_what_went_to_residents_and_nobody_what_is_about_himself(
    sqlite_township: Township,
) -> None:
    town = sqlite_township
    await rated(town, 1, "跑了三趟")
    window, head = await town.signed_in("赵敏"), await town.signed_in("李红")
    codes = {one["code"] for one in (await window.get("/v1/messages/sent")).json()}
    assert codes and "opinion.owed" not in codes
    assert "opinion.owed" in {one["code"] for one in (await head.get("/v1/messages/sent")).json()}
    (opinion,) = (await head.get("/v1/opinions")).json()
    about = {"fields": {"about": town.people["李红"].hex()}, "seen": 0}
    assert (await window.patch(f"/v1/records/opinion/{opinion['record']}", json=about)).status_code == 200
    assert "opinion.owed" not in {one["code"] for one in (await head.get("/v1/messages/sent")).json()}
    assert (await head.get("/v1/messages/sent?status=lost")).status_code == 400


async def test_what_was_delivered_is_not_sent_again(sqlite_township: Township) -> None:
    town = sqlite_township
    message = bytes.fromhex(await failed(town))
    sent = update(schema.message).where(schema.message.c.id == message).values(state="sent")
    await town.services.database.write("test", functools.partial(run, sent))
    http = await browser_of(town, "赵敏")
    csrf = {"csrf": await token(http)}
    for act in ("again", "told"):
        answer = await http.post(f"/messages/{message.hex()}/{act}", data=csrf)
        assert answer.headers["location"] == "/messages?said=done-before"
    assert (await http.post(f"/messages/{message.hex()}/eat", data=csrf)).status_code == 404
    assert "没有发成" not in main_of(await http.get("/messages?state=sent")).split("</nav>")[1]


async def test_a_centre_that_sent_nothing_says_what_comes(sqlite_township: Township) -> None:
    assert "还没有发过消息" in main_of(await (await browser_of(sqlite_township, "赵敏")).get("/messages"))
