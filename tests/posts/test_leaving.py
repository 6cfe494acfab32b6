"""Somebody moves to other villages, or leaves for good: everything open is another's, by name."""

import secrets

import pytest
from sqlalchemy import bindparam, select

from daiban_schemas import entry
from daiban_schemas.handed import sign_of
from daiban_server.app import EFFECTS
from daiban_server.db import schema
from daiban_server.db.program import Write
from daiban_server.features.posts import open_work
from daiban_server.features.posts.leaving import SILENT
from daiban_server.http.enrolment import approve_device
from daiban_server.limits.calendar import local_day
from daiban_server.printing import handovers
from daiban_server.spine import handing_in, scope
from daiban_server.spine.opening import Sender, open_batch
from daiban_server.spine.push import push
from daiban_server.spine.refusal import Refusal
from daiban_sync import batch, limits
from daiban_sync.keys import SoftwareKey, fingerprint
from daiban_sync.outcome import unpack
from daiban_sync.wire import Hello
from tests.cases.bureau import DAY
from tests.posts.team import Team

_o, _d, _p = schema.obligation.c, schema.device.c, schema.person.c
CADRE = select(_o.cadre).where(_o.application == bindparam("case_id"))
STATE = select(_d.state).where(_d.id == bindparam("device_id"))
PERSON = select(_p.active, _p.login).where(_p.id == bindparam("person_id"))


def _hand_over(team: Team, who: str, to: str, kind: str, **fields: object) -> bytes:
    asked = team.record("李红", "handover", type=kind, person=team.people[who].hex(), **fields)
    assert team.give("李红", "handover", asked, "arrange", to=team.people[to].hex()) == "merged"
    assert team.give("李红", "handover", asked, "begin") == "merged"
    return asked


def _phone(team: Team, who: str) -> bytes:
    phone = team.new()
    row = (phone, team.centre, team.people[who], "旧手机", bytes(32), "active", 1, 1, None, 1, 0, "sdk", None)
    team.run(_write(Write(schema.device, [row])))
    return phone


def _says(team: Team, phone: bytes, left: int | None) -> None:
    """A request of the phone's, with nothing to hand in."""
    team.run(handing_in.hear(team.centre, phone, Hello(left=left), (), team.now))


def _write(write: Write):  # type: ignore[no-untyped-def]  # a program of one operation
    yield write


def test_who_leaves_hands_over_everything_by_name(team: Team) -> None:
    post = team.post("王芳", "周静", team.place)
    case = team.case(who="王芳")
    team.through(case, ("王芳", "submit", {}), ("赵敏", "receive", {}))
    left = _hand_over(team, "王芳", "刘强", "leaving")
    assert team.places("王芳") == {}
    assert team.places("刘强") == {team.place: "A"}
    assert (team.values(case)["owner"], team.values(case)["handler"]) == ("刘强", "赵敏")
    assert team.values(case)["handovers"][-1]["reason"] == "离岗"
    assert team.values(post)["a"]["name"] == "刘强"
    assert team.look(PERSON, person_id=team.people["王芳"]) == [(False, None)]
    assert team.give("李红", "handover", left, "return") == "handover.final"
    with pytest.raises(Refusal, match=r"person\.unknown"):
        team.run(scope.assign(team.centre, team.people["王芳"], team.river, "A", team.now))
    team.watch_handovers()
    assert team.status(left) == "ended", "no phone is awaited"


def test_his_phone_may_hand_in_what_it_has_and_is_locked_out_when_it_has_rested(team: Team) -> None:
    phone = _phone(team, "王芳")
    left = _hand_over(team, "王芳", "刘强", "leaving")
    assert team.values(left)["devices"] == [phone.hex()]
    assert team.look(STATE, device_id=phone) == [("leaving",)]
    team.later(2)
    team.watch_handovers()
    assert team.status(left) == "begun", "it was not heard of since"
    _says(team, phone, left=0)
    team.later(2.5)
    team.watch_handovers()
    assert team.look(STATE, device_id=phone) == [("handed_in",)], "it may still take it back"
    team.later(0.6)
    team.watch_handovers()
    assert team.look(STATE, device_id=phone) == [("revoked",)]
    assert team.status(left) == "ended"


def test_a_phone_that_never_comes_back_is_told_of_once_a_day(team: Team) -> None:
    _phone(team, "王芳")
    _hand_over(team, "王芳", "刘强", "leaving")
    team.later(SILENT / DAY + 0.1)
    for _ in range(3):
        team.watch_handovers()
    text = "“旧手机”1月1日最后联系，里面没交来的记录和照片，停用后就再也没有了。"
    assert team.told("郑红").count(f"王芳已离岗，还有1部手机没有交清：{text}") == 1


@pytest.mark.parametrize("left", [None, 7])
def test_a_phone_that_did_not_say_that_nothing_is_left_is_given_up_by_name_alone(team: Team, left: int | None) -> None:
    """It is heard of, and then rests for a month: what it holds nobody knows."""
    phone = _phone(team, "王芳")
    gone = _hand_over(team, "王芳", "刘强", "leaving")
    team.later(1)
    _says(team, phone, left)
    team.later(30)
    team.watch_handovers()
    assert team.look(STATE, device_id=phone) == [("leaving",)]
    assert "没有交清" in team.told("郑红")[-1]
    (shown,) = team.run(open_work.devices(team.people["王芳"]))
    assert (shown["handed_in"], "就再也没有了" in shown["warning"]) == (False, True)
    named = {"device": phone.hex(), "reason": "手机掉进河里"}
    assert team.give("李红", "handover", gone, "give_up", **named) == "handover.unsent"
    assert team.give("刘强", "handover", gone, "give_up", **named, lost=True) == "command.not_your_role"
    assert team.look(STATE, device_id=phone) == [("leaving",)]
    assert team.give("李红", "handover", gone, "give_up", **named, lost=True) == "merged"
    assert team.look(STATE, device_id=phone) == [("revoked",)]
    (said,) = team.values(gone)["given_up"]
    assert (said["by"], said["reason"], said["handed_in"]) == ("李红", "手机掉进河里", False)
    assert team.give("李红", "handover", gone, "give_up", **named, lost=True) == "handover.not_awaited"
    team.watch_handovers()
    assert team.status(gone) == "ended"


@pytest.mark.parametrize("state", ["pending", "frozen"])
def test_a_phone_that_may_not_speak_is_not_locked_out_unseen(team: Team, state: str) -> None:
    phone = _phone(team, "王芳")
    team.look(schema.device.update().where(_d.id == phone).values(state=state))
    gone = _hand_over(team, "王芳", "刘强", "leaving")
    team.later(30)
    team.watch_handovers()
    assert (team.look(STATE, device_id=phone), team.status(gone)) == ([(state,)], "begun")
    if state == "pending":
        compared = fingerprint(bytes(32))
        team.run(approve_device(phone, team.centre, team.people["李红"], compared, team.now))
        assert team.look(STATE, device_id=phone) == [("leaving",)]
    named = {"device": phone.hex(), "reason": "手机坏了", "lost": True}
    assert team.give("李红", "handover", gone, "give_up", **named) == "merged"
    assert team.look(STATE, device_id=phone) == [("revoked",)]


def test_a_phone_takes_back_that_nothing_is_left(team: Team) -> None:
    phone = _phone(team, "王芳")
    _hand_over(team, "王芳", "刘强", "leaving")
    _says(team, phone, left=0)
    team.later(1)
    _says(team, phone, left=2)
    team.later(9)
    team.watch_handovers()
    assert team.look(STATE, device_id=phone) == [("leaving",)]


def test_nobody_gives_up_the_phone_of_one_who_stays(team: Team) -> None:
    phone = _phone(team, "王芳")
    away = team.away("王芳", "刘强")
    named = {"device": phone.hex(), "reason": "丢了", "lost": True}
    assert team.give("李红", "handover", away, "give_up", **named) == "handover.not_awaited"
    assert team.look(STATE, device_id=phone) == [("active",)]


def test_what_a_cadre_owed_is_his_successors(team: Team) -> None:
    case = team.case(who="王芳", source="home", mode="proxy")
    assert team.look(CADRE, case_id=case) == [(team.people["孙亮"],)]
    _hand_over(team, "孙亮", "吴军", "leaving")
    assert team.look(CADRE, case_id=case) == [(team.people["吴军"],)]
    assert team.places("吴军") == {team.place: "A"}


def test_what_the_centre_was_not_handed_yet_is_the_successors_too(team: Team) -> None:
    """One case was collected at a home, of the other there is a draft."""
    collected, draft = team.case(who="王芳", source="home"), team.case(who="王芳", source="home")
    team.through(collected, ("王芳", "collected", {}))
    left = _hand_over(team, "王芳", "刘强", "leaving")
    (told,) = team.values(left)["cases"]
    assert told == {"sign": sign_of(left, collected), "item": "最低生活保障申请", "status": "collected"}
    (shown,) = team.run(handovers.handover(team.centre, left, "", local_day(team.now))).cases
    assert (shown.applicant, shown.status) == ("张桂兰", "已上门收件")
    for case in (collected, draft):
        team.through(case, ("刘强", "submit", {}), ("赵敏", "receive", {}))
        assert team.values(case)["owner"] == "刘强"
    _hand_over(team, "刘强", "周静", "leaving")
    late = team.case(who="王芳", source="home")
    team.through(late, ("周静", "submit", {}))
    assert team.values(late)["owner"] == "周静", "from the phone of one whose successor left as well"


def test_what_was_withdrawn_and_not_filed_yet_is_the_successors_to_file(team: Team) -> None:
    case = team.case(who="王芳")
    team.through(case, ("王芳", "submit", {}), ("赵敏", "receive", {}), ("赵敏", "withdraw", {"reason": "自愿撤回"}))
    _hand_over(team, "王芳", "刘强", "leaving")
    assert team.values(case)["owner"] == "刘强"


@pytest.mark.parametrize("kind", ["absence", "leaving"])
def test_what_was_done_stays_whose_work_it_was(team: Team, kind: str) -> None:
    """Who takes over files it; the figures and the rating of what is done are not his."""
    case = team.case(who="赵敏")
    team.through(case, ("赵敏", "submit", {}), ("赵敏", "receive", {}))
    team.through(case, ("李红", "hand_over", {"to": team.people["王芳"].hex(), "reason": "请他办"}))
    team.through(case, ("赵敏", "accept", {}), ("赵敏", "complete", {"result": "符合条件"}))
    _hand_over(team, "王芳", "刘强", kind)
    owner = "刘强" if kind == "leaving" else "王芳"
    assert (team.values(case)["owner"], team.values(case)["handler"]) == (owner, "王芳")


def test_more_cases_than_a_note_names_go_to_the_successor(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_work, "MOST", 1)
    cases = [team.case(who="王芳") for _ in range(3)]
    for case in cases:
        team.through(case, ("王芳", "submit", {}))
    left = _hand_over(team, "王芳", "刘强", "leaving")
    assert len(team.values(left)["cases"]) == 1
    assert {team.values(case)["owner"] for case in cases} == {"刘强"}


def test_who_changes_villages_hands_over_only_what_is_there(team: Team) -> None:
    post = team.post("王芳", None, team.place, team.river)
    here = team.case(who="王芳")
    team.through(here, ("王芳", "submit", {}))
    home = team.record("赵敏", "household", place=team.river.hex(), head="何秀", phone="13700000001")
    there = team.case(who="王芳", household=home.hex())
    team.through(there, ("王芳", "submit", {}))
    moved = _hand_over(team, "王芳", "刘强", "transfer", places=[team.river.hex()])
    assert (team.values(here)["owner"], team.values(there)["owner"]) == ("王芳", "刘强")
    assert team.places("王芳") == {team.place: "A"}
    assert team.places("刘强") == {team.river: "A"}
    assert team.values(post)["places"] == [team.place.hex()]
    assert team.look(PERSON, person_id=team.people["王芳"])[0][0] == 1
    team.watch_handovers()
    assert team.status(moved) == "ended"


def test_the_only_head_cannot_leave(team: Team) -> None:
    asked = team.record("李红", "handover", type="leaving", person=team.people["李红"].hex())
    assert team.give("李红", "handover", asked, "arrange", to=team.people["郑红"].hex()) == "merged"
    gone = team.record("李红", "handover", type="leaving", person=team.people["郑红"].hex())
    assert team.give("李红", "handover", asked, "begin") == "merged"
    assert team.give("郑红", "handover", gone, "arrange", to=team.people["郑红"].hex()) == "handover.role"
    assert team.look(PERSON, person_id=team.people["郑红"])[0][0] == 1


def test_a_head_who_left_appoints_nobody_from_his_phone(team: Team) -> None:
    phone, key = _phone(team, "郑红"), SoftwareKey(secrets.token_bytes(32))
    team.look(schema.device.update().where(_d.id == phone).values(key=key.public_key))
    post = team.record("李红", "post", title="河湾代办岗", role="agent")
    _hand_over(team, "郑红", "李红", "leaving")
    named = {"a": team.people["刘强"].hex(), "places": [team.river.hex()]}
    before = team.now - DAY
    bodies = [
        entry.command(post.hex(), "post", "appoint", named, expected=None, at=before),
        entry.change(team.home.hex(), "household", {"phone": "13800000000"}, seen=0, at=before),
    ]
    header = batch.Header(
        protocol=limits.PROTOCOL,
        flags=0,
        origin=team.keys.origin,
        centre=team.centre,
        device=phone,
        sequence=1,
        previous=batch.FIRST,
        checkpoint_size=0,
        checkpoint=batch.NO_CHECKPOINT,
        first=1,
        entry_count=len(bodies),
    )
    sender = Sender(phone, team.centre, team.people["郑红"], "head", key.public_key)
    opened = open_batch(batch.seal(header, secrets.token_bytes(32), bodies, key), sender, team.keys)
    pushed = team.run(push(sender, [opened], team.keys, EFFECTS, team.now))
    assert [one.code for one in unpack(pushed.outcomes[0])] == ["command.not_your_role", "scope.foreign"]
    assert (team.status(post), team.places("刘强")) == ("vacant", {})


def test_who_left_is_given_no_place(team: Team) -> None:
    _hand_over(team, "王芳", "刘强", "leaving")
    with pytest.raises(Refusal, match=r"person\.unknown"):
        team.run(scope.assign(team.centre, team.people["王芳"], team.place, "A", team.now))
    assert team.places("王芳") == {}


def test_a_phone_that_is_heard_of_every_day_is_locked_out_in_the_end(team: Team) -> None:
    phone = _phone(team, "王芳")
    left = _hand_over(team, "王芳", "刘强", "leaving")
    for _ in range(8):
        assert team.look(STATE, device_id=phone) != [("revoked",)]
        team.later(0.9)
        _says(team, phone, left=0)
        team.watch_handovers()
    assert team.look(STATE, device_id=phone) == [("revoked",)]
    assert team.status(left) == "ended"


def test_nobody_leaves_a_relatives_case_to_nobody(team: Team) -> None:
    case = team.case(who="王芳", kin={"person": team.people["刘强"].hex(), "relation": "表弟"})
    team.through(case, ("王芳", "submit", {}))
    gone = team.record("李红", "handover", type="leaving", person=team.people["王芳"].hex())
    assert team.give("李红", "handover", gone, "arrange", to=team.people["刘强"].hex()) == "merged"
    assert team.give("李红", "handover", gone, "begin") == "handover.kin"
    assert (team.values(case)["owner"], team.places("王芳")) == ("王芳", {team.place: "A"})
    team.through(case, ("李红", "hand_over", {"to": team.people["周静"].hex(), "reason": "回避"}))
    assert team.give("李红", "handover", gone, "begin") == "merged"
