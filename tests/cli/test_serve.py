"""``daiban set-up`` and ``daiban serve``: a newcomer's first hour with the server."""

import contextlib
import multiprocessing
import os
import re
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pyotp
import pytest

from daiban_server.serve import end_with_supervisor
from tests.kills.audit import open_server
from tests.support.phones import blocking_phone_in
from tests.support.processes import ROOT, Child

DAIBAN = Path(sys.executable).with_name("daiban")


def set_up(data: Path) -> tuple[str, str]:
    """A centre with two villages; gives the head's login and password."""
    people = ["--head", "李红", "--agent", "王芳", "--phone", "0915-1"]
    words = ["--district", "汉滨区", "--centre", "建民", "--village", "青山村", "--village", "白河村", *people]
    done = subprocess.run(
        [DAIBAN, "set-up", "--data", str(data), *words], cwd=ROOT, capture_output=True, text=True, check=True
    )
    found = re.search(r"account: (\S+)  密码 / password: (\S+)", done.stdout)
    assert found, done.stdout
    return found[1], found[2]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def ready(url: str, data: Path) -> Iterator[httpx2.Client]:
    """Wait until the server answers with the certificate that it made for itself."""
    certificate = data / "tls" / "certificate.pem"
    deadline = time.monotonic() + 120
    while not certificate.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    context = ssl.create_default_context(cafile=str(certificate))
    with httpx2.Client(base_url=url, verify=context, trust_env=False) as http:
        while True:
            try:
                assert http.get("/v1/health").json() == {"status": "ok"}
                break
            except httpx2.TransportError:
                assert time.monotonic() < deadline, "the server does not answer"
                time.sleep(0.1)
        yield http


def test_a_newcomer_sets_up_a_centre_enrols_a_phone_and_stops_the_server(tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_port()
    login, password = set_up(data)
    url = f"https://localhost:{port}"
    serving = [DAIBAN, "serve", "--data", data, "--port", str(port), "--url", url]
    with Child(serving) as server, ready(url, data) as http:
        assert "tel:0915-1" in http.get("/lost").text, "whom to call is known from the first day"
        moves_in(http, login, password)
        person = next(p for p in people(data) if p[1] == "王芳")
        code = http.post("/v1/enrolment-codes", json={"person": person[0]}).json()["text"]
        with blocking_phone_in(tmp_path / "phone") as client:
            fingerprint = client.enrol(code, "手机")
            (device,) = http.get("/v1/devices").json()
            http.post(f"/v1/devices/{device['id']}/approve", json={"fingerprint": fingerprint})
            assert client.sync().may_be_given_back
            assert len(client.records("item")) == 42
            assert {place.values["name"] for place in client.records("place")} >= {"青山村"}
        second = subprocess.run(
            [DAIBAN, "serve", "--data", str(data), "--port", str(free_port())],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "is open in another process" in second.stdout + second.stderr
        with http.stream("GET", "/live") as page:
            assert page.status_code == 200
            assert server.stop(timeout=20) == 0, "a page that follows holds the server up"
    assert "Traceback" not in server.output
    files = {path.name: path.stat().st_mode & 0o077 for path in (data / "keys").iterdir()}
    assert files and not any(files.values())


def moves_in(http: httpx2.Client, login: str, password: str) -> None:
    """The head's first sign-in: a password of her own, and an app that makes codes."""
    own = "一杯热茶，两个馒头 2026"

    def step(path: str, **told: str) -> dict[str, Any]:
        answer = http.post(path, json=told)
        assert answer.is_success, answer.text
        shown: dict[str, Any] = answer.json()
        http.headers["X-CSRF-Token"] = shown.get("csrf") or http.headers["X-CSRF-Token"]
        return shown

    assert step("/v1/session", login=login, password=password)["stage"] == "change"
    assert step("/v1/account/password", old=password, new=own)["stage"] == "enrol"
    app = pyotp.TOTP(step("/v1/account/app")["secret"])
    assert len(step("/v1/account/app/confirm", code=app.now())["codes"]) == 10


def people(data: Path) -> list[tuple[str, str]]:
    """Id and name of everybody, read beside the running server."""
    database = open_server(data)
    found = [(row[0].hex(), row[1]) for row in database.execute("SELECT id, name FROM person")]
    database.close()
    return found


@pytest.mark.parametrize("words", [["--workers", "2"], ["--port", "x"]])
def test_what_cannot_be_served_is_said(tmp_path: Path, words: list[str]) -> None:
    done = subprocess.run(
        [DAIBAN, "serve", "--data", str(tmp_path / "data"), *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def _orphaned(found: "multiprocessing.Queue[str]", gone: "multiprocessing.Queue[int]") -> None:
    """What a supervisor does that dies before its worker has begun to watch it."""
    multiprocessing.Process(target=_late, args=(found, gone)).start()
    gone.put(os.getpid())
    gone.close()
    gone.join_thread()
    os._exit(1)


def _late(found: "multiprocessing.Queue[str]", gone: "multiprocessing.Queue[int]") -> None:
    supervisor = gone.get()
    while os.getppid() == supervisor:
        time.sleep(0.01)
    try:
        end_with_supervisor()
    except SystemExit:
        found.put("ended")
    else:
        found.put("outlived it")


def test_a_worker_whose_supervisor_died_while_it_started_ends_too() -> None:
    found: multiprocessing.Queue[str] = multiprocessing.Queue()
    gone: multiprocessing.Queue[int] = multiprocessing.Queue()
    multiprocessing.Process(target=_orphaned, args=(found, gone)).start()
    assert found.get(timeout=60) == "ended"


def test_the_api_describes_itself_and_a_killed_server_leaves_no_worker_behind(tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_port()
    url = f"https://localhost:{port}"
    set_up(data)
    command = [DAIBAN, "serve", "--data", data, "--port", str(port), "--url", url]
    with Child(command) as server, ready(url, data) as http:
        document = http.get("/schema/openapi.json").json()
        assert "/v1/sync" in document["paths"]
        assert "/v1/visits/offers" in document["paths"]
        pages = [http.get(path) for path in ("/schema", "/schema/swagger", "/schema/redoc", "/schema/elements")]
        assert not any("//cdn" in page.text or "unpkg" in page.text for page in pages)
        server.kill()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.1)
    raise AssertionError("the worker outlived its supervisor")
