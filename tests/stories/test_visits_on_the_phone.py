"""Home visits as the phones have them, with no signal and after it, on both databases."""

import json
from typing import Any

import httpx2
import pytest
from sqlalchemy import bindparam, select

from daiban_client_sdk import Client, DeviceError, InvalidEntryError
from daiban_client_sdk.visits import Planned
from daiban_server.db import schema
from daiban_server.db.program import rows
from tests.support.township import Township

MINUTE, DAY = 60_000, 86_400_000
HOME = {"lon": 109_020_000, "lat": 32_710_000}
_m = schema.message.c
_TOLD = select(_m.text).where(_m.person == bindparam("person_id")).order_by(_m.at, _m.id)


async def ask(http: httpx2.AsyncClient, kind: str, record: str, name: str, **arguments: object) -> None:
    answer = await http.post(f"/v1/records/{kind}/{record}/commands/{name}", json={"arguments": arguments})
    assert answer.status_code == 200, answer.text


async def two_phones_and_a_visit(town: Township, **asked: object) -> tuple[Client, Client, str]:
    """王芳's phone, 刘强's, and a visit in her village that is promised for a time; both phones know of it."""
    wang, liu = await town.device("王芳", now=town.clock), await town.device("刘强", now=town.clock)
    visit = await wang.ask_visit(await town.household(wang), "assign", **asked)
    await wang.sync()
    await liu.sync()
    a_minute_goes_by(town)
    return wang, liu, visit


def a_minute_goes_by(town: Township) -> None:
    """Phones know the centre's time by the second: what happens within one has no order that they could tell."""
    town.clock.ahead += MINUTE


async def away(town: Township, name: str, to: str) -> None:
    """Somebody is away for a month, and another stands in."""
    head = await town.signed_in("李红")
    fields = {"type": "absence", "person": town.people[name].hex(), "until": town.clock() + 30 * DAY}
    handover = (await head.post("/v1/records/handover", json={"fields": fields})).json()["record"]
    await ask(head, "handover", handover, "arrange", to=town.people[to].hex())
    await ask(head, "handover", handover, "begin")
    a_minute_goes_by(town)


async def ahead(town: Township, phone: Client) -> list[Planned]:
    """The visits that a phone shows as its owner's."""
    days = await phone.my_days(town.clock() - DAY, town.clock() + 30 * DAY)
    return [visit for day in days for visit in day.visits]


async def news(phone: Client, since: int = 0) -> list[str]:
    return [one.text() for one in await phone.what_became(since)]


async def codes(phone: Client) -> list[tuple[str, str]]:
    return [(one.act, one.code) for one in await phone.what_became()]


async def told(town: Township, name: str) -> list[str]:
    found = await town.services.database.read(rows(_TOLD, person_id=town.people[name]))
    return [text for (text,) in found]


async def status(town: Township, visit: str) -> tuple[str, str]:
    """A visit's state, and who has it, as the centre sees it."""
    clerk = await town.signed_in("赵敏")
    shown = (await clerk.get(f"/v1/records/visit/{visit}")).json()
    return shown["status"], shown["values"]["agent_name"]


async def goes(wang: Client, visit: str) -> None:
    """She takes it on and goes, with no signal all the day."""
    await wang.take_on(visit)
    await wang.arrived(visit, HOME)
    await wang.done(visit, "done", HOME, note="材料齐全")


async def test_a_visit_is_taken_on_and_made(township: Township) -> None:
    wang, liu, visit = await two_phones_and_a_visit(township, purpose="老人行动不便")
    (planned,) = await ahead(township, wang)
    assert (planned.visit, planned.head, planned.status) == (visit, "张桂兰", "assigned")
    assert (planned.proposed, planned.stands_in, planned.others, planned.waiting) == (False, False, (), ())
    assert await ahead(township, liu) == []
    await wang.take_on(visit)
    (planned,) = await ahead(township, wang)
    assert (planned.status, planned.waiting) == ("accepted", ("accept",))
    await wang.sync()
    (planned,) = await ahead(township, wang)
    assert (planned.status, planned.waiting) == ("accepted", ())
    await wang.arrived(visit, HOME)
    await wang.done(visit, "papers_missing", HOME)
    assert (await codes(wang))[-2:] == [("started", "waiting"), ("finished", "waiting")]
    await wang.sync()
    assert await codes(wang) == [
        ("assign", "promised"),
        ("accept", "accepted"),
        ("started", "recorded"),
        ("finished", "recorded"),
    ]
    assert await status(township, visit) == ("finished", "王芳")


async def test_she_went_while_it_was_given_to_another_and_her_phone_speaks_first(township: Township) -> None:
    wang, liu, visit = await two_phones_and_a_visit(township)
    await away(township, "王芳", "刘强")
    await goes(wang, visit)
    await wang.sync()
    assert await status(township, visit) == ("finished", "王芳")
    assert [code for _, code in await codes(wang)] == ["promised", "not_yours", "took_over", "recorded"]
    _, refused, taken, _ = await news(wang)
    assert "已改由刘强在" in refused
    assert "（原来的代办员不在）" in refused
    assert "由刘强去，已告诉对方不用去了" in taken
    await liu.sync()
    assert await ahead(township, liu) == []
    assert [code for _, code in await codes(liu)] == ["new_instead", "done_by_another"]
    assert (await news(liu))[-1].endswith("您不用去了（王芳已上门）")
    assert any("不去了（王芳已上门）" in text for text in await told(township, "刘强"))
    assert any("王芳已经去了" in text for text in await told(township, "李红"))


async def test_he_went_and_his_phone_speaks_first(township: Township) -> None:
    """Both were there, neither had signal; nobody's work is lost, and both hear of the other."""
    wang, liu, visit = await two_phones_and_a_visit(township)
    await away(township, "王芳", "刘强")
    await goes(wang, visit)
    await liu.sync()
    (planned,) = await ahead(township, liu)
    assert (planned.stands_in, planned.instead_of) == (True, "王芳")
    await goes(liu, visit)
    await liu.sync()
    await wang.sync()
    assert await status(township, visit) == ("finished", "刘强")
    assert [code for _, code in await codes(wang)] == ["promised", "not_yours", "twice", "twice"]
    assert "刘强已经办了，请与对方核对有没有办重" in (await news(wang))[2]
    assert [code for _, code in await codes(liu)] == ["new_instead", "accepted", "recorded", "recorded"]
    assert any("王芳也报来了这次上门" in text for text in await told(township, "刘强"))
    await liu.sync()
    assert "王芳也报来了这次上门，请与对方核对有没有办重" in await news(liu), "and it stands on his phone"
    assert any("刘强已经办了" in text for text in await told(township, "王芳"))
    head = await township.signed_in("李红")
    assert {task["code"] for task in (await head.get("/v1/tasks")).json()} == {"visit.started", "visit.finished"}


async def test_both_went_and_hers_speaks_first(township: Township) -> None:
    wang, liu, visit = await two_phones_and_a_visit(township)
    await away(township, "王芳", "刘强")
    await liu.sync()
    await goes(wang, visit)
    await goes(liu, visit)
    await wang.sync()
    await liu.sync()
    assert await status(township, visit) == ("finished", "王芳")
    assert ("finished", "twice") in await codes(liu)
    assert "王芳已经办了，请与对方核对有没有办重" in " ".join(await news(liu))
    assert any("刘强也报来了这次上门" in text for text in await told(township, "王芳"))


async def test_who_stands_in_has_the_visit_and_who_is_away_has_not(township: Township) -> None:
    # Not today: what is promised for this very minute cannot be kept to the minute by another.
    later = [{"from": township.clock() + 2 * DAY, "to": township.clock() + 20 * DAY}]
    wang, liu, visit = await two_phones_and_a_visit(township, windows=later)
    (before,) = await ahead(township, wang)
    await away(township, "王芳", "刘强")
    await liu.sync()
    await wang.sync()
    (planned,) = await ahead(township, liu)
    assert (planned.visit, planned.start, planned.stands_in, planned.instead_of) == (visit, before.start, True, "王芳")
    assert await ahead(township, wang) == []
    assert (await news(wang))[-1].endswith("去（原来的代办员不在）")
    assert "替王芳顶岗" in (await news(liu))[-1]
    with pytest.raises(DeviceError, match=r"visit\.not_yours"):
        await wang.take_on(visit)
    assert await wang.troubled() == []


async def test_a_visit_that_was_new_while_she_was_away_is_marked_too(township: Township) -> None:
    """Whose village it is the phone knows from the post; without one it says no name."""
    wang, liu = await township.device("王芳"), await township.device("刘强")
    household = await township.household(wang)
    await wang.sync()
    await away(township, "王芳", "刘强")
    await liu.sync()
    await liu.ask_visit(household, "assign")
    await liu.sync()
    (planned,) = await ahead(township, liu)
    assert (planned.stands_in, planned.instead_of) == (True, "")
    assert "王芳" in planned.why
    head = await township.signed_in("李红")
    post = {"title": "青山村代办员", "role": "agent"}
    made = (await head.post("/v1/records/post", json={"fields": post})).json()["record"]
    pair = {"a": township.people["王芳"].hex(), "b": township.people["刘强"].hex()}
    await ask(head, "post", made, "appoint", **pair, places=[township.qingshan.hex()])
    await liu.sync()
    (planned,) = await ahead(township, liu)
    assert (planned.stands_in, planned.instead_of) == (True, "王芳")


async def test_a_visit_of_two_is_on_both_phones(township: Township) -> None:
    wang, liu, visit = await two_phones_and_a_visit(township, crew=2)
    hers, his = await ahead(township, wang), await ahead(township, liu)
    assert [(one.visit, one.others) for one in hers] == [(visit, ("刘强",))]
    assert [(one.visit, one.others) for one in his] == [(visit, ("王芳",))]
    assert [home.visit for home in await liu.before_leaving(his[0].start, his[0].start + 1)] == [visit]
    await liu.take_on(visit)
    await liu.sync()
    assert await liu.troubled() == []


async def test_a_visit_asked_for_offline_has_a_time_after_the_sync(township: Township) -> None:
    wang = await township.device("王芳")
    visit = await wang.ask_visit(await township.household(wang), purpose="认证", minutes=45)
    assert await ahead(township, wang) == []
    assert await codes(wang) == [("propose", "waiting")]
    await wang.sync()
    (planned,) = await ahead(township, wang)
    assert (planned.visit, planned.proposed, planned.end - planned.start) == (visit, True, 45 * MINUTE)
    assert await codes(wang) == [("propose", "proposed")]
    assert "还没有告知住户" in (await news(wang))[0]
    with pytest.raises(DeviceError, match=r"command\.not_now"):
        await wang.take_on(visit)


async def test_a_wish_that_nobody_can_meet_says_so(township: Township) -> None:
    wang = await township.device("王芳")
    long_ago = [{"from": township.clock() - 3 * DAY, "to": township.clock() - 2 * DAY}]
    await wang.ask_visit(await township.household(wang), windows=long_ago)
    await wang.sync()
    assert await codes(wang) == [("propose", "refused")]
    assert (await news(wang))[0] == "“先排时间”没有办成：这段时间没有人能去"
    english = [one.text("en") for one in await wang.what_became()]
    assert english == ["“asking for a time” was refused: Nobody is free"]


async def test_each_report_says_where_and_from_when_to_when(township: Township) -> None:
    ahead_of_time = 0

    def clock() -> int:
        return township.clock() + ahead_of_time

    wang = await township.device("王芳", now=clock)
    visit = await wang.ask_visit(await township.household(wang), "assign")
    await wang.sync()
    await wang.arrived(visit, HOME)
    ahead_of_time = 20 * MINUTE
    await wang.nobody_home(visit, HOME, note="邻居说去县城了")
    facts = [entry["facts"] for entry in reports(wang, visit)]
    assert facts[0]["from"] == facts[0]["to"] == facts[1]["from"]
    assert 20 * MINUTE <= facts[1]["to"] - facts[1]["from"] < 21 * MINUTE
    assert [fact["point"] for fact in facts] == [HOME, HOME]
    assert facts[1]["note"] == "邻居说去县城了"
    ahead_of_time = 0
    await wang.sync()
    assert await status(township, visit) == ("nobody_home", "王芳")
    assert (await codes(wang))[-1] == ("nobody_home", "freed")
    assert await ahead(township, wang) == []


def reports(phone: Client, visit: str) -> list[dict[str, Any]]:
    """What the phone will hand in of a visit's reports."""
    found = phone.device.store.rows(
        "SELECT body FROM entry WHERE action = 'report' AND record = ? ORDER BY number", bytes.fromhex(visit)
    )
    return [json.loads(body) for (body,) in found]


async def test_another_time_is_kept_until_the_household_is_told(township: Township) -> None:
    wang, _, visit = await two_phones_and_a_visit(township)
    (before,) = await ahead(township, wang)
    with pytest.raises(InvalidEntryError, match="windows"):
        await wang.wants_other_time(visit, [{"from": before.end, "to": before.start}])
    later = {"from": before.start + 2 * DAY, "to": before.start + 12 * DAY}
    await wang.wants_other_time(visit, [later], HOME)
    await wang.sync()
    (planned,) = await ahead(township, wang)
    assert planned.proposed
    assert later["from"] <= planned.start < later["to"]
    assert (await codes(wang))[-1] == ("asked_other_time", "proposed")


async def test_what_cannot_be_is_refused_at_once(township: Township) -> None:
    wang, _, visit = await two_phones_and_a_visit(township)
    await wang.arrived(visit)
    with pytest.raises(DeviceError, match=r"command\.not_now"):
        await wang.arrived(visit)
    await wang.done(visit, "done")
    with pytest.raises(DeviceError, match=r"command\.not_now"):
        await wang.nobody_home(visit)
    another = await wang.ask_visit(await township.household(wang))
    with pytest.raises(InvalidEntryError):
        await wang.done(another, "half")
    with pytest.raises(DeviceError, match=r"record\.unknown"):
        await wang.take_on("ab" * 16)
    with pytest.raises(DeviceError, match=r"record\.unknown"):
        await wang.ask_visit(visit)
    await wang.sync()
    assert await wang.troubled() == []


async def test_called_off_and_moved_by_the_centre(township: Township) -> None:
    wang, _, visit = await two_phones_and_a_visit(township)
    (planned,) = await ahead(township, wang)
    clerk = await township.signed_in("赵敏")
    nearer = {"agent": township.people["王芳"].hex(), "start": planned.start + 10 * MINUTE}
    await ask(clerk, "visit", visit, "rebook", **nearer)
    await wang.sync()
    assert (await codes(wang))[-1] == ("", "later")
    assert (await news(wang))[-1].startswith("推后 10 分钟：原定")
    a_minute_goes_by(township)
    await wang.take_on(visit)
    a_minute_goes_by(township)
    await ask(clerk, "visit", visit, "cancel", reason="住户来电取消")
    since = township.clock()
    await wang.sync()
    assert (await news(wang))[-1].endswith("已取消（住户来电取消）")
    assert ("accept", "refused") in await codes(wang)
    assert await ahead(township, wang) == []
    assert await news(wang, since + DAY) == []


async def put_off(town: Township, visit: str) -> int:
    """The household agrees on the telephone to another day; gives the new start."""
    a_minute_goes_by(town)
    clerk = await town.signed_in("赵敏")
    shown = (await clerk.get(f"/v1/records/visit/{visit}")).json()["values"]
    found = (await clerk.post("/v1/visits/offers", json={"visit": visit, "count": 20})).json()["offers"]
    offer = next(one for one in found if one["start"] > shown["start"] + DAY // 2 and one["names"] == ["王芳"])
    consent = {"who": "张桂兰", "how": "telephone"}
    await ask(clerk, "visit", visit, "rebook", agent=offer["agent"], start=offer["start"], consent=consent)
    return int(offer["start"])


async def test_what_an_old_phone_tells_of_an_earlier_time_leaves_the_new_promise(township: Township) -> None:
    wang, _, visit = await two_phones_and_a_visit(township)
    await wang.arrived(visit, HOME)
    await wang.nobody_home(visit, HOME)
    await wang.wants_other_time(visit)
    start = await put_off(township, visit)
    await wang.sync()
    assert await status(township, visit) == ("assigned", "王芳")
    clerk = await township.signed_in("赵敏")
    assert (await clerk.get(f"/v1/records/visit/{visit}")).json()["values"]["start"] == start
    for name in ("王芳", "李红"):
        texts = await told(township, name)
        assert "王芳去过一次，家里没有人；约好的时间不变。" in texts
        assert "王芳报来住户曾要求改约，后来已另约；约好的时间不变，请与住户核对。" in texts
    # Now that the phone knows of the new time, what it tells is of that.
    await wang.sync()
    await wang.nobody_home(visit, HOME)
    await wang.sync()
    assert (await status(township, visit))[0] == "nobody_home"


async def test_what_was_done_before_a_new_time_was_agreed_to_is_done(sqlite_township: Township) -> None:
    wang, _, visit = await two_phones_and_a_visit(sqlite_township)
    await goes(wang, visit)
    await put_off(sqlite_township, visit)
    await wang.sync()
    assert (await status(sqlite_township, visit))[0] == "finished"
