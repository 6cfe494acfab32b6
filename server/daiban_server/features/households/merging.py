"""并户: of two records of one household one stays, and the other says into which it went.

Everything stays where it stands. What is shown and counted follows (`daiban_server.homes`), so that taking it back is
one act too, and whatever a phone hands in under the one that was merged appears at the one that stays.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select

from daiban_schemas import entry
from daiban_schemas.kinds.household import MERGED
from daiban_server import homes
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.keystore import ServerKeys
from daiban_server.spine import desk, log
from daiban_server.spine.desk import Clerk
from daiban_server.spine.effects import Asked, Effects
from daiban_server.spine.ledger import Ledger, Record
from daiban_server.spine.refusal import Refusal
from daiban_server.staff import by
from daiban_sync.view import View

_r = schema.record.c
_UNDER = (
    select(_r.kind, func.count())
    .where(_r.centre == bindparam("centre_id"), _r.parent.in_(homes.joined("home_id")), _r.deleted.is_(False))
    .group_by(_r.kind)
)
Fields = Mapping[str, Any]
MOST = 50
"""Households from which one may have been told apart."""


class Join(NamedTuple):
    """What is asked for: `record` goes into `into`, of which `values` are changed. `seen` are the positions of both as
    whoever asks had them in view."""

    record: bytes
    into: bytes
    reason: str
    seen: tuple[int, int]
    values: Mapping[str, Any]


# The commands ----------------------------------------------------------------------------------------------------


def merge(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Raises `Refusal`: ``household.itself``, ``household.merged``, ``household.told_apart``, ``record.unknown``,
    ``record.erased``."""
    into, reason = asked.arguments["into"], asked.arguments["reason"]
    other = yield from _other(ledger, asked.record, into, "into")
    if other.status == MERGED:
        raise Refusal("household.merged", ("into",))
    if (yield from told_apart(ledger, asked.record, other)):
        raise Refusal("household.told_apart", ("into",))
    told = {**(yield from by(ledger, asked)), "reason": reason}
    # Written before the rest follows: who answers for a household is asked of the records as they then stand.
    ledger.write_fields(asked.record, {"merged_into": into, "merged": told})
    return {}


def separate(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """It was another household after all; whatever stands under it was never moved."""
    yield from ()
    ledger.write_fields(asked.record, {"merged_into": None, "merged": None})
    return {}


def tell_apart(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Somebody looked: these are two. It is written down once, with either of them. Raises `Refusal` as `merge`, and
    ``household.too_many``."""
    other = yield from _other(ledger, asked.record, asked.arguments["other"], "other")
    if (yield from told_apart(ledger, asked.record, other)):
        return {}
    known = apart_from((yield from ledger.view(asked.record)).values)
    if len(known) >= MOST:
        raise Refusal("household.too_many")
    reason = {"reason": asked.arguments["reason"]} if "reason" in asked.arguments else {}
    made = {"household": other.id.hex(), **(yield from by(ledger, asked)), **reason}
    return {"not_same": [*known, made]}


def compare_again(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Look at two again that were told apart, whichever of them says so."""
    other = asked.arguments["other"]
    known = apart_from((yield from ledger.view(asked.record)).values)
    return {"not_same": [one for one in known if one.get("household") != other]}


def told_apart(ledger: Ledger, one: Record, other: Record) -> Program[bool]:
    """Whether somebody said of these two that they are not the same."""
    views = (yield from ledger.view(one)), (yield from ledger.view(other))
    return differ(*views)


def differ(one: View, other: View) -> bool:
    """As `told_apart`, of what is read of both."""
    pairs = ((one, other.record), (other, one.record))
    return any(told.get("household") == record for view, record in pairs for told in apart_from(view.values))


def apart_from(values: Fields) -> list[dict[str, Any]]:
    """From which others a household was told apart, by whom and when."""
    told = values.get("not_same")
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def _other(ledger: Ledger, record: Record, named: str, field: str) -> Program[Record]:
    """The other household. Of another centre nothing is known here."""
    id_ = bytes.fromhex(named)
    if id_ == record.id:
        raise Refusal("household.itself", (field,))
    yield from ledger.load([id_])
    other = ledger.records[id_]
    if other is None or other.kind != "household":
        raise Refusal("record.unknown", (field,))
    if "erased" in (yield from ledger.view(other)).values:
        raise Refusal("record.erased", (field,))
    return other


def under(centre: bytes, home: bytes) -> Program[dict[str, int]]:
    """How many records stand under a household, and under those that were merged into it, by kind."""
    return dict((yield from rows(_UNDER, centre_id=centre, home_id=home)))


# Asked for at a desk ----------------------------------------------------------------------------------------------


def join(wanted: Join, clerk: Clerk, keys: ServerKeys, effects: Effects, now: int, secret: bytes) -> Program[None]:
    """Change what stays and merge the other into it, in one batch. All of it happens or nothing.

    Raises `Refusal` as `merge` and the merge of changes do, and ``household.changed`` where somebody changed one of the
    two since they were seen.
    """
    yield from log.lock(clerk.centre)
    ledger = Ledger(clerk.centre, now, 0)
    yield from ledger.load([wanted.record, wanted.into])
    one, into = ledger.records[wanted.record], ledger.records[wanted.into]
    if one is None or into is None or {one.kind, into.kind} != {"household"}:
        raise Refusal("record.unknown")
    if one.status == MERGED:
        raise Refusal("household.merged")
    if (one.position, into.position) != wanted.seen:
        raise Refusal("household.changed")
    bodies = _bodies(wanted, (yield from ledger.view(into)), clerk.person.hex(), now)
    for outcome in (yield from desk.write(clerk, bodies, keys, effects, now, secret)):
        if outcome.outcome == "refused":
            # Nothing of the batch stays: this takes back the transaction.
            raise Refusal(outcome.code or "argument.invalid", outcome.fields)


def _bodies(wanted: Join, stays: View, by: str, now: int) -> list[bytes]:
    made = []
    if wanted.values:
        over = {name: stays.shown(name) for name in wanted.values if name in stays.conflicts}
        seen, into = stays.position, wanted.into.hex()
        made.append(entry.change(into, "household", wanted.values, seen=seen, over=over or None, at=now, by=by))
    arguments = {"into": wanted.into.hex(), "reason": wanted.reason}
    made.append(entry.command(wanted.record.hex(), "household", "merge", arguments, expected=None, at=now, by=by))
    return made
