"""A bad mountain link: a TCP proxy on loopback that cuts, stalls, delays, slows and refuses, for real.

Bytes pass as they come, TLS among them. What the road does is a `Rule`, which may be changed while
connections run: the next bytes of every open connection are judged by the new one.

As a process of its own, `python -m daiban_server.demo.proxy --to 127.0.0.1:8443` prints one JSON line with
the port that it listens on and the counts so far; each rule written to its standard input as one JSON line,
such as `{"up": {"cut_after": 200000}, "cuts": 3}`, is answered by such a line. It ends when its input does.
"""

import argparse
import asyncio
import contextlib
import socket
import struct
import sys
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Literal, Self

import msgspec

Way = Literal["up", "down"]  # up: from the device to the server

CHUNK = 16 * 1024  # bytes that travel, and wait, together


class Lane(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What happens to one direction of each connection; as it stands, nothing does.

    Both byte counts are per connection and exact: that many bytes pass, the next one cuts or waits. So
    `down=Lane(cut_after=0)` is the answer that is lost after the server has everything.
    """

    cut_after: int | None = None  # bytes, then both ends are reset
    stall_after: int | None = None  # bytes, then silence until the rule changes
    delay: float = 0.0  # seconds that each chunk waits, one after the other
    rate: int | None = None  # bytes a second


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the road does to every connection; as it stands, the road is clear."""

    up: Lane = Lane()
    down: Lane = Lane()
    refuse: bool = False  # new connections are reset as soon as they are made
    cuts: int | None = None  # after so many cuts the road is clear; None: it never gets better

    def __post_init__(self) -> None:
        for lane in (self.up, self.down):
            if min(lane.cut_after or 0, lane.stall_after or 0, lane.delay) < 0:
                raise ValueError("bytes and seconds cannot be negative")
            if lane.rate is not None and lane.rate < 1:
                raise ValueError("the rate must be at least one byte a second; to stop bytes, stall")
        if self.cuts is not None and self.cuts < 1:
            raise ValueError("cuts must be at least one; leave it out for a road that never gets better")


class Counts(msgspec.Struct):
    """What has happened so far, over all connections."""

    connections: int = 0  # made by devices, refused ones among them
    refused: int = 0  # reset by the rule, or because the server behind does not answer
    cuts: int = 0
    up: int = 0  # bytes handed on to the server
    down: int = 0  # bytes handed on to devices


class _Link:
    """One device's connection, and ours to the server for it."""

    def __init__(self, device: asyncio.StreamWriter) -> None:
        self.writers = [device]

    async def end(self) -> None:
        """Close both connections in good order: what was handed on still arrives."""
        for writer in self.writers:
            writer.close()
        for writer in self.writers:
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def reset(self) -> None:
        """End both connections at once, as a lost link does."""
        for writer in self.writers:
            # Lingering for zero seconds makes closing send a reset, never an orderly end.
            with contextlib.suppress(OSError):
                lingering = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, lingering)
            writer.transport.abort()


class Proxy:
    """Listens on 127.0.0.1 and carries bytes to `host`:`port` and back, by the rule in force.

    `async with Proxy("127.0.0.1", 8443) as proxy:` then connect to `proxy.port`.
    """

    def __init__(
        self,
        host: str,
        port: int,
        rule: Rule | None = None,
        pause: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """Name the server behind; `pause` waits out delays and rates, given seconds."""
        self.counts = Counts()
        self.port = 0
        self._target = (host, port)
        self._rule = rule or Rule()
        self._pause = pause
        self._rule_changed = asyncio.Event()
        self._links: dict[_Link, asyncio.Task[None]] = {}
        self._server: asyncio.Server | None = None

    @property
    def rule(self) -> Rule:
        """The rule in force. Setting it wakes stalled connections and judges every next byte anew."""
        return self._rule

    @rule.setter
    def rule(self, rule: Rule) -> None:
        self._rule = rule
        self._rule_changed.set()
        self._rule_changed = asyncio.Event()

    async def start(self, port: int = 0) -> None:
        """Listen, on a free port unless one is given; OSError if that one is taken."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", port, limit=CHUNK)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Stop listening and reset what is open."""
        if self._server is not None:
            self._server.close()
        await self._reset_all()

    async def cut_all(self) -> None:
        """Cut every connection that is open now, whatever the rule."""
        self.counts.cuts += len(self._links)
        await self._reset_all()

    async def _reset_all(self) -> None:
        tasks = list(self._links.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = _Link(writer)
        task = asyncio.current_task()
        assert task is not None
        self._links[link] = task
        self.counts.connections += 1
        try:
            if await self._serve(link, reader, writer):
                await link.end()
        except asyncio.CancelledError:
            pass  # close() or cut_all() asked for it, and nobody else has this task
        finally:
            link.reset()
            del self._links[link]

    async def _serve(self, link: _Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Carry one connection; tell whether it came to an orderly end."""
        try:
            if self._rule.refuse:
                raise ConnectionRefusedError
            from_server, to_server = await asyncio.open_connection(*self._target, limit=CHUNK)
        except OSError:
            self.counts.refused += 1
            return False
        link.writers.append(to_server)
        orderly = True
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._carry("up", reader, to_server))
                both.create_task(self._carry("down", from_server, writer))
        except* OSError:  # cut by the rule, or an end has gone: the other must hear of it
            orderly = False
        return orderly

    async def _carry(self, way: Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # With no buffer of ours behind it, `drain` means that the system has taken the bytes.
        writer.transport.set_write_buffer_limits(0)
        passed, held = 0, b""
        while held or (held := await reader.read(CHUNK)):
            room = await self._room(way, passed)
            if not room:
                self._note_cut()
                raise ConnectionResetError
            chunk, held = held[:room], held[room:]
            await self._pace(way, len(chunk))
            writer.write(chunk)
            await writer.drain()
            passed += len(chunk)
            setattr(self.counts, way, getattr(self.counts, way) + len(chunk))
        writer.write_eof()

    def _lane(self, way: Way) -> Lane:
        return self._rule.up if way == "up" else self._rule.down

    async def _room(self, way: Way, passed: int) -> int:
        """How many of the bytes that came may pass, after waiting out a stall; none means: cut."""
        while True:
            lane = self._lane(way)
            # A slow lane passes a tenth of a second's bytes at a time, so that progress is smooth.
            room = CHUNK if lane.rate is None else min(CHUNK, max(1, lane.rate // 10))
            if lane.cut_after is not None:
                room = max(0, min(room, lane.cut_after - passed))
            if lane.stall_after is None or not room:
                return room
            if passed < lane.stall_after:
                return min(room, lane.stall_after - passed)
            await self._rule_changed.wait()

    async def _pace(self, way: Way, size: int) -> None:
        lane = self._lane(way)
        seconds = lane.delay + (size / lane.rate if lane.rate else 0.0)
        if seconds:
            await self._pause(seconds)

    def _note_cut(self) -> None:
        self.counts.cuts += 1
        if self._rule.cuts is not None:
            left = self._rule.cuts - 1
            self.rule = msgspec.structs.replace(self._rule, cuts=left) if left else Rule()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class Refusal(msgspec.Struct):
    """The answer to a line that is not a rule; the rule in force stays."""

    code: str
    detail: str
    advice: str


class State(msgspec.Struct):
    """The answer to a rule: where the proxy listens, what is in force, what has happened."""

    port: int
    rule: Rule
    counts: Counts


async def obey(proxy: Proxy, orders: asyncio.StreamReader, answer: Callable[[bytes], object]) -> None:
    """Take a rule from each line of `orders` until they end, and answer each with one JSON line."""
    answer(msgspec.json.encode(State(proxy.port, proxy.rule, proxy.counts)))
    while line := await orders.readline():
        try:
            proxy.rule = msgspec.json.decode(line, type=Rule)
        except msgspec.MsgspecError as error:
            advice = 'write one JSON object a line, such as {"up": {"cut_after": 200000}}'
            answer(msgspec.json.encode(Refusal("bad_rule", str(error), advice)))
        else:
            answer(msgspec.json.encode(State(proxy.port, proxy.rule, proxy.counts)))


async def _run(host: str, port: int, listen: int) -> None:
    orders = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    proxy = Proxy(host, port)
    await proxy.start(listen)
    try:
        await obey(proxy, orders, lambda line: print(line.decode(), flush=True))  # noqa: T201 - a process that tells its parent
    finally:
        await proxy.close()


def main() -> None:
    """Run one proxy as a process of its own."""
    parser = argparse.ArgumentParser(prog="daiban_server.demo.proxy", description="a bad mountain link")
    parser.add_argument("--to", required=True, metavar="HOST:PORT", help="the server behind it")
    parser.add_argument("--listen", type=int, default=0, metavar="PORT", help="a free port if left out")
    arguments = parser.parse_args()
    host, _, port = arguments.to.rpartition(":")
    if not host or not port.isdecimal():
        parser.error("--to wants HOST:PORT, such as 127.0.0.1:8443")
    asyncio.run(_run(host, int(port), arguments.listen))


if __name__ == "__main__":
    main()
