"""What every answer promises to a browser, and what no other site can make a browser do."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from litestar.handlers import BaseRouteHandler

from daiban_server.app import create_app
from daiban_server.http.session import COOKIE
from daiban_server.settings import Settings
from tests.accounts.desk import desk_of
from tests.console.workday import browser_of, token
from tests.support.raw_device import code_of
from tests.support.township import PASSWORD, Township

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
HOSTILE = [
    {"Origin": "https://evil.invalid"},
    {"Origin": "null"},
    {"Origin": "http://["},
    {"Origin": ""},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "OWN"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "https://evil.invalid"},
]


def routes(town: Township) -> list[tuple[str, str, BaseRouteHandler]]:
    """Method, path and handler of everything that the running app answers."""
    found = []
    for route in create_app(town.services.settings).routes:
        path = re.sub(r"\{\w+:(\w+)\}", lambda named: "0" * 32 if named[1] == "str" else "0", route.path)
        for handler in getattr(route, "route_handlers", ()):
            found += [(str(method), path, handler) for method in sorted(handler.http_methods)]
        if not hasattr(route, "route_handlers"):
            found.append(("GET", f"{path.rstrip('/')}/console.css", route.route_handler))
    return found


def promised(answer: httpx2.Response) -> list[str]:
    """What an answer fails to promise."""
    told, wrong = answer.headers, []
    policy = told.get("content-security-policy", "")
    page = told.get("content-type", "").startswith("text/html")
    rules = ["default-src 'none'", "frame-ancestors 'none'"]
    if page:
        rules += ["script-src 'self'", "form-action 'self'", "base-uri 'none'"]
    wrong += [rule for rule in rules if rule not in policy]
    wrong += ["unsafe"] * ("unsafe" in policy) + ["anywhere"] * ("*" in policy or "http" in policy)
    for name, value in {
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }.items():
        wrong += [name] * (told.get(name) != value)
    wrong += ["permissions-policy"] * ("camera=()" not in told.get("permissions-policy", ""))
    kept = told.get("cache-control", "")
    wrong += ["cache-control"] * (kept != "no-store" and not answer.url.path.startswith("/static/"))
    return wrong


async def test_every_route_of_the_running_app_carries_every_header(sqlite_township: Township) -> None:
    town = sqlite_township
    walked = routes(town)
    assert len(walked) > 150
    head = await desk_of(town, "李红")
    async with town.stranger() as nobody:
        for http in (nobody, head.http):
            for method, path, _ in walked:
                if path in ("/v1/session", "/sign-out") and method != "GET":
                    continue
                answer = await http.request(method, path)
                assert promised(answer) == [], (method, path, answer.status_code)
        for path in ("/no/such/page", "/v1/no/such", "/static/none.css", "/static/%00", "/v1/cases/%ff", "/schema"):
            assert promised(await nobody.get(path)) == [], path
        assert promised(await nobody.request("BREW", "/")) == []
        assert promised(await nobody.post("/sign-in", data={"login": "李红", "password": PASSWORD})) == []
        huge = await nobody.post("/v1/session", content=b"x" * 40_000_000, headers={"content-type": "application/json"})
        assert (huge.status_code, promised(huge)) == (413, [])


async def test_a_fault_of_ours_carries_them_too(sqlite_township: Township, monkeypatch: pytest.MonkeyPatch) -> None:
    http = await browser_of(sqlite_township, "李红")

    async def broken(*arguments: object) -> Any:
        raise RuntimeError("on purpose")

    monkeypatch.setattr(sqlite_township.services.database, "read", broken)
    for path in ("/summary", "/v1/conflicts"):
        answer = await http.get(path)
        assert (answer.status_code, promised(answer)) == (500, []), path


async def test_only_a_server_with_tls_asks_for_tls_for_ever(tmp_path: Path) -> None:
    for url, asks in (("https://daiban.example", True), ("http://localhost", False)):
        answer = await bare(Settings(tmp_path / url[:5], url))
        assert ("strict-transport-security" in answer.headers) == asks


async def bare(settings: Settings) -> httpx2.Response:
    """The health of an application of these settings, asked without a network."""
    app = create_app(settings, rounds=False)
    told: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        told.append(message)

    scope = {"type": "http", "method": "GET", "path": "/v1/health", "raw_path": b"/v1/health", "root_path": ""}
    scope |= {"query_string": b"", "headers": [], "scheme": "http", "http_version": "1.1", "app": app}
    scope |= {"server": ("localhost", 80), "client": ("127.0.0.1", 1), "state": {}}
    await app(scope, receive, send)  # type: ignore[arg-type] # as much of a scope as a server fills in
    return httpx2.Response(told[0]["status"], headers=told[0]["headers"])


# Other sites -------------------------------------------------------------------------------------------------------


@pytest.fixture
async def unsafe(sqlite_township: Township) -> AsyncIterator[list[tuple[str, str, BaseRouteHandler]]]:
    yield [one for one in routes(sqlite_township) if one[0] in UNSAFE and "/uploads" not in one[1]]


async def test_no_other_site_changes_anything_anywhere(
    sqlite_township: Township, unsafe: list[tuple[str, str, BaseRouteHandler]]
) -> None:
    """Not even with the token: it may have been read from a page that was left open."""
    town = sqlite_township
    head = await desk_of(town, "李红")
    assert len(unsafe) > 60
    for method, path, _ in unsafe:
        for hostile in HOSTILE:
            headers = {name: town.url if value == "OWN" else value for name, value in hostile.items()}
            answer = await head.http.request(method, path, headers=headers)
            assert answer.status_code == 403, (method, path, hostile, answer.status_code)
            told = answer.text if "html" in answer.headers["content-type"] else code_of(answer)
            assert "csrf.mismatch" in told, (method, path, hostile)
    assert (await head.http.get("/v1/conflicts")).status_code == 200


async def test_every_change_wants_the_sessions_own_token(
    sqlite_township: Township, unsafe: list[tuple[str, str, BaseRouteHandler]]
) -> None:
    town = sqlite_township
    http, other = await browser_of(town, "李红"), await desk_of(town, "赵敏")
    foreign = other.http.headers["X-CSRF-Token"]
    checked = 0
    for method, path, handler in unsafe:
        stages = handler.opt.get("stages", ("full",))
        if "action" not in handler.opt or "full" not in stages:
            continue
        for csrf in ("", "x", foreign, "页面"):
            told = {"headers": {"X-CSRF-Token": csrf.encode()}, "data": {"csrf": csrf}}
            answer = await http.request(method, path, **told)  # type: ignore[arg-type] # headers and a form
            assert answer.status_code in (403,), (method, path, csrf, answer.status_code)
            assert "csrf.mismatch" in answer.text or "permission.denied" in answer.text, (method, path)
            checked += "csrf.mismatch" in answer.text
    assert checked > 150
    assert (await http.get("/summary")).status_code == 200


async def test_a_token_of_before_the_sign_in_is_worth_nothing_after(sqlite_township: Township) -> None:
    town = sqlite_township
    http = await browser_of(town, "李红")
    before = await token(http)
    await http.post("/sign-in", data={"login": "李红", "password": PASSWORD})
    assert (await http.post("/sign-out", data={"csrf": before})).status_code == 403
    assert COOKIE in http.cookies
