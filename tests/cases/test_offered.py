"""What a case offers somebody is what he would not be refused for his own sake, and nothing else."""

import random
from pathlib import Path

import pytest

from daiban_schemas.kinds import KINDS
from daiban_server.features.cases import listing
from daiban_server.kinship import relatives
from tests.cases.bureau import PEOPLE, Bureau
from tests.cases.test_anything import WORDS

COMMANDS = KINDS["application"].commands
FOR_HIS_SAKE = {"command.not_your_role", "kin.conflict"}
OF_THE_CASE = {"command.not_now", "pause.open", "pause.none"}


def _given(bureau: Bureau, case: bytes, name: str) -> dict[str, object]:
    """Arguments with which a command is well formed, and that name no relative."""
    kin = relatives(bureau.values(case))
    given: dict[str, object] = {}
    for argument in COMMANDS[name].arguments:
        if argument == "missing":
            given[argument] = [{"name": "户口簿"}]
        elif argument in ("days", "papers_days"):
            given[argument] = 3
        elif argument == "to" and name == "hand_over":
            given[argument] = next(id_.hex() for id_ in bureau.people.values() if id_.hex() not in kin)
        elif argument in WORDS:
            given[argument] = WORDS[argument]
    return given


def _offered(bureau: Bureau, case: bytes, who: str) -> dict[str, str | None]:
    values = bureau.values(case)
    shown = listing.acts(values.get("status", "draft"), PEOPLE[who], bureau.people[who].hex(), values, 3)
    return {act.name: act.why_not for act in shown}


def _case_of_a_relative(bureau: Bureau, dice: random.Random) -> bytes:
    relative = dice.choice([*PEOPLE, None])
    kin = {"kin": {"person": bureau.people[relative].hex(), "relation": "母亲"}} if relative else {}
    case = bureau.case(dice.choice(["direct", "limited", "proxy"]), **kin)
    bureau.ask("王芳", case, "submit")
    return case


@pytest.mark.parametrize("seed", range(5))
def test_what_is_offered_is_not_refused_for_the_persons_sake_and_all_else_is(tmp_path: Path, seed: int) -> None:
    bureau, dice = Bureau(tmp_path), random.Random(seed)
    seen = set[str | None]()
    for step in range(300):
        if step % 30 == 0:
            cases = [_case_of_a_relative(bureau, dice) for _ in range(4)]
        case, who, name = dice.choice(cases), dice.choice(list(PEOPLE)), dice.choice(list(COMMANDS))
        why_not = _offered(bureau, case, who)[name]
        answer = bureau.ask(who, case, name, **_given(bureau, case, name))
        if why_not is None:
            assert answer not in FOR_HIS_SAKE | OF_THE_CASE, (who, name)
        else:
            assert answer == why_not, (who, name)
        seen.add(why_not)
    assert {None, *FOR_HIS_SAKE, "command.not_now"} <= seen, "all of it happened"


def test_another_records_that_a_relative_wants_it_no_more(bureau: Bureau) -> None:
    case = bureau.case(kin={"person": bureau.people["赵敏"].hex(), "relation": "母亲"})
    bureau.through(case, ("赵敏", "submit", {}))
    before = bureau.values(case)
    assert bureau.ask("赵敏", case, "withdraw", reason="不办了") == "kin.conflict"
    assert bureau.values(case) == before
    assert _offered(bureau, case, "赵敏")["withdraw"] == "kin.conflict"
    assert bureau.ask("钱进", case, "withdraw", reason="不办了") == "merged"


def test_nor_does_a_relative_withdraw_a_draft_that_he_wrote(bureau: Bureau) -> None:
    case = bureau.case(who="王芳", source="home", kin={"person": bureau.people["王芳"].hex(), "relation": "舅舅"})
    assert bureau.ask("王芳", case, "withdraw", reason="填错了") == "kin.conflict"
    assert bureau.ask("赵敏", case, "withdraw", reason="填错了") == "merged"
