"""定期回复: a cadre with a phone in the sun telephones, and writes a sentence."""

import datetime
import re

from playwright.async_api import Page

from daiban_server.console.words import local
from tests.console.test_cases import handed_in
from tests.console.workday import (
    browser_of,
    collect,
    main_of,
    no_wider_than_the_screen,
    part,
    phone_of,
    press,
    set_clock,
    sign_in,
    token,
)
from tests.support.chromium import picture
from tests.support.township import Township, new_id


async def owing(town: Township, *applicants: str) -> list[str]:
    """Households of these people, whom 孙亮 looks after, each with a case from its home; gives their ids."""
    set_clock(town, 9)
    wang = await phone_of(town, "王芳")
    homes = []
    for name in applicants:
        home = await town.household(wang, name)
        await wang.save(await wang.open(home), {"phone": "13700000001", "cadre": town.people["孙亮"].hex()})
        case = await collect(wang, town, home, name, phone="13700000000", source="home", **{"answers.reason": "到龄"})
        await wang.command(case, "submit")
        homes.append(home)
    await wang.sync()
    return homes


async def test_a_cadre_telephones_and_writes_a_sentence(sqlite_township: Township, phone: Page) -> None:
    town = sqlite_township
    await owing(town, "张桂兰", "欧阳青山")
    await sign_in(phone, town, "孙亮", "/replies")
    assert await phone.get_by_role("link", name="写回复").count() == 2
    assert await phone.get_by_role("link", name="打电话 13700000001").count() == 2
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-replies-phone")
    await press(phone.get_by_role("link", name="写回复").first)
    await no_wider_than_the_screen(phone)
    await press(phone.get_by_role("button", name="记下"))
    assert "请选一个结果" in await phone.get_by_role("alert").inner_text()
    await phone.get_by_label("办理中").check()
    await phone.get_by_label("电话", exact=True).check()
    await phone.get_by_label("一句话").fill("材料已报县里，月底有结果，她说知道了")
    await picture(phone, "console-household-phone")
    await press(phone.get_by_role("button", name="记下"))
    assert "算一次定期回复" in await phone.get_by_role("status").inner_text()
    said = part(phone, "说过的话")
    assert "月底有结果" in await said.inner_text()
    await phone.goto(phone.url.split("/households")[0] + "/replies")
    assert await phone.get_by_role("link", name="写回复").count() == 2, "the next round is owed from now on"
    assert "近 30 天已回复" in await phone.locator("main").inner_text()


async def test_a_form_that_is_sent_twice_on_a_bad_link_is_one_reply(sqlite_township: Township) -> None:
    [home] = await owing(sqlite_township, "张桂兰")
    http = await browser_of(sqlite_township, "孙亮")
    form = {"csrf": await token(http), "id": new_id().hex(), "outcome": "waiting", "text": "等县里批"}
    for _ in range(2):
        assert (await http.post(f"/households/{home}/replies", data=form)).status_code == 303
    assert (await http.get(f"/households/{home}")).text.count("等县里批") == 1


async def test_who_goes_back_and_corrects_his_sentence_is_told_what_became_of_it(sqlite_township: Township) -> None:
    """It is not dropped without a word: it stands there, to be written down as another reply or not at all."""
    [home] = await owing(sqlite_township, "张桂兰")
    http = await browser_of(sqlite_township, "孙亮")
    page = f"/households/{home}/replies"
    form = {"csrf": await token(http), "id": new_id().hex(), "outcome": "waiting", "text": "等县里批"}
    assert (await http.post(page, data=form)).status_code == 303
    for other in ({"text": "县里批了，月底发钱"}, {"outcome": "satisfied"}, {"how": "visit"}, {"spoke_to": "她儿子"}):
        answer = await http.post(page, data={**form, **other})
        assert answer.status_code == 422, other
        assert "没有存" in answer.text and "另记一条" in answer.text
    answer = await http.post(page, data={**form, "text": "县里批了，月底发钱"})
    written = main_of(answer).split("<textarea")[1].split("</textarea>")[0]
    assert "月底发钱" in written, "what was written is not lost"
    fresh = re.findall(r'name="id" value="([0-9a-f]{32})"', answer.text)
    assert fresh and fresh[0] != form["id"]
    assert (await http.post(page, data={**form, "id": fresh[0], "text": "县里批了，月底发钱"})).status_code == 303
    shown = (await http.get(f"/households/{home}")).text
    assert (shown.count("等县里批"), shown.count("县里批了")) == (1, 1)


async def test_what_a_clerk_says_counts_only_on_the_cadres_behalf(sqlite_township: Township) -> None:
    [home] = await owing(sqlite_township, "张桂兰")
    http = await browser_of(sqlite_township, "赵敏")
    form = {"csrf": await token(http), "id": new_id().hex(), "outcome": "progressing", "text": "窗口打过电话"}
    answer = await http.post(f"/households/{home}/replies", data=form)
    assert answer.headers["location"] == f"/households/{home}?said=noted#replies"
    behalf = {**form, "id": new_id().hex(), "behalf": "yes"}
    answer = await http.post(f"/households/{home}/replies", data=behalf)
    assert answer.headers["location"] == f"/households/{home}?said=replied#replies"
    assert "代 孙亮" in (await http.get(f"/households/{home}")).text


async def test_nobody_reached_is_kept_and_owed_still(sqlite_township: Township) -> None:
    [home] = await owing(sqlite_township, "张桂兰")
    http = await browser_of(sqlite_township, "孙亮")
    form = {"csrf": await token(http), "id": new_id().hex(), "outcome": "not_reached", "text": ""}
    answer = await http.post(f"/households/{home}/replies", data=form)
    assert answer.headers["location"] == f"/households/{home}?said=unreached#replies"
    assert main_of(await http.get("/replies")).count("写回复") == 1


async def test_a_reply_of_the_day_before_says_so_and_one_of_tomorrow_is_none(sqlite_township: Township) -> None:
    [home] = await owing(sqlite_township, "张桂兰")
    http = await browser_of(sqlite_township, "孙亮")
    form = {"csrf": await token(http), "id": new_id().hex(), "outcome": "satisfied", "text": "办好了", "clock": "15:30"}
    for day, wrong in (("2999-01-01", "还没有到"), ("昨天", "写得不对"), ("2006-01-05", "只能补录最近 30 天的")):
        answer = await http.post(f"/households/{home}/replies", data={**form, "day": day})
        assert answer.status_code == 422
        assert wrong in answer.text
        assert "办好了" in answer.text, "what was written is not lost"
    yesterday = local(sqlite_township.clock()).date() - datetime.timedelta(days=1)
    answer = await http.post(f"/households/{home}/replies", data={**form, "day": yesterday.isoformat()})
    assert answer.status_code == 303


async def test_no_household_of_another_centre_or_kind_is_shown(sqlite_township: Township) -> None:
    [case] = await handed_in(sqlite_township, "张桂兰")
    http = await browser_of(sqlite_township, "孙亮")
    form = {"csrf": await token(http), "id": new_id().hex(), "outcome": "satisfied", "text": "办好了"}
    for record in (case, "0" * 32, "xyz"):
        assert (await http.get(f"/households/{record}")).status_code == 404
        assert (await http.post(f"/households/{record}/replies", data=form)).status_code == 404


async def test_without_a_case_nothing_is_owed(sqlite_township: Township) -> None:
    assert "没有欠着的回复" in (await (await browser_of(sqlite_township, "孙亮")).get("/replies")).text
