"""A centre's line to the server outlives a rest: a small centre of a large district sends nothing for minutes."""

import asyncio

import pytest

from daiban_server.demo.year.line import Answer, Line


class Exchange:
    """A server that answers `each` requests on a connection and then hangs up, or breaks off in the middle."""

    def __init__(self, each: int, answer: bytes) -> None:
        self.each, self.answer, self.connections, self.heard = each, answer, 0, 0

    async def __aenter__(self) -> Line:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return Line("127.0.0.1", self.server.sockets[0].getsockname()[1])

    async def __aexit__(self, *_: object) -> None:
        self.server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        for _ in range(self.each):
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0]))
            self.heard += 1
            writer.write(self.answer)
        writer.close()


WHOLE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def test_a_line_that_was_hung_up_on_is_opened_again() -> None:
    exchange = Exchange(2, WHOLE)
    async with exchange as line:
        answers = [await line.post("/", b"body", {}) for _ in range(5)]
        await line.close()
    assert answers == [Answer(200, b"ok")] * 5
    assert (exchange.connections, exchange.heard) == (3, 5)


async def test_an_answer_that_breaks_off_is_a_fault_and_nothing_is_sent_twice() -> None:
    exchange = Exchange(1, WHOLE[:-1])
    async with exchange as line:
        with pytest.raises(EOFError):
            await line.post("/", b"body", {})
        await line.close()
    assert exchange.heard == 1
