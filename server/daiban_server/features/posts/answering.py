"""What somebody answers for beside cases: receptions that have no answer yet, and opinions that he owes one. There is
always exactly one who does (首问负责): who leaves hands them over by name; who is away keeps them, and the other sees
them."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from daiban_server.concerned import answerer, concerned
from daiban_server.db.program import Program
from daiban_server.features.posts import open_work
from daiban_server.features.posts.cases import Hands
from daiban_server.features.posts.open_work import Answer
from daiban_server.outbound import queue
from daiban_server.spine.ledger import Ledger, Record
from daiban_server.spine.refusal import Refusal

Fields = Mapping[str, Any]
MOST = 50
"""Handovers that a record remembers."""


class Answers(NamedTuple):
    """What is handed over. `opinions` come with who answers each from now on, by id and name: None where that stays
    who it is, or where there is nobody else whom it is not about."""

    receptions: list[Answer]
    opinions: list[tuple[Answer, tuple[bytes, str] | None]]

    @property
    def unfit(self) -> int:
        """Opinions that the one who takes over may not answer."""
        return sum(to is None for _, to in self.opinions)


def found(ledger: Ledger, giver: bytes, taker: tuple[bytes, str]) -> Program[Answers]:
    """What somebody answers for, and who would instead of him: the other, or of what is about that one, the nearest
    above."""
    opinions = []
    for one in (yield from open_work.opinions(ledger.centre, giver)):
        about = yield from _about(ledger, one)
        opinions.append((one, None if taker[0] in about else taker))
    return Answers((yield from open_work.receptions(ledger.centre, giver)), opinions)


def for_good(ledger: Ledger, giver: bytes, answers: Answers) -> Program[Answers]:
    """Find for each opinion that the other may not answer somebody above who may. Raises `Refusal`:
    ``handover.opinion``."""
    named: list[tuple[Answer, tuple[bytes, str] | None]] = []
    for one, to in answers.opinions:
        chosen = to or (yield from answerer(ledger, {giver, *(yield from _about(ledger, one))}))
        if chosen is None:
            raise Refusal("handover.opinion", ("to",))
        named.append((one, chosen))
    return answers._replace(opinions=named)


def hand_over(ledger: Ledger, hands: Hands, answers: Answers) -> Program[None]:
    """Write into each record who answers for it from now on, and how that came."""
    for one in answers.receptions:
        if record := (yield from _record(ledger, one)):
            yield from _write(
                ledger, record, hands, "owner", "owner_id", (bytes.fromhex(hands.taker), hands.taker_name)
            )
    for one, to in answers.opinions:
        record = yield from _record(ledger, one)
        if record and to:
            yield from _write(ledger, record, hands, "answerer_name", "answerer", to)
            yield from _owed(ledger, record, one, to[0])


def note(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """As a handover's note keeps them, which everybody of the centre reads: numbers and days."""
    return [one.noted() for one in answers][: open_work.MOST]


def _about(ledger: Ledger, one: Answer) -> Program[set[bytes]]:
    record = yield from _record(ledger, one)
    return (yield from concerned(ledger, (yield from ledger.view(record)).values)) if record else set()


def _record(ledger: Ledger, one: Answer) -> Program[Record | None]:
    yield from ledger.load([one.id])
    return ledger.records[one.id]


def _write(ledger: Ledger, record: Record, hands: Hands, name: str, id_: str, to: tuple[bytes, str]) -> Program[None]:
    before = (yield from ledger.view(record)).values.get("handovers") or ()
    ids = {"from_id": hands.giver, "to_id": to[0].hex(), "by_id": hands.author.hex()}
    made = {"from": hands.giver_name, "to": to[1], **ids, "reason": hands.reason, "at": ledger.now}
    ledger.write_fields(record, {name: to[1], id_: to[0].hex(), "handovers": [*before, made][-MOST:]})


def _owed(ledger: Ledger, record: Record, one: Answer, who: bytes) -> Program[None]:
    due = datetime.date.fromisoformat(one.due) if one.due else None
    by = f"最迟于{due.month}月{due.day}日" if due else "尽快"
    text = f"{one.number} 号意见反映由您接手，请{by}答复。"
    key = f"opinion/{record.id.hex()}/{ledger.now}"
    about = yield from _about(ledger, one)
    yield from queue.tell(
        ledger.centre, who, "opinion.owed", text, ledger.now, key=key, record=record.id, without=about
    )
