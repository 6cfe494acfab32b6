"""A reply that is owed follows the case, its household and whoever answers for that; one that was given stays."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from daiban_schemas import entry
from daiban_server import choices, provision
from daiban_server.db import schema
from daiban_server.db.program import Program, Write, run
from daiban_server.features.replies import following
from tests.cases.bureau import Bureau
from tests.replies.test_owing import reply, states

_o = schema.obligation.c
OWED = select(_o.cadre, _o.state, _o.household, _o.reply).order_by(_o.created, _o.round)


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    """A centre with one village."""
    return Bureau(tmp_path)


@pytest.fixture
def other(bureau: Bureau) -> bytes:
    """Another village, with a cadre of its own, 周强."""
    village = bureau.new()
    bureau.people["周强"] = bureau.new()
    bureau.run(_village(bureau, village))
    return village


def _village(bureau: Bureau, village: bytes) -> Program[None]:
    yield from provision.add_places([provision.Place(village, bureau.centre, None, "point", "白河村")])
    row = (bureau.people["周强"], bureau.centre, "周强", "0915-3210002", "9", "cadre", None, None, True)
    yield Write(schema.person, [row])
    yield from provision.add_territory([(bureau.people["周强"], village, "A")])


def change(bureau: Bureau, kind: str, record: bytes, **fields: Any) -> None:
    seen = bureau.record_position(record)
    outcome = bureau.write("赵敏", entry.change(record.hex(), kind, fields, seen=seen, at=bureau.now))
    assert outcome.outcome == "merged"


def owed(bureau: Bureau) -> list[tuple[str, str]]:
    """Who owes or gave each reply, and how it stands."""
    names = {id_: name for name, id_ in bureau.people.items()}
    return [(names.get(row[0], "无人"), row[1]) for row in bureau.look(OWED)]


def follow(bureau: Bureau) -> None:
    """What the server does by itself once a day."""
    for centre in bureau.run(following.waiting(bureau.now)):
        bureau.run(following.look(centre, b"", bureau.now))


def test_what_turns_out_to_come_from_a_home_owes_replies_and_owes_none_when_it_does_not(bureau: Bureau) -> None:
    case = bureau.case(who="王芳")
    change(bureau, "application", case, source="home")
    assert owed(bureau) == [("孙亮", "due")]
    change(bureau, "application", case, source="counter")
    assert states(bureau) == ["lapsed"]
    change(bureau, "application", case, source="home")
    assert states(bureau) == ["lapsed", "due"]


def test_a_correction_of_the_source_moves_it_and_a_plain_edit_does_not(bureau: Bureau) -> None:
    case = bureau.case(who="王芳")
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "receive", {}))
    seen = bureau.record_position(case)
    bureau.write("赵敏", entry.change(case.hex(), "application", {"source": "home"}, seen=seen, at=bureau.now))
    assert owed(bureau) == []
    bureau.through(case, ("赵敏", "correct", {"values": {"source": "home"}, "reason": "实为上门收件"}))
    assert owed(bureau) == [("孙亮", "due")]


def test_a_household_that_moves_is_answered_by_the_cadre_of_its_new_place(bureau: Bureau, other: bytes) -> None:
    case = bureau.case(who="王芳", source="home")
    bureau.later(1)
    given = reply(bureau, application=case.hex())
    change(bureau, "household", bureau.home, place=other.hex())
    assert owed(bureau) == [("孙亮", "met"), ("周强", "due")]
    assert bureau.look(OWED)[0][3] == given
    (move,) = bureau.values(case)["reply_moves"]
    assert (move["from"], move["to"], move["at"]) == ("孙亮", "周强", bureau.now)


def test_a_household_s_own_cadre_comes_before_that_of_its_place(bureau: Bureau, other: bytes) -> None:
    case = bureau.case(who="王芳", source="home")
    change(bureau, "household", bureau.home, cadre=bureau.people["周强"].hex())
    change(bureau, "household", bureau.home, cadre=None)
    assert owed(bureau) == [("孙亮", "due")]
    assert [(one["from"], one["to"]) for one in bureau.values(case)["reply_moves"]] == [
        ("孙亮", "周强"),
        ("周强", "孙亮"),
    ]


def test_a_case_of_another_household_is_answered_there(bureau: Bureau, other: bytes) -> None:
    home = bureau.household("陈福来", place=other.hex())
    case = bureau.case(who="王芳", source="home")
    change(bureau, "application", case, household=home.hex())
    assert [(row[0], row[2]) for row in bureau.look(OWED)] == [(bureau.people["周强"], home)]


def test_what_a_cadre_owed_who_left_passes_to_who_answers_now(bureau: Bureau, other: bytes) -> None:
    case = bureau.case(who="王芳", source="home")
    ended = bureau.case("direct", "王芳", source="home")
    bureau.through(ended, ("王芳", "submit", {}), ("赵敏", "finish", {"result": "已登记"}))
    bureau.run(provision.add_territory([(bureau.people["周强"], bureau.place, "B")]))
    assert bureau.run(following.orphaned()) == []
    gone = update(schema.person).where(schema.person.c.id == bureau.people["孙亮"]).values(active=False)
    bureau.run(run(gone))
    assert bureau.run(following.orphaned()) == [(bureau.centre, case)]
    bureau.run(following.follow_all(bureau.centre, [case], bureau.now))
    assert sorted(owed(bureau)) == [("周强", "due"), ("孙亮", "lapsed")]
    assert bureau.run(following.orphaned()) == []


def test_cases_that_run_already_owe_replies_when_the_district_chooses_so(bureau: Bureau) -> None:
    case = bureau.case("proxy")
    bureau.through(case, ("赵敏", "submit", {}))
    follow(bureau)
    assert owed(bureau) == []
    bureau.run(choices.choose(reply_for_proxied=True))
    follow(bureau)
    follow(bureau)
    assert owed(bureau) == [("孙亮", "due")]
    bureau.run(choices.choose(reply_for_proxied=False))
    follow(bureau)
    assert owed(bureau) == [("孙亮", "lapsed")]


def test_a_place_that_another_answers_for_now_is_noticed_the_next_day(bureau: Bureau, other: bytes) -> None:
    case = bureau.case(who="王芳", source="home")
    bureau.through(case, ("王芳", "submit", {}))
    follow(bureau)
    left = schema.territory.delete().where(schema.territory.c.person == bureau.people["孙亮"])
    bureau.run(run(left))
    bureau.later(1)
    follow(bureau)
    assert owed(bureau) == [("孙亮", "due")], "nobody else answers"
    bureau.run(provision.add_territory([(bureau.people["周强"], bureau.place, "A")]))
    follow(bureau)
    assert owed(bureau) == [("孙亮", "due")], "it was looked at today"
    bureau.later(1)
    follow(bureau)
    assert owed(bureau) == [("周强", "due")]


def test_what_nobody_answers_for_any_more_waits_for_somebody(bureau: Bureau) -> None:
    case = bureau.case(who="王芳", source="home")
    gone = update(schema.person).where(schema.person.c.id == bureau.people["孙亮"]).values(active=False)
    bureau.run(run(gone))
    bureau.run(following.follow_all(bureau.centre, [case], bureau.now))
    assert owed(bureau) == [("无人", "due")]
    assert [(one["from"], one["to"]) for one in bureau.values(case)["reply_moves"]] == [("孙亮", None)]
