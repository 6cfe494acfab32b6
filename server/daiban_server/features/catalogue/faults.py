"""What is wrong with a file or a form, each fault with its place, all of them at once."""

from typing import Any, NamedTuple

from daiban_schemas.problem import words

MOST = 100
"""Faults that one answer names: whoever has more has a wrong file rather than wrong cells."""


class Place(NamedTuple):
    """Where in a workbook: the sheet's name, the row as a spreadsheet numbers it, the column's heading. A fault of a
    whole sheet has row 0, one of a whole row no column."""

    sheet: str
    row: int = 0
    column: str = ""

    def __str__(self) -> str:
        row = f"第 {self.row} 行" if self.row else ""
        column = f"「{self.column}」列" if self.column else ""
        return f"「{self.sheet}」表{row}{column}"


class Fault(NamedTuple):
    """A code of the problem catalogue and its place; `said` is what was found there, where that helps."""

    place: Place
    code: str
    said: str = ""

    def told(self) -> dict[str, Any]:
        """As an answer shows it."""
        sheet, row, column = self.place
        return {"sheet": sheet, "row": row, "column": column, "code": self.code, "text": self.text}

    @property
    def text(self) -> str:
        """「事项」表第 12 行「承诺办结时限」列：时限写得不对，请写成…"""
        title, advice = words(self.code)
        said = f"（{self.said}）" if self.said else ""
        return f"{self.place}：{title}{said}，{advice}"


class FaultyError(Exception):
    """A file that cannot be taken as it is: `faults` has at least one, at most `MOST`."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults[:MOST]


class WorkbookError(Exception):
    """A file that is not looked into at all; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
