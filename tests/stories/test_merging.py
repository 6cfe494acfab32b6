"""Several people write one record, and what each of them had in view decides what stands."""

from itertools import permutations
from typing import Any

import httpx2
import pytest

from daiban_client_sdk import Client
from daiban_schemas import entry
from tests.support.raw_device import raw_device
from tests.support.township import Township, new_id

Standing = set[tuple[str, object]]


async def two_phones_and_a_household(town: Township) -> tuple[Client, Client, str]:
    wang, liu = await town.device("王芳"), await town.device("刘强")
    home = await town.household(wang)
    await wang.sync()
    await liu.sync()
    return wang, liu, home


async def edit(client: Client, record: str, **fields: object) -> None:
    await client.save(await client.open(record), fields)


async def values(client: Client, record: str, name: str) -> list[tuple[str, object]]:
    """Every value that stands in a field on this phone, with its author, the visible one first."""
    view = await client.view(record)
    assert view is not None
    return [(value.author, value.value) for value in view.fields[name]]


async def shown(desk: httpx2.AsyncClient, kind: str, record: str) -> dict[str, Any]:
    answer = await desk.get(f"/v1/records/{kind}/{record}")
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def test_two_edits_with_no_signal_and_a_colleagues_in_between(sqlite_township: Township) -> None:
    """Case 8: the second edit replaces the first, which its author wrote himself, and never the colleague's."""
    wang, liu, home = await two_phones_and_a_household(sqlite_township)
    await edit(wang, home, phone="13700000001")
    await edit(wang, home, phone="13700000002")
    await edit(liu, home, phone="13700000003")
    await liu.sync()
    await wang.sync()
    assert set(await values(wang, home, "phone")) == {("王芳", "13700000002"), ("刘强", "13700000003")}


async def test_an_entry_that_had_to_wait_replaces_nothing_that_was_written_after_it(sqlite_township: Township) -> None:
    """It is laid late, and still the older one: its author's later value is none of its ancestors."""
    device, record = await raw_device(sqlite_township), new_id()
    early = entry.change(record.hex(), "household", {"phone": "13700000001"}, seen=0, at=1)
    home = {"place": sqlite_township.qingshan.hex(), "head": "张桂兰", "phone": "13700000002"}
    reply = await device.pushed(device.seal(early, entry.change(record.hex(), "household", home, seen=0, at=2)))
    assert reply.outcomes[0]["details"] == [[1, "record.unknown", []]]
    desk = await sqlite_township.signed_in("赵敏")
    standing = (await shown(desk, "household", record.hex()))["conflicts"]["phone"]
    assert {value["value"] for value in standing} == {"13700000001", "13700000002"}


async def test_an_edit_of_a_field_in_conflict_replaces_the_value_that_was_shown_and_no_other(
    sqlite_township: Township,
) -> None:
    wang, liu, home = await two_phones_and_a_household(sqlite_township)
    await edit(wang, home, phone="13700000001")
    await edit(liu, home, phone="13700000002")
    for client in (wang, liu, wang):
        await client.sync()
    visible, hidden = await values(wang, home, "phone")
    await edit(wang, home, phone="13700000003")
    assert await values(wang, home, "phone") == [("王芳", "13700000003"), hidden]
    for client in (wang, liu):
        await client.sync()
        assert set(await values(client, home, "phone")) == {("王芳", "13700000003"), hidden}
    assert visible[1] != "13700000003"


async def test_a_clerks_value_is_in_front_of_an_agents_though_the_agents_is_newer(sqlite_township: Township) -> None:
    town = sqlite_township
    wang, _, home = await two_phones_and_a_household(town)
    desk = await town.signed_in("赵敏")
    seen = (await shown(desk, "household", home))["position"]
    change = {"fields": {"phone": "0915-3210001"}, "seen": seen}
    assert (await desk.patch(f"/v1/records/household/{home}", json=change)).status_code == 200
    town.clock.ahead += 60_000
    await edit(wang, home, phone="13700000001")
    await wang.sync()
    assert await values(wang, home, "phone") == [("赵敏", "0915-3210001"), ("王芳", "13700000001")]
    assert (await shown(desk, "household", home))["values"]["phone"] == "0915-3210001"


async def paper(client: Client, home: str) -> str:
    """A photo's record, whose bytes do not matter here; gives its id."""
    form = await client.new("photo")
    await client.save(form, {"parent": home, "paper": "户口簿"})
    await client.sync()
    return form.record


async def test_three_edit_and_one_deletes_in_every_order_of_arrival(sqlite_township: Township) -> None:
    """Case 7: agent, stand-in and clerk write one field, and the head deletes the record without having seen that."""
    town = sqlite_township
    wang, liu, home = await two_phones_and_a_household(town)
    clerk, head = await town.signed_in("赵敏"), await town.signed_in("李红")
    outcomes = []
    for order in permutations(range(4)):
        record = await paper(wang, home)
        await liu.sync()
        seen = (await shown(clerk, "photo", record))["position"]
        await edit(wang, record, note="王芳写的")
        await edit(liu, record, note="刘强写的")

        async def write(desk: httpx2.AsyncClient, to: str = record, seen: int = seen, **fields: object) -> None:
            change = {"fields": fields, "seen": seen}
            assert (await desk.patch(f"/v1/records/photo/{to}", json=change)).status_code == 200

        arrivals = (
            wang.sync,
            liu.sync,
            lambda write=write: write(clerk, note="赵敏写的"),
            lambda write=write: write(head, deleted=True),
        )
        for number in order:
            await arrivals[number]()
        found = await shown(clerk, "photo", record)
        standing = {name: {(v["author"], v["value"]) for v in held} for name, held in found["conflicts"].items()}
        outcomes.append((found["deleted"], found["values"], standing))
        assert outcomes[-1] == outcomes[0], order
        assert (found["deleted"], found["values"]["note"]) == (False, "赵敏写的")
        assert standing["note"] == {("王芳", "王芳写的"), ("刘强", "刘强写的"), ("赵敏", "赵敏写的")}


@pytest.mark.parametrize("deletes_first", [False, True])
async def test_a_record_is_not_deleted_over_an_edit_that_nobody_had_seen(
    sqlite_township: Township, deletes_first: bool
) -> None:
    wang, liu, home = await two_phones_and_a_household(sqlite_township)
    record = await paper(wang, home)
    await liu.sync()
    await edit(wang, record, deleted=True)
    await edit(liu, record, page=2)
    for client in (wang, liu) if deletes_first else (liu, wang):
        await client.sync()
    desk = await sqlite_township.signed_in("赵敏")
    found = await shown(desk, "photo", record)
    assert (found["deleted"], found["values"]["page"]) == (False, 2)
    assert [one["record"] for one in (await desk.get("/v1/conflicts")).json()] == [record]
    await wang.sync()
    await edit(wang, record, deleted=False)
    await edit(wang, record, deleted=True)
    await wang.sync()
    assert (await shown(desk, "photo", record))["deleted"] is True
    assert (await desk.get("/v1/conflicts")).json() == []
