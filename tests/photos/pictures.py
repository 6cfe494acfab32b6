"""Files that claim to be pictures: bombs, halves, and pictures with more in them than a picture."""

import io
import struct
import zlib
from functools import cache

from PIL import Image

from daiban_server.demo.photograph import photograph

taken = cache(photograph)
"""A photograph by its seed, drawn once."""


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few hundred bytes whose header promises `width` times `height` pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(100_000))), (b"IEND", b""))
    )


def jpeg(picture: Image.Image, quality: int = 92) -> bytes:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return file.getvalue()


def png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def segments(data: bytes) -> set[str]:
    """Names of the marker segments before a JPEG's pixels, such as APP1 for EXIF and XMP, COM for comments."""
    found, at = set(), 2
    while data[at + 1] != 0xDA:
        marker, length = data[at + 1], struct.unpack(">H", data[at + 2 : at + 4])[0]
        if 0xE0 <= marker <= 0xEF:
            found.add(f"APP{marker - 0xE0}")
        elif marker == 0xFE:
            found.add("COM")
        at += 2 + length
    return found


NOT_PICTURES = {
    "nothing": b"",
    "a letter": "尊敬的民政办".encode() * 100,
    "zeros": bytes(5000),
    "a JPEG's first bytes": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "a broken PNG": bomb(100, 100)[:60],
    "an SVG": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "a GIF": b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x00\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
}
