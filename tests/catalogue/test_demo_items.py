"""The demo's catalogue: 42 items of a township, each with everything that a guide has to say."""

import json
from collections import Counter
from pathlib import Path

import pytest

from daiban_server.demo.district import WINDOWS
from daiban_server.features.catalogue import publish
from daiban_server.features.catalogue.check import canonical, item_flaws, window_flaws
from tests.catalogue.workbooks import URBAN

ITEMS = [fields for _, fields in publish.catalogue()]
ALWAYS = (
    *("code", "window", "order", "name", "type", "basis", "body", "conditions", "audience", "modes", "papers"),
    *("promised_limit", "accept_limit", "notice_limit", "trips", "fee", "fee_basis", "flow", "crew", "minutes"),
    *("reply_every", "form"),
)


def test_there_are_42_items_in_five_windows_in_order() -> None:
    assert [item["order"] for item in ITEMS] == list(range(1, 43))
    assert len({item["code"] for item in ITEMS}) == 42
    assert list(dict.fromkeys(item["window"] for item in ITEMS)) == list(WINDOWS)
    assert list(Counter(item["window"] for item in ITEMS).values()) == [7, 11, 7, 10, 7]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["code"])
def test_an_item_says_everything_that_its_guide_needs(item: dict[str, object]) -> None:
    assert [name for name in ALWAYS if item.get(name) in (None, "", [])] == []
    assert list(item_flaws(item)) == []
    assert canonical(item) == item


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item["code"])
def test_what_follows_from_the_way_an_item_is_handled_is_there(item: dict[str, object]) -> None:
    """Who sends a case up has a limit for it; who goes to homes with a crew knows its size."""
    modes = item["modes"]
    assert isinstance(modes, list)
    if "proxy" in modes:
        assert item["send_up_limit"]
    if "direct" not in modes:
        assert item["flow"]
    legal, promised = item.get("legal_limit"), item["promised_limit"]
    if isinstance(legal, dict) and isinstance(promised, dict):
        assert promised["unit"] == legal["unit"] and promised["days"] <= legal["days"]


def test_nothing_is_left_of_notes_that_were_made_while_collecting() -> None:
    folder = Path(publish.__file__).parent / "demo"
    text = "".join(path.read_text(encoding="utf-8") for path in folder.iterdir())
    assert not [mark for mark in ("【", "】", "http", ".com", ".cn", "种子") if mark in text]
    assert not json.loads((folder / "windows.json").read_text(encoding="utf-8"))[5].get("centres")


def test_the_windows_are_whole_and_the_special_desks_wait_for_their_centres() -> None:
    windows = publish.windows()
    assert [window["name"] for window in windows if window["desk"] == "window"] == list(WINDOWS)
    assert {window["desk"] for window in windows} == {"window", "enquiry", "land", "stuck"}
    for window in windows:
        flaws = list(window_flaws(window))
        assert [flaw.code for flaw in flaws] == ([] if window.get("everywhere") else ["catalogue.nowhere"])
        assert list(window_flaws({**window, "centres": URBAN})) == []


@pytest.mark.parametrize(
    ("promised", "legal", "flawed"),
    [
        (("working", 31), ("working", 5), True),
        (("working", 5), ("working", 5), False),
        (("calendar", 20), ("working", 15), False),  # three weeks either way: only the calendar can tell
    ],
)
def test_nothing_is_promised_beyond_what_the_law_allows(
    promised: tuple[str, int], legal: tuple[str, int], flawed: bool
) -> None:
    limits = {
        name: {"days": days, "unit": unit}
        for name, (unit, days) in (("promised_limit", promised), ("legal_limit", legal))
    }
    found = [flaw.code for flaw in item_flaws({**ITEMS[0], **limits})]
    assert found == (["catalogue.promise"] if flawed else [])
