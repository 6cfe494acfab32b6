"""A case of each mode, from the resident's door to the archive: SDK, API, paper, the resident's own phone."""

import secrets
from typing import Any

import pytest

from daiban_client_sdk import Client
from daiban_schemas.slip import code_of
from daiban_server.features.catalogue.publish import item_id, publish_catalogue
from daiban_server.rating_secret import secret_of
from daiban_sync import ids
from tests.support.township import Township

Steps = tuple[tuple[str, dict[str, Any]], ...]
HANDLED: dict[str, tuple[str, dict[str, Any], Steps]] = {
    "direct": (
        "MZ-07",
        {"mode": "direct", "source": "village_point"},
        (("finish", {"result": "高龄补贴已登记，下月起发放"}),),
    ),
    "limited": (
        "MZ-01",
        {"mode": "limited", "source": "village_point"},
        (
            ("receive", {}),
            ("notify", {"missing": [{"name": "家庭经济状况查询核对授权书"}], "reason": "代办员在家中漏告"}),
            ("complement", {}),
            ("accept", {}),
            ("pause", {"step": "村级公示", "days": 7, "reason": "按规定"}),
            ("resume", {}),
            ("complete", {"result": "符合条件，审核确认"}),
        ),
    ),
    "proxy": (
        "MZ-06",
        {"mode": "proxy", "source": "village_point"},
        (
            ("receive", {}),
            ("accept", {}),
            ("send_up", {"to": "区残联", "days": 10}),
            ("answered", {"note": "证已制好"}),
            ("complete", {"result": "残疾人证已换领"}),
        ),
    ),
    "home": (
        "MZ-02",
        {"mode": "limited", "source": "home"},
        (("receive", {}), ("accept", {}), ("complete", {"result": "认定为特困人员"})),
    ),
}


@pytest.fixture
async def town(township: Township) -> Township:
    """The township with the whole catalogue."""
    services = township.services
    secret = secrets.token_bytes(32)
    await services.database.write(
        ids.NOBODY, lambda: publish_catalogue(services.keys, services.effects, township.clock(), secret)
    )
    return township


async def answers(agent: Client, item: bytes) -> dict[str, Any]:
    """Something for every question of an item's form that has to be answered."""
    view = await agent.view(item.hex())
    assert view is not None
    given: dict[str, Any] = {}
    for question in view.values.get("form") or []:
        if question.get("required") and "when" not in question:
            given[f"answers.{question['id']}"] = _answer(question)
    return given


def _answer(question: dict[str, Any]) -> Any:
    kinds = {"integer": max(1, question.get("least", 1)), "money": 100, "date": "1946-01-02", "flag": False}
    if question["type"] in ("choice", "choices"):
        first = question["choices"][0]
        return first if question["type"] == "choice" else [first]
    return {"phone": "13700000000", **kinds}.get(question["type"], "是")


@pytest.mark.parametrize("mode", list(HANDLED))
async def test_from_the_door_to_the_archive(town: Township, mode: str) -> None:
    code, told, steps = HANDLED[mode]
    wang, sun = await town.device("王芳"), await town.device("孙亮")
    await wang.sync()
    household = await town.household(wang)
    form = await wang.new("application")
    item = item_id(code)
    fields = {"household": household, "item": item.hex(), "applicant": "张桂兰", "phone": "13700000000", **told}
    await wang.save(form, {**fields, **await answers(wang, item)})
    slip, _ = await wang.collect_papers(form.record, ["居民身份证", "居民户口簿"], "刘强")
    await wang.report(form.record, "verified", {"met": "张桂兰", "with": "刘强"})
    await wang.command(form.record, "submit")
    await wang.sync()
    assert await wang.troubled() == []
    clerk = await town.signed_in("赵敏")
    for name, arguments in steps:
        path = f"/v1/records/application/{form.record}/commands/{name}"
        answer = await clerk.post(path, json={"arguments": arguments})
        assert answer.status_code == 200, (name, answer.text)
    await wang.sync()
    await wang.report(form.record, "delivered", {"to": "张桂兰", "how": "home"})
    await wang.sync()
    await sun.sync()
    await sun.report(form.record, "followed_up", {"spoke_to": "张桂兰", "how": "visit", "outcome": "satisfied"})
    await sun.sync()
    async with town.stranger() as resident:
        key = {"number": slip.number, "code": code_of(bytes.fromhex(form.record))}
        seen = (await resident.post("/v1/public/look-up", json=key)).json()
        assert (seen["status"], seen["may_rate"]) == ("已回访", True)
        secret = secret_of(town.services.keys, bytes.fromhex(form.record))
        assert (await resident.post("/v1/public/rating", json={**key, "secret": secret, "level": 5})).status_code == 204
    path = f"/v1/records/application/{form.record}/commands/archive"
    assert (await clerk.post(path, json={})).status_code == 200
    whole = (await clerk.get(f"/v1/cases/{form.record}")).json()
    assert (whole["case"]["status"], whole["case"]["label"]) == ("archived", mode)
    assert [event["name"] for event in whole["story"]][-3:] == ["delivered", "followed_up", "archive"]
    open_limits = [one for one in (await clerk.get("/v1/deadlines")).json() if one["case"] == form.record]
    assert open_limits == [], "nothing is owed any more"
    printed = await clerk.get(f"/v1/cases/{form.record}/papers/file")
    assert (printed.status_code, printed.content[:5]) == (200, b"%PDF-")
    window = whole["case"]["window"]
    lines = (await clerk.get(f"/v1/registers/{window}")).json()
    assert [(one["line"], one["told"]["number"]) for one in lines] == [(1, whole["case"]["number"])]
    owed = (await (await town.signed_in("孙亮")).get("/v1/obligations")).json()
    assert [one["state"] for one in owed] == (["lapsed"] if mode == "home" else [])
