"""A device's chain of batches, the ids of its records, and what it hears of its entries."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daiban_schemas import entry, problem, strict
from daiban_schemas.problems.accounts import ACCOUNTS
from daiban_schemas.problems.asking import ASKING
from daiban_schemas.problems.catalogue import CATALOGUE
from daiban_schemas.problems.entries import ENTRIES
from daiban_schemas.problems.papers import PAPERS
from daiban_schemas.problems.planning import PLANNING
from daiban_schemas.problems.trust import TRUST
from daiban_schemas.problems.visits import VISITS
from daiban_schemas.problems.wire import WIRE
from daiban_sync import batch, errors, faults, ids, limits, outcome
from daiban_sync.batch import Batch
from daiban_sync.chain import Chain, judge
from daiban_sync.errors import WireError
from daiban_sync.outcome import OUTCOMES, Outcome
from tests.sync.paper_centre import WANG, header


def link(sequence: int, previous: bytes, first: int, count: int = 2, secret: bytes = bytes(32)) -> Batch:
    head = header(count, sequence=sequence, previous=previous, first=first)
    return batch.seal(head, secret, [b"%d" % n for n in range(count)], WANG)


ONE = link(1, batch.FIRST, 1)
TWO = link(2, ONE.digest, 3)
THREE = link(3, TWO.digest, 5)
TWIN = link(2, ONE.digest, 3, secret=bytes([1]) * 32)
"""The same place in the chain, other content: a cloned phone."""
EMPTY, AFTER_ONE, AFTER_TWO = Chain(), Chain().after(ONE), Chain().after(ONE).after(TWO)


@pytest.mark.parametrize(
    ("one", "chain", "stored", "verdict"),
    [
        (ONE, EMPTY, None, "next"),
        (TWO, AFTER_ONE, None, "next"),
        (THREE, AFTER_TWO, None, "next"),
        (TWO, EMPTY, None, "gap"),
        (THREE, AFTER_ONE, None, "gap"),
        (ONE, AFTER_ONE, ONE.digest, "replay"),
        (ONE, AFTER_TWO, ONE.digest, "replay"),
        (TWO, AFTER_TWO, TWO.digest, "replay"),
        (TWIN, AFTER_TWO, TWO.digest, "equivocation"),
        (TWIN, AFTER_ONE, None, "next"),
        (ONE, AFTER_TWO, None, "equivocation"),
        (link(3, TWIN.digest, 5), AFTER_TWO, None, "equivocation"),
        (link(3, TWO.digest, 6), AFTER_TWO, None, "equivocation"),
        (link(3, TWO.digest, 4), AFTER_TWO, None, "equivocation"),
        (link(1, ONE.digest, 1), EMPTY, None, "equivocation"),
        (link(7, batch.FIRST, 40), EMPTY, None, "next"),
        (link(7, ONE.digest, 40), EMPTY, None, "gap"),
        (link(7, batch.FIRST, 40), AFTER_ONE, None, "gap"),
    ],
)
def test_the_next_batch_is_judged_by_what_the_chain_holds(
    one: Batch, chain: Chain, stored: bytes | None, verdict: str
) -> None:
    assert judge(one, chain, stored) == verdict


@given(st.lists(st.integers(1, 5), min_size=1, max_size=8), st.data())
def test_a_chain_takes_its_batches_once_and_in_order_however_they_come(counts: list[int], data: st.DataObject) -> None:
    """Deliveries in random order, again and again until nothing is new; every batch is laid exactly once."""
    made, chain = [], Chain()
    for count in counts:
        made.append(link(chain.sequence + 1, chain.digest, chain.number + 1, count))
        chain = chain.after(made[-1])
    held, taken = Chain(), dict[int, bytes]()
    for at in data.draw(st.permutations(list(range(len(made))) * len(made))):
        one = made[at]
        verdict = judge(one, held, taken.get(one.header.sequence))
        assert verdict in ("next", "replay", "gap")
        assert (verdict == "replay") == (one.header.sequence in taken)
        if verdict == "next":
            held, taken[one.header.sequence] = held.after(one), one.digest
    for one in made[len(taken) :]:
        assert judge(one, held, None) == "next"
        held = held.after(one)
    assert held == chain


# Record ids ----------------------------------------------------------------------------------------------------


@given(st.integers(0, 2**48 - 1), st.binary(min_size=10, max_size=10))
def test_a_record_s_id_is_a_version_7_uuid_that_begins_with_the_device_s_time(now: int, randomness: bytes) -> None:
    made = ids.uuid7(now, randomness)
    assert int.from_bytes(made[:6], "big") == now
    assert (made[6] >> 4, made[8] >> 6) == (7, 2)
    assert ids.is_id(made.hex())
    assert re.fullmatch(r"[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}", made.hex())


def test_a_phone_in_another_century_still_makes_ids() -> None:
    assert ids.uuid7(-1, bytes(10))[:6] == bytes(6)
    assert ids.uuid7(2**60, bytes(10))[:6] == b"\xff" * 6
    with pytest.raises(ValueError, match="ten bytes"):
        ids.uuid7(0, bytes(9))


@pytest.mark.parametrize("text", ["", "0" * 31, "0" * 33, "A" * 32, "g" * 32, "0" * 32 + "\n", "０" * 32])
def test_what_is_no_id(text: str) -> None:
    assert not ids.is_id(text)


# Outcomes ------------------------------------------------------------------------------------------------------

fates = st.tuples(
    st.sampled_from(OUTCOMES), st.none() | st.just("parent.missing"), st.lists(st.just("phone"), max_size=1).map(tuple)
)


@given(st.integers(1, 2**40), st.lists(fates, min_size=1, max_size=20))
def test_outcomes_come_back(first: int, told: list[tuple[str, str | None, tuple[str, ...]]]) -> None:
    outcomes = [Outcome(number, *one) for number, one in enumerate(told, first)]
    assert outcome.unpack(outcome.pack(outcomes)) == outcomes


@pytest.mark.parametrize(
    "packed",
    [
        {},
        {"first": 1},
        {"first": 1, "runs": []},
        {"first": 1, "runs": [[0, 0]]},
        {"first": "1", "runs": [[0, 1]]},
        {"first": 1, "runs": [[len(OUTCOMES), 1]]},
        {"first": 1, "runs": [[-1, 1]]},
        {"first": 1, "runs": [[0, -1]]},
        {"first": 1, "runs": [[0, 501]]},
        {"first": 1, "runs": [[0, 10**12]]},
        {"first": 1, "runs": [[0, 10**12]] * 500},
        {"first": 1, "runs": [[0, 1]], "details": [[1]]},
        {"first": 1, "runs": [[0, 1]], "details": [[1, 2, []]]},
        {"first": 1, "runs": [[0, 1]], "details": None},
        {"first": 10**30, "runs": [[0, 1]]},
    ],
)
def test_outcomes_that_nobody_packed_are_refused(packed: dict[str, Any]) -> None:
    with pytest.raises(WireError, match=r"body\.malformed"):
        outcome.unpack(packed)


# What stands in two places must say one thing ------------------------------------------------------------------


def test_the_limits_of_the_wire_are_those_that_entries_are_held_to() -> None:
    assert (limits.ENTRY_DEPTH, limits.INTEGER, limits.TEXT_LENGTH) == (strict.DEPTH, strict.INTEGER, strict.TEXT)
    assert (limits.FIELDS, limits.OVER_POSITIONS) == (entry.FIELDS, entry.OVER_POSITIONS)
    name = "n" * limits.NAME_LENGTH
    assert entry.field_names({name: 1}) == (name,)
    with pytest.raises(strict.StrictnessError):
        entry.field_names({name + "n": 1})


def test_every_error_says_its_code_and_only_that_to_people() -> None:
    for kind in (errors.WireError, errors.SignatureError, errors.ChainError, errors.ProofError):
        error = kind("batch.malformed", "an entry is missing")
        assert (error.code, error.detail, str(error)) == (
            "batch.malformed",
            "an entry is missing",
            "batch.malformed: an entry is missing",
        )
        assert isinstance(error, errors.SyncError)


def test_no_code_stands_in_two_tables() -> None:
    tables = (ACCOUNTS, WIRE, ENTRIES, PAPERS, CATALOGUE, ASKING, PLANNING, VISITS, TRUST)
    assert len(problem.PROBLEMS) == sum(map(len, tables))


def test_every_code_has_words_in_both_languages() -> None:
    for code, said in problem.PROBLEMS.items():
        assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", code)
        assert all(said[1:])
        assert any("\u4e00" <= c <= "\u9fff" for c in said.title + said.advice)
        assert (said.english + said.english_advice).isascii()
        assert said.status in range(200, 600)
        assert problem.words(code) == (said.title, said.advice)
        assert problem.words(code, "en") == (said.english, said.english_advice)
    assert problem.words("never.heard") == ("never.heard", "")


def test_a_point_of_danger_does_nothing_until_a_test_installs_a_hook() -> None:
    visited: list[str] = []
    faults.reach(faults.POINTS[0])
    faults.install(visited.append)
    try:
        faults.reach(faults.POINTS[0])
    finally:
        faults.install(lambda name: None)
    assert visited == [faults.POINTS[0]]
    assert len(set(faults.POINTS)) == len(faults.POINTS) >= 20
