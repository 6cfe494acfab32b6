"""A look at a stored photo, in a process of its own that may fail without hurting anybody.

Pictures come from phones and may be anything: a bomb of a billion pixels, half a file, no picture at all.
The child reads one from standard input, with its memory, time and files limited by the kernel before the
first byte is decoded, looks at the pixel count in the header before it decodes, and writes one line of
JSON, then the thumbnail's bytes. Run by hand it is ``python -m daiban_server.features.photos.inspect < photo``.
"""

import asyncio
import io
import json
import resource
import sys
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from PIL import Image, ImageOps
from PIL.ExifTags import IFD, Base

from daiban_schemas.problem import PROBLEMS

from .grant import MAX_BYTES
from .problems import PhotoError

MAX_PIXELS = 50_000_000
THUMBNAIL = 48
"""Longer side of a thumbnail, in pixels: which paper it is can be seen, and not what stands in it, as nobody records
who saw it. On an identity card that fills the picture a digit is 2.6 of 85.6 mm wide, so one and a half pixels here."""

_MEMORY = 2**30
_CPU_SECONDS = 10
_WALL_SECONDS = 20.0
_ANSWER_BYTES = 2**20
_FORMATS = ("JPEG", "PNG", "WEBP")


class Inspection(NamedTuple):
    """What a photo is: `width` and `height` as a person sees it, and a JPEG `thumbnail` without metadata."""

    format: str
    width: int
    height: int
    has_location: bool
    thumbnail: bytes


class Inspector:
    """Looks at photos, at most `at_once` at a time: each may take a gigabyte and a core for ten seconds."""

    def __init__(self, at_once: int = 1, wall_seconds: float = _WALL_SECONDS) -> None:
        self._turn = asyncio.Semaphore(at_once)
        self._wall_seconds = wall_seconds

    async def look(self, photo: AsyncIterator[bytes]) -> Inspection:
        """Inspect the photo that comes in blocks, as `PhotoStore.read` gives it.

        Raises `PhotoError`: `photo.unreadable`, `photo.too_many_pixels` or `photo.too_hard`.
        """
        async with self._turn:
            child = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", __name__),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                limit=_ANSWER_BYTES,
            )
            try:
                async with asyncio.timeout(self._wall_seconds):
                    _, answer = await asyncio.gather(_feed(child, photo), _answer(child))
            except TimeoutError:
                raise PhotoError("photo.too_hard", "wall time") from None
            finally:
                await _end(child)
        return _inspection(answer)


async def _feed(child: asyncio.subprocess.Process, photo: AsyncIterator[bytes]) -> None:
    assert child.stdin is not None
    try:
        async for block in photo:
            child.stdin.write(block)
            await child.stdin.drain()
    except (BrokenPipeError, ConnectionResetError):
        pass  # it has seen enough, or died; its answer tells
    child.stdin.close()


async def _answer(child: asyncio.subprocess.Process) -> bytes:
    assert child.stdout is not None
    answer = bytearray()
    while block := await child.stdout.read(64 * 1024):
        answer += block
        if len(answer) > _ANSWER_BYTES:
            return b""
    return bytes(answer)


async def _end(child: asyncio.subprocess.Process) -> None:
    """Leave no child behind, whatever happened."""
    if child.returncode is None:
        try:
            await asyncio.wait_for(child.wait(), 1)
        except TimeoutError:
            child.kill()
            await child.wait()


def _inspection(answer: bytes) -> Inspection:
    line, _, thumbnail = answer.partition(b"\n")
    try:
        report = json.loads(line)
    except ValueError:  # it died in the middle, of the kernel's limits or of the picture
        raise PhotoError("photo.too_hard", "no answer") from None
    if "code" in report:
        raise PhotoError(report["code"] if report["code"] in PROBLEMS else "photo.too_hard")
    return Inspection(thumbnail=thumbnail, **report)


def _limit() -> None:
    for kind, most in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def _examine(data: bytes) -> tuple[dict[str, Any], bytes]:
    """The report and the thumbnail. Raises whatever a decoder raises."""
    with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
        width, height = image.size
        if width * height > MAX_PIXELS:
            raise Image.DecompressionBombError
        if image.getexif().get(Base.Orientation, 1) > 4:  # lies on its side
            width, height = height, width
        kind, located = image.format, _has_location(image)
        image.draft("RGB", (THUMBNAIL, THUMBNAIL))
        image.load()  # a file that ends too early says so here
        turned = ImageOps.exif_transpose(image)
    turned.thumbnail((THUMBNAIL, THUMBNAIL))
    canvas = Image.new("RGB", turned.size, "white")
    canvas.paste(turned.convert("RGB"))
    file = io.BytesIO()
    canvas.save(file, "JPEG", quality=80)
    report = {"format": kind, "width": width, "height": height, "has_location": located}
    return report, file.getvalue()


def _has_location(image: Image.Image) -> bool:
    xmp = image.info.get("xmp", b"")
    text = xmp if isinstance(xmp, bytes) else str(xmp).encode()
    return bool(image.getexif().get_ifd(IFD.GPSInfo)) or b"GPSLatitude" in text


def _main() -> None:
    _limit()
    thumbnail = b""
    try:
        report, thumbnail = _examine(sys.stdin.buffer.read(MAX_BYTES))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        report = {"code": "photo.too_many_pixels"}
    except MemoryError:
        report = {"code": "photo.too_hard"}
    except Exception:  # damaged files make decoders raise whatever they like
        report = {"code": "photo.unreadable"}
    sys.stdout.buffer.write(json.dumps(report).encode() + b"\n" + thumbnail)


if __name__ == "__main__":
    _main()
