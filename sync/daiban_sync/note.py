"""Checkpoints of a centre's log, as C2SP signed notes (c2sp.org/signed-note, c2sp.org/tlog-checkpoint).

The text has an extension line with the time, so a checkpoint bounds what names it from below::

    daiban/<origin>/<centre>[/<epoch>]
    <size>
    <root, base64>
    time <Unix milliseconds>

A batch names a checkpoint by its *digest*, the SHA-256 of the whole signed note: nobody can name one before
it was signed. On the wire a checkpoint is fixed-width and the receiver rebuilds the text.
"""

import base64
import hashlib
import struct
from typing import NamedTuple

from daiban_sync.errors import SignatureError, WireError
from daiban_sync.keys import Signer, verify

_WIRE = struct.Struct(">Q32sq32s64s")
WIRE_BYTES = _WIRE.size
_ED25519 = b"\x01"


class Checkpoint(NamedTuple):
    """A signed statement of a log's `size` and `root` at `time` (Unix milliseconds). `key` is the whole public
    key: the receiver accepts it only if its keyring has it."""

    size: int
    root: bytes
    time: int
    key: bytes
    signature: bytes


def name(origin: bytes, centre: bytes, epoch: int = 0) -> str:
    """The log's origin line, also the name of its signing key. A restored server begins a new log, whose name ends in
    the epoch."""
    log = f"daiban/{origin.hex()}/{centre.hex()}"
    return f"{log}/{epoch}" if epoch else log


def text(log: str, size: int, root: bytes, time: int) -> str:
    """The note's text, which is what is signed."""
    return f"{log}\n{size}\n{base64.b64encode(root).decode()}\ntime {time}\n"


def issue(signer: Signer, log: str, size: int, root: bytes, time: int) -> Checkpoint:
    """Sign a checkpoint of `log`."""
    return Checkpoint(size, root, time, signer.public_key, signer.sign(text(log, size, root, time).encode()))


def check(checkpoint: Checkpoint, log: str) -> None:
    """Raise `SignatureError("checkpoint.signature")` unless its key signed it for `log`."""
    signed = text(log, checkpoint.size, checkpoint.root, checkpoint.time).encode()
    verify(checkpoint.key, signed, checkpoint.signature, "checkpoint.signature")


def note(checkpoint: Checkpoint, log: str) -> str:
    """The signed note."""
    hint = hashlib.sha256(log.encode() + b"\n" + _ED25519 + checkpoint.key).digest()[:4]
    signature = base64.b64encode(hint + checkpoint.signature).decode()
    return f"{text(log, checkpoint.size, checkpoint.root, checkpoint.time)}\n— {log} {signature}\n"


def digest(checkpoint: Checkpoint, log: str) -> bytes:
    """By what a batch names this checkpoint."""
    return hashlib.sha256(note(checkpoint, log).encode()).digest()


def verifier_key(log: str, key: bytes) -> str:
    """The key in the form that signed-note tools take: ``name+hint+base64(algorithm, key)``."""
    hint = hashlib.sha256(log.encode() + b"\n" + _ED25519 + key).digest()[:4]
    return f"{log}+{hint.hex()}+{base64.b64encode(_ED25519 + key).decode()}"


def pack(checkpoint: Checkpoint) -> bytes:
    """144 bytes."""
    return _WIRE.pack(*checkpoint)


def unpack(data: bytes) -> Checkpoint:
    """Raises `WireError("checkpoint.malformed")`."""
    if len(data) != WIRE_BYTES:
        raise WireError("checkpoint.malformed")
    return Checkpoint(*_WIRE.unpack(data))


def parse(signed: str, log: str, key: bytes) -> Checkpoint:
    """Read a signed note of `log` and check it under `key`. Raises `SignatureError("checkpoint.signature")`."""
    try:
        body, _, tail = signed.partition("\n\n")
        stated, size, root, time = body.split("\n")
        signature = base64.b64decode(tail.removeprefix(f"— {log} ").strip(), validate=True)[4:]
        checkpoint = Checkpoint(int(size), base64.b64decode(root), int(time.removeprefix("time ")), key, signature)
    except ValueError:
        raise SignatureError("checkpoint.signature", "not a checkpoint") from None
    if stated != log or note(checkpoint, log) != signed:
        raise SignatureError("checkpoint.signature", "another log")
    check(checkpoint, log)
    return checkpoint
