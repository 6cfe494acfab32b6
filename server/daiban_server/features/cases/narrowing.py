"""Which cases somebody wants, as statements. Only what is asked stands in one: a condition that lets everything through
where nothing is asked hides from the planner which index would do, and every list read all cases of the centre.

Cases of which something is owed come first, those due first before others; behind them what is over, what ended last
first. These are two statements: the first finds some hundreds by their index, and mostly they fill the page.

A page far down skips along an index and reads the rows of its own lines alone. What a name or a number fits is little
of what is over: it is looked for in one pass over the centre, since by the index every row would be fetched by itself.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, bindparam, case, func, literal_column, or_, select

from daiban_schemas.telephone import dialled, is_written_as_one
from daiban_server import homes
from daiban_server.db import schema
from daiban_server.db.program import Program
from daiban_server.features.deadlines.running import RUNNING
from daiban_server.spelling import pattern
from daiban_sync.ids import NOBODY

_s, _l = schema.case_sheet.c, schema.deadline.c
OPEN = ("submitted", "received", "awaiting", "accepted", "sent_up")
"""States in which the centre still owes something."""
_TEXTS = ("status", "window", "label", "source", "household", "handler")


class Wanted(Struct, frozen=True):
    """What a list is narrowed to; an empty text is no wish. `query` is looked for in number, name, pinyin and phone;
    `due_from` and `due_before` are days: of a case that fits some limit runs which ends from
    the first on and before the second."""

    query: str = ""
    status: str = ""
    window: str = ""
    label: str = ""
    source: str = ""
    household: str = ""
    handler: str = ""
    due_before: str = ""
    due_from: str = ""
    limit: int = 100
    skip: int = 0


class Statements(NamedTuple):
    """The ids of a page of what is open, and of what is over; how many are open, and how many in all."""

    open: Select[Any]
    over: Select[Any]
    how_many_open: Select[Any]
    how_many: Select[Any]


_Order = tuple["ColumnElement[Any]", ...]
_BY_DUE: _Order = (_s.due.is_(None), _s.due, _s.submitted.desc(), _s.id)
_BY_END: _Order = (_s.ended.desc(), _s.accepted.desc(), _s.id.desc())
"""As the index of what is over goes; every order ends with the id, so that no line stands on two pages or on none."""
_BY_END_IN_ONE_PASS: _Order = ((_s.ended + literal_column("0")).desc(), *_BY_END[1:])
_OWING = select(_l.case).where(
    _l.centre == bindparam("centre_id"),
    *RUNNING,
    _l.due < bindparam("due_before"),
    _l.due >= bindparam("due_from"),
)
_ASKED: Mapping[str, "ColumnElement[bool]"] = {
    **{name: _s[name] == bindparam(name) for name in _TEXTS},
    "household": _s.household.in_(homes.joined("household")),
    "due_before": _s.id.in_(_OWING),
    "query": or_(
        _s.search.like(bindparam("pattern"), escape="\\"), _s.search.like(bindparam("telephone"), escape="\\")
    ),
}
_BEGINS = or_(*(_s.search.like(bindparam(name), escape="\\") for name in ("begins", "word_begins")))
_OWED = case((_s.ended.is_(None), _s.due))
CLOSEST: Select[Any] = (
    select(_s.id)
    .where(_s.centre == bindparam("centre_id"), _ASKED["query"])
    .order_by(case((_BEGINS, 0), else_=1), _s.ended.is_not(None), _OWED.is_(None), _OWED, _s.ended.desc(), _s.id.desc())
    .limit(bindparam("page"))
)
"""The ids of what a text fits: first where a word begins so, and of these what is open; of what is over the newest."""


def statements(wanted: Wanted) -> Statements:
    """The statements for what is wanted; their parameters are `parameters`."""
    return _statements(frozenset(name for name in _ASKED if getattr(wanted, name).strip()))


@lru_cache(maxsize=256)  # as many as there are sets of what may be asked
def _statements(asked: frozenset[str]) -> Statements:
    fits = (_s.centre == bindparam("centre_id"), *(_ASKED[name] for name in sorted(asked)))
    by_end = _BY_END_IN_ONE_PASS if "query" in asked else _BY_END
    count = select(func.count()).select_from(schema.case_sheet).where(*fits)
    return Statements(
        _page((*fits, _s.ended.is_(None)), _BY_DUE),
        _page((*fits, _s.ended.is_not(None)), by_end),
        count.where(_s.ended.is_(None)),
        count,
    )


def _page(fits: tuple["ColumnElement[bool]", ...], order: _Order) -> Select[Any]:
    """The ids of a page, for which an index is enough. Their rows are looked up by themselves: joined to them,
    PostgreSQL takes a limit that it is given for a tenth of the centre, and reads all of it to find fifty rows."""
    return select(_s.id).where(*fits).order_by(*order).limit(bindparam("page")).offset(bindparam("skipped"))


def parameters(centre: bytes, wanted: Wanted) -> Program[dict[str, Any]]:
    """What the statements are given, but for `page` and `skipped`."""
    query = wanted.query.strip()
    given: dict[str, Any] = {name: getattr(wanted, name) for name in ("due_before", "due_from", *_TEXTS)}
    for name in ("household", "handler"):
        given[name] = bytes.fromhex(given[name]) if given[name] else NOBODY
    given["household"] = yield from homes.kept(centre, given["household"])
    given["pattern"], given["telephone"] = (
        pattern(query),
        pattern(dialled(query) if is_written_as_one(query) else query),
    )
    begins = given["pattern"].removeprefix("%")
    return {"centre_id": centre, "begins": begins, "word_begins": f"% {begins}", **given}
