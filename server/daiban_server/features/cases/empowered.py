"""Whom a mandate empowers: the agent whose name was signed, and who does his work by a recorded handover.

A mandate names its agent by name, as the resident read it. Of two agents of one name it tells neither from the other.
Who stands in for the named one (顶岗), whom he left his work to, and to whom the case was handed over by name act in
his place: that there is always someone is the centre's duty, and every such handover stands in the books. Anybody else,
though he answers for the same village, needs a mandate of his own.
"""

from typing import Any

from sqlalchemy import bindparam, func, select

from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.cases.asking import Fields
from daiban_server.spine.effects import Asked
from daiban_server.spine.ledger import Ledger
from daiban_server.staff import stand_ins, successor

_p = schema.person.c
_unspaced = func.replace(func.replace(_p.name, " ", ""), "\u3000", "")
_NAMED = select(_p.id).where(_p.centre == bindparam("centre_id"), _unspaced == bindparam("wanted_name")).order_by(_p.id)


def empowered(ledger: Ledger, asked: Asked, case: Fields, mandate: Fields) -> Program[bool]:
    """Whether whoever acts is the mandate's agent or acts in his place, at the time that is believed of it."""
    author, at = asked.incoming.author, asked.incoming.effective
    name = _plain(mandate.get("agent"))
    named = [row[0] for row in (yield from rows(_NAMED, centre_id=ledger.centre, wanted_name=name))]
    if author in named or _handed_to(author.hex(), name, case):
        return True
    for one in named:
        if any(other.id == author for other in (yield from stand_ins(one, at))):
            return True
        if (yield from successor(one, ledger.now)) == author:
            return True
    return False


def _plain(name: Any) -> str:
    """A name without the spaces by which forms stretch one of two characters."""
    return "".join(str(name or "").split())


def _handed_to(author: str, name: str, case: Fields) -> bool:
    """Whether the case came to the author from the one of that name, hand by hand, and is with him."""
    if author not in (case.get("owner_id"), case.get("handler_id")):
        return False
    came: set[Any] = set()
    for one in case.get("handovers") or ():
        if _plain(one.get("from")) == name or one.get("from_id") in came:
            came.add(one.get("to_id"))
    return author in came
