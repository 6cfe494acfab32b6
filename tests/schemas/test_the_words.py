"""One word for one thing: labels use the field's words, the page for readers says the same, and nobody sees others."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from daiban_schemas import labels
from daiban_schemas.glossary import NEVER, TERMS, WORDS
from daiban_schemas.kinds import KINDS
from daiban_schemas.problem import PROBLEMS

PAGE = Path(__file__).resolve().parents[2] / "server/docs/words.md"
APPLICATION = KINDS["application"]


def shown() -> Iterator[str]:
    """Every word of kinds, labels and problems that somebody is shown."""
    for kind in KINDS.values():
        yield kind.label
        yield from kind.states.values()
        for named in (*kind.fields.values(), *kind.commands.values(), *kind.reports.values()):
            yield named.label
    for table in (labels.MODES, labels.RATINGS, labels.ITEM_TYPES, labels.SOURCES, labels.CHANNELS):
        yield from table.values()
    for problem in PROBLEMS.values():
        yield from (problem.title, problem.advice)


@pytest.mark.parametrize(
    ("state", "term"),
    [
        ("accepted", "accepted"),
        ("sent_up", "sent up"),
        ("completed", "completed"),
        ("refused", "refused"),
        ("withdrawn", "withdrawn"),
        ("delivered", "delivered"),
    ],
)
def test_states_are_called_what_the_field_calls_them(state: str, term: str) -> None:
    assert APPLICATION.states[state] == WORDS[term]


@pytest.mark.parametrize(
    ("kind", "field", "term"),
    [
        ("application", "window", "lead window"),
        ("application", "owner", "first-asked owner"),
        ("application", "handler", "current handler"),
        ("application", "handovers", "handover"),
        ("application", "extensions", "extension"),
        ("application", "pauses", "paused"),
        ("application", "applicant", "applicant"),
        ("item", "legal_limit", "statutory limit"),
        ("item", "promised_limit", "promised limit"),
        ("item", "conditions", "conditions for acceptance"),
        ("item", "papers", "papers required"),
        ("item", "trips", "number of trips"),
        ("item", "fee", "charge"),
        ("item", "fee_basis", "basis of a charge"),
        ("item", "special_steps", "special step"),
    ],
)
def test_fields_are_called_what_the_field_calls_them(kind: str, field: str, term: str) -> None:
    assert KINDS[kind].fields[field].label == WORDS[term]


@pytest.mark.parametrize(
    ("found", "term"),
    [
        (labels.MODES["direct"], "direct handling"),
        (labels.MODES["limited"], "time-limited handling"),
        (labels.MODES["proxy"], "proxy handling"),
        (labels.MODES["home"], "home visit"),
        (labels.RATINGS[5], "very satisfied"),
        (labels.RATINGS[3], "fairly satisfied"),
        (labels.RATINGS[1], "very dissatisfied"),
        (labels.SOURCES["round"], "need heard on the round"),
        (labels.CHANNELS["complaint"], "complaint"),
        (labels.CHANNELS["stuck"], '"cannot get it done" desk'),
        (labels.CHANNELS["rating"], "bad rating handling"),
        (KINDS["reply"].label, "periodic reply"),
        (KINDS["mandate"].label, "mandate"),
        (KINDS["reception"].label, "reception"),
        (APPLICATION.label, "application"),
        (APPLICATION.commands["archive"].label, "archive"),
        (APPLICATION.commands["pause"].label, "paused"),
    ],
)
def test_labels_are_the_fields_words(found: str, term: str) -> None:
    assert found == WORDS[term]


def test_nobody_is_shown_a_word_that_is_not_used() -> None:
    assert NEVER
    assert [text for text in shown() if any(word in text for word in NEVER)] == []


def test_each_thing_has_one_name_in_each_language() -> None:
    assert len(WORDS) == len(TERMS)
    chinese = [term.chinese for term in TERMS]
    assert [word for word in set(chinese) if chinese.count(word) > 1] == []
    assert not NEVER & set(chinese)


def test_the_page_for_readers_has_the_same_table() -> None:
    rows = [line.split("|")[1:4] for line in PAGE.read_text().splitlines() if line.startswith("| ")][1:]
    told = [tuple(cell.strip() for cell in row) for row in rows]
    expected = []
    for term in TERMS:
        never = f"not {'、'.join(term.never)}" if term.never else ""
        expected.append((term.english, term.chinese, "; ".join(filter(None, (term.note, never)))))
    assert told == expected
