"""What a browser carries from here to the provider and back: sealed, in a cookie of ten minutes.

No row is kept, so whoever starts a thousand sign-ins fills no table. It is spent by the provider, which takes a code
once.
"""

import base64
import secrets

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from litestar.datastructures import Cookie
from msgspec import Struct

from daiban_server.http.problems import ProblemError
from daiban_server.keystore import ServerKeys
from daiban_server.settings import Settings

LIFE = 600_000
"""Milliseconds between leaving for the provider and coming back."""
_NONCE = 12
_BOUND = b"daiban oidc 1"


class Flow(Struct, frozen=True):
    """One way to the provider and back. `verifier` is PKCE's (RFC 7636), `person` who wants to be linked ("" for a
    sign-in), `next` where to go after it."""

    state: str
    nonce: str
    verifier: str
    expires: int
    next: str = ""
    person: str = ""


def begin(now: int, wanted: str = "", person: str = "") -> Flow:
    """A new way, with secrets of its own."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Flow(state, nonce, verifier, now + LIFE, wanted, person)


def cookie_name(settings: Settings) -> str:
    """As for the session's cookie."""
    return "__Host-daiban_oidc" if settings.secure_cookies else "daiban_oidc"


def cookie(flow: Flow, settings: Settings, keys: ServerKeys) -> Cookie:
    """The cookie. It comes back from another site, by a link: ``SameSite=Lax`` lets that through."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = nonce + _box(keys).encrypt(nonce, msgspec.json.encode(flow), _BOUND)
    return Cookie(
        key=cookie_name(settings),
        value=base64.urlsafe_b64encode(sealed).decode(),
        path="/",
        httponly=True,
        secure=settings.secure_cookies,
        samesite="lax",
        max_age=LIFE // 1000,
    )


def opened(text: str, state: str, keys: ServerKeys, now: int) -> Flow:
    """The way that this browser is on. Raises `ProblemError("oidc.state")` for another's, an old one, or none."""
    try:
        data = base64.b64decode(text, altchars=b"-_", validate=True)
        flow = msgspec.json.decode(_box(keys).decrypt(data[:_NONCE], data[_NONCE:], _BOUND), type=Flow)
    except (InvalidTag, ValueError):
        raise ProblemError("oidc.state") from None
    if flow.expires <= now or not secrets.compare_digest(flow.state.encode(), state.encode()):
        raise ProblemError("oidc.state")
    return flow


def _box(keys: ServerKeys) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(keys.derived("oidc flow"))
