"""Two devices of two makers write one record, and show the same of it."""

import random

from daiban_client_sdk import Client
from tests.interop.javascript import Node, Phone, alike, opened, values


async def test_two_who_write_at_once_see_a_conflict_and_either_settles_it(node: Node) -> None:
    wang, liu = await node.device("王芳"), await node.town.device("刘强")
    home = await wang.household()
    await wang.sync()
    await liu.sync()
    await wang.edit(home, phone="13700000001")
    await liu.save(await liu.open(home), {"phone": "13700000002"})
    await wang.sync()
    await liu.sync()
    await wang.sync()
    assert (await wang.view(home))["conflicts"] == ["phone"]
    await alike(wang, liu, home)
    form = await wang.tell("open", record=home)
    # What comes after the conflict was shown is not settled by it.
    await liu.save(await liu.open(home), {"phone": "13700000003"})
    await liu.sync()
    await wang.tell("settle", form=form, name="phone", value="13700000009")
    await wang.sync()
    await liu.sync()
    assert set(await values(liu, home, "phone")) == {("刘强", "13700000003"), ("王芳", "13700000009")}
    form = await wang.tell("open", record=home)
    await wang.tell("settle", form=form, name="phone", value="13700000003")
    await wang.sync()
    await liu.sync()
    assert await values(liu, home, "phone") == [("王芳", "13700000003")]
    # The other way round: ours settles.
    await liu.save(await liu.open(home), {"head": "张桂芳"})
    await wang.edit(home, head="张桂香", address="后沟口")
    await liu.sync()
    await wang.sync()
    assert {value for _, value in await wang.values(home, "head")} == {"张桂芳", "张桂香"}
    await liu.sync()
    await liu.settle(home, "head", "张桂香")
    await liu.sync()
    await wang.sync()
    assert await wang.values(home, "head") == [("刘强", "张桂香")]
    await alike(wang, liu, home)


async def test_an_edit_of_a_field_in_conflict_leaves_what_was_not_in_view(sqlite_node: Node) -> None:
    """What the phone shows of its unsent work is what the server makes of it."""
    wang, liu = await sqlite_node.device("王芳"), await sqlite_node.town.device("刘强")
    home = await wang.household()
    await wang.sync()
    await liu.sync()
    await wang.edit(home, note="一")
    await liu.save(await liu.open(home), {"note": "二"})
    for device in (liu, wang):
        await device.sync()
    shown, hidden = await wang.values(home, "note")
    assert shown[1] != hidden[1]
    await wang.edit(home, note="三")
    await wang.edit(home, note="四", phone=None)
    before = await wang.view(home)
    assert await wang.values(home, "note") in ([("王芳", "四"), hidden], [hidden, ("王芳", "四")])
    await wang.sync()
    after = await wang.view(home)
    assert (after["fields"], after["conflicts"]) == (before["fields"], before["conflicts"])
    await liu.sync()
    await alike(wang, liu, home)


async def test_whatever_both_do_both_show_the_same_in_the_end(sqlite_node: Node) -> None:
    """Edits, settlements and deletions on two devices that sync when they please."""
    wang, liu = await sqlite_node.device("王芳"), await sqlite_node.town.device("刘强")
    home = await wang.household()
    for seed in range(4):
        chance = random.Random(seed)
        paper = await wang.tell("create", kind="photo", fields={"parent": home, "paper": "户口簿"})
        for device in (wang, liu):
            await device.sync()
        for step in range(12):
            fields: dict[str, object] = (
                {"note": f"第{step}次"} if chance.random() < 0.7 else {"deleted": chance.random() < 0.7}
            )
            settles = chance.random() < 0.3
            if chance.random() < 0.5:
                await javascript_writes(wang, paper, fields, settles)
            else:
                await ours_writes(liu, paper, fields, settles)
            if chance.random() < 0.3:
                await (wang if chance.random() < 0.5 else liu).sync()
        for device in (wang, liu, wang):
            await device.sync()
        await alike(wang, liu, paper)


async def javascript_writes(phone: Phone, record: str, fields: dict[str, object], settles: bool) -> None:
    """An ordinary edit, or a settlement where the field is in conflict."""
    form = await phone.tell("open", record=record)
    ((name, value),) = fields.items()
    if settles and name in form["contested"]:
        await phone.tell("settle", form=form, name=name, value=value)
    else:
        await phone.tell("edit", form=form, fields=fields)


async def ours_writes(client: Client, record: str, fields: dict[str, object], settles: bool) -> None:
    """The same on a phone of ours."""
    ((name, value),) = fields.items()
    if settles and name in (await opened(client, record)).conflicts:
        await client.settle(record, name, value)
    else:
        await client.save(await client.open(record), fields)
