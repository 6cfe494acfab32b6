"""A case of each of the four modes goes from the door to the archive."""

from daiban_schemas.slip import code_of
from daiban_server.features.cases import listing
from daiban_server.features.cases.listing import Wanted
from tests.cases.bureau import Bureau

DELIVERED = ("王芳", "delivered", {"to": "张桂兰", "how": "home"})
ASKED = ("孙亮", "followed_up", {"spoke_to": "张桂兰", "how": "telephone", "outcome": "satisfied"})


def story(bureau: Bureau, case: bytes) -> list[str]:
    return [event.name for event in bureau.run(listing.story(bureau.centre, case, bureau.home))]


def test_what_can_be_done_on_the_spot_is_done_in_one_step(bureau: Bureau) -> None:
    case = bureau.case("direct")
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "finish", {"result": "补贴已登记"}), DELIVERED, ASKED)
    bureau.through(case, ("赵敏", "archive", {}))
    values = bureau.values(case)
    assert (values["status"], values["result"], values["number"]) == ("archived", "补贴已登记", "JM-20261124-MZ-0001")
    assert values["received_at"] == values["accepted_at"] == values["ended_at"]
    assert story(bureau, case) == ["submit", "finish", "delivered", "followed_up", "archive"]


def test_what_takes_time_is_promised_a_day(bureau: Bureau) -> None:
    case = bureau.case("limited")
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "receive", {}))
    missing = {"missing": [{"name": "居民户口簿", "note": "首页和本人页"}]}
    bureau.through(case, ("赵敏", "notify", missing))
    assert bureau.status(case) == "awaiting"
    assert bureau.values(case)["notice"]["until"] == "2026-12-09"
    bureau.later(2)
    bureau.through(case, ("王芳", "brought", {"papers": ["居民户口簿"]}), ("赵敏", "accept", {}))
    values = bureau.values(case)
    assert values["promised"] == {"days": 10, "unit": "working"}
    assert values["due"] == "2026-12-10"
    bureau.through(case, ("赵敏", "complete", {"result": "符合条件,12 月起发放"}), DELIVERED, ASKED)
    bureau.through(case, ("赵敏", "archive", {}))
    assert bureau.values(case)["delivery"]["to"] == "张桂兰"


def test_what_the_authority_above_decides_is_sent_up_and_followed(bureau: Bureau) -> None:
    case = bureau.case("proxy")
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "receive", {}), ("赵敏", "accept", {}))
    bureau.through(case, ("赵敏", "send_up", {"to": "区残联", "days": 15}))
    before = bureau.values(case)["due"]
    bureau.through(case, ("赵敏", "pause", {"step": "残疾等级评定", "days": 7, "reason": "按规定"}))
    bureau.later(7)
    bureau.through(case, ("赵敏", "resume", {}), ("赵敏", "answered", {"note": "已核发"}))
    bureau.through(case, ("赵敏", "complete", {"result": "残疾人证已核发"}), DELIVERED, ASKED)
    values = bureau.values(case)
    assert (before, values["due"]) == ("2026-12-08", "2026-12-14"), "a special step's days do not count"
    assert "残疾等级评定" in values["due_why"]
    (pause,) = values["pauses"]
    assert pause["until"] - pause["from"] == 7 * 86_400_000
    assert bureau.values(case)["sent_up"]["answered_at"]


def test_what_was_collected_at_the_home_counts_from_there(bureau: Bureau) -> None:
    case = bureau.case("limited", "王芳", source="home")
    bureau.through(case, ("王芳", "collected", {"papers": ["居民身份证"]}))
    collected = bureau.now
    bureau.through(case, ("王芳", "notified", {"missing": [{"name": "居民户口簿"}], "until": "2026-12-01"}))
    bureau.later(1)
    bureau.through(case, ("王芳", "submit", {}), ("赵敏", "receive", {}))
    values = bureau.values(case)
    assert values["started_at"] == collected
    assert values["submitted_at"] == collected + 86_400_000
    assert values["owner"] == "王芳"
    assert values["notice"]["at_home"]
    assert values["code"] == code_of(case)
    (sheet,) = bureau.run(listing.found(bureau.centre, Wanted("zhangguilan")))
    assert (sheet.label, sheet.number, sheet.owner) == ("home", values["number"], "王芳")
    assert sheet in bureau.run(listing.found(bureau.centre, Wanted("zgl")))


def test_what_is_not_accepted_says_why_and_is_delivered_too(bureau: Bureau) -> None:
    case = bureau.case("limited")
    bureau.through(case, ("赵敏", "submit", {}))
    assert bureau.ask("赵敏", case, "decline") == "argument.invalid"
    bureau.through(case, ("赵敏", "decline", {"reason": "户籍不在本区,请向户籍地申请"}), DELIVERED)
    assert bureau.values(case)["number"]
    bureau.through(case, ("赵敏", "archive", {}))


def test_help_comes_first_and_the_papers_later(bureau: Bureau) -> None:
    case = bureau.case("limited", urgent=True)
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "accept", {"days": 1, "papers_days": 10, "reason": "火灾"}))
    assert bureau.values(case)["papers_due"] == "2026-12-04"
