"""Keys and signatures: RFC 8032's vectors, keys that anybody could sign for, and one envelope format for all."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer import SSlibKey

from daiban_sync import dsse
from daiban_sync.errors import SignatureError
from daiban_sync.keys import SoftwareKey, check_public_key, fingerprint, key_id, verify
from tests.sync.rfc8032 import VECTORS

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
ORDER = 2**252 + 27742317777372353535851937790883648493
"""Of the large subgroup: anything times it is a point of small order."""
KEY = SoftwareKey(bytes(range(32)))
OTHER = SoftwareKey(bytes(32))

Point = tuple[int, int]


# RFC 8032 ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seed", "public", "message", "signature"), [v[1:] for v in VECTORS], ids=[v[0] for v in VECTORS]
)
def test_the_rfcs_vectors(seed: str, public: str, message: str, signature: str) -> None:
    key = SoftwareKey(bytes.fromhex(seed))
    assert key.public_key.hex() == public
    assert key.sign(bytes.fromhex(message)).hex() == signature
    check_public_key(key.public_key)
    verify(key.public_key, bytes.fromhex(message), bytes.fromhex(signature))


def test_no_bit_of_a_signature_or_key_can_be_turned() -> None:
    message, signature = b"a batch", KEY.sign(b"a batch")
    for bit in range(512):
        with pytest.raises(SignatureError, match=r"batch\.signature"):
            verify(KEY.public_key, message, turned(signature, bit), "batch.signature")
    for bit in range(256):
        with pytest.raises(SignatureError):
            verify(turned(KEY.public_key, bit), message, signature)
    with pytest.raises(SignatureError):
        verify(KEY.public_key, b"another batch", signature)


@pytest.mark.parametrize("length", [0, 1, 63, 65, 128])
def test_a_signature_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(SignatureError):
        verify(KEY.public_key, b"a batch", bytes(length))


def test_a_second_signature_cannot_be_made_from_the_first_by_adding_the_groups_order() -> None:
    signature = KEY.sign(b"a batch")
    raised = int.from_bytes(signature[32:], "little") + ORDER
    with pytest.raises(SignatureError):
        verify(KEY.public_key, b"a batch", signature[:32] + raised.to_bytes(32, "little"))


def turned(data: bytes, bit: int) -> bytes:
    return bytes(byte ^ (1 << bit % 8 if at == bit // 8 else 0) for at, byte in enumerate(data))


# Keys of small order, case 10 ----------------------------------------------------------------------------------


def add(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    cross = D * x1 * x2 * y1 * y2 % P
    x = (x1 * y2 + x2 * y1) * pow(1 + cross, -1, P) % P
    return x, (y1 * y2 + x1 * x2) * pow(1 - cross, -1, P) % P


def times(count: int, point: Point) -> Point:
    result = (0, 1)
    while count:
        if count & 1:
            result = add(result, point)
        point, count = add(point, point), count >> 1
    return result


def on_curve(y: int) -> Point | None:
    """The point with this y and an even x, if the curve has one."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square:
        return None
    return (x if x % 2 == 0 else P - x), y


def torsion() -> list[Point]:
    """The eight points of small order, found by the group's law and not by a list."""
    y = 2
    while True:
        y += 1
        point = on_curve(y)
        if point is None:
            continue
        eighth = times(ORDER, point)
        found = [times(k, eighth) for k in range(8)]
        if len(set(found)) == 8:
            return found


def encodings(point: Point) -> list[bytes]:
    """All that a lenient decoder reads as this point: y or y + p, and for x = 0 either sign."""
    x, y = point
    numbers = [y] + ([y + P] if y + P < 2**255 else [])
    signs = (0, 1) if x == 0 else (x & 1,)
    return [(number | sign << 255).to_bytes(32, "little") for number in numbers for sign in signs]


def test_all_eight_points_of_small_order_are_refused_in_every_spelling() -> None:
    points = torsion()
    spelled = [one for point in points for one in encodings(point)]
    assert (len(points), len(spelled)) == (8, 14)
    for one in spelled:
        with pytest.raises(SignatureError, match=r"key\.unusable"):
            check_public_key(one)


def test_the_library_itself_would_take_a_signature_that_nobody_made() -> None:
    """Why they are refused at enrolment: under the neutral point one string of bytes signs every message."""
    neutral = (1).to_bytes(32, "little")
    verify(neutral, b"whatever", neutral + bytes(32))
    verify(neutral, b"anything else", neutral + bytes(32))
    with pytest.raises(SignatureError, match=r"key\.unusable"):
        check_public_key(neutral)


@pytest.mark.parametrize("number", [*range(P, 2**255), *(n | 1 << 255 for n in range(P, 2**255))])
def test_no_number_beyond_the_field_is_a_key(number: int) -> None:
    with pytest.raises(SignatureError, match=r"key\.unusable"):
        check_public_key(number.to_bytes(32, "little"))


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_key_has_thirty_two_bytes(length: int) -> None:
    with pytest.raises(SignatureError, match=r"key\.unusable"):
        check_public_key(bytes([9]) * length)


@given(st.binary(min_size=32, max_size=32))
def test_a_key_that_is_taken_is_a_point_of_the_curve(key: bytes) -> None:
    number = int.from_bytes(key, "little")
    point = on_curve(number & (2**255 - 1)) if number & (2**255 - 1) < P else None
    try:
        check_public_key(key)
    except SignatureError:
        assert point is None or times(8, point) == (0, 1)
    else:
        assert point is not None
        assert times(8, point) != (0, 1)


@given(st.binary(min_size=32, max_size=32))
def test_every_key_that_a_device_makes_is_usable_and_has_a_name_and_a_fingerprint(seed: bytes) -> None:
    key = SoftwareKey(seed).public_key
    check_public_key(key)
    assert len(key_id(key)) == 8
    groups = fingerprint(key).split(" ")
    assert [len(group) for group in groups] == [4] * 6
    assert all(group.isdecimal() and group.isascii() for group in groups)
    assert fingerprint(key) != fingerprint(OTHER.public_key) or key == OTHER.public_key


# DSSE ----------------------------------------------------------------------------------------------------------


TYPES = (dsse.BATCH, dsse.RECEIPT, dsse.PHOTO_RECEIPT, dsse.KEYRING, dsse.ENROLMENT)


@pytest.mark.parametrize("signed_as", TYPES)
@pytest.mark.parametrize("claimed", TYPES)
def test_a_signature_is_worth_nothing_under_another_payload_type(signed_as: str, claimed: str) -> None:
    signature = dsse.sign(KEY, signed_as, b"payload")
    if claimed == signed_as:
        dsse.check(KEY.public_key, claimed, b"payload", signature, "batch.signature")
    else:
        with pytest.raises(SignatureError, match=r"batch\.signature"):
            dsse.check(KEY.public_key, claimed, b"payload", signature, "batch.signature")


def test_the_encoding_that_is_signed_is_the_one_of_the_standards_example() -> None:
    """The example of the protocol's own page: type http://example.com/HelloWorld, body hello world."""
    assert dsse.pae("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_lengths_keep_type_and_payload_apart() -> None:
    assert dsse.pae("a", b"b c") != dsse.pae("a b", b"c")
    assert dsse.pae("照片", b"") == "DSSEv1 6 照片 0 ".encode()


@given(st.binary(max_size=300))
def test_an_export_is_verified_by_a_library_that_knows_nothing_of_us(payload: bytes) -> None:
    exported = dsse.export(dsse.BATCH, payload, dsse.sign(KEY, dsse.BATCH, payload), KEY.public_key)
    envelope = Envelope.from_dict(json.loads(exported))
    assert list(envelope.verify([_stranger(KEY)], 1)) == [key_id(KEY.public_key).hex()]
    assert (envelope.payload, envelope.payload_type) == (payload, dsse.BATCH)
    with pytest.raises((VerificationError, UnverifiedSignatureError)):
        envelope.verify([_stranger(OTHER)], 1)
    envelope.payload_type = dsse.RECEIPT
    with pytest.raises((VerificationError, UnverifiedSignatureError)):
        envelope.verify([_stranger(KEY)], 1)
    assert dsse.load(exported, dsse.BATCH, KEY.public_key, "batch.signature") == payload


def _stranger(key: SoftwareKey) -> SSlibKey:
    return SSlibKey(key_id(key.public_key).hex(), "ed25519", "ed25519", {"public": key.public_key.hex()})


def _document(**changes: object) -> bytes:
    payload = b'{"edition":1}'
    whole = json.loads(dsse.export(dsse.KEYRING, payload, dsse.sign(KEY, dsse.KEYRING, payload), KEY.public_key))
    return json.dumps({**whole, **changes}).encode()


@pytest.mark.parametrize(
    "envelope",
    [
        b"",
        b"\xff",
        b"[]",
        b"null",
        b"[" * 40_000,
        _document(payload=None),
        _document(payload="***"),
        _document(payload="照片"),
        _document(payload=base64.b64encode(b'{"edition":2}').decode()),
        _document(payloadType=dsse.BATCH),
        _document(payloadType=None),
        _document(signatures=[]),
        _document(signatures={}),
        _document(signatures=5),
        _document(signatures=[5]),
        _document(signatures=[{"sig": ""}]),
        _document(signatures=[{"sig": base64.b64encode(bytes(64)).decode()}]),
        _document(signatures=[{}]),
    ],
    ids=lambda envelope: envelope[:24].decode(errors="replace") or "empty",
)
def test_an_envelope_that_is_not_whole_and_signed_is_refused(envelope: bytes) -> None:
    with pytest.raises(SignatureError, match=r"keyring\.signature"):
        dsse.load(envelope, dsse.KEYRING, KEY.public_key, "keyring.signature")
