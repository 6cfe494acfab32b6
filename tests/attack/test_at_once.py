"""Races that somebody might win, and what is sent twice."""

import asyncio
import time
from contextlib import closing
from pathlib import Path
from socket import create_connection
from urllib.parse import urlsplit

from sqlalchemy import func, select

from daiban_client_sdk import RefusedError
from daiban_server.db import schema
from daiban_server.db.program import rows
from daiban_sync import batch, signature, wire
from daiban_sync.signature import Parameters, Target
from tests.contracts.test_permissions import centre_of
from tests.hostile.test_bad_input import fingerprint as tables
from tests.hostile.test_bad_input import household
from tests.support.phones import phone_in
from tests.support.raw_device import code_of, raw_device
from tests.support.township import Township


async def test_of_two_phones_with_one_code_at_once_one_is_enrolled(township: Township, tmp_path: Path) -> None:
    code = await township.code_for("王芳")
    async with phone_in(tmp_path / "hers") as hers, phone_in(tmp_path / "his") as his:
        told = await asyncio.gather(hers.enrol(code, "她的"), his.enrol(code, "他的"), return_exceptions=True)
    refused = [one for one in told if isinstance(one, RefusedError)]
    assert [one.code for one in refused] == ["enrolment.code"]
    counted = select(func.count()).select_from(schema.device).where(schema.device.c.state == "pending")
    assert await township.services.database.read(rows(counted)) == [(1,)]


async def test_a_phone_is_approved_once_however_many_click(township: Township) -> None:
    own = await centre_of(township, township.centre, "建民办事处")
    head, body = await township.signed_in("李红"), {"fingerprint": own.fingerprint}
    path = f"/v1/devices/{own.device}/approve"
    answers = await asyncio.gather(*(head.post(path, json=body) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers)[0] == 200
    assert [code_of(answer) for answer in answers if answer.is_error] == ["device.not_pending"] * 5


async def test_a_request_that_somebody_heard_and_sends_again_changes_nothing(township: Township) -> None:
    """The signature holds within its minutes: a replay is answered as the phone was, and counted once."""
    raw = await raw_device(township)
    body = wire.encode_request(wire.Hello(), [batch.pack(raw.seal(household(township)))])
    target = Target("POST", urlsplit(township.url).netloc, "/v1/sync")
    headers = signature.sign(raw.key, target, body, Parameters(int(time.time()), raw.id.hex()))
    first = await raw.http.post("/v1/sync", content=body, headers=headers)
    assert first.status_code == 200
    before = await tables(township)
    again = await asyncio.gather(*(raw.http.post("/v1/sync", content=body, headers=headers) for _ in range(10)))
    receipts = {wire.decode_answer(one.content).receipts for one in (first, *again)}
    assert len(receipts) == 1
    assert await tables(township) == before


async def test_a_photo_that_nobody_named_is_refused_before_its_bytes_are_taken_in(township: Township) -> None:
    """Anybody may call here, and a photo may have fifty megabytes."""
    where = urlsplit(township.url)
    head = f"POST /v1/spools/{township.centre.hex()}/photos/{'0' * 32} HTTP/1.1\r\nHost: {where.netloc}\r\n"

    def asked() -> bytes:
        with closing(create_connection((where.hostname or "", where.port or 0), timeout=20)) as line:
            line.sendall(f"{head}Content-Length: 40000000\r\n\r\n".encode())
            return line.recv(4096)

    assert (await asyncio.to_thread(asked)).startswith(b"HTTP/1.1 404")
