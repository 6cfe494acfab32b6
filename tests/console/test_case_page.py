"""一件的页面: what can be printed, the photos of its papers, the mandate and the proof, two clerks at once."""

import asyncio
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from daiban_client_sdk import Signer
from tests.console.test_cases import handed_in
from tests.console.workday import (
    browser_of,
    no_wider_than_the_screen,
    part,
    phone_of,
    press,
    set_clock,
    sign_in,
    token,
)
from tests.evidence.home import begun, signed
from tests.evidence.home import picture as paper_photo
from tests.support.chromium import picture
from tests.support.township import Township


async def test_no_paper_is_offered_that_is_then_refused(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    await sign_in(desk, town, "赵敏", f"/cases/{case}")
    prints = part(desk, "打印")
    offered = await prints.get_by_role("link").evaluate_all("links => links.map(one => one.getAttribute('href'))")
    http = await browser_of(town, "赵敏")
    assert [(await http.get(address)).status_code for address in offered] == [200] * len(offered)
    assert f"/v1/cases/{case}/papers/acceptance" not in offered
    await prints.get_by_text("还不能打印的，为什么").click()
    assert "受理以后才有" in await prints.inner_text()
    await picture(desk, "console-case-prints-desk")
    named = {address.rsplit("/", 1)[1] for address in offered}
    told = (await http.get(f"/v1/cases/{case}/papers")).json()
    assert named <= set(told), "the page offers what the API says there is"
    assert "acceptance" not in told
    assert (await http.get(f"/v1/cases/{case}/papers/acceptance")).status_code == 409


async def test_who_empowered_the_agent_and_what_proves_it_stands_on_the_page(
    sqlite_township: Township, desk: Page, phone: Page, tmp_path: Path
) -> None:
    town = sqlite_township
    set_clock(town, 9)
    wang = await phone_of(town, "王芳")
    case = await begun(town, wang)
    record = await signed(town, wang, case)
    sign = await wang.attach_photo(record, paper_photo(tmp_path / "sign.jpg"), paper="签名")
    how = Signer("张小军", "fingerprint", witness="刘大山", relation="儿子", place="青山村", photo=sign.record)
    await wang.sign_mandate(record, how)
    await wang.command(case, "submit")
    await wang.sync()
    await sign_in(desk, town, "李红", f"/cases/{case}")
    mandate = await part(desk, "委托书").inner_text()
    for said in ("有效", "张桂兰", "王芳", "2026-01-01 至 2036-12-31", "手写签名", "捺印", "见证人 刘大山", "儿子"):
        assert said in mandate
    proof = await part(desk, "证据").inner_text()
    assert "收到 1 批签过名的数据" in proof
    assert "这一批已在里面" in proof
    await picture(desk, "console-case-mandate-desk")
    await press(part(desk, "委托书").get_by_role("link", name="看照片"))
    assert "签名" in await desk.get_by_role("figure").inner_text()
    head = await town.signed_in("李红")
    ended = f"/v1/records/mandate/{record}/commands/end"
    assert (await head.post(ended, json={"arguments": {"reason": "本人不要代办了"}})).status_code == 200
    await sign_in(phone, town, "赵敏", f"/cases/{case}")
    assert "已终止" in await part(phone, "委托书").inner_text()
    assert await part(phone, "证据").get_by_role("button").count() == 0, (
        "the head alone takes evidence out of the house"
    )
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-case-mandate-phone")


async def test_who_was_second_sees_what_the_first_did_and_loses_no_word(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    await sign_in(desk, town, "赵敏", f"/cases/{case}")
    acts = part(desk, "现在可以办")
    await acts.locator("summary", has_text="申请人撤回").click()
    await acts.locator("#act-withdraw").get_by_label("理由").fill("本人说不办了")
    other = await browser_of(town, "李红")
    form = {"csrf": await token(other, f"/cases/{case}")}
    assert (await other.post(f"/cases/{case}/commands/receive", data=form)).status_code == 303
    await desk.get_by_text("这一页有新的内容").wait_for()
    assert "已收件" in await desk.locator("h1").inner_text(), "what nobody writes in follows"
    await press(acts.get_by_role("button", name="申请人撤回"))
    told = await desk.locator(".warned").inner_text()
    assert "收件登记" in told
    assert "李红" in told
    assert "已收件" in told
    assert await desk.locator("#act-withdraw").get_by_label("理由").input_value() == "本人说不办了"
    await picture(desk, "console-case-meanwhile-desk")
    await press(part(desk, "现在可以办").get_by_role("button", name="申请人撤回"))
    assert "申请人撤回" in await desk.locator("h1").inner_text()


async def test_what_was_written_for_an_act_that_is_over_is_shown_all_the_same(sqlite_township: Township) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    http = await browser_of(town, "赵敏")
    page = (await http.get(f"/cases/{case}")).text
    form = {name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("csrf", "expected", "seen")}
    gone = await http.post(f"/cases/{case}/commands/withdraw", data={**form, "reason": "不办了"})
    assert gone.status_code == 303
    late = (await http.post(f"/cases/{case}/commands/notify", data={**form, "missing": "户口簿：要全本"})).text
    assert "您刚才写的" in late
    assert "户口簿：要全本" in late
    assert "这一件已办了" in late
    odd = await http.post(f"/cases/{case}/commands/notify", data={**form, "seen": "9" * 5000, "missing": "户口簿"})
    assert odd.status_code == 422


def standing(page: str) -> dict[str, str]:
    """What a form of this page brings back."""
    return {name: page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("csrf", "expected", "seen")}


async def refused(town: Township) -> str:
    """A case that 李红 refused: the answer is to be handed over."""
    [case] = await handed_in(town, "张桂兰")
    http = await browser_of(town, "李红")
    form = {"csrf": await token(http, f"/cases/{case}"), "reason": "还不到年龄"}
    assert (await http.post(f"/cases/{case}/commands/refuse", data=form)).status_code == 303
    return case


async def test_a_result_that_a_colleague_handed_over_meanwhile_is_not_handed_over_twice(
    sqlite_township: Township,
) -> None:
    town = sqlite_township
    case = await refused(town)
    zhao, li = await browser_of(town, "赵敏"), await browser_of(town, "李红")
    old, new = standing((await zhao.get(f"/cases/{case}")).text), standing((await li.get(f"/cases/{case}")).text)
    path = f"/cases/{case}/reports/delivered"
    assert (await li.post(path, data={**new, "to": "张小军", "how": "hand"})).status_code == 303
    late = await zhao.post(path, data={**old, "to": "张桂兰本人", "how": "hand"})
    assert late.status_code == 422
    for said in ("这一件已办了", "已送达</b> 李红", "您刚才写的", "张桂兰本人"):
        assert said in late.text
    asked = {"arguments": {"to": "张桂兰本人", "how": "hand"}, "expected": int(old["expected"])}
    programs = await (await town.signed_in("赵敏")).post(f"/v1/records/application{path[6:]}", json=asked)
    assert programs.json()["code"] == "command.late", "a program of the desk's that says what it saw is told so too"
    assert "状态没有变" not in (await li.get("/tasks")).text, "nobody has to look at it"


async def test_nobody_reached_is_one_attempt_however_often_it_is_pressed(sqlite_township: Township) -> None:
    town = sqlite_township
    case = await refused(town)
    http = await browser_of(town, "赵敏")
    form = standing((await http.get(f"/cases/{case}")).text)
    handed = await http.post(f"/cases/{case}/reports/delivered", data={**form, "to": "张桂兰", "how": "hand"})
    assert handed.status_code == 303
    path, asked = f"/cases/{case}/reports/followed_up", {"outcome": "not_reached", "note": "关机"}
    form = standing((await http.get(f"/cases/{case}")).text)
    twice = await asyncio.gather(*(http.post(path, data={**form, **asked}) for _ in range(2)))
    assert sorted(answer.status_code for answer in twice) == [303, 422]
    again = next(answer.text for answer in twice if answer.status_code == 422)
    assert "按现在的状态办" in again and "关机" in again
    assert len(await attempts(town, case)) == 1
    assert (await http.post(path, data={**standing(again), **asked})).status_code == 303, "he was called once more"
    assert len(await attempts(town, case)) == 2


async def test_a_fact_about_a_draft_is_told_once_by_the_version_that_it_is_shown_with(
    sqlite_township: Township,
) -> None:
    """A draft has moved nowhere yet; what stands of it has a version all the same."""
    town = sqlite_township
    clerk = await town.signed_in("赵敏")
    fields = {"item": town.item.hex(), "applicant": "张桂兰"}
    wang = await phone_of(town, "王芳")
    fields["household"] = await town.household(wang)
    await wang.sync()
    case = (await clerk.post("/v1/records/application", json={"fields": fields})).json()["record"]
    path = f"/v1/records/application/{case}"
    asked = {"expected": (await clerk.get(path)).json()["version"], "arguments": {"met": "张桂兰", "note": "属实"}}
    twice = await asyncio.gather(*(clerk.post(f"{path}/reports/verified", json=asked) for _ in range(2)))
    assert sorted(answer.status_code for answer in twice) == [200, 409], [answer.text for answer in twice]


async def attempts(town: Township, case: str) -> list[Any]:
    shown = await (await town.signed_in("赵敏")).get(f"/v1/records/application/{case}")
    return list(shown.json()["values"]["follow_up_attempts"])


async def test_a_fact_that_moves_nothing_is_not_said_to_stand_in_the_story(sqlite_township: Township) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    http = await browser_of(town, "赵敏")
    form = {"csrf": await token(http, f"/cases/{case}"), "to": "张桂兰", "how": "hand"}
    told = await http.post(f"/cases/{case}/reports/delivered", data=form)
    assert told.status_code == 303
    page = (await http.get(told.headers["location"])).text
    assert "已办好，记在办理经过里" not in page
    assert "这一件的状态没有变" in page


async def test_who_stands_above_looks_at_a_case_and_states_no_fact_of_it(sqlite_township: Township) -> None:
    town = sqlite_township
    case = await refused(town)
    for name in ("吴镇", "郑书记", "孙亮"):
        http = await browser_of(town, name)
        page = await http.get(f"/cases/{case}")
        assert page.status_code == 200
        assert 'id="act-delivered"' not in page.text, name
        form = {"csrf": await token(http), "to": "张桂兰", "how": "hand"}
        answer = await http.post(f"/cases/{case}/reports/delivered", data=form)
        assert answer.status_code == 403, name
        assert "您的岗位没有这个权限" in answer.text
    for name in ("赵敏", "李红"):
        page = await (await browser_of(town, name)).get(f"/cases/{case}")
        assert 'id="act-delivered"' in page.text, name
    assert "不予办理" in page.text.partition("</h1>")[0], "nothing has moved"
