"""The summary: who is in the field, what came in, visits, replies and tasks, each to whom it concerns."""

import hashlib
from collections.abc import Iterable

import pytest
from playwright.async_api import Page

from daiban_server.console.reading.book import Book
from daiban_server.db import schema
from daiban_server.db.program import Program
from daiban_server.spine import restores
from tests.console.workday import (
    browser_of,
    collect,
    hired,
    no_wider_than_the_screen,
    part,
    phone_of,
    press,
    second_centre,
    set_clock,
    sign_in,
    token,
    two_phone_numbers,
    write,
)
from tests.support.chromium import picture
from tests.support.township import Township, new_id


async def test_a_quiet_centre_says_what_will_appear_and_what_to_do(sqlite_township: Township, desk: Page) -> None:
    set_clock(sqlite_township, 9, 0, days=1)
    await sign_in(desk, sqlite_township, "李红")
    told = await desk.locator("main").inner_text()
    for words in (
        "没有填写不一致。两个人把同一项填得不一样时",
        "今天没有约好的上门",
        "没有欠着的回复",
        "没有待办",
        "还没有登记手机",
        "今天还没有收到新的内容。代办员的手机同步后",
    ):
        assert words in told
    await no_wider_than_the_screen(desk)
    await picture(desk, "console-quiet-desk")


async def test_who_answers_for_a_centre_is_told_that_nobody_makes_backups(
    sqlite_township: Township, desk: Page
) -> None:
    """Then a phone lets go of what has a receipt; with the first backup the warning is gone, until one is too old."""
    town = sqlite_township
    set_clock(town, 9, 0, days=1)
    await sign_in(desk, town, "李红")
    told = desk.locator(".warned")
    assert "还没有做过备份" in await told.inner_text()
    await picture(desk, "console-no-backup-desk")
    await desk.set_viewport_size({"width": 390, "height": 844})
    await no_wider_than_the_screen(desk)
    await picture(desk, "console-no-backup-phone")
    database = town.services.database
    begun = await database.write("backup", lambda: restores.begin_backup(town.clock))
    await desk.reload()
    assert "还没有一次完整的备份" in await told.inner_text()
    await database.write("backup", lambda: restores.finish_backup(begun))
    await desk.reload()
    assert await told.count() == 0
    set_clock(town, 9, 0, days=4)
    await sign_in(desk, town, "李红")
    assert "此后交来的内容，手机会一直留着" in await told.inner_text()
    clerk = await browser_of(town, "赵敏")
    assert "手机会一直留着" not in (await clerk.get("/summary")).text, "a clerk cannot help it"


async def test_the_field_shows_last_contact_silence_and_who_has_no_phone(sqlite_township: Township) -> None:
    town = sqlite_township
    set_clock(town, 16, 20, days=1)
    await phone_of(town, "刘强")
    set_clock(town, 9, 10, days=1)
    wang = await phone_of(town, "王芳")
    await town.household(wang)
    await wang.sync()
    await hired(town, "古丽娜扎尔·热依罕古丽·阿不都克里木", "agent")
    page = (await (await browser_of(town, "李红")).get("/summary")).text
    rows = {
        name: row
        for row in page.split('<li class="person">')[1:]
        for name in ("刘强", "王芳", "古丽娜扎尔")
        if name in row
    }
    assert "今天 09:10" in rows["王芳"]
    assert "今天联系过" in rows["王芳"]
    assert "（今天 1 条）" in rows["王芳"]
    assert "今天没联系" in rows["刘强"]
    assert "16:20" in rows["刘强"]
    assert "之后填写的还在手机里" in rows["刘强"]
    assert "还没有登记手机" in rows["古丽娜扎尔"]
    assert "只有那台手机知道" in page


async def test_a_phone_four_minutes_slow_is_told(sqlite_township: Township) -> None:
    town = sqlite_township
    slow = await town.device("王芳", "慢手机", lambda: town.clock() - 250_000)
    await slow.sync()
    page = (await (await browser_of(town, "李红")).get("/summary")).text
    assert "手机时间慢 4 分钟，请提醒改准" in page


async def test_what_came_in_today_is_told_by_the_day_it_was_received(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    set_clock(town, 10, 0, days=1)
    wang = await phone_of(town, "王芳")
    household = await town.household(wang, "陈福来")
    await collect(wang, town, household, "陈福来")
    await wang.sync()
    set_clock(town, 17, 0)
    await collect(wang, town, household, "迪丽拜尔·吐尔逊")  # in the hills, with no signal
    set_clock(town, 9, 0, days=1)
    await wang.sync()
    await sign_in(desk, town, "赵敏")
    came = part(desk, "今天收到")
    told = await came.inner_text()
    assert "申请 1" in told
    assert "请求和报告 1 条" in told
    assert "迪丽拜尔·吐尔逊" in told
    assert "青山村" in told
    assert "城乡居民基本养老保险待遇申领" in told
    assert "已上门收件" in told
    assert "17:00" in told
    assert "今天 09:00 收讫" in told
    assert "陈福来" not in told


async def test_a_village_that_hands_in_all_its_homes_is_counted_and_not_opened(
    sqlite_township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = sqlite_township
    wang = await phone_of(town, "王芳")
    homes = {bytes.fromhex(await town.household(wang, f"陈福{number}")) for number in range(12)}
    await wang.sync()
    opened, read = set[bytes](), Book.read

    def seen(book: Book, ids: Iterable[bytes]) -> Program[None]:
        opened.update(wanted := list(ids))
        yield from read(book, wanted)

    monkeypatch.setattr(Book, "read", seen)
    page = (await (await browser_of(town, "李红")).get("/summary")).text
    assert "家庭 <b>12</b>" in page
    assert not homes & opened, "a first sync hands in ten thousand"


async def test_todays_visits_tell_time_home_agent_phone_and_who_stands_in(
    sqlite_township: Township, phone: Page
) -> None:
    town = sqlite_township
    set_clock(town, 8, 30, days=1)
    wang = await phone_of(town, "王芳")
    away = (
        new_id(),
        town.centre,
        town.people["刘强"],
        town.people["王芳"],
        town.clock() - 1,
        town.clock() + 9 * 86_400_000,
    )
    await write(town, schema.absence, away)
    home, far = await town.household(wang), await town.household(wang, "陈福来", town.baihe)
    for household, purpose in ((home, "认证养老待遇"), (far, "送社保卡")):
        form = await wang.new("visit")
        await wang.save(form, {"household": household, "purpose": purpose, "minutes": 30})
        await wang.command(form.record, "assign")
    form = await wang.new("visit")
    await wang.save(form, {"household": home, "purpose": "评残"})
    await wang.sync()
    await sign_in(phone, town, "赵敏")
    section = part(phone, "上门")
    own = await section.get_by_role("listitem").filter(has_text="认证养老待遇").inner_text()
    for words in ("张桂兰", "青山村", "王芳", "0915-3212345", "已安排"):
        assert words in own
    assert "顶岗" not in own
    stands_in = await section.get_by_role("listitem").filter(has_text="送社保卡").inner_text()
    for words in ("陈福来", "白河村", "王芳", "B岗顶岗", "A岗请假"):
        assert words in stands_in
    assert "待安排" in await section.get_by_role("listitem").filter(has_text="评残").inner_text()
    assert "今天" in await section.inner_text()
    await no_wider_than_the_screen(phone)
    set_clock(town, 17, 50)
    await sign_in(phone, town, "赵敏")
    assert "约定时间已过，手机还没报来结果" in await part(phone, "上门").inner_text()


async def test_a_cadre_sees_the_replies_owed_by_himself_only(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    other = await hired(town, "马建国", "cadre")
    now = town.clock()
    cases = {}
    wang = await phone_of(town, "王芳")
    for name, cadre in (("张桂兰", town.people["孙亮"]), ("陈福来", other)):
        form = await wang.new("household")
        await wang.save(form, {"place": town.qingshan.hex(), "head": name, "cadre": cadre.hex()})
        cases[name] = await collect(wang, town, form.record, name)
    await wang.sync()
    town.clock.ahead += 9 * 86_400_000
    await sign_in(desk, town, "孙亮")
    told = await part(desk, "我该回复的").inner_text()
    assert "张桂兰" in told
    assert "超期 2 天" in told
    assert "陈福来" not in told
    assert await desk.get_by_role("region", name="待办").count() == 0
    await picture(desk, "console-cadre-desk")
    head = (await (await browser_of(town, "李红")).get("/summary")).text
    assert "陈福来" in head
    assert "马建国" in head
    assert now < town.clock()


async def test_a_reply_that_was_in_time_and_came_late_shows_both_times(sqlite_township: Township) -> None:
    town = sqlite_township
    set_clock(town, 9, 0, days=1)
    wang, sun = await phone_of(town, "王芳"), await phone_of(town, "孙亮")
    household = await town.household(wang)
    case = await collect(wang, town, household, "张桂兰")
    await wang.sync()
    town.clock.ahead += 6 * 86_400_000
    await sun.sync()
    form = await sun.new("reply")
    reply = {"household": household, "application": case, "text": "材料齐了", "how": "visit", "outcome": "progressing"}
    await sun.save(form, reply)
    town.clock.ahead += 2 * 86_400_000 + 3_600_000
    await sun.sync()
    page = (await (await browser_of(town, "孙亮")).get("/summary")).text
    row = page.split("近七天已回复")[1].split("</ol>")[0]
    assert "按时回复、晚收到" in row
    assert "前天 09:00" in row
    assert "今天 10:00</time> 收到" in row
    assert "没有欠着的回复" not in page, "the next one is owed already"


async def test_a_head_closes_a_task(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    wang = await phone_of(town, "王芳")
    household = await town.household(wang)
    form = await wang.new("visit")
    await wang.save(form, {"household": household, "purpose": "送社保卡"})
    for _ in range(2):
        await wang.report(form.record, "finished", {"outcome": "done"})
    await wang.sync()
    await sign_in(desk, town, "李红")
    told = await part(desk, "待办").inner_text()
    assert "上门办理报来“已办完”，那时状态没有变，现在是“已上门”" in told
    assert "张桂兰" in told
    await press(part(desk, "待办").get_by_role("link", name="去办"))
    await desk.get_by_label("办了什么").fill("问过王芳，是同一次上门")
    await press(desk.get_by_role("button", name="记为办完"))
    assert "已记为办完" in await desk.get_by_role("status").inner_text()
    await desk.goto(f"{town.url}/summary")
    assert "没有待办" in await part(desk, "待办").inner_text()
    http = await browser_of(town, "李红")
    csrf = {"csrf": await token(http), "text": "看过"}
    again = await http.post(f"/tasks/{hashlib.md5(b'').hexdigest()}/done", data=csrf)
    assert "done-before" in again.headers["location"]


async def test_nothing_of_another_centre_is_ever_on_the_page(sqlite_township: Township) -> None:
    town = sqlite_township
    wang, liu = await phone_of(town, "王芳"), await phone_of(town, "刘强")
    household = await town.household(wang)
    await collect(wang, town, household, "张桂兰")
    await two_phone_numbers(town, wang, liu, household)
    form = await wang.new("visit")
    await wang.save(form, {"household": household, "purpose": "送社保卡"})
    await wang.command(form.record, "assign")
    await wang.report(form.record, "finished")
    await wang.report(form.record, "started")
    await wang.sync()
    mine = await town.signed_in("李红")
    (task,) = (await mine.get("/v1/tasks")).json()
    device = (await mine.get("/v1/devices")).json()[0]["id"]
    there = await second_centre(town)
    await hired(town, "贾邻居", "head", there)
    http = await browser_of(town, "贾邻居")
    for path in ("/summary", "/devices"):
        page = (await http.get(path)).text
        assert "江北镇便民服务中心" in page
        for name in (
            "王芳",
            "刘强",
            "孙亮",
            "张桂兰",
            "青山村",
            "送社保卡",
            "13700000001",
            household,
            device,
            task["id"],
        ):
            assert name not in page, (path, name)
    csrf = await token(http)
    settlement = {"csrf": csrf, "field": "phone", "seen": "9", "over": "1 2", "choice": "own", "own": "13812345678"}
    assert "already" in (await http.post(f"/disputes/{household}", data=settlement)).headers["location"]
    closing = {"csrf": csrf, "text": "看过"}
    assert "done-before" in (await http.post(f"/tasks/{task['id']}/done", data=closing)).headers["location"]
    assert "gone" in (await http.get(f"/devices/{device}")).headers["location"]
    assert "gone" in (await http.post(f"/devices/{device}", data={"csrf": csrf, "fingerprint": ""})).headers["location"]
    answer = await http.post("/devices/code", data={"csrf": csrf, "person": town.people["王芳"].hex()})
    assert answer.status_code == 422
    assert "请选一位本中心的工作人员" in answer.text
    await wang.sync()
    assert len(await wang.conflicts()) == 1
    assert (await mine.get("/v1/tasks")).json() == [task]


async def test_what_people_wrote_is_text_and_never_markup(sqlite_township: Township) -> None:
    town = sqlite_township
    wang, liu = await phone_of(town, "王芳"), await phone_of(town, "刘强")
    household = await town.household(wang, "<b>张</b><script>x</script>")
    await two_phone_numbers(town, wang, liu, household)
    page = (await (await browser_of(town, "李红")).get("/summary")).text
    assert "&lt;b&gt;张&lt;/b&gt;&lt;script&gt;" in page
    assert "<script>" not in page


async def test_the_district_sees_its_centres_side_by_side(township: Township) -> None:
    """On both databases: the counts are grouped in SQL."""
    town = township
    set_clock(town, 9, 0, days=1)
    wang, liu = await phone_of(town, "王芳"), await phone_of(town, "刘强")
    household = await town.household(wang)
    await collect(wang, town, household, "张桂兰")
    await two_phone_numbers(town, wang, liu, household)
    form = await wang.new("visit")
    await wang.save(form, {"household": household, "purpose": "送社保卡"})
    await wang.command(form.record, "assign")
    await wang.sync()
    town.services.presence.clear()
    await second_centre(town)
    due = town.clock() - 1
    owed = (new_id(), town.centre, new_id(), new_id(), new_id(), due, due, "late", None, None, None, 1, None, 0)
    await write(town, schema.obligation, owed)
    # Of a case that ended before the reply was due: nobody owes it any more.
    lapsed = (new_id(), town.centre, new_id(), new_id(), new_id(), due, due, "lapsed", None, None, None, 1, None, 0)
    await write(town, schema.obligation, lapsed)
    page = (await (await browser_of(town, "周区")).get("/summary")).text
    rows = [
        [cell.split("</span>")[-1].split("<")[0] for cell in row.split("<td")[1:]]
        for row in page.split("<tbody")[1].split("<tr")[1:]
    ]
    neighbour, ours, sums = rows
    # phones, heard of today, pending, entries today, cases overdue, disputes, visits, replies open, overdue, tasks
    assert ours == ["2", "0", "0", "7", "0", "1", "1", "2", "1", "0"]
    assert neighbour == ["0"] * 10
    assert sums == ours
    assert "张桂兰" not in page
    own = (await (await browser_of(town, "李红")).get("/summary")).text
    assert "联系电话" in own
    assert "送社保卡" in own
