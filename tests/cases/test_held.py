"""What a case was accepted as stays until somebody corrects it with a reason; no edit is lost for that."""

from typing import Any

import msgspec
import pytest
from sqlalchemy import select

from daiban_schemas import entry
from daiban_server.db import schema
from daiban_server.features.cases import listing
from daiban_server.spine import views
from daiban_server.spine.views import Shown
from tests.cases.bureau import Bureau


@pytest.fixture
def accepted(bureau: Bureau) -> bytes:
    """A case that came to the counter and was promised ten working days."""
    case = bureau.case()
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "receive", {}), ("赵敏", "accept", {}))
    return case


def shown(bureau: Bureau, case: bytes) -> Shown:
    (found,) = bureau.run(views.shown(views.BY_ID, bureau.centre, record_id=case))
    assert isinstance(found, Shown)
    return found


def edit(bureau: Bureau, name: str, case: bytes, seen: int | None = None, **fields: Any) -> tuple[str, str | None]:
    """A plain change by somebody who saw the record as it stands, or up to a position."""
    position = shown(bureau, case).view.position if seen is None else seen
    body = entry.change(case.hex(), "application", fields, seen=position, at=bureau.now, by=bureau.people[name].hex())
    outcome = bureau.write(name, body)
    return outcome.outcome, outcome.code


def settle(bureau: Bureau, case: bytes, field: str, value: Any) -> tuple[str, str | None]:
    """Somebody who saw every value settles for one."""
    view = shown(bureau, case).view
    over = {field: view.positions(field)}
    clerk = bureau.people["赵敏"].hex()
    body = entry.change(
        case.hex(), "application", {field: value}, seen=view.position, at=bureau.now, over=over, by=clerk
    )
    outcome = bureau.write("赵敏", body)
    return outcome.outcome, outcome.code


def both(bureau: Bureau, case: bytes, field: str) -> list[Any]:
    """What stands in a field, the valid value first."""
    return [one.value for one in shown(bureau, case).view.fields[field]]


def test_an_edit_after_acceptance_moves_no_limit_and_no_label_and_is_not_lost(bureau: Bureau, accepted: bytes) -> None:
    before = bureau.run(listing.one(bureau.centre, accepted))
    other = bureau.items["direct"].hex()
    assert edit(bureau, "赵敏", accepted, item=other, source="home", mode="proxy") == ("conflict", "field.held")
    assert edit(bureau, "王芳", accepted, seen=0, applicant="张桂蓝") == ("conflict", "field.held")
    assert bureau.run(listing.one(bureau.centre, accepted)) == before
    assert both(bureau, accepted, "item") == [bureau.items["limited"].hex(), other]
    assert both(bureau, accepted, "applicant") == ["张桂兰", "张桂蓝"]
    assert shown(bureau, accepted).conflicts == 4, "item, source, mode and applicant are listed for settling"


def test_nobody_moves_the_money_after_acceptance(bureau: Bureau) -> None:
    case = bureau.case(account={"bank": "信用社", "number": "6230001"}, entitled_from="2026-01-01")
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "accept", {}))
    other = {"bank": "信用社", "number": "6230009"}
    assert edit(bureau, "王芳", case, account=other, entitled_from="2025-01-01") == ("conflict", "field.held")
    values = bureau.values(case)
    assert (values["account"]["number"], values["entitled_from"]) == ("6230001", "2026-01-01")
    assert bureau.ask("赵敏", case, "correct", values={"account": other}, reason="账号抄错") == "merged"
    assert bureau.values(case)["account"] == other


def test_what_is_not_held_changes_as_ever(bureau: Bureau, accepted: bytes) -> None:
    assert edit(bureau, "赵敏", accepted, phone="13800000000") == ("merged", None)
    assert bureau.values(accepted)["phone"] == "13800000000"


def test_the_window_still_chooses_before_it_accepts(bureau: Bureau) -> None:
    case = bureau.case()
    bureau.through(case, ("赵敏", "submit", {}))
    assert edit(bureau, "赵敏", case, item=bureau.items["proxy"].hex()) == ("merged", None)
    bureau.through(case, ("赵敏", "receive", {}))
    assert edit(bureau, "赵敏", case, mode="proxy") == ("merged", None)
    assert edit(bureau, "赵敏", case, item=bureau.items["direct"].hex()) == ("conflict", "field.held")
    assert edit(bureau, "赵敏", case, source="home") == ("conflict", "field.held")


def test_settling_keeps_the_accepted_value_and_never_the_other(bureau: Bureau, accepted: bytes) -> None:
    edit(bureau, "王芳", accepted, applicant="张桂蓝")
    assert settle(bureau, accepted, "applicant", "张桂蓝") == ("conflict", "field.held")
    assert both(bureau, accepted, "applicant") == ["张桂兰", "张桂蓝"]
    assert settle(bureau, accepted, "applicant", "张桂兰") == ("merged", None)
    assert both(bureau, accepted, "applicant") == ["张桂兰"]
    assert shown(bureau, accepted).conflicts == 0
    assert edit(bureau, "赵敏", accepted, applicant="张桂蓝") == ("conflict", "field.held"), "it is held as before"


def test_a_correction_takes_up_the_other_value_and_leaves_a_third_open(bureau: Bureau, accepted: bytes) -> None:
    edit(bureau, "王芳", accepted, applicant="张桂蓝")
    edit(bureau, "钱进", accepted, seen=0, applicant="张贵兰")
    assert bureau.ask("赵敏", accepted, "correct", values={"applicant": "张桂蓝"}) == "argument.invalid", "no reason"
    bureau.through(accepted, ("赵敏", "correct", {"values": {"applicant": "张桂蓝"}, "reason": "对照身份证"}))
    assert bureau.values(accepted)["correction"] == "对照身份证"
    assert both(bureau, accepted, "applicant") == ["张桂蓝", "张贵兰"]
    assert settle(bureau, accepted, "applicant", "张桂蓝") == ("merged", None)
    assert shown(bureau, accepted).conflicts == 0
    sheet = bureau.run(listing.one(bureau.centre, accepted))
    assert sheet.applicant == "张桂蓝"


def test_a_corrected_item_has_its_own_window_and_a_line_there(bureau: Bureau, accepted: bytes) -> None:
    number, due = (bureau.values(accepted)[name] for name in ("number", "due"))
    other = bureau.items["elsewhere"].hex()
    bureau.through(accepted, ("赵敏", "correct", {"values": {"item": other}, "reason": "选错事项"}))
    values = bureau.values(accepted)
    assert (values["window"], values["number"], values["due"]) == ("社会保障", number, due)
    columns = (schema.register_line.c.register, schema.register_line.c.told)
    lines = {register: msgspec.json.decode(told) for register, told in bureau.look(select(*columns))}
    assert {register: line["number"] for register, line in lines.items()} == {"民政救助": number, "社会保障": number}
    assert lines["民政救助"]["item"] != lines["社会保障"]["item"]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"item": "0" * 32}, "item.unknown"),
        ({"household": "0" * 32}, "record.unknown"),
        ({"mode": "other"}, "argument.invalid"),
        ({"applicant": "  "}, "argument.invalid"),
        ({"phone": "13800000000"}, "argument.invalid"),
    ],
)
def test_a_correction_gives_only_what_can_stand(
    bureau: Bureau, accepted: bytes, values: dict[str, Any], code: str
) -> None:
    before = bureau.values(accepted)
    assert bureau.ask("赵敏", accepted, "correct", values=values, reason="更正") == code
    assert bureau.values(accepted) == before


def test_a_case_goes_to_another_home_by_correction_alone(bureau: Bureau, accepted: bytes) -> None:
    home = bureau.household("陈福来")
    assert edit(bureau, "赵敏", accepted, household=home.hex()) == ("conflict", "field.held")
    assert bureau.run(listing.one(bureau.centre, accepted)).household == bureau.home.hex()
    bureau.through(accepted, ("赵敏", "correct", {"values": {"household": home.hex()}, "reason": "户主分户"}))
    assert bureau.run(listing.one(bureau.centre, accepted)).household == home.hex()
    (parent,) = bureau.look(select(schema.record.c.parent).where(schema.record.c.id == accepted))
    assert parent == (home,)


def test_whoever_was_asked_first_stays_so_though_another_saves_the_same_again(bureau: Bureau) -> None:
    case = bureau.case(who="王芳")
    fields = bureau.values(case)
    assert edit(bureau, "赵敏", case, **fields) == ("identical", None)
    bureau.through(case, ("赵敏", "submit", {}))
    assert bureau.values(case)["owner"] == "王芳"


def test_whoever_writes_alone_is_named_with_the_first_act_only(bureau: Bureau) -> None:
    case = bureau.case(who="王芳")
    fields = bureau.values(case)
    assert edit(bureau, "王芳", case, **{**fields, "applicant": "张桂芳"}) == ("merged", None)
    assert "owner" not in bureau.values(case)
