"""Checkpoints are signed notes that others read; keyrings are what the root key says and nothing else."""

import base64
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from daiban_sync import dsse, keyring, note
from daiban_sync.errors import SignatureError, SyncError
from daiban_sync.keys import key_id, verify
from tests.sync.damage import flips, refused
from tests.sync.paper_centre import (
    CENTRE,
    DEVICE,
    LOG_NAME,
    NOON,
    ORIGIN,
    RECEIPTS,
    ROOT,
    STRANGER,
    ring,
    signed_ring,
)

hashes = st.binary(min_size=32, max_size=32)

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
        (b"not an envelope", ROOT, ORIGIN),
        (_enveloped({"edition": 1}), ROOT, ORIGIN),
        (_enveloped([]), ROOT, ORIGIN),
    ):
        with pytest.raises(SignatureError, match=r"keyring\.signature"):
            keyring.load(envelope, root.public_key, origin)


def _enveloped(document: object) -> bytes:
    payload = json.dumps(document).encode()
    return dsse.export(dsse.KEYRING, payload, dsse.sign(ROOT, dsse.KEYRING, payload), ROOT.public_key)
