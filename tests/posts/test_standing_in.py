"""A is away and B stands in: places, cases and the board, there and back."""

import pytest

from daiban_schemas import entry
from daiban_schemas.handed import sign_of
from daiban_server.features.affairs import board
from daiban_server.staff import stand_ins
from tests.cases.bureau import DAY
from tests.posts.team import Team


def test_the_stand_in_has_the_villages_and_the_cases_and_gives_them_back(team: Team) -> None:
    case = team.case()
    team.through(case, ("赵敏", "submit", {}), ("赵敏", "receive", {}))
    team.through(case, ("李红", "hand_over", {"to": team.people["王芳"].hex(), "reason": "请他办"}))
    handover = team.away("王芳", "刘强", note="张家的残疾证复印件在站里抽屉")
    assert team.places("刘强") == {team.place: "B"}
    values = team.values(case)
    assert (values["owner"], values["handler"]) == ("王芳", "刘强"), "the owner stays the owner"
    assert values["handovers"][-1]["reason"] == "顶岗"
    note = team.values(handover)
    assert [one["sign"] for one in note["cases"]] == [sign_of(handover, case)]
    assert case.hex() not in str(note), "whoever knows the id can work out the code that opens the case"
    assert "张桂兰" not in str(note), "the note is read by the whole centre"
    team.later(2)
    team.through(case, ("赵敏", "accept", {}))
    assert team.give("王芳", "handover", handover, "return") == "merged"
    assert team.places("刘强") == {}
    values = team.values(case)
    assert (values["owner"], values["handler"]) == ("王芳", "王芳")
    assert [one["status"] for one in team.values(handover)["meanwhile"]] == ["accepted"]
    assert team.told("王芳")[-1] == "王芳已返岗，其间办过1件。感谢刘强顶岗。"


def test_without_a_name_the_posts_b_stands_in_and_keeps_what_was_his(team: Team) -> None:
    team.post("王芳", "周静", team.place)
    handover = team.away("王芳")
    assert team.values(handover)["arranged"]["to_name"] == "周静"
    assert team.values(handover).get("given") in (None, [])
    team.give("李红", "handover", handover, "return")
    assert team.places("周静") == {team.place: "B"}


def test_a_post_without_b_needs_a_name(team: Team) -> None:
    team.post("王芳", None, team.place)
    asked = team.record("王芳", "handover", type="absence", person=team.people["王芳"].hex())
    assert team.give("李红", "handover", asked, "arrange") == "handover.nobody"
    assert team.told("李红") == ["王芳申请请假，请安排接手的人。"]


def test_who_asks_for_another_is_named(team: Team) -> None:
    team.record("刘强", "handover", type="leaving", person=team.people["王芳"].hex())
    assert team.told("李红") == ["刘强替王芳申请离岗，请安排接手的人。"]


def test_the_board_says_who_is_there_today(team: Team) -> None:
    team.post("王芳", "周静", team.place)
    handover = team.away("王芳", "刘强")
    (shown,) = team.run(board.duty(team.centre))
    assert (shown.name, shown.stand_in, shown.on_duty) == ("王芳", "周静", "刘强")
    assert team.run(stand_ins(team.people["王芳"], team.now)) == [(team.people["刘强"], "刘强", "王芳")]
    team.give("李红", "handover", handover, "return")
    (shown,) = team.run(board.duty(team.centre))
    assert shown.on_duty == ""
    team.later(0.1)
    assert team.run(stand_ins(team.people["王芳"], team.now)) == []


def test_a_post_says_until_when_and_for_whom_somebody_stands_in(team: Team) -> None:
    post = team.post("王芳", None, team.place)
    handover = team.away("王芳", "刘强", until=team.now + 2 * DAY)
    assert team.give("李红", "handover", handover, "prolong", until=team.now + 3 * DAY) == "merged"
    assert team.values(post)["on_duty_until"] == team.now + 3 * DAY
    team.later(3)
    team.watch_handovers()
    assert team.values(post)["on_duty_until"] == team.now + DAY, "it went on for another day"
    assert team.give("李红", "post", post, "appoint", a=team.people["周静"].hex()) == "merged"
    assert team.values(post).get("on_duty") is None, "he stood in for the one before"
    second = team.away("周静", "刘强")
    assert team.give("李红", "handover", handover, "return") == "merged"
    assert team.values(post)["on_duty"]["name"] == "刘强", "and does so for the next"
    assert team.give("李红", "handover", second, "return") == "merged"
    assert team.values(post).get("on_duty") is None


def test_two_absences_give_one_village_and_the_last_return_takes_it(team: Team) -> None:
    team.post("王芳", None, team.place)
    team.post("周静", None, team.place)
    first, second = team.away("王芳", "刘强"), team.away("周静", "刘强")
    team.give("李红", "handover", first, "return")
    assert team.places("刘强") == {team.place: "B"}
    team.give("李红", "handover", second, "return")
    assert team.places("刘强") == {}


def test_a_relatives_case_is_not_handed_to_the_stand_in(team: Team) -> None:
    case = team.case(who="赵敏", kin={"person": team.people["刘强"].hex(), "relation": "表弟"})
    team.through(case, ("赵敏", "submit", {}), ("赵敏", "receive", {}))
    team.through(case, ("李红", "hand_over", {"to": team.people["王芳"].hex(), "reason": "请他办"}))
    handover = team.away("王芳", "刘强")
    assert team.values(case)["handler"] == "王芳"
    assert [one["sign"] for one in team.values(handover)["kept"]] == [sign_of(handover, case)]
    assert any("1件因回避须另行移交" in text for text in team.told("郑红"))


def test_what_the_stand_in_handled_before_stays_his_with_the_return(team: Team) -> None:
    case = team.case(who="赵敏")
    team.through(case, ("赵敏", "submit", {}), ("钱进", "receive", {}))
    handover = team.away("赵敏", "钱进")
    assert team.give("赵敏", "handover", handover, "return") == "merged"
    values = team.values(case)
    assert (values["owner"], values["handler"], values.get("handovers")) == ("赵敏", "钱进", None)


def test_a_relatives_case_does_not_come_back_with_the_return(team: Team) -> None:
    case = team.case(who="赵敏")
    team.through(case, ("赵敏", "submit", {}), ("赵敏", "receive", {}))
    handover = team.away("赵敏", "钱进")
    declared = {"kin": {"person": team.people["赵敏"].hex(), "relation": "姑姑"}}
    seen = team.record_position(case)
    assert team.write("钱进", entry.change(case.hex(), "application", declared, seen=seen, at=team.now)).code is None
    assert team.give("赵敏", "handover", handover, "return") == "merged"
    assert team.values(case)["handler"] == "钱进"


def test_it_begins_by_itself_and_goes_on_until_he_is_back(team: Team) -> None:
    asked = team.record("王芳", "handover", type="absence", person=team.people["王芳"].hex())
    times = {"since": team.now + DAY, "until": team.now + 3 * DAY}
    assert team.give("李红", "handover", asked, "arrange", to=team.people["刘强"].hex(), **times) == "merged"
    team.watch_handovers()
    assert (team.status(asked), team.places("刘强")) == ("arranged", {})
    team.later(1)
    team.watch_handovers()
    assert (team.status(asked), team.places("刘强")) == ("begun", {team.place: "B"})
    team.later(2)
    team.watch_handovers()
    assert team.status(asked) == "begun", "nobody is left without a stand-in because a day went by"
    assert team.places("刘强") == {team.place: "B"}
    assert team.told("王芳")[-1] == "王芳原定11月27日返岗，还没有登记返岗，顶岗先延长一天。"
    assert team.run(stand_ins(team.people["王芳"], team.now)) != []
    team.watch_handovers()
    assert len(team.told("王芳")) == 2, "and it is said once a day"


@pytest.mark.parametrize(
    ("who", "fields", "code"),
    [
        ("王芳", {}, "handover.role"),
        ("赵敏", {}, "handover.role"),
        ("周静", {}, "handover.away"),
        ("刘强", {"until": 1_000}, "handover.time"),
    ],
)
def test_who_cannot_take_over(team: Team, who: str, fields: dict[str, int], code: str) -> None:
    team.away("周静", "刘强")
    asked = team.record("王芳", "handover", type="absence", person=team.people["王芳"].hex())
    assert team.give("李红", "handover", asked, "arrange", to=team.people[who].hex(), **fields) == code
    assert team.status(asked) == "asked"


def test_who_was_to_stand_in_hears_that_another_does(team: Team) -> None:
    asked = team.record("王芳", "handover", type="absence", person=team.people["王芳"].hex())
    named = {"since": team.now + DAY, "until": team.now + 3 * DAY}
    assert team.give("李红", "handover", asked, "arrange", to=team.people["刘强"].hex(), **named) == "merged"
    team.later(0.1)
    assert team.give("李红", "handover", asked, "arrange", to=team.people["周静"].hex(), **named) == "merged"
    assert team.told("刘强")[-1] == "王芳的请假改由周静接手，您不用接手了。"
    told = len(team.told("刘强"))
    team.later(0.1)
    assert team.give("李红", "handover", asked, "arrange", to=team.people["周静"].hex(), **named) == "merged"
    assert len(team.told("刘强")) == told


def test_who_stands_in_is_not_away_himself(team: Team) -> None:
    first = team.away("王芳", "刘强", until=team.now + 3 * DAY)
    asked = team.record("刘强", "handover", type="absence", person=team.people["刘强"].hex())
    to = team.people["周静"].hex()
    assert team.give("李红", "handover", asked, "arrange", to=to) == "handover.stands_in"
    assert team.give("李红", "handover", asked, "arrange", to=to, since=team.now + 3 * DAY) == "merged"
    team.later(3)
    team.watch_handovers()
    assert (team.status(asked), team.status(first)) == ("arranged", "begun"), "王芳 has not come back yet"
    assert "刘强的请假到时间了，但不能开始：他正在替别人顶岗，请另行安排。" in team.told("李红")
    assert team.give("王芳", "handover", first, "return") == "merged"
    team.watch_handovers()
    assert team.status(asked) == "begun"


def test_nobody_is_away_twice(team: Team) -> None:
    team.away("王芳", "刘强")
    again = team.record("王芳", "handover", type="absence", person=team.people["王芳"].hex())
    assert team.give("李红", "handover", again, "arrange", to=team.people["周静"].hex()) == "handover.twice"


def test_only_he_himself_or_the_head_cancels_or_returns(team: Team) -> None:
    asked = team.record("王芳", "handover", type="absence", person=team.people["王芳"].hex())
    assert team.give("刘强", "handover", asked, "cancel") == "handover.not_yours"
    assert team.give("王芳", "handover", asked, "cancel") == "merged"
    begun = team.away("王芳", "刘强")
    assert team.give("刘强", "handover", begun, "return") == "handover.not_yours"
    assert team.give("王芳", "handover", begun, "return") == "merged"


def test_who_writes_himself_into_the_request_cancels_nothing(team: Team) -> None:
    asked = team.record("李红", "handover", type="absence", person=team.people["王芳"].hex())
    assert team.give("李红", "handover", asked, "arrange", to=team.people["周静"].hex()) == "merged"
    me = {"person": team.people["刘强"].hex()}
    seen = team.record_position(asked)
    assert team.write("刘强", entry.change(asked.hex(), "handover", me, seen=seen, at=team.now)).outcome == "conflict"
    assert team.give("刘强", "handover", asked, "cancel") == "handover.not_yours"
    assert team.give("王芳", "handover", asked, "cancel") == "merged"


def test_who_stands_in_is_told_what_the_absent_one_would_be(team: Team) -> None:
    """A limit ends while the owner is away."""
    case = team.case(who="王芳")
    team.through(case, ("王芳", "submit", {}), ("赵敏", "receive", {}), ("赵敏", "accept", {}))
    handover = team.away("王芳", "刘强")
    team.later(14)
    team.watch()
    (mine,) = [text for text in team.told("王芳") if "MZ" in text]
    assert [text for text in team.told("刘强") if "MZ" in text] == [f"（代王芳）{mine}"]
    team.give("李红", "handover", handover, "return")
    team.later(1)
    team.watch()
    assert len([text for text in team.told("刘强") if "MZ" in text]) == 1
    assert len([text for text in team.told("王芳") if "MZ" in text]) > 1


def test_what_was_said_at_the_handover_is_not_rewritten_after_it(team: Team) -> None:
    handover = team.away("王芳", "刘强", note="印章在抽屉里")
    change = {"note": "没有印章"}
    seen = team.record_position(handover)
    body = entry.change(handover.hex(), "handover", change, seen=seen, at=team.now)
    assert team.write("周静", body).outcome == "conflict"
    assert team.values(handover)["note"] == "印章在抽屉里"
