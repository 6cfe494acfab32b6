"""An agent falls ill in the hills, and another stands in: on the real phones, on both databases."""

from pathlib import Path

import httpx2
import pytest

from daiban_client_sdk import Client, DeviceError, OfflineError, outbox, rounds
from daiban_client_sdk.posts import StandIn
from daiban_schemas import entry
from daiban_server.jobs.loop import one_round
from daiban_sync import wire
from tests.stories.test_photos_come_home import photograph, stored, ticket
from tests.support.office import office
from tests.support.raw_device import raw_device
from tests.support.township import Township, new_id

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


async def leave(town: Township) -> tuple[httpx2.AsyncClient, str]:
    """王芳 leaves, 刘强 takes over."""
    head = await town.signed_in("李红")
    fields = {"type": "leaving", "person": town.people["王芳"].hex(), "to": town.people["刘强"].hex()}
    handover: str = (await head.post("/v1/records/handover", json={"fields": fields})).json()["record"]
    await ask(head, handover, "arrange")
    await ask(head, handover, "begin")
    return head, handover


async def state(head: httpx2.AsyncClient, device: str) -> str:
    (found,) = [one["state"] for one in (await head.get("/v1/devices")).json() if one["id"] == device]
    return str(found)


async def test_a_leavers_phone_that_broke_off_in_the_middle_is_waited_for(
    township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of three batches one arrives; then the phone lies in a drawer for weeks."""
    town = township
    wang = await alone_in_qingshan(town)
    monkeypatch.setattr(outbox, "FROZEN_BYTES", 1)
    monkeypatch.setattr(rounds, "portion", lambda packed: min(1, len(packed)))
    homes = [await town.household(wang, name) for name in ("张桂兰", "李秀英", "何秀")]
    town.clock.ahead += MINUTE
    head, handover = await leave(town)
    asked = wang._ask
    trips = 0

    async def broken(*given: object) -> bytes:
        nonlocal trips
        trips += 1
        if trips > 1:
            raise OfflineError("link.lost")
        return await asked(*given)  # type: ignore[arg-type]  # what it was given

    monkeypatch.setattr(wang, "_ask", broken)
    with pytest.raises(OfflineError):
        await wang.sync()
    (device,) = [one["id"] for one in (await head.get("/v1/devices")).json() if one["person"] == "王芳"]
    town.clock.ahead += 20 * DAY
    await one_round(town.services)
    head = await town.signed_in("李红")
    assert await state(head, device) == "leaving"
    assert "device.silent" in {one["code"] for one in (await head.get("/v1/tasks")).json()}, "the head is told"
    monkeypatch.setattr(wang, "_ask", asked)
    await wang.sync()
    assert await wang.troubled() == []
    head = await town.signed_in("李红")
    assert await state(head, device) == "handed_in"
    for home in homes:
        assert (await head.get(f"/v1/records/household/{home}")).status_code == 200
    await one_round(town.services)
    town.clock.ahead += MINUTE
    await one_round(town.services)
    head = await town.signed_in("李红")
    assert (await head.get(f"/v1/records/handover/{handover}")).json()["status"] == "ended"
    assert await state(head, device) == "revoked"


async def test_a_photo_that_is_still_on_a_leavers_phone_is_left_on_it(sqlite_township: Township) -> None:
    town = sqlite_township
    phone = await raw_device(town)
    data = photograph(3)
    url, wanted = await ticket(phone, data)
    town.clock.ahead += MINUTE
    head, _ = await leave(town)
    nothing = wire.Hello(photos=(wanted,), left=0)
    await phone.pushed(hello=nothing)
    assert await state(head, phone.id.hex()) == "leaving", "it lists one that has not come"
    headers = {
        "Tus-Resumable": "1.0.0",
        "Upload-Length": str(len(data)),
        "Content-Type": "application/offset+octet-stream",
    }
    await phone.http.post(f"{town.url}{url}", content=data, headers=headers)
    assert await stored(phone, wanted) == data
    assert await state(head, phone.id.hex()) == "leaving", "and that request did not say"
    await phone.pushed(hello=nothing)
    assert await state(head, phone.id.hex()) == "handed_in"
    await phone.pushed(hello=wire.Hello(left=1))
    assert await state(head, phone.id.hex()) == "leaving"
    fields = {"place": town.qingshan.hex(), "head": "何秀"}
    body = entry.change(new_id().hex(), "household", fields, seen=0, at=1)
    lost = phone.seal(body, advance=False, sequence=phone.sequence + 2)
    await phone.push(lost, hello=wire.Hello(left=0))
    assert await state(head, phone.id.hex()) == "leaving"


async def test_who_goes_to_another_centre_hands_in_photos_that_were_still_on_the_phone(
    sqlite_township: Township, tmp_path: Path
) -> None:
    """A case is open, its photo was taken with no signal, and the phone speaks only after its owner has left."""
    town = sqlite_township
    wang, liu = await alone_in_qingshan(town), await town.device("刘强")
    _, case = await case_of(town, wang)
    picture = tmp_path / "户口簿.jpg"
    picture.write_bytes(photograph(5))
    photo = await wang.attach_photo(case, picture, paper="户口簿")
    town.clock.ahead += MINUTE
    head, _ = await leave(town)
    (device,) = [one["id"] for one in (await head.get("/v1/devices")).json() if one["person"] == "王芳"]
    assert (await wang.sync()).may_be_given_back
    assert await wang.troubled() == []
    assert await state(head, device) == "handed_in"
    await liu.sync()
    view = await liu.view(photo.record)
    assert view is not None, "the successor has the photo's record"
    assert (await head.get(f"/v1/records/application/{case}")).json()["values"]["owner"] == "刘强"
