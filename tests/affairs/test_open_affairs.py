"""A resident looks a case up, rates it once, and says what was wrong; somebody else answers."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from daiban_schemas.slip import code_of, slip_number
from daiban_server.accounts import lockout
from daiban_server.accounts.lockout import BUCKETS, LOOK_UP, SOURCES
from daiban_server.db import schema
from daiban_server.db.program import rows
from daiban_server.jobs.loop import one_round
from daiban_server.rating_secret import secret_of
from tests.support.raw_device import code_of as problem
from tests.support.township import Township, open_township, served


@pytest.fixture
async def resident(township: Township) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody's own phone, signed in nowhere."""
    async with httpx2.AsyncClient(base_url=township.url, trust_env=False) as http:
        yield http


async def case_of(town: Township, *commands: tuple[str, dict[str, Any]]) -> tuple[str, str]:
    """A case that was collected at a home and handed in; its record and number, after some commands."""
    wang = await town.device("王芳")
    household = await town.household(wang)
    form = await wang.new("application")
    slip = {"number": slip_number(bytes.fromhex(form.record), 1), "code": code_of(bytes.fromhex(form.record))}
    fields = {"household": household, "item": town.item.hex(), "applicant": "张桂兰", "source": "home", "slip": slip}
    await wang.save(form, {**fields, "phone": "13700000000", "answers.reason": "年满六十"})
    await wang.report(form.record, "collected", {})
    await wang.command(form.record, "submit")
    await wang.sync()
    clerk = await town.signed_in("赵敏")
    for name, arguments in (("receive", {}), *commands):
        path = f"/v1/records/application/{form.record}/commands/{name}"
        answer = await clerk.post(path, json={"arguments": arguments})
        assert answer.status_code == 200, answer.text
    values = (await clerk.get(f"/v1/records/application/{form.record}")).json()["values"]
    return form.record, values["number"]


DONE = (("accept", {}), ("complete", {"result": "符合条件"}))


def secret(town: Township, record: str) -> dict[str, str]:
    """What came to the resident with the result."""
    return {"secret": secret_of(town.services.keys, bytes.fromhex(record))}


async def look_up(http: httpx2.AsyncClient, number: str, code: str) -> httpx2.Response:
    return await http.post("/v1/public/look-up", json={"number": number, "code": code})


async def test_number_and_code_open_a_case_and_its_slip_too(township: Township, resident: httpx2.AsyncClient) -> None:
    missing = [{"name": "户口簿"}]
    record, number = await case_of(township, ("notify", {"missing": missing}))
    code = code_of(bytes.fromhex(record))
    seen = (await look_up(resident, number, code.lower())).json()
    assert (seen["status"], seen["applicant"], seen["missing"]) == ("待补正", "张**", ["户口簿"])
    assert [step["words"] for step in seen["steps"]] == ["收件", "登记编号", "一次性告知缺少的材料"]
    assert not seen["may_rate"]
    slip = slip_number(bytes.fromhex(record), 1)
    assert (await look_up(resident, slip.lower(), code)).json() == seen
    assert "13700000000" not in str(seen)


async def test_how_the_promise_stands_is_said_of_today(sqlite_township: Township) -> None:
    town = sqlite_township
    record, number = await case_of(town, ("accept", {}))
    code = code_of(bytes.fromhex(record))
    async with town.stranger() as resident:
        path = f"{town.url}/v1/public/look-up"
        said = {"number": number, "code": code}
        assert "还剩 10 个工作日" in (await resident.post(path, json=said)).json()["due_why"]
        town.clock.ahead += 30 * 86_400_000
        await one_round(town.services)
        seen = (await resident.post(path, json=said)).json()["due_why"]
        assert "已超期" in seen and "还剩" not in seen
        clerk = await town.signed_in("赵敏")
        pause = {"arguments": {"step": "公示", "reason": "公示七天"}}
        done = await clerk.post(f"/v1/records/application/{record}/commands/pause", json=pause)
        assert done.status_code == 200
        seen = (await resident.post(path, json=said)).json()["due_why"]
        assert seen.endswith("办结。") or "暂停" in seen, "and not what was said on the first day"
        assert "还剩" not in seen


async def test_a_number_and_a_code_may_be_typed_in_full_width(sqlite_township: Township) -> None:
    town = sqlite_township
    record, number = await case_of(town, *DONE)
    wide = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})
    code, right = code_of(bytes.fromhex(record)), secret(town, record)["secret"]
    async with town.stranger() as resident:
        said = {"number": number.translate(wide), "code": code.lower().translate(wide)}
        assert (await resident.post(f"{town.url}/v1/public/look-up", json=said)).json()["number"] == number
        rated = {"number": number.translate(wide), "secret": right.translate(wide), "level": 5}
        assert (await resident.post(f"{town.url}/v1/public/rating", json=rated)).status_code == 204


async def test_a_wrong_code_opens_nothing_and_makes_one_wait(township: Township, resident: httpx2.AsyncClient) -> None:
    record, number = await case_of(township)
    for _ in range(LOOK_UP.free):
        assert problem(await look_up(resident, number, "AAAAAAAA")) == "case.not_found"
    right = code_of(bytes.fromhex(record))
    paused = await look_up(resident, number, right)
    assert (paused.status_code, problem(paused)) == (429, "session.too_many")
    township.clock.ahead += 60_000
    assert (await look_up(resident, number, right)).status_code == 200
    assert problem(await look_up(resident, "", right)) == "case.not_found"


async def test_a_restart_forgets_no_wrong_code(database_url: str, tmp_path: Path) -> None:
    async with open_township(tmp_path, database_url) as town:
        record, number = await case_of(town)
        async with town.stranger() as http:
            for _ in range(LOOK_UP.free):
                assert problem(await look_up(http, number, "AAAAAAAA")) == "case.not_found"
    town.clock.ahead -= 20_000  # the restart may take as long as it takes
    async with (
        served(tmp_path, database_url, town.clock) as (_, url),
        httpx2.AsyncClient(base_url=url, trust_env=False) as http,
    ):
        assert problem(await look_up(http, number, code_of(bytes.fromhex(record)))) == "session.too_many"


async def test_a_stranger_who_guesses_keeps_out_himself(township: Township, resident: httpx2.AsyncClient) -> None:
    """From 127.0.0.1, the whole of which is this machine's own; the resident comes from another address of it."""
    record, number = await case_of(township)
    secret = township.services.keys.derived("question")
    ours = lockout.source_of("127.0.0.1", secret)
    other = next(f"127.0.0.{n}" for n in range(2, 99) if lockout.source_of(f"127.0.0.{n}", secret) != ours)
    for _ in range(LOOK_UP.free):
        assert problem(await look_up(resident, number, "AAAAAAAA")) == "case.not_found"
    assert problem(await look_up(resident, number, code_of(bytes.fromhex(record)))) == "session.too_many"
    transport = httpx2.AsyncHTTPTransport(local_address=other)
    async with httpx2.AsyncClient(base_url=township.url, transport=transport) as elsewhere:
        assert (await look_up(elsewhere, number, code_of(bytes.fromhex(record)))).status_code == 200


async def test_no_address_is_kept_and_guessing_fills_no_table(township: Township, resident: httpx2.AsyncClient) -> None:
    _, number = await case_of(township)
    await look_up(resident, number, "AAAAAAAA")
    kept = await township.services.database.read(rows(select(schema.failure)))
    assert kept
    assert not [one for row in kept for one in row if isinstance(one, bytes) and b"127.0.0.1" in one]
    secret = township.services.keys.derived("question")
    assert len({lockout.source_of(f"10.0.{n}.{m}", secret) for n in range(40) for m in range(40)}) <= SOURCES
    assert len({lockout.account_key(LOOK_UP, None, f"JM-{n}") for n in range(4 * BUCKETS)}) <= BUCKETS


async def test_a_rating_is_given_once_by_the_resident_alone(township: Township, resident: httpx2.AsyncClient) -> None:
    record, number = await case_of(township, *DONE)
    code = code_of(bytes.fromhex(record))
    said = {"number": number, "code": code, "level": 5, "text": "跑一趟就办好了", **secret(township, record)}
    clerk = await township.signed_in("赵敏")
    assert problem(await clerk.post("/v1/public/rating", json=said)) == "rating.own_device"
    assert (await resident.post("/v1/public/rating", json=said)).status_code == 204
    assert problem(await resident.post("/v1/public/rating", json={**said, "level": 1})) == "rating.once"
    seen = (await look_up(resident, number, code)).json()
    assert (seen["rating"], seen["may_rate"]) == (5, False)
    assert (await clerk.get("/v1/records/opinion")).json() == []


async def test_a_case_that_runs_is_not_rated(township: Township, resident: httpx2.AsyncClient) -> None:
    record, number = await case_of(township)
    said = {"number": number, "code": code_of(bytes.fromhex(record)), "level": 1, **secret(township, record)}
    assert problem(await resident.post("/v1/public/rating", json=said)) == "rating.not_yet"
    assert problem(await resident.post("/v1/public/rating", json={**said, "level": 6})) == "request.invalid"


async def test_a_bad_rating_is_answered_by_somebody_else(township: Township, resident: httpx2.AsyncClient) -> None:
    record, number = await case_of(township, *DONE)
    said = {"number": number, "code": code_of(bytes.fromhex(record)), "level": 2, "text": "等了太久"}
    said |= secret(township, record)
    assert (await resident.post("/v1/public/rating", json=said)).status_code == 204
    head, clerk = await township.signed_in("李红"), await township.signed_in("赵敏")
    (opinion,) = (await head.get("/v1/records/opinion")).json()
    assert opinion["values"]["answerer_name"] == "李红"
    assert "等了太久" in opinion["values"]["text"]
    assert [one["code"] for one in (await head.get("/v1/messages")).json()] == ["opinion.owed"]
    path = f"/v1/records/opinion/{opinion['record']}/commands/answer"
    answer = {"arguments": {"text": "已当面致歉"}}
    assert problem(await clerk.post(path, json=answer)) == "opinion.own", "she handled the case"
    owed = (await head.get(f"/v1/opinions/{opinion['record']}/deadlines")).json()
    assert [(one["kind"], one["label"]) for one in owed] == [("contact", "差评联系时限"), ("mend", "差评整改时限")]
    assert "收到差评" in owed[0]["why"]
    assert problem(await head.get(f"/v1/opinions/{record}/deadlines")) == "record.unknown", "that is a case"
    assert (await head.post(path, json=answer)).status_code == 200
    values = (await head.get(f"/v1/records/opinion/{opinion['record']}")).json()["values"]
    assert (values["status"], values["answer"]) == ("answered", "已当面致歉")


async def test_the_box_takes_what_anybody_says(township: Township, resident: httpx2.AsyncClient) -> None:
    said = {"text": "窗口下午没有人", "phone": "13800001111"}
    assert (await resident.post("/v1/public/JM/opinions", json=said)).status_code == 201
    assert problem(await resident.post("/v1/public/XX/opinions", json=said)) == "centre.unknown"
    assert problem(await resident.post("/v1/public/JM/opinions", json={"text": "嗯"})) == "request.invalid"
    nothing = {"text": "\u200b\u200b"}
    assert problem(await resident.post("/v1/public/JM/opinions", json=nothing)) == "value.incomplete"
    (opinion,) = (await (await township.signed_in("李红")).get("/v1/records/opinion")).json()
    assert (opinion["values"]["channel"], opinion["status"]) == ("opinion_box", "open")
    assert opinion["values"]["number"].endswith("YJ-0001")


async def test_what_is_about_the_head_goes_above_her(township: Township) -> None:
    clerk = await township.signed_in("赵敏")
    fields = {
        "place": township.centre.hex(),
        "channel": "complaint",
        "text": "态度不好",
        "about": township.people["李红"].hex(),
    }
    made = await clerk.post("/v1/records/opinion", json={"fields": fields})
    assert made.status_code == 201, made.text
    values = (await clerk.get(f"/v1/records/opinion/{made.json()['record']}")).json()["values"]
    assert values["answerer_name"] == "吴镇"
    leader = await township.signed_in("吴镇")
    path = f"/v1/records/opinion/{made.json()['record']}"
    taken_back = {"fields": {"about": None}, "seen": 10**6}
    assert problem(await leader.patch(path, json=taken_back)) == "permission.denied"
    clerk_too = {"arguments": {"to": township.people["赵敏"].hex()}}
    head = await township.signed_in("李红")
    to = {"arguments": {"to": township.people["李红"].hex()}}
    path = f"/v1/records/opinion/{made.json()['record']}/commands/assign"
    assert problem(await head.post(path, json=to)) == "opinion.own"
    assert problem(await head.post(path, json=clerk_too)) == "opinion.own", "nor does she choose who answers for her"
    answer = path.replace("assign", "answer")
    assert (await leader.post(answer, json={"arguments": {"text": "已批评教育"}})).status_code == 200


async def test_an_agent_owes_no_answer(sqlite_township: Township) -> None:
    head = await sqlite_township.signed_in("李红")
    fields = {"place": sqlite_township.centre.hex(), "channel": "opinion_box", "text": "大厅太冷"}
    record = (await head.post("/v1/records/opinion", json={"fields": fields})).json()["record"]
    agent = {"arguments": {"to": sqlite_township.people["王芳"].hex()}}
    path = f"/v1/records/opinion/{record}/commands/assign"
    assert problem(await head.post(path, json=agent)) == "command.not_your_role"


async def test_the_board_shows_what_is_promised_and_results_without_names(
    township: Township, resident: httpx2.AsyncClient
) -> None:
    await case_of(township, *DONE)
    items = (await resident.get("/v1/public/JM/items")).json()
    assert items["社会保障"][0]["promised_limit"] == {"days": 10, "unit": "working"}
    results = (await resident.get("/v1/public/JM/results")).json()
    assert [(one["surname"], one["village"], one["result"]) for one in results] == [("张某", "青山村", "已办结")]
    assert set(results[0]) == {"surname", "village", "result", "day"}
    assert "桂兰" not in str(results)
    assert (await resident.get("/v1/public/JM/duty")).json() == []


async def test_what_was_refused_says_so_and_why(township: Township, resident: httpx2.AsyncClient) -> None:
    """Also after it was delivered: the state says how far it is, the end how it ended."""
    record, number = await case_of(township, ("refuse", {"reason": "收入超过标准"}))
    clerk = await township.signed_in("赵敏")
    path = f"/v1/records/application/{record}/reports/delivered"
    assert (await clerk.post(path, json={"arguments": {"to": "张桂兰", "how": "hand"}})).status_code == 200
    (result,) = (await resident.get("/v1/public/JM/results")).json()
    assert result["result"] == "不予办理"
    seen = (await look_up(resident, number, code_of(bytes.fromhex(record)))).json()
    assert (seen["result"], [step["words"] for step in seen["steps"]][-2:]) == ("收入超过标准", ["不予办理", "送达"])


async def test_no_text_holds_what_one_database_cannot(township: Township, resident: httpx2.AsyncClient) -> None:
    said = {"text": "窗口\u0000没有人"}
    assert problem(await resident.post("/v1/public/JM/opinions", json=said)) == "request.invalid"
    district = await township.signed_in("周区")
    day = {"working": False, "note": "\u0000"}
    assert problem(await district.put("/v1/calendar/2026-12-31", json=day)) == "request.invalid"


async def test_whoever_calls_back_leaves_a_record_of_it(township: Township, resident: httpx2.AsyncClient) -> None:
    assert (await resident.post("/v1/public/JM/opinions", json={"text": "窗口下午没有人"})).status_code == 201
    head = await township.signed_in("李红")
    (opinion,) = (await head.get("/v1/records/opinion")).json()
    path = f"/v1/records/opinion/{opinion['record']}"
    for name, note in (("张桂兰", "没人接"), ("张桂兰", "已说明")):
        facts = {"arguments": {"spoke_to": name, "note": note}}
        answer = (await head.post(f"{path}/reports/contacted", json=facts)).json()
        assert (answer["outcome"], answer["code"]) == ("merged", None)
    shown = (await head.get(path)).json()
    assert [(one["by"], one["note"]) for one in shown["values"]["contacts"]] == [("李红", "没人接"), ("李红", "已说明")]
    assert shown["status"] == "open", "it is no answer yet"


async def test_what_an_item_does_not_state_is_null(township: Township, resident: httpx2.AsyncClient) -> None:
    (item,) = (await resident.get("/v1/public/JM/items")).json()["社会保障"]
    assert (item["legal_limit"], item["fee"], item["promised_limit"]["days"]) == (None, None, 10)
