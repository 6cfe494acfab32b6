"""Who answers for which village: what a phone takes in and lets go, and whose work is accepted."""

from daiban_client_sdk import Client
from daiban_client_sdk.progress import silent
from daiban_client_sdk.rounds import Rounds
from daiban_schemas import entry
from daiban_sync import wire
from daiban_sync.outcome import unpack
from tests.support.office import office
from tests.support.raw_device import RawDevice, code_of, raw_device
from tests.support.township import Township, new_id


async def heads(client: Client) -> set[str]:
    """Whose households this phone has."""
    return {str(view.values["head"]) for view in await client.records("household")}


async def test_a_village_that_is_handed_over_goes_from_one_phone_to_the_other(township: Township) -> None:
    head = await office(township)
    await head.take("刘强", township.qingshan)
    wang, liu = await township.device("王芳"), await township.device("刘强")
    homes = {name: await township.household(wang, name) for name in ("张桂兰", "李秀英", "王大娘")}
    await township.household(wang, "白河的", township.baihe)
    await wang.sync()
    await liu.sync()
    assert await heads(liu) == {"白河的"}

    await head.take("王芳", township.qingshan)
    await head.give("刘强", township.qingshan)
    await liu.sync()
    assert await heads(liu) == {"张桂兰", "李秀英", "王大娘", "白河的"}
    await wang.sync()
    assert await heads(wang) == {"白河的"}
    assert await wang.view(homes["张桂兰"]) is None

    await liu.save(await liu.open(homes["张桂兰"]), {"phone": "13900000001"})
    await liu.sync()
    await wang.sync()
    assert await wang.view(homes["张桂兰"]) is None
    await head.give("王芳", township.qingshan, "B")
    await wang.sync()
    view = await wang.view(homes["张桂兰"])
    assert view is not None and view.values["phone"] == "13900000001"


async def test_work_written_while_responsible_is_accepted_and_only_then_the_record_goes(township: Township) -> None:
    wang = await township.device("王芳")
    home = await township.household(wang)
    await wang.sync()
    await wang.save(await wang.open(home), {"phone": "13900000001"})
    township.clock.ahead = 1000
    head = await office(township)
    await head.take("王芳", township.qingshan)
    await wang.sync()
    await wang.sync()
    assert await wang.view(home) is None
    assert (await wang.status()).may_be_given_back
    assert not await wang.troubled()
    clerk = await township.signed_in("赵敏")
    shown = (await clerk.get(f"/v1/records/household/{home}")).json()
    assert shown["values"]["phone"] == "13900000001"


async def test_a_record_is_not_let_go_while_work_on_it_is_unsent(township: Township) -> None:
    """The pull that says so comes before the phone has handed in what was saved meanwhile."""
    wang = await township.device("王芳")
    home = await township.household(wang)
    await wang.sync()
    head = await office(township)
    await head.take("王芳", township.qingshan)
    rounds = await wang._run(Rounds, wang.device, silent)
    transport, _ = await wang._link()
    first = await wang._run(rounds.begin, True)
    assert await wang._run(rounds.take, first, await wang._ask(transport, first)), "the page that says so, and more"
    last = await wang._run(rounds.begin, False)
    await wang.save(await wang.open(home), {"phone": "13900000001"})
    assert await wang._run(rounds.take, last, await wang._ask(transport, last)), "something is unsent again"
    view = await wang.view(home)
    assert view is not None
    assert (view.values["head"], view.values["phone"]) == ("张桂兰", "13900000001")
    await wang.sync()
    await wang.sync()
    assert await wang.view(home) is None


async def test_a_household_that_moves_away_leaves_the_phone_of_its_old_village(township: Township) -> None:
    head = await office(township)
    await head.take("王芳", township.baihe)
    await head.take("刘强", township.qingshan)
    wang, liu = await township.device("王芳"), await township.device("刘强")
    home = await township.household(wang)
    form = await wang.new("application")
    await wang.save(form, {"household": home, "item": township.item.hex(), "applicant": "张桂兰"})
    await wang.sync()
    await liu.sync()
    assert await heads(liu) == set()
    await wang.save(await wang.open(home), {"place": township.baihe.hex()})
    await wang.sync()
    await liu.sync()
    assert await heads(liu) == {"张桂兰"}
    assert await liu.view(form.record) is not None
    await wang.sync()
    assert await wang.view(home) is None
    assert await wang.view(form.record) is None
    await liu.save(await liu.open(home), {"place": township.qingshan.hex()})
    await liu.sync()
    await wang.sync()
    assert await heads(wang) == {"张桂兰"}


async def test_a_stranger_s_household_is_not_for_him_to_write(township: Township) -> None:
    """Kept, shown to him and to the centre, and without effect; his other entries stand."""
    head = await office(township)
    await head.take("王芳", township.baihe)
    liu, wang = await raw_device(township, "刘强"), await raw_device(township, "王芳")
    home, own, child = new_id(), new_id(), new_id()
    await liu.pushed(liu.seal(made(home, township.baihe)))
    later = township.clock() + 1000
    township.clock.ahead = 2000
    entries = (
        entry.change(home.hex(), "household", {"phone": "13900000001"}, seen=0, at=later),
        made(own, township.qingshan),
        entry.change(new_id().hex(), "household", {"place": township.baihe.hex(), "head": "x"}, seen=0, at=later),
        entry.change(child.hex(), "application", {"household": home.hex()}, seen=0, at=later),
    )
    assert await outcomes(wang, *entries) == [
        ("refused", "scope.foreign"),
        ("new", None),
        ("refused", "scope.foreign"),
        ("refused", "scope.foreign"),
    ]
    clerk = await township.signed_in("赵敏")
    assert (await clerk.get(f"/v1/records/household/{home.hex()}")).json()["values"].get("phone") is None


def made(record: bytes, place: bytes) -> bytes:
    return entry.change(record.hex(), "household", {"place": place.hex(), "head": "张桂兰"}, seen=0, at=1)


async def outcomes(device: RawDevice, *entries: bytes) -> list[tuple[str, str | None]]:
    reply = await device.pushed(device.seal(*entries))
    return [(one.outcome, one.code) for one in unpack(reply.outcomes[0])]


async def test_only_the_head_of_the_same_centre_moves_territories(township: Township) -> None:
    person, place = township.people["王芳"].hex(), township.baihe.hex()
    clerk, head = await township.signed_in("赵敏"), await township.signed_in("李红")
    url = f"/v1/people/{person}/places/{place}"
    assert code_of(await clerk.put(url, json={"rank": "A"})) == "permission.denied"
    assert code_of(await head.put(url, json={"rank": "C"})) == "request.invalid"
    assert (
        code_of(await head.put(f"/v1/people/{person}/places/{new_id().hex()}", json={"rank": "A"})) == "place.unknown"
    )
    assert code_of(await head.delete(f"/v1/people/{new_id().hex()}/places/{place}")) == "person.unknown"
    assert (await head.put(url, json={"rank": "A"})).status_code == 204
    assert (await head.delete(url)).status_code == 204
    assert (await head.delete(url)).status_code == 204


async def test_a_large_village_comes_and_goes_in_pages(sqlite_township: Township) -> None:
    town = sqlite_township
    head = await office(town)
    await head.take("刘强", town.qingshan)
    wang, liu = await raw_device(town, "王芳"), await town.device("刘强")
    for n in range(3):
        await wang.pushed(wang.seal(*(made(new_id(), town.qingshan) for _ in range(400 + n))))
    await liu.sync()
    assert len(await liu.records("household")) == 0
    await head.give("刘强", town.qingshan)
    await liu.sync()
    assert len(await liu.records("household")) == 1203
    await head.take("刘强", town.qingshan)
    await liu.sync()
    assert len(await liu.records("household")) == 0


# Batches that were given up ------------------------------------------------------------------------------------------


async def test_a_batch_that_turns_up_after_it_was_given_up_is_an_adopted_branch(township: Township) -> None:
    """Its entries stand, but replace nothing that was written since: they have no ancestors and no children."""
    wang, home = await raw_device(township, "王芳"), new_id()
    await wang.pushed(wang.seal(made(home, township.qingshan)))
    edit = entry.change(home.hex(), "household", {"phone": "13900000002"}, seen=0, at=1)
    lost = wang.seal(edit)
    third = wang.seal(entry.change(home.hex(), "household", {"phone": "13900000003"}, seen=0, at=1))
    reply = await wang.pushed(third)
    assert reply.problems == (wire.Problem(3, "chain.gap", 2),)
    head = await township.signed_in("李红")
    closed = await head.post(f"/v1/devices/{wang.id.hex()}/gaps", json={"last": 2, "reason": "手机存储坏了一块"})
    assert closed.json() == {"first": 2, "last": 2}
    await wang.pushed(third)
    reply = await wang.pushed(lost)
    assert len(reply.receipts) == 1
    assert unpack(reply.outcomes[0])[0].outcome == "conflict"
    shown = (await head.get(f"/v1/records/household/{home.hex()}")).json()
    assert {value["value"] for value in shown["conflicts"]["phone"]} == {"13900000002", "13900000003"}
    again = await wang.pushed(lost)
    assert again.receipts == reply.receipts
    other = wang.seal(edit, advance=False, sequence=2, previous=lost.header.previous, first=2)
    assert (await wang.pushed(other)).problems == (wire.Problem(2, "chain.equivocation", 0),)
