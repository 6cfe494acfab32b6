"""The centre plans its week over the API: asks for a plan, looks at it, commits it; and the agent's phone has it."""

import asyncio
import re
from typing import Any

import httpx2
import pytest

from daiban_server.jobs.loop import one_round
from tests.support.raw_device import code_of
from tests.support.township import Township

DAY = 86_400_000
SHANGHAI = 28_800_000


def tomorrow(town: Township, start: int, end: int) -> list[dict[str, int]]:
    """These hours of each of the next thirteen days, of which some are worked."""
    midnight = (town.clock() + SHANGHAI) // DAY * DAY - SHANGHAI
    return [
        {"from": midnight + n * DAY + start * 3_600_000, "to": midnight + n * DAY + end * 3_600_000}
        for n in range(1, 14)
    ]


async def asked(town: Township, clerk: httpx2.AsyncClient, head: str, **fields: object) -> str:
    """A visit that a household asks for at the counter."""
    home = {"place": town.qingshan.hex(), "head": head, "phone": "13700000000"}
    household = (await clerk.post("/v1/records/household", json={"fields": home})).json()["record"]
    wish = {"household": household, "minutes": 30, "windows": tomorrow(town, 9, 17)} | fields
    made = await clerk.post("/v1/records/visit", json={"fields": wish})
    assert made.status_code == 201, made.text
    return str(made.json()["record"])


async def ended(http: httpx2.AsyncClient, run: str) -> dict[str, Any]:
    """A run once it is no longer at work."""
    while (shown := (await http.get(f"/v1/visits/plans/{run}")).json())["run"]["state"] == "running":
        assert shown["progress"]["seconds"] >= 0
        await asyncio.sleep(0.05)
    return dict(shown)


async def test_a_week_is_planned_looked_at_and_committed(township: Township) -> None:
    clerk, head = await township.signed_in("赵敏"), await township.signed_in("李红")
    wang = await township.device("王芳")
    visits = [await asked(township, clerk, name) for name in ("张桂兰", "李大山", "赵老三")]
    answer = await head.post("/v1/visits/plans", json={"seconds": 60, "iterations": 40, "seed": 7})
    assert answer.status_code == 202, answer.text
    run = answer.json()["run"]
    assert (answer.json()["state"], answer.json()["by"]) == ("running", "李红")
    assert code_of(await clerk.post("/v1/visits/plans", json={})) == "plan.running"
    shown = await ended(clerk, run)
    assert shown["run"]["state"] == "ready", shown
    diff = shown["diff"]
    assert isinstance(diff, dict)
    assert {one["visit"]: one["what"] for one in diff["changes"]} == dict.fromkeys(visits, "new")
    assert {name for one in diff["changes"] for name in one["now"]["names"]} == {"王芳"}
    assert (diff["before"]["unserved"], diff["after"]["unserved"], diff["unserved"]) == (3, 0, [])
    for name in ("picture", "diff"):
        picture = await clerk.get(f"/v1/visits/plans/{run}/{name}.svg")
        assert (picture.status_code, picture.headers["content-type"]) == (200, "image/svg+xml")
        assert "张桂兰" in picture.text or name == "picture"
    assert (await clerk.get("/v1/visits/week?days=14")).json()["figures"]["visits"] == 0, "nothing stands yet"
    done = await head.post(f"/v1/visits/plans/{run}/commit")
    assert done.json() == {"state": "committed", "changed": 3}
    assert code_of(await clerk.post(f"/v1/visits/plans/{run}/commit")) == "plan.committed"
    week = (await clerk.get("/v1/visits/week?days=14")).json()
    (hers,) = week["agents"]
    assert sorted(one["visit"] for day in hers["days"].values() for one in day) == sorted(visits)
    assert (week["figures"]["visits"], week["figures"]["stand_in"]) == (3, 0)
    assert (await clerk.get("/v1/visits/week.svg?days=14")).text.startswith("<svg")
    await wang.sync()
    for visit in visits:
        view = await wang.view(visit)
        assert view is not None
        assert (view.values["status"], view.values["agent_name"]) == ("proposed", "王芳")
    assert [one["state"] for one in (await clerk.get("/v1/visits/plans")).json()] == ["committed"]


async def test_a_plan_that_others_overtook_says_what_to_do(township: Township) -> None:
    clerk = await township.signed_in("赵敏")
    visits = [await asked(township, clerk, name) for name in ("张桂兰", "李大山")]
    run = (await clerk.post("/v1/visits/plans", json={"iterations": 20, "seconds": 60})).json()["run"]
    assert (await ended(clerk, run))["run"]["state"] == "ready"
    assigned = await clerk.post(f"/v1/records/visit/{visits[0]}/commands/assign", json={})
    assert assigned.status_code == 200, assigned.text
    late = await clerk.post(f"/v1/visits/plans/{run}/commit")
    assert (late.status_code, code_of(late)) == (409, "plan.stale")
    assert "再运行一次" in late.json()["advice"]
    assert (await clerk.get(f"/v1/visits/plans/{run}")).json()["run"]["state"] == "stale"
    cancelled = await clerk.post(f"/v1/visits/plans/{run}/cancel")
    assert cancelled.json()["state"] == "stale", "what ended stays as it is"


async def test_a_run_is_cancelled_and_another_may_begin(township: Township) -> None:
    clerk = await township.signed_in("赵敏")
    await asked(township, clerk, "张桂兰")
    run = (await clerk.post("/v1/visits/plans", json={"seconds": 300})).json()["run"]
    assert (await clerk.post(f"/v1/visits/plans/{run}/cancel")).json()["state"] == "cancelled"
    assert code_of(await clerk.post(f"/v1/visits/plans/{run}/commit")) == "plan.not_ready"
    assert code_of(await clerk.get(f"/v1/visits/plans/{run}/diff.svg")) == "plan.not_ready"
    again = (await clerk.post("/v1/visits/plans", json={"seconds": 60, "iterations": 5})).json()["run"]
    assert (await ended(clerk, again))["run"]["state"] == "ready"


async def test_the_rounds_go_on_while_the_night_is_planned(township: Township) -> None:
    clerk, head = await township.signed_in("赵敏"), await township.signed_in("李红")
    visit = await asked(township, clerk, "张桂兰")
    chosen = (await head.get("/v1/visits/settings")).json() | {"plan_seconds": 1}
    assert (await head.put("/v1/visits/settings", json=chosen)).status_code == 204
    # A quarter past one of the next night.
    township.clock.ahead += DAY - (township.clock() + SHANGHAI) % DAY + 75 * 60_000
    head, services = await township.signed_in("李红"), township.services
    await one_round(services)
    night = services.planning.night
    assert night is not None
    assert not night.done(), "the round did not wait for it"
    await one_round(services)
    assert services.planning.night is night, "and the next one does not begin it again"
    await night
    assert (await head.get(f"/v1/records/visit/{visit}")).json()["status"] == "proposed"
    (run,) = (await head.get("/v1/visits/plans")).json()
    assert (run["state"], run["by"]) == ("committed", None)


@pytest.mark.parametrize(
    "path", ["/v1/visits/week?from=morgen", "/v1/visits/week?days=0", "/v1/visits/week.svg?days=15"]
)
async def test_a_week_that_makes_no_sense_is_refused(sqlite_township: Township, path: str) -> None:
    assert code_of(await (await sqlite_township.signed_in("赵敏")).get(path)) == "request.invalid"


@pytest.mark.parametrize("wish", [{"seconds": 0}, {"seconds": 601}, {"iterations": 0}, {"seed": -1}])
async def test_a_run_that_makes_no_sense_is_not_begun(sqlite_township: Township, wish: dict[str, int]) -> None:
    clerk = await sqlite_township.signed_in("赵敏")
    assert code_of(await clerk.post("/v1/visits/plans", json=wish)) == "request.invalid"
    assert (await clerk.get("/v1/visits/plans")).json() == []


async def test_the_pictures_need_nothing_from_outside(sqlite_township: Township) -> None:
    clerk = await sqlite_township.signed_in("赵敏")
    picture = (await clerk.get("/v1/visits/week.svg?days=5")).text
    assert re.findall(r"(?:href|src|url\()", picture) == []
