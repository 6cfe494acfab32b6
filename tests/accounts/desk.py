"""Somebody at a desk, step by step through the JSON API, with the app on his telephone."""

from dataclasses import dataclass
from typing import Any

import httpx2
import pyotp

from daiban_server.accounts.totp import STEP
from tests.support.raw_device import code_of
from tests.support.township import PASSWORD, Township


@dataclass
class Desk:
    """A browser, and what it was told last."""

    town: Township
    http: httpx2.AsyncClient
    secret: str = ""

    async def ask(self, path: str, method: str = "POST", **told: Any) -> httpx2.Response:
        """A request with JSON; a new CSRF token is taken over from the answer, as a page of ours would."""
        answer = await self.http.request(method, path, json=told or None)
        if answer.is_success and answer.content and isinstance(shown := answer.json(), dict) and shown.get("csrf"):
            self.http.headers["X-CSRF-Token"] = shown["csrf"]
        return answer

    async def done(self, path: str, method: str = "POST", **told: Any) -> Any:
        """As `ask`, for what must succeed; gives what was told."""
        answer = await self.ask(path, method, **told)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def refused(self, path: str, method: str = "POST", **told: Any) -> str:
        """As `ask`, for what must not succeed; gives the code."""
        answer = await self.ask(path, method, **told)
        assert answer.is_error, answer.text
        return code_of(answer)

    async def signs_in(self, login: str, password: str = PASSWORD) -> str:
        """Give account and password; gives the stage that it led to."""
        return str((await self.done("/v1/session", login=login, password=password))["stage"])

    async def gives_code(self, code: str = "") -> str:
        """The second step; gives the stage that it led to."""
        return str((await self.done("/v1/session/code", code=code or self.code()))["stage"])

    async def has_app(self) -> list[str]:
        """Enrol an app; gives the recovery codes."""
        self.secret = (await self.done("/v1/account/app"))["secret"]
        codes: list[str] = (await self.done("/v1/account/app/confirm", code=self.code()))["codes"]
        return codes

    def code(self, steps: int = 0) -> str:
        """What the app shows, by the township's clock, so many steps from now."""
        return pyotp.TOTP(self.secret).generate_otp(self.town.clock() // STEP + steps)

    def later(self, milliseconds: int = 2 * STEP) -> None:
        """Time goes by."""
        self.town.clock.ahead += milliseconds


async def desk_of(town: Township, name: str = "", http: httpx2.AsyncClient | None = None) -> Desk:
    """A browser that nobody signed in with before; with a name, that one is signed in."""
    desk = Desk(town, http or await town.clients.enter_async_context(town.stranger()))
    if name:
        await desk.signs_in(name)
    return desk
