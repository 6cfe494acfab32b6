"""Whom an opinion is about has a hand on the keys too: he moves neither whom to call nor who may answer."""

from typing import Any

from daiban_schemas import entry
from tests.affairs.test_watching import TOLD, bureau, say
from tests.cases.bureau import Bureau

__all__ = ["bureau"]


def change(bureau: Bureau, who: str, opinion: bytes, **fields: Any) -> str:
    """Change it as somebody who has it before his eyes; the code of a conflict, or what became of it."""
    seen = bureau.record_position(opinion)
    outcome = bureau.write(who, entry.change(opinion.hex(), "opinion", fields, seen=seen, at=bureau.now))
    return outcome.code or outcome.outcome


def answer(bureau: Bureau, who: str, opinion: bytes) -> str:
    by = bureau.people[who].hex()
    body = entry.command(opinion.hex(), "opinion", "answer", {"text": "已办妥"}, expected=None, at=bureau.now, by=by)
    outcome = bureau.write(who, body)
    return outcome.code or outcome.outcome


def test_whom_to_call_stays_as_it_was_registered_and_a_correction_stands_beside_it(bureau: Bureau) -> None:
    """赵敏 would have another called than whoever gave the bad rating."""
    case = bureau.case("direct")
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "finish", {"result": "补贴已登记"}))
    opinion = say(bureau, "rating", application=case.hex(), person="张桂兰", phone="13700000000")
    assert change(bureau, "赵敏", opinion, person="李四", phone="13911111111") == "field.held"
    shown = bureau.values(opinion)
    assert (shown["person"], shown["phone"]) == ("张桂兰", "13700000000")


def test_nobody_writes_himself_out_of_it(bureau: Bureau) -> None:
    """It came without a name and without a case: both were found out later."""
    case = bureau.case("direct", who="王芳")
    bureau.through(case, ("王芳", "submit", {}), ("钱进", "finish", {"result": "补贴已登记"}))
    opinion = say(bureau, "complaint")
    assert change(bureau, "李红", opinion, about=bureau.people["赵敏"].hex(), application=case.hex()) == "merged"
    assert change(bureau, "赵敏", opinion, about=bureau.people["李红"].hex()) == "merged"
    assert change(bureau, "钱进", opinion, application=None) == "merged"
    for who in ("赵敏", "钱进"):
        assert answer(bureau, who, opinion) == "opinion.own"


def test_who_named_somebody_by_mistake_takes_it_back(bureau: Bureau) -> None:
    opinion = say(bureau, "complaint")
    assert change(bureau, "李红", opinion, about=bureau.people["赵敏"].hex()) == "merged"
    assert change(bureau, "李红", opinion, about=None) == "merged"
    assert answer(bureau, "赵敏", opinion) == "merged"


def test_who_owes_the_answer_and_turns_out_to_be_meant_is_relieved_by_the_next_above(bureau: Bureau) -> None:
    opinion = say(bureau, "complaint")
    assert bureau.values(opinion)["answerer_name"] == "李红"
    assert change(bureau, "赵敏", opinion, about=bureau.people["李红"].hex()) == "merged"
    assert bureau.values(opinion)["answerer_name"] == "吴镇"
    names = {id_: name for name, id_ in bureau.people.items()}
    assert [names[who] for who, code, _ in bureau.look(TOLD) if code == "opinion.owed"] == ["李红", "吴镇"]
    assert answer(bureau, "李红", opinion) == "opinion.own"
    assert answer(bureau, "吴镇", opinion) == "merged"
