"""A colleague's reply is kept and shown, but is not the cadre's: both are told, each once. One that was given in his
name is his, so he is told of it."""

from collections.abc import Iterable

from daiban_server.db.program import Program
from daiban_server.limits.calendar import local_day
from daiban_server.outbound import queue
from daiban_server.spine.ledger import Ledger, Record
from daiban_server.staff import person
from daiban_sync.ids import NOBODY


def not_counted(ledger: Ledger, record: Record, author: bytes, owed: Iterable[tuple[bytes, int]]) -> Program[None]:
    """Tell who wrote it that it meets nothing, and the cadres (each with the due time that he still has) that what they
    owe is owed still. What nobody owes is told to nobody."""
    first: dict[bytes, int] = {}
    for cadre, due in owed:
        first.setdefault(cadre, due)
    first = {cadre: due for cadre, due in first.items() if cadre not in (author, NOBODY)}
    if not first:
        return
    family, writer = (yield from _family(ledger, record)), (yield from _name(author))
    names = []
    for cadre, due in first.items():
        names.append((yield from _name(cadre)))
        day = local_day(due)
        text = f"{writer}登记了对{family}家的回复，不计入您的定期回复，仍请最迟于{day.month}月{day.day}日回复。"
        yield from _tell(ledger, record, cadre, "reply.by_another", text)
    text = (
        f"您对{family}家的回复已登记。该户的定期回复由{'、'.join(names)}负责，这条不计入；"
        "如系代其回复，请在这条里补填“代包联干部回复”。"
    )
    yield from _tell(ledger, record, author, "reply.not_counted", text)


def in_his_name(ledger: Ledger, record: Record, author: bytes, cadre: bytes) -> Program[None]:
    """Tell the cadre what was counted as his though another wrote it: nobody else knows whether he asked for that."""
    if author == cadre:
        return
    family, writer = (yield from _family(ledger, record)), (yield from _name(author))
    text = f"{writer}代您登记了对{family}家的回复，已计入您的定期回复；如与实情不符，请向中心负责人反映。"
    yield from _tell(ledger, record, cadre, "reply.on_behalf", text)


def _tell(ledger: Ledger, record: Record, who: bytes, code: str, text: str) -> Program[None]:
    key = f"{code}/{record.id.hex()}"
    yield from queue.tell(ledger.centre, who, code, text, ledger.now, key=key, record=record.id)


def _family(ledger: Ledger, record: Record) -> Program[str]:
    home = ledger.records.get(record.parent or NOBODY)
    return str((yield from ledger.view(home)).values.get("head") or "") if home else ""


def _name(id_: bytes) -> Program[str]:
    who = yield from person(id_)
    return who.name if who else ""
