"""What is signed is what is said: batches, receipts, checkpoints and keyrings, and no byte of them can be changed."""

import base64
import hashlib
import hmac
import json
import struct
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daiban_sync import batch, dsse, keyring, limits, note, receipt
from daiban_sync.batch import Batch, Header
from daiban_sync.clock import Interval
from daiban_sync.errors import SignatureError, SyncError, WireError
from daiban_sync.keys import key_id, verify
from tests.sync.paper_centre import (
    CENTRE,
    DEVICE,
    LOG_NAME,
    NOON,
    ORIGIN,
    RECEIPTS,
    ROOT,
    STRANGER,
    WANG,
    header,
    ring,
    signed_ring,
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


def flips(data: bytes) -> Iterator[bytes]:
    """Every byte changed, in its lowest bit and in its highest."""
    for at, byte in enumerate(data):
        for bit in (0x01, 0x80):
            yield data[:at] + bytes([byte ^ bit]) + data[at + 1 :]


def refused(read: Callable[[bytes], object], data: bytes) -> bool:
    """Whether reading says no, and says it in the one way that callers expect."""
    try:
        read(data)
    except (WireError, SignatureError):
        return True
    return False


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
    expected += struct.pack(">Qqq", 4, *BOUNDS)
    assert receipt.payload(SEALED.header, SEALED.digest, 4, BOUNDS) == expected
    issued = receipt.issue(RECEIPTS, SEALED.header, SEALED.digest, 4, BOUNDS)
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


# Checkpoints ---------------------------------------------------------------------------------------------------


CHECKPOINT = note.issue(RECEIPTS, LOG_NAME, 42, bytes(range(32)), NOON)


def test_no_byte_of_a_checkpoint_can_be_changed() -> None:
    issued = note.pack(CHECKPOINT)

    def read(data: bytes) -> None:
        note.check(note.unpack(data), LOG_NAME)

    read(issued)
    assert note.unpack(issued) == CHECKPOINT
    assert all(refused(read, data) for data in flips(issued))
    assert all(refused(read, issued[:length]) for length in range(len(issued)))
    with pytest.raises(SignatureError, match=r"checkpoint\.signature"):
        note.check(CHECKPOINT, note.name(ORIGIN, DEVICE))


@given(st.integers(0, 2**63), hashes, st.integers(0, 2**60))
def test_a_checkpoint_is_a_signed_note_that_parses_back(size: int, root: bytes, time: int) -> None:
    issued = note.issue(RECEIPTS, LOG_NAME, size, root, time)
    assert note.parse(note.note(issued, LOG_NAME), LOG_NAME, RECEIPTS.public_key) == issued


def test_no_character_of_the_note_can_be_changed() -> None:
    """Not even where base64 would not mind."""
    signed = note.note(CHECKPOINT, LOG_NAME)

    def read(data: str) -> None:
        note.parse(data, LOG_NAME, RECEIPTS.public_key)

    read(signed)
    for at, character in enumerate(signed):
        for other in {"A", "B", "1", "\n", chr(ord(character) ^ 1)} - {character}:
            with pytest.raises(SignatureError, match=r"checkpoint\.signature"):
                read(signed[:at] + other + signed[at + 1 :])
    for other in ("", signed + "\n", signed + signed, signed.replace("42", "042"), signed.replace("\n", "\r\n")):
        with pytest.raises(SignatureError, match=r"checkpoint\.signature"):
            read(other)
    with pytest.raises(SignatureError, match=r"checkpoint\.signature"):
        note.parse(signed, LOG_NAME, STRANGER.public_key)


def test_the_note_has_the_form_that_others_read() -> None:
    body, _, tail = note.note(CHECKPOINT, LOG_NAME).partition("\n\n")
    assert body.split("\n") == [
        f"daiban/{ORIGIN.hex()}/{CENTRE.hex()}",
        "42",
        base64.b64encode(bytes(range(32))).decode(),
        f"time {NOON}",
    ]
    hint = hashlib.sha256(LOG_NAME.encode() + b"\n\x01" + RECEIPTS.public_key).digest()[:4]
    dash, name, signature = tail.rstrip("\n").split(" ")
    assert (dash, name) == ("—", LOG_NAME)
    assert base64.b64decode(signature)[:4] == hint
    verify(RECEIPTS.public_key, (body + "\n").encode(), base64.b64decode(signature)[4:])
    assert note.digest(CHECKPOINT, LOG_NAME) == hashlib.sha256(note.note(CHECKPOINT, LOG_NAME).encode()).digest()


def test_the_verifier_key_is_the_one_that_signed_note_tools_take() -> None:
    """The example of the format's own documentation: Peter Neumann's key, and what he signed with it."""
    published = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    key = base64.b64decode(published.split("+", 2)[2])[1:]
    assert note.verifier_key("PeterNeumann", key) == published
    text = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
    signature = base64.b64decode(
        "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
    )
    assert signature[:4].hex() == published.split("+")[1]
    verify(key, text.encode(), signature[4:])
    ours = note.verifier_key(LOG_NAME, RECEIPTS.public_key).split("+", 2)
    assert ours[:2] == [LOG_NAME, base64.b64decode(note.note(CHECKPOINT, LOG_NAME).split(" ")[-1])[:4].hex()]


# Keyrings ------------------------------------------------------------------------------------------------------


def test_a_keyring_comes_back_and_names_who_may_sign_receipts() -> None:
    desk = keyring.ServerKey("desk", STRANGER.public_key.hex(), CENTRE.hex())
    stated = ring(7)
    stated = keyring.Keyring(7, stated.origin, stated.at, (*stated.keys, desk))
    loaded = keyring.load(keyring.issue(ROOT, stated), ROOT.public_key, ORIGIN)
    assert loaded == stated
    assert loaded.receipt_keys() == {key_id(RECEIPTS.public_key): RECEIPTS.public_key}, (
        "the desk's key is not among them"
    )


def test_a_changed_keyring_says_the_same_or_nothing() -> None:
    """The envelope is JSON, so the unsigned key id and base64's spare bits may change; what it says may not."""
    envelope = signed_ring(3)
    stated = keyring.load(envelope, ROOT.public_key, ORIGIN)
    survivors = 0
    for changed in flips(envelope):
        try:
            assert keyring.load(changed, ROOT.public_key, ORIGIN) == stated
            survivors += 1
        except SyncError as error:
            assert isinstance(error, SignatureError)
            assert error.code == "keyring.signature"
    assert survivors <= 2 * len('"keyid": "0123456789abcdef", ')


def test_a_keyring_of_another_root_or_installation_or_no_keyring_is_refused() -> None:
    for envelope, root, origin in (
        (signed_ring(1, root=STRANGER), ROOT, ORIGIN),
        (signed_ring(1), STRANGER, ORIGIN),
        (signed_ring(1), ROOT, CENTRE),
        (batch.pack(SEALED), ROOT, ORIGIN),
        (_enveloped({"edition": 1}), ROOT, ORIGIN),
        (_enveloped([]), ROOT, ORIGIN),
    ):
        with pytest.raises(SignatureError, match=r"keyring\.signature"):
            keyring.load(envelope, root.public_key, origin)


def _enveloped(document: object) -> bytes:
    payload = json.dumps(document).encode()
    return dsse.export(dsse.KEYRING, payload, dsse.sign(ROOT, dsse.KEYRING, payload), ROOT.public_key)
