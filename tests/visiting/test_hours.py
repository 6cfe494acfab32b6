"""Who works when: holidays are free whatever a roster says, and weekend days in exchange are worked."""

import datetime

from daiban_server.features.visits.engine.model import Window, moment
from daiban_server.features.visits.rosters import shifts
from daiban_server.features.visits.settings import VisitSettings
from daiban_server.limits.calendar import OFFICIAL, Calendar, Override

MONDAYS = {"hours": [{"day": 1, "from": 480, "to": 720}, {"day": 6, "from": 600, "to": 660}]}
FREE, SATURDAY_WORKED = datetime.date(2026, 10, 1), datetime.date(2026, 10, 10)  # 国庆节, and a Saturday in exchange
SATURDAY = datetime.date(2026, 11, 28)


def worked(day: datetime.date, roster: dict[str, object] | None = None, calendar: Calendar = OFFICIAL) -> list[str]:
    found = shifts(roster or {}, VisitSettings(), calendar, [day])
    return [f"{one.start % 86_400 // 60}-{one.end % 86_400 // 60}" for one in found]


def test_a_holiday_is_free_whatever_a_roster_says() -> None:
    everyday = {"hours": [{"day": day, "from": 480, "to": 720} for day in range(1, 8)]}
    assert worked(FREE) == worked(FREE, everyday) == []
    assert worked(datetime.date(2026, 10, 3), everyday) == [], "also on the Saturday of the holidays"


def test_a_weekend_day_in_exchange_is_worked_as_named_or_as_a_monday() -> None:
    assert OFFICIAL.is_working(SATURDAY_WORKED)
    assert worked(SATURDAY_WORKED) == ["540-720", "840-1050"]
    assert worked(SATURDAY_WORKED, MONDAYS) == ["600-660"]
    assert worked(SATURDAY_WORKED, {"hours": MONDAYS["hours"][:1]}) == ["480-720"]


def test_a_plain_weekend_is_worked_by_who_has_it_in_his_roster() -> None:
    assert worked(SATURDAY) == []
    assert worked(SATURDAY, MONDAYS) == ["600-660"]


def test_what_the_district_laid_down_holds_for_visits_too() -> None:
    day = datetime.date(2026, 11, 27)
    assert worked(day, calendar=Calendar({day: Override(False, "区庆")})) == []


def test_shifts_are_in_order() -> None:
    days = [datetime.date(2026, 11, 30), datetime.date(2026, 12, 1)]
    found = shifts({}, VisitSettings(), OFFICIAL, days)
    assert found[0] == Window(moment(days[0], 9), moment(days[0], 12))
    assert list(found) == sorted(found, key=lambda one: one.start)
