"""疑似重户: one household that two agents took down is found, and neighbours are not taken for one."""

from playwright.async_api import Page
from sqlalchemy import select

from daiban_server.db import schema
from daiban_server.db.program import rows
from tests.console.workday import browser_of, main_of, no_wider_than_the_screen, phone_of, sign_in
from tests.support.chromium import picture
from tests.support.township import Township

ID = "612401195607120620"


async def test_a_household_that_was_taken_down_twice_is_shown_side_by_side(
    sqlite_township: Township, desk: Page, phone: Page
) -> None:
    town = sqlite_township
    wang = await phone_of(town, "王芳")
    homes = [
        {"head": "张桂兰", "phone": "13700000001", "address": "青山村三组 5 号"},
        {"head": "张贵兰", "phone": "13700000002", "address": "青山三组"},
        {"head": "李大山", "phone": "13700000001"},
        {"head": "陈小河", "phone": "13700000009"},
    ]
    records = []
    for home in homes:
        form = await wang.new("household")
        await wang.save(form, {"place": town.qingshan.hex(), **home})
        records.append(form.record)
    far = await wang.new("household")
    await wang.save(far, {"place": town.baihe.hex(), "head": "陈晓荷", "phone": "13700000009"})
    await wang.sync()
    await sign_in(desk, town, "赵敏", "/households/duplicates")
    pairs = await desk.locator("section.double").all_inner_texts()
    assert len(pairs) == 2, "of another village is another household"
    assert "姓名同音" in pairs[0] and "张桂兰" in pairs[0] and "张贵兰" in pairs[0]
    assert "电话相同" in pairs[1] and "李大山" in pairs[1]
    assert "13700000001" not in "".join(pairs), "a list shows no whole number"
    await picture(desk, "console-duplicates-desk")
    await sign_in(phone, town, "赵敏", "/households/duplicates")
    await no_wider_than_the_screen(phone)


async def test_one_identity_number_is_told_first_and_not_shown(sqlite_township: Township) -> None:
    town = sqlite_township
    clerk = await town.signed_in("赵敏")
    for head in ("张桂兰", "王桂花"):
        fields = {"place": town.qingshan.hex(), "head": head, "identity_number": ID}
        assert (await clerk.post("/v1/records/household", json={"fields": fields})).status_code == 201
    page = await (await browser_of(town, "赵敏")).get("/households/duplicates")
    assert "身份证号相同" in page.text and ID not in page.text
    sheet = await town.services.database.read(rows(select(*schema.household_sheet.columns)))
    assert len(sheet) == 2 and ID not in str(sheet), "what only a clerk may see whole, with a reason, is copied nowhere"


async def test_a_telephone_that_the_whole_village_gives_tells_nothing(sqlite_township: Township) -> None:
    town = sqlite_township
    clerk = await town.signed_in("赵敏")
    for head in ("张一", "李二", "王三", "赵四", "钱五"):
        fields = {"place": town.qingshan.hex(), "head": head, "phone": "0915-3210000"}
        await clerk.post("/v1/records/household", json={"fields": fields})
    page = await (await browser_of(town, "赵敏")).get("/households/duplicates")
    assert "没有疑似重复的" in page.text


async def test_what_changes_is_compared_anew_when_somebody_looks(sqlite_township: Township) -> None:
    town = sqlite_township
    clerk = await town.signed_in("赵敏")
    made = []
    for head, phone in (("张桂兰", "13700000001"), ("李大山", "13700000001"), ("陈小河", "13700000009")):
        fields = {"place": town.qingshan.hex(), "head": head, "phone": phone}
        made.append((await clerk.post("/v1/records/household", json={"fields": fields})).json()["record"])

    async def told() -> str:
        return main_of(await (await browser_of(town, "赵敏")).get("/households/duplicates"))

    assert "看了全部 3 户，疑似 1 对" in await told()
    seen = (await clerk.get(f"/v1/records/household/{made[1]}")).json()["position"]
    change = {"fields": {"phone": "13700000009"}, "seen": seen}
    assert (await clerk.patch(f"/v1/records/household/{made[1]}", json=change)).status_code == 200
    page = await told()
    assert "疑似 1 对" in page and "陈小河" in page and "张桂兰" not in page


async def test_a_household_that_stays_has_the_cases_of_those_that_went_into_it(sqlite_township: Township) -> None:
    """And one that was merged is not compared with others any more, nor counted among those that sound alike."""
    town = sqlite_township
    wang, clerk = await town.device("王芳"), await town.signed_in("赵敏")
    alike = ("张桂兰", "张贵兰", "张桂岚", "张贵岚", "张桂蓝")
    stays, goes, third, *_ = [await town.household(wang, head) for head in alike]
    await wang.sync()
    for home, number in ((stays, 1), (goes, 2)):
        for _ in range(number):
            fields = {"household": home, "item": town.item.hex(), "applicant": "张桂兰", "answers.reason": "到龄"}
            case = (await clerk.post("/v1/records/application", json={"fields": fields})).json()["record"]
            assert (await clerk.post(f"/v1/records/application/{case}/commands/submit", json={})).status_code == 200
    merge = {"arguments": {"into": stays, "reason": "一户"}}
    assert (await clerk.post(f"/v1/records/household/{goes}/commands/merge", json=merge)).status_code == 200
    page = main_of(await (await browser_of(town, "赵敏")).get("/households/duplicates"))
    assert "看了全部 4 户，疑似 6 对" in page
    assert "<dd>3 件</dd>" in page and "<dd>0 件</dd>" in page
    assert f"/households/{third}/merge?into={stays}" in page
