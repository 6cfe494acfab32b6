"""A clerk adopts entries of a batch in quarantine: what he signs, and how they are handed in as his.

He signs by passkey, for `PURPOSE`, the digest of batch and choice. Each entry that he chose is handed in by the desk of
the centre as it was, but for who wrote it now (``by``) and what it repeats (``adopted``: device, batch, number). So
whoever has the batch can see offline that the clerk's entry is the one that he chose.
"""

import hashlib
import struct
from collections.abc import Iterable

import msgspec

PURPOSE = "batch.adopt"
"""As what the clerk's passkey signs a choice."""


def digest_of(device: bytes, digest: bytes, numbers: Iterable[int]) -> bytes:
    """What the clerk signs: 32 bytes over the batch, by device and digest, and the numbers of the entries."""
    chosen = b"".join(struct.pack(">Q", number) for number in sorted(set(numbers)))
    return hashlib.sha256(b"daiban adopt 1\n" + device + digest + chosen).digest()


def repeats(device: bytes, digest: bytes, number: int) -> str:
    """What stands in ``adopted``."""
    return f"{device.hex()}/{digest.hex()}/{number}"


def repeated(body: bytes, person: str, adopted: str) -> bytes:
    """The entry as `person` hands it in. `body` is JSON."""
    return msgspec.json.encode({**msgspec.json.decode(body), "by": person, "adopted": adopted})


def adopted_by(body: bytes) -> str:
    """What an entry says that it repeats; "" for nearly all. `body` is a JSON object."""
    said = msgspec.json.decode(body).get("adopted", "")
    return said if isinstance(said, str) else ""
