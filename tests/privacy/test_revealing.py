"""The whole of a number: one act, with a reason, kept before it is shown."""

import asyncio
import hashlib
from typing import Any

import httpx2
import msgspec
import pytest
from sqlalchemy import select

from daiban_schemas.identity import identity_number_problem
from daiban_server import audit, choices
from daiban_server.db import schema
from daiban_server.db.program import Program, Write, rows
from tests.privacy.people import CARD, ZHANG
from tests.support.township import Township, new_id

PHONE = "13712345678"


async def home_of(town: Township) -> tuple[str, str]:
    """张桂兰's household and her application, from the road."""
    wang = await town.device("王芳")
    home = await wang.new("household")
    member = {"name": "张小宝", "identity_number": ZHANG, "phone": PHONE}
    values = {"place": town.qingshan.hex(), "head": "张桂兰", "identity_number": ZHANG, "phone": PHONE}
    await wang.save(home, {**values, "members": [member], "note": f"老号{ZHANG}，电话{PHONE}"})
    case = await wang.new("application")
    account = {"bank": "信用社", "number": CARD, "holder": "张桂兰"}
    given = {"household": home.record, "item": town.item.hex(), "applicant": "张桂兰", "phone": PHONE}
    await wang.save(case, {**given, "account": account, "identity_number": ZHANG, "answers.reason": ZHANG})
    await wang.sync()
    assert await wang.troubled() == []
    return home.record, case.record


async def asked(http: httpx2.AsyncClient, record: str, field: str, **why: str) -> httpx2.Response:
    return await http.post(f"/v1/records/{record}/reveal", json={"field": field, "reason": "compare", **why})


async def test_no_way_of_reading_records_shows_a_whole_number(township: Township) -> None:
    home, case = await home_of(township)
    clerk = await township.signed_in("赵敏")
    paths = ["/v1/records/household", "/v1/records/application", f"/v1/records/household/{home}"]
    paths += [f"/v1/records/application/{case}", "/v1/conflicts", "/v1/cases", f"/v1/households/{home}"]
    for path in paths:
        text = (await clerk.get(path)).text
        assert ZHANG not in text, path
        assert CARD not in text, path
        whole = path.count("/") > 3 or path.startswith("/v1/households")
        assert (PHONE in text) == whole, f"{path}: who handles a matter calls, a list is only looked at"


async def test_a_whole_number_is_shown_for_a_reason_and_that_is_kept(township: Township) -> None:
    home, case = await home_of(township)
    clerk = await township.signed_in("赵敏")
    shown = await asked(clerk, case, "account", reason="pay", note=f"核对{CARD}")
    assert shown.json()["values"][0]["value"]["number"] == CARD
    assert shown.headers["cache-control"] == "no-store"
    assert (await asked(clerk, home, "members")).json()["values"][0]["value"][0]["identity_number"] == ZHANG
    assert (await asked(clerk, case, "answers.reason")).json()["values"][0]["value"] == ZHANG
    head = await township.signed_in("李红")
    lines = (await head.get("/v1/audit")).json()["lines"]
    assert [(one["number"], one["name"], one["label"], one["subject"]) for one in lines] == [
        (3, "赵敏", "查看完整号码", case),
        (2, "赵敏", "查看完整号码", home),
        (1, "赵敏", "查看完整号码", case),
    ]
    assert lines[2]["told"] == "收款账户（申请 张*兰）"
    assert lines[2]["reason"] == f"核对发放账户：核对6{'*' * 17}3"
    assert ZHANG not in str(lines)


@pytest.mark.parametrize(
    ("why", "code"),
    [
        ({"reason": ""}, "reveal.reason"),
        ({"reason": "好奇"}, "reveal.reason"),
        ({"reason": "other", "note": "  "}, "reveal.reason"),
        ({"note": "长" * 201}, "reveal.reason"),
        ({"field": "head"}, "reveal.nothing"),
        ({"field": "phone"}, "reveal.nothing"),
        ({"field": "nowhere"}, "reveal.nothing"),
        ({"reason": "other", "note": "\u200b\u2060"}, "reveal.reason"),
    ],
)
async def test_without_a_reason_nothing_is_shown_or_kept(
    sqlite_township: Township, why: dict[str, str], code: str
) -> None:
    home, _ = await home_of(sqlite_township)
    clerk = await sqlite_township.signed_in("赵敏")
    answer = await asked(clerk, home, why.pop("field", "identity_number"), **why)
    assert answer.json()["code"] == code
    assert ZHANG not in answer.text
    assert await sqlite_township.services.database.read(rows(schema.audit.select())) == []


@pytest.mark.parametrize("name", ["孙亮", "吴镇", "郑书记", "周区", "王芳", "冯审"])
async def test_who_does_not_handle_cases_is_shown_nothing(sqlite_township: Township, name: str) -> None:
    home, _ = await home_of(sqlite_township)
    answer = await asked(await sqlite_township.signed_in(name), home, "identity_number")
    assert answer.json()["code"] == "permission.denied"


async def test_the_sixty_first_within_an_hour_is_refused_and_the_head_told(township: Township) -> None:
    town = township
    home, _ = await home_of(town)
    await town.services.database.write("choose", lambda: choices.choose(reveals_an_hour=2))
    clerk, head = await town.signed_in("赵敏"), await town.signed_in("李红")
    for _ in range(2):
        assert (await asked(clerk, home, "identity_number")).status_code == 200
    for _ in range(2):
        refused = await asked(clerk, home, "identity_number")
        assert (refused.status_code, refused.json()["code"]) == (429, "reveal.too_many")
        assert 0 < int(refused.headers["retry-after"]) <= 3600
        assert ZHANG not in refused.text
    tasks = (await head.get("/v1/tasks")).json()
    assert [(one["code"], one["record"], one["person"]) for one in tasks] == [("reveal.too_many", home, "李红")]
    assert (await asked(head, home, "identity_number")).status_code == 200, "each is counted by himself"
    town.clock.ahead += 3_600_001
    clerk = await town.signed_in("赵敏")
    assert (await asked(clerk, home, "identity_number")).status_code == 200


async def test_a_conflict_is_settled_without_either_number_being_shown(township: Township) -> None:
    town = township
    home, _ = await home_of(town)
    clerk, head = await town.signed_in("赵敏"), await town.signed_in("李红")
    other = ZHANG[:14] + "0037"
    other = other[:17] + next(d for d in "0123456789X" if identity_number_problem(other[:17] + d) is None)
    position = (await clerk.get(f"/v1/records/household/{home}")).json()["position"]
    for http, number in ((clerk, other), (head, ZHANG)):
        body = {"fields": {"identity_number": number, "phone": PHONE}, "seen": position}
        assert (await http.patch(f"/v1/records/household/{home}", json=body)).status_code == 200
    (found,) = (await clerk.get("/v1/conflicts")).json()
    held = found["conflicts"]["identity_number"]
    assert {one["value"][:2] for one in held} == {"6*"}
    assert found["differing"]["identity_number"] == [n for n in range(1, 19) if other[n - 1] != ZHANG[n - 1]]
    chosen = next(one["position"] for one in held if one["author"] == "赵敏")
    body = {"field": "identity_number", "chosen": chosen, "over": [one["position"] for one in held]}
    settlement = f"/v1/records/household/{home}/settlement"
    assert (await clerk.post(settlement, json={**body, "value": other})).json()["code"] == "request.invalid"
    assert (await clerk.post(settlement, json={**body, "chosen": 1})).json()["code"] == "settlement.gone"
    assert (await clerk.post(settlement, json=body)).status_code == 200
    whole = await asked(clerk, home, "identity_number", reason="conflict")
    assert [one["value"] for one in whole.json()["values"]] == [other]


async def test_the_audit_is_read_by_the_auditor_everywhere_and_by_a_head_at_home(township: Township) -> None:
    town = township
    elsewhere, somebody = new_id(), new_id()
    database, now = town.services.database, town.clock()
    for n in range(5):
        for centre in (town.centre, elsewhere):
            act = "device.revoke" if n % 2 else "value.reveal"
            await database.write(
                centre, lambda c=centre, a=act, n=n: audit.note(c, somebody, a, somebody, f"第{n}次", now + n)
            )
    auditor, head = await town.signed_in("冯审"), await town.signed_in("李红")
    seen: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await auditor.get("/v1/audit", params={"limit": 3, "cursor": cursor})).json()
        seen += page["lines"]
        cursor = page["next"]
    assert [one["reason"] for one in seen] == [f"第{n}次" for n in (4, 4, 3, 3, 2, 2, 1, 1, 0, 0)]
    assert len({(one["centre"], one["number"]) for one in seen}) == 10
    own = (await head.get("/v1/audit", params={"centre": elsewhere.hex()})).json()["lines"]
    assert {one["centre"] for one in own} == {town.centre.hex()}
    few = (await auditor.get("/v1/audit", params={"act": "device.revoke", "centre": elsewhere.hex()})).json()["lines"]
    assert [one["reason"] for one in few] == ["第3次", "第1次"]
    none = (await auditor.get("/v1/audit", params={"last": "2020-01-01"})).json()
    assert (none["lines"], none["next"]) == ([], None)
    for bad in ({"cursor": "1.2"}, {"cursor": "x.y.z"}, {"act": "什么"}, {"first": "昨天"}, {"person": "谁"}):
        assert (await auditor.get("/v1/audit", params=bad)).status_code in (400, 404)
    for path in ("/v1/records/household", "/v1/cases", "/v1/tasks", "/v1/messages", "/summary"):
        assert (await auditor.get(path)).status_code == 403, path


async def test_many_at_once_leave_no_gap_in_the_audit(township: Township) -> None:
    home, _ = await home_of(township)
    clerk, head = await township.signed_in("赵敏"), await township.signed_in("李红")
    answers = await asyncio.gather(*(asked(http, home, "identity_number") for http in (clerk, head) * 10))
    assert {answer.status_code for answer in answers} == {200}
    found = (await head.get("/v1/audit", params={"check": True})).json()
    assert [one["number"] for one in found["lines"]] == list(range(20, 0, -1))
    assert found["broken"] == []


async def test_a_row_that_was_written_anew_with_its_digest_shows(sqlite_township: Township) -> None:
    """Somebody who knows how rows are digested puts another in the place of the second."""
    town = sqlite_township
    database, elsewhere = town.services.database, new_id()
    for centre, reasons in ((town.centre, "一二三"), (elsewhere, "一假")):
        for n, reason in enumerate(reasons):
            await database.write(
                centre, lambda c=centre, r=reason, n=n: audit.note(c, bytes(16), "value.reveal", bytes(16), r, n)
            )
    ((first, *forged),) = await database.read(
        rows(select(schema.audit).where(schema.audit.c.centre == elsewhere, schema.audit.c.number == 2))
    )
    assert first == elsewhere
    row = (town.centre, *forged[:-1])
    alone = hashlib.sha256(msgspec.json.encode([v.hex() if isinstance(v, bytes) else v for v in row])).digest()
    chained = await _digest_before(town, row)
    for digest in (chained, alone):
        await database.write("harm", lambda d=digest: _put(*row, d))
        assert [one.number for one in await database.read(audit.broken_anywhere())] == [3 if digest == chained else 2]


async def _digest_before(town: Township, row: tuple[Any, ...]) -> bytes:
    """The digest of a second row, as whoever reads the code works it out."""
    first = select(schema.audit.c.digest).where(schema.audit.c.centre == town.centre, schema.audit.c.number == 1)
    ((before,),) = await town.services.database.read(rows(first))
    told = [value.hex() if isinstance(value, bytes) else value for value in row]
    return hashlib.sha256(before + msgspec.json.encode(told)).digest()


def _put(*row: Any) -> Program[None]:
    yield Write(schema.audit, [row], "replace")


@pytest.mark.parametrize(
    ("harm", "at"),
    [
        (schema.audit.delete().where(schema.audit.c.number == 2), 2),
        (schema.audit.delete().where(schema.audit.c.number == 3), 3),
        (schema.audit.update().where(schema.audit.c.number == 2).values(reason="与原件核对"), 2),
        (schema.audit.update().where(schema.audit.c.number == 3).values(number=4), 3),
        (schema.audit_end.delete(), 4),
    ],
)
async def test_a_hand_that_reaches_into_the_audit_shows(township: Township, harm: Any, at: int) -> None:
    town = township
    for n in range(3):
        await town.services.database.write(
            town.centre, lambda n=n: audit.note(town.centre, new_id(), "value.reveal", bytes(16), f"{n}", n)
        )
    auditor = await town.signed_in("冯审")
    assert (await auditor.get("/v1/audit", params={"check": True})).json()["broken"] == []
    await town.services.database.write("harm", lambda: rows(harm))
    broken = (await auditor.get("/v1/audit", params={"check": True})).json()["broken"]
    assert broken == [{"centre": town.centre.hex(), "number": at}]
