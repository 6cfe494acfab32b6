"""What lies sealed on a phone that is revoked and opens no more: kept apart, looked at, adopted save by save."""

import shutil
from pathlib import Path
from typing import Any

import httpx2
import pytest

from daiban_client_sdk import Client
from tests.accounts.desk import Desk, desk_of
from tests.devices.signing import heads, signed, with_passkey
from tests.photos.pictures import taken
from tests.support.phones import phone_in
from tests.support.township import Township


async def bring(town: Township, folder: Path) -> list[httpx2.Response]:
    """Somebody brings what lies sealed in a phone's folder."""
    async with town.stranger() as http:
        return [
            await http.post("/v1/spools", content=path.read_bytes())
            for path in sorted((folder / "spool").glob("*.spool"))
        ]


async def revoked(head: Desk, phone: Client) -> None:
    await head.done(f"/v1/devices/{phone.device.store.get('device')}/revoke", reason="掉进河里")


async def listed(head: Desk) -> list[dict[str, Any]]:
    return [dict(one) for one in await head.done("/v1/quarantine", "GET")]


async def test_a_clerk_adopts_saves_of_a_phone_that_opens_no_more(town: Township, tmp_path: Path) -> None:
    phone, head = await town.device("王芳"), await desk_of(town, "李红")
    zhao, key = await with_passkey(town, "赵敏")
    await town.household(phone, "交过的")
    await phone.sync()
    home = await town.household(phone, "好的")
    await town.household(phone, "坏的")
    (tmp_path / "p.jpg").write_bytes(taken(1))
    photo = await phone.attach_photo(home, tmp_path / "p.jpg", paper="户口簿")
    folder = phone.device.store.folder
    await revoked(head, phone)
    for _ in range(2):
        [answer] = await bring(town, folder)
        assert (answer.status_code, answer.json()["code"]) == (403, "device.revoked")
    assert await heads(zhao) == {"交过的"}
    [line] = await listed(head)
    assert (line["code"], line["sequence"], line["entries"]) == ("device.revoked", 0, 3), "none twice, none of before"
    path = f"/v1/quarantine/{line['device']}/{line['digest']}"
    shown = (await zhao.done(path, "GET"))["pairs"]
    assert [pair["kept"]["values"].get("head") for pair in shown] == ["好的", "坏的", None]
    numbers = [pair["kept"]["number"] for pair in (shown[0], shown[2])]
    wrong = await signed(zhao, key, path, [99])
    assert await zhao.refused(f"{path}/decision", reason="看过", numbers=[99], credential=wrong) == "quarantine.entries"
    proof = await signed(zhao, key, path, numbers)
    told = await zhao.done(f"{path}/decision", reason="打电话核对过", numbers=numbers, credential=proof)
    assert told == ["new", "new"]
    assert await heads(zhao) == {"交过的", "好的"}
    # Its photo is now the clerk's word: whoever has the very bytes may bring them.
    [sealed] = (folder / "photos").glob(f"{photo.record}-*.sealed")
    async with town.stranger() as http:
        url = f"/v1/spools/{town.centre.hex()}/photos/{photo.record}"
        assert (await http.post(url, content=sealed.read_bytes()[:-1])).json()["code"] == "photo.unknown"
        assert (await http.post(url, content=sealed.read_bytes())).json() == {"stored": True}
    assert (await zhao.http.get(f"/v1/photos/{photo.record}")).content.startswith(b"\xff\xd8\xff")


async def test_what_is_saved_later_comes_to_quarantine_by_itself(town: Township) -> None:
    phone, head = await town.device("王芳"), await desk_of(town, "李红")
    await revoked(head, phone)
    for n in range(2):
        await town.household(phone, f"第{n}户")
        await bring(town, phone.device.store.folder)
    assert sorted(one["entries"] for one in await listed(head)) == [1, 1]


async def test_a_frozen_phone_s_own_branch_is_told_from_its_copy_s(town: Township) -> None:
    """The copy spoke first: under the same numbers the centre has the copy's words, and the phone's own lie sealed."""
    phone, head = await town.device("王芳"), await desk_of(town, "李红")
    folder = phone.device.store.folder
    shutil.copytree(folder, folder.with_name("copied"))
    async with phone_in(folder.with_name("copied")) as thief:
        await town.household(thief, "抄来的")
        await thief.sync()
    await town.household(phone, "张桂兰")
    with pytest.raises(Exception, match=r"chain\.equivocation"):
        await phone.sync()
    [branch] = await listed(head)
    await bring(town, folder)
    assert await listed(head) == [branch], "the batch holds it already"
    await town.household(phone, "李秀英")
    await bring(town, folder)
    lines = await listed(head)
    assert sorted(one["sequence"] for one in lines) == [0, 1]


async def test_nobody_fills_the_disk_with_what_was_sealed(town: Township, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daiban_server.spine.quarantine.MOST", 2)
    phone, head = await town.device("王芳"), await desk_of(town, "李红")
    await revoked(head, phone)
    for n in range(4):
        await town.household(phone, f"第{n}户")
        await bring(town, phone.device.store.folder)
    assert len(await listed(head)) == 2
