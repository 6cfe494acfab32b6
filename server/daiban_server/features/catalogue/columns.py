"""The workbook's six sheets: which columns each has, how a cell is written and read.

Reading and writing share these tables, so that what is exported can be imported. A column's heading is the label that
the record kind gives the field; the heading's order in a file is free.
"""

import datetime
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from daiban_schemas.kinds import item, window
from daiban_schemas.labels import ITEM_TYPES, MODES, PAPER_FORMS
from daiban_server.features.catalogue.opened import Cell
from daiban_server.features.catalogue.words import DESKS, FLAGS, QUESTION_TYPES, UNITS

Written = str | int | None
_LIMIT = re.compile(r"([0-9]{1,3})\s*个?\s*(工作日|自然日)\Z")
WHOLE = re.compile(r"-?[0-9]{1,10}\Z")
"""An integer answer as a condition writes it."""
_UNIT_OF = {word: code for code, word in UNITS.items()}


class CellError(ValueError):
    """A cell that cannot be read; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Column(NamedTuple):
    """A column: its heading, the member that it holds, and its cells both ways. `read` raises `CellError`."""

    heading: str
    name: str
    write: Callable[[Any], Written]
    read: Callable[[Cell], Any]
    width: int


class Sheet(NamedTuple):
    """A sheet: its name, the list of an item that it holds ("" for the items and the windows themselves)."""

    name: str
    part: str
    columns: tuple[Column, ...]

    def heading(self, name: str) -> str:
        """The heading over a member."""
        return next((column.heading for column in self.columns if column.name == name), "")


def read_text(cell: Cell) -> Any:
    """A cell as text: numbers as they are shown, a day as ``YYYY-MM-DD``."""
    if isinstance(cell, bool):
        return FLAGS[cell]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.date().isoformat()
    return None if cell is None else str(cell)


def read_integer(cell: Cell) -> Any:
    """A whole number, typed as one or as digits."""
    if cell is None:
        return None
    if isinstance(cell, bool | datetime.datetime):
        raise CellError("value.not_integer")
    try:
        number = float(str(cell))
    except ValueError:
        raise CellError("value.not_integer") from None
    # What is no whole number of a spreadsheet's precision is none here; infinities and NaN fail both.
    if not abs(number) < 2**53 or number != int(number):
        raise CellError("value.not_integer")
    return int(number)


def read_flag(cell: Cell) -> Any:
    """是 or 否."""
    if cell is None or isinstance(cell, bool):
        return cell
    flags = {word: flag for flag, word in FLAGS.items()}
    if str(cell) not in flags:
        raise CellError("value.not_flag")
    return flags[str(cell)]


def write_limit(limit: Mapping[str, Any]) -> str:
    """30工作日: a limit never stands without its unit."""
    return f"{limit.get('days', 0)}{UNITS.get(limit.get('unit', 'working'), '')}"


def read_limit(cell: Cell) -> Any:
    """30工作日 or 60自然日; a bare number is refused, since both units are in use."""
    if cell is None:
        return None
    found = _LIMIT.match(str(read_text(cell)))
    if not found:
        raise CellError("cell.limit")
    return {"days": int(found[1]), "unit": _UNIT_OF[found[2]]}


def read_lines(cell: Cell) -> Any:
    """A list, one line for each."""
    text = read_text(cell)
    return None if text is None else [line.strip() for line in text.split("\n") if line.strip()]


def _read_ages(cell: Cell) -> Any:
    text = read_text(cell)
    return None if text is None else [read_integer(part) for part in re.split("[、,,;;\\s]+", text) if part]


def _choice(words: Mapping[str, str]) -> tuple[Callable[[Any], Written], Callable[[Cell], Any]]:
    codes = {word: code for code, word in words.items()}

    def read(cell: Cell) -> Any:
        if cell is None:
            return None
        if str(cell) not in codes:
            raise CellError("value.not_a_choice")
        return codes[str(cell)]

    return lambda code: words.get(code, str(code)), read


def _read_modes(cell: Cell) -> Any:
    _, read = _choice(MODES)
    text = read_text(cell)
    return None if text is None else [read(part) for part in re.split("[、,,;;\\s]+", text) if part]


_TEXT = (str, read_text)
_INTEGER = (int, read_integer)
_FLAG = (lambda flag: FLAGS[flag], read_flag)
_LIMITS = (write_limit, read_limit)
_LINES = ("\n".join, read_lines)
_MODES = (lambda modes: "、".join(MODES[mode] for mode in modes), _read_modes)
_AGES = (lambda ages: "、".join(map(str, ages)), _read_ages)
CODE = Column("事项编码", "code", *_TEXT, 10)
"""The first column of every sheet that tells of an item."""

_ITEM: Mapping[str, tuple[Any, Any]] = {
    "edition": _INTEGER,
    "order": _INTEGER,
    "type": _choice(ITEM_TYPES),
    "modes": _MODES,
    **dict.fromkeys(("legal_limit", "promised_limit", "accept_limit", "notice_limit", "send_up_limit"), _LIMITS),
    **dict.fromkeys(("trips", "crew", "minutes", "reply_every"), _INTEGER),
    **dict.fromkeys(("person_must_come", "paper_mandate_only"), _FLAG),
    "ages": _AGES,
}
_WIDE = frozenset({"basis", "conditions", "note", "about", "name", "label", "choices"})


def _of_kind(kind: Any, special: Mapping[str, tuple[Any, Any]], left_out: frozenset[str]) -> Iterator[Column]:
    for name, field in kind.fields.items():
        if name not in left_out:
            write, read = special.get(name, _TEXT)
            yield Column(field.label, name, write, read, 36 if name in _WIDE else 14)


ITEMS = Sheet(
    "事项",
    "",
    tuple(
        _of_kind(
            item.KIND,
            _ITEM,
            frozenset({"papers", "flow", "special_steps", "form", "published_on", "usable_until", "deleted"}),
        )
    ),
)
"""One row for each item. The edition says which one the row was written from: empty for a new item."""
PAPERS = Sheet(
    "材料",
    "papers",
    (
        CODE,
        Column("材料名称", "name", *_TEXT, 36),
        Column("原件或复印件", "form", *_choice(PAPER_FORMS), 14),
        Column("可共享免交", "shared", *_FLAG, 12),
        Column("说明", "note", *_TEXT, 36),
    ),
)
FLOW = Sheet(
    "流程",
    "flow",
    (
        CODE,
        Column("步骤", "name", *_TEXT, 20),
        Column("办理人", "who", *_TEXT, 20),
        Column("说明", "note", *_TEXT, 36),
    ),
)
SPECIAL_STEPS = Sheet(
    "特殊环节",
    "special_steps",
    (
        CODE,
        Column("环节名称", "name", *_TEXT, 20),
        Column("计入时限", "counted", *_FLAG, 12),
        Column("环节时限", "limit", *_LIMITS, 14),
        Column("说明", "note", *_TEXT, 36),
    ),
)
WINDOWS = Sheet(
    "窗口",
    "",
    tuple(
        _of_kind(
            window.KIND,
            {"desk": _choice(DESKS), "centres": _LINES, "everywhere": _FLAG, "order": _INTEGER},
            frozenset({"deleted"}),
        )
    ),
)
"""One row for each window; its centres by their names, one line for each."""
FORMS = Sheet(
    "表单",
    "form",
    (
        CODE,
        Column("题号", "id", *_TEXT, 14),
        Column("问题", "label", *_TEXT, 36),
        Column("题型", "type", *_choice(QUESTION_TYPES), 12),
        Column("必填", "required", *_FLAG, 8),
        Column("选项", "choices", *_LINES, 24),
        Column("最小值", "least", *_INTEGER, 10),
        Column("最大值", "most", *_INTEGER, 10),
        Column("最多字数", "longest", *_INTEGER, 10),
        Column("条件题号", "when_id", *_TEXT, 12),
        # A condition's answer is written as the question that it asks about takes it.
        Column("条件答案", "when_is", *_TEXT, 12),
    ),
)
"""One row for each question, in the form's order."""
PARTS = (PAPERS, FLOW, SPECIAL_STEPS, FORMS)
ALL = (ITEMS, PAPERS, FLOW, SPECIAL_STEPS, WINDOWS, FORMS)
