"""王芳's visits in the calendar programme of her choice."""

import icalendar

from daiban_server.features.visits import calendars
from tests.visiting.village import Village

SECRET = "a" * 40


def events(village: Village, secret: str = SECRET) -> dict[str, icalendar.Event]:
    found = village.run(calendars.read(secret, village.now))
    assert found is not None
    calendar = icalendar.Calendar.from_ical(found)
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    return {str(event["uid"]): event for event in calendar.walk("VEVENT")}


def test_a_visit_keeps_its_uid_and_is_cancelled_for_who_no_longer_goes(village: Village) -> None:
    village.run(calendars.issue(village.centre, village.people["王芳"], SECRET, village.now))
    village.run(calendars.issue(village.centre, village.people["刘强"], "b" * 40, village.now))
    visit = village.booked("张桂兰", "王芳", 1, 9.5)
    uid = f"{visit.hex()}@daiban"
    mine = events(village)[uid]
    assert str(mine["summary"]) == "上门：青山村张家"
    assert mine["dtstart"].dt.isoformat() == "2026-11-25T09:30:00+08:00"
    assert mine["dtstart"].params["TZID"] == "Asia/Shanghai"
    assert str(mine["status"]) == "CONFIRMED"
    assert "13711112222" not in str(mine.to_ical()), "a calendar is kept with a company far away"
    village.away("王芳", "刘强", until=village.at(3, 0))
    gone, taken = events(village)[uid], events(village, "b" * 40)[uid]
    assert (str(gone["status"]), str(taken["status"])) == ("CANCELLED", "CONFIRMED")
    assert int(gone["sequence"]) > int(mine["sequence"])
    assert village.give("赵敏", "visit", visit, "cancel", reason="不办了") == "merged"
    assert str(events(village, "b" * 40)[uid]["status"]) == "CANCELLED"


def test_a_proposed_time_is_tentative(village: Village) -> None:
    village.run(calendars.issue(village.centre, village.people["王芳"], SECRET, village.now))
    visit = village.visit(village.family("张桂兰"))
    assert village.give("赵敏", "visit", visit, "propose") == "merged"
    (event,) = events(village).values()
    assert str(event["status"]) == "TENTATIVE"


def test_an_address_that_was_ended_says_nothing(village: Village) -> None:
    person = village.people["王芳"]
    village.run(calendars.issue(village.centre, person, SECRET, village.now))
    village.run(calendars.issue(village.centre, person, "b" * 40, village.now))
    assert village.run(calendars.read(SECRET, village.now)) is None, "another one was issued"
    village.run(calendars.revoke(village.centre, person, village.now))
    assert village.run(calendars.read("b" * 40, village.now)) is None
    assert village.run(calendars.read("", village.now)) is None
