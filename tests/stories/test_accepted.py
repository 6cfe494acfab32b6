"""What the window accepted is what every phone shows, whatever is written in the village afterwards."""

from typing import Any

import httpx2

from daiban_client_sdk import Client
from daiban_server.jobs.loop import one_round
from tests.support.raw_device import code_of as problem
from tests.support.township import Township


async def accepted(town: Township, wang: Client, clerk: httpx2.AsyncClient) -> str:
    """A case that 王芳 collected at a home, and the window accepted."""
    household = await town.household(wang)
    form = await wang.new("application")
    fields = {"household": household, "item": town.item.hex(), "applicant": "张桂兰", "source": "home"}
    await wang.save(form, {**fields, "mode": "limited", "answers.reason": "年满六十"})
    await wang.report(form.record, "collected", {})
    await wang.command(form.record, "submit")
    await wang.sync()
    for name in ("receive", "accept"):
        assert (await command(clerk, form.record, name)).status_code == 200
    return form.record


async def command(clerk: httpx2.AsyncClient, record: str, name: str, **arguments: Any) -> httpx2.Response:
    path = f"/v1/records/application/{record}/commands/{name}"
    return await clerk.post(path, json={"arguments": arguments})


async def values(client: Client, record: str, name: str) -> list[Any]:
    """Every value of a field on this phone, the visible one first."""
    view = await client.view(record)
    assert view is not None
    return [one.value for one in view.fields[name]]


async def test_late_edits_move_nothing_and_are_not_lost(township: Township) -> None:
    wang, liu, clerk = await township.device("王芳"), await township.device("刘强"), await township.signed_in("赵敏")
    record = await accepted(township, wang, clerk)
    await liu.sync()
    await wang.save(await wang.open(record), {"applicant": "张桂蓝", "source": "counter"})
    await liu.save(await liu.open(record), {"applicant": "张贵兰"})
    for client in (wang, liu, wang):
        await client.sync()
    for client in (wang, liu):
        found = await values(client, record, "applicant")
        assert (found[0], set(found[1:])) == ("张桂兰", {"张桂蓝", "张贵兰"})
        assert await values(client, record, "source") == ["home", "counter"]
    assert (await clerk.get(f"/v1/cases/{record}")).json()["case"]["label"] == "home"
    assert {"applicant", "source"} == set((await clerk.get("/v1/conflicts")).json()[0]["conflicts"])
    await one_round(township.services)
    assert problem(await command(clerk, record, "correct", values={"applicant": "张桂蓝"})) == "argument.invalid"
    told = await command(clerk, record, "correct", values={"applicant": "张桂蓝"}, reason="对照身份证")
    assert told.status_code == 200
    for client in (wang, liu):
        await client.sync()
        assert await values(client, record, "applicant") == ["张桂蓝", "张贵兰"]


async def test_a_phone_settles_for_what_was_accepted(township: Township) -> None:
    wang, clerk = await township.device("王芳"), await township.signed_in("赵敏")
    record = await accepted(township, wang, clerk)
    await wang.save(await wang.open(record), {"applicant": "张桂蓝"})
    await wang.sync()
    assert [(one.record, one.field) for one in await wang.conflicts()] == [(record, "applicant")]
    await wang.settle(record, "applicant", "张桂蓝")
    await wang.sync()
    assert await values(wang, record, "applicant") == ["张桂兰", "张桂蓝"]
    await wang.conflicts()
    await wang.settle(record, "applicant", "张桂兰")
    await wang.sync()
    assert await wang.conflicts() == []
    assert (await clerk.get("/v1/conflicts")).json() == []
