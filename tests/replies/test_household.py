"""One page says what a cadre should know before the door."""

from tests.support.raw_device import code_of as problem
from tests.support.township import Township


async def test_a_household_at_one_glance(township: Township) -> None:
    wang, sun = await township.device("王芳"), await township.device("孙亮")
    household = await township.household(wang)
    form = await wang.new("application")
    fields = {"household": household, "item": township.item.hex(), "applicant": "张桂兰", "source": "home"}
    await wang.save(form, {**fields, "answers.reason": "年满六十"})
    await wang.command(form.record, "submit")
    visit = await wang.new("visit")
    await wang.save(visit, {"household": household, "purpose": "送达结果"})
    await wang.sync()
    await sun.sync()
    reply = await sun.new("reply")
    said = {"household": household, "text": "材料已收到", "how": "telephone", "spoke_to": "女儿", "outcome": "waiting"}
    await sun.save(reply, {**said, "on_behalf_of": township.people["李红"].hex()})
    await sun.sync()
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
    assert (given["text"], given["by"], given["on_behalf_of"]) == ("材料已收到", "孙亮", "李红")
    assert [(one["purpose"], one["status"]) for one in page["visits"]] == [("送达结果", "待安排")]
    assert problem(await cadre.get(f"/v1/households/{form.record}")) == "record.unknown"
