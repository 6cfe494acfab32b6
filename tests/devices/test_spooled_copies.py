"""A phone that was put back from a copy of its folder gives its next saves the numbers of saves that lie sealed.

One key then said two things under one number. Whichever came first stands; the other is kept apart and the key is
frozen, as for batches: nothing may be swallowed as if it were known.
"""

import shutil
from pathlib import Path

import httpx2
import pytest

from daiban_client_sdk import Client
from daiban_client_sdk.errors import RefusedError
from tests.accounts.desk import Desk, desk_of
from tests.devices.signing import heads
from tests.support.phones import phone_in
from tests.support.township import Township


async def phone_and_its_copy(town: Township) -> tuple[Client, Path]:
    """王芳's phone, and a copy of its folder from before its first save."""
    phone = await town.device("王芳")
    await phone.sync()
    folder = phone.device.store.folder
    copied = folder.with_name("put-back")
    shutil.copytree(folder, copied)
    return phone, copied


async def bring(town: Township, folder: Path) -> httpx2.Response:
    [path] = (folder / "spool").glob("*.spool")
    async with town.stranger() as http:
        return await http.post("/v1/spools", content=path.read_bytes())


async def state_of(head: Desk, phone: Client) -> str:
    device = phone.device.store.get("device")
    return next(str(one["state"]) for one in await head.done("/v1/devices", "GET") if one["id"] == device)


async def apart(head: Desk) -> list[str]:
    """Whose homes stand apart."""
    found = []
    for line in await head.done("/v1/quarantine", "GET"):
        told = await head.done(f"/v1/quarantine/{line['device']}/{line['digest']}", "GET")
        assert line["code"] == "chain.equivocation"
        found += [pair["kept"]["values"]["head"] for pair in told["pairs"]]
    return sorted(found)


async def test_a_batch_that_contradicts_what_came_out_of_the_spool_is_kept_apart(town: Township) -> None:
    phone, copied = await phone_and_its_copy(town)
    head = await desk_of(town, "李红")
    await town.household(phone, "封存的")
    assert (await bring(town, phone.device.store.folder)).json()["new"] == 1
    async with phone_in(copied, town.clock) as again:
        await town.household(again, "恢复后写的")
        await town.household(again, "再写的")
        with pytest.raises(RefusedError, match=r"chain\.equivocation"):
            await again.sync()
    assert await heads(head) == {"封存的"}
    assert await apart(head) == ["再写的", "恢复后写的"]
    assert await state_of(head, phone) == "frozen"


async def test_a_spool_that_contradicts_what_was_handed_in_is_kept_apart(town: Township) -> None:
    phone, copied = await phone_and_its_copy(town)
    head = await desk_of(town, "李红")
    async with phone_in(copied, town.clock) as again:
        await town.household(again, "恢复后写的")
        assert (await again.sync()).may_be_given_back
    await town.household(phone, "封存的")
    await town.household(phone, "又封存的")
    answer = await bring(town, phone.device.store.folder)
    assert (answer.status_code, answer.json()["code"]) == (403, "device.frozen")
    assert await heads(head) == {"恢复后写的"}
    assert await apart(head) == ["又封存的", "封存的"]
    assert await state_of(head, phone) == "frozen"


async def test_of_two_spools_under_the_same_numbers_one_stands_and_the_other_is_kept_apart(town: Township) -> None:
    phone, copied = await phone_and_its_copy(town)
    head = await desk_of(town, "李红")
    await town.household(phone, "封存的")
    async with phone_in(copied, town.clock) as again:
        await town.household(again, "恢复后写的")
    assert (await bring(town, phone.device.store.folder)).json()["new"] == 1
    assert (await bring(town, phone.device.store.folder)).json()["known"] == 1
    assert (await bring(town, copied)).json()["code"] == "device.frozen"
    assert await heads(head) == {"封存的"}
    assert await apart(head) == ["恢复后写的"]
