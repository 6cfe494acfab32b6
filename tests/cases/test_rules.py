"""What a case does not allow, and who may do what."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from daiban_schemas import entry
from daiban_server.db import schema
from daiban_server.db.program import rows
from daiban_server.features.cases import listing
from daiban_server.features.cases.routes import _REGISTERS as REGISTERS
from daiban_server.registers import KINSHIP
from tests.cases.bureau import Bureau


@pytest.fixture
def received(bureau: Bureau) -> bytes:
    """A case whose papers are in the centre's hands."""
    case = bureau.case()
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "receive", {}))
    return case


@pytest.fixture
def accepted(bureau: Bureau, received: bytes) -> bytes:
    """A case with a promise."""
    bureau.through(received, ("赵敏", "accept", {}))
    return received


def test_everything_missing_is_told_once(bureau: Bureau, received: bytes) -> None:
    bureau.through(received, ("赵敏", "notify", {"missing": [{"name": "户口簿"}]}), ("赵敏", "complement", {}))
    assert bureau.ask("赵敏", received, "notify", missing=[{"name": "存折"}]) == "notice.again"
    assert bureau.status(received) == "received"
    bureau.through(received, ("赵敏", "notify", {"missing": [{"name": "存折"}], "reason": "上次遗漏"}))
    assert bureau.values(received)["notice"]["times"] == 2


def test_a_relative_is_handled_by_somebody_else(bureau: Bureau) -> None:
    """Also when the declaration is taken back meanwhile."""
    kin = {"person": bureau.people["赵敏"].hex(), "relation": "母亲"}
    case = bureau.case("direct", kin=kin)
    bureau.through(case, ("赵敏", "submit", {}))
    bureau.write("赵敏", entry.change(case.hex(), "application", {"kin": None}, seen=bureau.now, at=bureau.now))
    for command, arguments in (
        ("receive", {}),
        ("accept", {}),
        ("finish", {"result": "好"}),
        ("decline", {"reason": "不"}),
    ):
        assert bureau.ask("赵敏", case, command, **arguments) == "kin.conflict"
    assert bureau.ask("李红", case, "hand_over", to=bureau.people["赵敏"].hex(), reason="调岗") == "kin.conflict"
    bureau.through(case, ("钱进", "finish", {"result": "已登记"}))


@pytest.mark.parametrize("nothing", ["", "  ", "\u200b", "\ufeff \u2060"])
def test_a_text_that_nobody_can_see_is_none(bureau: Bureau, accepted: bytes, nothing: str) -> None:
    for command, arguments in (
        ("complete", {"result": nothing}),
        ("refuse", {"reason": nothing}),
        ("send_up", {"to": nothing, "days": 3}),
    ):
        assert bureau.ask("赵敏", accepted, command, **arguments) == "argument.invalid", command
    assert bureau.status(accepted) == "accepted"


def test_only_what_a_command_takes_gets_into_the_case(bureau: Bureau, accepted: bytes) -> None:
    """A clerk who writes the end of a pause himself would move the promised day by a year."""
    odd = {"until": bureau.now + 365 * 86_400_000, "from": "x", "by": "别人"}
    bureau.through(accepted, ("赵敏", "pause", {"step": "公示", "reason": "按规定", **odd}))
    (pause,) = bureau.values(accepted)["pauses"]
    assert (pause["from"], pause["by"], "until" in pause) == (bureau.now, "赵敏", False)
    bureau.through(accepted, ("赵敏", "resume", {}), ("赵敏", "send_up", {"to": "区里", "days": 5, "answered_at": "x"}))
    assert "answered_at" not in bureau.values(accepted)["sent_up"]


def test_a_longer_promise_needs_a_reason_or_the_head(bureau: Bureau, received: bytes) -> None:
    assert bureau.ask("赵敏", received, "accept", days=400) == "promise.longer"
    bureau.through(received, ("李红", "accept", {"days": 20}))
    assert bureau.values(received)["promised"]["days"] == 20


def test_extensions_end_where_nobody_could_count_them(bureau: Bureau, accepted: bytes) -> None:
    said = [bureau.ask("李红", accepted, "extend", days=400, reason="等待") for _ in range(30)]
    assert said[0] == "merged"
    assert said[-1] == "limit.invalid"
    assert bureau.status(accepted) == "accepted"


def test_what_was_sent_up_is_answered_before_it_ends(bureau: Bureau, accepted: bytes) -> None:
    bureau.through(accepted, ("赵敏", "send_up", {"to": "区里", "days": 5}))
    assert bureau.ask("赵敏", accepted, "complete", result="好") == "above.unanswered"
    bureau.through(accepted, ("赵敏", "complete", {"result": "好", "reason": "电话答复"}))


def test_what_was_withdrawn_after_it_came_has_its_line(bureau: Bureau) -> None:
    case = bureau.case()
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "withdraw", {"reason": "不办了"}))
    assert bureau.values(case)["number"] == "JM-20261124-MZ-0001"


def test_a_delivery_says_to_whom_and_how(bureau: Bureau, accepted: bytes) -> None:
    bureau.through(accepted, ("赵敏", "complete", {"result": "好"}))
    assert bureau.tell("王芳", accepted, "delivered", how="home") == "argument.invalid"
    bureau.through(accepted, ("王芳", "delivered", {"to": "张桂兰", "how": "home"}))


def test_only_what_is_done_on_the_spot_is_finished_on_the_spot(bureau: Bureau, received: bytes) -> None:
    assert bureau.ask("赵敏", received, "finish", result="好") == "item.not_direct"


def test_an_extension_needs_the_head_and_a_reason(bureau: Bureau, accepted: bytes) -> None:
    before = bureau.values(accepted)["due"]
    assert bureau.ask("赵敏", accepted, "extend", days=5, reason="待核查") == "command.not_your_role"
    assert bureau.ask("李红", accepted, "extend", days=5) == "argument.invalid"
    assert bureau.values(accepted)["due"] == before
    bureau.through(accepted, ("李红", "extend", {"days": 5, "reason": "待民政核查"}))
    values = bureau.values(accepted)
    assert (before, values["due"]) == ("2026-12-08", "2026-12-15")
    assert (values["extensions"][0]["by"], values["extensions"][0]["reason"]) == ("李红", "待民政核查")


def test_a_pause_ends_before_another_begins(bureau: Bureau, accepted: bytes) -> None:
    assert bureau.ask("赵敏", accepted, "resume") == "pause.none"
    bureau.through(accepted, ("赵敏", "pause", {"step": "公示", "reason": "按规定"}))
    assert bureau.ask("赵敏", accepted, "pause", step="核查", reason="按规定") == "pause.open"
    bureau.through(accepted, ("赵敏", "complete", {"result": "已核准"}))
    assert bureau.values(accepted)["pauses"][0]["until"] == bureau.now


def test_there_is_no_completion_without_an_answer(bureau: Bureau, accepted: bytes) -> None:
    assert bureau.ask("赵敏", accepted, "complete") == "argument.invalid"
    assert bureau.ask("赵敏", accepted, "complete", result="  ") == "argument.invalid"
    assert bureau.status(accepted) == "accepted"


def test_whoever_was_asked_first_answers_for_it(bureau: Bureau) -> None:
    """The agent took it down; a clerk added the phone, and handed it in."""
    case = bureau.case(who="王芳")
    body = entry.change(case.hex(), "application", {"phone": "13700000001"}, seen=0, at=bureau.now)
    assert bureau.write("赵敏", body).outcome == "merged"
    bureau.through(case, ("赵敏", "submit", {}))
    assert bureau.values(case)["owner"] == "王芳"


def test_a_case_is_handed_over_by_name(bureau: Bureau, accepted: bytes) -> None:
    stranger = bureau.new().hex()
    assert bureau.ask("赵敏", accepted, "hand_over", to=stranger, reason="调岗") == "person.unknown"
    to = bureau.people["钱进"].hex()
    bureau.through(accepted, ("赵敏", "hand_over", {"to": to, "reason": "调岗"}))
    assert bureau.ask("李红", accepted, "hand_over", to=to, reason="再次") == "handover.same"
    values = bureau.values(accepted)
    assert (values["owner"], values["handler"]) == ("钱进", "钱进")
    assert [(one["from"], one["to"], one["by"]) for one in values["handovers"]] == [("赵敏", "钱进", "赵敏")]


def test_nothing_is_archived_before_it_was_delivered_but_with_a_reason(bureau: Bureau, accepted: bytes) -> None:
    bureau.through(accepted, ("赵敏", "complete", {"result": "已核准"}))
    assert bureau.ask("赵敏", accepted, "archive") == "archive.undelivered"
    bureau.through(accepted, ("赵敏", "archive", {"reason": "群众外出，三次联系不上"}))
    assert bureau.values(accepted)["archive"]["reason"] == "群众外出，三次联系不上"


def test_the_same_matter_of_the_same_home_is_shown_as_alike(bureau: Bureau, received: bytes) -> None:
    again = bureau.case()
    bureau.through(again, ("赵敏", "submit", {}))
    sheet = bureau.run(listing.one(bureau.centre, again))
    assert [one.record for one in bureau.run(listing.alike(bureau.centre, sheet))] == [received.hex()]


def test_what_may_be_done_now_is_said_and_why_the_rest_may_not(bureau: Bureau, accepted: bytes) -> None:
    values, who = bureau.values(accepted), bureau.people["赵敏"].hex()
    acts = {act.name: act for act in listing.acts("accepted", "clerk", who, values, 3)}
    assert {name for name, act in acts.items() if act.legal} == {
        *("send_up", "pause", "complete", "refuse", "hand_over", "correct", "withdraw"),
    }
    assert acts["resume"].why_not == "pause.none"
    assert acts["extend"].why_not == "command.not_your_role"
    assert acts["receive"].why_not == "command.not_now"


def test_what_was_sent_up_before_stays_beside_what_was_sent_up_last(bureau: Bureau, accepted: bytes) -> None:
    for to, note in (("区民政局", "材料不齐，退回"), ("区残联", "不归我们管"), ("区卫健局", "同意")):
        bureau.through(accepted, ("赵敏", "send_up", {"to": to, "days": 5}), ("赵敏", "answered", {"note": note}))
    values = bureau.values(accepted)
    assert (values["sent_up"]["to"], values["sent_up"]["note"]) == ("区卫健局", "同意")
    assert [(one["to"], one["note"]) for one in values["sent_up_before"]] == [
        ("区民政局", "材料不齐，退回"),
        ("区残联", "不归我们管"),
    ]


def test_a_case_is_found_by_its_telephone_however_it_is_written(bureau: Bureau) -> None:
    case = bureau.case(phone="13800000000")
    fixed = bureau.case(phone="0915-3212345")
    bureau.through(case, ("赵敏", "submit", {}))
    bureau.through(fixed, ("赵敏", "submit", {}))
    for written, wanted in {
        **dict.fromkeys(("138-0000-0000", "+8613800000000", "１３８００００００００", "0000000"), case),
        **dict.fromkeys(("09153212345", "0915-3212345", "3212345"), fixed),
    }.items():
        found = bureau.run(listing.found(bureau.centre, listing.Wanted(query=written)))
        assert [one.record for one in found] == [wanted.hex()], written


def kinship(bureau: Bureau) -> list[tuple[Any, ...]]:
    """The lines of the register of kinship."""
    line = schema.register_line.c
    found = bureau.look(select(line.line, line.told).where(line.register == KINSHIP).order_by(line.line))
    told = [(number, msgspec.json.decode(said)) for number, said in found]
    return [(number, said["relative"], said["relation"], said["number"]) for number, said in told]


def test_what_a_relative_asks_for_stands_in_a_register_of_its_own(bureau: Bureau) -> None:
    kin = {"person": bureau.people["赵敏"].hex(), "relation": "母亲"}
    case = bureau.case("direct", kin=kin)
    bureau.through(case, ("赵敏", "submit", {}))
    assert kinship(bureau) == [], "it has no number yet"
    bureau.through(case, ("钱进", "receive", {}), ("钱进", "finish", {"result": "已登记"}))
    assert kinship(bureau) == [(1, "赵敏", "母亲", "JM-20261124-MZ-0001")]
    assert sorted(bureau.run(rows(REGISTERS, centre_id=bureau.centre))) == [("民政救助",), ("近亲属回避",)]


def test_what_is_declared_later_is_registered_then_and_remembered_when_it_is_taken_back(
    bureau: Bureau, received: bytes
) -> None:
    number = bureau.values(received)["number"]
    for name, relation in (("钱进", "叔叔"), ("李红", "表姐")):
        kin = {"person": bureau.people[name].hex(), "relation": relation}
        seen = bureau.record_position(received)
        bureau.write("赵敏", entry.change(received.hex(), "application", {"kin": kin}, seen=seen, at=bureau.now))
    assert kinship(bureau) == [(1, "钱进", "叔叔", number), (2, "李红", "表姐", number)]
    assert bureau.ask("钱进", received, "accept") == "kin.conflict"


def test_a_declaration_that_is_taken_back_before_the_first_act_is_remembered(bureau: Bureau) -> None:
    case = bureau.case(kin={"person": bureau.people["赵敏"].hex(), "relation": "母亲"})
    seen = bureau.record_position(case)
    bureau.write("赵敏", entry.change(case.hex(), "application", {"kin": None}, seen=seen, at=bureau.now))
    bureau.through(case, ("钱进", "submit", {}))
    assert bureau.ask("赵敏", case, "receive") == "kin.conflict"


def test_a_declaration_that_lost_to_another_holds_all_the_same(bureau: Bureau) -> None:
    """The agent's, from the mountain, stands beside the clerk's and is not shown."""
    case = bureau.case(kin={"person": bureau.people["钱进"].hex(), "relation": "叔叔"})
    declared = {"kin": {"person": bureau.people["赵敏"].hex(), "relation": "姐姐"}}
    late = entry.change(case.hex(), "application", declared, seen=0, at=bureau.now, by=bureau.people["王芳"].hex())
    assert bureau.write("王芳", late).outcome == "conflict"
    bureau.through(case, ("赵敏", "submit", {}))
    assert bureau.ask("赵敏", case, "receive") == "kin.conflict"
    assert bureau.ask("钱进", case, "receive") == "kin.conflict"


def test_a_relative_corrects_nothing_of_what_was_accepted(bureau: Bureau) -> None:
    case = bureau.case(kin={"person": bureau.people["钱进"].hex(), "relation": "叔叔"})
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "receive", {}), ("赵敏", "accept", {}))
    other = {"values": {"identity_number": "11010519491231002X"}, "reason": "录错"}
    assert bureau.ask("钱进", case, "correct", **other) == "kin.conflict"
    assert bureau.ask("赵敏", case, "correct", **other) == "merged"


def test_the_head_hears_of_a_case_that_is_in_the_hands_of_a_relative(bureau: Bureau, received: bytes) -> None:
    """赵敏 received it before anybody said whose daughter she is."""
    kin = {"kin": {"person": bureau.people["赵敏"].hex(), "relation": "母亲"}}
    seen = bureau.record_position(received)
    bureau.write("钱进", entry.change(received.hex(), "application", kin, seen=seen, at=bureau.now))
    message = schema.message.c
    told = bureau.look(select(message.person, message.text).where(message.code == "kin.declared"))
    assert told == [(bureau.people["李红"], "JM-20261124-MZ-0001 的申请人是赵敏的近亲属，请移交他人办理。")]


def test_what_is_done_stays_whose_work_it_was_when_it_is_handed_over_by_name(bureau: Bureau) -> None:
    """钱进 delivers and files it; the rating and the figures of it are 赵敏's."""
    case = bureau.case("direct")
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "finish", {"result": "补贴已登记"}))
    bureau.through(case, ("赵敏", "hand_over", {"to": bureau.people["钱进"].hex(), "reason": "赵敏外出培训"}))
    assert (bureau.values(case)["owner"], bureau.values(case)["handler"]) == ("钱进", "赵敏")
