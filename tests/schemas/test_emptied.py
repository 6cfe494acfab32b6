"""What stays of an entry that was erased: codes and moments of ours, and nothing that somebody wrote in their place."""

import json
from typing import Any

import pytest

from daiban_schemas import entry
from daiban_schemas.emptied import emptied

CASE, ITEM = "01" * 16, "02" * 16


def left(**fields: Any) -> dict[str, Any]:
    body = emptied(entry.change(CASE, "application", fields, seen=0, at=1), 2)
    return {name: value for name, value in json.loads(body)["fields"].items() if value is not None}


def test_what_figures_count_stays() -> None:
    told = {"item": ITEM, "urgent": True, "status": "completed", "number": "JM-20261124-SB-0007", "due": "2026-12-01"}
    assert left(**told, applicant="欧阳青山", identity_number="610902195803077713", account={"holder": "欧阳"}) == told


@pytest.mark.parametrize("field", ["item", "urgent", "status", "number", "due", "mode", "entitled_from", "received_at"])
@pytest.mark.parametrize("value", ["欧阳青山", ["欧阳青山"], {"name": "欧阳青山"}], ids=["text", "list", "object"])
def test_a_name_in_the_wrong_place_goes_all_the_same(field: str, value: Any) -> None:
    assert left(**{field: value}) == {}
