"""Cosignatures of checkpoints by a second host, as C2SP states them (c2sp.org/tlog-cosignature, the Ed25519 kind).

A witness signs that it saw this checkpoint as the largest of its log, consistent with every one before. What it signs::

    cosignature/v1
    time <Unix seconds>
    <the checkpoint's text>

The line stands below the log's own in the note; its key id has algorithm 4, its signature begins with the time.
"""

import base64
import hashlib
import struct
from typing import NamedTuple

from daiban_sync.errors import SignatureError
from daiban_sync.keys import Signer, verify

_ALGORITHM = b"\x04"
_SIGNED = struct.Struct(">4sQ64s")


class Witness(NamedTuple):
    """Who cosigns: a name, and the 32 bytes of its public key."""

    name: str
    key: bytes

    @property
    def hint(self) -> bytes:
        """The key's id in a note."""
        return hashlib.sha256(self.name.encode() + b"\n" + _ALGORITHM + self.key).digest()[:4]

    @property
    def verifier_key(self) -> str:
        """``name+hint+base64(algorithm, key)``."""
        return f"{self.name}+{self.hint.hex()}+{base64.b64encode(_ALGORITHM + self.key).decode()}"


def read_verifier_key(text: str) -> Witness:
    """A witness by its verifier key. Raises ValueError."""
    name, hint, packed = text.strip().split("+", 2)
    raw = base64.b64decode(packed, validate=True)
    witness = Witness(name, raw[1:])
    if raw[:1] != _ALGORITHM or len(raw) != 33 or witness.hint.hex() != hint:
        raise ValueError("not a cosigner's verifier key")
    return witness


def message(text: str, seconds: int) -> bytes:
    """What is signed for a checkpoint's text."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def issue(signer: Signer, name: str, text: str, seconds: int) -> str:
    """The signature line, with its line feed."""
    witness = Witness(name, signer.public_key)
    packed = _SIGNED.pack(witness.hint, seconds, signer.sign(message(text, seconds)))
    return f"— {name} {base64.b64encode(packed).decode()}\n"


def check(line: str, text: str, witness: Witness) -> int:
    """When the witness cosigned, in Unix seconds. Raises `SignatureError("cosignature.invalid")`."""
    try:
        mark, name, packed = line.rstrip("\n").split(" ")
        hint, seconds, signature = _SIGNED.unpack(base64.b64decode(packed, validate=True))
        if (mark, name, hint) != ("—", witness.name, witness.hint):
            raise ValueError
    except (ValueError, struct.error):
        raise SignatureError("cosignature.invalid", "another witness's line") from None
    verify(witness.key, message(text, seconds), signature, "cosignature.invalid")
    return int(seconds)


def cosigned_at(note: str, witness: Witness) -> int:
    """When `witness` cosigned a note that ends in its line, in Unix seconds. Raises as `check` does."""
    text, _, lines = note.partition("\n\n")
    return check(lines.splitlines()[-1] if lines else "", text + "\n", witness)


def request(old: int, proof: list[bytes], note: str) -> bytes:
    """The body of an ``add-checkpoint`` request (c2sp.org/tlog-witness)."""
    lines = [f"old {old}", *(base64.b64encode(one).decode() for one in proof), "", note]
    return "\n".join(lines).encode()


def read_request(body: bytes) -> tuple[int, list[bytes], str]:
    """The old size, the proof and the note of such a request. Raises ValueError."""
    head, _, note = body.decode().partition("\n\n")
    first, *proof = head.split("\n")
    number = first.removeprefix("old ")
    if not first.startswith("old ") or not number.isdecimal() or str(int(number)) != number or len(proof) > 63:
        raise ValueError("no old size")
    hashes = [base64.b64decode(line, validate=True) for line in proof]
    if any(len(one) != 32 for one in hashes):
        raise ValueError("no hashes")
    return int(number), hashes, note
