"""An agent falls ill in the hills, and another stands in: on the real phones, on both databases."""

import httpx2
import pytest

from daiban_client_sdk import Client, DeviceError
from daiban_client_sdk.posts import StandIn
from daiban_server.jobs.loop import one_round
from tests.support.office import office
from tests.support.township import Township

MINUTE, DAY = 60_000, 86_400_000


async def ask(http: httpx2.AsyncClient, handover: str, name: str, **arguments: object) -> None:
    answer = await http.post(f"/v1/records/handover/{handover}/commands/{name}", json={"arguments": arguments})
    assert answer.status_code == 200, answer.text


async def alone_in_qingshan(town: Township) -> Client:
    """王芳's phone, and nobody else has her village."""
    await (await office(town)).take("刘强", town.qingshan)
    return await town.device("王芳")


async def case_of(town: Township, wang: Client) -> tuple[str, str]:
    household = await town.household(wang)
    form = await wang.new("application")
    given = {
        "household": household,
        "item": town.item.hex(),
        "applicant": "张桂兰",
        "mode": "limited",
        "source": "home",
        "answers.reason": "年满六十",
    }
    await wang.save(form, given)
    await wang.command(form.record, "submit")
    await wang.sync()
    assert await wang.troubled() == []
    return household, form.record


async def test_asked_for_with_no_signal_it_is_on_the_others_phone_by_the_evening(township: Township) -> None:
    town = township
    wang, liu = await alone_in_qingshan(town), await town.device("刘强")
    household, case = await case_of(town, wang)
    await liu.sync()
    assert await liu.view(household) is None
    handover = await wang.ask_leave(town.clock(), town.clock() + 3 * DAY, "就医", "张家的复印件在站里抽屉")
    await wang.sync()
    head = await town.signed_in("李红")
    work = (await head.get(f"/v1/people/{town.people['王芳'].hex()}/work")).json()
    assert [one["case"] for one in work["cases"]] == [case]
    await ask(head, handover, "arrange", to=town.people["刘强"].hex())
    await ask(head, handover, "begin")
    await liu.sync()
    (duty,) = await liu.standing_in()
    assert isinstance(duty, StandIn)
    assert (duty.name, set(duty.places), duty.note) == ("王芳", {"青山村", "白河村"}, "张家的复印件在站里抽屉")
    assert [(one.case, one.applicant, one.status) for one in duty.duties] == [(case, "张桂兰", "submitted")]
    assert (await liu.view(household)) is not None
    form = await liu.open(household)
    await liu.save(form, {"size": 4})
    town.clock.ahead += MINUTE  # phones tell their time by the second
    await ask(head, handover, "return")
    await liu.sync()
    assert await liu.troubled() == [], "written while he stood in: accepted, however late it comes"
    assert await liu.standing_in() == []
    assert await liu.view(household) is None
    await wang.sync()
    view = await wang.view(household)
    assert view is not None
    assert view.values["size"] == 4


async def test_who_left_hands_in_what_the_phone_still_had_and_no_more(township: Township) -> None:
    """王芳 wrote in the hills on her last day; her phone comes back four days later."""
    town = township
    wang, liu = await alone_in_qingshan(town), await town.device("刘强")
    household, _ = await case_of(town, wang)
    form = await wang.open(household)
    await wang.save(form, {"address": "后沟口"})
    town.clock.ahead += MINUTE
    head = await town.signed_in("李红")
    fields = {"type": "leaving", "person": town.people["王芳"].hex(), "to": town.people["刘强"].hex()}
    handover = (await head.post("/v1/records/handover", json={"fields": fields})).json()["record"]
    await ask(head, handover, "arrange")
    await ask(head, handover, "begin")
    answer = await head.post("/v1/session", json={"login": "王芳", "password": "kein Zutritt"})
    assert answer.status_code == 401
    await wang.sync()
    assert await wang.troubled() == []
    assert await wang.view(household) is None, "and it lets go of everything"
    await liu.sync()
    view = await liu.view(household)
    assert view is not None
    assert view.values["address"] == "后沟口"
    town.clock.ahead += 4 * DAY
    await one_round(town.services)
    with pytest.raises(DeviceError, match="revoked"):
        await wang.sync()
    head = await town.signed_in("李红")
    shown = (await head.get(f"/v1/records/handover/{handover}")).json()
    assert shown["status"] == "ended"
