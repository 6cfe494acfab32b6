"""The road from the village to the centre: clear, cut, stalled, slow or closed."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from daiban_server.demo.proxy import CHUNK, Lane, Proxy, Rule
from tests.support.certificate import self_signed
from tests.support.processes import Child

PHOTO = bytes(range(256)) * 400  # 102,400 bytes
THANKS = "已收讫".encode() * 10_000
LINK_LOST = OSError  # a reset while sending, reading or taking leave each has a class of its own


class Centre:
    """A centre that keeps what each connection brought, and thanks for it once the device has finished."""

    def __init__(self) -> None:
        self.received: list[bytearray] = []
        self.port = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        letter = bytearray()
        self.received.append(letter)
        try:
            while piece := await reader.read(CHUNK):
                letter += piece
            writer.write(THANKS)
            await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()
            self._tasks.discard(task)

    async def quiet(self) -> None:
        """Wait until no connection is open."""
        while self._tasks:
            await asyncio.wait(self._tasks)


@pytest.fixture
async def centre() -> AsyncIterator[Centre]:
    centre = Centre()
    async with await asyncio.start_server(centre.serve, "127.0.0.1") as server:
        centre.port = server.sockets[0].getsockname()[1]
        yield centre
        await centre.quiet()


@pytest.fixture
async def road(centre: Centre) -> AsyncIterator[Proxy]:
    async with Proxy("127.0.0.1", centre.port) as road:
        yield road


async def hand_in(port: int, letter: bytes, tls: ssl.SSLContext | None = None) -> bytes:
    """Send a letter as a device would and return the answer; LINK_LOST if the road is cut."""
    name = "localhost" if tls else None
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls, server_hostname=name)
    try:
        writer.write(letter)
        await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
        return await reader.read() if tls is None else await reader.readexactly(len(letter))
    finally:
        writer.transport.abort()


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.005)


async def test_a_clear_road_carries_both_ways_and_counts(centre: Centre, road: Proxy) -> None:
    assert await hand_in(road.port, PHOTO) == THANKS

    assert centre.received == [PHOTO]
    assert (road.counts.up, road.counts.down) == (len(PHOTO), len(THANKS))
    assert (road.counts.connections, road.counts.cuts, road.counts.refused) == (1, 0, 0)


async def test_a_photo_is_cut_three_times_at_the_same_bend_and_then_passes(centre: Centre, road: Proxy) -> None:
    road.rule = Rule(up=Lane(cut_after=20_000), cuts=3)
    for _ in range(3):
        with pytest.raises(LINK_LOST):
            await hand_in(road.port, PHOTO)
    await centre.quiet()

    assert [len(letter) for letter in centre.received] == [20_000] * 3
    assert await hand_in(road.port, PHOTO) == THANKS
    assert centre.received[3] == PHOTO
    assert road.counts.cuts == 3
    assert road.counts.up == 3 * 20_000 + len(PHOTO)


async def test_the_answer_is_lost_after_the_centre_has_everything(centre: Centre, road: Proxy) -> None:
    road.rule = Rule(down=Lane(cut_after=0))
    with pytest.raises(LINK_LOST):
        await hand_in(road.port, PHOTO)
    await centre.quiet()

    assert centre.received == [PHOTO]
    assert (road.counts.cuts, road.counts.up, road.counts.down) == (1, len(PHOTO), 0)


async def test_a_stalled_letter_waits_and_arrives_whole_when_the_road_clears(centre: Centre, road: Proxy) -> None:
    road.rule = Rule(up=Lane(stall_after=30_000))
    sending = asyncio.create_task(hand_in(road.port, PHOTO))
    await until(lambda: road.counts.up == 30_000)
    assert not sending.done()

    road.rule = Rule()
    assert await asyncio.wait_for(sending, 30) == THANKS
    assert centre.received == [PHOTO]


async def test_an_open_connection_obeys_a_rule_made_while_it_was_idle(centre: Centre, road: Proxy) -> None:
    _reader, writer = await asyncio.open_connection("127.0.0.1", road.port)
    writer.write(b"first")
    await until(lambda: road.counts.up == 5)

    road.rule = Rule(up=Lane(cut_after=7))
    writer.write(b"second")
    await until(lambda: road.counts.cuts == 1)
    await centre.quiet()
    writer.transport.abort()
    assert centre.received == [b"firstse"]


async def test_every_open_connection_is_cut_at_once_when_the_mast_falls(centre: Centre, road: Proxy) -> None:
    road.rule = Rule(up=Lane(stall_after=1))
    sending = [asyncio.create_task(hand_in(road.port, PHOTO)) for _ in range(4)]
    await until(lambda: road.counts.up == 4)
    await road.cut_all()

    results = await asyncio.gather(*sending, return_exceptions=True)
    assert [isinstance(result, LINK_LOST) for result in results] == [True] * 4
    assert road.counts.cuts == 4


async def test_a_closed_road_refuses_and_so_does_one_to_a_centre_that_is_down(road: Proxy) -> None:
    road.rule = Rule(refuse=True)
    with pytest.raises(LINK_LOST):
        await hand_in(road.port, PHOTO)

    async with await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1") as server:
        nobody = server.sockets[0].getsockname()[1]
    async with Proxy("127.0.0.1", nobody) as road_to_nobody:
        with pytest.raises(LINK_LOST):
            await hand_in(road_to_nobody.port, PHOTO)
    assert (road.counts.refused, road_to_nobody.counts.refused) == (1, 1)


async def test_delay_and_rate_make_bytes_wait_as_long_as_they_say(centre: Centre) -> None:
    waits: list[float] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    slow = Rule(up=Lane(rate=10_000), down=Lane(delay=0.7))
    async with Proxy("127.0.0.1", centre.port, slow, pause=wait) as road:
        assert await hand_in(road.port, PHOTO) == THANKS
    delays = [seconds for seconds in waits if seconds == 0.7]
    assert sum(waits) - sum(delays) == pytest.approx(len(PHOTO) / 10_000)
    assert len(delays) >= len(THANKS) / CHUNK
    assert max(set(waits) - {0.7}) <= 0.1  # a slow road moves all the time, not in leaps


async def test_tls_passes_through_untouched_and_a_cut_is_noticed(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    inside = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    inside.load_cert_chain(certificate.chain, certificate.key)
    trust = ssl.create_default_context(cafile=certificate.chain)

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(CHUNK):
            writer.write(piece)
        writer.close()

    async with (
        await asyncio.start_server(echo, "127.0.0.1", ssl=inside) as server,
        Proxy("127.0.0.1", server.sockets[0].getsockname()[1]) as road,
    ):
        assert await hand_in(road.port, PHOTO, trust) == PHOTO
        assert road.counts.up > len(PHOTO)  # the handshake and the seals came on top

        road.rule = Rule(down=Lane(cut_after=50_000))
        with pytest.raises((LINK_LOST, asyncio.IncompleteReadError)):
            await hand_in(road.port, PHOTO, trust)


async def test_as_a_process_it_takes_rules_by_line_and_a_bad_line_changes_nothing(centre: Centre) -> None:
    with Child.python("-m", "daiban_server.demo.proxy", "--to", f"127.0.0.1:{centre.port}") as process:

        async def answered(containing: str) -> dict[str, object]:
            answer: dict[str, object] = json.loads(await asyncio.to_thread(process.line, containing))
            return answer

        port = (await answered("port"))["port"]
        assert isinstance(port, int)
        process.say('{"up": {"cut_after": 1000}, "cuts": 1}')
        await answered('"cut_after":1000')
        for bad in ('{"up": {"cut_after": -1}}', '{"upp": {}}', "not json", '{"cuts": 0}', '{"down":{"rate":0}}'):
            process.say(bad)
        await answered("rate must be")
        with pytest.raises(LINK_LOST):
            await hand_in(port, PHOTO)
        assert await hand_in(port, PHOTO) == THANKS

        process.say("{}")
        state = await answered(f'"up":{1000 + len(PHOTO)}')
        assert state["counts"] == {
            "connections": 2, "refused": 0, "cuts": 1, "up": 1000 + len(PHOTO), "down": len(THANKS),
        }  # fmt: skip
        assert process.output.count("bad_rule") == 5
        await asyncio.to_thread(process.end_input)
        assert await asyncio.to_thread(process.wait) == 0
