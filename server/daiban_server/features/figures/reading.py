"""Reading the facts of a span, from indexes by time: nothing before the span is read but what still stood in it.

For a number, facts that count alike are read as one: the database adds them up, told apart by what was asked and by
nothing else. For a list each is read by itself, from the same rows.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, bindparam, case, func, literal_column, select
from sqlalchemy.sql.util import find_tables

from daiban_server.db import schema
from daiban_server.db.either import Beside
from daiban_server.db.program import Lookup, Program, Row, rows
from daiban_server.features.figures.facts import NO_CASE, By, Fact, Sheet
from daiban_server.features.figures.kept import ACTS, Expression, Kept, one_of
from daiban_server.features.figures.span import Span
from daiban_sync.ids import NOBODY

_DAY, _EAST = 86_400_000, 28_800_000
"""A day, and how far China is ahead of the world's clock, in milliseconds."""
FIELD: Mapping[By, str] = {
    "window": "window",
    "mode": "label",
    "item": "item",
    "place": "place",
    "person": "person",
    "owner": "owner",
}
"""The field that each facet goes by; a centre is read by itself."""
_TEXTS = frozenset(("window", "mode", "item"))
_FIELDS = ("record", "at", "name", "state", "person", "times", *Sheet._fields)
_BLANK = (NOBODY, None, "", "", NOBODY, 1, *NO_CASE)


class Wish(NamedTuple):
    """How facts are wanted: told apart by which facets, `daily` by day too, narrowed to what, of which acts by name."""

    apart: tuple[By, ...] = ()
    narrow: tuple[By, ...] = ()
    daily: bool = False
    acts: tuple[str, ...] = ()


class Statement(NamedTuple):
    """What is asked, and what takes `_FIELDS` from a row of it."""

    asked: Select[Any]
    pick: Callable[[Sequence[Any]], tuple[Any, ...]]


@lru_cache(256)
def singly(kept: Kept, wish: Wish) -> Statement:
    """Each fact by itself, in order."""
    return Statement(_select(kept, wish, kept.told).order_by(*kept.order), _picking(list(kept.told)))


@lru_cache(256)
def firsts(kept: Kept, wish: Wish) -> Statement:
    """As many of them as `limit` says."""
    statement = singly(kept, wish)
    return statement._replace(asked=statement.asked.limit(bindparam("limit")))


@lru_cache(256)
def alike(kept: Kept, wish: Wish) -> Statement:
    """Facts that count alike as one. Rows are found before they are told apart: with both in one SELECT, SQLite would
    take an index that has them in order, and read the whole centre."""
    apart = _apart(kept, wish)
    many = kept.told.get("times")
    found = _select(kept, wish, {**apart, "times": _ONCE if many is None else many})
    rows = found.offset(literal_column("0")).subquery()
    times = func.count() if many is None else func.sum(rows.c.times)
    columns = [rows.c[name] for name in apart]
    # Where nothing is told apart there is one row, also of nothing.
    asked = select(*columns, times).select_from(rows).group_by(*columns).having(func.count() > 0)
    return Statement(asked, _picking([*apart, "times"]))


def _apart(kept: Kept, wish: Wish) -> dict[str, Expression]:
    """What facts are told apart by; numbers first, which sorts them sooner."""
    told: dict[str, Expression] = {}
    for name, when in kept.matters.items():
        of = _midnight(kept.told[name]) if name in ("at", "accepted") else kept.told[name]
        told[name] = case((when, of), else_=_NOTHING.get(name))
    if wish.daily and "at" in kept.told:
        told["at"] = _midnight(kept.told["at"])
    told |= {FIELD[by]: kept.told[FIELD[by]] for by in wish.apart}
    return told | {name: kept.told[name] for name in ("name", "state") if name in kept.told}


_NOTHING = {"label": ""}
_ONCE: Expression = literal_column("1", Integer)


def _midnight(moment: Expression) -> Expression:
    """The midnight in China before a moment; integers divide without a rest on both databases."""
    return (moment + _EAST) // _DAY * _DAY - _EAST


def _select(kept: Kept, wish: Wish, told: Mapping[str, Expression]) -> Select[Any]:
    where = [*kept.where, *(kept.told[FIELD[by]] == bindparam(f"one_{by}") for by in wish.narrow)]
    if kept is ACTS:
        where.append(one_of(schema.case_event.c.name, wish.acts))
    tables = kept.tables
    for table, on in kept.beside:
        if any(table in find_tables(of, check_columns=True) for of in (*told.values(), *where)):
            tables = Beside(tables, table, on, isouter=True)
    return select(*(of.label(name) for name, of in told.items())).select_from(tables).where(*where)


def _picking(order: Sequence[str]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
    """Takes `_FIELDS` from a row of `order` that `_BLANK` follows."""
    places = {name: at for at, name in enumerate(order)}
    return itemgetter(*(places.get(name, len(order) + at) for at, name in enumerate(_FIELDS)))


def fits(kept: Kept, wanted: Mapping[By, str]) -> bool:
    """Whether any fact of it can be what is wanted: what it says nothing of is nobody's and nowhere."""
    silent = (by for by in wanted if FIELD[by] not in kept.told)
    return all(wanted[by] == ("" if by in _TEXTS else NOBODY.hex()) for by in silent)


def wish_of(kept: Kept, apart: Iterable[By], wanted: Iterable[By], daily: bool, acts: Iterable[str]) -> Wish:
    """What of a question concerns it: one order for each, so that few statements are put together."""
    told = {by for by, of in FIELD.items() if of in kept.told}
    names = tuple(sorted(acts)) if kept is ACTS else ()
    return Wish(tuple(sorted(told & {*apart})), tuple(sorted(told & {*wanted})), daily, names)


class Batch(NamedTuple):
    """Rows that were read, and how they are facts: `facts` may be made elsewhere than where they were read."""

    kept: Kept
    statement: Statement
    of: Mapping[str, Any]
    rows: Sequence[Row]

    def facts(self) -> Iterator[Fact]:
        """The facts, in the order of the rows."""
        source, centre, pick = self.kept.source, self.of["centre_id"], self.statement.pick
        moment = self.of[self.kept.stands or "since"]
        for row in self.rows:
            record, at, name, state, person, times, *sheet = pick((*row, *_BLANK))
            yield Fact(source, centre, record, moment if at is None else at, Sheet(*sheet), name, state, person, times)


def read(kept: Kept, statement: Statement, of: Mapping[str, Any]) -> Program[Batch]:
    """The rows of a statement; `of` are all parameters (`parameters`)."""
    return Batch(kept, statement, of, (yield from rows(statement.asked, **of)))


def parameters(centre: bytes, span: Span, now: int, wanted: Mapping[By, str]) -> dict[str, Any] | None:
    """Everything that any statement asks; None where what is wanted can be nowhere."""
    given = {"centre_id": centre, "since": span.since, "until": span.until, "now": now, **days(span)}
    for by, key in wanted.items():
        if (value := _value(by, key)) is None:
            return None
        given[f"one_{by}"] = value
    return given


def _value(by: By, key: str) -> str | bytes | None:
    """A key as a column holds it: names that no text has and ids that are none are nobody's."""
    if by in _TEXTS:
        return None if "\x00" in key else key
    try:
        value = bytes.fromhex(key)
    except ValueError:
        return None
    return value if value.hex() == key else None


def days(span: Span) -> dict[str, str]:
    """A span's days as registers are read by."""
    return {"first_day": span.first.isoformat(), "last_day": span.last.isoformat()}


_SHEET = ("id", "number", "window", "label", "item_name", "place", "owner", "due", "accepted")
"""Columns of `case_sheet`, as `Sheet` has them."""


def sheets(centre: bytes, cases: Iterable[bytes]) -> Program[dict[bytes, Sheet]]:
    """The sheets of cases, by id."""
    wanted = [(centre, case) for case in sorted(set(cases))]
    found = yield Lookup(schema.case_sheet, ("centre", "id"), _SHEET, wanted)
    return {row[0]: Sheet(*row) for row in found}
