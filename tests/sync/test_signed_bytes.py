"""What is signed is what is said: batches, receipts, checkpoints and keyrings, and no byte of them can be changed."""

import hashlib
import hmac
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daiban_sync import batch, limits, receipt
from daiban_sync.batch import Batch, Header
from daiban_sync.clock import Interval
from daiban_sync.errors import SignatureError, WireError
from daiban_sync.keys import key_id, verify
from tests.sync.damage import flips, refused
from tests.sync.paper_centre import (
    CENTRE,
    DEVICE,
    NOON,
    ORIGIN,
    RECEIPTS,
    STRANGER,
    WANG,
    header,
)

SECRET = bytes(range(100, 132))
ENTRIES = (b'{"record":"01","at":1}', b"", "一段话".encode())
SEALED = batch.seal(header(3), SECRET, ENTRIES, WANG)
PACKED = batch.pack(SEALED)
BOUNDS = Interval(NOON, NOON + 5000)

ids = st.binary(min_size=16, max_size=16)
hashes = st.binary(min_size=32, max_size=32)
numbers = st.integers(1, 2**52)
entry_lists = st.lists(st.binary(max_size=80), min_size=1, max_size=12)


# Batches -------------------------------------------------------------------------------------------------------


@given(ids, ids, ids, numbers, hashes, numbers, hashes, numbers, entry_lists, hashes)
def test_a_batch_comes_back_as_it_was_sealed(
    origin: bytes, centre: bytes, device: bytes, sequence: int, previous: bytes, size: int, named: bytes, first: int,
    entries: list[bytes], secret: bytes,
) -> None:  # fmt: skip
    wanted = Header(1, 0, origin, centre, device, sequence, previous, size, named, first, len(entries))
    sealed = batch.seal(wanted, secret, entries, WANG)
    assert batch.unpack(batch.pack(sealed)) == sealed
    batch.check(sealed, WANG.public_key)
    with pytest.raises(SignatureError, match=r"batch\.signature"):
        batch.check(sealed, STRANGER.public_key)


def test_no_byte_of_a_batch_can_be_changed() -> None:
    def read(data: bytes) -> None:
        batch.check(batch.unpack(data), WANG.public_key)

    read(PACKED)
    assert all(refused(read, data) for data in flips(PACKED))
    assert all(refused(read, PACKED[:length]) for length in range(len(PACKED)))
    assert refused(read, PACKED + b"\0")


@given(st.binary(max_size=600))
def test_random_bytes_are_no_batch(data: bytes) -> None:
    assert refused(batch.unpack, data)


def test_what_is_signed_is_the_page_s_layout() -> None:
    """The payload put together by hand from the words in `batch`: fixed width, big-endian, salted hashes."""
    expected = struct.pack(">HH", 1, 0) + ORIGIN + CENTRE + DEVICE + struct.pack(">Q", 1) + bytes(32)
    expected += struct.pack(">Q", 0) + bytes(32) + struct.pack(">QI", 1, 3)
    for at, entry in enumerate(ENTRIES):
        salt = hkdf(SECRET, b"daiban salts 1", 48)[16 * at : 16 * at + 16]
        expected += hashlib.sha256(salt + entry).digest()
        assert batch.entry_hash(salt, entry) == hashlib.sha256(salt + entry).digest()
    assert SEALED.payload == expected
    assert SEALED.digest == hashlib.sha256(expected).digest()


def hkdf(secret: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 with SHA-256 and no salt, by hand."""
    key, block, result = hmac.digest(bytes(32), secret, "sha256"), b"", b""
    for counter in range(1, -(-length // 32) + 1):
        block = hmac.digest(key, block + info + bytes([counter]), "sha256")
        result += block
    return result[:length]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 499, limits.BATCH_ENTRIES])
def test_salts_are_those_of_an_independent_derivation(count: int) -> None:
    assert batch.salts(SECRET, count) == hkdf(SECRET, b"daiban salts 1", 16 * count)


def test_equal_entries_have_unequal_hashes() -> None:
    """Or whoever is shown one "yes" of a form would know all others."""
    twice = batch.seal(header(2), SECRET, [b"yes", b"yes"], WANG).payload
    assert twice[-64:-32] != twice[-32:]


def test_sealing_counts_its_entries() -> None:
    with pytest.raises(ValueError, match="other entries"):
        batch.seal(header(2), SECRET, [b"one"], WANG)


def packed(entries: tuple[bytes, ...] = (b"{}",), **changes: int) -> bytes:
    """A batch's bytes with any header, unsigned."""
    stated = header(len(entries), **changes)
    return batch.pack(Batch(stated, bytes(64), SECRET, entries, b"", b""))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (packed(protocol=2), "protocol.unsupported"),
        (packed(flags=1), "protocol.unsupported"),
        (packed(flags=0x8000), "protocol.unsupported"),
        (packed(()), "batch.malformed"),
        (packed(sequence=0), "batch.malformed"),
        (packed(first=0), "batch.malformed"),
        (packed(sequence=2**53), "batch.malformed"),
        (packed(first=2**53 - 1), "batch.malformed"),
        (packed(checkpoint_size=2**64 - 1), "batch.malformed"),
        (packed((b"",) * 501), "batch.too_large"),
        (packed(entry_count=2**32 - 1), "batch.too_large"),
        (packed((bytes(limits.ENTRY_BYTES + 1),)), "entry.too_large"),
        (packed((bytes(limits.ENTRY_BYTES),) * 8 + (b"1",)), "batch.too_large"),
        (packed() + b"\0", "batch.malformed"),
        (packed()[:-1], "batch.malformed"),
        (packed(entry_count=2), "batch.malformed"),
        (b"", "batch.malformed"),
    ],
)
def test_a_batch_beyond_a_cap_is_refused_by_name(data: bytes, code: str) -> None:
    with pytest.raises(WireError) as error:
        batch.unpack(data)
    assert error.value.code == code


def test_caps_are_reached_and_not_only_refused() -> None:
    assert len(batch.unpack(packed((b"",) * 500)).entries) == limits.BATCH_ENTRIES
    assert sum(map(len, batch.unpack(packed((bytes(limits.ENTRY_BYTES),) * 8)).entries)) == limits.BATCH_BYTES


# Receipts ------------------------------------------------------------------------------------------------------


@given(numbers, hashes, st.integers(0, 2**63), st.integers(-(2**62), 2**62), st.integers(-(2**62), 2**62))
def test_a_receipt_comes_back_and_stands_for_one_batch_only(
    sequence: int, digest: bytes, leaf: int, earliest: int, latest: int
) -> None:
    stated = header(sequence=sequence)
    issued = receipt.issue(RECEIPTS, stated, digest, leaf, Interval(earliest, latest))
    assert receipt.unpack(receipt.pack(issued)) == issued
    receipt.check(issued, stated, digest, RECEIPTS.public_key)
    for head, hashed, key in (
        (stated._replace(sequence=sequence + 1), digest, RECEIPTS),
        (stated._replace(device=bytes(16)), digest, RECEIPTS),
        (stated, hashlib.sha256(digest).digest(), RECEIPTS),
        (stated, digest, STRANGER),
    ):
        with pytest.raises(SignatureError, match=r"receipt\.signature"):
            receipt.check(issued, head, hashed, key.public_key)


def test_no_byte_of_a_receipt_can_be_changed() -> None:
    issued = receipt.pack(receipt.issue(RECEIPTS, SEALED.header, SEALED.digest, 4, BOUNDS))

    def read(data: bytes) -> None:
        receipt.check(receipt.unpack(data), SEALED.header, SEALED.digest, RECEIPTS.public_key)

    read(issued)
    assert len(issued) == receipt.WIRE_BYTES
    assert all(refused(read, data) for data in flips(issued))
    assert all(refused(read, issued[:length]) for length in range(len(issued)))
    assert refused(read, issued + b"\0")


def test_what_a_receipt_signs_is_the_page_s_layout() -> None:
    expected = struct.pack(">HH", 1, 0) + ORIGIN + CENTRE + DEVICE + struct.pack(">Q", 1) + SEALED.digest
    expected += struct.pack(">IQqq", 2, 4, *BOUNDS)
    assert receipt.payload(SEALED.header, SEALED.digest, 4, BOUNDS, epoch=2) == expected
    issued = receipt.issue(RECEIPTS, SEALED.header, SEALED.digest, 4, BOUNDS, epoch=2)
    kind = b"application/vnd.daiban.receipt.v1"
    encoded = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(expected), expected)
    verify(RECEIPTS.public_key, encoded, issued.signature)
    assert issued.key == hashlib.sha256(RECEIPTS.public_key).digest()[:8]


def test_a_batch_s_signature_is_no_receipt() -> None:
    """Even if one key signed both, of the same bytes."""
    stated = receipt.payload(SEALED.header, SEALED.digest, 0, BOUNDS)
    forged = receipt.Receipt(1, 0, BOUNDS, key_id(RECEIPTS.public_key), RECEIPTS.sign(stated))
    with pytest.raises(SignatureError, match=r"receipt\.signature"):
        receipt.check(forged, SEALED.header, SEALED.digest, RECEIPTS.public_key)


def test_no_byte_of_a_photo_s_receipt_can_be_changed() -> None:
    where = (ORIGIN, CENTRE, DEVICE)
    photo = receipt.issue_photo(RECEIPTS, *where, b"a photo's record", bytes(range(32)), 500_000, NOON)
    issued = receipt.pack_photo(photo)
    assert receipt.unpack_photo(issued) == photo

    def read(data: bytes) -> None:
        receipt.check_photo(receipt.unpack_photo(data), *where, RECEIPTS.public_key)

    read(issued)
    assert len(issued) == receipt.PHOTO_WIRE_BYTES
    assert all(refused(read, data) for data in flips(issued))
    assert all(refused(read, issued[:length]) for length in range(len(issued)))
    with pytest.raises(SignatureError, match=r"receipt\.signature"):
        receipt.check_photo(photo, ORIGIN, CENTRE, bytes(16), RECEIPTS.public_key)
