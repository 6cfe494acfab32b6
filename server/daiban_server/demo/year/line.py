"""A centre's line to the server: one kept connection over HTTP/1.1, for the many small requests of its devices.

A general client costs more than the server's own work on such a request; people at desks and residents use one.
"""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple, Self

LONGEST = 2**24
"""Bytes of an answer's head, and of what is read at once."""


class Answer(NamedTuple):
    """An answer's status and body."""

    status: int
    body: bytes


class Line:
    """One connection, used by one request after the other. `authority` is host and port."""

    def __init__(self, authority: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.authority = authority
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(cls, host: str, port: int) -> Self:
        """Connect. Raises `OSError`."""
        return cls(f"{host}:{port}", *await asyncio.open_connection(host, port, limit=LONGEST))

    async def post(self, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """One request. Raises `OSError` or `EOFError` where the connection ends."""
        lines = [f"POST {path} HTTP/1.1", f"Host: {self.authority}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self._writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        told = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        status = int(head[0].split()[1])
        if told.get("transfer-encoding") == "chunked":
            return Answer(status, await self._chunks())
        return Answer(status, await self._reader.readexactly(int(told.get("content-length", 0))))

    async def close(self) -> None:
        """Hang up."""
        self._writer.close()
        await self._writer.wait_closed()

    async def _chunks(self) -> bytes:
        parts = []
        while size := int((await self._reader.readline()).partition(b";")[0], 16):
            parts.append(await self._reader.readexactly(size))
            await self._reader.readline()
        await self._reader.readline()
        return b"".join(parts)
