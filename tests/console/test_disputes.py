"""填写不一致: two people wrote two values, and somebody at the centre settles it."""

from playwright.async_api import Page

from daiban_client_sdk import Client
from tests.console.workday import browser_of, collect, part, phone_of, press, sign_in, token, two_phone_numbers
from tests.support.chromium import picture
from tests.support.township import Township

NUMBERS = ("13700000001", "13700000002")


async def disputed(town: Township) -> tuple[Client, Client, str]:
    wang, liu = await phone_of(town, "王芳"), await phone_of(town, "刘强")
    household = await town.household(wang)
    await two_phone_numbers(town, wang, liu, household)
    return wang, liu, household


async def test_a_clerk_sees_both_numbers_with_their_authors_and_settles_for_one(
    sqlite_township: Township, desk: Page
) -> None:
    town = sqlite_township
    wang, liu, household = await disputed(town)
    await sign_in(desk, town, "赵敏")
    section = part(desk, "填写不一致")
    told = await section.inner_text()
    for words in ("张桂兰", "青山村", "联系电话有 2 种写法", *NUMBERS, "王芳", "刘强", "在手机上填写", "没有丢"):
        assert words in told
    await picture(desk, "console-dispute-desk")
    await section.get_by_role("radio", name=NUMBERS[0]).check()
    await press(section.get_by_role("button", name="就这么定"))
    assert "已定下" in await desk.get_by_role("status").inner_text()
    assert "没有填写不一致" in await part(desk, "填写不一致").inner_text()
    for client in (liu, wang):
        await client.sync()
        assert await client.conflicts() == []
        view = await client.view(household)
        assert view is not None
        assert view.values["phone"] == NUMBERS[0]


async def test_a_cadre_writes_a_third_number_on_a_phone_and_a_slip_is_shown_beside_it(
    sqlite_township: Township, phone: Page
) -> None:
    town = sqlite_township
    wang, _, household = await disputed(town)
    await sign_in(phone, town, "孙亮")
    section = part(phone, "填写不一致")
    await section.get_by_label("联系电话").fill("1370000")
    await press(section.get_by_role("button", name="就这么定"))
    assert "电话号码不对" in await phone.get_by_role("alert").inner_text()
    assert await phone.title() == "有错误：今日情况 · 建民办事处 · 代办"
    section = part(phone, "填写不一致")
    assert "电话号码不对" in await section.locator(".error").inner_text()
    assert await section.get_by_label("联系电话").input_value() == "1370000"
    await picture(phone, "console-dispute-wrong-phone")
    await section.get_by_label("联系电话").fill("0915-3213003")
    await press(section.get_by_role("button", name="就这么定"))
    await wang.sync()
    view = await wang.view(household)
    assert view is not None
    assert (view.values["phone"], view.conflicts) == ("0915-3213003", {})


async def test_nothing_chosen_or_two_answers_settle_nothing(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    wang, _, _ = await disputed(town)
    await sign_in(desk, town, "李红")
    await press(part(desk, "填写不一致").get_by_role("button", name="就这么定"))
    assert "请选一种写法，或者另写一个" in await desk.get_by_role("alert").inner_text()
    section = part(desk, "填写不一致")
    await section.get_by_role("radio", name=NUMBERS[1]).check()
    await section.get_by_label("联系电话").fill("0915-3213003")
    await press(section.get_by_role("button", name="就这么定"))
    assert "请只留一个" in await desk.get_by_role("alert").inner_text()
    assert await part(desk, "填写不一致").get_by_role("radio", name=NUMBERS[1]).is_checked()
    await wang.sync()
    assert len(await wang.conflicts()) == 1


async def test_what_came_in_after_the_page_was_opened_is_not_settled_away(
    sqlite_township: Township, desk: Page
) -> None:
    town = sqlite_township
    wang, _, household = await disputed(town)
    await sign_in(desk, town, "赵敏")
    section = part(desk, "填写不一致")
    # What he has begun stays as it is, whatever comes in meanwhile.
    await section.get_by_role("radio", name=NUMBERS[0]).check()
    other = await town.signed_in("李红")
    seen = (await other.get(f"/v1/records/household/{household}")).json()["position"]
    beside = {"fields": {"phone": "13700000009"}, "seen": seen, "over": {"phone": []}}
    assert (await other.patch(f"/v1/records/household/{household}", json=beside)).is_success
    await press(section.get_by_role("button", name="就这么定"))
    assert "这期间又有人写了别的" in await desk.get_by_role("status").inner_text()
    told = await part(desk, "填写不一致").inner_text()
    assert NUMBERS[0] in told
    assert "13700000009" in told
    await part(desk, "填写不一致").get_by_role("radio", name="13700000009").check()
    await press(part(desk, "填写不一致").get_by_role("button", name="就这么定"))
    await wang.sync()
    assert await wang.conflicts() == []


async def test_of_two_clerks_the_second_hears_that_it_was_settled(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    _, _, household = await disputed(town)
    await sign_in(desk, town, "赵敏")
    section = part(desk, "填写不一致")
    await section.get_by_role("radio", name=NUMBERS[0]).check()
    other = await town.signed_in("李红")
    shown = (await other.get(f"/v1/records/household/{household}")).json()
    over = [value["position"] for value in shown["conflicts"]["phone"]]
    body = {"field": "phone", "value": "0915-3213003", "over": over}
    assert (await other.post(f"/v1/records/household/{household}/settlement", json=body)).status_code == 200
    await press(section.get_by_role("button", name="就这么定"))
    assert "刚才已有人定下了" in await desk.get_by_role("status").inner_text()
    assert (await other.get(f"/v1/records/household/{household}")).json()["values"]["phone"] == "0915-3213003"


async def test_identity_numbers_are_masked_wherever_they_stand(sqlite_township: Township) -> None:
    town = sqlite_township
    wang, liu = await phone_of(town, "王芳"), await phone_of(town, "刘强")
    household = await town.household(wang)
    for client in (wang, liu):
        await client.sync()
    await wang.save(await wang.open(household), {"identity_number": "11010519491231002X", "note": "一女在外"})
    members = [{"name": "张小妹", "identity_number": "440524188001010014"}]
    note = "户口簿上是 110105194912310089，社保卡 6217000010012345678"
    await liu.save(
        await liu.open(household), {"identity_number": "440524188001010014", "note": note, "members": members}
    )
    await wang.save(await wang.open(household), {"members": []})
    for client in (wang, liu):
        await client.sync()
    page = (await (await browser_of(town, "赵敏")).get("/summary")).text
    assert "1****************X" in page
    assert "4****************4" in page
    assert "户口簿上是 1****************9，社保卡 6*****************8" in page
    for hidden in ("110105", "440524", "19491231", "6217"):
        assert hidden not in page


async def test_a_choice_a_flag_and_a_sum_are_told_and_settled_in_words(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    wang, liu = await phone_of(town, "王芳"), await phone_of(town, "刘强")
    household = await town.household(wang)
    case = await collect(wang, town, household, "张桂兰")
    for client in (wang, liu):
        await client.sync()
    await wang.save(await wang.open(case), {"mode": "limited", "urgent": True, "answers.reason": "到龄"})
    await liu.save(await liu.open(case), {"mode": "proxy", "urgent": False, "answers.reason": "丧偶"})
    for client in (wang, liu):
        await client.sync()
    await sign_in(desk, town, "赵敏")
    told = await part(desk, "填写不一致").inner_text()
    for words in ("办理方式", "限时办理", "代为办理", "急难先办", "申领原因", "城乡居民基本养老保险待遇申领"):
        assert words in told
    form = desk.locator("form.dispute", has_text="办理方式有")
    await form.get_by_label("办理方式").select_option("direct")
    await press(form.get_by_role("button", name="就这么定"))
    form = desk.locator("form.dispute", has_text="急难先办有")
    await form.get_by_role("radio", name="否").check()
    await press(form.get_by_role("button", name="就这么定"))
    form = desk.locator("form.dispute", has_text="申领原因有")
    await form.get_by_label("申领原因").fill("到龄且丧偶")
    await press(form.get_by_role("button", name="就这么定"))
    await wang.sync()
    view = await wang.view(case)
    assert view is not None
    assert view.conflicts == {}
    assert [view.values[name] for name in ("mode", "urgent", "answers.reason")] == ["direct", False, "到龄且丧偶"]


async def test_a_photo_that_one_deleted_and_another_renamed_is_kept_or_deleted_by_decision(
    sqlite_township: Township, desk: Page
) -> None:
    town = sqlite_township
    wang, liu = await phone_of(town, "王芳"), await phone_of(town, "刘强")
    household = await town.household(wang)
    form = await wang.new("photo")
    await wang.save(form, {"parent": household, "paper": "户口簿", "sha256": "a" * 64, "size": 1000})
    for client in (wang, liu):
        await client.sync()
    await wang.save(await wang.open(form.record), {"deleted": True})
    await liu.save(await liu.open(form.record), {"paper": "户口簿首页"})
    for client in (liu, wang):
        await client.sync()
    await sign_in(desk, town, "赵敏")
    section = part(desk, "填写不一致")
    assert "有人删除了这条记录，另有人改过它" in await section.inner_text()
    await press(section.get_by_role("button", name="就这么定"))
    assert "请选删除还是保留" in await desk.get_by_role("alert").inner_text(), "nobody chose, so nothing is settled"
    section = part(desk, "填写不一致")
    await section.get_by_role("radio", name="保留").check()
    await press(section.get_by_role("button", name="就这么定"))
    assert "没有填写不一致" in await part(desk, "填写不一致").inner_text()
    await liu.sync()
    view = await liu.view(form.record)
    assert view is not None
    assert (view.deleted, view.values["paper"]) == (False, "户口簿首页")


async def test_a_mandate_whose_days_do_not_fit_is_shown_with_both_authors(sqlite_township: Township) -> None:
    town = sqlite_township
    wang, liu = await phone_of(town, "王芳"), await phone_of(town, "刘强")
    household = await town.household(wang)
    case = await collect(wang, town, household, "张桂兰")
    form = await wang.new("mandate")
    await wang.save(form, {"application": case, "valid_from": "2026-11-01", "valid_until": "2027-10-31"})
    for client in (wang, liu):
        await client.sync()
    await wang.save(await wang.open(form.record), {"valid_from": "2027-05-01"})
    await liu.save(await liu.open(form.record), {"valid_until": "2027-01-31"})
    for client in (wang, liu):
        await client.sync()
    page = (await (await browser_of(town, "赵敏")).get("/summary")).text
    assert "这几项合在一起不对" in page
    assert "2027年5月1日" in page
    assert "2027年1月31日" in page


async def test_a_value_from_a_phone_whose_clock_fell_back_to_2019_tells_both_times(sqlite_township: Township) -> None:
    town = sqlite_township
    fallen_back = [0]
    wang = await town.device("王芳", "旧手机", lambda: town.clock() - fallen_back[0])
    await wang.sync()
    fallen_back[0] = 7 * 365 * 86_400_000
    household = await town.household(wang)
    await wang.sync()
    clerk = await town.signed_in("赵敏")
    seen = (await clerk.get(f"/v1/records/household/{household}")).json()["position"]
    beside = {"fields": {"phone": "0915-3213003"}, "seen": seen, "over": {"phone": []}}
    assert (await clerk.patch(f"/v1/records/household/{household}", json=beside)).is_success
    page = (await (await browser_of(town, "李红")).get("/summary")).text
    by_phone, by_desk = (page.split(number)[1].split("</label>")[0] for number in ("13700000000", "0915-3213003"))
    assert "今天" in by_phone
    assert "手机自称" in by_phone
    assert "在窗口填写" in by_desk
    assert "手机自称" not in by_desk


async def test_odd_settlements_are_refused_in_words_and_change_nothing(sqlite_township: Township) -> None:
    town = sqlite_township
    wang, _, household = await disputed(town)
    http = await browser_of(town, "赵敏")
    right = {
        "csrf": await token(http),
        "field": "phone",
        "seen": "1",
        "over": "1 2",
        "choice": "own",
        "own": "13812345678",
    }
    odd = [
        {"seen": "x"},
        {"seen": "-1"},
        {"seen": "9" * 30},
        {"over": "1 2 x"},
        {"over": " ".join("1" for _ in range(100))},
        {"over": "-3"},
        {"seen": str(2**52)},
        {"choice": "999", "own": ""},
        {"own": "a" * 3000},
        {"own": "13800000000\x01"},
    ]
    for wrong in odd:
        answer = await http.post(f"/disputes/{household}", data={**right, **wrong})
        assert 400 <= answer.status_code < 500, (wrong, answer.status_code)
        assert answer.headers["content-type"].startswith("text/html")
    for path in ("/disputes/zz", f"/disputes/{'f' * 32}", "/disputes/%00"):
        assert (await http.post(path, data=right)).status_code in (303, 400, 404), path
    await wang.sync()
    (conflict,) = await wang.conflicts()
    assert {value.value for value in conflict.values} == set(NUMBERS)
