"""A passkey in software: the bytes that a browser and its authenticator make, for tests that need to bend them."""

import base64
import hashlib
import json
import secrets
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256

from daiban_sync.passkey import PRESENT, VERIFIED

ATTESTED = 0x40


def text(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Authenticator:
    """One passkey, of ES256 or EdDSA. What a test bends is an attribute."""

    def __init__(self, origin: str, host: str = "localhost", *, edwards: bool = False) -> None:
        self.origin, self.host, self.id = origin, host, secrets.token_bytes(16)
        self.flags, self.count, self.cross = PRESENT | VERIFIED, 0, False
        self._edwards = ed25519.Ed25519PrivateKey.generate() if edwards else None
        self._point = None if edwards else ec.generate_private_key(ec.SECP256R1())
        self.cose = self._cose()
        """The public key as COSE."""

    def _cose(self) -> bytes:
        if self._edwards:
            return cbor2.dumps({1: 1, 3: -8, -1: 6, -2: self._edwards.public_key().public_bytes_raw()})
        assert self._point
        at = self._point.public_key().public_numbers()
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: at.x.to_bytes(32), -3: at.y.to_bytes(32)})

    def made(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to registration options."""
        attested = bytes(16) + len(self.id).to_bytes(2) + self.id + self.cose
        data = self._data(self.flags | ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"])
        return self._answer({"clientDataJSON": text(client), "attestationObject": text(attestation)})

    def shown(self, options: dict[str, Any]) -> dict[str, Any]:
        """The answer to authentication options; counts on."""
        self.count += bool(self.count)
        data, client = self._data(self.flags), self._client("webauthn.get", options["challenge"])
        signature = self.sign(data + hashlib.sha256(client).digest())
        told = {"authenticatorData": data, "clientDataJSON": client, "signature": signature}
        return self._answer({name: text(value) for name, value in told.items()})

    def sign(self, message: bytes) -> bytes:
        """A signature over any bytes."""
        if self._edwards:
            return self._edwards.sign(message)
        assert self._point
        return self._point.sign(message, ec.ECDSA(SHA256()))

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.cross}
        return json.dumps(told).encode()

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        return {"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response}
