"""Keys, signatures over payloads and requests, the server's keyring, enrolment."""

import base64
import json
from typing import Any

from daiban_sync import dsse, signature
from daiban_sync.errors import SignatureError
from daiban_sync.keys import check_public_key, fingerprint, key_id
from daiban_sync.signature import Parameters, Target
from tests.vectors import cast

PAYLOAD_TYPES = (
    dsse.BATCH,
    dsse.RECEIPT,
    dsse.PHOTO_RECEIPT,
    dsse.HORIZON,
    dsse.RESTORED,
    dsse.KEYRING,
    dsse.ENROLMENT,
    dsse.NEW_KEY,
    dsse.BUNDLE,
    dsse.ANSWER,
    dsse.SPOOLED,
    dsse.VOUCHED,
    dsse.EVIDENCE,
    dsse.PASSKEY,
)
_UNUSABLE = {
    "small order: the identity": "01" + "00" * 31,
    "small order: of order two": "ec" + "ff" * 30 + "7f",
    "small order: of order four": "00" * 32,
    "small order: of order eight": "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "small order: of order eight, signed": "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "not canonical: y is the prime": "ed" + "ff" * 30 + "7f",
    "not canonical: y is the prime and one": "ee" + "ff" * 30 + "7f",
    "not on the curve": "02" + "00" * 31,
    "31 bytes": "03" * 31,
}


def keys() -> dict[str, Any]:
    """Key pairs with what names them, and one DSSE signature spelt out."""
    pairs = {}
    for (who, seed), key in zip(cast.SEEDS.items(), (cast.ROOT, cast.RECEIPT, cast.DESK_KEY, cast.PHONE), strict=True):
        pairs[who] = {
            "seed": seed.hex(),
            "public": key.public_key.hex(),
            "id": key_id(key.public_key).hex(),
            "fingerprint": fingerprint(key.public_key),
        }
    payload = "你好 daiban".encode()
    signed = dsse.sign(cast.PHONE, "text/plain", payload)
    return {
        "about": "Ed25519 keys, their ids and fingerprints; keys that are refused; DSSE",
        "pairs": pairs,
        "unusable": [{"key": _unusable(key), "why": why} for why, key in _UNUSABLE.items()],
        "dsse": {
            "payload_type": "text/plain",
            "payload": payload.hex(),
            "encoding": dsse.pae("text/plain", payload).hex(),
            "key": "device",
            "signature": signed.hex(),
            "envelope": dsse.export("text/plain", payload, signed, cast.PHONE.public_key).decode(),
        },
        "payload_types": list(PAYLOAD_TYPES),
    }


def _unusable(key: str) -> str:
    try:
        check_public_key(bytes.fromhex(key))
    except SignatureError:
        return key
    raise AssertionError("this key may be used")


def keyring() -> dict[str, Any]:
    """An edition of the server's keys."""
    return {
        "about": "the server's keyring as DSSE JSON under the root key",
        "root": cast.ROOT.public_key.hex(),
        "origin": cast.ORIGIN.hex(),
        "envelope": cast.SIGNED_RING.decode(),
        "payload": base64.b64decode(json.loads(cast.SIGNED_RING)["payload"]).decode(),
    }


def enrolment() -> dict[str, Any]:
    """A one-time code and the request that uses it."""
    secret = bytes(range(16))
    stated = {
        "u": "https://daiban.example:8443",
        "o": cast.ORIGIN.hex(),
        "r": cast.ROOT.public_key.hex(),
        "p": "",
        "c": secret.hex(),
    }
    packed = base64.urlsafe_b64encode(json.dumps(stated, separators=(",", ":")).encode()).decode().rstrip("=")
    asked = {
        "code": secret.hex(),
        "key": cast.PHONE.public_key.hex(),
        "origin": cast.ORIGIN.hex(),
        "name": "王芳的手机",
        "at": cast.NINE,
    }
    payload = json.dumps(asked, separators=(",", ":"), ensure_ascii=False).encode()
    proof = dsse.export(dsse.ENROLMENT, payload, dsse.sign(cast.PHONE, dsse.ENROLMENT, payload), cast.PHONE.public_key)
    return {
        "about": "what a one-time code says, and the proof of possession that uses it",
        "code": f"DAIBAN1.{packed}",
        "stated": json.dumps(stated, separators=(",", ":")),
        "payload": payload.decode(),
        "request": proof.decode(),
        "fingerprint": fingerprint(cast.PHONE.public_key),
        "answer": {
            "device": cast.DEVICE.hex(),
            "state": "pending",
            "centre": cast.CENTRE.hex(),
            "centre_name": "建民办事处",
            "person": b"person--wangfang".hex(),
            "person_name": "王芳",
            "role": "agent",
            "fingerprint": fingerprint(cast.PHONE.public_key),
            "keyring": cast.SIGNED_RING.decode(),
        },
    }


def requests() -> dict[str, Any]:
    """Signed requests."""
    created = cast.NINE // 1000
    post = Target("POST", "daiban.example:8443", "/v1/sync")
    plain = Parameters(created, cast.DEVICE.hex())
    nonce = Parameters(created, cast.DEVICE.hex(), "AAABog4jRIBhYmNkZWZnaGlqa2w=")
    get = Target("GET", "daiban.example", "/v1/enrolment")
    return {
        "about": "HTTP Message Signatures (RFC 9421) over Content-Digest (RFC 9530); `body` in hexadecimal",
        "key": "device",
        "plain": _request(post, b"any body", plain),
        "nonce": _request(post, b"any body", nonce),
        "empty": _request(get, b"", plain),
    }


def _request(target: Target, body: bytes, parameters: Parameters) -> dict[str, Any]:
    headers = signature.sign(cast.PHONE, target, body, parameters)
    return {
        **target._asdict(),
        "body": body.hex(),
        "base": signature.base(target, signature.digest(body), parameters).decode(),
        "headers": "\n".join(f"{name}: {value}" for name, value in headers.items()),
    }
