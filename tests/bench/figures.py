"""A figure of the bench, how it stands to what it should reach, and the table of all of them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table

Verdict = Literal["met", "missed", ""]


@dataclass(frozen=True)
class Figure:
    """What was measured. `reach` is the most that it should be (the least, with `at_least`); None: only shown.

    A reach in microseconds is scaled already where it is compared; `stated` is the reach as it was asked for.
    """

    part: str
    name: str
    value: float | str
    unit: str = ""
    reach: float | None = None
    at_least: bool = False
    stated: str = ""
    note: str = ""

    @property
    def verdict(self) -> Verdict:
        """``met``, ``missed``, or nothing where nothing was asked, or nothing could be measured."""
        if self.reach is None:
            return ""
        if isinstance(self.value, str):
            return "missed"
        held = self.value >= self.reach if self.at_least else self.value <= self.reach
        return "met" if held else "missed"

    @property
    def wanted(self) -> str:
        """The reach in words."""
        if self.reach is None:
            return ""
        sign = "≥" if self.at_least else "≤"
        return f"{sign} {_number(self.reach)} {self.unit}" + (f"  ({self.stated})" if self.stated else "")


def show(figures: Sequence[Figure]) -> None:
    """Print the table."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("figure", "measured", "reach", "", "remarks"):
        table.add_column(heading, justify="right" if heading == "measured" else "left", overflow="fold")
    for number, one in enumerate(figures):
        if number and one.part != figures[number - 1].part:
            table.add_row()
        measured = one.value if isinstance(one.value, str) else f"{_number(one.value)} {one.unit}"
        style = {"met": "green", "missed": "bold red", "": ""}[one.verdict]
        table.add_row(one.name, measured, one.wanted, f"[{style}]{one.verdict}[/]" if style else "", one.note)
    console = Console()
    console.width = max(console.width, 170)
    console.print(table)


def write(figures: Sequence[Figure], path: Path) -> None:
    """Write them as JSON: a list of objects, each with its verdict."""
    told = [{**asdict(one), "verdict": one.verdict} for one in figures]
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n")


def _number(value: float) -> str:
    if value and abs(value) < 10:
        return f"{value:.2f}"
    return f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"
