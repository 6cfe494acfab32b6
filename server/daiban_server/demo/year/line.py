"""A centre's line to the server: one kept connection over HTTP/1.1, for the many small requests of its devices.

A general client costs more than the server's own work on such a request; people at desks and residents use one.
"""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import NamedTuple

LONGEST = 2**24
"""Bytes of an answer's head, and of what is read at once."""


class Answer(NamedTuple):
    """An answer's status and body."""

    status: int
    body: bytes


class Line:
    """One connection, used by one request after the other; the server hangs up on one that rests for half a minute,
    and it is opened again. `authority` is host and port."""

    def __init__(self, host: str, port: int) -> None:
        self.authority = f"{host}:{port}"
        self._host, self._port = host, port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """One request. Raises `OSError` or `EOFError` where the connection ends."""
        lines = [f"POST {path} HTTP/1.1", f"Host: {self.authority}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        request = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
        rested = self._reader is not None
        try:
            return await self._exchange(request)
        except (asyncio.IncompleteReadError, ConnectionError) as ended:
            if not rested or (isinstance(ended, asyncio.IncompleteReadError) and ended.partial):
                raise
        # It was hung up on before a byte came back. A batch that was taken all the same is known by its bytes.
        await self.close()
        return await self._exchange(request)

    async def _exchange(self, request: bytes) -> Answer:
        if self._reader is None or self._writer is None or self._reader.at_eof():
            await self.close()
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port, limit=LONGEST)
        reader = self._reader
        self._writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        told = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        status = int(head[0].split()[1])
        if told.get("transfer-encoding") == "chunked":
            return Answer(status, await _chunks(reader))
        return Answer(status, await reader.readexactly(int(told.get("content-length", 0))))

    async def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()
        self._reader = self._writer = None


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    parts = []
    while size := int((await reader.readline()).partition(b";")[0], 16):
        parts.append(await reader.readexactly(size))
        await reader.readline()
    await reader.readline()
    return b"".join(parts)
