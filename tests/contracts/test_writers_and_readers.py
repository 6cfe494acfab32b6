"""Four phones hand in while a fifth pulls again and again: nothing is lost, and nothing is skipped.

The reader keeps what each pull brings and believes its cursor, as every phone does. A server that gave out positions in
another order than it commits, or answered before it committed, would leave holes in what the reader has.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from daiban_schemas import entry
from daiban_sync import wire
from daiban_sync.outcome import unpack
from tests.support.raw_device import RawDevice, raw_device
from tests.support.township import Clock, Township, new_id, served

CHANGES = {1: 12, 20: 5, 100: 3}
"""Batches of each writer, by their size."""


async def write(device: RawDevice, size: int, shared: list[bytes]) -> dict[bytes, int]:
    """Hand in batches of new households, and of edits of those that everybody edits; gives records with the number of
    changes of theirs that were receipted."""
    receipted: dict[bytes, int] = {}
    place = device.town.qingshan.hex()
    for n in range(CHANGES[size]):
        ids = [new_id() if i % 2 or (size == 1 and n % 2) else shared[i % len(shared)] for i in range(size)]
        bodies = [
            entry.change(id_.hex(), "household", {"phone": "13700000000", "note": f"{n}-{i}"}, seen=0, at=1)
            if id_ in shared
            else entry.change(id_.hex(), "household", {"place": place, "head": "张"}, seen=0, at=1)
            for i, id_ in enumerate(ids)
        ]
        reply = await device.pushed(device.seal(*bodies))
        assert len(reply.receipts) == 1
        outcomes = unpack(reply.outcomes[0])
        assert all(one.outcome in ("new", "merged", "identical", "conflict") for one in outcomes), outcomes
        for id_ in ids:
            receipted[id_] = receipted.get(id_, 0) + 1
    return receipted


class Reader:
    """A phone that pulls; `mirror` is what it has, by record."""

    def __init__(self, device: RawDevice) -> None:
        self.device = device
        self.cursor = ""
        self.mirror: dict[bytes, tuple[int, list[Any]]] = {}
        self.pulls = 0

    async def pull(self) -> None:
        """Everything that is new."""
        more = True
        while more:
            answer = await self.device.push(hello=wire.Hello(cursor=self.cursor))
            self.pulls += 1
            if answer.status_code == 204:
                return
            reply = wire.decode_answer(answer.content)
            for one in reply.records:
                changes = [(reply.authors[change.author], *change[1:]) for change in one.changes]
                self.mirror[one.record] = one.position, changes
            self.cursor, more = reply.answer.cursor, reply.answer.more

    async def poll(self, until: asyncio.Event) -> None:
        """Pull without a pause."""
        while not until.is_set():
            await self.pull()


async def play(town: Township, urls: list[str], size: int) -> None:
    """Writers at different servers, where there are several; then compare what the reader has with everything."""
    people = ["王芳", "刘强", "王芳", "刘强"]
    writers = [await raw_device(town, name) for name in people]
    for n, writer in enumerate(writers):
        writer.town = Township(town.services, town.clock, urls[n % len(urls)], town.folder, town.centre, town.qingshan)
    shared = [new_id() for _ in range(3)]
    made = {"place": town.qingshan.hex(), "head": "大家都改的一户"}
    await writers[0].pushed(
        writers[0].seal(*(entry.change(id_.hex(), "household", made, seen=0, at=1) for id_ in shared))
    )
    reader, stop = Reader(await raw_device(town, "孙亮")), asyncio.Event()
    polling = asyncio.create_task(reader.poll(stop))
    receipted = await asyncio.gather(*(write(writer, size, shared) for writer in writers))
    stop.set()
    await polling
    await reader.pull()
    fresh = Reader(reader.device)
    await fresh.pull()
    assert reader.mirror == fresh.mirror, "what was pulled bit by bit is what a first pull brings"
    written = {id_ for one in receipted for id_ in one}
    assert written | set(shared) <= set(reader.mirror)
    heads = {(author.device, number) for author, number, *_ in reader.mirror[shared[0]][1]}
    assert len(heads) > len(people), "edits that did not see each other stand beside each other"
    assert reader.pulls > 3


@pytest.mark.parametrize("size", CHANGES)
async def test_four_writers_and_a_polling_reader_lose_and_skip_nothing(township: Township, size: int) -> None:
    await play(township, [township.url], size)


@pytest.fixture
async def two_servers(tmp_path: Path, postgres_tables_url: str) -> AsyncIterator[tuple[Township, list[str]]]:
    """Two servers with the same keys on one PostgreSQL database."""
    clock, folder = Clock(), tmp_path / "one"
    async with (
        served(folder, postgres_tables_url, clock) as (services, url),
        served(folder, postgres_tables_url, clock) as (_, second),
    ):
        town = Township(services, clock, url, folder)
        await town.set_up()
        async with town.clients:
            yield town, [url, second]


@pytest.mark.parametrize("size", CHANGES)
async def test_two_servers_on_one_database_lose_and_skip_nothing(
    two_servers: tuple[Township, list[str]], size: int
) -> None:
    town, urls = two_servers
    await play(town, urls, size)
