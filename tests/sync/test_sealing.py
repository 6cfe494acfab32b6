"""Sealed content: whoever carries it can neither read nor alter it, nor pass it off as something else."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daiban_sync import sealing
from daiban_sync.errors import SyncError
from daiban_sync.sealing import PIECE, Opening, Purpose, SealKey

KEY = SealKey(bytes([9] * 32))
PHOTO = Purpose(sealing.PHOTO, b"o" * 16, b"c" * 16)
SIZES = [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 7]


def sealed(content: bytes) -> bytes:
    return b"".join(sealing.seal([content], os.urandom(32), KEY.public, PHOTO))


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_opens_whole_and_shows_nothing_of_itself(size: int) -> None:
    content = (b"610902 " * (size // 7 + 1))[:size]
    closed = sealed(content)
    assert len(closed) == sealing.sealed_size(size)
    assert b"610902" not in closed
    assert sealing.open_whole(closed, KEY, PHOTO) == content


@given(st.binary(max_size=300), st.lists(st.integers(1, 90), min_size=1, max_size=8))
def test_it_does_not_matter_in_what_parts_it_comes(content: bytes, cuts: list[int]) -> None:
    closed, parts, at = sealed(content), [], 0
    for cut in cuts:
        parts.append(closed[at : at + cut])
        at += cut
    opening = Opening([*parts, closed[at:]])
    assert opening.key_id == sealing.key_id(KEY.public)
    assert b"".join(opening.content(sealing.unwrap(opening.wrapped, KEY, PHOTO))) == content


def test_no_byte_can_be_altered() -> None:
    closed = sealed(b"one page of a household register")
    for place in range(len(closed)):
        if len(sealing.MAGIC) <= place < len(sealing.MAGIC) + sealing.KEY_ID_BYTES:
            continue  # names the key to try; another name finds another key or none
        altered = bytearray(closed)
        altered[place] ^= 1
        with pytest.raises(SyncError):
            sealing.open_whole(bytes(altered), KEY, PHOTO)


@pytest.mark.parametrize("lost", [1, 7, PIECE // 2, PIECE, PIECE + 16, 2 * PIECE])
def test_nothing_can_be_cut_off_also_at_a_piece_s_end(lost: int) -> None:
    closed = sealed(os.urandom(3 * PIECE))
    with pytest.raises(SyncError):
        sealing.open_whole(closed[:-lost], KEY, PHOTO)


def test_pieces_cannot_change_places() -> None:
    closed = sealed(os.urandom(3 * PIECE))
    size, start = PIECE + sealing.TAG_BYTES, sealing.HEADER_BYTES
    first, second = closed[start : start + size], closed[start + size : start + 2 * size]
    with pytest.raises(SyncError, match=r"seal\.broken"):
        sealing.open_whole(closed[:start] + second + first + closed[start + 2 * size :], KEY, PHOTO)


@pytest.mark.parametrize(
    "other",
    [PHOTO._replace(name=sealing.BUNDLE), PHOTO._replace(origin=b"x" * 16), PHOTO._replace(centre=b"x" * 16)],
    ids=["as a bundle", "of another installation", "of another centre"],
)
def test_it_opens_only_as_what_it_was_sealed_and_where(other: Purpose) -> None:
    with pytest.raises(SyncError, match=r"seal\.broken"):
        sealing.open_whole(sealed(b"a paper"), KEY, other)


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(SyncError, match=r"seal\.broken"):
        sealing.open_whole(sealed(b"a paper"), SealKey(bytes([8] * 32)), PHOTO)


@pytest.mark.parametrize("garbage", [b"", b"daiban sealed 1\n", b"x" * 500])
def test_what_was_never_sealed_is_told_apart(garbage: bytes) -> None:
    with pytest.raises(SyncError, match=r"seal\.malformed"):
        sealing.open_whole(garbage, KEY, PHOTO)
