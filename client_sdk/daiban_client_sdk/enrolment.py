"""Enrolling a device: read the one-time code, make a key here, prove that it is ours, keep what the server says."""

import base64
import json
from typing import Any, NamedTuple

import msgspec

from daiban_client_sdk.errors import DeviceError
from daiban_client_sdk.transport import Transport
from daiban_sync import dsse, keyring
from daiban_sync.keys import Signer


class Code(NamedTuple):
    """What a one-time code says: where the server is, who it is, and the secret. Ids and keys in hexadecimal."""

    url: str
    origin: str
    root_key: str
    pin: str
    secret: str


def read_code(text: str) -> Code:
    """Read a code as it was scanned or typed. Raises `DeviceError("enrolment.malformed")`."""
    try:
        scheme, _, packed = text.strip().partition(".")
        if scheme != "DAIBAN1":
            raise ValueError
        stated = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
        code = Code(*(str(stated[name]) for name in ("u", "o", "r", "p", "c")))
        if len(bytes.fromhex(code.origin)) != 16 or len(bytes.fromhex(code.root_key)) != 32:
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise DeviceError("enrolment.malformed") from None
    return code


def proof(code: Code, signer: Signer, name: str, now: int, device: str = "") -> bytes:
    """The request that registers a device: DSSE JSON, signed with the key that it names. A device that the server has
    forgotten names its id."""
    asked = {"code": code.secret, "key": signer.public_key.hex(), "origin": code.origin, "name": name, "at": now}
    payload = msgspec.json.encode(asked | ({"device": device} if device else {}))
    return dsse.export(dsse.ENROLMENT, payload, dsse.sign(signer, dsse.ENROLMENT, payload), signer.public_key)


async def enrol(
    code: Code, signer: Signer, name: str, now: int, transport: Transport, device: str = ""
) -> dict[str, Any]:
    """Register with the server; gives its answer once the keyring in it was checked against the code's root key."""
    answer = await transport.request("POST", "/v1/enrolments", proof(code, signer, name, now, device))
    stated: dict[str, Any] = answer.json()
    keyring.load(stated["keyring"].encode(), bytes.fromhex(code.root_key), bytes.fromhex(code.origin))
    return stated
