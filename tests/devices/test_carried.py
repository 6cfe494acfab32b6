"""Work that is carried in by hand: sealed, in pieces, out of order, twice, by three at once; and what comes back."""

import asyncio
import hashlib
import random
from pathlib import Path

import httpx2
import pytest

from daiban_client_sdk import Client
from daiban_client_sdk.errors import DeviceError, RefusedError
from daiban_server.http.budgets import UNLIMITED, Budgets
from daiban_sync import bundle, sealing, wire
from daiban_sync.keys import SoftwareKey
from tests.support.township import Township

KB = 1024


async def filled(town: Township, homes: int = 3, photos: int = 0) -> Client:
    """王芳's phone with work on it that nobody has."""
    phone = await town.device("王芳")
    await phone.sync()
    for n in range(homes):
        record = await town.household(phone, f"第{n}户")
        if n < photos:
            await town.photo(phone, record, n)
    return phone


async def hand_in(town: Township, piece: bytes) -> httpx2.Response:
    async with town.stranger() as http:
        return await http.post("/v1/bundles", content=piece)


async def heads(town: Township) -> list[str]:
    clerk = await town.signed_in("赵敏")
    return sorted(one["values"]["head"] for one in (await clerk.get("/v1/records/household")).json())


async def test_a_neighbour_carries_a_days_work_in_and_brings_the_receipts_back(township: Township) -> None:
    phone = await filled(township, 3, photos=2)
    neighbour = await township.device("刘强")
    [piece] = await phone.export(township.folder / "stick")
    assert not (await phone.status()).may_be_given_back, "a stick may get lost"
    content = piece.read_bytes()
    assert "第0户".encode() not in content
    answer = await neighbour.carry(content)
    assert (await phone.receive(answer)).may_be_given_back
    assert await heads(township) == ["第0户", "第1户", "第2户"]
    assert (await phone.receive(answer)).may_be_given_back, "it may be brought twice"
    assert (await phone.sync()).may_be_given_back
    assert not phone.device.conflicts()


async def test_in_pieces_out_of_order_after_truncation_by_three_carriers_at_once(township: Township) -> None:
    township.services.budgets = Budgets(UNLIMITED)
    phone = await filled(township, 4, photos=4)
    for n in range(40):
        record = await township.household(phone, f"又{n:02}户")
        await phone._run(phone.device.outbox.freeze, phone.device.identity(), lambda: random.randbytes(32))
        await phone.save(await phone.open(record), {"address": "山" * 90})
    pieces = [path.read_bytes() for path in await phone.export(township.folder / "stick", 16 * KB)]
    assert len(pieces) > 5
    for piece in pieces:
        cut = await hand_in(township, piece[: len(piece) * 2 // 3])
        assert cut.json()["code"] in ("seal.broken", "seal.malformed")
    order = [one for one in pieces for _ in range(3)]
    random.Random(7).shuffle(order)
    answers = []
    for start in range(0, len(order), 3):
        answers += await asyncio.gather(*(hand_in(township, one) for one in order[start : start + 3]))
    assert {answer.status_code for answer in answers} == {200}
    for answer in answers:
        status = await phone.receive(answer.content)
    assert status.may_be_given_back
    assert len(await heads(township)) == 44
    before = await heads(township)
    await phone.sync()
    assert await heads(township) == before
    assert not phone.device.conflicts()


async def test_nothing_can_be_altered_on_the_way(township: Township) -> None:
    phone = await filled(township, 1)
    [path] = await phone.export(township.folder / "stick")
    piece, clerk = path.read_bytes(), await heads(township)
    for place in range(0, len(piece), max(1, len(piece) // 60)):
        altered = bytearray(piece)
        altered[place] ^= 1
        answer = await hand_in(township, bytes(altered))
        assert 400 <= answer.status_code < 500, place
    assert await heads(township) == clerk == []


async def test_an_answer_on_the_way_back_can_be_neither_forged_nor_given_to_another(township: Township) -> None:
    phone, other = await filled(township, 1), await township.device("刘强")
    [path] = await phone.export(township.folder / "stick")
    answer = (await hand_in(township, path.read_bytes())).content
    with pytest.raises(DeviceError, match=r"bundle\.unknown"):
        await other.receive(answer)
    start = len(b"daiban answer 1\n") + 16
    for place in range(start, len(answer)):
        altered = bytearray(answer)
        altered[place] ^= 1
        with pytest.raises((DeviceError, RefusedError)):
            await phone.receive(bytes(altered))
    assert (await phone.receive(answer)).may_be_given_back


async def test_a_sync_in_between_does_no_harm(township: Township) -> None:
    phone = await filled(township, 2)
    [path] = await phone.export(township.folder / "stick")
    await township.household(phone, "导出以后的")
    await phone.sync()
    answer = await hand_in(township, path.read_bytes())
    assert (await phone.receive(answer.content)).may_be_given_back
    assert await heads(township) == ["导出以后的", "第0户", "第1户"]
    await township.household(phone, "再以后的")
    assert (await phone.sync()).may_be_given_back


async def test_what_a_stolen_phone_seals_is_kept_apart_as_well(township: Township) -> None:
    phone, head = await filled(township, 1), await township.signed_in("李红")
    [path] = await phone.export(township.folder / "stick")
    await head.post(f"/v1/devices/{phone.device.store.get('device')}/revoke", json={"reason": "被偷了"})
    answer = await hand_in(township, path.read_bytes())
    assert answer.json()["code"] == "device.revoked"
    assert await heads(township) == []
    assert [one["entries"] for one in (await head.get("/v1/quarantine")).json()] == [1]


async def test_where_everything_has_its_receipt_there_is_nothing_to_carry(sqlite_township: Township) -> None:
    phone = await sqlite_township.device("王芳")
    await phone.sync()
    with pytest.raises(DeviceError, match=r"bundle\.nothing"):
        await phone.export(Path(sqlite_township.folder / "stick"))


async def test_whoever_seals_a_piece_without_the_device_s_key_gets_nowhere(township: Township) -> None:
    """Anybody can seal to the server: what counts is who signed within."""
    phone = await filled(township, 0)
    keys, thief = township.services.keys, SoftwareKey(bytes([9] * 32))
    identity, body = phone.device.identity(), wire.encode_request(wire.Hello(fresh=True), [])
    stated = bundle.Statement(
        *(identity.origin.hex(), identity.centre.hex(), identity.device.hex(), "ab" * 16),
        *(1, 1, township.clock(), hashlib.sha256(body).hexdigest()),
    )
    to = next(key.public for key in keys.sealed.values())
    for signer, code in ((thief, "bundle.signature"), (identity.signer, "")):
        content = bundle.pack(stated, body, signer)
        piece = b"".join(sealing.seal([content], bytes([7] * 32), to, bundle.purpose(identity.origin)))
        answer = await hand_in(township, piece)
        assert (answer.json()["code"] if code else answer.status_code) == (code or 200)
