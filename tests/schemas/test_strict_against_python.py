"""Ours beside Python's own parser, on entries in every odd spelling: both see the same, or ours refuses."""

import json
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from daiban_schemas import entry, reading, strict
from daiban_schemas.strict import StrictnessError
from daiban_sync.view import same
from tests.sync.profiles import more

RECORD = "0190" * 8
NUMBERS = (0, 1, -1, 10**5, 10**15, 2**53 - 1, 2**53, 10**29, 0.5, -0.0, 1e15, 1e5, 1e22, 5e-324, 1.7e308, 0.1 + 0.2)
CHARACTERS = 'ab"\\/[{}],:\u007f\u00e9\u2028中😀\n'
ODD_CHARACTERS = CHARACTERS + "\ud800\udc00\x00"
NAMES = ("note", "phone", "account", "answers.income", "newer")


class Writer:
    """Writes random entries as other people's encoders might: with spaces, escapes, exponents, now and then a key
    twice. The odder the writer, the less is taken."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.oddity = self.random.choice([0, 0.02, 0.1, 0.4])

    def odd(self) -> bool:
        return self.random.random() < self.oddity

    def entry(self) -> bytes:
        """A change, more or less."""
        choice = self.random.choice
        said: dict[str, Any] = {"record": RECORD, "kind": "application"}
        said["fields"] = {name: self.value(3) for name in self.random.sample(NAMES, self.random.randint(1, 4))}
        if self.random.random() < 0.7:
            said |= {"seen": choice(NUMBERS) if self.odd() else 4, "at": choice(NUMBERS) if self.odd() else -17}
        if self.random.random() < 0.4:
            said["over"] = {name: [1, 2] for name in self.random.sample(NAMES, 2)}
        if self.random.random() < 0.3:
            said["mood"] = self.value(2)
        members = list(said.items())
        if self.odd():
            self.random.shuffle(members)
        return self.spell(dict(members)).encode("utf-8", "surrogatepass")

    def value(self, depth: int) -> Any:
        choice, made = self.random.choice, self.random.randrange(8 if depth else 6)
        if made < 2:
            return "".join(
                choice(ODD_CHARACTERS if self.odd() else CHARACTERS) for _ in range(self.random.randrange(5))
            )
        if made < 5:
            return choice([None, True, False, *NUMBERS[:6]] if not self.odd() else NUMBERS)
        if made == 5:
            return self.random.uniform(-1e6, 1e6)
        if made == 6:
            return [self.value(depth - 1) for _ in range(self.random.randrange(3))]
        return {name: self.value(depth - 1) for name in self.random.sample(("a", "b", "c"), self.random.randrange(4))}

    def spell(self, value: Any) -> str:
        """One of the ways to write a value."""
        if isinstance(value, dict):
            pairs = list(value.items())
            if pairs and self.odd():
                name, first = self.random.choice(pairs)
                again = (
                    [9]
                    if isinstance(first, list)
                    else self.random.choice([first, None, "1" * self.random.randrange(9)])
                )
                pairs.insert(self.random.randrange(len(pairs) + 1), (name, again))
            inside = (f"{self.space()}{self.key(k)}{self.space()}:{self.spell(v)}" for k, v in pairs)
            return self.space() + "{" + ",".join(inside) + self.space() + "}" + self.space()
        if isinstance(value, list):
            return self.space() + "[" + ",".join(map(self.spell, value)) + "]" + self.space()
        if isinstance(value, int) and not isinstance(value, bool) and value % 10**5 == 0 and value and self.odd():
            return self.random.choice([f"{value:.0e}", f"{value // 10**5}e5", f"{value // 10**5}E5"])
        return json.dumps(value, ensure_ascii=self.odd())

    def space(self) -> str:
        return self.random.choice([" ", "\n", "\t"]) if self.odd() else ""

    def key(self, name: str) -> str:
        return "".join(['"', *(f"\\u{ord(c):04x}" if self.odd() else c for c in name), '"'])


def ours(body: bytes) -> dict[str, Any] | None:
    """What the server sees: the decoded entry and the values of its fields; None where it refuses."""
    try:
        read, fields, _ = reading.read(body)
        for value in fields.values():
            strict.check_value(value)
    except StrictnessError:
        return None
    return {"fields": dict(fields), "seen": read.seen, "at": read.at, "over": read.over or {}, "kind": read.kind}


def theirs(body: bytes, *, first_wins: bool) -> dict[str, Any]:
    """What a lenient parser sees, whichever of two equal keys it believes."""

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        return dict(reversed(found)) if first_wins else dict(found)

    read = json.loads(body, object_pairs_hook=pairs)
    return {"fields": read["fields"], "seen": 0, "at": 0, "over": {}} | {
        name: read[name] for name in ("seen", "at", "over", "kind") if name in read
    }


def agreed(body: bytes) -> bool:
    """Whether ours takes the entry; then everybody reads it alike."""
    read = ours(body)
    if read is not None:
        assert same(read, theirs(body, first_wins=False))
        assert same(read, theirs(body, first_wins=True))
    return read is not None


def test_six_thousand_entries_are_read_alike_or_refused() -> None:
    taken = [agreed(Writer(seed).entry()) for seed in range(6000)]
    assert 1500 < sum(taken) < 4500, "or one half of this test would say nothing"


@settings(max_examples=more(20))
@given(st.integers(0, 2**64))
def test_whatever_the_seed(seed: int) -> None:
    agreed(Writer(seed).entry())


def test_damaged_entries_are_refused_or_read_as_others_read_them() -> None:
    random, taken = Random(12), 0
    for seed in range(3000):
        body = bytearray(Writer(seed).entry())
        body[random.randrange(len(body))] = random.choice(b'"\\{}[],: 0e9\x00\x80\xff')
        taken += agreed(bytes(body))
    assert taken > 100


@given(st.integers(0, 2**64))
def test_what_our_own_encoder_writes_is_taken_unless_a_value_is_beyond_the_limits(seed: int) -> None:
    writer = Writer(seed)
    fields = {name: writer.value(3) for name in NAMES}
    try:
        strict.check_value(fields)
        body = entry.change(RECORD, "application", fields, seen=3, at=5, over={"note": [1]})
    except StrictnessError:
        return
    read = ours(body)
    assert read is not None
    assert same(read, {"fields": fields, "seen": 3, "at": 5, "over": {"note": [1]}, "kind": "application"})


@settings(max_examples=more(5))
@given(st.binary(max_size=60))
def test_random_bytes_raise_nothing_but_strictness(data: bytes) -> None:
    for read in (strict.check_bytes, strict.check_text, entry.decode, strict.members, strict.decoded, strict.plain):
        try:
            read(data)
        except StrictnessError:
            continue
