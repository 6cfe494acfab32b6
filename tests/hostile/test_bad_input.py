"""Bad input gets a problem with a code, and every table is as it was."""

import asyncio
import base64
import hashlib
import json
import secrets
import time
import zlib
from collections.abc import Callable, Collection, Iterator

import httpx2
import pytest
from sqlalchemy import select

from daiban_client_sdk import RefusedError
from daiban_schemas import entry
from daiban_schemas.problem import PROBLEMS
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.households import finding
from daiban_sync import batch, dsse, limits, signature, wire
from daiban_sync.dictionary import DICTIONARIES
from daiban_sync.frames import Frame, join
from daiban_sync.keys import SoftwareKey
from daiban_sync.signature import Parameters, Target
from tests.support.phones import phone_in
from tests.support.raw_device import RawDevice, code_of, raw_device
from tests.support.township import Township, new_id

EXCEPTED = {"quarantine", "session"}
"""Tables that bad input may add to, by name: batches that are kept apart, and who signed in."""

FOLLOWED = "households "


async def fingerprint(town: Township, besides: Collection[str] = ()) -> dict[str, str]:
    """A hash of each table but those excepted, and those `besides`."""
    # These follow when somebody searches. How far they are is left out: what is refused is kept as well, and moves it.
    await finding.follow_everywhere(town.services.database, town.services.keys)

    def everything() -> Program[dict[str, str]]:
        found: dict[str, str] = {}
        for table in schema.metadata.sorted_tables:
            if table.name not in EXCEPTED and table.name not in besides:
                kept = [row for row in (yield from rows(select(table))) if not str(row[0]).startswith(FOLLOWED)]
                held = repr(sorted(map(repr, kept)))
                found[table.name] = hashlib.sha256(held.encode()).hexdigest()
        return found

    return await town.services.database.read(everything())


def household(town: Township) -> bytes:
    return entry.change(new_id().hex(), "household", {"place": town.qingshan.hex(), "head": "张桂兰"}, seen=0, at=1)


def raw_deflate(data: bytes) -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=DICTIONARIES[1])
    return b"\x01" + squeeze.compress(data) + squeeze.flush()


BODIES: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "noise": lambda: bytes(range(256)) * 4,
    "an unknown dictionary": lambda: b"\x07" + b"x" * 40,
    "deflate that is cut off": lambda: wire.encode_request(wire.Hello(), [])[:-3],
    "bytes behind the end": lambda: wire.encode_request(wire.Hello(), []) + b"!",
    "a compression bomb": lambda: raw_deflate(bytes(200 * 2**20)),
    "a body over the cap": lambda: b"\x01" + secrets.token_bytes(limits.WIRE_BYTES + 1),
    "no hello": lambda: join([]),
    "two thousand batches": lambda: join([(Frame.HELLO, b"{}"), *[(Frame.BATCH, b"x" * 400)] * 2000]),
    "a hello that is no object": lambda: join([(Frame.HELLO, b"[]")]),
    "a hello with bad UTF-8": lambda: join([(Frame.HELLO, b'{"cursor":"\xff"}')]),
    "a hello 40,000 deep": lambda: join([(Frame.HELLO, b'{"photos":' + b"[" * 40_000 + b"]" * 40_000 + b"}")]),
    "a cursor of somebody else's": lambda: wire.encode_request(wire.Hello(cursor="AAAA" * 11), []),
    "a cursor in Chinese": lambda: wire.encode_request(wire.Hello(cursor="游标"), []),
    "less than nothing left": lambda: wire.encode_request(wire.Hello(left=-1), []),
    "a log that never was": lambda: wire.encode_request(wire.Hello(size=10**9), []),
    "another protocol": lambda: join([(Frame.HELLO, b'{"protocol":99}')]),
    "a photo of no bytes": lambda: wire.encode_request(
        wire.Hello(photos=(wire.PhotoWanted("0" * 32, "0" * 64, 0),)), []
    ),
    "a photo whose hash is no hash": lambda: wire.encode_request(
        wire.Hello(photos=(wire.PhotoWanted("0" * 32, "z" * 64, 5),)), []
    ),
}


@pytest.mark.parametrize("what", BODIES)
async def test_a_signed_body_that_is(sqlite_township: Township, what: str) -> None:
    device = await raw_device(sqlite_township)
    await device.pushed(device.seal(household(sqlite_township)))
    before = await fingerprint(sqlite_township)
    answer = await device.send(BODIES[what]())
    assert 400 <= answer.status_code < 500, answer.text
    assert code_of(answer) in PROBLEMS
    assert await fingerprint(sqlite_township) == before


def _entry(town: Township, **changed: object) -> dict[str, object]:
    fields = {"place": town.qingshan.hex(), "head": "张桂兰"}
    return {"record": new_id().hex(), "kind": "household", "fields": fields, "seen": 0, "at": 1} | changed


def _bodies(town: Township) -> dict[str, bytes]:
    good = json.dumps(_entry(town), ensure_ascii=False, separators=(",", ":"))
    return {
        "is no JSON": b"{",
        "is a list": b"[]",
        "is 40,000 deep": good.replace('"at":1', '"at":1,"x":' + "[" * 40_000 + "]" * 40_000).encode(),
        "has bad UTF-8": good.encode().replace("张".encode(), b"\xff\xfe"),
        "has U+0000": good.replace("张桂兰", "张\\u0000兰").encode(),
        "has a lone surrogate": good.replace("张桂兰", "\\ud800").encode(),
        "has a key twice": good.replace('"at":1', '"at":1,"at":2').encode(),
        "has a field twice": good.replace('"head"', '"head":"李","head"').encode(),
        "has a nested key twice": good.replace('"张桂兰"', '"张桂兰","x":{"a":1,"a":2}').encode(),
        "has a 30-digit position": good.replace('"seen":0', '"seen":' + "9" * 30).encode(),
        "has a 30-digit time": good.replace('"at":1', '"at":' + "9" * 30).encode(),
        "has a negative position": good.replace('"seen":0', '"seen":-1').encode(),
        "has no record": json.dumps(_entry(town, record="x")).encode(),
        "has a kind that is no name": json.dumps(_entry(town, kind="../../etc")).encode(),
        "is change and command at once": json.dumps(_entry(town, command="submit")).encode(),
        "has no fields": json.dumps(_entry(town, fields={})).encode(),
        "has a field that is no name": json.dumps(_entry(town, fields={"a b": 1})).encode(),
        "has a thousand fields": json.dumps(_entry(town, fields={f"f{i}": i for i in range(1000)})).encode(),
        "has NaN": good.replace('"张桂兰"', "NaN").encode(),
    }


ENTRIES = (
    "is no JSON",
    "is a list",
    "is 40,000 deep",
    "has bad UTF-8",
    "has U+0000",
    "has a lone surrogate",
    "has a key twice",
    "has a field twice",
    "has a nested key twice",
    "has a 30-digit position",
    "has a 30-digit time",
    "has a negative position",
    "has no record",
    "has a kind that is no name",
    "is change and command at once",
    "has no fields",
    "has a field that is no name",
    "has a thousand fields",
    "has NaN",
)


@pytest.mark.parametrize("what", ENTRIES)
async def test_a_batch_whose_entry(sqlite_township: Township, what: str) -> None:
    """The batch is honestly signed, so only the form is wrong: nothing of the request is taken, good batches
    included."""
    device = await raw_device(sqlite_township)
    assert set(_bodies(sqlite_township)) == set(ENTRIES)
    before = await fingerprint(sqlite_township)
    good = device.seal(household(sqlite_township))
    answer = await device.push(good, device.seal(_bodies(sqlite_township)[what]))
    assert code_of(answer) == "entry.malformed"
    assert await fingerprint(sqlite_township) == before


def _envelopes(device: RawDevice, town: Township) -> Iterator[tuple[str, bytes, str]]:
    stranger = SoftwareKey(secrets.token_bytes(32))
    one = household(town)
    seal = device.seal
    yield "another installation", batch.pack(seal(one, advance=False, origin=bytes(16))), "batch.elsewhere"
    yield "another centre", batch.pack(seal(one, advance=False, centre=bytes(16))), "batch.elsewhere"
    yield "another device", batch.pack(seal(one, advance=False, device=bytes(16))), "batch.not_yours"
    yield "a reserved flag", batch.pack(seal(one, advance=False, flags=1)), "protocol.unsupported"
    yield "a later protocol", batch.pack(seal(one, advance=False, protocol=2)), "protocol.unsupported"
    yield "sequence zero", batch.pack(seal(one, advance=False, sequence=0)), "batch.malformed"
    yield "entry number zero", batch.pack(seal(one, advance=False, first=0)), "batch.malformed"
    yield "a sequence beyond integers", batch.pack(seal(one, advance=False, sequence=2**60)), "batch.malformed"
    signed = seal(one, advance=False)
    forged = batch.seal(signed.header, signed.secret, signed.entries, stranger)
    yield "a stranger's signature", batch.pack(forged), "batch.signature"
    other = dsse.sign(device.key, dsse.RECEIPT, signed.payload)
    yield "a signature under another type", batch.pack(signed._replace(signature=other)), "batch.signature"
    yield "an altered entry", batch.pack(signed).replace("张桂兰".encode(), "李桂兰".encode()), "batch.signature"
    yield "an altered secret", batch.pack(signed._replace(secret=bytes(32))), "batch.signature"
    yield "an entry that is cut off", batch.pack(signed)[:-1], "batch.malformed"
    yield "bytes behind the last entry", batch.pack(signed) + b"x", "batch.malformed"
    yield "a huge entry", batch.pack(seal(b" " * (limits.ENTRY_BYTES + 1), advance=False)), "entry.too_large"


async def test_envelopes_that_do_not_hold(sqlite_township: Township) -> None:
    device = await raw_device(sqlite_township)
    before = await fingerprint(sqlite_township)
    for what, packed, code in _envelopes(device, sqlite_township):
        answer = await device.send(wire.encode_request(wire.Hello(), [packed]))
        assert (what, code_of(answer)) == (what, code)
        assert await fingerprint(sqlite_township) == before


async def test_requests_whose_signature_does_not_hold(sqlite_township: Township) -> None:
    town = sqlite_township
    device = await raw_device(town)
    body = wire.encode_request(wire.Hello(), [batch.pack(device.seal(household(town), advance=False))])
    before = await fingerprint(town)
    now = int(time.time())
    target = Target("POST", town.url.removeprefix("http://"), "/v1/sync")

    def signed(**changed: object) -> dict[str, str]:
        parameters = Parameters(int(str(changed.get("created", now))), str(changed.get("keyid", device.id.hex())))
        key = changed.get("key", device.key)
        return signature.sign(key, changed.get("target", target), body, parameters)  # type: ignore[arg-type]

    attempts: dict[str, tuple[dict[str, str], str]] = {
        "unsigned": ({}, "signature.missing"),
        "not our profile": (signed() | {"Signature-Input": 'sig1=("@method");created=1'}, "signature.malformed"),
        "no base64": (signed() | {"Signature": "d=:***:"}, "signature.malformed"),
        "a stranger's key": (signed(key=SoftwareKey(secrets.token_bytes(32))), "signature.invalid"),
        "an unknown device": (signed(keyid="f" * 32), "device.unknown"),
        "another path": (signed(target=target._replace(path="/v1/enrolment")), "signature.invalid"),
        "another method": (signed(target=target._replace(method="PUT")), "signature.invalid"),
        "another host": (signed(target=target._replace(authority="evil.example")), "signature.invalid"),
        "another body": (signed() | {"Content-Digest": signature.digest(b"other")}, "digest.mismatch"),
        "an hour old": (signed(created=now - 3600), "signature.stale"),
        "an hour ahead": (signed(created=now + 3600), "signature.stale"),
    }
    for what, (headers, code) in attempts.items():
        answer = await device.http.post(f"{town.url}/v1/sync", content=body, headers=headers)
        assert (what, answer.status_code // 100, code_of(answer)) == (what, 4, code)
        assert await fingerprint(town) == before


async def test_a_nonce_is_this_servers_and_soon_over(sqlite_township: Township) -> None:
    town = sqlite_township
    device = await raw_device(town)
    body = wire.encode_request(wire.Hello(), [])
    target = Target("POST", town.url.removeprefix("http://"), "/v1/sync")

    async def send(nonce: str | None, created: int = 1) -> httpx2.Response:
        headers = signature.sign(device.key, target, body, Parameters(created, device.id.hex(), nonce))
        return await device.http.post(f"{town.url}/v1/sync", content=body, headers=headers)

    nonce = (await send(None)).json()["nonce"]
    assert (await send(nonce)).status_code == 200
    assert code_of(await send(nonce[:-6] + "AAAAA=")) == "signature.stale"
    town.clock.ahead += 301_000
    assert code_of(await send(nonce)) == "signature.stale"


async def test_a_pending_device_may_only_ask_how_it_stands(sqlite_township: Township) -> None:
    client = phone_in(sqlite_township.folder / "neu")
    await sqlite_township.clients.enter_async_context(client)
    await client.enrol(await sqlite_township.code_for("王芳"), "手机")
    assert await client.enrolment_state() == "pending"
    with pytest.raises(RefusedError) as refused:
        await client.sync()
    assert refused.value.code == "device.pending"


def _enrolment(town: Township, code: str, signer: SoftwareKey, key: bytes | None = None) -> bytes:
    packed = code.partition(".")[2]
    secret = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))["c"]
    payload = json.dumps(
        {
            "code": secret,
            "key": (key or signer.public_key).hex(),
            "origin": town.services.keys.origin.hex(),
            "name": "手机",
            "at": 0,
        }
    ).encode()
    return dsse.export(dsse.ENROLMENT, payload, dsse.sign(signer, dsse.ENROLMENT, payload), signer.public_key)


async def test_enrolments_that_are_refused(sqlite_township: Township) -> None:
    """Case 10 among them: a key of small order would verify what nobody signed."""
    town = sqlite_township
    code = await town.code_for("王芳")
    signer = SoftwareKey(secrets.token_bytes(32))
    before = await fingerprint(town)
    small_order = bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")
    good = _enrolment(town, code, signer)
    attempts = {
        "noise": (b"\xff\x00", "enrolment.malformed"),
        "no envelope": (b"{}", "enrolment.malformed"),
        "deep": (b"[" * 40_000, "enrolment.malformed"),
        "a key of small order": (_enrolment(town, code, signer, small_order), "key.unusable"),
        "a key that is not canonical": (_enrolment(town, code, signer, b"\xff" * 32), "key.unusable"),
        "another's key": (
            _enrolment(town, code, signer, SoftwareKey(secrets.token_bytes(32)).public_key),
            "enrolment.proof",
        ),
        "a code that never was": (
            _with_code(town, signer, "00" * 16),
            "enrolment.code",
        ),
    }
    async with town.stranger() as http:
        for what, (body, expected) in attempts.items():
            answer = await http.post("/v1/enrolments", content=body)
            assert (what, code_of(answer)) == (what, expected)
            assert await fingerprint(town) == before
        first = await http.post("/v1/enrolments", content=good)
        assert first.status_code == 201
        # The same phone again, whose answer was lost, is told the same; another phone is refused.
        again = await http.post("/v1/enrolments", content=good)
        assert (again.status_code, again.json()) == (201, first.json())
        other = _enrolment(town, code, SoftwareKey(secrets.token_bytes(32)))
        assert code_of(await http.post("/v1/enrolments", content=other)) == "enrolment.code"


def _with_code(town: Township, signer: SoftwareKey, secret: str) -> bytes:
    stated = base64.urlsafe_b64encode(json.dumps({"c": secret}).encode()).decode()
    return _enrolment(town, f"DAIBAN1.{stated}", signer)


async def test_a_code_is_good_for_fifteen_minutes_and_for_one_phone(sqlite_township: Township) -> None:
    town = sqlite_township
    code = await town.code_for("王芳")
    async with town.stranger() as http:
        bodies = [_enrolment(town, code, SoftwareKey(secrets.token_bytes(32))) for _ in range(10)]
        answers = await asyncio.gather(*(http.post("/v1/enrolments", content=body) for body in bodies))
        assert sorted(answer.status_code for answer in answers) == [201] + [403] * 9
        late = await town.code_for("王芳")
        town.clock.ahead += 16 * 60_000
        answer = await http.post("/v1/enrolments", content=_enrolment(town, late, SoftwareKey(secrets.token_bytes(32))))
        assert code_of(answer) == "enrolment.code"


async def test_rule_breaking_entries_are_kept_with_their_reason_and_change_no_record(sqlite_township: Township) -> None:
    """The form is right and the rule is not: custody stands, the record does not change, the reason is told."""
    town = sqlite_township
    device = await raw_device(town)
    home = new_id()
    await device.pushed(
        device.seal(entry.change(home.hex(), "household", {"place": town.qingshan.hex(), "head": "张"}, seen=0, at=1))
    )

    def change(**fields: object) -> bytes:
        return entry.change(home.hex(), "household", fields, seen=0, at=1)

    entries = {
        "value.not_phone": change(phone="not a number"),
        "value.identity_check_digit": change(identity_number="612401195001010022"),
        "value.too_long": change(head="长" * 31),
        "value.out_of_range": change(size=10**20),
        "field.server_only": entry.change(
            new_id().hex(), "visit", {"household": home.hex(), "status": "x"}, seen=0, at=1
        ),
        "kind.read_only": entry.change(new_id().hex(), "item", {"code": "X"}, seen=0, at=1),
        "seen.ahead": entry.change(home.hex(), "household", {"head": "抢"}, seen=2**50, at=1),
        "record.other_kind": entry.change(home.hex(), "reply", {"household": home.hex()}, seen=0, at=1),
        "command.unknown": entry.command(home.hex(), "household", "explode", expected=0, at=1),
    }
    reply = await device.pushed(device.seal(*entries.values()))
    assert [code for _, code, _ in reply.outcomes[0]["details"]] == list(entries)
    clerk = await town.signed_in("赵敏")
    shown = (await clerk.get(f"/v1/records/household/{home.hex()}")).json()
    assert shown["values"] == {"place": town.qingshan.hex(), "head": "张"}
