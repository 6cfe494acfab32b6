"""Frames: a numbered dictionary, deflate, and caps that hold while inflating."""

import struct
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daiban_sync import limits
from daiban_sync.dictionary import DICTIONARIES
from daiban_sync.frames import Frame, join
from tests.sync.raw_bodies import code_of, deflated, frames_of

payloads = st.binary(max_size=200)
frames = st.lists(st.tuples(st.integers(0, 255), payloads), max_size=12)


@given(frames, st.integers(0, 9))
def test_frames_come_back(parts: list[tuple[int, bytes]], level: int) -> None:
    assert frames_of(join(parts, level)) == parts


@given(frames)
def test_a_body_is_a_number_then_deflate_of_type_length_payload(parts: list[tuple[int, bytes]]) -> None:
    body = join(parts)
    plain = zlib.decompressobj(-15, zdict=DICTIONARIES[body[0]]).decompress(body[1:])
    assert plain == b"".join(struct.pack(">BI", kind, len(payload)) + payload for kind, payload in parts)


def test_the_first_dictionary_is_kept_for_ever() -> None:
    """A byte of it changed, and every body that was ever written with it is lost."""
    assert (len(DICTIONARIES[1]), zlib.crc32(DICTIONARIES[1])) == (1478, 1417906217)


def test_a_body_cut_at_any_byte_is_refused_and_so_are_bytes_behind_it() -> None:
    body = join([(Frame.HELLO, b"{}"), (Frame.BATCH, bytes(range(256)))])
    for length in range(len(body)):
        assert code_of(frames_of, body[:length]) == "body.malformed"
    assert code_of(frames_of, body + b"\0") == "body.malformed"
    assert code_of(frames_of, body + body) == "body.malformed"


@pytest.mark.parametrize("plain", [b"\1", b"\1\0\0\0", b"\1\0\0\0\1", b"\1\xff\xff\xff\xff", b"\1\0\0\0\0\2"])
def test_a_frame_that_is_cut_off_is_refused(plain: bytes) -> None:
    assert code_of(frames_of, deflated(plain)) == "body.malformed"


def test_an_unknown_dictionary_is_refused_by_name() -> None:
    for number in set(range(256)) - set(DICTIONARIES):
        assert code_of(frames_of, deflated(b"", number)) == "dictionary.unknown"


@pytest.mark.parametrize("size", [limits.INFLATED_BYTES - 4, limits.INFLATED_BYTES + 1, 2**26])
def test_a_compression_bomb_stops_at_the_cap(size: int) -> None:
    body = deflated(struct.pack(">BI", 1, size) + bytes(size))
    assert len(body) < limits.WIRE_BYTES
    assert code_of(frames_of, body) == "body.too_large"


def test_a_compression_bomb_does_not_take_the_memory_that_it_states() -> None:
    body = deflated(bytes(2**27))
    tracemalloc.start()
    try:
        assert code_of(frames_of, body) == "body.too_large"
        assert tracemalloc.get_traced_memory()[1] < 3 * limits.INFLATED_BYTES
    finally:
        tracemalloc.stop()


def test_a_bomb_in_many_layers_is_only_bytes() -> None:
    inner = deflated(bytes(10**6))
    assert frames_of(join([(99, inner)])) == [(99, inner)]


def test_the_cap_itself_is_reached() -> None:
    size = limits.INFLATED_BYTES - 5
    assert len(frames_of(deflated(struct.pack(">BI", 1, size) + bytes(size)))[0][1]) == size


def test_a_body_too_large_to_travel_is_refused_before_it_is_inflated() -> None:
    assert code_of(frames_of, b"\xff" * (limits.WIRE_BYTES + 1)) == "body.too_large"
