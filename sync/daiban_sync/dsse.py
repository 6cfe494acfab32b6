"""Dead Simple Signing Envelope: one signature format for everything that is signed.

https://github.com/secure-systems-lab/dsse, version 1: the signature covers the payload's type as well, so
a signature under one type is worth nothing under another.
"""

import base64
import json
from collections.abc import Sequence

from daiban_sync.errors import SignatureError
from daiban_sync.keys import Signer, key_id, verify

BATCH = "application/vnd.daiban.batch.v1"
RECEIPT = "application/vnd.daiban.receipt.v1"
PHOTO_RECEIPT = "application/vnd.daiban.photo-receipt.v1"
HORIZON = "application/vnd.daiban.horizon.v1"
RESTORED = "application/vnd.daiban.restored.v1"
KEYRING = "application/vnd.daiban.keyring.v1+json"
ENROLMENT = "application/vnd.daiban.enrolment.v1+json"
ANSWER = "application/vnd.daiban.answer.v1"
BUNDLE = "application/vnd.daiban.bundle.v1+json"
SPOOLED = "application/vnd.daiban.spooled.v1"
NEW_KEY = "application/vnd.daiban.new-key.v1+json"
VOUCHED = "application/vnd.daiban.device.v1+json"
EVIDENCE = "application/vnd.daiban.evidence.v1+json"
PASSKEY = "application/vnd.daiban.passkey.v1+json"


def pae(payload_type: str, payload: bytes) -> bytes:
    """The pre-authentication encoding that is signed."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def sign(signer: Signer, payload_type: str, payload: bytes) -> bytes:
    """The 64-byte signature over `payload` as `payload_type`."""
    return signer.sign(pae(payload_type, payload))


def check(key: bytes, payload_type: str, payload: bytes, signature: bytes, code: str) -> None:
    """Raise `SignatureError(code)` unless the signature holds."""
    verify(key, pae(payload_type, payload), signature, code)


def export(payload_type: str, payload: bytes, signature: bytes, key: bytes) -> bytes:
    """The envelope as standard DSSE JSON, which any DSSE library verifies."""
    return _json(payload_type, payload, [(key, signature)])


def export_all(payload_type: str, payload: bytes, signers: Sequence[Signer]) -> bytes:
    """The same under several keys, in this order."""
    return _json(payload_type, payload, [(one.public_key, sign(one, payload_type, payload)) for one in signers])


def _json(payload_type: str, payload: bytes, signatures: Sequence[tuple[bytes, bytes]]) -> bytes:
    told = {"payload": base64.b64encode(payload).decode(), "payloadType": payload_type}
    signed = [{"keyid": key_id(key).hex(), "sig": base64.b64encode(one).decode()} for key, one in signatures]
    return json.dumps({**told, "signatures": signed}).encode()


def load(envelope: bytes, payload_type: str, key: bytes, code: str) -> bytes:
    """The payload of a DSSE JSON envelope whose first signature is `key`'s; `SignatureError(code)` otherwise."""
    try:
        document = json.loads(envelope)
        payload = base64.b64decode(document["payload"], validate=True)
        signatures = [base64.b64decode(s["sig"], validate=True) for s in document["signatures"]]
        stated = document["payloadType"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise SignatureError(code, "not a DSSE envelope") from None
    if stated != payload_type or not signatures:
        raise SignatureError(code, "wrong payload type, or a signature is missing")
    check(key, payload_type, payload, signatures[0], code)
    return payload
