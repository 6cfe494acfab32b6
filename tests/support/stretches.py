"""History as a database has it, read row by row with nothing of the server's code: whoever audits need not load it."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

STRETCHES = "SELECT position, device, number, author, authority, chained, facts, bodies FROM history WHERE centre = ?"
"""All stretches of a centre, as `spelt` takes them."""


class Kept(NamedTuple):
    """One entry of history."""

    position: int
    device: bytes
    number: int
    author: bytes
    authority: int
    chained: bool
    effective: int
    outcome: int
    record: bytes
    body: bytes


def spelt(stretches: Iterable[Any]) -> Iterator[Kept]:
    """The entries of stretches, one by one."""
    for position, device, number, author, authority, chained, facts, bodies in stretches:
        told = zip(msgspec.msgpack.decode(facts), msgspec.msgpack.decode(bodies), strict=True)
        for n, ((effective, outcome, record), body) in enumerate(told):
            yield Kept(
                position + n, device, number + n, author, authority, bool(chained), effective, outcome, record, body
            )
