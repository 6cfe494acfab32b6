"""At the home with no signal: slip, one-time notice, and what to look at before one leaves."""

import datetime
from typing import Any

from daiban_client_sdk import Client
from daiban_schemas import entry
from daiban_schemas.slip import code_of
from daiban_schemas.zone import SHANGHAI
from daiban_server.spine import desk
from daiban_sync import ids
from tests.support.township import Township, new_id

DAY = 86_400_000
PAPERS = [{"name": "居民身份证"}, {"name": "居民户口簿"}, {"name": "低保证", "shared": True}]


async def item_of(town: Township, **fields: Any) -> str:
    """An item that the district publishes."""
    record = new_id().hex()
    given = {"code": "MZ-09", "edition": 1, "window": "民政救助", "name": "特困供养", "modes": ["limited"], "form": []}
    body = entry.change(record, "item", {**given, "papers": PAPERS, **fields}, seen=0, at=town.clock())
    clerk = desk.Clerk(town.people["周区"], "district", ids.NOBODY)
    services = town.services
    await services.database.write(
        ids.NOBODY, lambda: desk.write(clerk, [body], services.keys, services.effects, town.clock(), bytes(32))
    )
    return record


async def case_of(wang: Client, household: str, item: str) -> str:
    form = await wang.new("application")
    await wang.save(form, {"household": household, "item": item, "applicant": "张桂兰", "source": "home"})
    return form.record


async def test_the_slip_opens_the_case_before_anybody_saw_it(township: Township) -> None:
    """Written with no signal; after the evening's sync its number and code are known to the centre."""
    wang = await township.device("王芳")
    item = await item_of(township)
    await wang.sync()
    household = await township.household(wang)
    case = await case_of(wang, household, item)
    slip, told = await wang.collect_papers(case, ["居民身份证"])
    assert slip.code == code_of(bytes.fromhex(case))
    for words in (slip.number, slip.code, "张桂兰", "特困供养", "居民身份证", "尚缺材料：居民户口簿", "收件不等于受理"):
        assert words in slip.text
    assert told is not None
    assert (told.missing, "低保证" in told.text) == (("居民户口簿",), False)
    again, _ = await wang.collect_papers(case, ["居民身份证", "居民户口簿"])
    assert (again.number, again.code) == (slip.number, slip.code)
    await wang.command(case, "submit")
    await wang.sync()
    assert await wang.troubled() == []
    async with township.stranger() as resident:
        seen = await resident.post("/v1/public/look-up", json={"number": slip.number, "code": slip.code})
    assert seen.json()["status"] == "已提交"
    values = (await (await township.signed_in("赵敏")).get(f"/v1/records/application/{case}")).json()["values"]
    assert values["notice"]["at_home"]
    assert [one["name"] for one in values["notice"]["missing"]] == ["居民户口簿"]


async def test_before_one_leaves(sqlite_township: Township) -> None:
    """Eighty since last month, two cases open, one of which needs two people and a mandate on paper."""
    town = sqlite_township
    wang = await town.device("王芳")
    plain = await item_of(town, ages=[80], name="高龄补贴")
    hard = await item_of(town, crew=2, paper_mandate_only=True, person_must_come=True, name="低保审核")
    await wang.sync()
    household = await town.household(wang)
    born = datetime.datetime.fromtimestamp(town.clock() / 1000, SHANGHAI).date() - datetime.timedelta(days=30)
    digits = f"612401{born.year - 80}{born:%m%d}002"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    number = digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11]
    await wang.save(await wang.open(household), {"identity_number": number, "address": "青山村三组"})
    first, second = await case_of(wang, household, plain), await case_of(wang, household, hard)
    await wang.collect_papers(first, ["居民身份证", "居民户口簿"])
    mandate = await wang.new("mandate")
    signer = {"name": "张桂兰", "mark": "drawn", "at": town.clock()}
    await wang.save(mandate, {"application": first, "agent": "王芳", "matter": "代办", "signers": [signer]})
    visit = await wang.new("visit")
    await wang.save(visit, {"household": household, "purpose": "入户"})
    await wang.command(visit.record, "assign")
    await wang.sync()
    (home,) = await wang.before_leaving(town.clock() - DAY, town.clock() + 30 * DAY)
    assert (home.head, home.address, home.visit) == ("张桂兰", "青山村三组", visit.record)
    matters = {one.case: one for one in home.matters}
    assert (matters[first].missing, matters[first].mandate, matters[first].two_must_come) == ((), "signed", False)
    other = matters[second]
    assert (other.missing, other.mandate, other.two_must_come) == (("居民身份证", "居民户口簿"), "paper", True)
    assert other.person_must_sign
    assert [(one.name, one.age, one.item) for one in home.reached] == [("张桂兰", 80, "高龄补贴")]
    assert await wang.before_leaving(0, 1) == []
