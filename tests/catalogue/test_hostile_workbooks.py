"""Files that nobody's spreadsheet wrote by accident, and some that one did."""

import io
import struct
import tracemalloc
import zipfile
import zlib
from typing import Any

import openpyxl
import pytest

from daiban_server.features.catalogue.check import item_flaws
from daiban_server.features.catalogue.faults import FaultyError, WorkbookError
from daiban_server.features.catalogue.opened import read_sheets
from daiban_server.features.catalogue.xlsform_in import read_form
from tests.catalogue.workbooks import demo, edited, read, told, with_cells, with_members, written

SHEET = "xl/worksheets/sheet1.xml"


def refused(data: bytes) -> str:
    """The code by which a file is refused, as a catalogue and as a form alike."""
    with pytest.raises(WorkbookError) as first:
        read(data)
    with pytest.raises(WorkbookError) as second:
        read_form(data, "MZ-01", 1)
    assert first.value.code == second.value.code
    return first.value.code


def member(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no workbook",
        b"PK\x03\x04",
        written()[:5000],
        written()[5000:],
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),  # the old XLS, and any encrypted XLSX
    ],
    ids=["empty", "text", "head", "start", "end", "ole"],
)
def test_what_is_no_xlsx_file_is_refused(data: bytes) -> None:
    assert refused(data) == "workbook.unreadable"


def test_a_file_beyond_five_megabytes_is_not_opened() -> None:
    assert refused(written() + bytes(5 * 2**20)) == "workbook.too_large"


def test_a_small_file_that_unpacks_to_a_large_one_is_refused() -> None:
    bomb = with_members(written(), {"xl/media/image1.png": bytes(30 * 2**20)})
    assert len(bomb) < 100_000
    assert refused(bomb) == "workbook.too_large"


def test_a_member_that_lies_about_its_size_is_never_unpacked_beyond_it() -> None:
    """The directory says ten bytes; the stream holds thirty megabytes, and its checksum fits the first ten."""
    bomb = _lying(written(), "xl/media/image1.png", bytes(30 * 2**20), 10)
    with zipfile.ZipFile(io.BytesIO(bomb)) as archive:
        assert archive.getinfo("xl/media/image1.png").file_size == 10
    tracemalloc.start()
    try:
        assert read(bomb) == demo()
        assert tracemalloc.get_traced_memory()[1] < 15 * 2**20
    finally:
        tracemalloc.stop()


def _lying(data: bytes, name: str, content: bytes, claimed: int) -> bytes:
    packed = bytearray(with_members(data, {name: content}))
    true = struct.pack("<LL", zlib.crc32(content), 0)[:4]
    for signature, crc_at in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        at = packed.find(signature)
        while at >= 0:
            if packed[at + crc_at : at + crc_at + 4] == true:
                packed[at + crc_at : at + crc_at + 4] = struct.pack("<L", zlib.crc32(content[:claimed]))
                packed[at + crc_at + 8 : at + crc_at + 12] = struct.pack("<L", claimed)
            at = packed.find(signature, at + 4)
    return bytes(packed)


def test_a_file_of_very_many_members_is_refused() -> None:
    assert refused(with_members(written(), {f"x/{n}": b"" for n in range(300)})) == "workbook.too_large"


ENTITIES = {
    "internal": b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    "external": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
}


@pytest.mark.parametrize("doctype", ENTITIES.values(), ids=ENTITIES.keys())
@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml", SHEET])
def test_entities_of_either_kind_are_refused_wherever_they_stand(part: str, doctype: bytes) -> None:
    head, rest = member(written(), part).split(b"?>", 1)
    assert refused_as_catalogue(with_members(written(), {part: head + b"?>" + doctype + rest})) == "workbook.unreadable"


def refused_as_catalogue(data: bytes) -> str:
    """As `refused`; a sheet that no form has is not read for one."""
    with pytest.raises(WorkbookError) as error:
        read(data)
    return error.value.code


def test_macro_files_are_refused_by_what_they_hold_whatever_they_are_called() -> None:
    assert refused(with_members(written(), {"xl/vbaProject.bin": b"x"})) == "workbook.macros"
    types = member(written(), "[Content_Types].xml")
    macro = types.replace(b"spreadsheetml.sheet.main+xml", b"x").replace(
        b"application/vnd.openxmlformats-officedocument.x", b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
    )
    assert macro != types
    assert refused(with_members(written(), {"[Content_Types].xml": macro})) == "workbook.macros"


@pytest.mark.parametrize("row", [2002, 5000, 1_048_576])
def test_rows_beyond_two_thousand_are_refused_however_far_they_stand(row: int) -> None:
    assert refused_as_catalogue(with_cells(written(), ("材料", row, "材料名称", "远"))) == "workbook.too_many_rows"


def test_the_last_row_that_is_allowed_is_read() -> None:
    errors = told(with_cells(written(), ("材料", 2001, "材料名称", "远")))
    assert errors == ["「材料」表第 2001 行「事项编码」列：没有这个事项，请核对事项编码"]


def test_a_sheet_that_lies_about_its_extent_is_read_whole() -> None:
    xml = member(written(), SHEET)
    start = xml.index(b'<dimension ref="') + len(b'<dimension ref="')
    lying = xml[:start] + b"A1:A1" + xml[xml.index(b'"', start) :]
    assert read(with_members(written(), {SHEET: lying})) == read(written())


def test_a_workbook_with_a_part_missing_or_mangled_is_refused() -> None:
    for part in ("xl/workbook.xml", SHEET, "xl/sharedStrings.xml"):
        assert refused_as_catalogue(with_members(written(), {part: b"<x"})) == "workbook.unreadable"
    assert "「事项」表：缺这张表，请用导出的文件作模板" in told(with_members(written(), {"xl/workbook.xml": b"<x/>"}))


def test_a_member_that_is_there_twice_is_refused() -> None:
    packed = io.BytesIO(written())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(packed, "a") as archive:
        archive.writestr(SHEET, b"<x/>")
    assert refused(packed.getvalue()) == "workbook.unreadable"


@pytest.mark.parametrize("value", ["=1+1", '=HYPERLINK("http://x","y")', "=cmd|' /C calc'!A0"])
def test_a_formula_is_a_fault_of_its_cell_whatever_it_last_gave(value: str) -> None:
    assert told(with_cells(written(), ("流程", 4, "说明", value))) == [
        "「流程」表第 4 行「说明」列：这里是公式，请改成文字或数字"
    ]


def test_an_error_value_is_a_fault_of_its_cell() -> None:
    def edit(book: openpyxl.Workbook) -> None:
        cell: Any = book["流程"]["D4"]
        cell.value, cell.data_type = "#REF!", "e"

    assert told(edited(written(), edit)) == ["「流程」表第 4 行「说明」列：这里不是文字、数字或日期，请重新填写"]


@pytest.mark.parametrize("text", ["a\x0bb", "_x0041_", "x005F_", "${id}"])
def test_texts_that_a_workbook_gives_back_as_something_else_are_no_texts_of_the_catalogue(text: str) -> None:
    flaws = list(item_flaws({**demo().items[0], "note": text}))
    assert [(flaw.code, flaw.name) for flaw in flaws] == [("catalogue.unwritable", "note")]


def test_sheets_that_nobody_asked_for_are_not_read() -> None:
    def edit(book: openpyxl.Workbook) -> None:
        book.create_sheet("远")["A5000"] = "x"

    assert read_sheets(edited(written(), edit), ["事项"])["远"] == []


def test_numbers_that_are_none_are_told() -> None:
    for value in ("1e999", "nan", "inf", "-inf", "1e30", "１２3x"):
        (error,) = told(with_cells(written(), ("事项", 2, "到场人数", value)))
        assert error == "「事项」表第 2 行「到场人数」列：应是整数，请填数字"


def test_a_form_with_very_many_faults_names_a_hundred() -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "survey"
    sheet.append(["type", "name", "label"])
    for n in range(300):
        sheet.append(["audio", f"r{n}", "问"])
    saved = io.BytesIO()
    book.save(saved)
    with pytest.raises(FaultyError) as error:
        read_form(saved.getvalue(), "MZ-01", 1)
    assert len(error.value.faults) == 100
