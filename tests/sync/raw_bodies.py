"""Bodies put together by hand, and how they are refused."""

import zlib
from collections.abc import Callable

import pytest

from daiban_sync.dictionary import DICTIONARIES, NEWEST
from daiban_sync.errors import WireError
from daiban_sync.frames import split


def code_of(read: Callable[[bytes], object], body: bytes) -> str:
    with pytest.raises(WireError) as error:
        read(body)
    return error.value.code


def deflated(data: bytes, dictionary: int = NEWEST) -> bytes:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=DICTIONARIES[NEWEST])
    return bytes([dictionary]) + squeeze.compress(data) + squeeze.flush()


def frames_of(body: bytes) -> list[tuple[int, bytes]]:
    return list(split(body))
