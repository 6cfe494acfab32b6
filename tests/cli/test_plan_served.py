"""A plan is worked out by the server as people start it: its worker is a child of a child of what they started."""

import os
import signal
import time
from pathlib import Path
from typing import Any

import httpx2

from tests.cli.test_serve import DAIBAN, free_port, moves_in, ready, set_up
from tests.kills.audit import open_server
from tests.support.processes import Child

POINT = {"lon": 109_020_000, "lat": 32_710_000}


def below(pid: int) -> list[int]:
    """The processes that a process began, and those that these began."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = status.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(after_name[1]) == pid:
            found += [int(status.parent.name), *below(int(status.parent.name))]
    return found


def wait_for(http: httpx2.Client, run: str, state: str) -> dict[str, Any]:
    while (shown := http.get(f"/v1/visits/plans/{run}").json())["run"]["state"] != state:
        assert shown["run"]["state"] == "running", shown
        time.sleep(0.1)
    return dict(shown)


def test_a_plan_outlives_no_server_and_the_next_one_says_so(tmp_path: Path) -> None:
    data, port = tmp_path / "data", free_port()
    login, password = set_up(data)
    url = f"https://localhost:{port}"
    command = [DAIBAN, "serve", "--data", data, "--port", str(port), "--url", url]
    with Child(command) as server, ready(url, data) as http:
        moves_in(http, login, password)
        signed_in, csrf = http.cookies, http.headers["X-CSRF-Token"]
        database = open_server(data)
        ((place,),) = database.execute("SELECT id FROM place WHERE name = '青山村'")
        ((wang,),) = database.execute("SELECT id FROM person WHERE name = '王芳'")
        database.close()
        http.put(f"/v1/people/{wang.hex()}/places/{place.hex()}", json={"rank": "A"})
        http.post("/v1/records/roster", json={"fields": {"person": wang.hex(), "home": POINT}})
        home = {"place": place.hex(), "head": "张桂兰", "point": POINT}
        household = http.post("/v1/records/household", json={"fields": home}).json()["record"]
        http.post("/v1/records/visit", json={"fields": {"household": household}})
        first = http.post("/v1/visits/plans", json={"seconds": 60, "iterations": 5}).json()["run"]
        assert wait_for(http, first, "ready")["diff"]["after"]["visits"] == 1
        second = http.post("/v1/visits/plans", json={"seconds": 300}).json()["run"]
        while http.get(f"/v1/visits/plans/{second}").json()["progress"]["objective"] is None:
            time.sleep(0.1)
        workers = below(server.pid)
        for pid in [server.pid, *workers]:
            os.kill(pid, signal.SIGKILL)
    with Child(command), ready(url, data) as http:
        http.cookies, http.headers["X-CSRF-Token"] = signed_in, csrf
        shown = wait_for(http, second, "failed")
        assert shown["run"]["fault"] == "服务器中途停了，请再运行一次"
        assert wait_for(http, first, "ready")["run"]["fault"] == "", "and what was ready can still be committed"
