"""Every way to damage signed bytes a little."""

from collections.abc import Callable, Iterator

from daiban_sync.errors import SignatureError, WireError


def flips(data: bytes) -> Iterator[bytes]:
    """Every byte changed, in its lowest bit and in its highest."""
    for at, byte in enumerate(data):
        for bit in (0x01, 0x80):
            yield data[:at] + bytes([byte ^ bit]) + data[at + 1 :]


def refused(read: Callable[[bytes], object], data: bytes) -> bool:
    """Whether reading says no, and says it in the one way that callers expect."""
    try:
        read(data)
    except (WireError, SignatureError):
        return True
    return False
