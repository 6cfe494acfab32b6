"""Workbooks as a district officer's spreadsheet makes them: opened, changed in a few cells, saved."""

import io
import zipfile
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from daiban_server.features.catalogue import publish
from daiban_server.features.catalogue.catalogue import Catalogue
from daiban_server.features.catalogue.faults import FaultyError
from daiban_server.features.catalogue.workbook_in import read_catalogue
from daiban_server.features.catalogue.workbook_out import write_catalogue

CENTRES = {"a" * 32: "建民办事处便民服务中心", "b" * 32: "恒口镇便民服务中心"}
"""Names by id."""
URBAN = ["a" * 32]


def demo() -> Catalogue:
    """The demo's whole catalogue, every item in its first edition; special desks stand in one centre."""
    items = tuple(fields for _, fields in publish.catalogue())
    windows = tuple(w if w.get("everywhere") else {**w, "centres": URBAN} for w in publish.windows())
    return Catalogue(windows, items, {item["code"]: 1 for item in items})


def written(catalogue: Catalogue | None = None) -> bytes:
    """The workbook of a catalogue, the demo's if none is given."""
    return write_catalogue(catalogue, CENTRES) if catalogue else _demo_file()


@cache
def _demo_file() -> bytes:
    return write_catalogue(demo(), CENTRES)


def read(data: bytes, catalogue: Catalogue | None = None) -> Catalogue:
    """A workbook read where `catalogue` (the demo's) is in force."""
    return read_catalogue(data, CENTRES, (catalogue or demo()).based)


def told(data: bytes) -> list[str]:
    """What is wrong with a workbook, in words."""
    try:
        read(data)
    except FaultyError as error:
        return [fault.text for fault in error.faults]
    return []


def edited(data: bytes, edit: Callable[[openpyxl.Workbook], None]) -> bytes:
    """The workbook after somebody's changes."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    edit(book)
    saved = io.BytesIO()
    book.save(saved)
    return saved.getvalue()


def with_cells(data: bytes, *cells: tuple[str, int, str, Any]) -> bytes:
    """The workbook with other values in cells named by sheet, row and heading."""

    def edit(book: openpyxl.Workbook) -> None:
        for name, row, heading, value in cells:
            sheet = book[name]
            assert isinstance(sheet, Worksheet)
            sheet.cell(row, column(sheet, heading)).value = value

    return edited(data, edit)


def column(sheet: Worksheet, heading: str) -> int:
    """The number of the column under a heading."""
    return next(cell.column for cell in sheet[1] if cell.value == heading)


@cache
def row_of(data: bytes, sheet: str, text: str) -> int:
    """The first row of a sheet in which a cell says `text`."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    return next(number for number, row in enumerate(book[sheet].values, 1) if text in row)


def with_members(data: bytes, members: Mapping[str, bytes]) -> bytes:
    """The archive with some of its members replaced or added."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in members:
                target.writestr(name, source.read(name))
        for name, content in members.items():
            target.writestr(name, content)
    return packed.getvalue()
