"""Open tasks in words: what happened, and what to look at."""

from collections.abc import Sequence
from typing import NamedTuple

from daiban_schemas.kinds import KINDS
from daiban_schemas.problem import PROBLEMS
from daiban_server.console import words
from daiban_server.console.languages.spoken import say
from daiban_server.console.reading.book import Book, Subject
from daiban_server.console.words import Moment
from daiban_server.db.program import Program
from daiban_server.features.affairs.opinions import RATED
from daiban_server.features.tasks.reading import TaskAct, TaskOut, open_tasks
from daiban_server.permissions import may

LISTED = 20
PAGES = {"application": "cases", "household": "households", "visit": "visits", "opinion": "feedback"}
"""The pages of records, by kind."""
_ELSEWHERE = {"quarantine": "/quarantine", "retention": "/erasures"}
_OPENED_BY = {
    "cases": "case.read",
    "households": "household.read",
    "visits": "record.read",
    "feedback": "opinion.read",
    "devices": "device.read",
    "quarantine": "quarantine.read",
    "erasures": "erasure.read",
}
"""What somebody must be allowed who opens a page, by the first part of its address."""
_ACTS = {"asked": "请人看", "handed": "交给同事", "taken_back": "收回", "done": "办完了", "undone": "撤回办完"}


class Act(NamedTuple):
    """What somebody did about a task; `to` is "" unless it went to somebody."""

    label: str
    by: str
    to: str
    text: str
    at: Moment


class TaskLine(NamedTuple):
    """A task; `text` says what to look at, `where` is the page on which, "" for none of its own and for who may not
    open it. `mine`: it is the reader's."""

    id: str
    subject: Subject
    text: str
    where: str
    person: str
    created: Moment
    mine: bool
    closed: Moment | None
    acts: list[Act]

    @property
    def last(self) -> Act | None:
        """The last sentence that somebody wrote about it."""
        return next((act for act in reversed(self.acts) if act.text), None)


class Tasks(NamedTuple):
    """The oldest open tasks, and how many there are."""

    open: list[TaskLine]
    total: int


def tasks(book: Book) -> Program[Tasks]:
    """The centre's open tasks, oldest first; one's own before the others'."""
    found = yield from open_tasks(book.centre)
    found.sort(key=lambda one: one.person_id != book.reader.hex())
    return Tasks((yield from lines(found[:LISTED], book)), len(found))


def lines(found: Sequence[TaskOut], book: Book) -> Program[list[TaskLine]]:
    """Tasks in words; `book` then knows what they are about."""
    yield from book.read(bytes.fromhex(one.record) for one in found)
    return [_line(one, book) for one in found]


def _line(one: TaskOut, book: Book) -> TaskLine:
    return TaskLine(
        one.id,
        book.subject(bytes.fromhex(one.record)),
        _text(one, book),
        _where(one, book),
        one.person,
        words.moment(one.created, book.now),
        one.person_id == book.reader.hex(),
        words.moment(one.done_at, book.now) if one.done_at else None,
        [_act(act, book.now) for act in one.acts],
    )


def _act(one: TaskAct, now: int) -> Act:
    return Act(_ACTS.get(one.act, one.act), one.by, one.to, one.text, words.moment(one.at, now))


def _where(one: TaskOut, book: Book) -> str:
    """The page on which to look at it, for whoever may open it."""
    page = _page(one, book)
    return page if page and may(book.person(book.reader).role, _OPENED_BY[page.split("/")[1]]) else ""


def _page(one: TaskOut, book: Book) -> str:
    record = book.record(bytes.fromhex(one.record))
    if record is not None and record.kind in PAGES:
        return f"/{PAGES[record.kind]}/{one.record}"
    about = one.code.partition(".")[0]
    return f"/devices/{one.record}" if about == "device" else _ELSEWHERE.get(about, "")


def _text(one: TaskOut, book: Book) -> str:
    if one.code in PROBLEMS:
        return words.wrong(one.code)
    kind, _, name = one.code.partition(".")
    if one.code == RATED:
        return "有差评。请由经办人以外的人在一个工作日内打电话，整改后答复。"
    if name == "asked" and kind in KINDS:
        return say("请看一看这{0}。", KINDS[kind].label)
    report = KINDS[kind].reports.get(name) if kind in KINDS else None
    if report is None:
        return say("有一条“{0}”要看一看。", one.code)
    record = book.record(bytes.fromhex(one.record))
    state = KINDS[kind].states.get(record.status or "", "") if record else ""
    told = (KINDS[kind].label, report.label)
    if not state:
        return say("{0}报来“{1}”，状态没有变。请和报告人核对。", *told)
    return say("{0}报来“{1}”，那时状态没有变，现在是“{2}”。请和报告人核对。", *told, state)
