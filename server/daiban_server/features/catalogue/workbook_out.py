"""The catalogue as an XLSX workbook.

Every text is written as a text, whatever it begins with, and one that begins as a formula would keeps Excel's mark for
texts (`quote_prefix`), so that it stays one when somebody edits the cell.
"""

import datetime
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from daiban_server.features.catalogue import columns
from daiban_server.features.catalogue.catalogue import Catalogue, Fields
from daiban_server.features.catalogue.columns import Sheet, Written
from daiban_server.features.catalogue.words import FLAGS

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STARTS_FORMULA = tuple("=+-@\t")
_FIXED = datetime.datetime(2000, 1, 1)
"""The same catalogue is the same file."""

Grid = Iterable[Iterable[Written]]


def write_catalogue(catalogue: Catalogue, centres: Mapping[str, str], mark: str = "") -> bytes:
    """A workbook of six sheets; `centres` are names by id in hexadecimal."""
    return write_book({sheet.name: (_widths(sheet), _grid(sheet, catalogue, centres)) for sheet in columns.ALL}, mark)


def write_book(sheets: Mapping[str, tuple[list[int], Grid]], mark: str = "") -> bytes:
    """A workbook of sheets with the widths of their columns; each grid's first row is its heading. The `mark` of papers
    that do not count stands above every printed page and in the properties: a row or a sheet more could not be read in
    again."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"created": _FIXED, **({"title": mark} if mark else {})})
        bold = book.add_format({"bold": True})
        text = book.add_format({"text_wrap": True, "valign": "top"})
        quoted = book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": True})
        for name, (widths, grid) in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            if mark:
                sheet.set_header(f"&C{mark}")
            for number, width in enumerate(widths):
                sheet.set_column(number, number, width)
            _fill(sheet, grid, bold, text, quoted)
    return file.getvalue()


def _fill(sheet: Worksheet, grid: Grid, bold: Format, text: Format, quoted: Format) -> None:
    for row, cells in enumerate(grid):
        for column, cell in enumerate(cells):
            if isinstance(cell, int):
                sheet.write_number(row, column, cell, text)
            elif cell is not None:
                shape = quoted if cell.startswith(_STARTS_FORMULA) else bold if row == 0 else text
                sheet.write_string(row, column, cell, shape)


def _widths(sheet: Sheet) -> list[int]:
    return [column.width for column in sheet.columns]


def _grid(sheet: Sheet, catalogue: Catalogue, centres: Mapping[str, str]) -> Iterator[list[Written]]:
    yield [column.heading for column in sheet.columns]
    for fields in _rows(sheet, catalogue, centres):
        yield [
            column.write(value) if (value := fields.get(column.name)) is not None else None for column in sheet.columns
        ]


def _rows(sheet: Sheet, catalogue: Catalogue, centres: Mapping[str, str]) -> Iterator[Fields]:
    if sheet is columns.WINDOWS:
        for window in catalogue.windows:
            yield {**window, "centres": [_named(id_, centres) for id_ in window.get("centres", [])]}
    elif sheet is columns.ITEMS:
        for item in catalogue.items:
            yield {**item, "edition": catalogue.based.get(item["code"])}
    else:
        for item in catalogue.items:
            for part in item.get(sheet.part, []):
                yield {**part, **_condition(part), "code": item["code"]}


def _named(id_: str, centres: Mapping[str, str]) -> str:
    """A centre's name, or its id where two centres have one name."""
    name = centres.get(id_, id_)
    return name if list(centres.values()).count(name) == 1 else id_


def _condition(question: Mapping[str, Any]) -> Fields:
    when = question.get("when")
    if when is None:
        return {}
    value = when["is"]
    return {"when_id": when["id"], "when_is": FLAGS[value] if isinstance(value, bool) else str(value)}
