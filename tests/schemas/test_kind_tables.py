"""Every record kind as a table: what it names must be there, and what it says must hold together."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from daiban_schemas import entry
from daiban_schemas.kind import AUTHORITY, Kind
from daiban_schemas.kinds import KINDS
from daiban_schemas.types import List, Reference, Struct, Type
from daiban_sync.merge import TOMBSTONE

ELSEWHERE = {"person", "centre", "device"}
"""What may be referred to and is no record: accounts, centres and phones have tables of their own."""
ROLES = set(AUTHORITY) - {"server"}
each_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))


def parts(kind: Type) -> Iterator[Type]:
    """A type and all that it is made of."""
    yield kind
    if isinstance(kind, List):
        yield from parts(kind.of)
    if isinstance(kind, Struct):
        for member in kind.members.values():
            yield from parts(member)


def types_of(kind: Kind) -> Iterator[Type]:
    given: list[Mapping[str, Type]] = [{f.name: f.type for f in kind.fields.values()}]
    given += [command.arguments for command in kind.commands.values()]
    given += [report.facts for report in kind.reports.values()]
    for mapping in given:
        for one in mapping.values():
            yield from parts(one)


def test_the_kinds_are_those_of_the_design() -> None:
    assert list(KINDS) == [
        *("household", "application", "photo", "mandate", "visit", "reply", "reception", "opinion"),
        *("item", "window", "place", "post", "handover", "roster", "consent"),
    ]
    assert {name for name, kind in KINDS.items() if kind.of_district} == {"item", "window", "place"}
    assert {name for name, kind in KINDS.items() if kind.written_by == {"head"}} == {"post", "roster"}


@each_kind
def test_names_are_names_and_labels_are_chinese(kind: Kind) -> None:
    entry.field_names(dict.fromkeys(kind.fields))
    names = [kind.name, *kind.commands, *kind.reports, *kind.states]
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name) for name in names)
    labels = [kind.label, *kind.states.values()]
    labels += [one.label for one in (*kind.fields.values(), *kind.commands.values(), *kind.reports.values())]
    assert all(re.search(r"[\u4e00-\u9fff]", label) for label in labels)
    assert not kind.commands.keys() & kind.reports.keys(), "a request and a fact have different names"


@each_kind
def test_whatever_is_referred_to_exists(kind: Kind) -> None:
    named = {name for one in types_of(kind) if isinstance(one, Reference) for name in one.kinds}
    assert named <= {*KINDS, *ELSEWHERE}
    assert all(one.kinds for one in types_of(kind) if isinstance(one, Reference))


@each_kind
def test_a_parent_is_a_field_that_refers_to_records_and_no_kind_is_its_own_ancestor(kind: Kind) -> None:
    def ancestors(one: Kind, below: tuple[str, ...]) -> None:
        assert one.name not in below
        if one.parent is not None:
            field = one.fields[one.parent]
            assert isinstance(field.type, Reference)
            assert field.policy == "register", "whoever makes the record says what it belongs to"
            for name in field.type.kinds:
                ancestors(KINDS[name], (*below, one.name))

    ancestors(kind, ())
    of_everybody = kind.written_by is not None or kind.name == "handover"
    assert (kind.parent is None) == of_everybody, "only what concerns a whole centre or the district belongs to nothing"


@each_kind
def test_the_state_machine_holds_together(kind: Kind) -> None:
    for command in kind.commands.values():
        assert command.source, f"{command.name} is never legal"
        assert command.source <= kind.states.keys()
        assert command.target is None or command.target in kind.states
        assert command.roles
        assert command.roles <= ROLES
        assert command.required <= command.arguments.keys()
    for report in kind.reports.values():
        assert {*report.moves, *report.moves.values()} <= kind.states.keys()
    assert bool(kind.states) or not (kind.commands or kind.reports)
    assert kind.first_state == next(iter(kind.states), None)


BY_ITSELF = [("reply", ("logged", "counted"))]
"""Moves that nobody asks for: the server counts a reply."""


@each_kind
def test_every_state_can_be_reached(kind: Kind) -> None:
    moves = [(s, c.target) for c in kind.commands.values() for s in c.source if c.target]
    moves += [move for report in kind.reports.values() for move in report.moves.items()]
    moves += [move for name, move in BY_ITSELF if name == kind.name]
    reached = {kind.first_state} - {None}
    for _ in kind.states:
        reached |= {target for source, target in moves if source in reached}
    assert reached == kind.states.keys()


@each_kind
def test_only_the_server_writes_what_the_state_machine_keeps(kind: Kind) -> None:
    for name in ("status", "version", "status_at"):
        assert (name in kind.fields) == bool(kind.states)
        assert not kind.states or kind.fields[name].policy == "server"


@each_kind
def test_nobody_deletes_what_may_not_be_deleted(kind: Kind) -> None:
    """A field that a kind does not know is kept like any newer client's, and the merge obeys a tombstone."""
    assert kind.deletable == (kind.name == "photo"), "a case is withdrawn, a paper may be taken back"
    assert kind.fields[TOMBSTONE].policy == ("register" if kind.deletable else "server")


@each_kind
def test_rules_are_over_fields_that_exist_and_hold_of_an_empty_record(kind: Kind) -> None:
    for rule in kind.rules:
        assert set(rule.fields) <= kind.fields.keys()
        assert rule.holds(dict.fromkeys(rule.fields))


@each_kind
def test_the_most_sensitive_fields_are_private(kind: Kind) -> None:
    for field in kind.fields.values():
        if field.name in ("identity_number", "account", "principal"):
            assert field.policy == "private"


@each_kind
def test_clearing_and_unknown_fields_are_never_a_problem(kind: Kind) -> None:
    assert all(kind.problem(name, None) is None for name in kind.fields)
    assert kind.problem("newer_field", {"anything": [1]}) is None
    assert kind.label_of("newer_field") == "newer_field"


def test_a_question_is_called_by_its_name_where_only_the_form_knows_it() -> None:
    assert KINDS["application"].label_of("answers.income") == "income"
    assert KINDS["application"].label_of("phone") == "联系电话"


@pytest.mark.parametrize(
    ("start", "end", "holds"),
    [
        ("2026-01-01", "2026-12-31", True),
        ("2026-01-01", "2026-01-01", True),
        ("2026-12-31", "2026-01-01", False),
        (None, "2026-01-01", True),
        ("2026-12-31", None, True),
    ],
)
def test_a_mandate_ends_after_it_begins(start: Any, end: Any, holds: bool) -> None:
    rule = next(one for one in KINDS["mandate"].rules if one.code == "mandate.term")
    assert rule.holds({"valid_from": start, "valid_until": end}) is holds


def test_a_clerk_stands_above_an_agent_and_the_server_above_both() -> None:
    assert AUTHORITY["agent"] == AUTHORITY["cadre"] < AUTHORITY["clerk"] == AUTHORITY["head"] < AUTHORITY["server"]
