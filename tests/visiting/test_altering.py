"""A promise whose visit or home is changed afterwards: it stands, and whoever has to keep it is told."""

from typing import Any

import pytest

from daiban_schemas import entry
from tests.visiting.planners import committed, planned, waiting
from tests.visiting.village import Village

AWAY = {"lon": 109_060_000, "lat": 32_700_000}
TIME = "11月25日 周三 上午 9:30到赵老三家的上门，"


def alter(village: Village, kind: str, record: bytes, **fields: Any) -> None:
    village.now += 1
    seen = village.record_position(record)
    body = entry.change(record.hex(), kind, fields, seen=seen, at=village.now)
    assert village.write("赵敏", body).outcome == "merged"


@pytest.mark.parametrize(
    ("fields", "what"),
    [({"minutes": 240}, "时长"), ({"crew": 2}, "到场人数"), ({"minutes": 60, "crew": 2}, "时长、到场人数")],
    ids=["longer", "two", "both"],
)
def test_who_comes_and_the_head_know_that_a_visit_asks_for_more(
    village: Village, fields: dict[str, int], what: str
) -> None:
    visit = village.booked("赵老三", "王芳", 1, 9.5)
    alter(village, "visit", visit, **fields)
    assert village.slots() == [(visit, "王芳", village.at(1, 9.5))], "the promise stands"
    for who in ("王芳", "李红"):
        assert village.told(who)[-1] == f"{TIME}{what}改了，请核对还能不能按约好的去，必要时改约。"


def test_what_changes_nothing_of_the_promise_is_told_to_nobody(village: Village) -> None:
    visit = village.booked("赵老三", "王芳", 1, 9.5)
    told = village.told("王芳")
    alter(village, "visit", visit, minutes=30, note="门口有狗", windows=[village.window(2, 9, 12)])
    alter(village, "household", bytes.fromhex(village.values(visit)["household"]), phone="13900000000")
    assert village.told("王芳") == told


def test_a_home_that_moves_takes_its_promised_visit_along(village: Village) -> None:
    visit = village.booked("赵老三", "王芳", 1, 9.5)
    waiting(village, 1)
    plan = planned(village)
    alter(
        village, "household", bytes.fromhex(village.values(visit)["household"]), place=village.river.hex(), point=AWAY
    )
    assert village.values(visit)["point"] == AWAY, "nobody is sent to the old place"
    assert village.slots() == [(visit, "王芳", village.at(1, 9.5))]
    for who in ("王芳", "李红"):
        assert village.told(who)[-1] == f"{TIME}地点改了，请核对还能不能按约好的去，必要时改约。"
    assert committed(village, plan.id) == ("stale", 0), "its roads were others"
