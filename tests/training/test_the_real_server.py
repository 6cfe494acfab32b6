"""The real server leads to the training and has nothing of it; the training has nothing that leads out of it."""

import re
import signal
import time
from pathlib import Path

import httpx2
import pytest

from daiban_server.app import create_app
from daiban_server.console.routes import PRACTICE
from daiban_server.demo.whole import FolderError
from daiban_server.outbound.port import OwnList, Webhook
from daiban_server.settings import Settings
from daiban_server.training.front import practice_settings
from daiban_server.training.place import Place
from tests.cli.test_plan_served import below
from tests.cli.test_serve import free_port
from tests.support.processes import Child
from tests.support.township import Township, open_township


def paths(app: object) -> set[str]:
    return {route.path for route in app.routes}  # type: ignore[attr-defined]


def test_a_real_server_has_no_door_without_passwords(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DAIBAN_PRACTICE", "DAIBAN_TRAINING"):
        monkeypatch.setenv(name, "1")
    monkeypatch.setenv("DAIBAN_DATA", str(tmp_path / "real"))
    real = create_app(Settings.from_environment())
    practice = create_app(Settings(tmp_path / "made-up", practice=True))
    only = paths(practice) - paths(real)
    assert only == {"/sign-in/practice", "/training", "/training/again"}
    assert len(PRACTICE.routes) == len(only)


async def test_whoever_tries_the_door_of_the_training_at_a_real_server_is_not_let_in(
    sqlite_township: Township,
) -> None:
    town = sqlite_township
    async with town.stranger() as http:
        asked = {"person": town.people["李红"].hex(), "next": "/summary"}
        answer = await http.post("/sign-in/practice", data=asked)
        assert (answer.status_code, "set-cookie" in answer.headers) == (404, False)
        page = (await http.get("/sign-in")).text
        assert 'name="password"' in page and town.people["李红"].hex() not in page
        assert "练习" not in page


async def test_a_real_server_leads_to_the_training_where_there_is_one(tmp_path: Path) -> None:
    async with open_township(tmp_path, training="https://localhost:8444") as town, town.stranger() as http:
        for path in ("/sign-in", "/lost"):
            page = (await http.get(path)).text
            assert '<a href="https://localhost:8444">去练习</a>' in page
            assert "<title>练习" not in page and 'class="practising"' not in page


def test_nothing_leads_out_of_a_training_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    leads_out = {
        "DAIBAN_WEBHOOK": "https://gateway.example/sms",
        "DAIBAN_WITNESSES": "https://witness.example KEY",
        "DAIBAN_DATABASE": "postgresql://real",
        "DAIBAN_OIDC_ISSUER": "https://id.example",
        "DAIBAN_OIDC_CLIENT_ID": "daiban",
        "DAIBAN_OIDC_CLIENT_SECRET_FILE": str(tmp_path / "secret"),
    }
    for name, value in leads_out.items():
        monkeypatch.setenv(name, value)
    given = Settings.from_environment()
    assert given.webhook and given.witnesses and given.oidc and given.database
    made = practice_settings(Place(tmp_path), given)
    assert (made.webhook, made.witnesses, made.oidc, made.database, made.training) == ("", "", None, "", "")
    assert made.practice and made.data == tmp_path / "district"
    for practice, way in ((True, OwnList), (False, Webhook)):
        app = create_app(Settings(tmp_path / str(practice), webhook="https://gateway.example", practice=practice))
        assert isinstance(app.state.services.outbound, way)


@pytest.mark.parametrize("held", ["daiban.db", "keys"])
def test_a_folder_of_real_data_is_left_alone(tmp_path: Path, held: str) -> None:
    (tmp_path / held).mkdir()
    with pytest.raises(FolderError):
        Place(tmp_path).claim()
    assert [one.name for one in tmp_path.iterdir()] == [held]


@pytest.mark.slow
def test_a_training_that_is_killed_while_it_makes_its_district_starts_clean(tmp_path: Path) -> None:
    """The command as people start it, and SIGKILL for all of it."""
    folder, port = tmp_path / "training", free_port()
    command = ("-m", "daiban_server.training", "--data", folder, "--port", str(port), "--plain")
    with httpx2.Client(base_url=f"http://localhost:{port}", trust_env=False) as http:
        with Child.python(*command) as server:
            until(lambda: (folder / "district.part" / "keys").exists())
            assert answers(http) == 503
            server.kill()
        until(lambda: answers(http) == 0)
        assert not (folder / "district").exists()
        with Child.python(*command) as server:
            until(lambda: answers(http) == 200)
            assert re.search(r'name="person" value="[0-9a-f]{32}"', http.get("/sign-in").text)
            assert not (folder / "district.part").exists()
            assert below(server.pid)
            assert server.stop() in (0, -signal.SIGTERM), server.output
            assert "Traceback" not in server.output


def answers(http: httpx2.Client) -> int:
    """What the door says; 0 if nobody is there."""
    try:
        return http.get("/sign-in").status_code
    except httpx2.TransportError:
        return 0


def until(what: object, patience: float = 600) -> None:
    """Wait for something of another process."""
    deadline = time.monotonic() + patience
    while not what():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.05)
