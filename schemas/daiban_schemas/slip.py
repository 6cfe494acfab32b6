"""The collection slip (收件凭证): what a resident gets at the home, with no signal, and looks the case up by later."""

import hashlib

LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Thirty-two that are not taken for each other when they are read out."""
LENGTH = 8


def code_of(record: bytes) -> str:
    """The code that opens the look-up of a case: eight characters out of 32, made of the record's id, so that the phone
    at the home and the server know the same one without a word. A record's id has 74 random bits and is shown to no
    resident; the look-up counts wrong tries."""
    digest = hashlib.sha256(b"daiban look-up code 1\n" + record).digest()
    return "".join(LETTERS[byte % 32] for byte in digest[:LENGTH])


def slip_number(device: bytes, serial: int) -> str:
    """A slip's own number: of a device, in the order in which it wrote them. ``S-3F9A2C-117``. Two devices may share
    their last three bytes: number and code together name a case, never the number alone."""
    return f"S-{device[-3:].hex().upper()}-{serial}"
