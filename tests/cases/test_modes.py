"""A case of each of the four modes goes from the door to the archive."""

from sqlalchemy import bindparam, select

from daiban_schemas.slip import code_of
from daiban_server.db import schema
from daiban_server.features.cases import listing
from daiban_server.features.cases.narrowing import Wanted
from tests.cases.bureau import Bureau

DELIVERED = ("王芳", "delivered", {"to": "张桂兰", "how": "home"})
MISSED = ("孙亮", "followed_up", {"how": "telephone", "outcome": "not_reached"})
ASKED = ("孙亮", "followed_up", {"spoke_to": "张桂兰", "how": "telephone", "outcome": "satisfied"})


_d, _m = schema.deadline.c, schema.message.c
FOLLOW_UP = select(_d.closed, _d.state, _d.why).where(_d.case == bindparam("case_id"), _d.kind == "follow_up")


def owed(bureau: Bureau, case: bytes) -> tuple[str | None, str, str]:
    """How the limit of the follow-up stands: the day on which it was closed, its state, its sentence."""
    ((closed, state, why),) = bureau.look(FOLLOW_UP, case_id=case)
    return closed, state, why


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


def test_who_was_not_reached_is_tried_again_and_asked_in_the_end(bureau: Bureau) -> None:
    case = bureau.case("direct")
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "finish", {"result": "补贴已登记"}), DELIVERED, MISSED)
    assert bureau.status(case) == "delivered"
    assert owed(bureau, case)[:2] == (None, "running")
    bureau.through(case, ASKED)
    values = bureau.values(case)
    assert (values["status"], values["follow_up"]["outcome"]) == ("followed_up", "satisfied")
    assert [one["by"] for one in values["follow_up_attempts"]] == ["孙亮"]
    assert story(bureau, case)[-2:] == ["followed_up", "followed_up"], "the attempt stands there too"


def test_who_is_reached_on_none_of_three_days_is_let_be_by_name(bureau: Bureau) -> None:
    case = bureau.case("direct")
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "finish", {"result": "补贴已登记"}), DELIVERED)
    bureau.through(case, MISSED, MISSED, MISSED)
    assert bureau.ask("赵敏", case, "close_follow_up") == "follow_up.attempts", "three times on one day are once"
    bureau.later(1)
    bureau.through(case, MISSED)
    assert bureau.ask("赵敏", case, "close_follow_up") == "follow_up.attempts"
    bureau.later(1)
    bureau.through(case, MISSED, ("赵敏", "close_follow_up", {"reason": "电话停机"}))
    follow_up = bureau.values(case)["follow_up"]
    assert (bureau.status(case), follow_up["by"], follow_up["outcome"]) == ("unreached", "赵敏", "not_reached")
    closed, state, why = owed(bureau, case)
    assert (closed, state) == ("2026-11-26", "cancelled")
    assert "多次联系不上" in why and "已回访" not in why
    bureau.through(case, ASKED, ("赵敏", "archive", {}))
    assert bureau.values(case)["follow_up"]["outcome"] == "satisfied", "he was met after all"


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
    bureau.through(case, ("赵敏", "complete", {"result": "符合条件，12 月起发放"}), DELIVERED, ASKED)
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
    bureau.through(case, ("赵敏", "decline", {"reason": "户籍不在本区，请向户籍地申请"}), DELIVERED)
    assert bureau.values(case)["number"]
    bureau.through(case, ("赵敏", "archive", {}))


def test_help_comes_first_and_the_papers_later(bureau: Bureau) -> None:
    case = bureau.case("limited", urgent=True)
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "accept", {"days": 1, "papers_days": 10, "reason": "火灾"}))
    assert bureau.values(case)["papers_due"] == "2026-12-04"


def test_who_says_when_asked_that_it_was_not_well_done_is_heard_above(bureau: Bureau) -> None:
    case = bureau.case("direct")
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "finish", {"result": "补贴已登记"}), DELIVERED)
    bureau.through(case, ("孙亮", "followed_up", {"outcome": "dissatisfied", "note": "钱没有到账"}))
    told = bureau.look(select(_m.person, _m.text).where(_m.code == "case.dissatisfied").order_by(_m.text))
    names = {id_: name for name, id_ in bureau.people.items()}
    text = "JM-20261124-MZ-0001 张桂兰回访不满意：钱没有到账。请核实整改。"
    assert sorted((names[person], text) for person, text in told) == [("李红", text), ("赵敏", text)]
