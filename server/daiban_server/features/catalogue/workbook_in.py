"""A catalogue from an XLSX workbook: every fault of the file at once, each with sheet, row and column."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from daiban_server.features.catalogue import columns
from daiban_server.features.catalogue.catalogue import Catalogue, Fields
from daiban_server.features.catalogue.check import PARTS, Flaw, canonical, item_flaws, window_flaws
from daiban_server.features.catalogue.columns import WHOLE, Sheet
from daiban_server.features.catalogue.faults import Fault, FaultyError, Place
from daiban_server.features.catalogue.opened import read_sheets
from daiban_server.features.catalogue.tables import Line, read_table
from daiban_server.features.catalogue.words import FLAGS
from daiban_sync.ids import is_id

Lines = Mapping[str, Sequence[Line]]
"""Rows by the name of their sheet."""


def read_catalogue(data: bytes, centres: Mapping[str, str], editions: Mapping[str, int]) -> Catalogue:
    """The catalogue that a workbook holds. `centres` are names by id in hexadecimal, `editions` the editions in force
    by item code: a row that was written from another one is refused, for it would undo what came between.

    Raises `WorkbookError` for a file that is not looked into, `FaultyError` with at most 100 faults.
    """
    names = [sheet.name for sheet in columns.ALL]
    sheets = read_sheets(data, names)
    faults: list[Fault] = []
    faults += [Fault(Place(name), "sheet.missing") for name in names if name not in sheets]
    faults += [Fault(Place(name[:31]), "sheet.unknown") for name in sheets if name not in names]
    lines = {one.name: read_table(one, sheets[one.name], faults) for one in columns.ALL if one.name in sheets}
    for one in columns.ALL:
        lines.setdefault(one.name, [])
    parts = {sheet.part: _by_code(sheet, lines, faults) for sheet in columns.PARTS}
    windows = [_window(line, centres, faults) for line in lines["窗口"]]
    items = [_item(line, parts, faults) for line in lines["事项"]]
    faults += _across(lines, editions)
    if faults:
        raise FaultyError(sorted(faults, key=_order))
    based = {line.values["code"]: line.values["edition"] for line in lines["事项"] if "edition" in line.values}
    return Catalogue(tuple(windows), tuple(items), based)


def _order(fault: Fault) -> tuple[int, int]:
    names = [sheet.name for sheet in columns.ALL]
    return names.index(fault.place.sheet) if fault.place.sheet in names else -1, fault.place.row


# Windows and items ----------------------------------------------------------------------------------------------


def _window(line: Line, centres: Mapping[str, str], faults: list[Fault]) -> Fields:
    place = Place("窗口", line.number, columns.WINDOWS.heading("centres"))
    found = []
    for name in line.values.get("centres", []):
        ids = [name] if is_id(name) and name in centres else [id_ for id_, told in centres.items() if told == name]
        if len(ids) != 1:
            faults.append(Fault(place, "catalogue.centre", name[:40]))
        found += ids[:1]
    window = canonical({**line.values, "centres": found})
    flaws = [flaw for flaw in window_flaws(window) if not (flaw.name == "centres" and line.values.get("centres"))]
    faults += _placed(flaws, columns.WINDOWS, line)
    return window


def _item(line: Line, parts: Mapping[str, Mapping[str, list[Line]]], faults: list[Fault]) -> Fields:
    own = {part: parts[part].get(str(line.values.get("code")), []) for part in PARTS}
    members = {part: [_member(part, one) for one in own[part]] for part in PARTS}
    _tell_conditions(members["form"])
    item = canonical({**line.values, **members})
    for flaw in item_flaws(item):
        if not flaw.part:
            faults += _placed([flaw], columns.ITEMS, line)
        elif flaw.at < len(own[flaw.part]):
            sheet = next(sheet for sheet in columns.PARTS if sheet.part == flaw.part)
            faults += _placed([flaw], sheet, own[flaw.part][flaw.at])
    return item


def _placed(flaws: Sequence[Flaw], sheet: Sheet, line: Line) -> Iterator[Fault]:
    for flaw in flaws:
        name = "when_is" if flaw.name == "when" else flaw.name
        if name not in line.faulty:
            yield Fault(Place(sheet.name, line.number, sheet.heading(name)), flaw.code)


def _by_code(sheet: Sheet, lines: Lines, faults: list[Fault]) -> dict[str, list[Line]]:
    """The rows of a part by the item that they belong to."""
    known = {line.values.get("code") for line in lines["事项"]}
    found: dict[str, list[Line]] = {}
    for line in lines[sheet.name]:
        code = line.values.get("code")
        if code not in known:
            faults.append(Fault(Place(sheet.name, line.number, columns.CODE.heading), "catalogue.item"))
        else:
            found.setdefault(str(code), []).append(line)
    return found


def _member(part: str, line: Line) -> dict[str, Any]:
    values = {name: value for name, value in line.values.items() if name not in ("code", "when_id", "when_is")}
    if part == "form" and {"when_id", "when_is"} & line.values.keys():
        values["when"] = {"id": line.values.get("when_id", ""), "is": line.values.get("when_is")}
    return values


def _tell_conditions(form: Sequence[dict[str, Any]]) -> None:
    """Read each condition's answer as the question that it asks about writes its own."""
    types = {question.get("id"): question.get("type") for question in form}
    flags = {word: flag for flag, word in FLAGS.items()}
    for question in form:
        if when := question.get("when"):
            text = str(when["is"])
            if types.get(when["id"]) == "flag":
                when["is"] = flags.get(text, text)
            elif types.get(when["id"]) == "integer" and WHOLE.match(text):
                when["is"] = int(text)


# Across rows ----------------------------------------------------------------------------------------------------


def _across(lines: Lines, editions: Mapping[str, int]) -> Iterator[Fault]:
    """Codes and names twice, windows that are not there, and rows written from an edition that has been replaced."""
    yield from _twice(columns.ITEMS, "code", lines)
    yield from _twice(columns.WINDOWS, "code", lines)
    yield from _twice(columns.WINDOWS, "name", lines)
    windows = {line.values.get("name") for line in lines["窗口"]}
    for line in lines["事项"]:
        place = Place("事项", line.number)
        if "window" in line.values and line.values["window"] not in windows:
            yield Fault(place._replace(column=columns.ITEMS.heading("window")), "catalogue.window")
        edition = editions.get(str(line.values.get("code")))
        if line.values.get("edition") != edition and "edition" not in line.faulty:
            said = f"现行第 {edition} 版" if edition else "新事项请留空"
            yield Fault(place._replace(column=columns.ITEMS.heading("edition")), "catalogue.edition", said)


def _twice(sheet: Sheet, name: str, lines: Lines) -> Iterator[Fault]:
    seen = set()
    for line in lines[sheet.name]:
        value = line.values.get(name)
        if value is not None and value in seen:
            yield Fault(Place(sheet.name, line.number, sheet.heading(name)), "catalogue.twice")
        seen.add(value)
