"""Pieces under a key that was given up: what was on its way stands, and nothing that came after."""

import dataclasses

import pytest

from tests.accounts.desk import desk_of
from tests.devices.signing import heads
from tests.devices.test_waiting import carried, household
from tests.support.raw_device import code_of, raw_device
from tests.support.township import Township


async def test_a_piece_of_before_the_change_of_key_comes_in_and_none_under_that_key_with_later_batches(
    town: Township,
) -> None:
    phone, head = await raw_device(town), await desk_of(town, "李红")
    former, before = phone.key, phone.seal(household(town, "换之前的"))
    await phone.new_key()
    after = phone.seal(household(town, "换之后的"))
    refused = await carried(town, phone, before, after, signer=former)
    assert (refused.status_code, code_of(refused)) == (401, "bundle.signature")
    assert await heads(head) == set(), "nothing of it is taken in"
    assert (await carried(town, phone, before, signer=former)).status_code == 200
    assert await heads(head) == {"换之前的"}
    assert (await carried(town, phone, before, after)).status_code == 200
    assert await heads(head) == {"换之前的", "换之后的"}


@pytest.mark.parametrize("way", ["piece", "spool"])
async def test_who_has_a_copy_of_a_key_that_was_given_up_freezes_nobody(town: Township, way: str) -> None:
    """What he says is kept for people to look at; the phone, which took another key for that, goes on."""
    phone, head = await raw_device(town), await desk_of(town, "李红")
    copied = dataclasses.replace(phone)
    await phone.pushed(phone.seal(household(town, "换之前的")))
    await phone.new_key()
    if way == "piece":
        other = copied.seal(household(town, "抄来的"))
        assert (await carried(town, phone, other, signer=copied.key)).status_code == 200
    else:
        assert await copied.brought({1: household(town, "抄来的")}) == {"new": 0, "known": 1, "troubled": 0}
    await phone.pushed(phone.seal(household(town, "换之后的")))
    assert await heads(head) == {"换之前的", "换之后的"}
    [apart] = await head.done("/v1/quarantine", "GET")
    assert (apart["device"], apart["code"]) == (phone.id.hex(), "chain.equivocation")


async def test_who_has_a_copy_of_a_key_that_was_given_up_cannot_fill_the_disk(
    town: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("daiban_server.spine.quarantine.MOST", 3)
    phone, head = await raw_device(town), await desk_of(town, "李红")
    copied = dataclasses.replace(phone)
    await phone.pushed(phone.seal(household(town, "换之前的")))
    await phone.new_key()
    for n in range(5):
        other = copied.seal(household(town, f"抄来的第{n}份"), advance=False)
        assert (await carried(town, phone, other, signer=copied.key)).status_code == 200
    assert len(await head.done("/v1/quarantine", "GET")) == 3
