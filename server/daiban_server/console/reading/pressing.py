"""现在要办的: what waits for somebody now, in one order, each with the one thing to do about it.

What is over comes first, then what is due today, what is written in two ways, replies owed, visits whose household was
not told, phones to be let in or long silent, papers that came back, and notices to give. Of each sort the most urgent
few are listed, so that a bad week of one hides none of the others.
"""

import datetime
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from daiban_schemas.kinds import KINDS
from daiban_server.console import words
from daiban_server.console.languages.spoken import say
from daiban_server.console.reading.book import Book, Subject
from daiban_server.console.reading.disputes import Disputes
from daiban_server.console.reading.limits import NAMES
from daiban_server.console.reading.owing import Case, Owing
from daiban_server.console.reading.replies import Replies
from daiban_server.console.visits import telling
from daiban_server.console.words import Mark
from daiban_server.permissions import may
from daiban_sync.ids import NOBODY

EACH = 4
"""Lines of one sort."""
SOON = 3 * words.DAY
"""Milliseconds before its due time from which a reply is listed."""
SORTS = {
    "over": "已超期",
    "today": "今日到期",
    "dispute": "填写不一致",
    "reply": "待回复",
    "untold": "待告知的上门",
    "phone": "手机",
    "returned": "补正收齐的",
    "notice": "待告知",
}
"""In the order in which they are listed."""
_ACTS = {
    "notice": "notify",
    "accept": "accept",
    "complement": "complement",
    "promise": "complete",
    "statutory": "complete",
    "send_up": "send_up",
    "answer_above": "answered",
    "pause": "resume",
    "papers": "brought",
    "delivery": "delivered",
    "follow_up": "followed_up",
    "archive": "archive",
}
"""What meets a limit of a case, by the limit."""
_KIND = KINDS["application"]


class Pressing(NamedTuple):
    """Something that waits. `what` says what it is, `whose` who does it if that is somebody else; `at` is since or
    until when, "" if `mark` says it. `act` is the word at the link to `path`."""

    sort: str
    mark: Mark
    what: str
    subject: Subject
    whose: str
    at: str
    act: str
    path: str


class Now(NamedTuple):
    """What is listed, and how many more there are of each sort, by its name."""

    listed: list[Pressing]
    more: list[tuple[str, int]]


def now(role: str, book: Book, owing: Owing, disputes: Disputes | None, replies: Replies | None) -> Now:
    """What waits for whoever has `role`, out of what was read."""
    found = [*_cases(role, book, owing), *_visits(role, book, owing), *_phones(role, book, owing)]
    found += _disputes(disputes) if disputes and role in ("clerk", "head", "cadre") else []
    found += _replies(role, book, replies) if replies else []
    order = list(SORTS)
    found.sort(key=lambda one: order.index(one.sort))  # those of a sort come in order
    totals, listed = Counter(one.sort for one in found), list[Pressing]()
    for one in found:
        if sum(other.sort == one.sort for other in listed) < EACH:
            listed.append(one)
    return Now(listed, [(SORTS[sort], totals[sort] - EACH) for sort in order if totals[sort] > EACH])


# Each sort --------------------------------------------------------------------------------------------------------


def _cases(role: str, book: Book, owing: Owing) -> Iterable[Pressing]:
    """Limits and papers that came back, each case once: who does the first thing sees what is next."""
    today, seen = words.local(book.now).date().isoformat(), set[bytes]()
    for kind, due, case in owing.limits:
        if case.id not in seen:
            seen.add(case.id)
            sort = "over" if due < today else "today" if due == today else "notice"
            at = say("最迟 {0}", words.date(datetime.date.fromisoformat(due), words.local(book.now).date()))
            yield _case(role, book, case, sort, words.due_day(due, book.now), NAMES[kind], at, _ACTS[kind])
    for since, case in owing.returned:
        if case.id not in seen:
            at = words.moment(since, book.now).said
            yield _case(role, book, case, "returned", Mark("材料补来了", "three"), "等着受理", at, "accept")


def _case(role: str, book: Book, case: Case, sort: str, mark: Mark, what: str, at: str, act: str) -> Pressing:
    subject = Subject(case.who, book.places.get(case.place, ""), case.item)
    whose = "" if case.handler in (NOBODY, book.reader) else book.person(case.handler).name
    path = f"/cases/{case.id.hex()}"
    if role not in _KIND.commands["accept"].roles:
        return Pressing(sort, mark, what, subject, whose, at, "看这件", path)
    label = _KIND.commands[act].label if act in _KIND.commands else _KIND.reports[act].label
    return Pressing(sort, mark, what, subject, whose, at, label, f"{path}?act={act}#act-{act}")


def _disputes(disputes: Disputes) -> Iterable[Pressing]:
    for one in disputes.listed:
        mark = Mark(say("{0} 种写法", len(one.values)), "diamond")
        at = one.values[0].written.said
        yield Pressing("dispute", mark, one.what.label, one.subject, "", at, "定下来", f"#{one.id}")


def _replies(role: str, book: Book, replies: Replies) -> Iterable[Pressing]:
    for one in replies.open:
        if one.due_at > book.now + SOON:
            return
        whose = one.cadre.name if role != "cadre" and not one.nobody else ""
        path, act = f"/households/{one.household}?case={one.case}#reply", "写回复"
        if not may(role, "household.read"):
            path, act = (f"tel:{one.cadre.phone}", "打电话") if one.cadre.phone else (f"/cases/{one.case}", "看这件")
        yield Pressing("reply", one.mark, "定期回复", one.subject, whose, say("最迟 {0}", one.due.exact), act, path)


def _visits(role: str, book: Book, owing: Owing) -> Iterable[Pressing]:
    if role not in KINDS["visit"].commands["confirm"].roles:
        return
    for visit, start, end in owing.untold:
        at, subject = telling.when(start, end, book.now), book.subject(visit)
        path = f"/visits/{visit.hex()}#tell"
        yield Pressing("untold", words.VISIT["proposed"], "上门时间", subject, "", at, "打电话告知", path)


def _phones(role: str, book: Book, owing: Owing) -> Iterable[Pressing]:
    if may(role, "device.approve"):
        for device, who in owing.pending:
            mark, path = words.DEVICE["pending"], f"/devices/{device}"
            yield Pressing("phone", mark, "新手机", Subject(who, "", ""), "", "", "核对并审核", path)
    if may(role, "device.read"):
        for one in owing.silent:
            mark = Mark(say("{0}没有联系", words.span(book.now - one.heard)), "half")
            path, act = (f"tel:{one.phone}", "打电话") if one.phone else (f"/devices/{one.device.hex()}", "看这台手机")
            at = say("上次联系 {0}", words.moment(one.heard, book.now).said)
            yield Pressing("phone", mark, one.name, Subject(one.who, "", ""), one.phone, at, act, path)
