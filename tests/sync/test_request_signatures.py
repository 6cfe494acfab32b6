"""Request signatures: the base string by hand, one spelling of all of it, and what a wrong clock may do."""

import base64
import hashlib

import pytest

from daiban_sync import signature
from daiban_sync.errors import SignatureError
from daiban_sync.keys import SoftwareKey
from daiban_sync.signature import Parameters, Target

KEY, OTHER = SoftwareKey(bytes([5]) * 32), SoftwareKey(bytes([6]) * 32)
DEVICE = "019a" * 8
TARGET = Target("POST", "Centre.Example:8443", "/v1/sync?page=2")
BODY = b"some bytes"
NOW = 1_764_000_000
MADE = Parameters(NOW, DEVICE)


def signed(parameters: Parameters = MADE, target: Target = TARGET, body: bytes = BODY) -> dict[str, str]:
    return signature.sign(KEY, target, body, parameters)


def check(headers: dict[str, str], target: Target = TARGET, body: bytes = BODY, key: SoftwareKey = KEY) -> None:
    parameters = signature.parse(headers["Signature-Input"])
    signature.check(key.public_key, target, body, parameters, headers["Content-Digest"], headers["Signature"])


def code_of(headers: dict[str, str], **changes: object) -> str:
    with pytest.raises(SignatureError) as error:
        check(headers, **changes)  # type: ignore[arg-type]
    return error.value.code


@pytest.mark.parametrize("nonce", [None, "Zm9vYmFy_-="])
def test_the_base_string_is_the_rfc_s_put_together_by_hand(nonce: str | None) -> None:
    """RFC 9421 §2.5: one line for each component, the parameters last, and no line end behind them."""
    digest = "sha-256=:" + base64.b64encode(hashlib.sha256(BODY).digest()).decode() + ":"
    tail = f';nonce="{nonce}"' if nonce else ""
    stated = f'("@method" "@authority" "@request-target" "content-digest");created={NOW};keyid="{DEVICE}"{tail}'
    base = "\n".join(
        [
            '"@method": POST',
            '"@authority": centre.example:8443',
            '"@request-target": /v1/sync?page=2',
            f'"content-digest": {digest}',
            f'"@signature-params": {stated}',
        ]
    )
    headers = signed(Parameters(NOW, DEVICE, nonce))
    assert headers == {
        "Content-Digest": digest,
        "Signature-Input": f"d={stated}",
        "Signature": f"d=:{base64.b64encode(KEY.sign(base.encode())).decode()}:",
    }
    check(headers)
    assert signature.parse(headers["Signature-Input"]) == Parameters(NOW, DEVICE, nonce)


def test_the_digest_is_rfc_9530_s_example() -> None:
    """RFC 9530's own body and header."""
    assert signature.digest(b'{"hello": "world"}\n') == "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"


@pytest.mark.parametrize(
    "changed",
    [
        {"target": TARGET._replace(method="GET")},
        {"target": TARGET._replace(authority="other.example")},
        {"target": TARGET._replace(path="/v1/sync")},
        {"target": TARGET._replace(path="/v1/sync?page=3")},
        {"key": OTHER},
    ],
)
def test_a_signature_is_good_for_one_request_only(changed: dict[str, object]) -> None:
    assert code_of(signed(), **changed) == "signature.invalid"


def test_another_body_is_refused_as_changed_on_the_way() -> None:
    assert code_of(signed(), body=BODY + b"!") == "digest.mismatch"
    stale = {**signed(), "Content-Digest": signature.digest(b"another")}
    assert code_of(stale) == "digest.mismatch"
    assert code_of(stale, body=b"another") == "signature.invalid"


def test_the_authority_is_a_name_and_has_no_case() -> None:
    check(signed(), target=TARGET._replace(authority="CENTRE.example:8443"))


@pytest.mark.parametrize(
    "other", [Parameters(NOW + 1, DEVICE), Parameters(NOW, "0" * 32), Parameters(NOW, DEVICE, "n")]
)
def test_the_parameters_are_signed_too(other: Parameters) -> None:
    assert code_of({**signed(), "Signature-Input": f"d={other}"}) == "signature.invalid"


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("", "signature.malformed"),
        ("d=", "signature.malformed"),
        ("d=::", "signature.invalid"),
        ("d=:", "signature.invalid"),
        ("d=:***:", "signature.malformed"),
        ("d=:照片:", "signature.malformed"),
        ("d=:AAAA:", "signature.invalid"),
        ("e=:AAAA:", "signature.malformed"),
        ('d="AAAA"', "signature.malformed"),
    ],
)
def test_a_signature_of_another_form_is_refused(header: str, code: str) -> None:
    assert code_of({**signed(), "Signature": header}) == code


COMPONENTS = '("@method" "@authority" "@request-target" "content-digest")'


@pytest.mark.parametrize(
    "header",
    [
        f'd={COMPONENTS};created=1;keyid="{DEVICE.upper()}"',
        f'd={COMPONENTS};created=1;keyid="{DEVICE[1:]}"',
        f'd={COMPONENTS};created=-1;keyid="{DEVICE}"',
        f'd={COMPONENTS};created=01;keyid="{DEVICE}"',
        f'd={COMPONENTS};created=1.0;keyid="{DEVICE}"',
        f'd={COMPONENTS};created=\u0661;keyid="{DEVICE}"',
        f'd={COMPONENTS};created={10**12};keyid="{DEVICE}"',
        f'd={COMPONENTS};created=1;keyid="{DEVICE}";nonce=""',
        f'd={COMPONENTS};created=1;keyid="{DEVICE}";nonce="a b"',
        f'd={COMPONENTS};created=1;keyid="{DEVICE}";nonce="a\\"b"',
        f'd={COMPONENTS};created=1;keyid="{DEVICE}";nonce="{"a" * 101}"',
        f'd={COMPONENTS};created=1;keyid="{DEVICE}";alg="none"',
        f'd={COMPONENTS};keyid="{DEVICE}";created=1',
        f'd={COMPONENTS};created=1;keyid="{DEVICE}"\n',
        f'e={COMPONENTS};created=1;keyid="{DEVICE}"',
        f'd=("@method" "@authority" "content-digest");created=1;keyid="{DEVICE}"',
        f'd=();created=1;keyid="{DEVICE}"',
        f'd={COMPONENTS};created=1;keyid="{DEVICE}", d=();created=1;keyid="{DEVICE}"',
    ],
)
def test_there_is_one_profile_and_one_spelling_of_it(header: str) -> None:
    with pytest.raises(SignatureError) as error:
        signature.parse(header)
    assert error.value.code == "signature.malformed"


def test_no_signature_is_another_matter_than_a_bad_one() -> None:
    with pytest.raises(SignatureError) as error:
        signature.parse("")
    assert error.value.code == "signature.missing"


@pytest.mark.parametrize("nonce", ["a", "Z" * 100, "09_-="])
def test_nonces_that_a_server_gives_are_taken(nonce: str) -> None:
    made = Parameters(NOW, DEVICE, nonce)
    assert signature.parse(f"d={made}") == made


@pytest.mark.parametrize(("seconds", "stale"), [(0, False), (299, False), (300, False), (301, True), (10**8, True)])
def test_a_clock_more_than_five_minutes_off_needs_a_nonce(seconds: int, stale: bool) -> None:
    for off in (seconds, -seconds):
        assert signature.is_stale(Parameters(NOW + off, DEVICE), NOW * 1000) is stale
    assert signature.is_stale(Parameters(NOW - 300, DEVICE), NOW * 1000 + 1)
