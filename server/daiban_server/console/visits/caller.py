"""Who is on the telephone: a visit that was asked for, a case, or a household that has neither a visit nor a time."""

import secrets
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlencode

from daiban_schemas.kinds.visit import TIMED
from daiban_server.console.reading.book import Book, Subject
from daiban_server.console.visits import telling
from daiban_server.db.program import Program
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.spine.ledger import Record
from daiban_sync import ids


class Caller(NamedTuple):
    """A household and the visit that is talked about. `status` is "" for a visit of which nobody has asked yet: its id
    is made beforehand, so that a form that is sent twice makes one visit. `when` is its time, and `slot` how a form
    names it; "" for none."""

    visit: str
    status: str
    household: str
    case: str
    subject: Subject
    phone: str
    seen: int
    version: int | None
    when: str
    slot: str
    purpose: str
    own_windows: bool

    @property
    def again(self) -> bool:
        """Whether the household was promised a time: another one needs its consent."""
        return self.status in ("assigned", "accepted")

    @property
    def address(self) -> str:
        """Where the page of this call is."""
        named = {"visit": self.visit} if self.status else {"case": self.case} if self.case else {}
        return f"/visits/book?{urlencode(named or {'household': self.household})}"


def caller(given: Mapping[str, str], book: Book) -> Program[Caller]:
    """Who is meant by the ids of an address or a form. Raises `ProblemError`: ``record.unknown``."""
    visit = given.get("visit", "")
    if visit:
        id_ = checked_id(visit, "record.unknown")
        yield from book.read([id_])
        if (record := book.record(id_)) is not None:
            return _of_visit(record, book)
    named = given.get("case") or given.get("household") or ""
    id_ = checked_id(named, "record.unknown")
    yield from book.read([id_])
    record = book.record(id_)
    if record is None or record.deleted or record.kind not in ("application", "household"):
        raise ProblemError("record.unknown")
    case = id_.hex() if record.kind == "application" else ""
    home = book.text(id_, "household") if case else id_.hex()
    if not home:
        raise ProblemError("record.unknown")
    fresh = visit or ids.uuid7(book.now, secrets.token_bytes(10)).hex()
    phone = book.text(bytes.fromhex(home), "phone") or (book.text(id_, "phone") if case else "")
    return Caller(fresh, "", home, case, book.subject(id_), phone, 0, None, "", "", "", own_windows=False)


def _of_visit(record: Record, book: Book) -> Caller:
    view = book.view(record.id)
    if view is None or record.kind != "visit" or record.deleted:
        raise ProblemError("record.unknown")
    values, home = view.values, (record.parent or b"").hex()
    case = str(values.get("application") or "")
    phone = book.text(record.parent or b"", "phone") or (book.text(bytes.fromhex(case), "phone") if case else "")
    timed = record.status in TIMED and values.get("start")
    when = telling.when(values["start"], values["end"], book.now) if timed else ""
    return Caller(
        record.id.hex(),
        record.status or "",
        home,
        case,
        book.subject(record.id),
        phone,
        view.position,
        values.get("version"),
        when,
        f"{values['agent']}:{values['start']}" if timed else "",
        str(values.get("purpose") or ""),
        own_windows=bool(values.get("windows")),
    )
