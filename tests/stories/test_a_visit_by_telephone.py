"""Residents call the centre: two clerks at once, a slip, a calendar, and the centre's settings."""

import asyncio
from datetime import datetime, time
from typing import Any

import httpx2
import icalendar
import pytest

from daiban_server.limits.calendar import OFFICIAL, SHANGHAI, local_day
from tests.support.township import Township


def problem(answer: httpx2.Response) -> str:
    return str(answer.json()["code"])


def morning(town: Township) -> dict[str, int]:
    """Half an hour of the morning, two working days on."""
    day = OFFICIAL.add(local_day(town.clock()), 2)
    start = round(datetime.combine(day, time(9, 30), SHANGHAI).timestamp() * 1000)
    return {"from": start, "to": start + 1_800_000}


async def asked(http: httpx2.AsyncClient, household: str, **fields: Any) -> str:
    made = await http.post("/v1/records/visit", json={"fields": {"household": household, "minutes": 30, **fields}})
    assert made.status_code == 201, made.text
    return str(made.json()["record"])


async def command(http: httpx2.AsyncClient, visit: str, name: str, **arguments: Any) -> httpx2.Response:
    return await http.post(f"/v1/records/visit/{visit}/commands/{name}", json={"arguments": arguments})


async def test_two_clerks_on_two_telephones_never_sell_one_time(township: Township) -> None:
    wang = await township.device("王芳")
    zhang, li = await township.household(wang), await township.household(wang, "李大山")
    await wang.sync()
    clerk, head = await township.signed_in("赵敏"), await township.signed_in("李红")
    window = morning(township)

    async def call(http: httpx2.AsyncClient, household: str) -> tuple[dict[str, Any], httpx2.Response | None]:
        offers = (await http.post("/v1/visits/offers", json={"household": household, "windows": [window]})).json()
        visit = await asked(http, household, windows=[window])
        if not offers["offers"]:
            return offers, None
        slot = {name: offers["offers"][0][name] for name in ("agent", "start")}
        return offers, await command(http, visit, "book", **slot)

    rounds = await asyncio.gather(*(call(http, home) for http in (clerk, head) for home in (zhang, li)))
    sold = [answer for _, answer in rounds if answer is not None and answer.status_code == 200]
    lost = [problem(answer) for _, answer in rounds if answer is not None and answer.status_code != 200]
    assert set(lost) <= {"visit.slot_taken"}
    shown = [(await clerk.get(f"/v1/records/visit/{one.json()['record']}")).json()["values"] for one in sold]
    taken = [(agent, values["start"]) for values in shown for agent in values["agents"]]
    assert len(set(taken)) == len(taken) >= 1


async def test_the_slip_and_the_calendar_say_the_same_time(township: Township) -> None:
    wang = await township.device("王芳")
    household = await township.household(wang)
    await wang.sync()
    clerk, head = await township.signed_in("赵敏"), await township.signed_in("李红")
    visit = await asked(clerk, household, purpose="送社保卡")
    slip = f"/v1/print/visits/{visit}"
    assert problem(await clerk.get(slip)) == "print.not_yet"
    assert (await command(clerk, visit, "assign")).status_code == 200
    for size in ("roll", "a5"):
        assert (await clerk.get(slip, params={"size": size})).content.startswith(b"%PDF")
    person = township.people["王芳"].hex()
    assert problem(await clerk.post(f"/v1/people/{person}/calendar")) == "calendar.not_yours"
    issued = await head.post(f"/v1/people/{person}/calendar")
    assert issued.status_code == 201, issued.text
    url = issued.json()["url"]
    async with township.stranger() as anybody:
        answer = await anybody.get(url)
        assert answer.headers["content-type"].startswith("text/calendar")
        (event,) = icalendar.Calendar.from_ical(answer.content).walk("VEVENT")
        values = (await clerk.get(f"/v1/records/visit/{visit}")).json()["values"]
        assert int(event["dtstart"].dt.timestamp() * 1000) == values["start"]
        assert (await head.delete(f"/v1/people/{person}/calendar")).status_code == 204
        assert (await anybody.get(url)).status_code == 404
        assert (await anybody.get("/v1/calendars/nobody.ics")).status_code == 404


async def test_a_centre_chooses_its_roads_and_hours(township: Township) -> None:
    head, clerk = await township.signed_in("李红"), await township.signed_in("赵敏")
    settings = (await clerk.get("/v1/visits/settings")).json()
    assert (settings["sway_minutes"], settings["hold_minutes"]) == (15, 5)
    places = [township.centre.hex(), township.qingshan.hex(), township.baihe.hex()]
    roads = {"places": places, "seconds": [[0, 1200, 1500], [1200, 0, 2400], [1500, 2400, 0]]}
    assert problem(await clerk.put("/v1/visits/settings", json=settings | {"roads": roads})) == "permission.denied"
    assert (await head.put("/v1/visits/settings", json=settings | {"roads": roads})).status_code == 204
    assert (await clerk.get("/v1/visits/settings")).json()["roads"] == roads
    wang = await township.device("王芳")
    household = await township.household(wang)
    await wang.sync()
    offers = (await clerk.post("/v1/visits/offers", json={"household": household, "count": 1})).json()["offers"]
    # Twenty minutes there and twenty back, as somebody measured: a great circle would say five.
    assert "多走 40 分钟" in offers[0]["reason"]


@pytest.mark.parametrize(
    "change",
    [
        {"sway_minutes": 30},
        {"speed": 0},
        {"hours": []},
        {"hours": [{"from": 600, "to": 540}]},
        {"roads": {"places": ["a"], "seconds": [[5]]}},
        {"weights": {"travel": -1}},
        {"nonsense": 1},
    ],
)
async def test_settings_that_make_no_sense_change_nothing(sqlite_township: Township, change: dict[str, Any]) -> None:
    head = await sqlite_township.signed_in("李红")
    before = (await head.get("/v1/visits/settings")).json()
    answer = await head.put("/v1/visits/settings", json=before | change)
    assert answer.status_code in (400, 422), answer.text
    assert problem(answer).startswith("request.")
    assert (await head.get("/v1/visits/settings")).json() == before


@pytest.mark.parametrize(
    "asked_for",
    [{}, {"household": "x"}, {"visit": "0" * 32, "household": "0" * 32}, {"household": "0" * 32, "minutes": 4}],
)
async def test_an_offer_for_nobody_is_refused(sqlite_township: Township, asked_for: dict[str, Any]) -> None:
    clerk = await sqlite_township.signed_in("赵敏")
    assert problem(await clerk.post("/v1/visits/offers", json=asked_for)) in ("request.invalid", "record.unknown")
