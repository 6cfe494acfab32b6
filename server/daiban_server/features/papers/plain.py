"""From a document to what its template reads: text that can be set, pictures that can be drawn, codes made."""

import io
import unicodedata
from typing import Any

import msgspec
import segno
from PIL import Image

from .documents import Document
from .problems import PaperError

NO_TYPE = "〓"
"""Stands where there is no type for a character, as printers always did: it is seen, and can be corrected by pen."""
LARGEST = 2_000_000
"""A drawn signature's picture: most pixels, and most bytes."""

_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Mn"}


def plain(document: Document, known: frozenset[int]) -> dict[str, Any]:
    """The document as JSON values. Days are ISO texts, pictures lists of bytes, `qr` an SVG; `known` are the code
    points that there is type for. Raises `PaperError` (papers.picture, papers.code)."""
    values: dict[str, Any] = msgspec.to_builtins(document, builtin_types=(bytes,))
    content: dict[str, Any] = _plain(values, known)
    if link := values.get("qr"):
        content["qr"] = _code(link)
    return content


def _plain(value: Any, known: frozenset[int]) -> Any:
    if isinstance(value, str):
        return settable(value, known)
    if isinstance(value, bytes):
        return list(_picture(value))
    if isinstance(value, list | tuple):
        return [_plain(part, known) for part in value]
    if isinstance(value, dict):
        return {name: _plain(part, known) for name, part in value.items()}
    return value


def settable(text: str, known: frozenset[int]) -> str:
    """`text` without what no reader sees (controls, turns of direction), and a mark for each character without type."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return "".join(
        letter if letter == "\n" or ord(letter) in known else NO_TYPE
        for letter in lines
        if letter == "\n" or unicodedata.category(letter) not in _INVISIBLE
    )


def _picture(data: bytes) -> bytes:
    """A PNG drawn anew, so that the template gets nothing but pixels."""
    try:
        with Image.open(io.BytesIO(data), formats=["PNG"]) as image:
            if len(data) > LARGEST or image.width * image.height > LARGEST:
                raise PaperError("papers.picture", f"{len(data)} bytes, {image.width} × {image.height}")
            file = io.BytesIO()
            image.convert("RGBA").save(file, "PNG")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise PaperError("papers.picture", type(error).__name__) from None
    return file.getvalue()


def _code(text: str) -> str:
    """A QR code as SVG; correction M stands a thumb's print."""
    try:
        made = segno.make_qr(text, error="m")
    except segno.DataOverflowError:
        raise PaperError("papers.code", f"{len(text)} characters") from None
    file = io.BytesIO()
    made.save(file, kind="svg", border=1, omitsize=True)
    return file.getvalue().decode()
