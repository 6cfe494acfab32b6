"""Tables as files that open in WPS and Excel: XLSX, and CSV as RFC 4180 has it.

Names of places, people and items are other people's text. In XLSX they are strings and never formulas or links. CSV
cannot say what is a string, so a text that a spreadsheet program would take for a formula begins with an apostrophe.
"""

import csv
import datetime
import io
import unicodedata
from collections.abc import Sequence
from typing import Any

import xlsxwriter

from daiban_server.features.figures.tables import Cell, Column, Table

_FORMATS = {"text": "@", "date": "yyyy-mm-dd", "count": "#,##0", "rate": "0.0%", "days": "0.0"}
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""The wide signs too: an Excel that is set to Chinese reads them as the narrow ones."""
_WIDEST = 40


def xlsx(tables: Sequence[Table], mark: str = "") -> bytes:
    """A workbook with a sheet for each table: the head stays in sight, and days are dates. With the `mark` of papers
    that do not count each sheet begins with a line that says so."""
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        for table in tables:
            _sheet(book, table, mark)
    return file.getvalue()


def _made_up(mark: str) -> str:
    return f"{mark}：人和办件都是编的，这些数字不作数"


def _sheet(book: Any, table: Table, mark: str) -> None:
    sheet, top = book.add_worksheet(table.title), 1 if mark else 0
    if mark:
        sheet.write_string(0, 0, _made_up(mark), book.add_format({"bold": True}))
    head = book.add_format({"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1})
    plain = {sort: book.add_format({"num_format": number, "border": 1}) for sort, number in _FORMATS.items()}
    bold = {
        sort: book.add_format({"num_format": number, "border": 1, "bold": True}) for sort, number in _FORMATS.items()
    }
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, _width(column, [row[at] for row in table.rows]))
        sheet.write_string(top, at, column.label, head)
    for line, row in enumerate(table.rows, top + 1):
        formats = bold if table.summed and line == top + len(table.rows) else plain
        for at, (column, cell) in enumerate(zip(table.columns, row, strict=True)):
            _write(sheet, line, at, cell, formats[column.sort])
    words = sum(column.sort in ("text", "date") for column in table.columns)
    sheet.freeze_panes(top + 1, words)
    sheet.repeat_rows(0, top)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _write(sheet: Any, line: int, at: int, cell: Cell, form: Any) -> None:
    if cell is None:
        sheet.write_blank(line, at, None, form)
    elif isinstance(cell, str):
        sheet.write_string(line, at, cell, form)
    elif isinstance(cell, datetime.date):
        sheet.write_datetime(line, at, cell, form)
    else:
        sheet.write_number(line, at, cell, form)


def _width(column: Column, cells: Sequence[Cell]) -> int:
    """Characters: a Chinese one takes two. The heads of numbers break over two lines."""
    if column.sort == "date":
        return 12
    if column.sort != "text":
        return max(8, _wide(column.label) // 2 + 2)
    return min(_WIDEST, max(10, 2 + max((_wide(str(cell)) for cell in cells), default=0)))


def _wide(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def comma_separated(table: Table, mark: str = "") -> bytes:
    """CSV in UTF-8 with the bytes by which Excel and WPS know it. `mark` as in `xlsx`."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\r\n")
    if mark:
        writer.writerow([_made_up(mark)])
    writer.writerow([_harmless(column.label) for column in table.columns])
    writer.writerows([[_text(cell) for cell in row] for row in table.rows])
    return b"\xef\xbb\xbf" + file.getvalue().encode()


def _text(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    return _harmless(cell) if isinstance(cell, str) else round(cell, 4)


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_DANGEROUS) else text
