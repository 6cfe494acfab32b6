"""What an item demands of who brings a case is there before the centre takes it on, and nobody waives it."""

import secrets
from typing import Any

import pytest

from daiban_schemas import entry
from daiban_server.app import EFFECTS
from daiban_server.db.program import Program
from daiban_server.spine import desk, log
from daiban_server.spine.ledger import Ledger
from daiban_sync import ids
from tests.cases.bureau import Bureau

LIMIT = {"promised_limit": {"days": 10, "unit": "working"}}


def item(bureau: Bureau, **demands: Any) -> str:
    """An item of the district's that demands something."""
    record = bureau.new().hex()
    fields = {
        "code": "MZ-20",
        "window": "民政救助",
        "name": "收养登记",
        "modes": ["direct", "limited", "home"],
        **LIMIT,
    }
    district = desk.Clerk(ids.NOBODY, "district", ids.NOBODY)
    body = entry.change(record, "item", fields | demands, seen=0, at=bureau.now)
    bureau.run(desk.write(district, [body], bureau.keys, EFFECTS, bureau.now, secrets.token_bytes(32)))
    return record


def handed_in(bureau: Bureau, item: str, source: str = "home", **collected: Any) -> bytes:
    """A case of that item whose papers are in the centre's hands."""
    case = bureau.case(who="王芳", item=item, source=source)
    if source == "home":
        bureau.through(case, ("王芳", "collected", collected))
    bureau.through(case, ("王芳", "submit", {}), ("赵敏", "receive", {}))
    return case


def mandate(bureau: Bureau, case: bytes, mark: str, **fields: Any) -> None:
    signers = [{"name": "张桂兰", "mark": mark, "at": bureau.now}]
    given = {"application": case.hex(), "agent": "王芳", "signers": signers, **fields}
    body = entry.change(bureau.new().hex(), "mandate", given, seen=0, at=bureau.now)
    assert bureau.write("王芳", body).outcome == "new"


def _assigned(bureau: Bureau, visit: bytes, crew: str) -> Program[None]:
    """The visit as the server promised it to somebody."""
    position, frontier = yield from log.lock(bureau.centre)
    ledger = Ledger(bureau.centre, bureau.now, position)
    yield from ledger.load([visit])
    record = ledger.records[visit]
    assert record is not None
    when = {"start": bureau.now, "end": bureau.now + 1_800_000}
    ledger.write_fields(record, {"agent": bureau.people["王芳"].hex(), "agent_name": crew, **when}, "assigned")
    yield from ledger.flush()
    yield from log.advance(bureau.centre, ledger.position, frontier)


def visit(bureau: Bureau, *reports: str, crew: str = "王芳", **fields: Any) -> None:
    """A visit of the home, with what became of it."""
    record = bureau.new()
    windows = [{"from": bureau.now + 86_400_000, "to": bureau.now + 90_000_000}]
    given = {"household": bureau.home.hex(), "minutes": 30, "windows": windows} | fields
    assert bureau.write("赵敏", entry.change(record.hex(), "visit", given, seen=0, at=bureau.now)).outcome == "new"
    bureau.run(_assigned(bureau, record, crew))
    for name in reports:
        body = entry.report(record.hex(), "visit", name, None, at=bureau.now, by=bureau.people["王芳"].hex())
        assert bureau.write("王芳", body).code is None


@pytest.mark.parametrize(("who", "reason"), [("赵敏", {}), ("李红", {"reason": "情况特殊"})])
def test_what_needs_a_mandate_on_paper_is_not_accepted_on_a_drawn_one(
    bureau: Bureau, who: str, reason: dict[str, str]
) -> None:
    case = handed_in(bureau, item(bureau, paper_mandate_only=True))
    mandate(bureau, case, "drawn")
    mandate(bureau, case, "paper", valid_until="2026-11-23")
    assert bureau.ask(who, case, "accept", **reason) == "mandate.not_on_paper"
    assert bureau.ask("赵敏", case, "finish", result="好") == "mandate.not_on_paper"
    assert bureau.status(case) == "received"
    mandate(bureau, case, "paper", valid_until="2026-11-24")
    bureau.through(case, (who, "accept", {}))


def test_who_comes_in_person_needs_no_mandate_and_is_seen(bureau: Bureau) -> None:
    case = handed_in(bureau, item(bureau, paper_mandate_only=True, person_must_come=True, crew=2), "counter")
    bureau.through(case, ("赵敏", "accept", {}))


def test_who_must_come_and_sent_somebody_is_seen_first(bureau: Bureau) -> None:
    case = handed_in(bureau, item(bureau, person_must_come=True), "village_point")
    assert bureau.ask("李红", case, "accept", reason="情况特殊") == "person.not_seen"
    assert bureau.tell("王芳", case, "verified") == "argument.invalid", "whom?"
    bureau.through(case, ("王芳", "verified", {"met": "张桂兰"}), ("赵敏", "accept", {}))
    (found,) = bureau.values(case)["verifications"]
    assert (found["met"], found["by"], found["at"]) == ("张桂兰", "王芳", bureau.now)


def test_a_visit_that_took_place_says_that_the_person_was_seen(bureau: Bureau) -> None:
    wanted = item(bureau, person_must_come=True)
    case = handed_in(bureau, wanted)
    visit(bureau, "nobody_home", item=wanted)
    visit(bureau, "finished", item=bureau.items["direct"].hex())
    bureau.later(-1)
    visit(bureau, "finished", item=wanted)
    bureau.later(1)
    assert bureau.ask("赵敏", case, "accept") == "person.not_seen", "another day's visit was not for this case"
    visit(bureau, "finished", item=wanted)
    bureau.through(case, ("赵敏", "accept", {}))


def test_one_alone_does_not_verify_what_two_have_to(bureau: Bureau) -> None:
    two = item(bureau, crew=2)
    alone = handed_in(bureau, two)
    assert bureau.ask("李红", alone, "accept", reason="人手不够") == "crew.alone"
    bureau.through(alone, ("王芳", "verified", {"met": "张桂兰"}))
    assert bureau.ask("赵敏", alone, "accept") == "crew.alone"
    bureau.through(alone, ("王芳", "verified", {"met": "张桂兰", "with": "陈福来"}), ("赵敏", "accept", {}))
    together = handed_in(bureau, two, **{"with": "陈福来"})
    assert bureau.values(together)["collected_with"] == "陈福来"
    bureau.through(together, ("赵敏", "accept", {}))


def test_a_visit_of_two_names_both(bureau: Bureau) -> None:
    two = item(bureau, crew=2)
    case = handed_in(bureau, two)
    visit(bureau, "finished", application=case.hex(), crew="王芳")
    assert bureau.ask("赵敏", case, "accept") == "crew.alone"
    visit(bureau, "finished", application=case.hex(), crew="王芳、陈福来")
    bureau.through(case, ("赵敏", "accept", {}))


def test_a_relative_does_not_verify(bureau: Bureau) -> None:
    case = handed_in(bureau, item(bureau, person_must_come=True), "village_point")
    kin = {"kin": {"person": bureau.people["王芳"].hex(), "relation": "侄女"}}
    bureau.through(case, ("王芳", "verified", {"met": "张桂兰"}))
    seen = bureau.record_position(case)
    bureau.write("赵敏", entry.change(case.hex(), "application", kin, seen=seen, at=bureau.now))
    assert bureau.ask("赵敏", case, "accept") == "person.not_seen"
    bureau.through(case, ("孙亮", "verified", {"met": "张桂兰"}), ("赵敏", "accept", {}))
