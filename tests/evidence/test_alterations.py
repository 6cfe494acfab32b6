"""No byte of a file can be another: every position is tried, and deletions, insertions and respellings are."""

import json
import random
from collections.abc import Callable, Iterator

import pytest

from daiban_sync import dsse, keys, note
from daiban_sync.errors import SignatureError
from daiban_sync.evidence import verify
from daiban_sync.evidence.document import FILE_BYTES, decode, encode
from daiban_sync.evidence.verdict import STEPS, Verdict
from tests.evidence.home import exported, handed_in
from tests.support.township import Township
from tests.vectors import cast
from tests.vectors.evidence_file import document


@pytest.fixture
def remembered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Signatures that held are not computed again. That is sound, since what is remembered is the whole triple of key,
    message and signature; what is altered is another triple and is computed."""
    held: set[tuple[bytes, bytes, bytes]] = set()

    def verified(key: bytes, message: bytes, signature: bytes, code: str = "signature.invalid") -> None:
        if (key, message, signature) not in held:
            keys.verify(key, message, signature, code)
            held.add((key, message, signature))

    monkeypatch.setattr(dsse, "verify", verified)
    monkeypatch.setattr(note, "verify", verified)
    with pytest.raises(SignatureError):
        dsse.check(b"k" * 32, "text/plain", b"", b"s" * 64, "x")
    yield


@pytest.fixture
async def file(sqlite_township: Township) -> tuple[bytes, bytes]:
    """A real exported file, and the root key."""
    town = sqlite_township
    wang = await town.device("王芳")
    await town.household(wang)
    await wang.sync()
    return await exported(town, await handed_in(town, wang)), town.services.keys.root_key


def refused(data: bytes, root: bytes) -> Verdict:
    verdict = verify(data, root)
    assert not verdict.holds
    assert verdict.code.startswith("evidence.") and verdict.steps[-1].held is not True
    return verdict


def test_no_single_byte_may_be_altered(file: tuple[bytes, bytes], remembered: None) -> None:
    data, root = file
    assert verify(data, root).holds
    dice, codes = random.Random(7), set()
    for at in range(len(data)):
        bit = 1 << dice.randrange(8)
        codes.add(refused(data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :], root).code)
        if at % 5 == 0:
            other = dice.choice([one for one in range(256) if one != data[at]])
            refused(data[:at] + bytes([other]) + data[at + 1 :], root)
    steps = ("form", "keys", "devices", "logs", "batches", "entries", "receipts", "inclusion", "texts", "whole")
    assert codes == {f"evidence.{step}" for step in steps}, "each step finds something that is its own to find"


def test_no_single_byte_of_a_file_with_everything_in_it_may_be_altered(remembered: None) -> None:
    """The vectors' file: changed keys, a spool, an adoption, an opened picture, a restore."""
    data, root = encode(document()), cast.ROOT.public_key
    assert verify(data, root).holds
    dice, codes = random.Random(9), set()
    for at in range(len(data)):
        codes.add(refused(data[:at] + bytes([data[at] ^ 1 << dice.randrange(8)]) + data[at + 1 :], root).code)
    assert codes == {f"evidence.{step}" for step in STEPS}


def test_no_byte_may_be_left_out_or_put_in(file: tuple[bytes, bytes], remembered: None) -> None:
    data, root = file
    dice = random.Random(8)
    for at in {0, len(data) - 1, *(dice.randrange(len(data)) for _ in range(800))}:
        refused(data[:at] + data[at + 1 :], root)
        refused(data[:at] + bytes([dice.randrange(256)]) + data[at:], root)
    for cut in range(0, len(data), 997):
        refused(data[:cut], root)
    for tail in (b" ", b"\n", b"\0", b"{}", data):
        refused(data + tail, root)


@pytest.mark.parametrize(
    "spell",
    [
        lambda told: json.dumps(told, ensure_ascii=False).encode(),
        lambda told: json.dumps(told, ensure_ascii=False, indent=2).encode() + b"\n",
        lambda told: json.dumps(told, indent=1).encode() + b"\n",
        lambda told: json.dumps(told, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n",
        lambda told: json.dumps({**told, "more": 1}, ensure_ascii=False, indent=1).encode() + b"\n",
        lambda told: json.dumps({**told, "further": None}, ensure_ascii=False, indent=1).encode() + b"\n",
        lambda told: b"\xef\xbb\xbf" + json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n",
        lambda told: json.dumps(told, ensure_ascii=False, indent=1).replace("\n", "\r\n").encode() + b"\r\n",
    ],
)
def test_the_same_content_has_one_form(file: tuple[bytes, bytes], spell: Callable[[object], bytes]) -> None:
    data, root = file
    assert refused(spell(json.loads(data)), root).code == "evidence.form"


def test_the_form_is_what_any_json_library_writes_with_one_space(file: tuple[bytes, bytes]) -> None:
    data, _ = file
    assert json.dumps(json.loads(data), ensure_ascii=False, indent=1).encode() + b"\n" == data
    assert encode(decode(data)) == data


def test_what_is_no_file_at_all_is_refused_with_a_code() -> None:
    root = keys.SoftwareKey(b"r" * 32).public_key
    for data in (b"", b"{}", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"format": "\\ud800"}', b" " * 4096):
        assert refused(data, root).code == "evidence.form"
    assert refused(bytes(FILE_BYTES + 1), root).code == "evidence.too_large"
    assert verify(b"", bytes(32)).code == "key.unusable"
