"""What an item demands of who brings a case, before the centre takes it on: a mandate on paper (须纸质委托书), the
person (须本人到场), two who went together (到场人数).

None of the three is for anybody to waive: the mandate and the person are the law's demand, two people are what makes a
visit to a poor home evidence. Who came to the counter in person needs none of them. What a relative of the applicant
verified does not count.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import bindparam, select

from daiban_schemas import mandate
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.cases.asking import Fields
from daiban_server.features.cases.empowered import empowered
from daiban_server.items import item_if_any
from daiban_server.kinship import relatives
from daiban_server.limits.calendar import local_day
from daiban_server.spine.effects import Asked, Effect
from daiban_server.spine.ledger import Ledger, Record
from daiban_server.spine.refusal import Refusal

_r = schema.record.c
_UNDER = select(_r.id).where(_r.centre == bindparam("centre_id"), _r.parent == bindparam("parent_id"))
_BEEN = frozenset({"started", "finished"})
"""States of a visit in which somebody has been at the home."""


def fulfilled(ledger: Ledger, record: Record, values: Fields, item: Fields) -> Program[None]:
    """Raises `Refusal`: ``mandate.not_on_paper``, ``person.not_seen``, ``crew.alone``."""
    if values.get("source") in (None, "counter"):
        return
    if item.get("paper_mandate_only") and not (yield from _mandate_on_paper(ledger, record)):
        raise Refusal("mandate.not_on_paper", ("mandate",))
    seen = [one for one in values.get("verifications") or () if one.get("by_id") not in relatives(values)]
    alone = item.get("crew") == 2 and values.get("source") == "home" and not _second(values, seen)
    if not alone and (not item.get("person_must_come") or seen):
        return
    visits = yield from _visits(ledger, record, values)
    if item.get("person_must_come") and not seen and not visits:
        raise Refusal("person.not_seen", ("verifications",))
    if alone and not any("、" in (visit.get("agent_name") or "") for visit in visits):
        raise Refusal("crew.alone", ("collected_with",))


def _second(values: Fields, seen: Iterable[Fields]) -> bool:
    """Whether a second person was named, at the collection or at a verification."""
    return bool(values.get("collected_with")) or any(one.get("with") for one in seen)


def _mandate_on_paper(ledger: Ledger, record: Record) -> Program[bool]:
    today = local_day(ledger.now).isoformat()
    mandates = yield from _under(ledger, record.id, "mandate")
    return any(
        signer.get("mark") == "paper"
        for status, values in mandates
        if mandate.stands(status, values, today)
        for signer in values.get("signers") or ()
    )


def mandated(effect: Effect) -> Effect:
    """A command that an agent gives in somebody's name: where mandates were given, one has to stand on the day that is
    believed of it, for him or for whom he acts in the place of, by a text, a sign and a witness that fit the item. What
    an agent reports is a fact and recorded all the same; who comes to the counter, or has a clerk act, needs no agent's
    power. Raises `Refusal`: ``mandate.not_standing``, ``mandate.other_agent``, ``mandate.text``, ``mandate.witness``,
    ``mandate.drawn``."""

    def given(ledger: Ledger, asked: Asked) -> Program[Fields]:
        if asked.incoming.role == "agent":
            yield from _check_mandates(ledger, asked)
        return (yield from effect(ledger, asked))

    return given


def _check_mandates(ledger: Ledger, asked: Asked) -> Program[None]:
    mandates = list((yield from _under(ledger, asked.record.id, "mandate")))
    day = local_day(asked.incoming.effective).isoformat()
    standing = [values for status, values in mandates if mandate.stands(status, values, day)]
    if mandates and not standing:
        raise Refusal("mandate.not_standing", ("mandate",))
    if not standing:
        return
    case = (yield from ledger.view(asked.record)).values
    standing = yield from _for_author(ledger, asked, case, standing)
    item = yield from item_if_any(ledger, case.get("item"))
    codes = [mandate.fault(values, item) for values in standing]
    if all(codes):
        raise Refusal(str(codes[0]), ("mandate",))


def _for_author(ledger: Ledger, asked: Asked, case: Fields, standing: Iterable[Fields]) -> Program[list[Fields]]:
    """Those mandates by which whoever acts may act. Raises `Refusal("mandate.other_agent")` where there is none."""
    found = []
    for values in standing:
        if (yield from empowered(ledger, asked, case, values)):
            found.append(values)
    if not found:
        raise Refusal("mandate.other_agent", ("mandate",))
    return found


def _visits(ledger: Ledger, record: Record, values: Fields) -> Program[list[Fields]]:
    """The visits to the case's home that took place and were for this case: those that name it, and the one on which it
    was collected, which was arranged for its item before there was a case."""
    if record.parent is None:
        return []
    visits = yield from _under(ledger, record.parent, "visit")
    return [visit for status, visit in visits if status in _BEEN and _for(visit, record, values)]


def _for(visit: Fields, record: Record, values: Fields) -> bool:
    if visit.get("application"):
        return bool(visit["application"] == record.id.hex())
    start, collected = visit.get("start"), values.get("started_at")
    if not start or not collected or visit.get("item") != values.get("item"):
        return False
    return local_day(start) == local_day(collected)


def _under(ledger: Ledger, parent: bytes, kind: str) -> Program[Iterable[tuple[str | None, Any]]]:
    """State and values of the records of a kind under another, those of this batch among them."""
    kept = [row[0] for row in (yield from rows(_UNDER, centre_id=ledger.centre, parent_id=parent))]
    here = [one.id for one in ledger.records.values() if one is not None]
    yield from ledger.load(kept)
    found = []
    for id_ in dict.fromkeys([*kept, *here]):
        record = ledger.records[id_]
        if record is not None and record.parent == parent and record.kind == kind and not record.deleted:
            found.append((record.status, (yield from ledger.view(record)).values))
    return found
