"""Absences, leavings and moves that cross each other: there is always somebody, and no work goes to one who is not
there."""

import secrets

from daiban_schemas import entry
from daiban_server.app import EFFECTS
from daiban_server.limits.calendar import local_day
from daiban_server.printing import handovers
from daiban_server.spine import desk
from daiban_server.staff import stand_ins
from tests.cases.bureau import DAY
from tests.posts.team import Team


def _arranged(team: Team, who: str, to: str, kind: str = "absence", **fields: object) -> bytes:
    asked = team.record("李红", "handover", type=kind, person=team.people[who].hex(), **fields)
    assert team.give("李红", "handover", asked, "arrange", to=team.people[to].hex()) == "merged"
    return asked


def _handled(team: Team, who: str) -> bytes:
    case = team.case(who="赵敏")
    team.through(case, ("赵敏", "submit", {}), ("赵敏", "receive", {}))
    team.through(case, ("李红", "hand_over", {"to": team.people[who].hex(), "reason": "请他办"}))
    return case


def test_a_second_absence_waits_until_the_first_is_over(team: Team) -> None:
    """王芳 is to be away again, in another's hands, but has not come back from the first time."""
    case = _handled(team, "王芳")
    first = team.away("王芳", "刘强", until=team.now + 2 * DAY)
    second = _arranged(team, "王芳", "周静", since=team.now + 3 * DAY)
    team.later(3)
    team.watch_handovers()
    assert (team.status(first), team.status(second)) == ("begun", "arranged")
    assert team.values(case)["handler"] == "刘强"
    assert any("王芳的请假到时间了，但不能开始" in text for text in team.told("李红"))
    assert team.give("王芳", "handover", first, "return") == "merged"
    team.watch_handovers()
    assert (team.status(second), team.values(case)["handler"]) == ("begun", "周静")


def test_nothing_goes_to_one_who_has_not_come_back(team: Team) -> None:
    """刘强 was to be back in time to stand in for 王芳."""
    away = team.away("刘强", "周静", until=team.now + 2 * DAY)
    asked = _arranged(team, "王芳", "刘强", since=team.now + 3 * DAY)
    case = _handled(team, "王芳")
    team.later(3)
    assert team.give("李红", "handover", asked, "begin") == "handover.away"
    assert team.values(case)["handler"] == "王芳"
    assert team.give("刘强", "handover", away, "return") == "merged"
    assert team.give("李红", "handover", asked, "begin") == "merged"


def test_who_is_away_changes_no_villages_meanwhile(team: Team) -> None:
    team.away("王芳", "刘强")
    moved = _arranged(team, "王芳", "周静", "transfer", places=[team.place.hex()])
    assert team.give("李红", "handover", moved, "begin") == "handover.twice"
    assert team.places("周静") == {}


def test_a_stand_in_who_falls_ill_himself_is_replaced(team: Team) -> None:
    post = team.post("王芳", None, team.place)
    case, mine = _handled(team, "王芳"), _handled(team, "刘强")
    away = team.away("王芳", "刘强", until=team.now + 5 * DAY)
    ill = team.record("刘强", "handover", type="absence", person=team.people["刘强"].hex())
    to = {"to": team.people["周静"].hex()}
    assert team.give("李红", "handover", ill, "arrange", **to) == "handover.stands_in"
    assert team.give("刘强", "handover", away, "replace", **to) == "command.not_your_role"
    team.later(1)
    assert team.give("李红", "handover", away, "replace", **to) == "merged"
    assert (team.places("刘强"), team.places("周静")) == ({}, {team.place: "B"})
    assert (team.values(case)["owner"], team.values(case)["handler"]) == ("王芳", "周静")
    assert team.values(mine)["handler"] == "刘强", "his own"
    assert team.values(post)["on_duty"]["name"] == "周静"
    team.later(0.01)
    assert [one.name for one in team.run(stand_ins(team.people["王芳"], team.now))] == ["周静"]
    for who in ("王芳", "刘强", "周静"):
        assert "王芳请假期间，改由周静接替刘强顶岗。" in team.told(who)
    assert team.give("李红", "handover", ill, "arrange", **to) == "merged", "now he may be away"
    assert team.give("王芳", "handover", away, "return") == "merged"
    assert (team.places("周静"), team.values(case)["handler"]) == ({}, "王芳")
    assert team.values(post).get("on_duty") is None


def test_nobody_is_replaced_by_one_who_is_not_there_or_is_the_applicants_relative(team: Team) -> None:
    case = team.case(who="赵敏", kin={"person": team.people["周静"].hex(), "relation": "表弟"})
    team.through(case, ("赵敏", "submit", {}), ("赵敏", "receive", {}))
    team.through(case, ("李红", "hand_over", {"to": team.people["王芳"].hex(), "reason": "请他办"}))
    away = team.away("王芳", "刘强")
    for to in ("王芳", "刘强", "赵敏"):
        assert team.give("李红", "handover", away, "replace", to=team.people[to].hex()) == "handover.role"
    assert team.give("李红", "handover", away, "replace", to=team.people["周静"].hex()) == "merged"
    assert team.values(case)["handler"] == "刘强"
    assert any("1件因回避须另行移交" in text for text in team.told("郑红"))
    assert team.status(_arranged(team, "刘强", "周静")) == "arranged", "he stands in no more"


def test_what_stayed_with_the_stand_in_before_comes_back_too(team: Team) -> None:
    """刘强 keeps the case that 周静, his successor, may not have, and the one that he was given by name later."""
    case, other = _handled(team, "王芳"), _handled(team, "王芳")
    away = team.away("王芳", "刘强")
    kin = {"person": team.people["周静"].hex(), "relation": "表弟"}
    seen = team.record_position(case)
    team.write("赵敏", entry.change(case.hex(), "application", {"kin": kin}, seen=seen, at=team.now))
    for to in ("周静", "刘强", "周静"):
        assert team.give("李红", "handover", away, "replace", to=team.people[to].hex()) == "merged"
    assert len(team.values(away)["kept"]) == 1, "however often"
    printed = team.run(handovers.handover(team.centre, away, "李红", local_day(team.now)))
    notes = sorted((one.number, one.note) for one in printed.cases)
    numbers = [team.values(one)["number"] for one in (case, other)]
    assert notes == [(numbers[0], handovers.BY_KIN), (numbers[1], "")], "each once"
    team.through(other, ("李红", "hand_over", {"to": team.people["刘强"].hex(), "reason": "他去过这户"}))
    assert team.give("王芳", "handover", away, "return") == "merged"
    assert [team.values(one)["handler"] for one in (case, other)] == ["王芳", "刘强"]


def test_who_stands_in_and_changes_villages_keeps_what_is_anothers(team: Team) -> None:
    case, mine = _handled(team, "王芳"), _handled(team, "刘强")
    away = team.away("王芳", "刘强")
    moved = _arranged(team, "刘强", "周静", "transfer")
    assert team.give("李红", "handover", moved, "begin") == "merged"
    assert (team.values(case)["handler"], team.values(mine)["handler"]) == ("刘强", "周静")
    assert team.give("王芳", "handover", away, "return") == "merged"
    assert team.values(case)["handler"] == "王芳"


def test_several_acts_in_one_batch_know_of_each_other(team: Team) -> None:
    """The head arranges in the hills: 王芳 is back, and stands in for 刘强 from now on."""
    away = team.away("王芳", "刘强")
    asked, other = (
        team.record("李红", "handover", type="absence", person=team.people[who].hex()) for who in ("刘强", "王芳")
    )
    me, to, third = (team.people[name].hex() for name in ("李红", "王芳", "周静"))

    def said(record: bytes, name: str, **arguments: str) -> bytes:
        return entry.command(record.hex(), "handover", name, arguments or None, expected=None, at=team.now, by=me)

    bodies = [
        said(away, "return"),
        said(asked, "arrange", to=to),
        said(asked, "begin"),
        said(other, "arrange", to=third),
    ]
    clerk = desk.Clerk(team.people["李红"], "head", team.centre)
    outcomes = team.run(desk.write(clerk, bodies, team.keys, EFFECTS, team.now, secrets.token_bytes(32)))
    assert [one.code for one in outcomes] == [None, None, None, "handover.stands_in"]
    assert team.status(asked) == "begun"


def test_what_was_asked_for_in_the_hills_comes_after_its_days(team: Team) -> None:
    times = {"since": team.now - 5 * DAY, "until": team.now - 2 * DAY}
    asked = team.record("王芳", "handover", type="absence", person=team.people["王芳"].hex(), **times)
    (told,) = team.told("李红")
    assert told == ("王芳申请请假，但上报时日子已过（自11月19日起至11月22日）：不用再安排，请核对其间有没有耽误的事。")
    assert team.give("李红", "handover", asked, "arrange", to=team.people["刘强"].hex()) == "handover.time"
    assert team.give("李红", "handover", asked, "cancel") == "merged"
    assert team.places("刘强") == {}


def test_a_head_who_leaves_while_the_other_is_away_leaves_to_nobody(team: Team) -> None:
    asked = _arranged(team, "郑红", "李红", "leaving")
    away = team.record("郑红", "handover", type="absence", person=team.people["李红"].hex())
    assert team.give("郑红", "handover", away, "arrange", to=team.people["郑红"].hex()) == "handover.away"
    assert team.give("李红", "handover", asked, "begin") == "merged"
    alone = team.record("李红", "handover", type="leaving", person=team.people["李红"].hex())
    assert team.give("李红", "handover", alone, "arrange", to=team.people["郑红"].hex()) == "person.unknown"
