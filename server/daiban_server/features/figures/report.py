"""Figures as the JSON API gives them: each number with the address that lists exactly what it counts."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from msgspec import Struct

from daiban_server.features.figures.catalogue import FIGURES, Figure, counts_for
from daiban_server.features.figures.counting import RATIOS, Count, count, days_taken, mean, ninetieth, ratio, summed
from daiban_server.features.figures.facts import FACETS, By, Fact
from daiban_server.features.figures.gathering import Gathered
from daiban_server.features.figures.span import Span, Step
from daiban_server.limits.calendar import local_day

CASES = "/v1/figures/cases"


class FigureOut(Struct, frozen=True):
    """What a figure is called, and what it counts (件, 次, 人次)."""

    label: str
    unit: str


class Number(Struct, frozen=True):
    """`cases` is where what is counted is listed."""

    value: int
    cases: str


class Row(Struct, frozen=True):
    """The figures of one window, place, person, …; `rates` are fractions of 1, null where there is nothing to measure.
    Days are working days from acceptance to completion: their mean, and what nine of ten cases did not exceed."""

    key: str
    name: str
    figures: dict[str, Number]
    rates: dict[str, float | None]
    mean_days: float | None
    days_of_nine_in_ten: int | None


class ReportOut(Struct, frozen=True):
    """Rows by `by`, and their total. `labels` names the figures, `rates` the rates."""

    first: str
    last: str
    by: str
    labels: dict[str, FigureOut]
    rates: dict[str, str]
    rows: list[Row]
    total: Row


class PartOut(Struct, frozen=True):
    """A part of a trend, with the figures that happened in it and its balance."""

    first: str
    last: str
    figures: dict[str, Number]


class Counted(Struct, frozen=True):
    """One thing that a figure counts, `times` over. `record` is the case, reception, opinion, visit or owed reply;
    `case` the case that it belongs to, or empty. `days` are those that a completed case took. Who it was done for is
    not told here: the case itself says it to whoever may read it."""

    record: str
    kind: str
    case: str
    number: str
    item: str
    window: str
    label: str
    day: str
    at: int
    times: int
    days: int | None


class CountedOut(Struct, frozen=True):
    """What a figure counts; the sum of its `times` is `value`."""

    figure: str
    label: str
    value: int
    counted: list[Counted]


class Scope(NamedTuple):
    """What was asked: the days, what rows are told apart by, which figures, and what they are narrowed to. Rows for
    the keys `always` stand there even where nothing happened."""

    span: Span
    by: By
    named: Mapping[str, Figure]
    filters: Mapping[str, str]
    always: Sequence[str] = ()


def report(gathered: Gathered, scope: Scope) -> ReportOut:
    """Figures in rows and in total."""
    span, by, named, filters, always = scope
    lines = {**{key: Count() for key in always}, **count(gathered.facts, FACETS[by])}
    total = summed(lines.values())
    names = {key: gathered.names[by].get(key) or key for key in lines}
    ordered = sorted(lines, key=lambda key: (not key.strip("0"), names[key], key))
    return ReportOut(
        *(span.first.isoformat(), span.last.isoformat(), by, labels(named)),
        {name: one.label for name, one in RATIOS.items()},
        [_row(key, names[key], lines[key], named, span, {**filters, by: key}) for key in ordered],
        _row("", "合计", total, named, span, filters),
    )


def labels(named: Mapping[str, Figure]) -> dict[str, FigureOut]:
    """Names and units of figures."""
    return {name: FigureOut(*figure) for name, figure in named.items()}


def _row(key: str, name: str, counted: Count, named: Iterable[str], span: Span, filters: Mapping[str, str]) -> Row:
    rates = {rate: ratio(one.of, one.over, counted.figures) for rate, one in RATIOS.items()}
    given = numbers(named, counted.figures, span, filters)
    return Row(key, name, given, rates, mean(counted.days), ninetieth(counted.days))


def numbers(
    named: Iterable[str], figures: Mapping[str, int], span: Span, filters: Mapping[str, str]
) -> dict[str, Number]:
    """Figures with their addresses."""
    return {name: Number(figures.get(name, 0), _address(name, span, filters)) for name in named}


def _address(figure: str, span: Span, filters: Mapping[str, str]) -> str:
    asked = {"figure": figure, "first": span.first.isoformat(), "last": span.last.isoformat(), **filters}
    return f"{CASES}?{urlencode(asked)}"


STOCKS = frozenset({"opening", "closing", "awaiting", "above", "unmended"})
"""What stands at a moment rather than happens in a span."""


UNTOLD = frozenset({"awaiting", "above", "bad_unmended", "bad_uncontacted", "bad_overdue"})
"""Figures of stocks that do not follow from the balance: a trend does not tell them."""


def trend(facts: Sequence[Fact], span: Span, step: Step, filters: Mapping[str, str]) -> list[PartOut]:
    """Figures by day, week or month. What stood at a part's ends follows from the balance."""
    parts = list(span.parts(step))
    part_of = {day.first: at for at, part in enumerate(parts) for day in part.parts("day")}
    held = sum(fact.times for fact in facts if fact.source == "opening")
    happened = [fact for fact in facts if fact.source not in STOCKS]
    counted = count(happened, lambda fact: str(part_of.get(local_day(fact.at), "")))
    made = []
    for at, part in enumerate(parts):
        figures = dict(counted.get(str(at), Count()).figures)
        figures["opening"] = held
        held += figures.get("accepted", 0) - sum(figures.get(name, 0) for name in ("completed", "refused", "withdrawn"))
        figures["closing"] = held
        given = numbers((name for name in FIGURES if name not in UNTOLD), figures, part, filters)
        made.append(PartOut(part.first.isoformat(), part.last.isoformat(), given))
    return made


_KINDS = {
    "reception": "reception",
    "opinion": "opinion",
    "mending": "opinion",
    "unmended": "opinion",
    "reply": "obligation",
    "visit": "visit",
    "promise": "visit",
}


def of_figure(facts: Iterable[Fact], figure: str) -> list[Fact]:
    """The facts that a figure counts."""
    return [fact for fact in facts if figure in counts_for(fact)]


def counted(facts: Iterable[Fact], figure: str) -> CountedOut:
    """What a figure counts, of facts that were read one by one."""
    found = of_figure(facts, figure)
    return CountedOut(figure, FIGURES[figure].label, sum(fact.times for fact in found), list(map(told, found)))


def told(fact: Fact) -> Counted:
    """A fact as lists tell it."""
    sheet, done = fact.sheet, "completed" in counts_for(fact)
    given: dict[str, Any] = {name: getattr(sheet, name) for name in ("number", "item", "window", "label")}
    return Counted(
        record=fact.record.hex(),
        kind=_KINDS.get(fact.source, "application"),
        case=sheet.id.hex() if sheet.id.strip(b"\x00") else "",
        day=local_day(fact.at).isoformat(),
        at=fact.at,
        times=fact.times,
        days=days_taken(fact) if done else None,
        **given,
    )
