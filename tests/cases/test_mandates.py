"""A mandate lives apart from the application: suspended, renewed, ended; and what an agent may then still do."""

from typing import Any

import pytest

from daiban_schemas import entry, mandate
from daiban_schemas.kinds import KINDS
from daiban_server.db.program import Program
from daiban_server.spine import past, views
from daiban_server.spine.history import Stored
from daiban_sync.outcome import Outcome
from tests.cases.bureau import Bureau
from tests.cases.test_conditions import item

TERM = {"valid_from": "2026-11-01", "valid_until": "2026-11-30"}
SIGNED = {"name": "张桂兰", "mark": "drawn", "at": 1}


def given(bureau: Bureau, case: bytes, *signers: dict[str, Any], **fields: Any) -> bytes:
    """A mandate for 王芳 in a case, signed unless `fields` say otherwise."""
    record = bureau.new()
    values = {"application": case.hex(), "agent": "王芳", "signers": list(signers or [SIGNED]), **TERM, **fields}
    bureau.write("王芳", entry.change(record.hex(), "mandate", values, seen=0, at=bureau.now))
    return record


def act(bureau: Bureau, who: str, record: bytes, name: str, **arguments: Any) -> str | None:
    body = entry.command(record.hex(), "mandate", name, arguments or None, expected=None, at=bureau.now)
    return bureau.write(who, body).code


def values_of(bureau: Bureau, record: bytes) -> dict[str, Any]:
    return bureau.values(record)


def test_a_suspended_mandate_stops_the_agent_and_nobody_else(bureau: Bureau) -> None:
    case = bureau.case(who="王芳", source="home")
    record = given(bureau, case)
    assert act(bureau, "王芳", record, "suspend") == "argument.invalid", "a reason is wanted"
    assert act(bureau, "王芳", record, "suspend", reason="老人要先和儿子商量") is None
    assert bureau.ask("王芳", case, "submit") == "mandate.not_standing"
    assert bureau.ask("王芳", case, "withdraw", reason="不办了") == "mandate.not_standing"
    assert act(bureau, "赵敏", record, "resume", reason="老人来电同意") is None
    assert bureau.ask("王芳", case, "submit") == "merged"
    (suspended, resumed) = values_of(bureau, record)["changes"]
    assert (suspended["act"], suspended["reason"], suspended["by"]) == ("suspend", "老人要先和儿子商量", "王芳")
    assert (resumed["act"], resumed["by"]) == ("resume", "赵敏")


def test_a_clerk_acts_though_the_mandate_has_ended(bureau: Bureau) -> None:
    case = bureau.case(who="王芳", source="home")
    record = given(bureau, case)
    assert act(bureau, "李红", record, "end", reason="委托人撤销") is None
    assert act(bureau, "李红", record, "resume", reason="又要办") == "command.not_now"
    assert bureau.ask("王芳", case, "submit") == "mandate.not_standing"
    assert bureau.ask("赵敏", case, "submit") == "merged"


def test_what_nobody_signed_is_no_mandate(bureau: Bureau) -> None:
    case = bureau.case(who="王芳", source="home")
    record = given(bureau, case, signers=[])
    assert bureau.ask("王芳", case, "submit") == "mandate.not_standing"
    signed = entry.change(
        record.hex(), "mandate", {"signers": [SIGNED]}, seen=bureau.record_position(record), at=bureau.now
    )
    assert bureau.write("王芳", signed).outcome == "merged"
    assert bureau.ask("王芳", case, "submit") == "merged"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("powers", ["领取补贴款"]),
        ("matter", "转让承包地"),
        ("valid_until", "2027-12-31"),
        ("agent", "刘强"),
        ("text_version", "2099-1"),
    ],
)
def test_nobody_changes_what_was_signed_under_the_signature(bureau: Bureau, field: str, value: Any) -> None:
    """Without a signature of its own an edit would be the principal's word: it stands beside, for all to see."""
    case = bureau.case(who="王芳", source="home")
    record = given(bureau, case, powers=["递交材料"], matter="高龄津贴", text_version="2026-1")
    before = values_of(bureau, record)
    body = entry.change(record.hex(), "mandate", {field: value}, seen=bureau.record_position(record), at=bureau.now)
    outcome = bureau.write("王芳", body)
    assert (outcome.outcome, outcome.code) == ("conflict", "field.held")
    assert values_of(bureau, record)[field] == before[field]


def test_what_is_not_signed_yet_may_be_put_right(bureau: Bureau) -> None:
    case = bureau.case(who="王芳", source="home")
    record = given(bureau, case, signers=[], matter="高龄津帖")
    body = entry.change(
        record.hex(),
        "mandate",
        {"matter": "高龄津贴", "signers": [SIGNED]},
        seen=bureau.record_position(record),
        at=bureau.now,
    )
    assert bureau.write("王芳", body).outcome == "merged"
    assert values_of(bureau, record)["matter"] == "高龄津贴"


@pytest.mark.parametrize("field", ["powers", "matter", "valid_until", "agent", "principal", "application"])
def test_what_somebody_wrote_before_the_signature_came_stands_beside_it(bureau: Bureau, field: str) -> None:
    """The resident signed what the phone showed; the desk's edit was not on it."""
    case, other = bureau.case(who="王芳", source="home"), bureau.case(who="王芳", source="home")
    shown = {"powers": ["递交材料"], "matter": "高龄津贴", "principal": {"name": "张桂兰"}}
    record = given(bureau, case, signers=[], **shown)
    seen, before = bureau.record_position(record), values_of(bureau, record)
    edits: dict[str, Any] = {
        "powers": ["领取补贴款"],
        "matter": "转让承包地",
        "valid_until": "2027-12-31",
        "agent": "刘强",
        "principal": {"name": "张桂蓝"},
        "application": other.hex(),
    }
    written(bureau, "赵敏", record, seen, **{field: edits[field]})
    assert values_of(bureau, record)[field] == edits[field]
    outcome = written(bureau, "王芳", record, seen, signers=[SIGNED])
    assert (outcome.outcome, outcome.fields) == ("conflict", (field,))
    assert both(bureau, record, field) == [before[field], edits[field]]
    assert under(bureau, case) == [record]
    assert bureau.ask("王芳", case, "submit") == "merged"


def test_what_was_added_before_the_signature_came_is_no_part_of_it(bureau: Bureau) -> None:
    case = bureau.case(who="王芳", source="home")
    record = given(bureau, case, signers=[], matter="高龄津贴")
    seen = bureau.record_position(record)
    written(bureau, "赵敏", record, seen, powers=["领取补贴款"])
    assert written(bureau, "王芳", record, seen, signers=[SIGNED]).outcome == "conflict"
    assert both(bureau, record, "powers") == [None, ["领取补贴款"]]


def test_many_signatures_in_one_batch_read_the_past_once(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each reading goes back to when the mandate was made, while nobody else can write."""
    case = bureau.case(who="王芳", source="home")
    record = given(bureau, case, signers=[], matter="高龄津贴")
    seen, kept, read = bureau.record_position(record), past.kept, []
    written(bureau, "赵敏", record, seen, matter="转让承包地")

    def counted(centre: bytes, record: bytes, until: int) -> Program[list[Stored]]:
        read.append(until)
        return kept(centre, record, until)

    monkeypatch.setattr(past, "kept", counted)
    son = {"name": "张建国", "mark": "drawn", "at": 2}
    signed = [[SIGNED], [SIGNED, son], [SIGNED, son], [SIGNED, son]]
    bodies = [
        entry.change(record.hex(), "mandate", {"signers": one}, seen=seen, at=bureau.now + n)
        for n, one in enumerate(signed)
    ]
    bureau.write_all("王芳", *bodies)
    assert len(read) == 1
    assert both(bureau, record, "signers")[0] == [SIGNED, son]
    assert both(bureau, record, "matter") == ["高龄津贴", "转让承包地"]


def test_who_signs_what_was_put_right_before_signs_that(bureau: Bureau) -> None:
    case = bureau.case(who="王芳", source="home")
    record = given(bureau, case, signers=[], matter="高龄津帖")
    written(bureau, "赵敏", record, bureau.record_position(record), matter="高龄津贴")
    assert written(bureau, "王芳", record, bureau.record_position(record), signers=[SIGNED]).outcome == "merged"
    assert both(bureau, record, "matter") == ["高龄津贴"]


def test_a_second_signature_under_other_terms_stands_beside_the_first(bureau: Bureau) -> None:
    case = bureau.case(who="王芳", source="home")
    record = given(bureau, case, signers=[], matter="高龄津贴")
    seen = bureau.record_position(record)
    written(bureau, "赵敏", record, seen, matter="转让承包地")
    between = bureau.record_position(record)
    written(bureau, "王芳", record, seen, signers=[SIGNED])
    son = {"name": "张建国", "mark": "drawn", "at": 2}
    assert written(bureau, "赵敏", record, between, signers=[SIGNED, son]).code == "field.held"
    assert both(bureau, record, "signers")[0] == [SIGNED]
    assert both(bureau, record, "matter")[0] == "高龄津贴"


def test_one_more_signs_what_holds_and_nobody_takes_a_signature_away(bureau: Bureau) -> None:
    """Without its signature what was signed would be anybody's to change."""
    case = bureau.case(who="王芳", source="home")
    record, son = given(bureau, case), {"name": "张建国", "mark": "drawn", "at": 2}
    more = written(bureau, "王芳", record, bureau.record_position(record), signers=[SIGNED, son])
    assert more.outcome == "merged"
    fewer: Any
    for fewer in ([], [son], None):
        taken = written(bureau, "赵敏", record, bureau.record_position(record), signers=fewer)
        assert (taken.outcome, taken.code) == ("conflict", "field.held")
        assert both(bureau, record, "signers")[0] == [SIGNED, son]


def written(bureau: Bureau, who: str, record: bytes, seen: int, **fields: Any) -> Outcome:
    """A change by somebody who saw the mandate up to a position."""
    return bureau.write(who, entry.change(record.hex(), "mandate", fields, seen=seen, at=bureau.now))


def both(bureau: Bureau, record: bytes, field: str) -> list[Any]:
    """What stands in a field, what holds first."""
    (found,) = bureau.run(views.shown(views.BY_ID, bureau.centre, record_id=record))
    return [one.value for one in found.view.fields[field]]


def under(bureau: Bureau, case: bytes) -> list[bytes]:
    """The mandates of a case."""
    found = bureau.run(views.shown(views.OF_PARENT, bureau.centre, parent_id=case, kind_name="mandate"))
    return [bytes.fromhex(one.view.record) for one in found]


@pytest.mark.parametrize("written_as", ["王　芳", "王 芳", " 王芳"])
def test_a_name_that_was_stretched_on_the_form_is_the_same(bureau: Bureau, written_as: str) -> None:
    case = bureau.case(who="王芳", source="home")
    given(bureau, case, agent=written_as)
    assert bureau.ask("王芳", case, "submit") == "merged"


def test_facts_are_recorded_whatever_the_mandate(bureau: Bureau) -> None:
    case = bureau.case(who="王芳", source="home")
    act(bureau, "李红", given(bureau, case), "end", reason="委托人撤销")
    bureau.through(case, ("王芳", "collected", {}))
    assert bureau.status(case) == "collected"


def test_an_expired_mandate_is_renewed_by_a_new_signature(bureau: Bureau) -> None:
    case = bureau.case(who="王芳", source="home")
    record = given(bureau, case, valid_until="2026-11-20")
    assert bureau.ask("王芳", case, "submit") == "mandate.not_standing"
    again = {"reason": "还没办完", "signer": SIGNED}
    assert act(bureau, "王芳", record, "renew", until="2026-11-19", **again) == "mandate.term"
    assert act(bureau, "王芳", record, "renew", until="2026-12-31", reason="还没办完") == "argument.invalid"
    pressed = {"name": "张桂兰", "mark": "fingerprint", "at": 2, "witness": "王芳"}
    unwitnessed = {"reason": "还没办完", "signer": pressed}
    assert act(bureau, "王芳", record, "renew", until="2026-12-31", **unwitnessed) == "mandate.witness"
    assert "renewed_until" not in values_of(bureau, record)
    assert act(bureau, "王芳", record, "renew", until="2026-12-31", **again) is None
    assert values_of(bureau, record)["renewed_until"] == "2026-12-31"
    assert bureau.ask("王芳", case, "submit") == "merged"


@pytest.mark.parametrize("demand", ["paper_mandate_only", "person_must_come"])
def test_an_item_that_wants_paper_or_the_person_takes_no_drawn_mark(bureau: Bureau, demand: str) -> None:
    case = bureau.case(who="王芳", source="home", item=item(bureau, **{demand: True}))
    given(bureau, case)
    assert bureau.ask("王芳", case, "submit") == "mandate.drawn"
    given(bureau, case, {"name": "张桂兰", "mark": "paper", "at": 1})
    assert bureau.ask("王芳", case, "submit") == "merged"


@pytest.mark.parametrize("witness", ["", "王芳", "张桂兰", " 王芳 "], ids=["nobody", "agent", "signer", "spaced"])
def test_a_fingerprint_needs_a_witness_who_is_somebody_else(bureau: Bureau, witness: str) -> None:
    case = bureau.case(who="王芳", source="home")
    pressed = {"name": "张桂兰", "mark": "fingerprint", "at": 1}
    record = given(bureau, case, {**pressed, "witness": witness} if witness else pressed)
    assert bureau.ask("王芳", case, "submit") == "mandate.witness"
    assert broken(values_of(bureau, record)) == ["mandate.witness"]
    given(bureau, case, {**pressed, "witness": "李秀英"})
    assert bureau.ask("王芳", case, "submit") == "merged"


def test_the_text_that_was_signed_is_the_one_of_that_version(bureau: Bureau) -> None:
    case = bureau.case(who="王芳", source="home")
    text = {"text_version": mandate.NEWEST, "text_sha256": "00" * 32}
    record = given(bureau, case, **text)
    assert bureau.ask("王芳", case, "submit") == "mandate.text"
    assert broken(values_of(bureau, record)) == ["mandate.text"]
    given(bureau, case, **text | {"text_sha256": mandate.sha256_of(mandate.NEWEST)})
    assert bureau.ask("王芳", case, "submit") == "merged"


def broken(values: dict[str, Any]) -> list[str]:
    rules = KINDS["mandate"].rules
    return [rule.code for rule in rules if not rule.holds({name: values.get(name) for name in rule.fields})]


def test_no_text_claims_a_reliable_electronic_signature() -> None:
    for version, text in mandate.TEXTS.items():
        assert mandate.sha256_of(version) is not None
        assert text.count("可靠的电子签名") == text.count("不作为可靠的电子签名") == 1


def test_a_text_that_was_signed_stays_letter_by_letter() -> None:
    assert mandate.sha256_of("2026-1") == HASH_2026_1


HASH_2026_1 = "668ba9303a21f61f9ea9e82ef3982685fb75f8ca474b9eac4438e3307cd09407"
