"""Receptions and opinions have one who answers for them, whoever leaves or is away (首问负责)."""

from sqlalchemy import select

from daiban_schemas import entry
from daiban_server.app import EFFECTS
from daiban_server.db import schema
from daiban_server.features.posts import open_work
from daiban_server.spine import projections
from tests.posts.team import Team


def _came(team: Team, who: str, **fields: object) -> bytes:
    return team.record(who, "reception", place=team.place.hex(), visitor="张桂兰", about="问低保", **fields)


def _said(team: Team, about: str | None = None, to: str | None = None) -> bytes:
    named = {"about": team.people[about].hex()} if about else {}
    said = team.record("赵敏", "opinion", place=team.place.hex(), channel="hotline", text="等了很久", **named)
    if to:
        assert team.give("李红", "opinion", said, "assign", to=team.people[to].hex()) == "merged"
    return said


def _leaves(team: Team, who: str, to: str) -> tuple[bytes, str]:
    gone = team.record("郑红", "handover", type="leaving", person=team.people[who].hex())
    assert team.give("郑红", "handover", gone, "arrange", to=team.people[to].hex()) == "merged"
    return gone, team.give("郑红", "handover", gone, "begin")


def test_what_came_to_nothing_yet_is_his_who_takes_over(team: Team) -> None:
    waits = _came(team, "赵敏")
    done = [_came(team, "赵敏", answer="已答复"), _came(team, "赵敏", outcome="advice")]
    owed, other = _said(team, to="赵敏"), _said(team, about="李红")
    gone, what = _leaves(team, "赵敏", "钱进")
    assert what == "merged"
    values = team.values(waits)
    assert (values["owner"], values["owner_id"]) == ("钱进", team.people["钱进"].hex())
    assert (values["handovers"][0]["from"], values["handovers"][0]["reason"]) == ("赵敏", "离岗")
    assert [team.values(one)["owner"] for one in done] == ["赵敏", "赵敏"], "it says who answered it"
    assert (team.values(owed)["answerer_name"], team.values(other)["answerer_name"]) == ("钱进", "郑红")
    note = team.values(gone)
    assert [one["number"] for one in note["receptions"]] == [values["number"]]
    assert [one["number"] for one in note["opinions"]] == [team.values(owed)["number"]]
    assert "张桂兰" not in str(note)
    assert f"{team.values(owed)['number']} 号意见反映由您接手，请最迟于12月1日答复。" in team.told("钱进")
    assert any(text.endswith("您接手0个地方、0件在办件、1次接待、1件意见反映。") for text in team.told("钱进"))


def test_what_is_about_the_one_who_takes_over_is_answered_above(team: Team) -> None:
    owed = _said(team, about="钱进", to="赵敏")
    assert _leaves(team, "赵敏", "钱进")[1] == "merged"
    assert team.values(owed)["answerer_name"] in ("李红", "郑红")


def test_nobody_leaves_an_opinion_to_nobody(team: Team) -> None:
    """It is about one head, and the other, who answers, would leave."""
    owed = _said(team, about="郑红", to="李红")
    gone, what = _leaves(team, "李红", "郑红")
    assert what == "handover.opinion"
    assert (team.status(gone), team.values(owed)["answerer_name"]) == ("arranged", "李红")
    assert team.give("李红", "opinion", owed, "answer", text="已经改了") == "merged"
    assert team.give("郑红", "handover", gone, "begin") == "merged"


def test_said_again_it_is_not_owed_by_one_who_left(team: Team) -> None:
    owed = _said(team, to="赵敏")
    assert team.give("赵敏", "opinion", owed, "answer", text="已经办了") == "merged"
    assert _leaves(team, "赵敏", "钱进")[1] == "merged"
    assert team.give("钱进", "opinion", owed, "reopen", reason="没有办") == "merged"
    assert team.values(owed)["answerer_name"] in ("李红", "郑红")


def test_the_stand_in_sees_what_the_absent_one_answers_for(team: Team) -> None:
    waits, owed, about = _came(team, "赵敏"), _said(team, to="赵敏"), _said(team, about="钱进", to="赵敏")
    away = team.away("赵敏", "钱进")
    assert team.values(waits)["owner"] == "赵敏", "the owner stays the owner"
    assert {team.values(one)["answerer_name"] for one in (owed, about)} == {"赵敏"}
    assert [len(team.values(away)[name]) for name in ("receptions", "opinions")] == [1, 1]
    assert any("1次接待、1件意见反映" in text for text in team.told("钱进"))
    assert any("1件意见反映须另行指定答复人" in text for text in team.told("郑红"))


def test_who_stands_in_is_not_told_of_what_is_about_himself(team: Team) -> None:
    team.away("赵敏", "钱进")
    _said(team, about="钱进", to="赵敏")
    assert not any("意见反映" in text for text in team.told("钱进"))
    _said(team, about="王芳", to="赵敏")
    assert any("（代赵敏）" in text for text in team.told("钱进"))


def test_who_changes_villages_keeps_what_came_elsewhere(team: Team) -> None:
    team.post("王芳", None, team.place, team.river)
    here = _came(team, "王芳")
    there = team.record("王芳", "reception", place=team.river.hex(), visitor="何秀", about="问补贴")
    moved = team.record(
        "李红", "handover", type="transfer", person=team.people["王芳"].hex(), places=[team.river.hex()]
    )
    assert team.give("李红", "handover", moved, "arrange", to=team.people["刘强"].hex()) == "merged"
    assert team.give("李红", "handover", moved, "begin") == "merged"
    assert (team.values(here)["owner"], team.values(there)["owner"]) == ("王芳", "刘强")


def test_a_reception_that_comes_late_from_a_leavers_phone_is_his_successors(team: Team) -> None:
    assert _leaves(team, "赵敏", "钱进")[1] == "merged"
    assert team.values(_came(team, "赵敏"))["owner"] == "钱进"


def _waiting(team: Team, who: str) -> list[bytes]:
    return [one.id for one in team.run(open_work.receptions(team.centre, team.people[who]))]


def _write_in(team: Team, who: str, reception: bytes, **fields: object) -> None:
    """Somebody who sees a reception as it is writes something into it."""
    seen = team.record_position(reception)
    body = entry.change(reception.hex(), "reception", fields, seen=seen, at=team.now, by=team.people[who].hex())
    assert team.write(who, body).outcome == "merged"


def test_a_reception_is_somebodys_work_until_something_comes_of_it(team: Team) -> None:
    waits = []
    for who in ("赵敏", "赵敏", "赵敏", "钱进"):
        team.now += 1
        waits.append(_came(team, who))
    first, second, third, theirs = waits
    for outcome in ("advice", "case", "referred"):
        _came(team, "赵敏", outcome=outcome)
    assert _waiting(team, "赵敏") == [third, second, first], "the newest first"
    _write_in(team, "赵敏", first, answer="已经说清楚了")
    _write_in(team, "钱进", second, outcome="referred")
    _write_in(team, "赵敏", third, outcome="recorded")
    assert _waiting(team, "赵敏") == [third], "to be written down is no answer"
    _write_in(team, "赵敏", first, answer=None)
    assert _waiting(team, "赵敏") == [third, first], "an answer that was taken back is owed again"
    assert _leaves(team, "赵敏", "钱进")[1] == "merged"
    assert (_waiting(team, "赵敏"), _waiting(team, "钱进")) == ([], [theirs, third, first])


def test_a_server_that_is_upgraded_shows_the_receptions_of_before(team: Team) -> None:
    waits = _came(team, "赵敏")
    _came(team, "赵敏", answer="已答复")
    before = team.look(select(schema.reception_sheet).order_by(schema.reception_sheet.c.id))
    team.look(schema.reception_sheet.delete())
    assert _waiting(team, "赵敏") == []
    team.run(projections.rebuild(team.centre, EFFECTS, team.now, since=4))
    assert _waiting(team, "赵敏") == [waits]
    assert team.look(select(schema.reception_sheet).order_by(schema.reception_sheet.c.id)) == before
