"""A clerk takes on what a stolen phone handed in: some of it, once, under his own passkey."""

import json
from typing import Any

from daiban_schemas import entry
from daiban_sync import passkey
from daiban_sync.adoption import PURPOSE, digest_of
from daiban_sync.passkey import Assertion
from tests.accounts.desk import Desk, desk_of
from tests.devices.signing import heads, signed, with_passkey
from tests.support.raw_device import raw_device
from tests.support.township import Township, new_id


def household(town: Township, head: str) -> bytes:
    fields = {"place": town.qingshan.hex(), "head": head, "phone": "13700000000"}
    return entry.change(new_id().hex(), "household", fields, seen=0, at=1)


async def kept_apart(town: Township, head: Desk) -> dict[str, Any]:
    """What a phone handed in after it was revoked: two homes."""
    phone = await raw_device(town)
    await head.done(f"/v1/devices/{phone.id.hex()}/revoke", reason="被偷了")
    await phone.push(phone.seal(household(town, "好的"), household(town, "坏的")))
    [line] = await head.done("/v1/quarantine", "GET")
    return dict(line)


async def test_a_clerk_adopts_what_is_good_of_it_and_nothing_else(town: Township) -> None:
    head = await desk_of(town, "李红")
    zhao, key = await with_passkey(town, "赵敏")
    line = await kept_apart(town, head)
    path = f"/v1/quarantine/{line['device']}/{line['digest']}"
    shown = (await zhao.done(path, "GET"))["pairs"]
    assert [pair["kept"]["values"]["head"] for pair in shown] == ["好的", "坏的"]
    answer = await signed(zhao, key, path, [1])
    assert await zhao.done(f"{path}/decision", reason="打电话核对过", numbers=[1], credential=answer) == ["new"]
    assert await heads(zhao) == {"好的"}
    [adopted] = await zhao.done("/v1/records/household", "GET")
    assert adopted["authors"]["head"] == "赵敏", "it is the clerk's word now"
    again = await signed(zhao, key, path, [2])
    told = await zhao.refused(f"{path}/decision", reason="再来", numbers=[2], credential=again)
    assert told == "quarantine.decided"
    decided = (await zhao.done(path, "GET"))["line"]["decided"]
    assert (decided["by"], decided["numbers"]) == (town.people["赵敏"].hex(), [1])
    # Years later: this clerk's passkey, over this batch and this choice.
    kept = Assertion(*(bytes.fromhex(decided["signature"][name]) for name in Assertion._fields))
    digest = digest_of(bytes.fromhex(line["device"]), bytes.fromhex(line["digest"]), [1])
    passkey.check(kept, PURPOSE, digest, "localhost", [town.url])


async def test_without_the_clerks_own_signature_over_this_choice_nothing_is_adopted(town: Township) -> None:
    head = await desk_of(town, "李红")
    zhao, key = await with_passkey(town, "赵敏")
    line = await kept_apart(town, head)
    path = f"/v1/quarantine/{line['device']}/{line['digest']}/decision"
    choosing = path.removesuffix("/decision")
    assert (await zhao.refused(path, reason="看过", numbers=[1])).startswith("passkey.")
    other = await signed(zhao, key, choosing, [1])
    assert (await zhao.refused(path, reason="看过", numbers=[1, 2], credential=other)).startswith("passkey.")
    assert await head.refused(path, reason="看过", numbers=[1], credential=other)
    wrong = await signed(zhao, key, choosing, [7])
    assert await zhao.refused(path, reason="看过", numbers=[7], credential=wrong) == "quarantine.entries"
    assert await heads(zhao) == set()
    assert await zhao.done(path, reason="全不可信") == []
    assert await heads(zhao) == set()


async def test_what_cannot_be_adopted_leaves_the_choice_open(town: Township) -> None:
    """Confirming a visit is the agent's alone. Nothing is decided, so the rest is not lost with it."""
    head = await desk_of(town, "李红")
    zhao, key = await with_passkey(town, "赵敏")
    phone = await raw_device(town)
    home = household(town, "张桂兰")
    await phone.pushed(phone.seal(home))
    case = new_id().hex()
    under = {"household": json.loads(home)["record"], "item": town.item.hex(), "applicant": "张桂兰"}
    await phone.pushed(phone.seal(entry.change(case, "application", under, seen=0, at=1)))
    await head.done(f"/v1/devices/{phone.id.hex()}/revoke", reason="被偷了")
    asked = entry.command(case, "application", "receive", expected=None, at=1)
    await phone.push(phone.seal(household(town, "好的"), asked))
    [line] = await head.done("/v1/quarantine", "GET")
    path = f"/v1/quarantine/{line['device']}/{line['digest']}"
    first = min(one["kept"]["number"] for one in (await zhao.done(path, "GET"))["pairs"])
    both = [first, first + 1]
    answer = await signed(zhao, key, path, both)
    told = await zhao.ask(f"{path}/decision", reason="核对过", numbers=both, credential=answer)
    assert (told.json()["code"], told.json()["numbers"]) == ("quarantine.refused", [first + 1])
    assert await heads(zhao) == {"张桂兰"}
    assert (await zhao.done(path, "GET"))["line"]["decided"] is None
    answer = await signed(zhao, key, path, [first])
    assert await zhao.done(f"{path}/decision", reason="核对过", numbers=[first], credential=answer) == ["new"]


async def test_whoever_decides_sees_no_number_and_nobody_who_complained(town: Township) -> None:
    zhao = await desk_of(town, "赵敏")
    phone = await raw_device(town)
    await (await desk_of(town, "李红")).done(f"/v1/devices/{phone.id.hex()}/revoke", reason="被偷了")
    home = {"place": town.qingshan.hex(), "head": "张桂兰", "identity_number": "610902195803077713"}
    said = {"place": town.qingshan.hex(), "text": "窗口态度不好", "person": "欧阳青山", "phone": "13766543210"}
    entries = [(new_id().hex(), "household", home), (new_id().hex(), "opinion", said)]
    await phone.push(phone.seal(*(entry.change(*one, seen=0, at=1) for one in entries)))
    [line] = await zhao.done("/v1/quarantine", "GET")
    path = f"/v1/quarantine/{line['device']}/{line['digest']}"
    household_, opinion = [one["kept"]["values"] for one in (await zhao.done(path, "GET"))["pairs"]]
    assert household_["identity_number"] == "6****************3"
    assert opinion == {"place": town.qingshan.hex(), "text": "窗口态度不好"}
    page = (await zhao.http.get(path.removeprefix("/v1"))).text
    assert [one for one in ("610902195803077713", "欧阳青山", "13766543210") if one in page] == []
