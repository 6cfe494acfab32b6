"""Headers that every answer carries, whoever made it: pages, JSON, files, errors of ours and of the framework's.

A page shows personal data, so no browser, proxy or shared desk keeps it, nothing of it loads from elsewhere, and no
script runs but the console's own files. What is no page gets the shortest policy that forbids everything: phones on a
weak link pay for each byte.
"""

from collections.abc import Awaitable, Callable

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Scope

from daiban_server.settings import Settings

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
POLICY = "default-src 'none'; frame-ancestors 'none'"
ALL = {
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: a form would then be sent with `Origin: null`, and the door could not tell whose form it is.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
PAGES = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Frame-Options": "DENY",
    "Content-Language": "zh-CN",
}
PERMISSIONS = "camera=(), geolocation=(), microphone=(), publickey-credentials-get=(self)"
TRANSPORT = "max-age=31536000"
"""HSTS for a year (RFC 6797). A browser that was let in past a certificate of our own making ignores
it, as it should."""

Dress = Callable[[Message, Scope], Awaitable[None]]


def dressing(settings: Settings) -> Dress:
    """A hook before each message; what an answer says itself stands."""
    base = {**ALL, "Permissions-Policy": PERMISSIONS}
    if settings.url.startswith("https:"):
        base["Strict-Transport-Security"] = TRANSPORT

    async def dress(message: Message, scope: Scope) -> None:
        if message["type"] != "http.response.start":
            return
        headers = MutableScopeHeaders.from_message(message)
        page = headers.get("content-type", "").startswith("text/html")
        for name, value in {**base, **(PAGES if page else {"Content-Security-Policy": POLICY})}.items():
            headers.setdefault(name, value)

    return dress
