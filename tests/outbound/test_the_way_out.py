"""A message goes out once for each reason, is tried again, and is never silently lost."""

import asyncio
import functools
import hashlib
import hmac
from http import HTTPStatus

import msgspec
import pytest
from sqlalchemy import select

from daiban_server.db import schema
from daiban_server.db.program import rows
from daiban_server.jobs.loop import carry_out
from daiban_server.outbound import queue
from daiban_server.outbound.port import Webhook
from tests.support.township import Township

HOUR = 3_600_000


class Gateway:
    """A text-message gateway on loopback, which may be out of order."""

    def __init__(self) -> None:
        self.status = HTTPStatus.OK
        self.heard: list[tuple[dict[str, str], bytes]] = []

    async def start(self) -> str:
        """Its address."""
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/messages"

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        lines = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        self.heard.append((headers, await reader.readexactly(int(headers["content-length"]))))
        writer.write(f"HTTP/1.1 {self.status.value} {self.status.phrase}\r\nContent-Length: 0\r\n\r\n".encode())
        writer.close()

    async def stop(self) -> None:
        """Close it."""
        self._server.close()


async def tell(town: Township, key: str, text: str = "请尽快回复") -> None:
    person, now = town.people["孙亮"], town.clock()
    program = functools.partial(queue.tell, town.centre, person, "reply.late", text, now, key=key)
    await town.services.database.write(town.centre, program)


async def listed(town: Township, name: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = (await (await town.signed_in(name)).get("/v1/messages")).json()
    return found


async def test_a_message_stands_in_ones_own_list_until_it_was_read(township: Township) -> None:
    await tell(township, "a")
    await tell(township, "a")
    await tell(township, "b", "明天到期")
    http = await township.signed_in("孙亮")
    mine = (await http.get("/v1/messages")).json()
    assert sorted(one["text"] for one in mine) == ["明天到期", "请尽快回复"]
    assert await listed(township, "赵敏") == []
    assert (await http.post(f"/v1/messages/{mine[0]['id']}/read")).status_code == 204
    assert [one["id"] for one in (await http.get("/v1/messages")).json()] == [mine[1]["id"]]
    assert len((await http.get("/v1/messages?everything=true")).json()) == 2


async def test_nobody_reads_for_another(sqlite_township: Township) -> None:
    await tell(sqlite_township, "a")
    (mine,) = await listed(sqlite_township, "孙亮")
    await (await sqlite_township.signed_in("赵敏")).post(f"/v1/messages/{mine['id']}/read")
    assert len(await listed(sqlite_township, "孙亮")) == 1


async def test_a_webhook_gets_it_once_and_signed(sqlite_township: Township) -> None:
    town, gateway = sqlite_township, Gateway()
    town.services.outbound = Webhook(await gateway.start(), b"shared secret")
    await tell(town, "a")
    assert await carry_out(town.services, town.clock()) == 1
    assert await carry_out(town.services, town.clock()) == 0
    ((headers, body),) = gateway.heard
    signed = hmac.new(b"shared secret", body, hashlib.sha256).hexdigest()
    assert headers["daiban-signature"] == f"sha256={signed}"
    told = msgspec.json.decode(body)
    assert (told["text"], told["code"], told["id"]) == ("请尽快回复", "reply.late", headers["idempotency-key"])
    await gateway.stop()


async def test_a_gateway_that_is_down_gets_it_when_it_is_up_again(sqlite_township: Township) -> None:
    town, gateway = sqlite_township, Gateway()
    town.services.outbound = Webhook(await gateway.start(), b"s")
    gateway.status = HTTPStatus.SERVICE_UNAVAILABLE
    await tell(town, "a")
    assert await carry_out(town.services, town.clock()) == 0
    assert await carry_out(town.services, town.clock()) == 0
    assert len(gateway.heard) == 1, "not before a while has passed"
    gateway.status = HTTPStatus.OK
    assert await carry_out(town.services, town.clock() + 2 * 60_000) == 1
    assert len(gateway.heard) == 2
    await gateway.stop()


async def test_what_went_wrong_names_no_gateway(sqlite_township: Township) -> None:
    """Its address may hold the key of the town's own chat, and clerks and backups have what is kept of a failure."""
    town, gateway = sqlite_township, Gateway()
    town.services.outbound = Webhook(f"{await gateway.start()}?access_token=geheim", b"s")
    gateway.status = HTTPStatus.BAD_GATEWAY
    await tell(town, "a")
    await carry_out(town.services, town.clock())
    found = await town.services.database.read(rows(select(schema.message.c.fault)))
    assert [row[0] for row in found] == ["HTTPStatusError 502"]
    await gateway.stop()


@pytest.mark.parametrize(("hours", "state"), [(71, "waiting"), (73, "failed")])
async def test_patience_ends_after_three_days_and_the_list_has_it_all_the_same(
    sqlite_township: Township, hours: int, state: str
) -> None:
    town, gateway = sqlite_township, Gateway()
    town.services.outbound = Webhook(await gateway.start(), b"s")
    gateway.status = HTTPStatus.BAD_GATEWAY
    await tell(town, "a")
    await carry_out(town.services, town.clock() + hours * HOUR)
    (mine,) = await listed(town, "孙亮")
    assert mine["state"] == state
    await gateway.stop()


@pytest.mark.parametrize(("gateway", "state"), [(False, "failed"), (True, "sent")])
async def test_a_resident_is_reached_by_a_gateway_or_not_at_all(
    sqlite_township: Township, gateway: bool, state: str
) -> None:
    town, reached = sqlite_township, Gateway()
    now = town.clock()
    program = functools.partial(
        queue.tell, town.centre, None, "case.extended", "已延期", now, key="a", phone="13700000000"
    )
    await town.services.database.write(town.centre, program)
    if gateway:
        town.services.outbound = Webhook(await reached.start(), b"s")
    for hour in range(80):
        await carry_out(town.services, now + hour * HOUR)
    found = await town.services.database.read(rows(select(schema.message.c.state)))
    assert [row[0] for row in found] == [state]
    if gateway:
        ((_, body),) = reached.heard
        told = msgspec.json.decode(body)
        assert (told["phone"], told["person"], told["text"]) == ("13700000000", None, "已延期")
        await reached.stop()
