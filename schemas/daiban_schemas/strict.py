"""JSON that every language reads alike.

Beyond JSON itself (RFC 8259) nothing here is allowed on which parsers differ: duplicate keys, U+0000, lone
surrogates, integers beyond 2**53 - 1, deep nesting. Fast decoders do not see all of that, so bytes are checked
before they are believed: whatever encodes to the very bytes it was read from has no key twice; anything else is
looked at closely. Equal lengths would not do: ``1e15`` encodes longer than it was, and makes room for a second key.
"""

import json
import re
from typing import Any

import msgspec

DEPTH = 16
INTEGER = 2**53 - 1
TEXT = 20_000
_NUL = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")

_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_LONE = re.compile("[\ud800-\udfff]")

_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])
_objects = msgspec.json.Decoder(dict[str, Any])
_encode = msgspec.json.Encoder().encode


class StrictnessError(ValueError):
    """Bytes that are not strict JSON; the message says why and quotes nothing."""


def check_bytes(data: bytes) -> None:
    """Refuse what is wrong in the bytes of one or many JSON texts: UTF-8 and U+0000."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        raise StrictnessError("not UTF-8") from None
    if b"\\u0000" in data and _NUL.search(data):
        raise StrictnessError("U+0000 in a text")


def check_text(data: bytes) -> None:
    """Refuse one JSON text that is nested too deep or has suspicious numbers or escapes."""
    if data.count(b"[") + data.count(b"{") > DEPTH:
        _check_depth(data)
    if b"\\u" in data and _SURROGATE.search(data):
        _loaded(data)


def members(data: msgspec.Raw | bytes) -> dict[str, msgspec.Raw]:
    """An object's members, undecoded. Raises `StrictnessError` for anything else, duplicate keys included."""
    try:
        found = _fields.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise StrictnessError("not a JSON object") from None
    if _encode(found) != bytes(data):
        _loaded(bytes(data))  # not compact, or a key twice: look closely
    return found


def decoded(data: msgspec.Raw | bytes) -> dict[str, Any]:
    """An object's members with their values, in one pass. Raises `StrictnessError` as `members` does.

    Limits of single values are the matter of their types; values without one go through `check_value`.
    """
    try:
        found: dict[str, Any] = _objects.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise StrictnessError("not a JSON object") from None
    if _encode(found) != bytes(data):
        _loaded(bytes(data))
    return found


def plain(data: bytes | msgspec.Raw) -> Any:
    """The value of one JSON text, after every check. Slow; for values that are nested, unknown or odd."""
    value = _loaded(bytes(data))
    check_value(value)
    return value


def _loaded(data: bytes) -> Any:
    """The value of one JSON text whose form is right; its values' limits are another matter."""
    _check_depth(data)
    try:
        # Decoded here: given bytes, the library would guess at UTF-16 and let surrogates pass.
        value = json.loads(data.decode(), object_pairs_hook=_no_duplicates, parse_constant=_no_constants)
        if b"\\u" in data:
            json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise StrictnessError("a lone surrogate") from None
    except (ValueError, RecursionError) as error:
        raise StrictnessError(str(error) if isinstance(error, StrictnessError) else "not JSON") from None
    return value


def check_value(value: Any) -> None:
    """Refuse integers, floats and texts beyond the limits, at any depth."""
    if isinstance(value, str):
        if len(value) > TEXT:
            raise StrictnessError("a text is too long")
        if not value.isascii() and _LONE.search(value):
            raise StrictnessError("a lone surrogate")
        if "\x00" in value:
            raise StrictnessError("U+0000 in a text")
    elif isinstance(value, bool) or value is None:
        return
    elif isinstance(value, int | float):
        if not -INTEGER <= value <= INTEGER:
            raise StrictnessError("a number beyond 2**53 - 1")
    elif isinstance(value, dict):
        for key, part in value.items():
            check_value(key)
            check_value(part)
    else:
        for part in value:
            check_value(part)


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise StrictnessError("a key stands twice")
    return found


def _no_constants(name: str) -> None:
    raise StrictnessError(f"{name} is no JSON")


def _check_depth(data: bytes) -> None:
    depth = 0
    # Without escapes, a quotation mark is where a text begins or ends, and every second part stands outside of texts.
    outside = data.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2]
    for bracket in b"".join(outside).translate(None, _NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEPTH:
            raise StrictnessError("nested too deep")
