"""A form from an XLSForm. Whatever our questions cannot say is a fault with its sheet, row and column: a form that lost
a rule on the way would be worse than one that is refused.

Our choices are what people see, so a choice is its label; its name only serves the conditions. A number without a
constraint has our own limits, 0 to 1,000,000,000. After us pyxform reads the same rows: what it does not take as an
XLSForm is none.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from daiban_server.features.catalogue.catalogue import Fields
from daiban_server.features.catalogue.check import form_flaws
from daiban_server.features.catalogue.columns import WHOLE, Column, Sheet, read_text
from daiban_server.features.catalogue.faults import Fault, FaultyError, Place
from daiban_server.features.catalogue.opened import Rows, read_sheets
from daiban_server.features.catalogue.tables import Line, read_table
from daiban_server.features.catalogue.xlsform_out import APPEARANCES, CHOICES, FLAGS, PLAIN, SETTINGS, SURVEY

_TRUE = frozenset({"yes", "true", "true()", "是"})
_FALSE = frozenset({"no", "false", "false()", "否"})
_SELECT = re.compile(r"select[_ ](one|multiple)\s+(\S+)\Z")
_RELEVANT = re.compile(r"\$\{([^}]+)\}\s*=\s*(?:'([^']*)'|\"([^\"]*)\"|(-?[0-9]{1,10}))\Z")
_SELECTED = re.compile(r"selected\(\s*\$\{([^}]+)\}\s*,\s*['\"]([^'\"]*)['\"]\s*\)\Z")
_BOUND = re.compile(r"\.\s*(>=|<=|>|<|=)\s*(-?[0-9]{1,10})\Z")
_TURNED = re.compile(r"(-?[0-9]{1,10})\s*(>=|<=|>|<|=)\s*\.\Z")
_LENGTH = re.compile(r"string-length\(\s*\.\s*\)\s*(<=|<)\s*([0-9]{1,4})\Z")
_TURN = {">=": "<=", "<=": ">=", ">": "<", "<": ">", "=": "="}
_ROW = re.compile(r"\[row : ([0-9]+)\]")
_MEMBERS = {
    "id": "name",
    "choices": "type",
    "least": "constraint",
    "most": "constraint",
    "longest": "constraint",
    "when": "relevant",
}
"""Where a member of our question stands in the survey, if not under its own name."""
_KNOWN = {"survey": SURVEY, "choices": CHOICES, "settings": SETTINGS}
_NEEDED = {"survey": SURVEY[:3], "choices": CHOICES, "settings": ()}


def read_form(data: bytes, code: str, edition: int) -> list[dict[str, Any]]:
    """The questions that a workbook holds, for the item `code` whose edition `edition` is in force: a workbook that
    names another item or edition is refused.

    Raises `WorkbookError` for a file that is not looked into, `FaultyError` with at most 100 faults.
    """
    sheets = read_sheets(data, list(_KNOWN))
    faults: list[Fault] = []
    faults += [Fault(Place(name[:31]), "sheet.unknown") for name in sheets if name not in _KNOWN]
    if "survey" not in sheets:
        faults.append(Fault(Place("survey"), "sheet.missing"))
    lines = {name: _table(name, sheets[name], faults) if sheets.get(name) else [] for name in _KNOWN}
    _check_settings(lines["settings"], code, edition, faults)
    reader = _Reader(_lists(lines["choices"]), faults)
    form = [reader.question(line) for line in lines["survey"]]
    faults += _flaws(form, lines["survey"], faults)
    if form and not faults:
        _ask_pyxform(lines, faults)
    if faults:
        raise FaultyError(sorted(faults, key=lambda fault: (fault.place.sheet != "survey", fault.place.row)))
    return form


def _table(name: str, rows: Rows, faults: list[Fault]) -> list[Line]:
    """A sheet's rows. Headings that we do not know matter only where something stands below them."""
    present = [str(cell) for cell in rows[0][1] if cell is not None]
    headings = dict.fromkeys([*_NEEDED[name], *present])
    sheet = Sheet(name, "", tuple(Column(heading, heading, str, read_text, 0) for heading in headings))
    lines = read_table(sheet, rows, faults)
    for line in lines:
        for heading in line.values:
            if heading not in _KNOWN[name]:
                faults.append(Fault(Place(name, line.number, heading[:20]), "xlsform.unsupported"))
    return lines


def _check_settings(lines: Sequence[Line], code: str, edition: int, faults: list[Fault]) -> None:
    for line in lines:
        if line.values.get("form_id", code) != code:
            faults.append(Fault(Place("settings", line.number, "form_id"), "xlsform.other_item"))
        if line.values.get("version", str(edition)) != str(edition):
            faults.append(Fault(Place("settings", line.number, "version"), "catalogue.edition", f"现行第 {edition} 版"))


def _lists(lines: Sequence[Line]) -> dict[str, dict[str, str]]:
    """Labels by name, of each list of choices."""
    found: dict[str, dict[str, str]] = {}
    for line in lines:
        values = line.values
        found.setdefault(values.get("list_name", ""), {})[values.get("name", "")] = values.get("label", "")
    return found


def _flaws(form: Sequence[Fields], lines: Sequence[Line], faults: Sequence[Fault]) -> list[Fault]:
    """What our own questions may not be; of a cell that has a fault already, nothing more."""
    known = {fault.place for fault in faults}
    found = []
    for flaw in form_flaws(list(form)):
        number = lines[min(flaw.at, len(lines) - 1)].number if lines else 0
        place = Place("survey", number, _MEMBERS.get(flaw.name, flaw.name))
        if place not in known:
            found.append(Fault(place, flaw.code))
    return found


def _ask_pyxform(lines: Mapping[str, Sequence[Line]], faults: list[Fault]) -> None:
    # Here, not above: it takes a tenth of the server's start, and a form is uploaded a few times a year.
    from pyxform.errors import PyXFormError
    from pyxform.xls2xform import convert

    try:
        convert({name: [line.values for line in lines[name]] for name in _KNOWN})
    except PyXFormError as error:
        said = str(error)
        row = _ROW.search(said)
        index = int(row[1]) - 2 if row else -1
        number = lines["survey"][index].number if 0 <= index < len(lines["survey"]) else 0
        faults.append(Fault(Place("survey", number), "xlsform.refused", said[:200]))


class _Reader:
    """Reads questions in order: a condition is told by the question that it asks about."""

    def __init__(self, lists: Mapping[str, Mapping[str, str]], faults: list[Fault]) -> None:
        self._lists = lists
        self._faults = faults
        self._before: dict[str, tuple[str, Mapping[str, str]]] = {}

    def question(self, line: Line) -> dict[str, Any]:
        """A row of the survey as a question of ours; what it cannot be is noted."""
        values = line.values
        type_, named = self._type(line)
        question: dict[str, Any] = {"type": type_}
        question |= {ours: values[theirs] for ours, theirs in (("id", "name"), ("label", "label")) if theirs in values}
        if type_ in ("choice", "choices"):
            question["choices"] = list(named.values())
        if self._required(line):
            question["required"] = True
        if "constraint" in values:
            question |= self._limits(line, type_)
        if "relevant" in values:
            question["when"] = self._condition(line)
        self._before[values.get("name", "")] = (type_, named)
        return question

    def _unsupported(self, line: Line, column: str) -> None:
        said = str(line.values.get(column, ""))[:60]
        self._faults.append(Fault(Place("survey", line.number, column), "xlsform.unsupported", said))

    def _type(self, line: Line) -> tuple[str, Mapping[str, str]]:
        type_, appearance = line.values.get("type", ""), line.values.get("appearance")
        if type_ == "text" and appearance and appearance in APPEARANCES:
            return APPEARANCES[appearance], {}
        if appearance is not None:
            self._unsupported(line, "appearance")
        if type_ in PLAIN:
            return PLAIN[type_], {}
        select = _SELECT.match(type_)
        if not select or select[2] not in self._lists:
            self._unsupported(line, "type")
            return "text", {}
        named = self._lists[select[2]]
        if select[1] == "one" and named == {"yes": "是", "no": "否"}:
            return "flag", named
        return ("choice" if select[1] == "one" else "choices"), named

    def _required(self, line: Line) -> bool:
        said = str(line.values.get("required", "no")).lower()
        if said not in _TRUE | _FALSE:
            self._unsupported(line, "required")
        return said in _TRUE

    def _limits(self, line: Line, type_: str) -> dict[str, int]:
        """Least, most, longest; each comparison alone, joined by ``and``."""
        limits: dict[str, int] = {}
        for part in re.split(r"\s+and\s+", line.values["constraint"].strip()):
            found = _limit(part, type_)
            if found is None or found.keys() & limits.keys():
                self._unsupported(line, "constraint")
                return {}
            limits |= found
        return limits

    def _condition(self, line: Line) -> dict[str, Any]:
        found = _SELECTED.match(line.values["relevant"]) or _RELEVANT.match(line.values["relevant"])
        if found:
            on, named = self._before.get(found[1], ("", {}))
            value = next(part for part in found.groups()[1:] if part is not None)
            if on == "flag" and value in FLAGS:
                return {"id": found[1], "is": FLAGS[value]}
            if on == "choice" and value in named:
                return {"id": found[1], "is": named[value]}
            if on == "integer" and WHOLE.match(value):
                return {"id": found[1], "is": int(value)}
        self._unsupported(line, "relevant")
        return {}


def _limit(part: str, type_: str) -> dict[str, int] | None:
    """One comparison, or None for what is none of ours."""
    if type_ in ("text", "lines"):
        length = _LENGTH.match(part)
        return {"longest": int(length[2]) - (length[1] == "<")} if length else None
    if type_ != "integer":
        return None
    if bound := _BOUND.match(part):
        sign, number = bound[1], int(bound[2])
    elif bound := _TURNED.match(part):
        sign, number = _TURN[bound[2]], int(bound[1])
    else:
        return None
    if sign == "=":
        return {"least": number, "most": number}
    return {"least": number + (sign == ">")} if sign in (">", ">=") else {"most": number - (sign == "<")}
