"""The figures as people ask for them: over the API, as workbook, as CSV, as paper."""

import csv
import datetime
import io
from typing import Any

import httpx2
import openpyxl
import pytest

from daiban_server import audit, provision
from daiban_server.audit import NEWEST, Wanted
from daiban_server.db.program import Program
from daiban_server.features.figures import files
from daiban_server.features.figures.tables import Column, Table
from daiban_server.limits.calendar import local_day
from tests.support.poppler import Poppler
from tests.support.raw_device import code_of
from tests.support.township import Township, new_id

FORMULA = '=HYPERLINK("x","y")'


async def made(http: httpx2.AsyncClient, kind: str, **fields: Any) -> str:
    answer = await http.post(f"/v1/records/{kind}", json={"fields": fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["record"])


async def ask(http: httpx2.AsyncClient, case: str, *steps: tuple[str, dict[str, Any]]) -> None:
    for name, arguments in steps:
        answer = await http.post(f"/v1/records/application/{case}/commands/{name}", json={"arguments": arguments})
        assert answer.status_code == 200, answer.text


async def a_day(town: Township, http: httpx2.AsyncClient) -> str:
    """Two visitors, one with a formula for a window; three cases, one of them completed. Gives the day."""
    home = await made(http, "household", place=town.qingshan.hex(), head="张桂兰")
    for window in ("社会保障", FORMULA):
        await made(http, "reception", place=town.qingshan.hex(), visitor="陈福来", people=2, window=window)
    item = {"household": home, "item": town.item.hex(), "applicant": "张桂兰", "answers.reason": "年满六十"}
    for result in ("", "", "已核准"):
        case = await made(http, "application", **item, mode="limited", source="counter")
        await ask(http, case, ("submit", {}), ("accept", {}))
        if result:
            await ask(http, case, ("complete", {"result": result}))
    return local_day(town.clock()).isoformat()


async def asked(http: httpx2.AsyncClient, path: str, **parameters: str) -> Any:
    answer = await http.get(f"/v1/figures/{path}", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_every_number_of_the_daily_report_lists_what_it_counts(township: Township) -> None:
    http = await township.signed_in("赵敏")
    day = await a_day(township, http)
    report = await asked(http, "daily", day=day)
    shown = {name: number["value"] for name, number in report["total"]["figures"].items() if number["value"]}
    assert shown == {
        "receptions": 4,
        "accepted": 3,
        "accepted_limited": 3,
        "completed": 1,
        "on_time": 1,
        "closing": 2,
    }
    assert report["labels"]["closing"] == {"label": "结转在办", "unit": "件"}
    assert sorted(row["name"] for row in report["rows"]) == sorted([FORMULA, "社会保障"])
    for row in (*report["rows"], report["total"]):
        for name, number in row["figures"].items():
            listed = (await http.get(number["cases"])).json()
            assert listed["value"] == number["value"], (row["name"], name)
            assert sum(one["times"] for one in listed["counted"]) == number["value"]


async def test_figures_are_told_apart_by_place_person_and_time(township: Township) -> None:
    http = await township.signed_in("吴镇")
    day = await a_day(township, await township.signed_in("赵敏"))
    (place,) = (await asked(http, "span", first=day, last=day, by="place"))["rows"]
    assert (place["name"], place["figures"]["accepted"]["value"], place["mean_days"]) == ("青山村", 3, 0.0)
    people = (await asked(http, "span", by="person"))["rows"]
    assert {row["name"]: row["figures"]["completed"]["value"] for row in people} == {"赵敏": 1, "未定人员": 0}
    narrow = (await asked(http, "span", by="item", mode="limited"))["total"]["figures"]
    assert (narrow["accepted"]["value"], narrow["receptions"]["value"]) == (3, 0)
    before = (datetime.date.fromisoformat(day) - datetime.timedelta(days=1)).isoformat()
    first, second = (await asked(http, "trend", first=before, last=day, step="day"))["parts"]
    assert [part["figures"]["closing"]["value"] for part in (first, second)] == [0, 2]


async def with_another_centre(town: Township) -> str:
    """A second centre, where nothing happened; gives its id."""
    other = new_id()

    def program() -> Program[None]:
        yield from provision.add_centre(other, "流水镇", "LS", town.services.keys, town.clock())

    await town.services.database.write(other, program)
    return other.hex()


async def test_centres_stand_side_by_side_for_the_district_alone(township: Township) -> None:
    other = await with_another_centre(township)
    clerk, district = await township.signed_in("赵敏"), await township.signed_in("周区")
    await a_day(township, clerk)
    seen = {row["name"]: row["figures"]["accepted"] for row in (await asked(district, "centres"))["rows"]}
    assert {name: number["value"] for name, number in seen.items()} == {"建民办事处": 3, "流水镇": 0}
    listed = (await district.get(seen["建民办事处"]["cases"])).json()
    assert listed["value"] == 3
    assert "张桂兰" not in str(listed), "the district sees which cases, and not whose"
    assert [row["name"] for row in (await asked(clerk, "centres"))["rows"]] == ["建民办事处"]
    one = await asked(district, "daily", centre=township.centre.hex())
    assert one["total"]["figures"]["accepted"]["value"] == 3
    assert (await asked(district, "daily", centre=other))["rows"] == []
    for name in ("李红", "吴镇"):
        http = await township.signed_in(name)
        for path in ("daily", "daily.pdf", "span.xlsx", "cases?figure=accepted", "assessment"):
            foreign = await http.get(f"/v1/figures/{path}{'&' if '?' in path else '?'}centre={other}")
            assert code_of(foreign) == "permission.denied", path
    assert code_of(await district.get(f"/v1/figures/daily?centre={'0' * 32}")) == "centre.unknown"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("daily?day=2026-13-01", "request.invalid"),
        ("daily?first=2026-01-01&last=2026-01-02", "figures.one_day"),
        ("span?first=2026-02-02&last=2026-02-01", "figures.span"),
        ("span?first=2024-01-01&last=2026-02-01", "figures.span"),
        ("span?first=9999-12-31&last=9999-12-31", "figures.span"),
        ("span?by=weather", "request.invalid"),
        ("trend?step=year", "request.invalid"),
        ("cases?figure=weather", "figures.unknown"),
        ("cases", "request.invalid"),
        ("daily?centre=nowhere", "centre.unknown"),
    ],
)
async def test_what_cannot_be_asked_is_told_why(sqlite_township: Township, path: str, code: str) -> None:
    assert code_of(await (await sqlite_township.signed_in("李红")).get(f"/v1/figures/{path}")) == code


async def test_the_district_weighs_and_the_score_explains_itself(township: Township) -> None:
    clerk, district = await township.signed_in("赵敏"), await township.signed_in("周区")
    await a_day(township, clerk)
    (standard,) = (await asked(clerk, "assessment"))["centres"]
    assert standard["score"]["score"] == 100.0
    assert [part["name"] for part in standard["score"]["parts"] if part["points"] is not None] == ["on_time"]
    part = {"name": "closed", "label": "办结", "weight": 30, "of": ["completed"], "over": ["accepted"]}
    left = {"name": "left", "label": "积压", "weight": 10, "of": ["closing"], "over": ["accepted"], "less": True}
    district.headers["Origin"] = clerk.headers["Origin"] = township.url
    assert code_of(await clerk.put("/v1/figures/formula", json={"parts": [part]})) == "permission.denied"
    for bad in (
        {"parts": []},
        {"parts": [part, part]},
        {"parts": [{**part, "of": ["__import__('os')"]}]},
        {"parts": [{**part, "weight": 0}]},
    ):
        answer = await district.put("/v1/figures/formula", json=bad)
        assert code_of(answer) in ("figures.formula", "request.invalid")
    assert (await asked(clerk, "formula"))["parts"][0]["name"] == "on_time", "nothing was changed"
    assert (await district.put("/v1/figures/formula", json={"parts": [part, left]})).status_code == 204
    (scored,) = (await asked(clerk, "assessment"))["centres"]
    assert scored["score"] == {
        "score": 33.33,
        "parts": [
            {**_told(part), "of": 1, "over": 3, "rate": 0.3333, "points": 10.0},
            {**_told(left), "of": 2, "over": 3, "rate": 0.3333, "points": 3.33},
        ],
    }
    assert (await clerk.get(scored["figures"]["completed"]["cases"])).json()["value"] == 1


def _told(part: dict[str, Any]) -> dict[str, Any]:
    return {"less": False, **{name: part[name] for name in ("name", "label", "weight", "less") if name in part}}


async def workbook(http: httpx2.AsyncClient, path: str) -> Any:
    answer = await http.get(f"/v1/figures/{path}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E5%BB%BA")
    return openpyxl.load_workbook(io.BytesIO(answer.content))


async def test_the_workbook_opens_with_dates_numbers_and_no_formula(township: Township) -> None:
    http = await township.signed_in("李红")
    day = await a_day(township, http)
    book = await workbook(http, f"daily.xlsx?day={day}")
    sheet = book["日报表"]
    head, *lines = list(sheet.iter_rows())
    assert [cell.value for cell in head][:6] == [
        "日期",
        "中心",
        "窗口",
        "接待群众（人次）",
        "昨日结转（件）",
        "受理（件）",
    ]
    assert (sheet.freeze_panes, sheet.print_title_rows) == ("D2", "$1:$1")
    assert {line[0].value for line in lines} == {datetime.datetime.fromisoformat(day)}
    assert lines[0][0].is_date
    shown = {line[2].value: (line[2].data_type, line[3].value, line[5].value) for line in lines}
    assert shown == {FORMULA: ("s", 2, 0), "社会保障": ("s", 2, 3), "合计": ("s", 4, 3)}
    assert not any(cell.data_type == "f" or cell.hyperlink for line in lines for cell in line)
    assert sheet.column_dimensions["C"].width > len(FORMULA)
    spanned = await workbook(http, f"span.xlsx?first={day}&last={day}")
    assert spanned.sheetnames == ["按窗口", "按办理方式", "按事项", "按地点", "按人员", "按首问责任人", "趋势"]
    head, *lines = list(spanned["按事项"].iter_rows())
    at = [cell.value for cell in head].index("按时办结率")
    total = lines[-1][at]
    assert (total.value, total.number_format) == (1, "0.0%")


async def test_the_csv_is_read_by_anybody_and_runs_nothing(sqlite_township: Township) -> None:
    http = await sqlite_township.signed_in("李红")
    day = await a_day(sqlite_township, http)
    for path in (f"daily.csv?day={day}", f"span.csv?first={day}&last={day}"):
        answer = await http.get(f"/v1/figures/{path}")
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.content.startswith(b"\xef\xbb\xbf")
        assert answer.content.count(b"\n") == answer.content.count(b"\r\n")
        lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
        assert len({len(line) for line in lines}) == 1
        assert [line[2] for line in lines[1:]] == [f"'{FORMULA}", "社会保障", "合计"]
        assert lines[1][0] == day


async def test_figures_that_leave_as_a_file_are_one_act_in_the_audit(township: Township) -> None:
    head, district = await township.signed_in("李红"), await township.signed_in("周区")
    day, who = await a_day(township, head), township.people["李红"].hex()
    for http, path in (
        (head, f"daily?day={day}"),
        (head, f"daily.xlsx?day={day}"),
        (head, f"span.csv?first={day}&last={day}&mode=limited&window=社会保障&person={who}&place=nowhere"),
        (district, f"span.xlsx?first={day}&last={day}"),
    ):
        assert (await http.get(f"/v1/figures/{path}")).status_code == 200
    assert code_of(await head.get(f"/v1/figures/daily.csv?day={day}&centre={new_id().hex()}")) == "permission.denied"
    listed = await township.services.database.read(audit.listed(Wanted(None, "figures.export"), NEWEST, 9))
    narrowed = "只看窗口 社会保障，只看办理方式 限时办理，只看地点 nowhere，只看人员 李红"
    told = {(one.name, one.subject, one.told) for one in listed}
    assert told == {
        ("李红", township.centre, f"建民办事处日报表{day} xlsx"),
        ("李红", township.centre, f"建民办事处统计表{day} csv，{narrowed}"),
        ("周区", township.centre, f"建民办事处统计表{day} xlsx"),
    }, "what is only looked at is none, and neither is what was refused"
    assert await township.services.database.read(audit.broken_anywhere()) == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1"])
def test_a_text_that_looks_like_a_formula_begins_with_an_apostrophe(text: str) -> None:
    table = Table("表", (Column(text, "text"), Column("数")), [[text, -5], ['说:"好",\n是', None]])
    head, first, second = csv.reader(io.StringIO(files.comma_separated(table).decode("utf-8-sig"), newline=""))
    assert head[0] == first[0] == f"'{text}"
    assert first[1] == "-5", "a number is a number"
    assert second == ['说:"好",\n是', ""]
    sheet = openpyxl.load_workbook(io.BytesIO(files.xlsx([table])))["表"]
    assert sheet["A2"].data_type == "s"


async def test_the_paper_of_the_day_is_printed(sqlite_township: Township, poppler: Poppler) -> None:
    http = await sqlite_township.signed_in("李红")
    day = await a_day(sqlite_township, http)
    answer = await http.get(f"/v1/figures/daily.pdf?day={day}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    text = poppler.text(answer.content)
    for said in ("日报表", "建民办事处", "社会保障", "结转0＋受理3−办结1", "＝结转在办2", "填表人：李红"):
        assert said in text
