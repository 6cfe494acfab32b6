"""The vectors and the page say what the code does, and nothing else."""

import json

import pytest

from daiban_sync import sealing, wire
from daiban_sync.errors import WireError
from daiban_sync.frames import Frame, split
from daiban_sync.outcome import OUTCOMES, pack, unpack
from tests.vectors import files, page, sealed, signing

COMPUTED = files.computed()
TEXT = page.PAGE.read_text(encoding="utf-8")
AGAIN = "; if the code is right, run: python -m tests.vectors"


@pytest.mark.parametrize("name", files.MADE)
def test_a_vector_file_is_what_the_code_makes(name: str) -> None:
    stands = (files.FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert stands == files.text(COMPUTED[name]), f"{name}.json differs{AGAIN}"


def test_no_vector_file_is_left_over() -> None:
    assert {path.stem for path in files.FOLDER.glob("*.json")} == set(files.MADE)


def test_every_example_of_the_page_is_what_the_code_makes() -> None:
    found = list(page.faults(TEXT, COMPUTED))
    assert not found, "; ".join(found) + AGAIN


def test_every_value_of_the_wire_has_its_place_on_the_page() -> None:
    wanted = [f"| {kind.value} | {kind.name} |" for kind in Frame]
    wanted += [f"| {number} | `{name}` |" for number, name in enumerate(OUTCOMES)]
    wanted += [f"`{kind}`" for kind in signing.PAYLOAD_TYPES]
    assert [one for one in wanted if one not in TEXT] == []


def test_what_was_sealed_once_still_opens() -> None:
    for name, content in sealed.contents().items():
        kept, purpose = bytes.fromhex(sealed.KEPT[name]), sealed.purposes()[name]
        assert sealing.open_whole(kept, sealed.SEAL, purpose) == content


def test_every_file_is_named_on_the_page() -> None:
    assert [name for name in files.MADE if f"`{name}.json`" not in TEXT] == []


def test_a_body_is_read_as_its_frames_whatever_deflated_it() -> None:
    for side in ("request", "answer"):
        told = COMPUTED["exchange"][side]
        frames = [(frame["type"], bytes.fromhex(frame["payload"])) for frame in told["frames"]]
        assert list(split(bytes.fromhex(told["body"]))) == frames
    unknown = wire.decode_request(bytes.fromhex(COMPUTED["frames"]["unknown"]["body"]))
    assert unknown.hello == wire.Hello()


def test_outcomes_are_read_as_they_are_packed_and_malformed_ones_are_refused() -> None:
    told = COMPUTED["outcomes"]
    assert json.loads(json.dumps(pack(unpack(told["packed"])))) == told["packed"]
    for odd in told["malformed"]:
        with pytest.raises(WireError):
            unpack(odd)
