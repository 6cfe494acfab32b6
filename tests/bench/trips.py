"""One change and one round trip: how long it takes, and how many bytes the SDK and the server exchange for it."""

import asyncio
import statistics
import time
from collections.abc import Iterator
from typing import NamedTuple

from daiban_client_sdk import Client
from daiban_schemas import entry
from daiban_server.demo.proxy import Proxy
from tests.bench import push, workload
from tests.bench.centre import Centre, Server
from tests.bench.figures import Figure
from tests.bench.handset import Handset
from tests.bench.phone import Phone
from tests.bench.run import Run
from tests.support.phones import phone_in

TRIPS = 300
REACH = 1.5


class Bytes(NamedTuple):
    """What went up and came down, HTTP/1.1 headers among it."""

    up: int
    down: int


def milliseconds(centre: Centre, server: Server, trips: int) -> list[float]:
    """How long each of some pushes of one new application took, from the request's first byte to the answer's last."""
    village = push.Village.settle(centre, server, 0)
    taken = []
    for packed in village.new(trips, 1):
        body = village.phone.body([packed])
        began = time.perf_counter()
        answer = village.phone.send(body)
        taken.append((time.perf_counter() - began) * 1000)
        village.phone.take(answer)
    village.phone.link.close()
    return sorted(taken)


def figures(run: Run, database: str = "sqlite", part: str = "trips") -> Iterator[Figure]:
    """The table's lines about round trips; the bytes on SQLite only, since no database changes them."""
    centre = run.centre(database)
    handset = Handset(run.path(), centre)
    with Server(centre, beside=run.beside(centre)) as server:
        taken = milliseconds(centre, server, TRIPS)
        p95 = taken[len(taken) * 95 // 100]
        words = f"one change, one round trip, {database} (median)"
        yield Figure(part, words, statistics.median(taken), "ms", REACH, note=f"p95 {p95:.2f} ms, of {len(taken)}")
        if database == "sqlite":
            yield from _sizes(part, centre, server, handset)


def _sizes(part: str, centre: Centre, server: Server, handset: Handset) -> Iterator[Figure]:
    alone, thirty = asyncio.run(sync_sizes(centre, server, handset))
    yield Figure(part, "application alone, up", alone.up, "B", 900)
    yield Figure(part, "application in a batch of 30, up, each", thirty.up / 30, "B", 260)
    yield Figure(part, "answer to one application, down", alone.down, "B", 600)
    yield Figure(part, "answer to a batch of 30, down", thirty.down, "B")
    quiet, fresh = unchanged_sizes(centre, server)
    yield Figure(part, "unchanged pull, answer of 204", quiet.down, "B", 100, note=f"asked by {quiet.up} B")
    yield Figure(part, "unchanged pull with a fresh checkpoint", fresh.down, "B", 300, note=f"asked by {fresh.up} B")


async def sync_sizes(centre: Centre, server: Server, handset: Handset) -> tuple[Bytes, Bytes]:
    """Bytes of the SDK's own sync with one new application, and with thirty; the pull of both is in the answer."""
    async with Proxy("127.0.0.1", server.port) as proxy:
        handset.point_at(f"http://localhost:{proxy.port}")
        async with phone_in(handset.folder) as client:
            home = await _collect(client, centre)
            await client.sync()
            return await _synced(client, proxy, centre, home, 1), await _synced(client, proxy, centre, home, 30)


async def _collect(client: Client, centre: Centre) -> str:
    form = await client.new("household")
    await client.save(form, {"place": centre.villages[0].hex(), "head": "张桂兰", "phone": "13700000000"})
    return form.record


async def _synced(client: Client, proxy: Proxy, centre: Centre, home: str, count: int) -> Bytes:
    for case in workload.applications(count, [home], centre.item.hex()):
        form = await client.new("application", case.record)
        await client.save(form, entry.values_of(entry.decode(case.body)))
    before = Bytes(proxy.counts.up, proxy.counts.down)
    await client.sync()
    assert (await client.status()).entries == 0
    return Bytes(proxy.counts.up - before.up, proxy.counts.down - before.down)


def unchanged_sizes(centre: Centre, server: Server) -> tuple[Bytes, Bytes]:
    """Bytes of a pull that brings nothing, and of one that asks for a checkpoint of now."""
    phone = Phone(centre, centre.cadre, server.link())
    phone.settle_in()
    found = []
    for fresh in (False, True):
        before = Bytes(phone.link.up, phone.link.down)
        phone.exchange((), fresh=fresh)
        found.append(Bytes(phone.link.up - before.up, phone.link.down - before.down))
    phone.link.close()
    return found[0], found[1]
