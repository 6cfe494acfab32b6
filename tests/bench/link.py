"""A connection over HTTP/1.1 that is kept open and counts every byte, headers among them."""

import socket
import ssl
from collections.abc import Mapping
from typing import NamedTuple


class Answer(NamedTuple):
    """An answer: `headers` with lower-case names."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Link:
    """One kept connection. `up` and `down` are bytes since it was made, TLS not counted."""

    def __init__(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> None:
        self.authority = f"{host}:{port}"
        self._where, self._tls = (host, port), tls
        self.up = self.down = 0
        self.connect()

    def connect(self) -> None:
        """Connect, also anew where the other end hung up. Raises `OSError`."""
        plain = socket.create_connection(self._where, timeout=120)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket = self._tls.wrap_socket(plain, server_hostname=self._where[0]) if self._tls else plain
        self._read = self._socket.makefile("rb")

    def ask(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Answer:
        """One request and its answer. Raises `OSError` where the connection ends."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.authority}", f"Content-Length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        request = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
        self._socket.sendall(request)
        self.up += len(request)
        return self._answer()

    def close(self) -> None:
        """Let go."""
        self._read.close()
        self._socket.close()

    def _answer(self) -> Answer:
        status = int(self._line().split()[1])
        headers = {}
        while line := self._line():
            name, _, value = line.partition(":")
            headers[name.strip().lower()] = value.strip()
        if headers.get("transfer-encoding") == "chunked":
            return Answer(status, headers, self._chunks())
        return Answer(status, headers, self._exactly(int(headers.get("content-length", 0))))

    def _chunks(self) -> bytes:
        parts = []
        while size := int(self._line().partition(";")[0], 16):
            parts.append(self._exactly(size))
            self._line()
        self._line()
        return b"".join(parts)

    def _line(self) -> str:
        line = self._read.readline()
        if not line:
            raise ConnectionError("the server closed the connection")
        self.down += len(line)
        return line.decode("latin-1").rstrip("\r\n")

    def _exactly(self, size: int) -> bytes:
        data = self._read.read(size)
        if len(data) < size:
            raise ConnectionError("the server closed the connection")
        self.down += size
        return data
