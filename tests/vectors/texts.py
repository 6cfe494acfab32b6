"""Entries that are read and entries that are refused, byte by byte."""

import json
from typing import Any

from daiban_schemas import entry, strict
from daiban_schemas.strict import StrictnessError
from tests.vectors import cast

_HEAD = f'"record":"{cast.HOUSEHOLD.hex()}","kind":"household",'
_NOTE = '"fields":{"note":"a"}'
_DEEP = "[" * 14 + "]" * 14

ACCEPTED = {
    "a change": _NOTE + ',"seen":7,"over":{"note":[5,6]},"at":1795568400000',
    "defaults": _NOTE,
    "an empty list in over": _NOTE + ',"over":{"note":[]}',
    "over names a field that is not written": _NOTE + ',"over":{"phone":[5]}',
    "a command": '"command":"submit","expected":0,"at":1',
    "a command with arguments": '"command":"refuse","arguments":{"reason":"缺材料"},"at":1',
    "a report": '"report":"collected","facts":{"papers":["户口簿"]},"at":1',
    "an unknown member": _NOTE + ',"mood":{"calm":true}',
    "an unknown field": '"fields":{"newer.field_2":[1,null,0.5]}',
    "spaces and another order": ' "at" : 1 ,\n\t"fields" : { "note" : "a" } ',
    "escaped names": '"fields":{"n\\u006fte":"\\u0061"},"\\u0061t":1',
    "a surrogate pair": '"fields":{"note":"\\ud83d\\ude00"}',
    "a backslash before u0000": '"fields":{"note":"\\\\u0000"}',
    "a delete character": '"fields":{"note":"\u007f"}',
    "brackets in a text": '"fields":{"note":"' + "[{" * 20 + '"}',
    "sixteen levels": f'"fields":{{"note":{_DEEP}}}',
    "the largest integers": '"fields":{"a":9007199254740991,"b":-9007199254740991}',
    "fractions": '"fields":{"a":0.5,"b":1e3,"c":-0}',
    "the longest name": '"fields":{"' + "n" * 64 + '":1}',
    "a negative time": _NOTE + ',"at":-1',
}
REFUSED = {
    "a field twice": '"fields":{"note":"a","note":"b"}',
    "a field twice by an escape": '"fields":{"note":"a","n\\u006fte":"b"}',
    "a member twice": _NOTE + "," + _NOTE,
    "a key twice deep in a field": '"fields":{"note":{"x":1,"x":1}}',
    "a key twice in an unknown member": _NOTE + ',"newer":{"x":1,"x":1}',
    "a key twice in over": _NOTE + ',"over":{"note":[1],"note":[2]}',
    "a NUL": '"fields":{"note":"a\\u0000"}',
    "a raw control character": '"fields":{"note":"a\u0001"}',
    "a lone surrogate": '"fields":{"note":"\\ud800"}',
    "surrogates the wrong way round": '"fields":{"note":"\\udc00\\ud800"}',
    "seventeen levels": f'"fields":{{"note":[{_DEEP}]}}',
    "no fields": '"fields":{}',
    "fields that are no object": '"fields":[1]',
    "a field's name with a capital": '"fields":{"Note":1}',
    "a field's name that begins with a digit": '"fields":{"1st":1}',
    "a name of 65 characters": '"fields":{"' + "n" * 65 + '":1}',
    "257 fields": '"fields":{' + ",".join(f'"f{n}":1' for n in range(257)) + "}",
    "65 positions in over": _NOTE + ',"over":{"note":[' + ",".join("1" for _ in range(65)) + "]}",
    "a position with a fraction": _NOTE + ',"over":{"note":[1.5]}',
    "over with null": _NOTE + ',"over":null',
    "seen below zero": _NOTE + ',"seen":-1',
    "seen as a fraction": _NOTE + ',"seen":1.0',
    "seen beyond 2**53 - 1": _NOTE + ',"seen":9007199254740992',
    "a number beyond 2**53 - 1 in an unknown member": _NOTE + ',"newer":[9007199254740992]',
    "a number beyond 2**53 - 1 in arguments": '"command":"accept","arguments":{"days":9007199254740992}',
    "infinity": '"fields":{"note":1e999}',
    "not a number": '"fields":{"note":NaN}',
    "a leading zero": '"fields":{"note":01}',
    "a comma too many": '"fields":{"note":1,}',
    "a change and a command": _NOTE + ',"command":"submit"',
    "neither change, command nor report": '"at":1',
    "a command that is null": '"command":null',
    "expected is null": '"command":"submit","expected":null',
}
_BYTES = {
    "a byte order mark": b"\xef\xbb\xbf{" + (_HEAD + _NOTE).encode() + b"}",
    "UTF-16": ("{" + _HEAD + _NOTE + "}").encode("utf-16"),
    "bytes that are no UTF-8": b"{" + _HEAD.encode() + b'"fields":{"note":"\xff"}}',
    "a surrogate in UTF-8": b"{" + _HEAD.encode() + b'"fields":{"note":"\xed\xa0\x80"}}',
    "something behind the end": b"{" + (_HEAD + _NOTE).encode() + b"}{}",
    "an id in capitals": b'{"record":"' + b"AB" * 16 + b'","kind":"household","fields":{"note":1}}',
    "no kind": b'{"record":"' + cast.HOUSEHOLD.hex().encode() + b'","fields":{"note":1}}',
    "a list": b"[]",
    "nothing": b"",
}


def entries() -> dict[str, Any]:
    """Entries of the page, and the lists."""
    refused = {why: _whole(members) for why, members in REFUSED.items()} | _BYTES
    return {
        "about": "entries in UTF-8, in hexadecimal: each of `accepted` is read as the values beside it, each of "
        "`refused` refuses its whole request with entry.malformed",
        "examples": {
            "created": cast.CREATED.decode(),
            "edited": cast.EDITED.decode(),
            "command": cast.ASKED.decode(),
            "report": cast.REPORTED.decode(),
        },
        "accepted": [{"why": why, **_read(_whole(members))} for why, members in ACCEPTED.items()],
        "refused": [{"why": why, "entry": _refuse(body).hex()} for why, body in refused.items()],
    }


def _whole(members: str) -> bytes:
    return f"{{{_HEAD}{members}}}".encode()


def take(body: bytes) -> entry.Entry:
    """An entry as the server reads it. Raises `StrictnessError`."""
    strict.check_bytes(body)
    made = entry.decode(body)
    if made.action == "change":
        entry.field_names(entry.values_of(made))
    return made


def _read(body: bytes) -> dict[str, Any]:
    made = take(body)
    return {
        "entry": body.hex(),
        "action": made.action,
        "seen": made.seen,
        "at": made.at,
        "value": json.loads(body),
    }


def _refuse(body: bytes) -> bytes:
    try:
        take(body)
    except StrictnessError:
        return body
    raise AssertionError("this entry is read")
