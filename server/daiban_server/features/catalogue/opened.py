"""Opening a workbook that somebody sent: an XLSX file read cell by cell, and nothing in it believed.

The archive is unpacked here first, in small steps and up to a cap, and packed anew without compression: what openpyxl
then reads has the size that it says, so a member that lies about its size cannot unpack to gigabytes. Its XML goes
through defusedxml, which refuses entities, and with them external ones. Macro files are refused by what they hold,
not by their name. A formula is a fault of its cell: its value is whatever the sender's program last wrote there.
"""

import datetime
import io
import zipfile
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from daiban_server.features.catalogue.faults import WorkbookError

FILE_BYTES = 5 * 2**20
"""Largest file, as it comes."""
UNPACKED_BYTES = 10 * 2**20
"""Largest sum of what is in it: about what six full sheets have. Reading that much takes some seconds."""
MEMBERS = 200
ROWS = 2000
"""Rows of one sheet below its heading."""
COLUMNS = 60
"""Cells of a row that are looked at; the widest sheet needs 25."""
_LAST_ROW = 1_048_576
"""The last row that a spreadsheet can have."""
_STEP = 64 * 2**10


class Bad(NamedTuple):
    """A cell that holds no value of its own; `code` says what."""

    code: str


Cell = str | int | float | bool | datetime.datetime | Bad | None
Rows = Sequence[tuple[int, Sequence[Cell]]]
"""Rows that say something, with their numbers; the heading is the first."""


def read_sheets(data: bytes, wanted: Collection[str]) -> Mapping[str, Rows]:
    """Every sheet by its name; of those that are not `wanted` no rows. Raises `WorkbookError`."""
    if len(data) > FILE_BYTES:
        raise WorkbookError("workbook.too_large")
    archive = _repacked(data)
    try:
        # Loaded here: it brings numpy along, some 25 MB that a server without a workbook to read does not need.
        import openpyxl

        book = openpyxl.load_workbook(archive, read_only=True, keep_links=False)
        if len(set(book.sheetnames)) < len(book.sheetnames):
            raise WorkbookError("workbook.unreadable")
        return {sheet.title: list(_rows(sheet)) if sheet.title in wanted else [] for sheet in book.worksheets}
    except WorkbookError:
        raise
    except Exception as error:  # openpyxl raises whatever a damaged part makes it stumble over
        raise WorkbookError("workbook.unreadable") from error


def _repacked(data: bytes) -> io.BytesIO:
    """The archive without compression, every member with its true size."""
    packed = io.BytesIO()
    room = UNPACKED_BYTES
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(packed, "w") as target:
            if len(source.infolist()) > MEMBERS:
                raise WorkbookError("workbook.too_large")
            if len(set(source.namelist())) < len(source.infolist()):
                raise WorkbookError("workbook.unreadable")
            for member in source.infolist():
                content = _unpacked(source, member, room)
                room -= len(content)
                _refuse_macros(member.filename, content)
                target.writestr(member.filename, content)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError, OSError):
        raise WorkbookError("workbook.unreadable") from None
    packed.seek(0)
    return packed


def _unpacked(source: zipfile.ZipFile, member: zipfile.ZipInfo, room: int) -> bytes:
    parts: list[bytes] = []
    with source.open(member) as file:
        while part := file.read(_STEP):
            room -= len(part)
            if room < 0:
                raise WorkbookError("workbook.too_large")
            parts.append(part)
    return b"".join(parts)


def _refuse_macros(name: str, content: bytes) -> None:
    lower = name.lower()
    if lower.endswith((".bin", ".vba")) and "vba" in lower:
        raise WorkbookError("workbook.macros")
    if lower == "[content_types].xml" and b"macroenabled" in content.lower():
        raise WorkbookError("workbook.macros")


def _rows(sheet: Any) -> Iterator[tuple[int, Sequence[Cell]]]:
    # The size that the sheet states is the sender's word; rows and columns are bounded here instead.
    sheet.reset_dimensions()
    blank: object = None
    for number, row in enumerate(sheet.iter_rows(max_row=_LAST_ROW, max_col=COLUMNS), 1):
        if row is blank:
            continue  # rows that the file leaves out are one object, up to a million times
        values = [_value(cell) for cell in row]
        if all(value is None for value in values):
            blank = row
        elif number > ROWS + 1:
            raise WorkbookError("workbook.too_many_rows")
        else:
            yield number, values


def _value(cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return None
    if cell.data_type == "f":
        return Bad("cell.formula")
    if cell.data_type == "e":
        return Bad("cell.error")
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").strip() or None
    if isinstance(value, bool | int | float | datetime.datetime):
        return value
    return Bad("cell.error")
