"""Where facts are kept: for each source its tables, which of their rows count, and what a row tells.

A number and the list behind it are read from the same description (`reading`), so they count the same rows.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import (
    FromClause,
    Integer,
    String,
    Table,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.sql import ColumnElement

from daiban_server.db import schema
from daiban_server.db.either import Beside, Said
from daiban_server.features.figures.facts import Source
from daiban_server.registers import VISITORS
from daiban_sync.ids import NOBODY

Expression = ColumnElement[Any]
_e, _s, _g = schema.case_event.c, schema.case_sheet.c, schema.rating.c
_o, _v, _r = schema.obligation.c, schema.visit_event.c, schema.record.c
_l = schema.register_line.c
_CENTRE: Expression = bindparam("centre_id")
_SINCE: Expression = bindparam("since")
_UNTIL: Expression = bindparam("until")
_SHEET: Mapping[str, Expression] = {
    **{name: _s[name] for name in ("id", "number", "window", "label", "place", "owner", "due", "accepted")},
    "item": _s.item_name,
}


def _or_nothing(columns: Mapping[str, Expression]) -> dict[str, Expression]:
    """The same where there may be no case: nobody, nothing or unknown."""
    nothing = {
        **dict.fromkeys(("number", "window", "label", "item"), ""),
        **dict.fromkeys(("id", "place", "owner"), NOBODY),
    }
    return {name: func.coalesce(of, nothing[name]) if name in nothing else of for name, of in columns.items()}


@dataclass(frozen=True, eq=False)
class Kept:
    """`told` gives fields of `Fact` and of its sheet by name. `matters` says when a field decides for which figures a
    fact counts, or its days; elsewhere nobody asks for it but a list. `beside` are tables that are looked at only for
    what they tell. What `stands` at a moment has no time of its own but that end of the span."""

    source: Source
    tables: FromClause
    where: Sequence[Expression]
    told: Mapping[str, Expression]
    order: Sequence[Expression]
    matters: Mapping[str, Expression] = field(default_factory=dict)
    beside: Sequence[tuple[Table, Expression]] = ()
    stands: Literal["", "since", "until"] = ""


def one_of(column: Expression, names: Sequence[str]) -> Expression:
    """Whether a column is one of some names: no ``IN``, whose length SQLAlchemy leaves open."""
    return or_(*(column == name for name in names))


def _within(column: Expression) -> tuple[Expression, ...]:
    return column >= _SINCE, column < _UNTIL


_BEGUN, _DONE = one_of(_e.name, ("accept", "finish")), one_of(_e.name, ("complete", "finish"))
ACTS = Kept(
    "act",
    Beside(schema.case_event, schema.case_sheet, and_(_s.centre == _e.centre, _s.id == _e.case)),
    (_e.centre == _CENTRE, *_within(_e.at)),
    {
        **_SHEET,
        "record": _e.case,
        "at": _e.at,
        # A follow-up that reached nobody was tried.
        "name": case((and_(_e.name == "followed_up", _e.after != "followed_up"), "tried"), else_=_e.name),
        "state": case((one_of(_e.name, ("refuse", "withdraw")), _e.before), else_=""),
        "person": _s.handler,
    },
    (_e.at, _e.position),
    {"label": _BEGUN, "at": _DONE, "due": _DONE, "accepted": _DONE},
)
"""What happened to cases, by when the server took it in. A case that was never handed in has no sheet and counts
nowhere."""


_n = schema.case_sheet.alias("found")
_NOW = _n.c
"""A case as an index holds it. The sheet is looked up beside it: what stands is little, and SQLite would rather read a
whole centre than look up what an index found in the same table."""
_ITS_SHEET = ((schema.case_sheet, and_(_s.centre == _NOW.centre, _s.id == _NOW.id)),)
_IN_TURN = (_s.submitted, _NOW.id)
_STOOD: Mapping[str, Expression] = {**_SHEET, "record": _NOW.id, "person": _s.handler}


def _standing(source: Source, moment: Literal["since", "until"]) -> tuple[Kept, ...]:
    """The cases that were accepted before a moment and had not ended by then (结转)."""
    at: Expression = bindparam(moment)
    return tuple(
        Kept(
            source,
            _n,
            (_NOW.centre == _CENTRE, _NOW.accepted < at, ended),
            _STOOD,
            _IN_TURN,
            beside=_ITS_SHEET,
            stands=moment,
        )
        for ended in (_NOW.ended.is_(None), _NOW.ended >= at)
    )


_f = schema.case_event.alias("former").c


def _no_act(*of: Expression) -> Expression:
    """That there is no such act since the span ended: a question for each row, which no planner makes a join of."""
    return select(literal(1)).where(*of, _f.at >= _UNTIL).limit(1).scalar_subquery().is_(None)


def _in_state(source: Source, state: str) -> tuple[Kept, ...]:
    """The cases that were in a state when the span ended: that is the state before the first act that came after, or,
    where none came, the state that they are in."""
    earlier = tuple_(_f.at, _f.position) < tuple_(_e.at, _e.position)
    left = Kept(
        source,
        Beside(schema.case_event, _n, and_(_NOW.centre == _e.centre, _NOW.id == _e.case)),
        (
            *(_e.centre == _CENTRE, _e.at >= _UNTIL, _e.before == state),
            _no_act(_f.centre == _e.centre, _f.case == _e.case, earlier),
        ),
        _STOOD,
        _IN_TURN,
        beside=_ITS_SHEET,
        stands="until",
    )
    still = Kept(
        source,
        _n,
        (_NOW.centre == _CENTRE, _NOW.status == state, _no_act(_f.centre == _NOW.centre, _f.case == _NOW.id)),
        _STOOD,
        _IN_TURN,
        beside=_ITS_SHEET,
        stands="until",
    )
    return left, still


_PEOPLE = func.coalesce(func.nullif(cast(Said(_l.told, "people"), Integer), 0), 1)
RECEPTIONS = Kept(
    "reception",
    schema.register_line,
    (
        *(_l.centre == _CENTRE, _l.register == VISITORS),
        *(_l.day >= bindparam("first_day"), _l.day <= bindparam("last_day")),
    ),
    {
        "record": _l.record,
        "at": _l.at,
        "number": func.coalesce(Said(_l.told, "number"), ""),
        "window": func.coalesce(Said(_l.told, "window"), ""),
        "place": func.coalesce(_r.place, NOBODY),
        "times": _PEOPLE,
    },
    (_l.day, _l.line),
    beside=((schema.record, and_(_r.centre == _l.centre, _r.id == _l.record)),),
)
"""The lines of the register of everyone who comes."""


def _case_of(centre: Expression, id_: Expression) -> tuple[tuple[Table, Expression], ...]:
    return ((schema.case_sheet, and_(_s.centre == centre, _s.id == id_)),)


RATINGS = Kept(
    "rating",
    schema.rating,
    (_g.centre == _CENTRE, *_within(_g.at)),
    {**_or_nothing(_SHEET), "record": _g.id, "at": _g.at, "name": cast(_g.level, String), "person": _g.handler},
    (_g.at, _g.id),
    beside=_case_of(_g.centre, _g.id),
)
"""What residents said of cases; `person` handled the case then."""

REPLIES = Kept(
    "reply",
    schema.obligation,
    (_o.centre == _CENTRE, *_within(_o.due)),
    {
        **_or_nothing(_SHEET),
        "record": _o.id,
        "at": _o.due,
        "name": case((and_(_o.met_by.is_not(None), _o.met_by != _o.cadre), "on_behalf"), else_=""),
        "state": case((and_(_o.state == "due", _o.due < bindparam("now")), "late"), else_=_o.state),
        "person": _o.cadre,
    },
    (_o.due, _o.id),
    beside=_case_of(_o.centre, _o.application),
)
"""Replies that were due, by that day. One that was missed and is not marked yet is late all the same. One that another
wrote on the cadre's behalf is named ``on_behalf``."""

VISITS = Kept(
    "visit",
    schema.visit_event,
    (_v.centre == _CENTRE, *_within(_v.at)),
    {
        **_or_nothing(_SHEET),
        "record": _v.visit,
        "at": _v.at,
        "name": _v.name,
        "place": _v.place,
        "person": _v.agent,
    },
    (_v.at, _v.position),
    beside=_case_of(_v.centre, _v.application),
)
"""The acts of visits; who leads a crew stands for it."""

KEPT: Mapping[Source, tuple[Kept, ...]] = {
    "opening": _standing("opening", "since"),
    "closing": _standing("closing", "until"),
    "awaiting": _in_state("awaiting", "awaiting"),
    "above": _in_state("above", "sent_up"),
    "act": (ACTS,),
    "reception": (RECEPTIONS,),
    "rating": (RATINGS,),
    "visit": (VISITS,),
    "reply": (REPLIES,),
}
"""Sources of which there may be very many: what counts alike is read as one fact. The others are told one by one."""
