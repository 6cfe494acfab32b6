"""Request signatures: HTTP Message Signatures (RFC 9421) with Ed25519 over a Content-Digest (RFC 9530).

One profile, so there is nothing to negotiate: label ``d``, components ``"@method" "@authority" "@request-target"
"content-digest"``, parameters ``created`` (Unix seconds), ``keyid`` (the device's id in hexadecimal) and, where the
device's clock is off, the server's ``nonce``. The digest is SHA-256.
"""

import base64
import hashlib
import re
from typing import NamedTuple

from daiban_sync.clock import SECOND, STALE
from daiban_sync.errors import SignatureError
from daiban_sync.keys import Signer, verify

_COMPONENTS = '("@method" "@authority" "@request-target" "content-digest")'
_INPUT = re.compile(
    r"d="
    + re.escape(_COMPONENTS)
    + r';created=(0|[1-9][0-9]{0,11});keyid="([0-9a-f]{32})"(?:;nonce="([A-Za-z0-9_=-]{1,100})")?\Z'
)


class Target(NamedTuple):
    """What a signature covers besides the body: method, the Host header's value, path with query."""

    method: str
    authority: str
    path: str


class Parameters(NamedTuple):
    """A signature's parameters. `created` in Unix seconds."""

    created: int
    device: str
    nonce: str | None = None

    def __str__(self) -> str:
        nonce = f';nonce="{self.nonce}"' if self.nonce else ""
        return f'{_COMPONENTS};created={self.created};keyid="{self.device}"{nonce}'


def digest(body: bytes) -> str:
    """The Content-Digest of a body."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def base(target: Target, content_digest: str, parameters: Parameters) -> bytes:
    """The signature base of RFC 9421 §2.5."""
    return (
        f'"@method": {target.method}\n"@authority": {target.authority.lower()}\n'
        f'"@request-target": {target.path}\n"content-digest": {content_digest}\n'
        f'"@signature-params": {parameters}'
    ).encode()


def sign(signer: Signer, target: Target, body: bytes, parameters: Parameters) -> dict[str, str]:
    """The three headers that make a request signed."""
    content_digest = digest(body)
    signature = base64.b64encode(signer.sign(base(target, content_digest, parameters))).decode()
    return {
        "Content-Digest": content_digest,
        "Signature-Input": f"d={parameters}",
        "Signature": f"d=:{signature}:",
    }


def parse(signature_input: str) -> Parameters:
    """Raises `SignatureError("signature.missing")` or ``signature.malformed``."""
    if not signature_input:
        raise SignatureError("signature.missing")
    found = _INPUT.match(signature_input)
    if not found:
        raise SignatureError("signature.malformed", "not this protocol's profile")
    return Parameters(int(found[1]), found[2], found[3])


def check(key: bytes, target: Target, body: bytes, parameters: Parameters, content_digest: str, signature: str) -> None:
    """Raise `SignatureError`: ``digest.mismatch``, ``signature.malformed`` or ``signature.invalid``."""
    if content_digest != digest(body):
        raise SignatureError("digest.mismatch")
    if not (signature.startswith("d=:") and signature.endswith(":")):
        raise SignatureError("signature.malformed")
    try:
        raw = base64.b64decode(signature[3:-1], validate=True)
    except ValueError:
        raise SignatureError("signature.malformed") from None
    verify(key, base(target, content_digest, parameters), raw)


def is_stale(parameters: Parameters, now: int) -> bool:
    """Whether `created` is too far from `now` (Unix milliseconds) to stand without a nonce."""
    return abs(parameters.created * SECOND - now) > STALE
