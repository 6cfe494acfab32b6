"""Browsers that somebody signed in with before, told by a cookie of half a year.

One cookie for each person of a shared desk: a random name of the browser and a MAC that binds it to the person. It
proves nothing about who sits there; it only decides on what a wrong password counts (see `lockout`).
"""

import hmac
import secrets
from collections.abc import Mapping

from litestar.datastructures import Cookie

from daiban_server.services import Services

LIFE = 180 * 86_400
"""Seconds that a browser is remembered after the last sign-in."""
_NAME_BYTES = 16


def known(cookies: Mapping[str, str], person: bytes, services: Services) -> bytes:
    """The browser's name if this person signed in with it before, else b""."""
    name, _, mac = cookies.get(_cookie_name(person, services), "").partition(".")
    good = len(name) == 2 * _NAME_BYTES and hmac.compare_digest(mac.encode(), _mac(name, person, services).encode())
    return name.encode() if good else b""


def remember(cookies: Mapping[str, str], person: bytes, services: Services) -> Cookie:
    """The cookie after a sign-in; a browser that was known keeps its name."""
    name = known(cookies, person, services).decode() or secrets.token_hex(_NAME_BYTES)
    return Cookie(
        key=_cookie_name(person, services),
        value=f"{name}.{_mac(name, person, services)}",
        path="/",
        httponly=True,
        secure=services.settings.secure_cookies,
        samesite="lax",
        max_age=LIFE,
    )


def _cookie_name(person: bytes, services: Services) -> str:
    """Tells nobody who it is that signs in here."""
    prefix = "__Host-" if services.settings.secure_cookies else ""
    return f"{prefix}daiban_desk_{hmac.digest(services.keys.derived('browser name'), person, 'sha256')[:4].hex()}"


def _mac(name: str, person: bytes, services: Services) -> str:
    return hmac.digest(services.keys.derived("browser"), person + name.encode(), "sha256")[:16].hex()
