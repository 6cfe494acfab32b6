"""A sheet with a heading, read into members by name; what is wrong with its cells is collected on the way."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from daiban_server.features.catalogue.columns import CellError, Column, Sheet
from daiban_server.features.catalogue.faults import Fault, Place
from daiban_server.features.catalogue.opened import Bad, Cell, Rows


class Line(NamedTuple):
    """A row of a sheet: its number, the members that its cells say, and those whose cells have a fault already."""

    number: int
    values: dict[str, Any]
    faulty: frozenset[str] = frozenset()


def read_table(sheet: Sheet, rows: Rows, faults: list[Fault]) -> list[Line]:
    """The rows below the heading, as `sheet` understands them."""
    if not rows:
        faults.append(Fault(Place(sheet.name), "sheet.no_heading"))
        return []
    at = _positions({column.heading: column for column in sheet.columns}, sheet.name, rows[0], faults)
    for column in sheet.columns:
        if column.name not in at:
            faults.append(Fault(Place(sheet.name, rows[0][0], column.heading), "sheet.column_missing"))
    lines = [_line(sheet.name, number, cells, at, faults) for number, cells in rows[1:]]
    return [line for line in lines if line.values or line.faulty]


def _positions(
    known: Mapping[str, Column], sheet: str, heading: tuple[int, Sequence[Cell]], faults: list[Fault]
) -> dict[str, tuple[int, Column]]:
    number, cells = heading
    at: dict[str, tuple[int, Column]] = {}
    for index, cell in enumerate(cells):
        if cell is None:
            continue
        column = known.get(str(cell))
        if column is None:
            faults.append(Fault(Place(sheet, number, str(cell)[:20]), "sheet.column_unknown"))
        elif column.name in at:
            faults.append(Fault(Place(sheet, number, column.heading), "sheet.column_twice"))
        else:
            at[column.name] = (index, column)
    return at


def _line(
    sheet: str, number: int, cells: Sequence[Cell], at: Mapping[str, tuple[int, Column]], faults: list[Fault]
) -> Line:
    values: dict[str, Any] = {}
    faulty = set()
    used = {index for index, _ in at.values()}
    for name, (index, column) in at.items():
        try:
            value = _read(column, cells[index])
        except CellError as error:
            faults.append(Fault(Place(sheet, number, column.heading), error.code))
            faulty.add(name)
            continue
        if value is not None:
            values[name] = value
    if stray := [index for index, cell in enumerate(cells) if cell is not None and index not in used]:
        faults.append(Fault(Place(sheet, number, letters(stray[0])), "sheet.stray"))
    return Line(number, values, frozenset(faulty))


def _read(column: Column, cell: Cell) -> Any:
    if isinstance(cell, Bad):
        raise CellError(cell.code)
    return column.read(cell)


def letters(index: int) -> str:
    """A column's name in a spreadsheet: A for the first."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
