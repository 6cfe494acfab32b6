"""Figures as tables that a spreadsheet program opens: what stands in which column, and of what sort it is."""

import datetime
from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from daiban_server.features.figures.report import PartOut, ReportOut, Row

Sort = Literal["text", "date", "count", "rate", "days"]
Cell = str | int | float | datetime.date | None


class Column(Struct, frozen=True):
    """A column's head and the sort of its cells."""

    label: str
    sort: Sort = "count"


class Table(Struct, frozen=True):
    """`title` names the sheet; the last of `rows` is the sum where `summed`."""

    title: str
    columns: tuple[Column, ...]
    rows: list[list[Cell]]
    summed: bool = True


TITLES = {
    "window": "按窗口",
    "mode": "按办理方式",
    "item": "按事项",
    "place": "按地点",
    "person": "按人员",
    "owner": "按首问责任人",
    "centre": "按中心",
}
HEADS = {
    "window": "窗口",
    "mode": "办理方式",
    "item": "事项",
    "place": "地点",
    "person": "人员",
    "owner": "首问责任人",
    "centre": "中心",
}


def narrowed_to(by: str, name: str) -> str:
    """That a table counts what has one key of a facet alone."""
    return f"只看{HEADS[by]} {name}"


def daily(centre: str, made: ReportOut) -> Table:
    """The daily report: a line for each window, with its day and centre, and the sum."""
    columns = (Column("日期", "date"), Column("中心", "text"), Column("窗口", "text"), *_figures(made))
    day = datetime.date.fromisoformat(made.first)
    return Table("日报表", columns, [[day, centre, row.name, *_values(row)] for row in (*made.rows, made.total)])


def spanned(made: ReportOut) -> Table:
    """Figures over a span, with rates and days to completion."""
    columns = (
        *(Column("自", "date"), Column("至", "date"), Column(HEADS[made.by], "text"), *_figures(made)),
        *(Column(label, "rate") for label in made.rates.values()),
        *(Column("平均办结工作日", "days"), Column("九成办件办结工作日内")),
    )
    first, last = (datetime.date.fromisoformat(day) for day in (made.first, made.last))
    rows: list[list[Cell]] = [
        [first, last, row.name, *_values(row), *row.rates.values(), row.mean_days, row.days_of_nine_in_ten]
        for row in (*made.rows, made.total)
    ]
    return Table(TITLES[made.by], columns, rows)


def trend(parts: Sequence[PartOut], made: ReportOut) -> Table:
    """Figures by day, week or month."""
    names = list(parts[0].figures)
    columns = (Column("自", "date"), Column("至", "date"), *(Column(made.labels[name].label) for name in names))
    days = [[datetime.date.fromisoformat(day) for day in (part.first, part.last)] for part in parts]
    rows: list[list[Cell]] = [
        [*both, *(part.figures[name].value for name in names)] for both, part in zip(days, parts, strict=True)
    ]
    return Table("趋势", columns, rows, summed=False)


def _figures(made: ReportOut) -> list[Column]:
    return [Column(f"{figure.label}（{figure.unit}）") for figure in made.labels.values()]


def _values(row: Row) -> list[int]:
    return [number.value for number in row.figures.values()]
