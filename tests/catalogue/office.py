"""The district office that keeps the catalogue, by the HTTP API; and a phone that works by it."""

import secrets
from typing import Any

import httpx2

from daiban_client_sdk import Client
from daiban_server.app import EFFECTS
from daiban_server.db import schema
from daiban_server.db.program import rows
from daiban_server.features.catalogue.catalogue import Catalogue
from daiban_server.features.catalogue.difference import Change
from daiban_server.features.catalogue.editions import Plan, Publisher, publish
from daiban_server.features.catalogue.publish import publish_catalogue
from daiban_server.limits.calendar import local_day
from daiban_server.spine import desk
from daiban_sync.ids import NOBODY
from tests.support.township import Township

DAY = 86_400_000
CATALOGUE = "/v1/catalogue"
LIMIT = "承诺办结时限"


async def with_catalogue(town: Township) -> httpx2.AsyncClient:
    """The demo's catalogue published in a township, whose centre has an enquiry desk; gives the district's officer."""
    keys, now = town.services.keys, town.clock()
    desks = {"enquiry": [town.centre]}
    await town.services.database.write(
        "set-up", lambda: publish_catalogue(keys, EFFECTS, now, secrets.token_bytes(32), desks)
    )
    return await town.signed_in("周区")


async def export(http: httpx2.AsyncClient) -> bytes:
    answer = await http.get(f"{CATALOGUE}/export.xlsx")
    assert answer.status_code == 200, answer.text
    return answer.content


async def take(http: httpx2.AsyncClient, data: bytes, **how: Any) -> dict[str, Any]:
    """Import a workbook; gives the answer, which must be good."""
    answer = await http.post(f"{CATALOGUE}/import", content=data, params=how)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def in_force(http: httpx2.AsyncClient, code: str) -> dict[str, Any]:
    windows = (await http.get(CATALOGUE)).json()
    (item,) = [item for window in windows for item in window["items"] if item["code"] == code]
    return dict(item)


async def everything(town: Township) -> list[Any]:
    """All that the district's feed and log hold."""
    return [
        await town.services.database.read(rows(table.select().order_by(*table.primary_key)))
        for table in (schema.record, schema.envelope, schema.counter)
    ]


def changed(document: dict[str, Any]) -> dict[str, str]:
    return {one["code"]: one["what"] for one in document["changes"] if one["what"] != "unchanged"}


async def draft(town: Township, agent: Client, item: str, **answers: object) -> str:
    """An application on an item's edition, filled in on a phone; gives its id."""
    household = await town.household(agent)
    form = await agent.new("application")
    await agent.save(form, {"household": household, "item": item, "applicant": "张桂兰", "source": "home", **answers})
    return form.record


async def publish_now(town: Township, wanted: Catalogue, ends: int = 0) -> list[Change]:
    """Publish what somebody read and changed earlier."""
    services, today = town.services, local_day(town.clock()).isoformat()
    author = desk.Clerk(town.people["周区"], "district", NOBODY)
    publisher = Publisher(author, services.keys, EFFECTS, town.clock(), secrets.token_bytes(32))
    return await services.database.write(NOBODY, lambda: publish(Plan(wanted, today, today, ends), publisher))
