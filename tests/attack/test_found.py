"""What an attack found, each with the request that did it."""

from typing import Any

import pytest

from tests.contracts.test_permissions import signed_in
from tests.support.raw_device import code_of
from tests.support.township import PASSWORD, Township

HUGE = 10**30
RECORD = "0" * 32


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (f"/v1/quarantine/{RECORD}/{'0' * 64}/signing", {"reason": "看过", "numbers": [HUGE]}),
        (f"/v1/quarantine/{RECORD}/{'0' * 64}/decision", {"reason": "看过", "numbers": [-1]}),
        (f"/v1/devices/{RECORD}/suspend", {"reason": "找不到了", "lost_at": HUGE}),
        (f"/v1/devices/{RECORD}/gaps", {"reason": "丢了", "last": HUGE}),
        (f"/v1/records/household/{RECORD}/settlement", {"field": "phone", "over": [HUGE]}),
        (f"/v1/records/household/{RECORD}/commands/withdraw", {"expected": HUGE}),
        ("/v1/records/household", {"fields": {"head": "张"}, "seen": HUGE}),
        ("/v1/visits/offers", {"household": RECORD, "windows": [{"from": 0, "to": HUGE}]}),
    ],
)
async def test_a_number_that_no_column_holds_is_refused(
    sqlite_township: Township, path: str, body: dict[str, Any]
) -> None:
    head = await signed_in(sqlite_township, "head")
    answer = await head.post(path, json=body)
    assert (answer.status_code, code_of(answer)) == (400, "request.invalid")


BODIES = {
    "an array 100,000 deep": b"[" * 100_000,
    "an object 100,000 deep": b'{"login":' * 100_000,
    "a text of no UTF-8": b'{"login":"\xff\xfe","number":"\xff","phone":"\xff"}',
    "U+0000": b'{"login":"a\\u0000","password":"x","number":"a\\u0000","code":"x","phone":"\\u0000"}',
}


@pytest.mark.parametrize("media_type", ["application/json", "text/plain", ""])
@pytest.mark.parametrize("what", BODIES)
async def test_json_that_breaks_its_reader_is_refused_whatever_it_calls_itself(
    sqlite_township: Township, what: str, media_type: str
) -> None:
    head = await signed_in(sqlite_township, "head")
    for method, path in (("POST", "/v1/session"), ("POST", "/v1/public/look-up"), ("PUT", "/v1/office")):
        answer = await head.request(method, path, content=BODIES[what], headers={"Content-Type": media_type})
        assert (answer.status_code, code_of(answer)) == (400, "request.invalid"), (path, answer.text)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
async def test_a_day_beyond_any_calendar_is_refused(sqlite_township: Township, day: str) -> None:
    auditor = await signed_in(sqlite_township, "auditor")
    for asked in (f"first={day}", f"last={day}", f"first={day}&last={day}"):
        answer = await auditor.get(f"/v1/audit?{asked}")
        assert (answer.status_code, code_of(answer)) == (400, "request.invalid"), asked
        assert (await auditor.get(f"/audit?{asked}")).status_code < 500


async def test_at_a_desk_that_stands_open_no_account_is_made_or_taken_over(sqlite_township: Township) -> None:
    """The page asked once more who it is; whoever knew the route behind it got in."""
    town = sqlite_township
    head = await signed_in(town, "head")
    town.clock.ahead += 11 * 60_000
    hired = {"name": "钱进", "role": "head"}
    assert code_of(await head.post("/v1/people", json=hired)) == "session.stale"
    for name in ("赵敏", "李红"):
        assert code_of(await head.post(f"/v1/people/{town.people[name].hex()}/password")) == "session.stale"
    await head.post("/v1/session/proof", json={"password": PASSWORD})
    assert code_of(await head.post(f"/v1/people/{town.people['李红'].hex()}/password")) == "factor.own"
    assert (await head.post("/v1/people", json=hired)).status_code == 201
