"""One device that asks for too much waits, and nobody else does."""

import contextlib
from hashlib import sha256

import pytest
from sqlalchemy import update

from daiban_client_sdk import Client, OfflineError
from daiban_client_sdk.transport import Transport
from daiban_server.db import schema
from daiban_server.db.program import run
from daiban_server.features.photos.grant import Grant, issue
from daiban_server.features.photos.tus import PATH
from daiban_server.http.budgets import Budgets, Limits
from daiban_server.http.problems import ProblemError
from daiban_sync import bundle, wire
from daiban_sync.bundle import Part
from daiban_sync.frames import Frame, join
from tests.support.raw_device import code_of, raw_device
from tests.support.township import Clock, Township, new_id

A, B = bytes([1] * 16), bytes([2] * 16)


def wait(budgets: Budgets, device: bytes, now: int, **taken: int) -> int:
    """Seconds that a device has to wait, 0 where it was served."""
    try:
        budgets.take(device, now, **taken)
    except ProblemError as error:
        return int(error.headers["Retry-After"])
    return 0


def test_a_bucket_fills_up_again_and_each_device_has_its_own() -> None:
    budgets = Budgets(Limits(requests=(3, 1)))
    assert [wait(budgets, A, 0, requests=1) for _ in range(5)] == [0, 0, 0, 0, 1]
    assert wait(budgets, B, 0, requests=1) == 0
    assert wait(budgets, A, 500, requests=1) == 1
    assert wait(budgets, A, 2_000, requests=1) == 0


def test_one_large_push_is_taken_whole_and_paid_off() -> None:
    budgets = Budgets(Limits(entries=(100, 10)))
    assert wait(budgets, A, 0, entries=500) == 0
    assert wait(budgets, A, 0, entries=1) == 40
    assert wait(budgets, A, 39_000) == 1
    assert wait(budgets, A, 40_001, entries=1) == 0


def test_a_clock_that_is_set_back_gives_and_takes_nothing() -> None:
    budgets = Budgets(Limits(requests=(1, 1)))
    assert [wait(budgets, A, 10_000, requests=1) for _ in range(3)] == [0, 0, 1]
    assert wait(budgets, A, 5_000, requests=1) == 1
    assert wait(budgets, A, 7_000, requests=1) == 0


def test_it_remembers_a_bounded_number_of_devices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("daiban_server.http.budgets.DEVICES", 10)
    budgets = Budgets()
    for n in range(50):
        budgets.take(bytes([n] * 16), 0, requests=1)
    assert len(budgets._held) == 10


async def test_a_phone_in_a_circle_is_told_to_wait_and_its_neighbour_is_served(township: Township) -> None:
    circling, neighbour = await raw_device(township), await raw_device(township, "刘强")
    township.services.budgets = Budgets(Limits(requests=(5, 0.01)))
    answers = [await circling.push(hello=wire.Hello(cursor="")) for _ in range(8)]
    told = answers[-1]
    assert (told.status_code, told.json()["code"]) == (429, "budget.exceeded")
    assert int(told.headers["retry-after"]) > 0
    assert (await neighbour.push()).status_code in (200, 204)


async def test_who_hands_one_piece_in_again_and_again_does_not_make_its_phone_wait(township: Township) -> None:
    town = township
    wang = await town.device("王芳")
    await town.household(wang)
    await wang.sync()
    await town.household(wang, "捎来的")
    [piece] = await wang.export(town.folder / "stick")
    [spool] = (wang.device.store.folder / "spool").glob("*.spool")
    town.services.budgets = Budgets(Limits(requests=(5, 0.01)))
    async with town.stranger() as http:
        for path, sealed in (("/v1/bundles", piece.read_bytes()), ("/v1/spools", spool.read_bytes())):
            answers = [await http.post(path, content=sealed) for _ in range(8)]
            assert answers[-1].json()["code"] == "budget.exceeded"
    await town.household(wang, "自己交的")
    assert (await wang.sync()).may_be_given_back


SWOLLEN = 2**20
"""Bytes of zeros, which travel as one KiB."""


async def test_what_swells_is_paid_for_as_it_is_and_not_as_it_travels(township: Township) -> None:
    device, neighbour = await raw_device(township), await raw_device(township, "刘强")
    township.services.budgets = Budgets(Limits(bytes=(2.5 * SWOLLEN, 1)))
    hello = wire.json_frame(Frame.HELLO, wire.Hello())
    body = join([hello, (200, bytes(SWOLLEN))])
    assert len(body) < SWOLLEN / 500
    answers = [await device.send(body) for _ in range(4)]
    assert [answer.status_code == 429 for answer in answers] == [False, False, False, True]
    assert int(answers[-1].headers["retry-after"]) > SWOLLEN / 4
    assert (await neighbour.push()).status_code in (200, 204)


async def test_a_stick_full_of_zeros_fills_no_disk(township: Township) -> None:
    """Photos that are none: a KiB on the stick for each MiB in the server's folder."""
    device = await raw_device(township)
    township.services.budgets = Budgets(Limits(bytes=(2.5 * SWOLLEN, 1)))
    hello, size = wire.json_frame(Frame.HELLO, wire.Hello()), 2 * SWOLLEN
    codes = []
    for n in range(1, 7):
        part = bundle.part_frame(Part(new_id(), bytes([n] * 32), size, 0, bytes(SWOLLEN)))
        answer = await device.http.post(f"{township.url}/v1/bundles", content=device.piece(join([hello, part])))
        codes.append(answer.json()["code"] if answer.status_code == 429 else answer.status_code)
    assert codes == [200] * 3 + ["budget.exceeded"] * 3
    carried = township.services.settings.data / "photos" / "carried" / device.id.hex()
    assert len(list(carried.iterdir())) == 3


async def test_a_thief_does_not_hand_one_stick_in_for_ever(sqlite_township: Township) -> None:
    town, device = sqlite_township, await raw_device(sqlite_township)
    stopped = update(schema.device).where(schema.device.c.id == device.id).values(state="revoked")
    await town.services.database.write("x", lambda: run(stopped))
    town.services.budgets = Budgets(Limits(bytes=(2.5 * SWOLLEN, 1)))
    piece = device.piece(join([wire.json_frame(Frame.HELLO, wire.Hello()), (200, bytes(SWOLLEN))]))
    answers = [await device.http.post(f"{town.url}/v1/bundles", content=piece) for _ in range(4)]
    assert [code_of(answer) for answer in answers] == ["device.revoked"] * 3 + ["budget.exceeded"]


async def test_who_is_in_debt_pays_it_off_and_then_brings_as_much_again(sqlite_township: Township) -> None:
    town, device = sqlite_township, await raw_device(sqlite_township)
    town.services.budgets = Budgets(Limits(bytes=(1000, 1000)))
    body = join([wire.json_frame(Frame.HELLO, wire.Hello()), (200, bytes(10_000))])
    assert (await device.send(body)).status_code == 200
    wait = int((await device.send(body)).headers["retry-after"])
    town.clock.ahead += wait * 1000
    assert (await device.send(body)).status_code in (200, 204)


async def with_photos(town: Township, name: str, clock: Clock) -> Client:
    """A phone with two photos of papers to bring."""
    phone = await town.device(name, now=clock)
    home = await town.household(phone)
    for n in range(2):
        await town.photo(phone, home, n)
    return phone


async def test_who_brings_photos_without_end_waits_and_his_neighbour_is_served(township: Township) -> None:
    town, clock = township, township.clock
    wang, liu = await with_photos(town, "王芳", clock), await with_photos(town, "刘强", clock)
    town.services.photo_budgets = Budgets(Limits(bytes=(300_000, 100)))
    with pytest.raises(OfflineError):
        await wang.sync()
    status = await wang.status()
    assert status.entries == 0, "what was collected is handed in all the same"
    assert status.photos == 2
    with pytest.raises(OfflineError):
        await liu.sync()
    assert (await liu.status()).photos == 2, "he pays for his own alone"
    for _ in range(9):  # nothing is lost: a piece a day, and in the end all of it
        clock.ahead += 86_400_000
        for phone in (wang, liu):
            with contextlib.suppress(OfflineError):
                await phone.sync()
    for phone in (wang, liu):
        status = await phone.status()
        assert status.may_be_given_back, status


async def test_what_was_thrown_away_was_brought_all_the_same(sqlite_township: Township) -> None:
    """Whoever begins anew for ever fills no disk, but he takes the road from the others."""
    town = sqlite_township
    device, content = await raw_device(town), bytes(1000)
    grant = Grant(town.centre, new_id(), device.id, sha256(content).digest(), len(content), town.clock() + 3_600_000)
    url = f"{town.url}{PATH}/{issue(town.services.keys.derived('ticket'), grant)}"
    town.services.photo_budgets = Budgets(Limits(bytes=(1500, 10)))
    begins = {"Tus-Resumable": "1.0.0", "Upload-Length": "1000", "Content-Type": "application/offset+octet-stream"}
    codes = []
    for _ in range(4):
        answer = await device.http.post(url, content=content[:900], headers=begins)
        codes.append(answer.status_code)
        await device.http.delete(url, headers={"Tus-Resumable": "1.0.0"})
    assert codes == [201, 201, 429, 429]
    assert (answer.json()["code"], int(answer.headers["retry-after"])) == ("budget.exceeded", 30)


async def test_the_sdk_comes_back_no_sooner_than_it_was_told(sqlite_township: Township) -> None:
    clock = Clock()
    wang = await sqlite_township.device("王芳", now=clock)
    await wang.sync()
    sqlite_township.services.budgets = Budgets(Limits(requests=(-1, 0.01)))
    await sqlite_township.household(wang)
    with pytest.raises(OfflineError):
        await wang.sync()
    asked: list[str] = []
    transport, _ = await wang._link()

    async def never(self: Transport, *arguments: object) -> object:
        asked.append("asked")
        raise OSError

    original = Transport._once
    Transport._once = never  # type: ignore[method-assign, assignment]
    try:
        with pytest.raises(OfflineError):
            await wang.sync()
    finally:
        Transport._once = original  # type: ignore[method-assign]
    assert asked == []
    assert transport.not_before > clock()
    clock.ahead += 400_000
    sqlite_township.services.budgets = Budgets()
    assert (await wang.sync()).may_be_given_back
