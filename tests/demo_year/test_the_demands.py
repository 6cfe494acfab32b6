"""What an item demands of who brings a case is met, however it comes: the server refuses a case that does not, and the
build of the whole year would end there."""

from typing import Any

import pytest

from daiban_schemas.entry import decode, values_of
from daiban_server.demo import district
from daiban_server.demo.year import arriving, days
from daiban_server.demo.year.case import Spec
from daiban_server.demo.year.diary import Diary
from daiban_server.demo.year.team import Team

DAY = days.WORKING[100]


@pytest.fixture
def team() -> Team:
    (centre,) = district.district(1, 1)
    return Team(1, 0, centre, Diary())


def written(team: Team, kind: str) -> list[dict[str, Any]]:
    """What was written of a kind."""
    steps = team.diary.steps(days.CLOSING)
    entries = [decode(body) for step in steps for due in step.due[0] for body in due.bodies]
    return [values_of(entry) for entry in entries if entry.kind == kind and not entry.command]


@pytest.mark.parametrize("mode", ["direct", "proxy"])
def test_nobody_rings_about_what_the_person_has_to_come_for(team: Team, mode: str) -> None:
    rang = came = 0
    for number in range(400):
        spec = Spec(number, mode, mode, "telephone", DAY, DAY)
        case, visitor = arriving.at_the_counter(team, spec, None)
        asked = case.matter.fields
        demands = bool(asked.get("person_must_come") or asked.get("paper_mandate_only"))
        assert case.spec.source == ("counter" if demands else "telephone"), (case.matter.code, visitor)
        rang, came = rang + (not demands), came + demands
    assert rang and came
    assert {"counter", "telephone"} == {one["source"] for one in written(team, "application")}
