"""Open tasks in words: what happened, and what to look at."""

from typing import NamedTuple

from daiban_schemas.kinds import KINDS
from daiban_schemas.problem import PROBLEMS
from daiban_server.console import words
from daiban_server.console.languages.spoken import say
from daiban_server.console.reading.book import Book, Subject
from daiban_server.console.words import Moment
from daiban_server.db.program import Program
from daiban_server.features.tasks.routes import TaskOut, open_tasks

LISTED = 20


class TaskLine(NamedTuple):
    """A task; `text` says what to look at, `where` is the page on which, "" for none of its own."""

    id: str
    subject: Subject
    text: str
    where: str
    person: str
    created: Moment


class Tasks(NamedTuple):
    """The oldest open tasks, and how many there are."""

    open: list[TaskLine]
    total: int


def tasks(book: Book) -> Program[Tasks]:
    """The centre's open tasks, oldest first."""
    found = yield from open_tasks(book.centre)
    listed = found[:LISTED]
    yield from book.read(bytes.fromhex(one.record) for one in listed)
    return Tasks([_line(one, book) for one in listed], len(found))


def _line(one: TaskOut, book: Book) -> TaskLine:
    record = bytes.fromhex(one.record)
    created = words.moment(one.created, book.now)
    return TaskLine(one.id, book.subject(record), _text(one, book), _where(one), one.person, created)


def _where(one: TaskOut) -> str:
    about = one.code.partition(".")[0]
    return {"quarantine": "/quarantine", "device": f"/devices/{one.record}", "retention": "/erasures"}.get(about, "")


def _text(one: TaskOut, book: Book) -> str:
    if one.code in PROBLEMS:
        return words.wrong(one.code)
    kind, _, name = one.code.partition(".")
    report = KINDS[kind].reports.get(name) if kind in KINDS else None
    if report is None:
        return say("有一条“{0}”要看一看。", one.code)
    record = book.record(bytes.fromhex(one.record))
    state = KINDS[kind].states.get(record.status or "", "") if record else ""
    told = (KINDS[kind].label, report.label)
    if not state:
        return say("{0}报来“{1}”，状态没有变。请和报告人核对。", *told)
    return say("{0}报来“{1}”，那时状态没有变，现在是“{2}”。请和报告人核对。", *told, state)
