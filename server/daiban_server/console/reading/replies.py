"""Replies that cadres owe, as far as the signed-in person may see them, and those that came lately."""

from typing import NamedTuple

from daiban_server.console import words
from daiban_server.console.reading.book import Book, Person, Subject
from daiban_server.console.words import Mark, Moment
from daiban_server.db.program import Program
from daiban_server.features.replies.routes import ObligationOut, owed
from daiban_server.http.session import SignedIn
from daiban_sync.ids import NOBODY

OPEN, ANSWERED = 20, 6
"""Replies that are listed."""
_LATELY = 7 * words.DAY


class ReplyLine(NamedTuple):
    """A reply that is or was owed; `written` and `received` are of the reply that met it. `nobody` says that no cadre
    answers for the household; `written_by` wrote it on his behalf, if that is not "". `phone` is the household's."""

    case: str
    household: str
    subject: Subject
    phone: str
    cadre: Person
    nobody: bool
    due: Moment
    due_at: int
    mark: Mark
    written: Moment | None
    received: Moment | None
    written_by: str


class Replies(NamedTuple):
    """Open ones by due time, then those of the last seven days; `overdue` and `total` count all open ones."""

    open: list[ReplyLine]
    answered: list[ReplyLine]
    total: int
    overdue: int


def replies(session: SignedIn, book: Book) -> Program[Replies]:
    """The replies that `session` may see."""
    found = yield from owed(session)
    waiting = [one for one in found if one.reply is None and one.state != "lapsed"]
    lately = [one for one in found if one.reply is not None and (one.received_at or 0) > book.now - _LATELY]
    lately = sorted(lately, key=lambda one: one.received_at or 0, reverse=True)[:ANSWERED]
    listed = [*waiting[:OPEN], *lately]
    yield from book.read(bytes.fromhex(id_) for one in listed for id_ in (one.application, one.household))
    return Replies(
        [line(one, book) for one in waiting[:OPEN]],
        [line(one, book) for one in lately],
        len(waiting),
        sum(one.due < book.now for one in waiting),
    )


def line(one: ObligationOut, book: Book) -> ReplyLine:
    """A line of a reply; `book` has read its application and household."""
    return ReplyLine(
        one.application,
        one.household,
        book.subject(bytes.fromhex(one.application)),
        book.text(bytes.fromhex(one.household), "phone"),
        book.person(one.cadre),
        bytes.fromhex(one.cadre) == NOBODY,
        words.moment(one.due, book.now),
        one.due,
        words.answered(one.state, one.due, book.now, one.reply is not None),
        words.moment(one.met_at, book.now) if one.met_at else None,
        words.moment(one.received_at, book.now) if one.received_at else None,
        one.written_by,
    )
