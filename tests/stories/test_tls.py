"""A centre with a certificate of its own, and phones that know its key: whatever the clock says, and nobody else's."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID

from daiban_client_sdk import RefusedError, tls
from daiban_client_sdk.transport import Transport
from daiban_server import certificate
from daiban_server.certificate import Certificate

NOW = datetime.now(UTC)
EXPIRED = (NOW - timedelta(days=800), NOW - timedelta(days=70))
NOT_YET = (NOW + timedelta(days=30), NOW + timedelta(days=760))
VALID = (NOW - timedelta(days=1), NOW + timedelta(days=700))


@dataclass
class Centre:
    """A web server of one page. `port` is where, `asked` what it was asked for."""

    context: ssl.SSLContext
    port: int = 0
    asked: list[str] = field(default_factory=list)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request, if one comes: a phone may only look at the certificate and go."""
        if line := await reader.readline():
            self.asked.append(line.decode().strip())
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
        writer.close()

    @asynccontextmanager
    async def open(self, port: int = 0) -> AsyncIterator["Centre"]:
        """Serve until the block ends."""
        server = await asyncio.start_server(self.answer, "127.0.0.1", port, ssl=self.context)
        async with server:
            self.port = server.sockets[0].getsockname()[1]
            yield self


def serving(chain: Path, key: Path) -> Centre:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    return Centre(context)


def made(folder: Path) -> Certificate:
    return certificate.load_or_make(folder, ["localhost", "127.0.0.1"])


def again(stands: Certificate, days: tuple[datetime, datetime], name: str = "localhost") -> Centre:
    """A server with the same key in another certificate."""
    key = load_pem_private_key(stands.key.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signed = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number(), *days)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    chain = stands.chain.with_name("again.pem")
    chain.write_bytes(signed.public_bytes(Encoding.PEM))
    return serving(chain, stands.key)


async def ask(centre: Centre, pin: str) -> Transport:
    """Ask for the page as the SDK does."""
    transport = Transport(f"https://localhost:{centre.port}", pin)
    try:
        assert (await transport.request("GET", "/")).content == b"ok"
    finally:
        await transport.close()
    return transport


async def test_a_phone_trusts_the_key_of_its_enrolment_and_a_renewed_certificate(tmp_path: Path) -> None:
    stands = made(tmp_path)
    for centre in (serving(stands.chain, stands.key), again(stands, VALID)):
        async with centre.open():
            assert not (await ask(centre, stands.pin)).clock_doubted
        assert centre.asked == ["GET / HTTP/1.1"]


@pytest.mark.parametrize("days", [EXPIRED, NOT_YET], ids=["of yesterday", "of tomorrow"])
async def test_a_certificate_that_only_the_time_speaks_against_holds_if_the_key_does(
    tmp_path: Path, days: tuple[datetime, datetime]
) -> None:
    """A phone whose clock says 2019 fails here before anything else; its clock is the likelier culprit."""
    stands = made(tmp_path)
    async with again(stands, days).open() as centre:
        assert (await ask(centre, stands.pin)).clock_doubted
        assert centre.asked == ["GET / HTTP/1.1"]


@pytest.mark.parametrize("days", [VALID, EXPIRED], ids=["in good order", "out of date"])
async def test_a_server_with_another_key_is_asked_nothing(tmp_path: Path, days: tuple[datetime, datetime]) -> None:
    ours, stranger = made(tmp_path / "ours"), made(tmp_path / "stranger")
    async with again(stranger, days).open() as centre:
        with pytest.raises(RefusedError) as refused:
            await ask(centre, ours.pin)
        assert refused.value.code == "tls.pin"
        assert centre.asked == []


@pytest.mark.parametrize("days", [VALID, EXPIRED], ids=["in good order", "out of date"])
async def test_the_right_key_under_another_name_is_refused(tmp_path: Path, days: tuple[datetime, datetime]) -> None:
    """The time is the one thing that is set aside."""
    stands = made(tmp_path)
    async with again(stands, days, "evil.example").open() as centre:
        with pytest.raises(tls.PinError):
            await tls.trust("localhost", centre.port, stands.pin)
        assert centre.asked == []


async def test_a_stranger_who_steps_in_after_the_first_look_is_refused(tmp_path: Path) -> None:
    """The context that sets the time aside still asks for the pinned key, at every connection."""
    ours, stranger = made(tmp_path / "ours"), made(tmp_path / "stranger")
    async with again(ours, EXPIRED).open() as centre:
        trusted = await tls.trust("localhost", centre.port, ours.pin)
    assert trusted.clock_doubted
    async with again(stranger, EXPIRED).open() as impostor:
        with pytest.raises(ssl.SSLCertVerificationError):
            _, writer = await asyncio.open_connection("localhost", impostor.port, ssl=trusted.context)
            writer.close()
        assert impostor.asked == []
