"""Stories of the district office that keeps the catalogue, and of those who work by it."""

from typing import Any

from daiban_server.demo import district
from daiban_server.features.catalogue.editions import item_id
from daiban_server.limits.calendar import local_day
from tests.catalogue.office import (
    CATALOGUE,
    DAY,
    LIMIT,
    changed,
    draft,
    everything,
    export,
    in_force,
    take,
    with_catalogue,
)
from tests.catalogue.workbooks import edited, row_of, with_cells
from tests.support.raw_device import code_of
from tests.support.township import Township

# Reading --------------------------------------------------------------------------------------------------------


async def test_a_desk_reads_the_items_by_window_and_an_agent_reads_them_on_his_phone(sqlite_township: Township) -> None:
    town = sqlite_township
    await with_catalogue(town)
    clerk = await town.signed_in("赵敏")
    windows = (await clerk.get(CATALOGUE)).json()
    assert [(window["name"], len(window["items"])) for window in windows] == [
        *[("惠农政策", 7), ("民政救助", 11), ("信访接待", 7), ("社会保障", 10), ("行政审批", 7)],
        *[("问询岗", 0), ("“办不成事”反映窗口", 0)],
    ]
    assert [window["fields"]["desk"] for window in windows[-2:]] == ["enquiry", "stuck"]
    assert windows[-2]["fields"]["centres"] == [town.centre.hex()]
    agent = await town.signed_in("王芳")
    assert code_of(await agent.get(CATALOGUE)) == "permission.denied"
    wang = await town.device("王芳")
    await wang.sync()
    view = await wang.view(item_id("MZ-01").hex())
    assert view is not None
    assert view.values["name"] == "最低生活保障申请（审核确认）"


async def test_who_is_not_the_district_may_take_the_files_but_not_bring_them(sqlite_township: Township) -> None:
    await with_catalogue(sqlite_township)
    before = await everything(sqlite_township)
    for name in ("赵敏", "李红", "孙亮"):
        http = await sqlite_township.signed_in(name)
        data = await export(http)
        assert (await http.get(f"{CATALOGUE}/items/MZ-01/form.xlsx")).content.startswith(b"PK")
        for path in ("import", "items/MZ-01/form"):
            answer = await http.post(f"{CATALOGUE}/{path}?dry_run=true", content=data)
            assert code_of(answer) == "permission.denied"
    assert await everything(sqlite_township) == before


# Publishing -----------------------------------------------------------------------------------------------------


async def test_the_district_shortens_a_limit_and_drafts_on_the_old_edition_have_their_time(township: Township) -> None:
    town = township
    officer = await with_catalogue(town)
    wang = await town.device("王芳")
    await wang.sync()
    answers = {"answers.people": 2, "answers.income": 32000, "answers.reason": ["因病"]}
    in_time, too_late = [await draft(town, wang, item_id("MZ-01").hex(), **answers) for _ in range(2)]
    data = await export(officer)
    row = row_of(data, "事项", "MZ-01")
    shorter = with_cells(data, ("事项", row, LIMIT, "20个工作日"))
    before = await everything(town)
    dry = await take(officer, shorter)
    assert await everything(town) == before
    assert (dry["published"], dry["changed"], dry["ended"]) == (False, 1, 0)
    (change,) = [one for one in dry["changes"] if one["what"] == "changed"]
    text = "由「25工作日」改为「20工作日」"
    assert change["differences"] == [{"field": "promised_limit", "label": LIMIT, "text": text}]

    until = local_day(town.clock() + 3 * DAY).isoformat()
    done = await take(officer, shorter, dry_run=False, usable_until=until)
    assert (done["published"], done["usable_until"], done["changes"]) == (True, until, dry["changes"])
    new = await in_force(officer, "MZ-01")
    assert (new["edition"], new["record"]) == (2, item_id("MZ-01", 2).hex())
    assert new["fields"]["promised_limit"] == {"days": 20, "unit": "working"}
    old = (await officer.get(f"/v1/records/item/{item_id('MZ-01').hex()}")).json()["values"]
    assert (old["usable_until"], old["promised_limit"]["days"], old["edition"]) == (until, 25, 1)

    town.clock.ahead += 3 * DAY
    await wang.command(in_time, "submit")
    await wang.sync()
    assert await wang.troubled() == []
    town.clock.ahead += DAY
    await wang.command(too_late, "submit")
    await wang.sync()
    ((_, record, _, outcome),) = await wang.troubled()
    assert (record, outcome.code, outcome.fields) == (too_late, "item.expired", ("item",))
    view = await wang.view(too_late)
    assert view is not None
    assert view.values["answers.income"] == 32000
    form = await wang.open(too_late)
    await wang.save(form, {"item": new["record"]})
    await wang.command(too_late, "submit")
    await wang.sync()
    clerk = await town.signed_in("赵敏")
    assert (await clerk.get(f"/v1/records/application/{too_late}")).json()["status"] == "submitted"


async def test_publishing_what_stands_already_writes_nothing(sqlite_township: Township) -> None:
    officer = await with_catalogue(sqlite_township)
    before = await everything(sqlite_township)
    done = await take(officer, await export(officer), dry_run=False)
    assert (done["published"], done["added"], done["changed"], done["ended"]) == (True, 0, 0, 0)
    assert done["unchanged"] == 42 + 7
    assert await everything(sqlite_township) == before


async def test_an_item_ends_only_where_whoever_publishes_has_seen_it(sqlite_township: Township) -> None:
    """A file that lacks a row would else end an item that somebody lost by sorting."""
    town = sqlite_township
    officer = await with_catalogue(town)
    data = await export(officer)
    shorter = edited(data, lambda book: _without(book, "XS-07"))
    assert changed(await take(officer, shorter)) == {"XS-07": "ended"}
    before = await everything(town)
    answer = await officer.post(f"{CATALOGUE}/import?dry_run=false", content=shorter)
    assert (code_of(answer), answer.status_code) == ("catalogue.ends", 409)
    assert await everything(town) == before
    await take(officer, shorter, dry_run=False, ends=1)
    assert "XS-07" not in (await officer.get(CATALOGUE)).text
    assert code_of(await officer.get(f"{CATALOGUE}/items/XS-07/form.xlsx")) == "catalogue.item"
    old = (await officer.get(f"/v1/records/item/{item_id('XS-07').hex()}")).json()["values"]
    assert old["usable_until"] == local_day(town.clock() + 30 * DAY).isoformat()

    row = row_of(data, "事项", "XS-07")
    answer = await officer.post(f"{CATALOGUE}/import", content=data)
    assert [error["row"] for error in answer.json()["errors"]] == [row]
    again = with_cells(data, ("事项", row, "版本", None))
    assert changed(await take(officer, again, dry_run=False)) == {"XS-07": "added"}
    assert (await in_force(officer, "XS-07"))["edition"] == 2


def _without(book: Any, code: str) -> None:
    for sheet in book.worksheets:
        for number in range(sheet.max_row, 1, -1):
            if sheet.cell(number, 1).value == code:
                sheet.delete_rows(number)


async def test_two_officers_with_the_same_export_do_not_undo_each_other(sqlite_township: Township) -> None:
    officer = await with_catalogue(sqlite_township)
    data = await export(officer)
    row = row_of(data, "事项", "MZ-01")
    await take(officer, with_cells(data, ("事项", row, LIMIT, "20工作日")), dry_run=False)
    late = with_cells(data, ("事项", row, "收费标准", "免费"))
    answer = await officer.post(f"{CATALOGUE}/import?dry_run=false", content=late)
    assert code_of(answer) == "catalogue.faulty"
    (error,) = answer.json()["errors"]
    text = f"「事项」表第 {row} 行「版本」列：事项版本已变（现行第 2 版），请重新导出，在新版本上修改"
    assert (error["code"], error["text"]) == ("catalogue.edition", text)
    assert (await in_force(officer, "MZ-01"))["edition"] == 2


async def test_a_wrong_file_names_every_wrong_cell_and_changes_nothing(sqlite_township: Township) -> None:
    officer = await with_catalogue(sqlite_township)
    before = await everything(sqlite_township)
    wrong = with_cells(
        await export(officer), ("事项", 3, "到场人数", 7), ("窗口", 7, "设在", "长安镇"), ("表单", 2, "题号", "面积")
    )
    for dry_run in ("true", "false"):
        answer = await officer.post(f"{CATALOGUE}/import?dry_run={dry_run}", content=wrong)
        assert answer.status_code == 422
        places = [(error["sheet"], error["row"], error["column"]) for error in answer.json()["errors"]]
        assert places == [("事项", 3, "到场人数"), ("窗口", 7, "设在"), ("表单", 2, "题号")]
    for data, code in ((b"x", "workbook.unreadable"), (bytes(5 * 2**20 + 1), "workbook.too_large")):
        assert code_of(await officer.post(f"{CATALOGUE}/import", content=data)) == code
    assert await everything(sqlite_township) == before


async def test_a_day_that_has_passed_or_is_none_is_refused(sqlite_township: Township) -> None:
    officer = await with_catalogue(sqlite_township)
    data = await export(officer)
    for dry_run in ("true", "false"):
        for day, code in (("2020-01-01", "catalogue.until"), ("明天", "value.not_date")):
            how = {"dry_run": dry_run, "usable_until": day}
            assert code_of(await officer.post(f"{CATALOGUE}/import", content=data, params=how)) == code


async def test_a_desk_moves_to_another_centre_and_a_window_closes(sqlite_township: Township) -> None:
    town = sqlite_township
    officer = await with_catalogue(town)
    data = await export(officer)
    row = row_of(data, "窗口", "问询岗")
    everywhere = with_cells(data, ("窗口", row, "设在", None), ("窗口", row, "各中心都有", "是"))
    done = await take(officer, everywhere, dry_run=False)
    assert changed(done) == {"WX": "changed"}
    (change,) = [one for one in done["changes"] if one["what"] == "changed"]
    assert [one["text"] for one in change["differences"]] == ["删去「建民办事处」", "填写「是」"]
    without = edited(await export(officer), lambda book: book["窗口"].delete_rows(row))
    await take(officer, without, dry_run=False, ends=1)
    assert "问询岗" not in [window["name"] for window in (await officer.get(CATALOGUE)).json()]
    assert changed(await take(officer, data)) == {"WX": "added"}


# Forms ----------------------------------------------------------------------------------------------------------


async def test_a_form_is_changed_in_a_form_builder_and_the_phone_asks_anew(sqlite_township: Township) -> None:
    town = sqlite_township
    officer = await with_catalogue(town)
    path = f"{CATALOGUE}/items/MZ-04"
    data = (await officer.get(f"{path}/form.xlsx")).content
    more = edited(data, lambda book: book["survey"].append(["integer", "people", "受影响人数", "yes", None, ". <= 30"]))
    before = await everything(town)
    dry = (await officer.post(f"{path}/form", content=more)).json()
    assert (dry["published"], changed(dry)) == (False, {"MZ-04": "changed"})
    (change,) = [one for one in dry["changes"] if one["what"] == "changed"]
    assert change["differences"] == [{"field": "form", "label": "表单", "text": "新增「受影响人数」"}]
    assert await everything(town) == before
    done = await officer.post(f"{path}/form?dry_run=false", content=more)
    assert done.json()["published"] is True
    new = await in_force(officer, "MZ-04")
    wang = await town.device("王芳")
    await wang.sync()
    case = await draft(town, wang, new["record"], **{"answers.matter": "房屋倒塌"})
    await wang.command(case, "submit")
    await wang.sync()
    ((_, _, _, outcome),) = await wang.troubled()
    assert (outcome.code, outcome.fields) == ("answers.missing", ("answers.people",))

    stale = await officer.post(f"{path}/form?dry_run=false", content=data)
    assert [error["code"] for error in stale.json()["errors"]] == ["catalogue.edition"]
    other = await officer.post(f"{CATALOGUE}/items/MZ-03/form", content=data)
    assert [error["code"] for error in other.json()["errors"]] == ["xlsform.other_item"]
    assert code_of(await officer.post(f"{CATALOGUE}/items/QQ-1/form", content=data)) == "catalogue.item"
    assert code_of(await officer.post(f"{path}/form", content=b"x")) == "workbook.unreadable"


async def test_a_form_too_large_for_a_record_is_refused_before_and_at_publishing(sqlite_township: Township) -> None:
    officer = await with_catalogue(sqlite_township)
    path = f"{CATALOGUE}/items/MZ-04/form"
    data = (await officer.get(f"{path}.xlsx")).content

    def swell(book: Any) -> None:
        for number in range(90):
            book["survey"].append([f"select_one l{number}", f"q{number}", "问" * 200])
            for choice in range(20):
                book["choices"].append([f"l{number}", f"c{choice}", f"{choice}" + "答" * 90])

    for dry_run in ("true", "false"):
        answer = await officer.post(f"{path}?dry_run={dry_run}", content=edited(data, swell))
        assert code_of(answer) == "entry.too_large"
    assert (await in_force(officer, "MZ-04"))["edition"] == 1


async def test_what_the_township_was_set_up_with_goes_on_as_an_earlier_edition(sqlite_township: Township) -> None:
    """Its pension item has a record of another id: the newest edition counts, whatever its record is called."""
    town = sqlite_township
    (window,) = (await (await town.signed_in("赵敏")).get(CATALOGUE)).json()
    assert (window["name"], window["fields"], window["items"][0]["edition"]) == ("社会保障", {}, 1)
    officer = await with_catalogue(town)
    new = await in_force(officer, "SB-01")
    assert (new["edition"], new["record"]) == (2, item_id("SB-01", 2).hex())
    old = (await officer.get(f"/v1/records/item/{town.item.hex()}")).json()["values"]
    assert old["usable_until"] == local_day(town.clock()).isoformat()


async def test_in_the_demo_three_subdistricts_have_an_enquiry_desk_and_one_the_land_desk(
    sqlite_township: Township,
) -> None:
    town = sqlite_township
    await town.services.database.write("demo", lambda: district.build(town.services.keys, town.clock()))
    names = {centre.id.hex(): centre.name for centre in district.district()}
    assert len(names) == 34
    officer = await town.signed_in("周区")
    windows = {window["name"]: window["fields"] for window in (await officer.get(CATALOGUE)).json()}
    urban = ["建民办事处便民服务中心", "新城办事处便民服务中心", "老城办事处便民服务中心"]
    assert [names[id_] for id_ in windows["问询岗"]["centres"]] == urban
    assert [names[id_] for id_ in windows["征地拆迁岗"]["centres"]] == urban[:1]
    assert all(windows[name]["everywhere"] for name in (*district.WINDOWS, "“办不成事”反映窗口"))
    assert changed(await take(officer, await export(officer))) == {}
