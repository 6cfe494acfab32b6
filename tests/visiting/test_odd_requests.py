"""Requests that no honest client makes: each is answered with a code, and none keeps the centre waiting."""

from typing import Any

import pytest

from tests.support.township import Township
from tests.visiting.village import Village

DAY = 86_400_000


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("item", "zz"),
        ("item", "0" * 31),
        ("windows", [{"from": -(2**63), "to": 2**63 - 1}]),
        ("windows", [{"from": n, "to": n + DAY} for n in range(21)]),
        ("windows", [{"from": 5, "to": 5}]),
        ("deadline", 2**63 - 1),
        ("minutes", 4),
        ("crew", 3),
        ("priority", 4),
    ],
)
async def test_what_is_asked_for_keeps_the_rules_of_a_visits_fields(
    sqlite_township: Township, field: str, value: Any
) -> None:
    clerk = await sqlite_township.signed_in("赵敏")
    home = {"place": sqlite_township.qingshan.hex(), "head": "张桂兰"}
    household = (await clerk.post("/v1/records/household", json={"fields": home})).json()["record"]
    answer = await clerk.post("/v1/visits/offers", json={"household": household, "crew": 2} | {field: value})
    assert (answer.status_code, answer.json()["code"]) == (400, "request.invalid")
    assert answer.json()["fields"] == [field]


@pytest.mark.parametrize(
    ("fault", "fields"),
    [
        ({"roads": {"places": ["青山村"], "seconds": [[0]]}}, ["roads"]),
        ({"roads": {"places": ["0" * 30], "seconds": [[0]]}}, ["roads"]),
        ({"roads": {"places": [], "seconds": [[0]]}}, ["roads"]),
        ({"weights": {"travel": 2**70}}, ["weights"]),
        ({"speed": 1e-320}, None),
    ],
)
async def test_settings_that_no_week_could_be_read_with_are_refused(
    sqlite_township: Township, fault: dict[str, Any], fields: list[str] | None
) -> None:
    head = await sqlite_township.signed_in("李红")
    answer = await head.put("/v1/visits/settings", json=fault)
    assert (answer.status_code, answer.json()["code"], answer.json().get("fields")) == (400, "request.invalid", fields)
    assert (await head.get("/v1/visits/week")).status_code == 200


def test_windows_of_many_years_are_as_the_days_that_are_planned(village: Village) -> None:
    """Nobody works on more days than the plan knows: no more of a window is looked at."""
    years = {"from": village.at(1, 9), "to": 4_102_444_800_000}
    found = village.offers(village.family("张桂兰"), {"windows": [years] * 20, "crew": 2, "minutes": 480})
    assert {one.code for one in found.refusals} == {"no_gap", "territory"}
