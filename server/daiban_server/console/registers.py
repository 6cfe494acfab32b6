"""登记簿: what the printed registers say, on the screen, day by day."""

import datetime
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from litestar import get
from litestar.response import Template

from daiban_server.console import words
from daiban_server.console.languages.retelling import retold
from daiban_server.console.languages.spoken import say
from daiban_server.console.pages import Asked, show
from daiban_server.db.program import Program
from daiban_server.features.cases.routes import names_of_registers
from daiban_server.features.papers.documents import CaseRow, CategoryRegister, OpinionRegister, OpinionRow, Register
from daiban_server.features.papers.documents import VisitorRow as Visitor
from daiban_server.features.papers.render import MOST
from daiban_server.http.problems import ProblemError, checked_day
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.printing.register_pages import pages, titled
from daiban_server.registers import OPINIONS, VISITORS
from daiban_server.services import GivenServices
from daiban_server.spine.refusal import Refusal

LONGEST = 40
"""Characters of a register's name that are looked at."""
MOST_DAYS = 62
"""Days on one page; the printed book takes `MOST` that have a page."""
Span = tuple[datetime.date, datetime.date]
"""The first day and the last."""
_ONE = datetime.timedelta(days=1)
_VISITORS = ("来访日期", "来访人", "所在村", "来访事由", "当场答复", "首问责任人", "电话")
_CASES = ("办件编号", "申请人", "所在村", "事项", "办理方式", "经办人", "期限", "办结", "结果")
_OPINIONS = ("编号", "渠道", "意见", "留名", "答复人", "答复期限", "答复", "整改")


class Day(NamedTuple):
    """One day of a register: its lines in the order of their numbers, none on a day on which nobody came."""

    title: str
    lines: list[tuple[int, list[str]]]


@get("/registers", opt={"action": "register.read"})
async def registers(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """One register, today's page unless days are named."""
    today = words.local(services.now()).date()
    name = request.query_params.get("name", VISITORS)[:LONGEST].replace("\x00", "")
    asked, (first, last), wrong = _span(request.query_params, today)
    days = {"first": asked[0].isoformat(), "last": asked[1].isoformat()}
    return await show(
        "registers",
        services,
        session,
        _read(session, name, first, last, today),
        here="registers",
        title="登记簿",
        book=name,
        first=days["first"],
        last=days["last"],
        wrong=wrong,
        paper=f"/v1/registers/{name}/print?{urlencode(days)}",
        before=_address(name, first - _ONE) if first > datetime.date.min else "",
        after=_address(name, last + _ONE) if last < today else "",
    )


def _span(asked: Mapping[str, str], today: datetime.date) -> tuple[Span, Span, str]:
    """The days that were asked for, which the form keeps and which are printed, those of this page, and why they are
    not the same."""
    try:
        first = checked_day(asked["first"]) if asked.get("first") else today
        last = checked_day(asked["last"]) if asked.get("last") else first
    except ProblemError:
        return (today, today), (today, today), "日期没有看懂，下面是今天的。"
    if last < first:
        return (first, first), (first, first), "“到”比“从”早，下面只列这一天。"
    if (last - first).days >= MOST_DAYS:
        shown = (last - datetime.timedelta(days=MOST_DAYS - 1), last)
        return (first, last), shown, say("日子太多，下面只列最后两个月；打印的是全部，一次最多 {0} 天。", MOST)
    return (first, last), (first, last), ""


def _address(name: str, day: datetime.date) -> str:
    return f"/registers?{urlencode({'name': name, 'first': day.isoformat(), 'last': day.isoformat()})}"


def _read(
    session: SignedIn, name: str, first: datetime.date, last: datetime.date, today: datetime.date
) -> Program[Mapping[str, Any]]:
    centre = session.clerk.centre
    names = yield from names_of_registers(centre)
    too_many, found = "", []
    try:
        found = yield from pages(centre, name, first, last, today)
    except Refusal as error:
        too_many = words.wrong(error.code)
    days = [_day(one) for one in reversed(found)]
    columns = {VISITORS: _VISITORS, OPINIONS: _OPINIONS}.get(name, _CASES)
    return {
        "names": names if name in names else [name, *names],
        "columns": columns,
        "days": days,
        "total": sum(len(day.lines) for day in days),
        "too_many": too_many,
    }


def _day(page: Any) -> Day:
    if not isinstance(page, (Register, CategoryRegister, OpinionRegister)):
        raise TypeError(page)
    return Day(retold(page.period), [(row.number, _cells(row, page.period)) for row in page.rows])


def _cells(row: Visitor | CaseRow | OpinionRow, day: str) -> list[str]:
    match row:
        case Visitor():
            who = say("{0} 等 {1} 人", row.visitor, row.people) if row.people > 1 else row.visitor
            came = "" if titled(row.came) == day else row.came.isoformat()
            return [came, who, row.village, row.matter, row.answer, row.owner, row.phone]
        case CaseRow():
            ends = [row.due.isoformat() if row.due else "", row.ended.isoformat() if row.ended else ""]
            return [row.case, row.applicant, row.village, row.item, row.mode, row.handler, *ends, row.result]
        case OpinionRow():
            ends = [row.due.isoformat() if row.due else "", row.answered.isoformat() if row.answered else ""]
            return [row.opinion, row.channel, row.text, row.person, row.answerer, *ends, row.mending]


HANDLERS: list[Any] = [registers]
