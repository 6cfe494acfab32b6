"""The quick way of reading an entry beside the slow one, which is the rule: it says the same, or nothing."""

from random import Random
from typing import Any

import pytest

from daiban_schemas import entry, reading
from daiban_schemas.kinds import KINDS
from daiban_schemas.reader import LEARNT, Reader
from daiban_schemas.strict import StrictnessError
from daiban_schemas.types import Text
from tests.schemas.test_strict_against_python import RECORD, Writer

WHOLE: dict[str, Any] = {
    "household": "0191" * 8,
    "item": "0192" * 8,
    "applicant": "张桂兰",
    "identity_number": "11010519491231002X",
    "phone": "13509150001",
    "mode": "proxy",
    "source": "home",
    "account": {"bank": "信用社", "number": "6225", "holder": "张桂兰"},
    "entitled_from": "2026-01-01",
    "collected_at": 1_790_000_000_000,
    "papers": ["居民身份证", "户口簿"],
    "urgent": False,
    "note": "家中老人\n行动不便",
    "answers.reason": "房屋漏雨",
    "answers.area": 12,
    "answers.insured": True,
    "answers.chosen": ["a", "b"],
}
ODD: list[Any] = [
    None,
    "",
    " ",
    "\n",
    "\u3000",
    "x" * 3000,
    0,
    -1,
    2**53,
    1.5,
    1e300,
    True,
    [],
    [" "],
    [1],
    {},
    {"a": 1},
]
ODD += [{"bank": ""}, {"bank": "b", "number": 1}, "2026-02-30", "110105194912310021", "12345", ["x"] * 60]


@pytest.fixture(autouse=True)
def unlearnt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader of applications that has learnt nothing yet: other tests teach the kind's own."""
    kind = KINDS["application"]
    served = {name for name, field in kind.fields.items() if field.policy == "server"}
    types = {name: field.type for name, field in kind.fields.items() if name not in served}
    monkeypatch.setattr(kind, "reader", Reader(types, served))


def both(body: bytes) -> bool:
    """Whether the quick way took it; then it said what the slow way says."""
    quick: Any = None
    try:
        quick = reading._quickly(body)
        slow = reading._closely(body)
    except StrictnessError:
        assert quick is None
        return False
    if quick is not None:
        assert quick == slow and list(quick.values) == list(slow.values) and not slow.faults
    return quick is not None


def spelt(fields: dict[str, Any], **more: Any) -> bytes:
    return entry.change(RECORD, "application", fields, **{"seen": 3, "at": 5} | more)


def test_an_application_as_phones_write_it_goes_the_quick_way_from_the_second_on() -> None:
    reading.read(spelt(WHOLE))
    assert both(spelt(WHOLE)) and both(spelt(WHOLE, by="0190" * 8)) and both(spelt(WHOLE, seen=0))


@pytest.mark.parametrize("name", [*WHOLE, "status", "number", "deleted", "answers.unheard_of", "newer"])
def test_whatever_stands_in_a_field_both_ways_agree(name: str) -> None:
    reading.read(spelt(WHOLE))
    taken = [both(spelt(WHOLE | {name: value})) for value in [*ODD, *WHOLE.values()]]
    assert name not in WHOLE or any(taken)


def test_whatever_one_byte_is_replaced_by_both_ways_agree() -> None:
    random, body = Random(7), spelt(WHOLE)
    reading.read(body)
    taken = 0
    for _ in range(6000):
        damaged = bytearray(body)
        damaged[random.randrange(len(body))] = random.choice(b'"\\{}[],: 0e9nu\x00\x80\xff')
        taken += both(bytes(damaged))
    assert 0 < taken < 6000


def test_whatever_strangers_write_both_ways_agree() -> None:
    assert sum(both(Writer(seed).entry()) for seed in range(3000)) > 10


@pytest.mark.parametrize("member", ['"phone":"13509150002"', '"at":6', '"newest":1', '"kind":"photo"'])
def test_a_member_that_stands_twice_or_is_not_known_never_goes_the_quick_way(member: str) -> None:
    body = spelt(WHOLE)
    reading.read(body)
    outer = body[:-1] + b"," + member.encode() + b"}"
    inner = body.replace(b'"phone":', member.encode() + b',"phone":')
    assert not both(outer) and not both(inner)


def test_a_stranger_who_invents_names_costs_few_new_decoders_and_little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[int] = []
    monkeypatch.setattr(Reader, "_make", lambda self: made.append(len(self._learnt)))
    reader = Reader({"note": Text()})
    for number in range(10 * LEARNT):
        reader.learn([f"junk.{number}"])
    assert max(made) <= LEARNT
    assert sum(made) < 100 * LEARNT, "the work grew with the square of the names"


def test_names_in_use_are_heard_among_invented_ones() -> None:
    reader, told = Reader({"note": Text()}), b'{"note":"a","answers.income":5}'
    for number in range(5 * LEARNT):
        reader.learn([f"junk.{number}"])
        reader.learn(["answers.income"])
    assert reader.read(told) == {"note": "a", "answers.income": 5}  # type: ignore[arg-type]


def test_what_only_the_server_writes_is_never_learnt() -> None:
    KINDS["application"].reader.learn(["status"])
    assert not both(spelt(WHOLE | {"status": "accepted"}))
    assert reading.read(spelt(WHOLE | {"status": "accepted"})).faults == {"status": "field.server_only"}
