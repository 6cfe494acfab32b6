"""A photo made ready to leave the home: upright, of a set size, with nothing in it but the picture.

EXIF, place, XMP, embedded thumbnails, comments and colour profiles do not survive: the pixels are painted
onto a fresh picture, and that is what is hashed and sent.
"""

import hashlib
import io
from typing import BinaryIO, NamedTuple

from PIL import Image, ImageOps

from daiban_client_sdk.usability import Finding, judge

_FORMATS = ("JPEG", "PNG", "WEBP")
_BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class Settings(NamedTuple):
    """`longest` side in pixels after scaling, JPEG `quality` 1 to 95, and `max_pixels` before decoding."""

    longest: int = 2600
    quality: int = 85
    max_pixels: int = 70_000_000


class Prepared(NamedTuple):
    """A JPEG, its SHA-256, its size in pixels, and what a person should know before leaving the home."""

    data: bytes
    digest: bytes
    width: int
    height: int
    findings: tuple[Finding, ...]

    @property
    def usable(self) -> bool:
        """Whether nothing asks for the photo to be taken again."""
        return not any(finding.serious for finding in self.findings)


class ImageError(Exception):
    """The file cannot be taken: `code` is stable, `advice` is for the agent. Nothing was changed."""

    def __init__(self, code: str, advice: str) -> None:
        super().__init__(code)
        self.code, self.advice = code, advice


def prepare(source: BinaryIO, settings: Settings | None = None) -> Prepared:
    """Make a JPEG, PNG or WebP ready to be saved, hashed and sent. About half a second for 12 megapixels.

    Raises `ImageError("photo.unreadable")` for anything that is not a whole picture, and
    `ImageError("photo.too_many_pixels")` before decoding one beyond `max_pixels`.
    """
    settings = settings or Settings()
    try:
        picture, longest = _read(source, settings)
    except _BOMBS as error:
        raise _too_many(settings) from error
    except ImageError:
        raise
    except Exception as error:  # a damaged file makes decoders raise whatever they like
        raise ImageError("photo.unreadable", "照片打不开，文件可能不完整，请重拍一张") from error
    picture.thumbnail((settings.longest, settings.longest), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=settings.quality, optimize=True)
    data = file.getvalue()
    return Prepared(data, hashlib.sha256(data).digest(), *picture.size, judge(picture, longest))


def _read(source: BinaryIO, settings: Settings) -> tuple[Image.Image, int]:
    """The upright picture on a fresh canvas, perhaps already smaller, and the longer side it was taken with."""
    with Image.open(source, formats=_FORMATS) as image:
        width, height = image.size
        if width * height > settings.max_pixels:
            raise _too_many(settings)
        image.draft("RGB", (settings.longest, settings.longest))  # JPEG can be decoded smaller
        upright = ImageOps.exif_transpose(image)
        canvas = Image.new("RGB", upright.size, "white")
        if upright.has_transparency_data:
            upright = upright.convert("RGBA")
            canvas.paste(upright, mask=upright.getchannel("A"))
        else:
            canvas.paste(upright.convert("RGB"))
    return canvas, max(width, height)


def _too_many(settings: Settings) -> ImageError:
    limit = settings.max_pixels // 10_000
    return ImageError("photo.too_many_pixels", f"照片像素太多，超过 {limit} 万，请用普通拍照模式重拍")
