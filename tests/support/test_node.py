"""The public JavaScript client against a plain tus store, so that its own part is known to be sound."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from daiban_server.demo.proxy import Lane, Proxy, Rule
from tests.support.certificate import Certificate, self_signed
from tests.support.node import TusJs

PHOTO = bytes(range(251)) * 20_000  # 5 MB


class PlainStore(BaseHTTPRequestHandler):
    """Creation, HEAD and PATCH of tus 1.0 for one upload; it keeps whatever arrives before a cut."""

    protocol_version = "HTTP/1.1"
    stored = bytearray()
    patches = 0

    def do_POST(self) -> None:
        PlainStore.stored, PlainStore.patches = bytearray(), 0
        self.answer(201, Location="/uploads/1")

    def do_HEAD(self) -> None:
        self.answer(200, **{"Upload-Offset": str(len(self.stored)), "Upload-Length": str(len(PHOTO))})

    def do_PATCH(self) -> None:
        PlainStore.patches += 1
        assert int(self.headers["Upload-Offset"]) == len(self.stored)
        left = int(self.headers["Content-Length"])
        while left:
            piece = self.rfile.read1(min(left, 65536))
            if not piece:
                raise ConnectionResetError
            self.stored.extend(piece)
            left -= len(piece)
        self.answer(204, **{"Upload-Offset": str(len(self.stored))})

    def answer(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Tus-Resumable": "1.0.0", "Content-Length": "0", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        pass


class Listening(ThreadingHTTPServer):
    def handle_error(self, *_arguments: object) -> None:
        pass  # cut connections are the point


@pytest.fixture
def certificate(tmp_path: Path) -> Certificate:
    return self_signed(tmp_path)


@pytest.fixture
def store(certificate: Certificate) -> Iterator[int]:
    with Listening(("127.0.0.1", 0), PlainStore) as server:
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(certificate.chain, certificate.key)
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=server.serve_forever, args=(0.02,)).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    file = tmp_path / "户口簿.jpg"
    file.write_bytes(PHOTO)
    return file


def test_it_trusts_the_centres_own_certificate_only_when_told(
    tus_js: TusJs, store: int, photo: Path, certificate: Certificate
) -> None:
    endpoint = f"https://localhost:{store}/uploads"
    stranger = tus_js.upload(endpoint, photo)
    assert stranger.events[-1]["event"] == "failed"
    assert "self-signed certificate" in str(stranger.events[-1]["error"])

    assert tus_js.upload(endpoint, photo, trust=certificate.chain).url == f"https://localhost:{store}/uploads/1"
    assert PlainStore.stored == PHOTO


def test_it_goes_on_where_it_let_go(tus_js: TusJs, store: int, photo: Path, certificate: Certificate) -> None:
    told = tus_js.upload(f"https://localhost:{store}/uploads", photo, trust=certificate.chain, cut=True)
    assert told.url
    assert told.count("cut") == 1
    assert PlainStore.stored == PHOTO


async def test_it_goes_on_after_the_road_cut_it_three_times(
    tus_js: TusJs, store: int, photo: Path, certificate: Certificate
) -> None:
    async with Proxy("127.0.0.1", store, Rule(up=Lane(cut_after=1_500_000), cuts=3)) as road:
        endpoint = f"https://localhost:{road.port}/uploads"
        told = await asyncio.to_thread(tus_js.upload, endpoint, photo, trust=certificate.chain)
    assert told.url
    assert told.count("retry") == 3
    assert PlainStore.stored == PHOTO
    assert PlainStore.patches == 4
