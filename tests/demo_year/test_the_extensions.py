"""The head extends a limit while it runs, whatever was paused before: the server refuses a later one, and the build of
the whole year would end there."""

import datetime
import random
from typing import Any, cast

from daiban_server import provision
from daiban_server.demo.year import days
from daiban_server.demo.year.case import Case, Spec
from daiban_server.demo.year.handling import decide
from daiban_server.demo.year.matters import MATTERS
from daiban_server.demo.year.residents import Home, Resident
from daiban_server.demo.year.team import Team, Worker
from daiban_server.limits.calendar import OFFICIAL, Span, local_day

ACCEPTED = datetime.date(2026, 3, 24)  # two weeks before the holidays of 清明
ONE = datetime.timedelta(days=1)


class Noting:
    """A team that only notes what it is told to do."""

    head = Worker(0, provision.Person(bytes(16), bytes(16), "李红", "", "001", "head"), bytes(16))

    def __init__(self) -> None:
        self.days: dict[str, datetime.date] = {}

    def command(self, by: Worker, at: int, record: str, name: str, **said: Any) -> None:
        self.days[name] = local_day(at)

    def other_clerk(self, clerk: Worker) -> Worker:
        return self.head


def test_an_extension_never_comes_after_the_promised_day() -> None:
    spec = Spec(1, "limited", "limited", "counter", ACCEPTED, ACCEPTED)
    extended = 0
    for matter in (one for one in MATTERS.values() if one.notices and "limited" in one.fields["modes"]):
        limit = matter.fields["promised_limit"]
        for seed in range(600):
            team, dice = Noting(), random.Random(seed)
            home, who = cast(Home, None), cast(Resident, None)
            case = Case(spec, cast(Team, team), dice, "", matter, home, who, team.head, {}, 0)
            decide(case, days.moment(ACCEPTED, 600))
            if "extend" not in team.days:
                continue
            paused = [Span(team.days["pause"], team.days["resume"] - ONE)] if "pause" in team.days else []
            due = OFFICIAL.due_day(ACCEPTED, limit["days"], limit["unit"], paused).day
            assert team.days["extend"] <= due, (matter.code, seed)
            extended += 1
    assert extended > 100
