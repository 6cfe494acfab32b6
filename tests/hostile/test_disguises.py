"""What looks right and is not: another's key, another's cursor, another's place, a body changed on the way."""

import base64
import json
import secrets
import time
import tracemalloc
import zlib

import httpx2
import pytest
from sqlalchemy import update

from daiban_schemas import entry
from daiban_server import provision
from daiban_server.accounts.sessions import IDLE, LIFE
from daiban_server.db import schema
from daiban_server.db.program import Program, run
from daiban_server.http.session import COOKIE
from daiban_sync import batch, dsse, frames, limits, signature, wire
from daiban_sync.dictionary import DICTIONARIES
from daiban_sync.errors import SignatureError, WireError
from daiban_sync.signature import Parameters, Target
from tests.support.phones import phone_in
from tests.support.raw_device import RawDevice, code_of, raw_device
from tests.support.township import PASSWORD, PASSWORD_HASH, Township, new_id


def household(town: Township, record: bytes | None = None, **fields: object) -> bytes:
    stated = {"place": town.qingshan.hex(), "head": "张桂兰"} | fields
    return entry.change((record or new_id()).hex(), "household", stated, seen=0, at=1)


# Keys and signatures -------------------------------------------------------------------------------------------


async def test_a_key_of_small_order_is_refused_though_its_signature_verifies(sqlite_township: Township) -> None:
    """Case 10. Under a key of order four one signature is good for every fourth message: nobody has to hold a key."""
    town = sqlite_township
    key, by_nobody = bytes(32), (1).to_bytes(32, "little") + bytes(32)
    secret = json.loads(_unpadded(await town.code_for("王芳")))["c"]
    asked = {"code": secret, "key": key.hex(), "origin": town.services.keys.origin.hex(), "at": 0}
    forged = next(filter(None, (_forged(asked | {"name": f"手机{n}"}, key, by_nobody) for n in range(200))))
    async with town.stranger() as http:
        assert code_of(await http.post("/v1/enrolments", content=forged)) == "key.unusable"


def _forged(asked: dict[str, object], key: bytes, signature: bytes) -> bytes | None:
    """An enrolment that the signature happens to hold for, if it does."""
    payload = json.dumps(asked).encode()
    try:
        dsse.check(key, dsse.ENROLMENT, payload, signature, "no luck")
    except SignatureError:
        return None
    return dsse.export(dsse.ENROLMENT, payload, signature, key)


def _unpadded(code: str) -> bytes:
    packed = code.partition(".")[2]
    return base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))


async def test_a_body_that_was_changed_on_the_way_is_not_taken(sqlite_township: Township) -> None:
    """The headers are untouched, and so is the signature over them."""
    town = sqlite_township
    device = await raw_device(town)
    signed = wire.encode_request(wire.Hello(), [batch.pack(device.seal(household(town)))])
    target = Target("POST", town.url.removeprefix("http://"), "/v1/sync")
    headers = signature.sign(device.key, target, signed, Parameters(int(time.time()), device.id.hex()))
    answer = await device.http.post(
        f"{town.url}/v1/sync", content=wire.encode_request(wire.Hello(), []), headers=headers
    )
    assert code_of(answer) == "digest.mismatch"


# Cursors and chains --------------------------------------------------------------------------------------------


async def test_a_cursor_is_of_no_use_to_another_device_and_cannot_be_set_forward(sqlite_township: Township) -> None:
    town = sqlite_township
    mine, other = await raw_device(town), await raw_device(town, "刘强")
    cursor = (await mine.pushed(mine.seal(household(town)))).answer.cursor
    assert (await mine.push(hello=wire.Hello(cursor=cursor))).status_code == 200
    assert code_of(await other.push(hello=wire.Hello(cursor=cursor))) == "cursor.invalid"
    forward = ("B" if cursor[10] == "A" else "A").join((cursor[:10], cursor[11:]))
    assert code_of(await mine.push(hello=wire.Hello(cursor=forward))) == "cursor.invalid"


async def test_a_batch_that_does_not_follow_its_forerunner_freezes_the_key(sqlite_township: Township) -> None:
    """The next number, but after another batch than the one that is kept: two histories under one key."""
    device = await raw_device(sqlite_township)
    await device.pushed(device.seal(household(sqlite_township)))
    reply = await device.pushed(device.seal(household(sqlite_township), previous=secrets.token_bytes(32)))
    assert ([problem.code for problem in reply.problems], reply.receipts) == (["chain.equivocation"], ())
    assert code_of(await device.push()) == "device.frozen"


async def test_a_key_that_is_frozen_is_frozen_for_the_rest_of_the_request(sqlite_township: Township) -> None:
    """The device was well when the request was verified; what counts is how it stands when its batch is judged."""
    device = await raw_device(sqlite_township)
    await device.pushed(device.seal(household(sqlite_township, head="原来的")))
    clone = RawDevice(sqlite_township, device.id, device.key, http=device.http)
    other, honest = clone.seal(household(sqlite_township, head="克隆的")), device.seal(household(sqlite_township))
    reply = await device.pushed(other, honest)
    assert [problem.code for problem in reply.problems] == ["chain.equivocation", "device.frozen"]
    assert reply.receipts == ()


@pytest.mark.parametrize("state", ["frozen", "revoked"])
async def test_a_device_that_may_not_speak_is_told_so(sqlite_township: Township, state: str) -> None:
    town = sqlite_township
    device = await raw_device(town)
    stopped = update(schema.device).where(schema.device.c.id == device.id).values(state=state)
    await town.services.database.write("x", lambda: run(stopped))
    assert code_of(await device.push()) == f"device.{state}"
    assert code_of(await device.push(device.seal(household(town)))) == f"device.{state}"


async def test_the_phone_of_somebody_who_left_is_shut_out(sqlite_township: Township) -> None:
    town = sqlite_township
    device = await raw_device(town)
    left = update(schema.person).where(schema.person.c.id == town.people["王芳"]).values(active=False)
    await town.services.database.write("x", lambda: run(left))
    assert code_of(await device.push(device.seal(household(town)))) == "device.revoked"


# Places that are not one's own ---------------------------------------------------------------------------------


async def foreign_clerk(town: Township) -> httpx2.AsyncClient:
    """The head of another centre, signed in."""
    centre, person = new_id(), new_id()

    def program() -> Program[None]:
        yield from provision.add_centre(centre, "江北办事处", "JB", town.services.keys, town.clock())
        head = provision.Person(person, centre, "钱江", "0915-3219999", "900", "head", "钱江", PASSWORD_HASH)
        yield from provision.add_people([head])

    await town.services.database.write(centre, program)
    return await town.signed_in("钱江")


async def test_a_clerk_reads_and_writes_nothing_of_another_centre(sqlite_township: Township) -> None:
    town = sqlite_township
    device, record = await raw_device(town), new_id()
    await device.pushed(device.seal(household(town, record)))
    stranger, ours = await foreign_clerk(town), await town.signed_in("赵敏")
    path = f"/v1/records/household/{record.hex()}"
    assert (await ours.get(path)).status_code == 200
    assert code_of(await stranger.get(path)) == "record.unknown"
    assert (await stranger.get("/v1/records/household")).json() == []
    assert code_of(await stranger.patch(path, json={"fields": {"head": "钱"}, "seen": 2**39})) == "record.unknown"
    assert (await ours.get(path)).json()["values"]["head"] == "张桂兰"


async def test_a_device_is_approved_by_its_own_centres_head_and_by_the_right_fingerprint(
    sqlite_township: Township,
) -> None:
    town = sqlite_township
    client = await town.clients.enter_async_context(phone_in(town.folder / "new"))
    fingerprint = await client.enrol(await town.code_for("王芳"), "手机")
    path = f"/v1/devices/{client.device.store.get('device')}/approve"
    stranger, ours = await foreign_clerk(town), await town.signed_in("李红")
    assert code_of(await stranger.post(path, json={"fingerprint": fingerprint})) == "device.unknown"
    swapped = " ".join(reversed(fingerprint.split()))
    assert code_of(await ours.post(path, json={"fingerprint": swapped})) == "fingerprint.mismatch"
    assert await client.enrolment_state() == "pending"
    assert (await ours.post(path, json={"fingerprint": fingerprint})).status_code == 200
    assert await client.enrolment_state() == "active"


async def test_a_phone_pulls_nothing_of_villages_that_are_not_its_agents(sqlite_township: Township) -> None:
    town = sqlite_township
    device, ours, elsewhere = await raw_device(town), new_id(), new_id()
    gone = schema.territory.delete().where(
        schema.territory.c.person == town.people["刘强"], schema.territory.c.place == town.qingshan
    )
    await town.services.database.write("x", lambda: run(gone))
    await device.pushed(device.seal(household(town, elsewhere), household(town, ours, place=town.baihe.hex())))
    liu = await raw_device(town, "刘强")
    reply = await liu.pushed()
    assert {record.record for record in reply.records} & {ours, elsewhere} == {ours}


# Forms ---------------------------------------------------------------------------------------------------------


async def test_what_no_form_knows_is_held_to_the_same_limits(sqlite_township: Township) -> None:
    """Fields of newer clients are kept, so nothing of them may be what parsers differ on. Sixteen deep is allowed."""
    device, record = await raw_device(sqlite_township), new_id()
    reply = await device.pushed(
        device.seal(
            household(sqlite_township, record),
            household(sqlite_township, record, future=2**53),
            household(sqlite_township, record, future=2**53 - 1, deep=_nested(14)),
        )
    )
    assert reply.outcomes[0]["details"] == [[2, "value.out_of_range", ["future"]]]
    deeper = device.seal(household(sqlite_township, record, deep=_nested(15)))
    assert code_of(await device.push(deeper)) == "entry.malformed"


def _nested(depth: int) -> object:
    return [_nested(depth - 1)] if depth else 1


def test_a_compression_bomb_is_let_go_before_it_fills_the_memory() -> None:
    """Case 12: 160 megabytes in as many kilobytes."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=DICTIONARIES[1])
    zeros = bytes(2**20)
    bomb = b"\x01" + b"".join(squeeze.compress(zeros) for _ in range(160)) + squeeze.flush()
    assert len(bomb) < limits.WIRE_BYTES
    tracemalloc.start()
    try:
        with pytest.raises(WireError) as refused:
            list(frames.split(bomb))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert refused.value.code == "body.too_large"
    assert peak < 4 * limits.INFLATED_BYTES


# Sessions ------------------------------------------------------------------------------------------------------


async def test_a_session_is_the_servers_own_and_new_at_each_sign_in(sqlite_township: Township) -> None:
    """Who could plant a cookie in a clerk's browser would otherwise be signed in with her."""
    town = sqlite_township
    planted = {"Cookie": f"{COOKIE}=chosen-by-somebody-else"}
    secrets_given = []
    for _ in range(2):
        async with town.stranger() as http:
            answer = await http.post("/v1/session", json={"login": "赵敏", "password": PASSWORD}, headers=planted)
            secrets_given.append(answer.cookies[COOKIE])
    async with town.stranger() as http:
        assert code_of(await http.get("/v1/conflicts", headers=planted)) == "session.missing"
    assert len({*secrets_given, "chosen-by-somebody-else"}) == 3


async def test_a_session_ends_with_the_working_day_and_with_the_post(sqlite_township: Township) -> None:
    town = sqlite_township
    clerk, head = await town.signed_in("赵敏"), await town.signed_in("李红")
    left = update(schema.person).where(schema.person.c.id == town.people["赵敏"]).values(active=False)
    await town.services.database.write("x", lambda: run(left))
    assert code_of(await clerk.get("/v1/conflicts")) == "session.missing"
    for _ in range(LIFE // IDLE - 1):
        town.clock.ahead += IDLE - 60_000
        assert (await head.get("/v1/conflicts")).status_code == 200
    town.clock.ahead += IDLE - 60_000
    assert (await head.get("/v1/conflicts")).status_code == 200
    town.clock.ahead += (LIFE // IDLE) * 60_000
    assert code_of(await head.get("/v1/conflicts")) == "session.missing"


async def test_one_sessions_token_is_not_anothers(sqlite_township: Township) -> None:
    town = sqlite_township
    clerk, head = await town.signed_in("赵敏"), await town.signed_in("李红")
    fields = {"fields": {"place": town.qingshan.hex(), "head": "张"}}
    clerk.headers["X-CSRF-Token"], own = head.headers["X-CSRF-Token"], clerk.headers["X-CSRF-Token"]
    assert code_of(await clerk.post("/v1/records/household", json=fields)) == "csrf.mismatch"
    clerk.headers["X-CSRF-Token"] = own
    assert (await clerk.post("/v1/records/household", json=fields)).status_code == 201
