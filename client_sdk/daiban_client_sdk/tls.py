"""TLS for phones with wrong clocks, and for centres with a certificate of their own.

The enrolment code carries the SHA-256 of the server's public key (SPKI). A server whose key matches is trusted whoever
signed its certificate. If the only thing wrong with the certificate is the *time*, the phone's clock is the likelier
culprit:
then the session goes on with the pinned key, and takes the true time from what the server says.
"""

import asyncio
import contextlib
import hashlib
import ssl
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_NO_CHECK_TIME = 0x200000
"""OpenSSL's X509_V_FLAG_NO_CHECK_TIME, which Python does not name."""
_TIME_ERRORS = (9, 10)
"""X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED."""


class PinError(Exception):
    """The server's key is not the one that was pinned at enrolment."""


class Trusted(NamedTuple):
    """A context to connect with. `clock_doubted` says that the certificate's time was set aside."""

    context: ssl.SSLContext
    clock_doubted: bool


def pin_of(certificate: bytes) -> str:
    """The pin of a DER certificate: SHA-256 of its public key, in hexadecimal."""
    key = x509.load_der_x509_certificate(certificate).public_key()
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


async def trust(host: str, port: int, pin: str) -> Trusted:
    """A context for a server whose key is `pin`. Raises `PinError`, or `OSError` where there is no link."""
    if not pin:
        return Trusted(ssl.create_default_context(), clock_doubted=False)
    certificate = await _certificate(host, port)
    if pin_of(certificate) != pin:
        raise PinError("the server has another key than at enrolment")
    strict = _context(certificate)
    try:
        await _handshake(host, port, strict)
    except ssl.SSLCertVerificationError as error:
        if error.verify_code not in _TIME_ERRORS:
            raise PinError(error.verify_message) from None
        lenient = _context(certificate)
        lenient.verify_flags |= ssl.VerifyFlags(_NO_CHECK_TIME)
        return Trusted(lenient, clock_doubted=True)
    return Trusted(strict, clock_doubted=False)


def _context(certificate: bytes) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=ssl.DER_cert_to_PEM_cert(certificate))
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    return context


async def _certificate(host: str, port: int) -> bytes:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return await _handshake(host, port, context)


async def _handshake(host: str, port: int, context: ssl.SSLContext) -> bytes:
    _, writer = await asyncio.wait_for(
        asyncio.open_connection(host, port, ssl=context, server_hostname=host), timeout=20
    )
    try:
        certificate: bytes = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        return certificate
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
