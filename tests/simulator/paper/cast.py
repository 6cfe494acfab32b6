"""The cast of the first tier: five phones and four tabs of two centres, on paper."""

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from random import Random
from typing import Any

from daiban_sync.keyring import Keyring, ServerKey
from daiban_sync.keys import SoftwareKey
from daiban_sync.session import Trust
from tests.simulator.cast import PHONES, Cast, Clerk, Holder
from tests.simulator.paper.book import Member
from tests.simulator.paper.centre import RECEIPTS, ROOT, PaperCentre
from tests.simulator.paper.phone import PaperPhone

ORIGIN = b"hanbin district."
CENTRES = (("建民办事处", b"jianmin centre.."), ("五里镇", b"wuli centre....."))
PLACES = ([b"q", b"b"], [b"h", b"s"])
"""Villages, as the last byte of the ids of their records: 青山, 白河; 河湾, 石泉."""
TABS = (("赵敏", 0), ("赵敏's second tab", 0), ("钱伟", 0), ("吴丹", 1))


def _id(text: str) -> bytes:
    return sha256(text.encode()).digest()[:16]


_KEYS = {name: SoftwareKey(sha256(name.encode()).digest()) for _, name, _ in PHONES}
_DESK = SoftwareKey(bytes([3]) * 32)
_RING = Keyring(1, ORIGIN.hex(), 0, (ServerKey("receipt", RECEIPTS.public_key.hex()),))


def paper_cast(dice: Random) -> Cast:
    """Everybody, with a page size and villages by the dice."""
    centres = [
        PaperCentre(name, id_, Trust(ORIGIN, id_, b"", ROOT.public_key, _RING), _DESK, dice.choice((1, 2, 100)))
        for name, id_ in CENTRES
    ]
    # Not everybody is out every day: fewer people meet more often.
    out = [*PHONES[:2], *dice.sample(PHONES[2:], dice.randint(0, 3))]
    holders = [Holder(name, _id(name), _id(person), at) for person, name, at in out]
    for holder in holders:
        key, centre = _KEYS[holder.name], centres[holder.centre]
        centre.members[holder.device] = Member(holder.device, holder.person, holder.name, key.public_key, True, 1)
        centre.scope.setdefault(holder.person, frozenset(dice.sample(PLACES[holder.centre], dice.choice((1, 2, 2)))))
    clerks = []
    for name, at in TABS:
        desk = _id(f"desk {at}")
        clerks.append(Clerk(name, desk, _id(name), at))
        centres[at].members[desk] = Member(desk, _id(name), name, _DESK.public_key, False, 2)
    return Cast(
        centres,
        holders,
        clerks,
        [list(one) for one in PLACES],
        True,
        _record,
        _values,
        partial(_start, centres, holders),
    )


def _start(centres: list[PaperCentre], holders: list[Holder], now: Callable[[], int]) -> None:
    for centre in centres:
        centre.clock = now
    for holder in holders:
        trust = centres[holder.centre].trust._replace(device=holder.device)
        holder.phone = PaperPhone(
            *(holder.name, holder.device, holder.person, trust, _KEYS[holder.name]),
            clock=partial(_clock, holder, now),
        )


def _clock(holder: Holder, now: Callable[[], int]) -> int:
    return now() + holder.skew


def _record(centre: int, dice: Random) -> bytes:
    return dice.randbytes(15) + dice.choice(PLACES[centre])


def _values(centre: int, record: bytes, dice: Random) -> dict[str, Any]:
    return {"phone": f"1370{dice.randrange(10**7):07}", "address": f"{dice.randrange(100)}号"}
