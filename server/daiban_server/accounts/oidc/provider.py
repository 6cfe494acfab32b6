"""The provider: what it publishes, and what its word is worth (OpenID Connect Core 1.0, 3.1.3).

An ID token is held to, in order: an asymmetric signature by one of the provider's keys, of the algorithms below and
never ``none`` or a shared secret; its issuer; this client as its only reader; its times; the nonce of this browser's
own way. Keys are fetched anew when a token names one that is not known, at most every few seconds.
"""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import httpx2
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from msgspec import Struct

from daiban_server.accounts.oidc.flow import Flow
from daiban_server.http.problems import ProblemError
from daiban_server.settings import Oidc

ALGORITHMS = ("RS256", "PS256", "ES256", "Ed25519", "EdDSA")
SKEW = 60
"""Seconds by which the provider's clock may differ."""
LONGEST_LIFE = 3600
"""Seconds after which an ID token is too old to sign in with, whatever it says of itself."""
SECONDS = 10.0
"""How long one request to the provider may take."""
LARGEST = 262_144
"""Bytes of an answer that are read."""
MULTIPLE = frozenset({"mfa", "otp", "hwk"})
"""Values of ``amr`` (RFC 8176) by which a provider says that it saw a second factor."""
_REFETCH = 5_000
"""Milliseconds between fetching the keys for one unknown name and for the next."""


class Metadata(Struct, frozen=True):
    """What of a provider's description is used (OpenID Connect Discovery 1.0, 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class Identity(Struct, frozen=True):
    """Whom the provider vouches for: `claim` is what it calls him, `second` whether it saw a second factor."""

    subject: str
    claim: str
    second: bool


class Provider:
    """One sign-in provider. What it publishes is fetched when it is first needed: the server starts without it."""

    def __init__(self, settings: Oidc, redirect_uri: str) -> None:
        """Raises `OSError` where the client's secret cannot be read: better at the start than at the door."""
        self.settings, self._redirect_uri = settings, redirect_uri
        self._secret = settings.secret_file.read_text("utf-8").strip()
        self._metadata: Metadata | None = None
        self._keys: KeySet | None = None
        self._fetched = 0

    async def address(self, flow: Flow) -> str:
        """Where a browser signs in. Raises `ProblemError("oidc.unreachable")`."""
        metadata = await self._described()
        hashed = hashlib.sha256(flow.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": "openid profile",
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": base64.urlsafe_b64encode(hashed).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        joint = "&" if "?" in metadata.authorization_endpoint else "?"
        return f"{metadata.authorization_endpoint}{joint}{urlencode(asked)}"

    async def exchanged(self, code: str, flow: Flow, now: int) -> Identity:
        """Whom a code stands for. Raises `ProblemError`: ``oidc.unreachable``, ``oidc.refused`` where the provider does
        not take the code, ``oidc.token`` where its word does not hold."""
        metadata = await self._described()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": flow.verifier,
        }
        answer = await self._asked("POST", metadata.token_endpoint, form)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise ProblemError("oidc.refused")
        return await self.judged(token, flow.nonce, now)

    async def judged(self, token: str, nonce: str, now: int) -> Identity:
        """Whom an ID token names. `now` in Unix milliseconds. Raises `ProblemError("oidc.token")`."""
        claims = await self._verified(token, now)
        seconds = now // 1000
        if claims.get("iss") != self.settings.issuer:
            raise ProblemError("oidc.token", detail="issuer")
        if not self._is_for_us(claims):
            raise ProblemError("oidc.token", detail="audience")
        expires, issued = claims.get("exp"), claims.get("iat")
        if not isinstance(expires, int) or not isinstance(issued, int):
            raise ProblemError("oidc.token", detail="time")
        if expires <= seconds - SKEW or not seconds - LONGEST_LIFE <= issued <= seconds + SKEW:
            raise ProblemError("oidc.token", detail="time")
        if claims.get("nonce") != nonce:
            raise ProblemError("oidc.token", detail="nonce")
        subject, claim, methods = claims.get("sub"), claims.get(self.settings.claim), claims.get("amr")
        if not isinstance(subject, str) or not 0 < len(subject) <= 255 or "\x00" in subject:
            raise ProblemError("oidc.token", detail="subject")
        second = isinstance(methods, list) and not MULTIPLE.isdisjoint(map(str, methods))
        return Identity(subject, claim if isinstance(claim, str) else "", second)

    def _is_for_us(self, claims: Mapping[str, Any]) -> bool:
        readers = claims.get("aud")
        mine = self.settings.client_id
        return readers in (mine, [mine]) and claims.get("azp", mine) == mine

    async def _verified(self, token: str, now: int) -> Mapping[str, Any]:
        """The claims of a token that one of the provider's keys signed."""
        for anew in (False, True):
            keys = await self._published(now, anew=anew)
            if keys is None:
                continue
            try:
                return jwt.decode(token, keys, algorithms=ALGORITHMS).claims
            except (JoseError, ValueError):
                # Perhaps signed by a key that was published since: once more with those of now.
                continue
        raise ProblemError("oidc.token", detail="signature")

    async def _published(self, now: int, *, anew: bool) -> KeySet | None:
        """The provider's keys; None where they were fetched a moment ago and fetching again is no use."""
        if self._keys is not None and not anew:
            return self._keys
        if self._keys is not None and now - self._fetched < _REFETCH:
            return None
        self._fetched = now
        answer = await self._asked("GET", (await self._described()).jwks_uri)
        listed = answer.get("keys")
        if not isinstance(listed, list):
            raise ProblemError("oidc.unreachable")
        # A shared secret in a published list would be one that everybody knows; what is not known is left out.
        usable = [key for key in listed if isinstance(key, dict) and key.get("kty") in ("RSA", "EC", "OKP")]
        try:
            self._keys = KeySet.import_key_set({"keys": usable})
        except (JoseError, ValueError, KeyError, TypeError):
            raise ProblemError("oidc.unreachable") from None
        return self._keys

    async def _described(self) -> Metadata:
        if self._metadata is None:
            answer = await self._asked("GET", self.settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
            try:
                described = Metadata(**{name: str(answer[name]) for name in Metadata.__struct_fields__})
            except KeyError:
                raise ProblemError("oidc.unreachable") from None
            if described.issuer != self.settings.issuer or not all(map(_is_safe, _addresses(described))):
                raise ProblemError("oidc.unreachable")
            self._metadata = described
        return self._metadata

    async def _asked(self, method: str, url: str, form: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        """A JSON answer of the provider, asked as this client where a form is sent."""
        if not _is_safe(url):
            raise ProblemError("oidc.unreachable")
        auth = None if form is None else self._credentials()
        try:
            async with httpx2.AsyncClient(timeout=SECONDS, trust_env=False) as http:
                answer = await http.request(method, url, data=form, auth=auth)
            told = answer.json() if len(answer.content) <= LARGEST else None
        except (httpx2.HTTPError, ValueError):
            raise ProblemError("oidc.unreachable") from None
        if answer.status_code >= 500 or not isinstance(told, dict):
            raise ProblemError("oidc.unreachable")
        if not answer.is_success:
            raise ProblemError("oidc.refused")
        return told

    def _credentials(self) -> tuple[str, str]:
        """``client_secret_basic``, whose parts are form-encoded first (RFC 6749, 2.3.1)."""
        return quote(self.settings.client_id, safe=""), quote(self._secret, safe="")


def _addresses(described: Metadata) -> tuple[str, ...]:
    return described.authorization_endpoint, described.token_endpoint, described.jwks_uri


def _is_safe(url: str) -> bool:
    """TLS, or this very machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1"))
