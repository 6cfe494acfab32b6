"""Who may act on a mandate: the agent whom the resident named, and who does that one's work by a recorded handover."""

import pytest

from daiban_schemas import entry
from tests.posts.team import Team

SIGNED = {"name": "张桂兰", "mark": "drawn", "at": 1}


@pytest.fixture
def case(team: Team) -> bytes:
    """A case that 王芳 took down, with a mandate that names her; 刘强 is B of her post."""
    team.post("王芳", "刘强", team.place)
    case = team.case(who="王芳", source="home")
    mandated(team, case, "王芳")
    return case


def mandated(team: Team, case: bytes, agent: str) -> None:
    """A signed mandate for an agent."""
    values = {"application": case.hex(), "agent": agent, "signers": [SIGNED]}
    body = entry.change(team.new().hex(), "mandate", values, seen=0, at=team.now)
    assert team.write("赵敏", body).outcome == "new"


def test_another_agent_of_the_village_does_not_submit_on_a_colleagues_mandate(team: Team, case: bytes) -> None:
    assert team.ask("刘强", case, "submit") == "mandate.other_agent"
    assert team.ask("刘强", case, "withdraw", reason="不办了") == "mandate.other_agent"
    assert team.ask("王芳", case, "submit") == "merged"


def test_a_clerk_needs_no_mandate(team: Team, case: bytes) -> None:
    assert team.ask("赵敏", case, "submit") == "merged"


def test_who_has_a_mandate_of_his_own_submits_on_that(team: Team, case: bytes) -> None:
    mandated(team, case, " 刘强 ")
    assert team.ask("刘强", case, "submit") == "merged"


def test_a_mandate_that_names_nobody_empowers_nobody(team: Team) -> None:
    case = team.case(who="王芳", source="home")
    mandated(team, case, "")
    assert team.ask("王芳", case, "submit") == "mandate.other_agent"


def test_who_stands_in_submits_for_the_absent_one(team: Team, case: bytes) -> None:
    team.away("王芳")
    assert team.ask("刘强", case, "submit") == "merged"


def test_who_stood_in_may_no_longer_after_the_return(team: Team, case: bytes) -> None:
    handover = team.away("王芳")
    team.later(1)
    assert team.give("王芳", "handover", handover, "return") == "merged"
    team.later(1)
    assert team.ask("刘强", case, "submit") == "mandate.other_agent"


def test_who_takes_the_work_over_for_good_submits(team: Team) -> None:
    team.post("王芳", "刘强", team.place)
    case = team.case(who="王芳", source="home")
    mandated(team, case, "王芳")
    gone = team.record("李红", "handover", type="leaving", person=team.people["王芳"].hex())
    assert team.give("李红", "handover", gone, "arrange", to=team.people["刘强"].hex()) == "merged"
    assert team.give("李红", "handover", gone, "begin") == "merged"
    assert team.ask("周静", case, "submit") in ("scope.foreign", "mandate.other_agent")
    assert team.ask("刘强", case, "submit") == "merged"


def test_to_whom_the_case_was_handed_over_by_name_withdraws(team: Team, case: bytes) -> None:
    team.through(case, ("王芳", "submit", {}), ("赵敏", "receive", {}))
    assert team.ask("刘强", case, "withdraw", reason="不办了") == "mandate.other_agent"
    reason = {"to": team.people["刘强"].hex(), "reason": "王芳下村"}
    assert team.ask("李红", case, "hand_over", **reason) == "merged"
    assert team.ask("刘强", case, "withdraw", reason="不办了") == "merged"
