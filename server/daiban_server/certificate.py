"""A certificate of the server's own, for a township without a public name. Devices pin its key at enrolment."""

import datetime
import ipaddress
import os
from pathlib import Path
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LIFE = datetime.timedelta(days=730)


class Certificate(NamedTuple):
    """PEM files, and the pin: SHA-256 of the public key (SPKI) in hexadecimal."""

    chain: Path
    key: Path
    pin: str


def load_or_make(folder: Path, names: list[str]) -> Certificate:
    """The certificate in `folder`; made at the first start for `names` (host names and addresses) with a key that
    stays, so that
    devices go on trusting a renewed certificate."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key_file, chain = folder / "key.pem", folder / "certificate.pem"
    if not key_file.exists():
        made = ec.generate_private_key(ec.SECP256R1())
        pem = made.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        descriptor = os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
    key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{key_file} holds no elliptic-curve key")
    if not chain.exists():
        chain.write_bytes(_signed(key, names))
    return Certificate(chain, key_file, _pin(key))


def _signed(key: ec.EllipticCurvePrivateKey, names: list[str]) -> bytes:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + LIFE)
        .add_extension(x509.SubjectAlternativeName([_name(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.PEM)


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _pin(key: ec.EllipticCurvePrivateKey) -> str:
    digest = hashes.Hash(hashes.SHA256())
    digest.update(
        key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return digest.finalize().hex()
