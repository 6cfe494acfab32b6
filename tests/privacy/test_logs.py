"""What the server's log cannot carry: planted markers go in by every way, and none comes out in a line."""

import asyncio
import contextlib
import io
import json
import logging
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from daiban_server import logs
from tests.privacy.people import CARD, ZHANG
from tests.support.processes import ROOT
from tests.support.township import Township

MARKERS = (
    "MARKERbody",
    "标记正文",
    "MARKERcookie",
    "MARKERheader",
    "MARKERquery",
    "MARKERpath",
    "MARKERform",
    ZHANG,
    CARD,
)
SECRET = "kJ8sKq2LmN0pQrStUvWxYz0123456789AbCdEfGh"
HEADERS = {
    "Authorization": f"Bearer {SECRET}",
    "Cookie": f"daiban_session=MARKERcookie{SECRET}",
    "X-Note": "MARKERheader",
}


async def plant(http: httpx2.AsyncClient, *, broken: bool = False) -> list[httpx2.Response]:
    """Ask for things that go wrong, by every way in which somebody sends something."""
    body = f"MARKERbody 标记正文 {ZHANG} {CARD} {SECRET}"
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/v1/session", {"json": {"login": body, "password": SECRET}}),
        ("POST", "/v1/session", {"content": body.encode(), "headers": {"Content-Type": "application/json"}}),
        ("POST", "/v1/session", {"json": {"login": [body], "password": 1}}),
        ("POST", "/v1/session", {"json": {"login": f"{body}\x00", "password": "x"}}),
        ("POST", "/v1/sync?MARKERquery=1", {"content": body.encode()}),
        ("GET", f"/v1/records/MARKERpath{ZHANG}?status=MARKERquery&limit={ZHANG}", {}),
        ("GET", f"/v1/cases?q={ZHANG}&due_before=MARKERquery", {}),
        ("POST", "/sign-in", {"data": {"login": f"MARKERform{ZHANG}", "password": SECRET, "next": "/MARKERquery"}}),
        ("PATCH", f"/v1/photos/uploads/MARKERpath{SECRET}", {"content": b"\xff\xd8" + body.encode()}),
        ("MARKERpath", f"/MARKERpath/{ZHANG}", {}),
        ("POST", f"/v1/public/JM/opinions?{ZHANG}", {"json": {"text": 3, "phone": body, "person": body}}),
        ("POST", "/v1/enrolments", {"content": body.encode()}),
        ("POST", "/v1/public/look-up", {"json": {"number": body, "code": body}}),
    ]
    if broken:
        asked.append(("POST", "/broken/statement", {"content": body.encode()}))
        asked.append(("POST", "/broken/handler/MARKERpath", {"content": body.encode()}))
    answers = []
    for method, path, given in asked:
        headers = {**HEADERS, **given.pop("headers", {})}
        answers.append(await http.request(method, path, headers=headers, **given))
    return answers


def echoes_nothing(answer: httpx2.Response) -> None:
    """The sign-in page keeps the account that was typed in its field, for whoever typed it; nothing else does."""
    nothing_of_it(re.sub('<input id="login"[^>]*>', "", answer.text))


def nothing_of_it(text: str) -> None:
    for marker in (*MARKERS, SECRET, ZHANG[:-1], CARD[:-1]):
        assert marker not in text, f"{marker} in {text}"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What the log says, from every logger of this process, down to its most talkative."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.formatter())
    root = logging.getLogger()
    named = [one for one in logging.root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    before = {one: (one.level, one.propagate) for one in [root, *named]}
    root.addHandler(handler)
    for one in before:
        one.setLevel(logging.DEBUG)
        one.propagate = True
    yield written
    root.removeHandler(handler)
    for one, (level, propagate) in before.items():
        one.setLevel(level)
        one.propagate = propagate


async def test_no_logger_of_the_process_says_what_was_sent(
    township: Township, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = township

    async def fails(*_: object, **__: object) -> None:
        raise ValueError(f"row (MARKERbody {ZHANG}) [parameters: {CARD}]") from KeyError("标记正文")

    async with town.stranger() as http:
        answers = await plant(http)
    clerk = await town.signed_in("赵敏")
    monkeypatch.setattr(town.services.database.opened, "read", fails)  # type: ignore[attr-defined]
    answers.append(await clerk.get(f"/v1/records/household/MARKERpath{ZHANG}?MARKERquery"))
    for answer in answers:
        assert answer.status_code >= 400 or answer.status_code == 303
        echoes_nothing(answer)
    told = lines.getvalue()
    nothing_of_it(told)
    faults = [line for line in map(json.loads, told.splitlines()) if line.get("event") == "a request failed"]
    assert faults, "the fault itself is told"
    (fault,) = [line for line in faults if line["exception"][0]["type"] == "builtins.ValueError"]
    assert fault["method"] == "GET"
    assert [one["type"] for one in fault["exception"]] == ["builtins.ValueError", "builtins.KeyError"]
    assert fault["exception"][0]["through"][-1].endswith(" fails")
    assert all(set(line) <= set(logs.TOLD) for line in map(json.loads, told.splitlines()))


async def test_no_problem_tells_a_clerk_what_was_sent(township: Township, lines: io.StringIO) -> None:
    clerk = await township.signed_in("赵敏")
    planted = f"标记正文{ZHANG}X"
    home = {"place": township.qingshan.hex(), "head": "张桂兰"}
    record = (await clerk.post("/v1/records/household", json={"fields": home})).json()["record"]
    asked: list[tuple[str, str, dict[str, Any]]] = [
        ("PATCH", f"/v1/records/household/{record}", {"fields": {"identity_number": planted, "phone": CARD}}),
        ("PATCH", f"/v1/records/household/{record}", {"fields": {"members": [{"name": planted, "phone": CARD}]}}),
        ("PATCH", f"/v1/records/household/{record}", {"fields": {"size": planted}, "seen": planted}),
        ("POST", f"/v1/records/household/{record}/reveal", {"field": planted, "reason": planted}),
        ("POST", f"/v1/records/{record}/reveal", {"field": planted, "reason": "compare", "note": planted}),
        ("POST", f"/v1/records/household/{record}/settlement", {"field": "phone", "value": planted, "over": [planted]}),
        ("POST", f"/v1/records/application/{record}/commands/{planted}", {"arguments": {planted: planted}}),
        ("POST", f"/v1/records/application/{record}/commands/complete", {"arguments": {"result": [planted]}}),
        ("POST", "/v1/visits/offers", {"household": planted}),
        ("PUT", "/v1/office", {"phone": planted * 9}),
    ]
    for method, path, body in asked:
        answer = await clerk.request(method, path, json=body)
        assert answer.status_code >= 400, path
        nothing_of_it(answer.text)
    nothing_of_it(lines.getvalue())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def test_nothing_comes_out_of_the_real_process(database_url: str, tmp_path: Path) -> None:
    """Standard output and standard error of the supervisor and of its worker, with a statement that fails, a handler
    that raises, a warning, and libraries that log what they got."""
    port, said = free_port(), tmp_path / "said"
    command = [sys.executable, "-m", "tests.privacy.noisy", str(tmp_path / "data"), str(port)]
    with running(command + ([database_url] if database_url else []), said):
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as http:
            await answering(http, said)
            answers = await plant(http, broken=True)
    text = said.read_text()
    nothing_of_it(text)
    for answer in answers:
        echoes_nothing(answer)
    assert answers[-1].json()["code"] == "server.fault"
    read = [json.loads(line) for line in text.splitlines()]
    assert any(line.get("event", "").startswith("Listening at: http://127.0.0.1:") for line in read)
    types = {one["type"] for line in read for one in line.get("exception", ())}
    assert {"builtins.RuntimeError", "builtins.KeyError"} <= types
    assert any(name.startswith(("sqlcipher3", "asyncpg")) for name in types), "the statement's failure is told too"


@contextlib.contextmanager
def running(command: list[str], said: Path) -> Iterator[None]:
    """A process until the block ends; everything that it says goes to a file."""
    with said.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT)
        try:
            yield
        finally:
            process.terminate()
            process.wait(30)


async def answering(http: httpx2.AsyncClient, said: Path) -> None:
    """Wait until the server answers."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            assert (await http.get("/v1/health")).status_code == 200
        except httpx2.TransportError:
            await asyncio.sleep(0.1)
        else:
            return
    pytest.fail(f"the server does not answer: {said.read_text()}")


@pytest.mark.parametrize(
    ("slip", "told"),
    [
        (f"number {ZHANG}", f"number {ZHANG[0]}{'*' * 16}{ZHANG[-1]}"),
        (f"key {SECRET}", "key …"),
        ("Cookie: a=b", "…"),
        ("the password was abc", "the …"),
        ("a round of jobs failed", "a round of jobs failed"),
    ],
)
def test_a_slip_of_ours_is_blanked(slip: str, told: str) -> None:
    assert logs.blanked(slip) == told
