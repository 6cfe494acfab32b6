"""Wrong clocks, and which of several values stands in front."""

from typing import Any

import msgspec
import pytest

from daiban_sync.clock import Interval, effective, learn
from daiban_sync.view import View, Written, same
from tests.sync.paper_case import LI, MINUTE, NOON, WANG, Township, edit
from tests.sync.paper_township import holders

# Case 6: clocks at 1970, 2099, and jumping back inside a batch ------------------------------------------------


def test_a_phone_from_2099_does_not_win_and_one_from_1970_does_not_lose_its_work() -> None:
    """Claims are clamped to the receipt's bounds: after the checkpoint that the phone knew, before the receipt."""
    town = Township()
    town.server.now = NOON + 10 * MINUTE
    edit(town.wang, at=4_070_908_800_000, note="from 2099")
    town.wang.hand_in(town.server)
    town.server.now = NOON + 20 * MINUTE
    edit(town.li, at=NOON + 15 * MINUTE, note="by a right clock")
    town.li.hand_in(town.server)
    view = town.server.view()
    assert view.values["note"] == "by a right clock"
    believed = {v.value: (v.at, v.effective) for v in view.conflicts["note"]}
    assert believed["from 2099"] == (4_070_908_800_000, NOON + 10 * MINUTE)

    edit(town.wang, at=0, phone="from 1970")
    town.wang.hand_in(town.server)
    view = town.server.view()
    assert view.values["phone"] == "from 1970"
    assert view.fields["phone"][0].effective == NOON, "no earlier than the checkpoint that it names"


def test_a_clock_that_jumps_back_inside_a_batch_leaves_the_order_of_saving() -> None:
    town = Township()
    for at, text in ((4_070_908_800_000, "one"), (0, "two"), (NOON, "three"), (-62_135_596_800_000, "four")):
        edit(town.wang, at=at, note=text)
    town.server.now += MINUTE
    town.wang.hand_in(town.server)
    assert town.standing("note") == {"four"}
    assert town.server.view().values["note"] == "four"
    assert holders(town.server.heads)["note"] == {(WANG, 4)}


@pytest.mark.parametrize(
    ("claimed", "believed"), [(0, 100), (99, 100), (100, 100), (150, 150), (200, 200), (201, 200), (10**13, 200)]
)
def test_a_claim_is_clamped_to_the_receipts_bounds(claimed: int, believed: int) -> None:
    assert effective(claimed, Interval(100, 200)) == believed


def test_a_phone_learns_how_far_off_it_is_from_one_answer() -> None:
    """Its clock says 2019; the answer took 400 ms, so what it learns is right to 200 ms."""
    offset = learn(sent=1_550_000_000_000, received=1_550_000_000_400, server_time=NOON)
    assert offset.server_time(1_550_000_000_200) == NOON
    assert offset.uncertainty == 200
    assert learn(sent=1000, received=10, server_time=NOON).uncertainty == 0, "the clock jumped back meanwhile"


# Which values are equal, and which is in front ----------------------------------------------------------------


def shown(*values: tuple[Any, int, int, bytes]) -> View:
    """A record whose field `note` holds these values: (value, authority, effective time, device)."""
    written = [
        Written(
            *(position, device, 1, True, device.hex(), authority, believed, believed, 0, {}),
            *({"note": msgspec.Raw(msgspec.json.encode(value))}, ("note",)),
        )
        for position, (value, authority, believed, device) in enumerate(values, 1)
    ]
    return View("0" * 32, "photo", len(values), written)


def test_a_clerk_stands_before_an_agent_however_late_the_agent_was() -> None:
    view = shown(("the agent's", 1, NOON + MINUTE, WANG), ("the clerk's", 2, NOON, LI))
    assert view.values["note"] == "the clerk's"


def test_of_two_agents_the_later_stands_in_front_and_at_the_same_instant_the_greater_id() -> None:
    assert shown(("early", 1, NOON, WANG), ("late", 1, NOON + 1, LI)).values["note"] == "late"
    assert shown(("Wang's", 1, NOON, WANG), ("Li's", 1, NOON, LI)).values["note"] == "Wang's"
    assert shown(("Li's", 1, NOON, LI), ("Wang's", 1, NOON, WANG)).values["note"] == "Wang's"


def test_equal_values_are_no_conflict_whatever_the_order_of_their_members() -> None:
    one, other = {"bank": "农商行", "number": "62"}, {"number": "62", "bank": "农商行"}
    assert not shown((one, 1, NOON, WANG), (other, 2, NOON, LI)).conflicts
    assert shown((one, 1, NOON, WANG), (other, 2, NOON, LI)).positions("note") == [1, 2]
    assert shown((True, 1, NOON, WANG), (1, 2, NOON, LI)).conflicts, "a flag and a number are two values"


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (True, 1, False),
        (False, 0, False),
        (1, 1.0, True),
        (None, False, False),
        (None, "", False),
        ([1, True], [1, 1], False),
        ([1, 2], [2, 1], False),
        ([1], [1, 1], False),
        ({"a": True}, {"a": 1}, False),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ({"a": {"b": [1]}, "c": 2}, {"c": 2, "a": {"b": [1]}}, True),
        ({}, [], False),
        ("1", 1, False),
    ],
)
def test_json_values_are_compared_as_json(one: Any, other: Any, equal: bool) -> None:
    assert same(one, other) is equal
    assert same(other, one) is equal
