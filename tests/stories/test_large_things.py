"""Large records and much-contested ones block nobody."""

from daiban_schemas import entry
from daiban_server.spine.apply import HEADS
from daiban_sync import limits, wire
from tests.support.history import kept_of
from tests.support.raw_device import raw_device
from tests.support.township import Township, new_id


async def test_a_centre_full_of_large_records_is_pulled_in_pages(sqlite_township: Township) -> None:
    town = sqlite_township
    device = await raw_device(town)
    made = set()
    for _ in range(12):
        ids = [new_id() for _ in range(8)]
        made.update(ids)
        note = {f"x{n}": "注" * 19_000 for n in range(4)}
        fields = {"place": town.qingshan.hex(), "head": "张桂兰", **note}
        bodies = [entry.change(id_.hex(), "household", fields, seen=0, at=1) for id_ in ids]
        assert len(bodies[0]) > 200_000
        await device.pushed(device.seal(*bodies))
    seen: set[bytes] = set()
    cursor, more, pages = "", True, 0
    while more:
        reply = await device.pushed(hello=wire.Hello(cursor=cursor))
        cursor, more, pages = reply.answer.cursor, reply.answer.more, pages + 1
        size = sum(len(change.body) for record in reply.records for change in record.changes)
        assert size < limits.INFLATED_BYTES / 2
        seen.update(record.record for record in reply.records)
    assert made <= seen
    assert pages > 3


async def test_a_record_that_everybody_contests_stays_readable(sqlite_township: Township) -> None:
    town = sqlite_township
    device = await raw_device(town)
    home = new_id()
    made = entry.change(home.hex(), "household", {"place": town.qingshan.hex(), "head": "张桂兰"}, seen=0, at=1)
    await device.pushed(device.seal(made))
    clerk = await town.signed_in("赵敏")
    codes = []
    for n in range(HEADS + 2):
        change = {"fields": {"phone": f"1370000{n:04}"}, "seen": 0}
        answer = await clerk.patch(f"/v1/records/household/{home.hex()}", json=change)
        codes.append(answer.json().get("code") or answer.json()["outcome"])
    assert codes[0] in ("merged", "conflict")
    assert codes[-1] == "record.too_contested"
    assert len(await kept_of(town, home.hex())) == 1 + HEADS + 2
    (shown,) = (await clerk.get("/v1/conflicts")).json()
    assert len(shown["conflicts"]["phone"]) == HEADS - 1
    over = [value["position"] for value in shown["conflicts"]["phone"]]
    settled = {"field": "phone", "value": "13799999999", "over": over}
    refused = await clerk.post(f"/v1/records/household/{home.hex()}/settlement", json=settled)
    assert refused.status_code == 200, refused.text
