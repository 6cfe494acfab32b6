"""What an attack found, each with the request that did it."""

from typing import Any

import pytest

from tests.contracts.test_permissions import signed_in
from tests.support.raw_device import code_of
from tests.support.township import Township

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
