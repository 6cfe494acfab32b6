"""接待: somebody comes to the window; a scanned paper; what was written on paper while the server was down."""

import io
import re
from collections.abc import Mapping
from pathlib import Path

import httpx2
import pytest
from PIL import Image
from playwright.async_api import Page

from daiban_server.console.words import local
from tests.console.test_cases import handed_in
from tests.console.test_correcting import another_item
from tests.console.workday import browser_of, no_wider_than_the_screen, part, phone_of, press, set_clock, sign_in, token
from tests.evidence.home import checked, exported
from tests.support.chromium import picture
from tests.support.township import Township, new_id


def scan(path: Path, kind: str = "PNG") -> Path:
    file = io.BytesIO()
    Image.effect_noise((320, 240), 70).convert("RGB").save(file, kind)
    path.write_bytes(file.getvalue())
    return path


def fresh() -> dict[str, str]:
    return {name: new_id().hex() for name in ("reception", "application", "new_household")}


async def somebody_else_comes(town: Township) -> None:
    """With what she writes the log's newest checkpoint is of now."""
    clerk, fields = await town.signed_in("赵敏"), {"place": town.centre.hex(), "visitor": "路人", "answer": "说了"}
    assert (await clerk.post("/v1/records/reception", json={"fields": {**fields, "source": "counter"}})).is_success


async def test_a_clerk_takes_in_who_comes_to_the_window(
    sqlite_township: Township, desk: Page, phone: Page, tmp_path: Path
) -> None:
    town = sqlite_township
    set_clock(town, 10)
    wang = await phone_of(town, "王芳")
    await town.household(wang, "张桂兰")
    await wang.sync()
    await sign_in(desk, town, "赵敏", "/receive")
    await desk.get_by_label("姓名、拼音、电话或住址").press_sequentially("zgl")
    await desk.get_by_role("link", name="张桂兰 青山村").wait_for()
    await picture(desk, "console-receive-desk")
    await press(desk.get_by_role("link", name="张桂兰 青山村"))
    await press(desk.get_by_role("region").get_by_role("link").first)
    assert await desk.get_by_label("申请人", exact=True).input_value() == "张桂兰"
    await press(desk.get_by_role("button", name="收下，登记编号"))
    assert "这一项要填" in await desk.locator(".field.wrong").first.inner_text()
    await picture(desk, "console-receive-wrong-desk")
    await desk.locator(".field.wrong input, .field.wrong textarea").first.fill("年满六十")
    await desk.get_by_label("几个人一起来").fill("2")
    await press(desk.get_by_role("button", name="收下，登记编号"))
    assert "收下了" in await desk.get_by_role("status").inner_text()
    assert "已收件" in await desk.locator("h1").inner_text()
    await desk.get_by_text("添扫描件").click()
    await desk.get_by_label("都不是，写名称").fill("户口簿")
    await desk.get_by_label("图片（JPG、PNG）").set_input_files(
        [scan(tmp_path / "一.png"), scan(tmp_path / "二.jpg", "JPEG")]
    )
    await press(desk.get_by_role("button", name="存上"))
    assert "扫描件已存好" in await desk.get_by_role("status").inner_text()
    thumbnails = part(desk, "材料").get_by_role("img", name="户口簿")
    assert await thumbnails.count() == 2
    for number in range(2):
        await thumbnails.nth(number).scroll_into_view_if_needed()
        await desk.wait_for_timeout(50)
    await picture(desk, "console-received-desk")
    await sign_in(phone, town, "赵敏", "/receive?q=zgl")
    await no_wider_than_the_screen(phone)
    visits = (await (await town.signed_in("赵敏")).get("/v1/records/reception")).json()
    assert [(one["values"]["visitor"], one["values"]["people"], one["values"]["outcome"]) for one in visits] == [
        ("张桂兰", 2, "case")
    ]


async def test_somebody_who_only_asks_is_in_the_register(sqlite_township: Township) -> None:
    town = sqlite_township
    set_clock(town, 10)
    http = await browser_of(town, "赵敏")
    form = {"csrf": await token(http), **fresh(), "visitor": "路过的人", "people": "1", "advice": "yes"}
    wrong = await http.post("/receive/form", data=form)
    assert wrong.status_code == 422
    assert "请写一句他来问什么" in wrong.text
    for _ in range(2):
        assert (await http.post("/receive/form", data={**form, "about": "养老金怎么领"})).status_code == 303
    page = (await http.get("/registers")).text
    assert page.count("养老金怎么领") == 1, "a form that is sent twice is one visit"


async def test_how_many_came_is_a_number_however_long_it_is_written(sqlite_township: Township) -> None:
    http = await browser_of(sqlite_township, "赵敏")
    form = {"csrf": await token(http), **fresh(), "visitor": "路过的人", "about": "养老金怎么领", "advice": "yes"}
    for people in ("000001" + "0" * 5000, "0000019999999", "501", "0", "-1", "1.5"):
        wrong = await http.post("/receive/form", data={**form, "people": people})
        assert (wrong.status_code, "人数要是 1 到 500 的整数" in wrong.text) == (422, True), people[:20]
    assert (await http.post("/receive/form", data={**form, "people": "000012"})).status_code == 303
    assert "等 12 人" in (await http.get("/registers")).text.replace("<wbr>", "")


async def newcomer(town: Township, http: httpx2.AsyncClient, ids: Mapping[str, str]) -> dict[str, str]:
    """The form of somebody whose household is new; where it lives is not told yet."""
    who = {"applicant": "刘大山", "home-head": "刘大山", "people": "1", "answers.reason": "到龄"}
    return {"csrf": await token(http), **ids, **who, "item": town.item.hex()}


async def test_a_new_household_comes_with_its_first_case_and_its_real_time(sqlite_township: Township) -> None:
    """It was written on paper two working days ago, while the server was down: limits run from then, the case tells
    when it came and when it was keyed in, and the book has its line under the day on which the line was written."""
    town = sqlite_township
    set_clock(town, 15, 30)
    then = local(town.clock())
    set_clock(town, 10, days=2)
    today = local(town.clock())
    http, ids = await browser_of(town, "赵敏"), fresh()
    await somebody_else_comes(town)
    form = {**await newcomer(town, http, ids), "day": then.date().isoformat(), "clock": "15:30"}
    wrong = await http.post("/receive/form", data=form)
    assert "请选所在的村" in wrong.text
    assert (await http.get(f"/cases/{ids['application']}")).status_code == 404, "nothing of it was kept"
    done = await http.post("/receive/form", data={**form, "home-place": town.qingshan.hex()})
    assert done.headers["location"] == f"/cases/{ids['application']}?said=received"
    clerk = await town.signed_in("赵敏")
    values = (await clerk.get(f"/v1/records/application/{ids['application']}")).json()["values"]
    assert values["household"] == ids["new_household"]
    came = int(then.replace(second=0, microsecond=0).timestamp() * 1000)
    assert {values[name] for name in ("collected_at", "submitted_at", "received_at")} == {came}
    owed = (await clerk.get(f"/v1/cases/{ids['application']}/deadlines")).json()
    assert {one["starts"] for one in owed if one["kind"] in ("notice", "accept")} == {then.date().isoformat()}
    case = (await http.get(f"/cases/{ids['application']}")).text
    assert f"{then:%H:%M}" in case and re.search(rf"{today:%H:%M}</time> 收到", case), "what the paper says and when"
    written = {"name": "来访", "first": then.date().isoformat(), "last": then.date().isoformat()}
    assert "刘大山" not in (await http.get("/registers", params=written)).text, "a page that was printed stays whole"
    book = (await http.get("/registers")).text
    assert re.search(rf"{then:%Y-%m-%d}(?:(?!</tr>).)*刘大山", book, re.S)
    assert "刘大山" in (await http.get("/receive?q=lds")).text
    verdict, _ = checked(town, await exported(town, ids["application"]))
    assert "no_lower_bound" in verdict.notes, "evidence says that its time is only claimed"
    wrong_days = {"2999-01-01": "还没有到", "周五": "写得不对", "1900-01-01": "只能补录最近 30 天的"}
    for day, said in wrong_days.items():
        late = await http.post("/receive/form", data={**form, **fresh(), "day": day, "home-place": town.qingshan.hex()})
        assert said in late.text


async def test_who_goes_back_and_sends_the_form_again_is_told_what_became_of_it(sqlite_township: Township) -> None:
    """A double click is harmless; a correction that was sent in place of one is not dropped without a word."""
    town = sqlite_township
    set_clock(town, 10)
    http, ids = await browser_of(town, "赵敏"), fresh()
    form = {**await newcomer(town, http, ids), "home-place": town.qingshan.hex(), "phone": "13700000000"}
    page = f"/cases/{ids['application']}"
    for minute in (0, 1):
        set_clock(town, 10, minute)
        same = await http.post("/receive/form", data=form)
        assert same.headers["location"] == f"{page}?said=received", "pressed twice"
    day = {"day": local(town.clock()).date().isoformat(), "clock": "09:00"}
    for other in ({"answers.reason": "低保"}, {"phone": ""}, {"people": "2"}, {"home-head": "刘大川"}, day):
        changed = await http.post("/receive/form", data={**form, **other})
        assert changed.headers["location"] == f"{page}?said=received-before", other
    said = (await http.get(changed.headers["location"])).text
    assert "没有存" in said and "请办“更正”" in said
    clerk = await town.signed_in("赵敏")
    values = (await clerk.get(f"/v1/records/application/{ids['application']}")).json()["values"]
    assert (values["applicant"], values["answers.reason"]) == ("刘大山", "到龄")
    asking = {"csrf": form["csrf"], **fresh(), "visitor": "路过的人", "about": "养老金怎么领", "advice": "yes"}
    for about, told in (("养老金怎么领", "noted-reception"),) * 2 + (("医保怎么缴", "noted-before"),):
        answer = await http.post("/receive/form", data={**asking, "about": about})
        assert answer.headers["location"] == f"/receive?said={told}"


async def test_a_form_whose_case_stayed_a_draft_says_so_again(sqlite_township: Township) -> None:
    town = sqlite_township
    item = await another_item(town, "旧版的津贴", usable_until="2020-01-01")
    http, ids = await browser_of(town, "赵敏"), fresh()
    form = {"csrf": await token(http), **ids, "item": item, "applicant": "刘大山"}
    form |= {"home-head": "刘大山", "home-place": town.qingshan.hex()}
    for applicant, told in (("刘大山", "kept-draft"),) * 2 + (("刘大川", "draft-before"),):
        answer = await http.post("/receive/form", data={**form, "applicant": applicant})
        assert answer.headers["location"] == f"/cases/{ids['application']}?said={told}"


@pytest.mark.parametrize(
    "written",
    ["11010519491231002x", "11010519491231002Ｘ", "１１０１０５１９４９１２３１００２Ｘ", "110105 19491231 002X"],
)
async def test_a_number_is_the_same_however_the_keyboard_wrote_it(sqlite_township: Township, written: str) -> None:
    town = sqlite_township
    set_clock(town, 12)
    http, ids = await browser_of(town, "赵敏"), fresh()
    form = {
        **await newcomer(town, http, ids),
        "identity_number": written,
        "home-identity_number": written,
        "home-place": town.qingshan.hex(),
        "day": local(town.clock()).date().isoformat(),
        "clock": "１０：００",
    }
    answer = await http.post("/receive/form", data=form)
    assert answer.status_code == 303, answer.text
    for kind, name in (("application", "application"), ("household", "new_household")):
        shown = {"field": "identity_number", "reason": "other", "note": "核对"}
        clerk = await town.signed_in("赵敏")
        told = (await clerk.post(f"/v1/records/{ids[name]}/reveal", json=shown)).json()
        assert told["values"][0]["value"] == "11010519491231002X", kind
    short = {**form, **fresh(), "identity_number": written[:-1]}
    assert "身份证号应是十八位" in (await http.post("/receive/form", data=short)).text


async def test_what_nobody_can_see_is_not_filled_in(sqlite_township: Township) -> None:
    """A word that was copied out of a chat may bring nothing but signs of no width."""
    town = sqlite_township
    http, ids = await browser_of(town, "赵敏"), fresh()
    right = {**await newcomer(town, http, ids), "home-place": town.qingshan.hex()}
    asked = {"applicant": "请填写申请人", "answers.reason": "这一项要填", "home-head": "请填写户主姓名"}
    for name, said in asked.items():
        wrong = await http.post("/receive/form", data={**right, name: "\u200b\u2060\ufeff"})
        assert wrong.status_code == 422
        assert said in wrong.text
    asking = {"csrf": right["csrf"], **fresh(), "about": "养老金怎么领", "people": "1", "advice": "yes"}
    wrong = await http.post("/receive/form", data={**asking, "visitor": "\u200b"})
    assert "请填写来访人" in wrong.text
    assert (await http.post("/receive/form", data=right)).status_code == 303


async def test_what_is_no_picture_is_said_and_nothing_of_the_form_is_kept(
    sqlite_township: Township, tmp_path: Path
) -> None:
    town = sqlite_township
    [case] = await handed_in(town, "张桂兰")
    http = await browser_of(town, "赵敏")
    right = scan(tmp_path / "p.png").read_bytes()
    told = {"csrf": await token(http), "paper": "户口簿"}
    files = [("scan", ("好的.png", right, "image/png")), ("scan", ("坏的.pdf", b"%PDF-1.7", "image/png"))]
    wrong = await http.post(f"/cases/{case}/scans", data=told, files=files)
    assert wrong.status_code == 422
    assert "坏的.pdf" in wrong.text
    assert "/thumbnail" not in wrong.text
    for _ in range(2):
        assert (await http.post(f"/cases/{case}/scans", data=told, files=files[:1])).status_code == 303
    assert (await http.get(f"/cases/{case}")).text.count("/thumbnail") == 1, "sent twice, kept once"
    foreign = {**told, "csrf": "x"}
    assert (await http.post(f"/cases/{case}/scans", data=foreign, files=files[:1])).status_code == 403
    assert "请选扫描好的图片" in (await http.post(f"/cases/{case}/scans", data=told, files={})).text
