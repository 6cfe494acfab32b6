"""A bureau that also receives visitors, hears opinions, goes on visits and reads its figures."""

import datetime
import types
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sqlalchemy import update

from daiban_schemas import entry
from daiban_server.app import EFFECTS
from daiban_server.db import schema
from daiban_server.db.program import rows
from daiban_server.features.affairs import rating
from daiban_server.features.figures import report
from daiban_server.features.figures.catalogue import FIGURES, origin
from daiban_server.features.figures.facts import By
from daiban_server.features.figures.gathering import Gathered, Question, each, gather
from daiban_server.features.figures.kept import KEPT, Kept
from daiban_server.features.figures.reading import alike, firsts, singly, wish_of
from daiban_server.features.figures.report import Number, ReportOut, Row, Scope
from daiban_server.features.figures.span import Span
from daiban_server.limits.calendar import local_day
from tests.cases.bureau import Bureau

BYS: tuple[By, ...] = ("centre", "window", "mode", "item", "place", "person", "owner")


def span(first: str, last: str = "") -> Span:
    """Days as people write them."""
    return Span(datetime.date.fromisoformat(first), datetime.date.fromisoformat(last or first))


def values(row: Row) -> dict[str, int]:
    """The figures of a row that are not nothing."""
    return {name: number.value for name, number in row.figures.items() if number.value}


def statements() -> dict[Any, Kept]:
    """What numbers and lists of a span are read by, with where from; in a row of windows and days, or by itself."""
    acts = tuple(sorted(origin(FIGURES).acts))
    found: dict[Any, Kept] = {}
    for kept in (one for several in KEPT.values() for one in several):
        wish = wish_of(kept, ("window",), (), daily=True, acts=acts)
        found |= {way(kept, wish).asked: kept for way in (alike, singly, firsts)}
    return found


class Desk(Bureau):
    """A bureau whose village stands on a map."""

    def __init__(self, folder: Path, today: str = "2026-11-24") -> None:
        super().__init__(folder, today)
        self.run(rows(update(schema.place).values(lon=109_020_000, lat=32_710_000)))

    @property
    def today(self) -> str:
        """The day in China."""
        return local_day(self.now).isoformat()

    def made(self, kind: str, **fields: Any) -> bytes:
        """A new record of any kind, by 赵敏."""
        record = self.new()
        outcome = self.write("赵敏", entry.change(record.hex(), kind, fields, seen=0, at=self.now))
        assert outcome.outcome == "new", outcome
        return record

    def visitor(self, **fields: Any) -> bytes:
        """Somebody comes."""
        return self.made("reception", place=self.place.hex(), visitor="张桂兰", about="问低保", **fields)

    def said(self, channel: str, **fields: Any) -> bytes:
        """Somebody says something."""
        return self.made("opinion", place=self.place.hex(), channel=channel, text="等了很久", **fields)

    def act(self, name: str, record: bytes, kind: str, command: str, **arguments: Any) -> None:
        """Give a command about a record of any kind; it must take effect."""
        by = self.people[name].hex()
        body = entry.command(record.hex(), kind, command, arguments or None, expected=None, at=self.now, by=by)
        outcome = self.write(name, body)
        assert outcome.outcome == "merged", outcome

    def fact(self, name: str, record: bytes, kind: str, report_name: str, **facts: Any) -> None:
        """Report a fact of a record of any kind."""
        body = entry.report(record.hex(), kind, report_name, facts or None, at=self.now, by=self.people[name].hex())
        assert self.write(name, body).outcome == "merged"

    def rated(self, case: bytes, level: int) -> None:
        """The resident rates a case that has ended."""
        services: Any = types.SimpleNamespace(now=lambda: self.now, keys=self.keys, effects=EFFECTS)
        self.run(rating.rate(self.centre, case, level, "", services))

    def gathered(self, days: Span, *bys: By, **wanted: str) -> Gathered:
        """Everything that counts in some days, told apart by day and by `bys`."""
        narrow: Any = wanted
        found: Gathered = self.run(gather([self.centre], Question(days, self.now, FIGURES, bys, narrow, daily=True)))
        return found

    def figures(self, days: Span, by: By = "window") -> ReportOut:
        """Every figure."""
        return report.report(self.gathered(days, by), Scope(days, by, FIGURES, {}))

    def counted(self, number: Number) -> int:
        """How many the address of a number lists."""
        asked = dict(parse_qsl(urlsplit(number.cases).query, keep_blank_values=True))
        days = span(asked.pop("first"), asked.pop("last"))
        figure = asked.pop("figure")
        assert asked.pop("centre", self.centre.hex()) == self.centre.hex()
        wanted: Any = asked
        facts = self.run(each([self.centre], Question(days, self.now, (figure,), wanted=wanted)))
        found = report.counted(facts, figure)
        assert found.value == sum(one.times for one in found.counted)
        if figure != "receptions":
            assert found.value == len(found.counted), "each counts once"
        return found.value
