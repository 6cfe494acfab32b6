"""One page says what a cadre should know before the door."""

import pytest

from daiban_client_sdk import DeviceError
from tests.support.raw_device import code_of as problem
from tests.support.township import Township


async def test_a_household_at_one_glance(township: Township) -> None:
    wang = await township.device("王芳")
    household = await township.household(wang)
    form = await wang.new("application")
    fields = {"household": household, "item": township.item.hex(), "applicant": "张桂兰", "source": "home"}
    await wang.save(form, {**fields, "answers.reason": "年满六十"})
    await wang.command(form.record, "submit")
    visit = await wang.new("visit")
    await wang.save(visit, {"household": household, "purpose": "送达结果"})
    await wang.sync()
    await wang.reply(household, "材料已收到", "waiting", how="telephone", spoke_to="女儿", on_behalf=True)
    await wang.sync()
    cadre = await township.signed_in("孙亮")
    clerk = await township.signed_in("赵敏")
    await clerk.post(f"/v1/records/application/{form.record}/commands/accept", json={})
    page = (await cadre.get(f"/v1/households/{household}")).json()
    assert page["head"] == "张桂兰"
    (case,) = page["cases"]
    assert (case["status"], case["owner"], bool(case["due"])) == ("已受理", "王芳", True)
    (owed,) = page["owed"]
    assert (owed["case"], owed["cadre"], owed["state"]) == (form.record, "孙亮", "due"), "the next round"
    (given,) = page["replies"]
    assert (given["text"], given["by"], given["on_behalf_of"]) == ("材料已收到", "王芳", "孙亮")
    assert given["counted"]
    story = (await clerk.get(f"/v1/cases/{form.record}")).json()["story"]
    (told,) = [one for one in story if one["name"] == "replied"]
    assert (told["by"], told["told"]["on_behalf_of"], told["told"]["text"]) == ("王芳", "孙亮", "材料已收到")
    (met,) = [one for one in (await clerk.get("/v1/obligations")).json() if one["reply"]]
    assert (met["cadre_name"], met["written_by"]) == ("孙亮", "王芳")
    assert [(one["purpose"], one["status"]) for one in page["visits"]] == [("送达结果", "待安排")]
    assert problem(await cadre.get(f"/v1/households/{form.record}")) == "record.unknown"


async def test_a_phone_says_at_once_that_another_s_word_is_not_one_s_own(township: Township) -> None:
    wang, liu = await township.device("王芳"), await township.device("刘强")
    household = await township.household(wang)
    given = await wang.reply(household, "材料已收到", "waiting")
    await wang.sync()
    await liu.sync()
    with pytest.raises(DeviceError, match=r"record\.not_yours"):
        await liu.save(await liu.open(given), {"text": "材料没收到"})
    with pytest.raises(DeviceError, match=r"record\.not_yours"):
        await liu.settle(given, "text", "材料没收到")
    await wang.save(await wang.open(given), {"text": "材料已收到，缺照片"})
