"""更正: what was written down wrongly and is held since the receipt, a clerk corrects at the window, with a reason."""

from playwright.async_api import Locator, Page

from daiban_schemas import entry
from daiban_server.db.program import Program
from daiban_server.spine import desk as desks
from daiban_server.spine.ledger import Ledger
from daiban_sync.ids import NOBODY
from tests.console.test_cases import handed_in
from tests.console.workday import browser_of, main_of, no_wider_than_the_screen, part, press, sign_in, token
from tests.support.chromium import picture
from tests.support.township import Township, new_id

NUMBER = "11010519491231002X"


async def received(town: Township) -> str:
    """A case whose papers were taken at the window."""
    [case] = await handed_in(town, "张桂兰")
    http = await browser_of(town, "赵敏")
    form = {"csrf": await token(http, f"/cases/{case}")}
    assert (await http.post(f"/cases/{case}/commands/receive", data=form)).status_code == 303
    return case


def form_of(page: Page) -> Locator:
    """The form that corrects, on the page of a case."""
    return part(page, "现在可以办").locator("#act-correct")


async def correct(form: Locator, reason: str) -> None:
    await form.get_by_label("理由").fill(reason)
    await press(form.get_by_role("button", name="更正"))


async def values_of(town: Township, case: str) -> dict[str, object]:
    def program() -> Program[dict[str, object]]:
        ledger = Ledger(town.centre, town.clock(), 0)
        yield from ledger.load([bytes.fromhex(case)])
        record = ledger.records[bytes.fromhex(case)]
        assert record is not None
        return dict((yield from ledger.view(record)).values)

    return await town.services.database.read(program())


async def test_a_name_that_was_written_down_wrongly_is_corrected_at_the_window(
    sqlite_township: Township, desk: Page, phone: Page
) -> None:
    town = sqlite_township
    case = await received(town)
    await sign_in(desk, town, "赵敏", f"/cases/{case}")
    acts = part(desk, "现在可以办")
    await acts.locator("summary", has_text="更正").click()
    await correct(form_of(desk), "对照身份证")
    assert "请至少填写一项要改的" in await desk.get_by_role("alert").inner_text()
    await picture(desk, "console-correct-wrong-desk")
    form = form_of(desk)
    assert await form.get_by_label("理由").input_value() == "对照身份证"
    await form.get_by_label("申请人改为").fill("张桂蓝")
    await form.get_by_label("身份证号改为").fill(NUMBER.replace("X", " ｘ"))
    await form.get_by_label("收件渠道改为").select_option("窗口")
    await press(form.get_by_role("button", name="更正"))
    assert "已办好" in await desk.get_by_role("status").inner_text()
    story = await part(desk, "办理经过").inner_text()
    assert "张桂蓝" in story and "对照身份证" in story and "窗口" in story
    assert NUMBER not in await desk.content()
    values = await values_of(town, case)
    assert (values["applicant"], values["identity_number"], values["source"]) == ("张桂蓝", NUMBER, "counter")
    await picture(desk, "console-corrected-desk")
    await sign_in(phone, town, "赵敏", f"/cases/{case}?act=correct")
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-correct-phone")
    await phone.goto(f"{town.url}/language/en?next=/cases/{case}?act=correct")
    await no_wider_than_the_screen(phone)
    await picture(phone, "console-correct-english")


async def another_item(town: Township, name: str, **also: str) -> str:
    """The district publishes a second item."""
    record = new_id().hex()
    item = {"code": "MZ-01", "edition": 1, "window": "民政", "name": name, "modes": ["limited"], "form": [], **also}

    def program() -> Program[None]:
        services, body = town.services, entry.change(record, "item", item, seen=0, at=town.clock())
        clerk = desks.Clerk(town.people["周区"], "district", NOBODY)
        yield from desks.write(clerk, [body], services.keys, services.effects, town.clock(), new_id() + new_id())

    await town.services.database.write(NOBODY, program)
    return record


async def test_a_case_that_turns_out_to_be_of_another_item_is_moved_to_its_window(
    sqlite_township: Township, desk: Page
) -> None:
    town = sqlite_township
    await another_item(town, "高龄津贴申领")
    case = await received(town)
    await sign_in(desk, town, "赵敏", f"/cases/{case}?act=correct")
    form = form_of(desk)
    await form.get_by_label("事项改为").select_option("高龄津贴申领")
    await correct(form, "问清楚要办的是津贴")
    assert "已办好" in await desk.get_by_role("status").inner_text()
    assert "高龄津贴申领" in await part(desk, "办理经过").inner_text()
    assert (await values_of(town, case))["window"] == "民政"
    await desk.goto(f"{town.url}/cases?q=张桂兰")
    assert "高龄津贴申领" in await desk.locator(".cases tbody").inner_text()


async def test_a_case_that_was_put_to_the_wrong_family_is_moved_by_whatever_one_knows_of_the_right_one(
    sqlite_township: Township, desk: Page
) -> None:
    town = sqlite_township
    wang = await town.device("王芳")
    for head in ("李大山", "李大海", "陈福来"):
        await town.household(wang, head)
    await wang.sync()
    case = await received(town)
    await sign_in(desk, town, "赵敏", f"/cases/{case}?act=correct")
    for typed, answer in (("李", "有 2 户符合"), ("王大锤", "没有找到“王大锤”这一户"), ("chenfulai", "已办好")):
        form = form_of(desk)
        await form.get_by_label("家庭改为").fill(typed)
        await correct(form, "问清楚是谁家的")
        assert answer in await desk.locator("main").inner_text()
    assert "陈福来" in await part(desk, "办理经过").inner_text()
    home = (await values_of(town, case))["household"]
    assert await desk.locator(".case-lead a.name").get_attribute("href") == f"/households/{home}"


async def test_of_an_account_what_is_left_empty_stays_as_it_was(sqlite_township: Township) -> None:
    town = sqlite_township
    case = await received(town)
    http = await browser_of(town, "赵敏")
    form = {"csrf": await token(http, f"/cases/{case}"), "reason": "存折上看错了"}
    held = {"bank": "农业银行", "number": "6228480402564890018", "holder": "张小军"}
    for typed in (held, {"bank": "农商行", "number": "6217001234567890"}, {"bank": "信用社"}):
        given = {f"values.account.{name}": text for name, text in typed.items()}
        answer = await http.post(f"/cases/{case}/commands/correct", data={**form, **given})
        assert answer.status_code == 303, main_of(answer)
        held |= typed
        assert (await values_of(town, case))["account"] == held


async def test_what_an_account_lacks_is_asked_for_where_it_is_written(sqlite_township: Township, desk: Page) -> None:
    town = sqlite_township
    case = await received(town)
    await sign_in(desk, town, "赵敏", f"/cases/{case}?act=correct")
    form = form_of(desk)
    await form.get_by_label("账号改为").fill("6217001234567890")
    await correct(form, "补写账户")
    bank = form_of(desk).get_by_label("开户银行改为")
    assert await bank.get_attribute("aria-invalid") == "true"
    assert "请填写“开户银行改为”" in await desk.get_by_role("alert").inner_text()


async def test_what_cannot_be_right_is_said_and_changes_nothing(sqlite_township: Township) -> None:
    town = sqlite_township
    case = await received(town)
    before = await values_of(town, case)
    http = await browser_of(town, "赵敏")
    csrf = {"csrf": await token(http, f"/cases/{case}")}
    for form, said in (
        ({"values.applicant": "张桂蓝"}, "请填写“理由”"),
        ({"reason": "抄错"}, "请至少填写一项要改的"),
        ({"values.identity_number": "110105194912310021", "reason": "抄错"}, "身份证号改为"),
        ({"values.source": "raven", "reason": "抄错"}, "收件渠道改为"),
        ({"values.account.bank": "农商行", "reason": "抄错"}, "请填写“账号改为”"),
    ):
        answer = await http.post(f"/cases/{case}/commands/correct", data={**csrf, **form})
        assert answer.status_code == 422, form
        assert said in main_of(answer).partition("</ul>")[0], form
    assert await values_of(town, case) == before
