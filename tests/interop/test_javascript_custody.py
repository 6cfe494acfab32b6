"""What a server holds for a client of another maker: photos, villages that change hands, and what a restore forgot."""

import base64
import hashlib
import random

import pytest

from tests.interop.javascript import Node, Phone, Refused, alike, approve
from tests.support.fire import Fire
from tests.support.office import office
from tests.support.township import Township


async def test_a_photo_goes_on_where_the_link_was_cut_and_its_receipt_verifies(node: Node) -> None:
    wang = await node.device("王芳")
    home = await wang.household()
    data = random.Random(7).randbytes(500_000)
    await wang.tell("photo", parent=home, bytes=base64.b64encode(data).decode(), fields={"paper": "居民身份证"})
    done = await wang.sync(cutAfter=200_000)
    # The cut request may reach the upload after the question where it stands: then it is asked twice.
    ((start, *_, resumed),) = done["uploads"]
    assert start == 0
    assert 0 < resumed < len(data)
    assert (await wang.standing())["photos"] == [True]
    digest = hashlib.sha256(data).hexdigest()
    stored = node.town.services.settings.data / "photos" / node.town.centre.hex() / digest[:2] / digest
    assert stored.read_bytes() == data


async def test_a_village_that_is_taken_away_leaves_the_phone_and_comes_back_with_it(sqlite_node: Node) -> None:
    town = sqlite_node.town
    wang, liu = await sqlite_node.device("王芳"), await town.device("刘强")
    home = await wang.household()
    await wang.sync()
    await liu.sync()
    head = await office(town)
    await wang.edit(home, address="后沟口")
    await head.take("王芳", town.qingshan)
    # Written while she answered for the village: it is taken, and only then the record goes.
    first = await wang.exchange()
    assert [one["outcome"] for one in first["outcomes"]] == ["merged"]
    await wang.sync()
    assert await wang.tell("view", record=home) is None
    await liu.sync()
    await liu.save(await liu.open(home), {"size": 5})
    await liu.sync()
    await head.give("王芳", town.qingshan, "B")
    await wang.sync()
    await alike(wang, liu, home)
    assert (await wang.view(home))["visible"]["address"] == "后沟口"


async def test_a_restored_server_is_given_again_what_it_forgot(node: Node, fire: Fire) -> None:
    """Yesterday's backup is put back: batches come again with their old bounds, photos anew, nobody loses a word."""
    town = node.town
    wang, liu = await node.device("王芳"), await town.device("刘强")
    home = await wang.household()
    await wang.sync()
    await liu.sync()
    backup = await fire.back_up()
    late = await node.device("王芳", "新手机")
    later = await wang.household("李秀英")
    await wang.edit(home, phone="13700000001")
    photo = await wang.tell("photo", parent=home, bytes=base64.b64encode(bytes(5000)).decode(), fields={})
    latest = await late.household("王秀兰")
    for device in (late, wang, liu):
        await device.sync()
    assert latest in (await wang.standing())["records"]
    await liu.save(await liu.open(later), {"address": "河边"})
    await liu.sync()
    old = await wang.standing()
    await wang.edit(later, size=3)
    async with fire.restored(backup) as new:
        await fire.move(liu, to=new)
        for phone in (wang, late):
            await phone.tell("move", url=new.url)
        done = await wang.sync()
        assert (done["trips"][0]["restored"], len(done["uploads"])) == (1, 1)
        # What nobody has handed in again is not there, and no phone shows it as if it were.
        assert latest not in (await wang.standing())["records"]
        await known_again(new, late)
        for device in (late, liu, wang, late):
            await device.sync()
        await alike(wang, liu, home, later, latest, photo)
        await alike(late, liu, home, later, latest, photo)
        assert (await wang.view(later))["visible"]["address"] == "河边"
        assert (await wang.view(later))["visible"]["size"] == 3
    again = await wang.standing()
    assert (again["epoch"], again["custody"], again["photos"]) == (1, 0, [True])
    assert [epoch for epoch, _, _ in again["bounds"]] == [0, 1, 1]
    assert [bounds[1:] for bounds in again["bounds"][:2]] == [bounds[1:] for bounds in old["bounds"]]


async def known_again(town: Township, phone: Phone) -> None:
    """A device that the backup does not know is enrolled again, with its old key and its old id."""
    with pytest.raises(Refused) as unknown:
        await phone.exchange()
    assert unknown.value.code == "device.unknown"
    before = await phone.standing()
    enrolled = await phone.tell("enrol", code=await town.code_for("王芳"), name="JavaScript", again=True)
    assert enrolled["device"] == before["device"]
    await approve(town, enrolled["device"], enrolled["fingerprint"])
    assert await phone.tell("poll") == "active"
