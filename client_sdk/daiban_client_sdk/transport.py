"""Signed requests over a link that breaks.

What can be tried again is: each request is safe to repeat. A refusal that will stay one is raised at once, with the
server's
code and advice.
"""

import logging
import ssl
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx2
import stamina

from daiban_client_sdk import tls
from daiban_client_sdk.errors import OfflineError, RefusedError
from daiban_client_sdk.patience import LONGEST, PATIENCE, asked
from daiban_sync import signature
from daiban_sync.keys import Signer
from daiban_sync.limits import RELEASE
from daiban_sync.signature import Parameters, Target

# Upload tickets are in URLs, and whoever has one may use it: no log line may carry it.
logging.getLogger("httpx2").setLevel(logging.WARNING)
logging.getLogger("httpcore2").setLevel(logging.WARNING)

USER_AGENT = f"daiban-sdk/{RELEASE}"
ATTEMPTS = 5
"""Tries of one request before the device counts as offline."""
_RETRIED = (408, 425, 429, 500, 502, 503, 504)


class _AgainError(Exception):
    """A failure that may pass; `after` are the seconds that the server asked to wait."""

    def __init__(self, after: float | None = None) -> None:
        super().__init__()
        self.after = after


class _WaitError(Exception):
    """The server wants to be left alone for longer than anybody waits before a screen."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


def wall_clock() -> int:
    """Unix milliseconds of the device's own clock."""
    return time.time_ns() // 1_000_000


class Transport:
    """Requests to one server. `offset` is server time minus device time in milliseconds, as far as it is known;
    `not_before` is when, by the device's clock, a server that asked to be left alone may be asked again."""

    def __init__(
        self, url: str, pin: str, now: Callable[[], int] = wall_clock, offset: int = 0, not_before: int = 0
    ) -> None:
        self.url = url.rstrip("/")
        self.offset = offset
        self.clock_doubted = False
        self.not_before = not_before
        self._pin = pin
        self._now = now
        self._http: httpx2.AsyncClient | None = None

    async def request(
        self, method: str, path: str, body: bytes = b"", *, signer: Signer | None = None, device: str = ""
    ) -> httpx2.Response:
        """Send a request, signed if there is a `signer`; gives a 2xx answer. Raises `OfflineError` or
        `RefusedError`."""
        # What lies further off than any wait was written before the clock was set back.
        if 0 < self.not_before - self._now() <= LONGEST * 1000:
            raise OfflineError("the server asked to wait")
        try:
            async for attempt in stamina.retry_context(
                on=_again,
                attempts=ATTEMPTS,
                timeout=120,
                wait_initial=0.3,
                wait_max=10,
                wait_jitter=1,
            ):
                with attempt:
                    return await self._once(method, path, body, signer, device)
        except _WaitError as error:
            raise self.rest(error.seconds) from None
        except _AgainError as error:
            raise self.rest(error.after or 0) from None
        except (httpx2.TransportError, OSError) as error:
            raise OfflineError(type(error).__name__) from None
        raise AssertionError("the retry loop returns or raises")

    def rest(self, seconds: float) -> OfflineError:
        """The server is left alone for so long, whatever is called; gives what to raise."""
        if not seconds:
            return OfflineError("the server is busy")
        self.not_before = self._now() + int(seconds * 1000)
        return OfflineError("the server asked to wait")

    async def http(self) -> httpx2.AsyncClient:
        """The connection pool, with TLS as `tls.trust` says. Raises `OfflineError` where there is no link."""
        if self._http is None:
            parts = urlsplit(self.url)
            # Without TLS nobody's certificate is trusted; reading those of the public authorities takes 20 ms.
            verify = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            if parts.scheme == "https":
                try:
                    trusted = await tls.trust(parts.hostname or "", parts.port or 443, self._pin)
                except tls.PinError as error:
                    raise RefusedError("tls.pin", str(error)) from None
                verify, self.clock_doubted = trusted
            self._http = httpx2.AsyncClient(
                base_url=self.url,
                verify=verify,
                timeout=httpx2.Timeout(30, connect=15),
                headers={"User-Agent": USER_AGENT},
                trust_env=False,
            )
            # On a weak link every byte counts, and no answer depends on these (HTTP/1.1 keeps connections by itself).
            for name in ("Accept", "Accept-Encoding", "Connection"):
                del self._http.headers[name]
        return self._http

    async def close(self) -> None:
        """Close the connections."""
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def _once(self, method: str, path: str, body: bytes, signer: Signer | None, device: str) -> httpx2.Response:
        response = await self._send(method, path, body, signer, device, None)
        problem = _problem(response)
        if problem.get("code") == "signature.stale" and problem.get("nonce"):
            # The clock is off: sign over the server's nonce, and learn its time.
            self.offset = int(problem.get("server_time", self._now())) - self._now()
            response = await self._send(method, path, body, signer, device, str(problem["nonce"]))
            problem = _problem(response)
        if response.is_success:
            return response
        if response.status_code in _RETRIED:
            after = asked(response)
            if after is not None and after > PATIENCE:
                raise _WaitError(after)
            raise _AgainError(after)
        raise RefusedError(str(problem.get("code", f"http.{response.status_code}")), str(problem.get("detail", "")))

    async def _send(
        self, method: str, path: str, body: bytes, signer: Signer | None, device: str, nonce: str | None
    ) -> httpx2.Response:
        headers = {}
        http = await self.http()
        if signer is not None:
            # A clock that was set back since its offset was learnt may come out before 1970; the server's nonce helps.
            created = max(0, self._now() + self.offset) // 1000
            target = Target(method, _authority(self.url), path)
            headers = signature.sign(signer, target, body, Parameters(created, device, nonce))
        return await http.request(method, path, content=body, headers=headers)


def _again(error: Exception) -> bool | float:
    if isinstance(error, _AgainError):
        return error.after or True
    return isinstance(error, httpx2.TransportError | OSError)


def _authority(url: str) -> str:
    """The Host header that the HTTP library sends: the default port is left out."""
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}[parts.scheme]
    host = parts.hostname or ""
    return host if parts.port in (None, default) else f"{host}:{parts.port}"


def _problem(response: httpx2.Response) -> dict[str, Any]:
    if response.is_success or "json" not in response.headers.get("content-type", ""):
        return {}
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
