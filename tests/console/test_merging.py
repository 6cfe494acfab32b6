"""并户: a clerk finds a household that was taken down twice, and makes one of it, as long as it is one."""

import re

from playwright.async_api import Locator, Page

from daiban_client_sdk import Client
from tests.console.workday import browser_of, collect, no_wider_than_the_screen, phone_of, press, sign_in, token
from tests.support.chromium import picture
from tests.support.township import Township

ID = "612401195607120620"
OTHER_ID = "612401195607120639"


async def taken_down_twice(town: Township) -> tuple[Client, str, str]:
    """王芳 took 张桂兰 down in spring, and again, from hearing, in autumn; each has a case."""
    wang = await phone_of(town, "王芳")
    old = {"head": "张桂兰", "phone": "13700000001", "address": "青山村三组 5 号", "identity_number": ID, "size": 3}
    old |= {"members": [{"name": "张小山", "relation": "儿子"}, {"name": "王秀英", "relation": "儿媳"}]}
    new = {"head": "张贵兰", "phone": "13700000002", "identity_number": OTHER_ID, "size": 3, "note": "村口第二家"}
    new |= {"members": [{"name": "张小山", "phone": "13800000003"}, {"name": "张童", "relation": "孙子"}]}
    records = []
    for home in (old, new):
        form = await wang.new("household")
        await wang.save(form, {"place": town.qingshan.hex(), **home})
        case = await collect(wang, town, form.record, home["head"])
        await wang.save(await wang.open(case), {"answers.reason": f"{home['head']}年满六十"})
        await wang.command(case, "submit")
        records.append(form.record)
    await wang.sync()
    return wang, records[0], records[1]


def field(page: Page, label: str) -> Locator:
    """What is to be chosen of one field."""
    return page.get_by_role("group", name=label, exact=True)


async def test_a_pair_becomes_one_household_and_two_again(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    wang, stays, goes = await taken_down_twice(town)
    await sign_in(desk, town, "赵敏", "/households/duplicates")
    await press(desk.get_by_role("link", name="是一户，并户"))
    assert desk.url.endswith(f"/households/{goes}/merge?into={stays}"), (
        "the older one stays unless somebody turns it round"
    )
    told = await desk.locator("main").inner_text()
    assert ID not in told
    assert "在第 17、18 位不同" in told
    assert "1 件办件" in told
    assert await field(desk, "备注").get_by_role("radio", name="村口第二家").is_checked(), (
        "only one says something of it"
    )
    assert "张童" in told
    assert told.count("张小山") == 1, "each member once"
    await press(desk.get_by_role("button", name="并户"))
    assert "请填写“理由”" in await desk.get_by_role("alert").inner_text()
    await field(desk, "户主姓名").get_by_role("radio", name="都不对，另写").check()
    await field(desk, "户主姓名").get_by_role("textbox").fill("张桂岚")
    await field(desk, "联系电话").get_by_role("radio", name="13700000002").check()
    await desk.get_by_label("理由").fill("已上门核对，户口本上是一户")
    await picture(desk, "console-merge-desk")
    await press(desk.get_by_role("button", name="并户"))
    assert desk.url.startswith(f"{town.url}/households/{stays}?")
    told = await desk.locator("main").inner_text()
    for words in ("已并成一户", "张桂岚", "13700000002", "村口第二家", "张童", "在办的事2", "赵敏", "户口本上是一户"):
        assert words in told
    await picture(desk, "console-merged-desk")

    # The phone that had not heard of it hands in one more under the other.
    late = await collect(wang, town, goes, "张贵兰")
    await wang.save(await wang.open(late), {"answers.reason": "补申请"})
    await wang.command(late, "submit")
    await wang.sync()
    await desk.goto(f"{town.url}/households/{goes}")
    told = await desk.locator("main").inner_text()
    assert "您打开的那一户已并入这一户" in told
    assert "在办的事3" in told
    await desk.goto(f"{town.url}/receive?q=张贵兰")
    assert await desk.get_by_role("list", name="找到的户").get_by_role("listitem").count() == 1
    assert await desk.locator(f'a[href*="{goes}"]').count() == 0
    await desk.goto(f"{town.url}/households/duplicates")
    assert "没有疑似重复的" in await desk.locator("main").inner_text()

    await desk.goto(f"{town.url}/households/{stays}")
    await desk.get_by_text("并错了，拆开").click()
    await desk.get_by_label("理由").fill("老太太的妹妹，是两户")
    await press(desk.get_by_role("button", name="拆开"))
    told = await desk.locator("main").inner_text()
    for words in ("已拆开", "张贵兰", "在办的事2"):
        assert words in told
    await desk.goto(f"{town.url}/households/{stays}")
    assert "在办的事1" in await desk.locator("main").inner_text()


async def test_two_neighbours_are_told_apart_and_the_list_empties(sqlite_township: Township, phone: Page) -> None:
    town = sqlite_township
    await taken_down_twice(town)
    await sign_in(phone, town, "赵敏", "/households/duplicates")
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-duplicates-phone")
    await phone.get_by_role("link", name="是一户，并户").click()
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-merge-phone")
    await press(phone.get_by_role("link", name="先不并"))
    await press(phone.get_by_role("button", name="不是一户"))
    told = await phone.locator("main").inner_text()
    assert "已记下不是一户" in told
    assert "没有疑似重复的" in told
    await phone.get_by_text("核对过，不是一户的 1 对").click()
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-told-apart-phone")
    await press(phone.get_by_role("button", name="重新核对"))
    assert "姓名同音" in await phone.locator("main").inner_text()


async def test_a_form_that_somebody_overtook_says_so_and_merges_nothing(sqlite_township: Township) -> None:
    town = sqlite_township
    wang, stays, goes = await taken_down_twice(town)
    clerk = await browser_of(town, "赵敏")
    path = f"/households/{goes}/merge"
    page = await clerk.get(f"{path}?into={stays}")
    form = dict(re.findall(r'name="(seen-stays|seen-goes|csrf)" value="([^"]+)"', page.text))
    form |= {"into": stays, "reason": "一户", "choice-phone": "goes"}
    both = await clerk.post(path, data={**form, "own-phone": "13700000009"})
    assert both.status_code == 422
    assert "您选了一种写法，又另写了一个" in both.text, "what was typed beside a choice is not passed over"
    await wang.save(await wang.open(goes), {"address": "青山村四组"})
    await wang.sync()
    answer = await clerk.post(path, data=form)
    assert answer.status_code == 422
    assert "这期间有人改过其中一户，没有并户" in answer.text
    assert "青山村四组" in answer.text, "as they stand now"
    kept = await clerk.get(f"/households/{stays}")
    assert kept.status_code == 200
    assert "13700000001" in kept.text
    assert "并进来的户" not in kept.text
    form |= dict(re.findall(r'name="(seen-stays|seen-goes)" value="([^"]+)"', answer.text))
    for _ in range(2):  # a form that is sent twice merges once
        answer = await clerk.post(path, data=form)
        assert answer.headers["location"] == f"/households/{stays}?said=merged"


async def test_a_cadre_sees_what_was_merged_and_takes_no_part_in_it(sqlite_township: Township) -> None:
    town = sqlite_township
    _, stays, goes = await taken_down_twice(town)
    cadre = await browser_of(town, "孙亮")
    page = await cadre.get("/households/duplicates")
    assert "姓名同音" in page.text
    assert "并户" not in page.text.partition("<main")[2]
    csrf = await token(cadre, f"/households/{stays}")
    refused = await cadre.post(f"/households/{goes}/apart", data={"csrf": csrf, "other": stays})
    assert refused.status_code == 403
