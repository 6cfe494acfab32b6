"""Two agents who write down two telephones write two different ones, however the dice fall."""

import random
from types import SimpleNamespace
from typing import Any

import pytest

from daiban_server.demo.year import residents, voices
from daiban_server.demo.year.days import OPENING


def test_two_agents_never_write_the_same_telephone_by_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter(("14009150001", "14009150001", "14009150001", "14009150002"))
    monkeypatch.setattr(residents, "phone", lambda dice: next(drawn))
    written: list[str] = []
    agents = [SimpleNamespace(seat=1), SimpleNamespace(seat=2)]

    def errand(at: int, name: str, **facts: Any) -> None:
        written.extend([facts["phone"]] if "phone" in facts else [])

    def change(by: object, at: int, kind: str, record: str, fields: dict[str, str]) -> None:
        written.append(fields["phone"])

    team = SimpleNamespace(seed=1, agents=lambda point: agents, errand=errand, change=change)
    case: Any = SimpleNamespace(team=team, record="ab" * 16, home=SimpleNamespace(point=0), dice=random.Random(1))
    voices.dispute(case, OPENING)
    assert written == ["14009150001", "14009150002"]
