"""A reply is a word that was said: whose it is, who may correct it, and from when it counts."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from daiban_schemas import entry
from daiban_server.db import schema
from daiban_server.db.program import Write
from daiban_server.features.cases import listing
from daiban_server.features.figures.catalogue import counts_for
from daiban_server.features.figures.gathering import Question, each
from daiban_server.spine import push, views
from daiban_sync.outcome import Outcome
from tests.cases.bureau import DAY, Bureau
from tests.figures.desk import span
from tests.replies.test_owing import OWED, reply, states

_o, _m = schema.obligation.c, schema.message.c
WRITTEN_BY = select(_o.cadre, _o.met_by, _o.state).where(_o.reply.is_not(None))
TOLD = select(_m.person, _m.code, _m.text).order_by(_m.code)


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    """A centre with one village."""
    return Bureau(tmp_path)


def amend(bureau: Bureau, who: str, record: bytes, **fields: Any) -> Outcome:
    """Change a record as somebody who has it before his eyes."""
    seen = bureau.record_position(record)
    return bureau.write(who, entry.change(record.hex(), "reply", fields, seen=seen, at=bureau.now))


def story(bureau: Bureau, case: bytes) -> list[dict[str, Any]]:
    """The replies of a case's story."""
    events = bureau.run(listing.story(bureau.centre, case, bureau.home))
    return [{**one.told, "by": one.by} for one in events if one.name == "replied"]


def told(bureau: Bureau) -> dict[str, str]:
    """Whom a reply gave reason to tell something, and the code of it."""
    names = {id_: name for name, id_ in bureau.people.items()}
    return {names[person]: code for person, code, _ in bureau.look(TOLD) if code.startswith("reply.")}


# Who may change it -----------------------------------------------------------------------------------------------


def test_nobody_changes_what_another_said(bureau: Bureau) -> None:
    case = bureau.case(who="王芳", source="home")
    given = reply(bureau, text="", application=case.hex())
    for who in ("李红", "赵敏", "王芳"):
        outcome = amend(bureau, who, given, text="已解决", on_behalf_of=bureau.people[who].hex())
        assert (outcome.outcome, outcome.code) == ("refused", "record.not_yours")
    assert bureau.values(given)["text"] == ""
    assert amend(bureau, "孙亮", given, text="已入户").outcome == "merged"


def test_who_logged_it_and_the_cadre_for_whom_both_may_correct_it(bureau: Bureau) -> None:
    given = reply(bureau, "赵敏", on_behalf_of=bureau.people["孙亮"].hex())
    assert amend(bureau, "孙亮", given, spoke_to="女儿").outcome == "merged"
    assert amend(bureau, "赵敏", given, spoke_to="儿子").outcome == "merged"
    assert amend(bureau, "李红", given, spoke_to="老伴").code == "record.not_yours"


def test_what_was_counted_stays_as_it_was_said_and_a_correction_stands_beside_it(bureau: Bureau) -> None:
    case = bureau.case(who="王芳", source="home")
    given = reply(bureau, application=case.hex(), spoke_to="张桂兰", replied_at=bureau.now)
    later = {"text": "没有去", "outcome": "problem", "spoke_to": "女儿", "how": "telephone", "replied_at": 0}
    outcome = amend(bureau, "孙亮", given, **later)
    assert (outcome.outcome, outcome.code) == ("conflict", "field.held")
    (found,) = bureau.run(views.shown(views.BY_ID, bureau.centre, record_id=given))
    assert found.status == "counted"
    said = {"text": "已入户，正在办", "outcome": "progressing", "spoke_to": "张桂兰", "how": "visit"}
    assert {name: found.view.values[name] for name in said} == said
    assert {name: [one.value for one in found.view.conflicts[name]][1:] for name in later} == {
        name: [value] for name, value in later.items()
    }
    (told,) = story(bureau, case)
    assert (told["text"], told["counted"], told["by"]) == ("已入户，正在办", True, "孙亮")
    assert amend(bureau, "孙亮", given, text="又改一次").outcome == "conflict", "he may go on saying so"
    assert story(bureau, case) == [told]


# Whose it is -----------------------------------------------------------------------------------------------------


def test_a_colleague_s_plain_reply_is_shown_and_meets_nothing_and_both_are_told(bureau: Bureau) -> None:
    case = bureau.case(who="王芳", source="home")
    reply(bureau, "王芳", application=case.hex())
    assert states(bureau) == ["due"]
    (said,) = story(bureau, case)
    assert (said["by"], said["counted"], said["on_behalf_of"]) == ("王芳", False, None)
    assert told(bureau) == {"王芳": "reply.not_counted", "孙亮": "reply.by_another"}
    texts = [text for _, _, text in bureau.look(TOLD)]
    assert "张桂兰家" in texts[0] and "王芳" in texts[0] and "孙亮" in texts[1]


@pytest.mark.parametrize("mark", ["on_behalf_of", "on_behalf"])
def test_a_reply_on_the_cadre_s_behalf_meets_what_he_owes_and_is_shown_as_such(bureau: Bureau, mark: str) -> None:
    case = bureau.case(who="王芳", source="home")
    sun = bureau.people["孙亮"]
    given = reply(bureau, "王芳", application=case.hex(), **{mark: sun.hex() if mark == "on_behalf_of" else True})
    assert states(bureau) == ["met", "due"]
    assert bureau.look(WRITTEN_BY) == [(sun, bureau.people["王芳"], "met")]
    assert bureau.values(given)["on_behalf_of"] == sun.hex()
    (said,) = story(bureau, case)
    assert (said["by"], said["on_behalf_of"], said["counted"]) == ("王芳", "孙亮", True)
    assert told(bureau) == {"孙亮": "reply.on_behalf"}
    question = Question(span("2026-11-24", "2026-12-31"), bureau.now, ("replies_on_behalf",))
    facts = list(bureau.run(each([bureau.centre], question)))
    assert [name for fact in facts for name in counts_for(fact) if name == "replies_on_behalf"] == ["replies_on_behalf"]
    assert {fact.person for fact in facts} == {sun}, "it is his that was met"


def test_marked_for_another_than_who_owes_it_it_meets_nothing(bureau: Bureau) -> None:
    case = bureau.case(who="王芳", source="home")
    reply(bureau, "孙亮", application=case.hex(), on_behalf_of=bureau.people["李红"].hex())
    assert states(bureau) == ["due"]


def test_who_stands_in_for_the_cadre_need_not_say_for_whom(bureau: Bureau) -> None:
    case = bureau.case(who="王芳", source="home")
    sun, qian = bureau.people["孙亮"], bureau.people["钱进"]
    row = (bureau.new(), bureau.centre, sun, qian, bureau.now - DAY, bureau.now + DAY)
    bureau.run(_write(row))
    given = reply(bureau, "钱进", application=case.hex())
    assert states(bureau) == ["met", "due"]
    assert bureau.values(given)["on_behalf_of"] == sun.hex()
    reply(bureau, "赵敏", application=case.hex())
    assert states(bureau) == ["met", "due"], "she stands in for nobody"


def _write(row: tuple[Any, ...]) -> Any:
    yield Write(schema.absence, [row])


# From when it counts ---------------------------------------------------------------------------------------------


def test_a_reply_that_is_saved_half_empty_counts_from_the_change_that_makes_it_whole(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is completed in the hills on the seventh day, in time, and comes on the tenth."""
    case = bureau.case(who="王芳", source="home")
    due = bureau.look(OWED)[0][3]
    given = reply(bureau, application=case.hex(), outcome=None)
    assert states(bureau) == ["due"]
    bureau.later(10)
    monkeypatch.setattr(push, "effective", lambda at, bounds: due - 3_600_000)
    assert amend(bureau, "孙亮", given, outcome="progressing").outcome == "merged"
    met, following = bureau.look(OWED)
    assert (met[2], met[4], following[2]) == ("met_received_late", given, "due")
    assert bureau.look(select(_o.met_at).where(_o.reply.is_not(None))) == [(due - 3_600_000,)]


def test_completed_too_late_it_is_late(bureau: Bureau) -> None:
    case = bureau.case(who="王芳", source="home")
    given = reply(bureau, application=case.hex(), text="")
    bureau.later(10)
    assert amend(bureau, "孙亮", given, text="已入户").outcome == "merged"
    assert sorted(states(bureau)) == ["due", "late"]


def test_saying_afterwards_for_whom_it_was_lets_it_count(bureau: Bureau) -> None:
    case = bureau.case(who="王芳", source="home")
    given = reply(bureau, "王芳", application=case.hex())
    assert amend(bureau, "王芳", given, on_behalf=True).outcome == "merged"
    assert states(bureau) == ["met", "due"]


def test_an_old_reply_that_is_saved_again_is_no_new_one(bureau: Bureau) -> None:
    """What the cadre said before there was a case is touched up when a reply is owed."""
    given = reply(bureau)
    bureau.later(20)
    bureau.case(who="王芳", source="home")
    assert amend(bureau, "孙亮", given, spoke_to="女儿", text="已入户，正在办。").outcome == "merged"
    assert states(bureau) == ["due"]
    counted = reply(bureau)
    assert states(bureau) == ["met", "due"]
    amend(bureau, "孙亮", counted, spoke_to="女儿")
    assert states(bureau) == ["met", "due"]


def test_the_cadre_hears_what_was_said_in_his_name_by_one_who_does_not_stand_in_for_him(bureau: Bureau) -> None:
    """What he owed is met by another's word: he can say that it was not so."""
    case = bureau.case(who="王芳", source="home")
    reply(bureau, "王芳", application=case.hex(), on_behalf=True)
    ((_, code, text),) = bureau.look(TOLD)
    assert (told(bureau), code) == ({"孙亮": "reply.on_behalf"}, "reply.on_behalf")
    assert text == "王芳代您登记了对张桂兰家的回复，已计入您的定期回复；如与实情不符，请向中心负责人反映。"


def test_whose_stand_in_replies_is_not_told_of_each_reply(bureau: Bureau) -> None:
    case = bureau.case(who="王芳", source="home")
    sun, qian = bureau.people["孙亮"], bureau.people["钱进"]
    row = (bureau.new(), bureau.centre, sun, qian, bureau.now - DAY, bureau.now + DAY)
    bureau.run(_write(row))
    reply(bureau, "钱进", application=case.hex(), on_behalf=True)
    assert told(bureau) == {}


def test_what_was_counted_stands_in_the_story_though_the_case_was_another_household_s(bureau: Bureau) -> None:
    case, home = bureau.case(who="王芳", source="home"), bureau.household("李大山")
    bureau.through(case, ("王芳", "submit", {}), ("赵敏", "accept", {}))
    reply(bureau)
    bureau.through(case, ("赵敏", "correct", {"reason": "挂错户", "values": {"household": home.hex()}}))
    events = bureau.run(listing.story(bureau.centre, case, home))
    assert [one.told["counted"] for one in events if one.name == "replied"] == [True]
