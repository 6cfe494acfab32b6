"""The standing week by agent, and the picture of what a plan would change."""

import datetime
from xml.etree import ElementTree

from daiban_server.features.visits.engine.model import moment
from daiban_server.features.visits.plan.picture import svg
from daiban_server.features.visits.planning.asking import ask
from daiban_server.features.visits.planning.diff_picture import DiffPicture
from daiban_server.features.visits.planning.weekly import StandingWeek
from daiban_server.features.visits.terms import to_milliseconds, to_moment
from tests.visiting.planners import planned, waiting
from tests.visiting.village import Village


def test_the_week_stands_by_agent_with_its_figures(village: Village) -> None:
    told = village.booked("张桂兰", "王芳", 1, 9)
    assert village.reports("王芳", told, "started") == "merged"
    assert village.reports("王芳", told, "finished") == "merged"
    again = village.visit(bytes.fromhex(village.values(told)["household"]), windows=[village.window(2, 9, 12)])
    assert village.book(again, "刘强", 2, 10) == "merged"
    waits = village.visit(village.family("李大山"), windows=[village.window(3, 20, 22)])
    first = datetime.date(2026, 11, 24)
    asked = village.run(ask(village.centre, to_milliseconds(moment(first))))
    week = StandingWeek(asked, first, 5, to_moment(village.now)).out()
    days = {one.name: one.days for one in week.agents}
    assert {name: list(of) for name, of in days.items()} == {"王芳": ["2026-11-25"], "刘强": ["2026-11-26"]}
    (made,) = days["刘强"]["2026-11-26"]
    assert (made.label, made.place, made.state, made.stand_in) == ("张桂兰", "青山村", "assigned", True)
    told_of = week.figures
    assert (told_of.visits, told_of.unserved, told_of.promises_kept) == (2, 1, 1.0)
    assert (told_of.same_agent, told_of.stand_in) == (0.5, 0.5), "王芳 came last, and now 刘强 stands in"
    assert [(one.visit, one.code) for one in week.unserved] == [(waits.hex(), "off_shift")]


def test_the_picture_of_the_difference_says_what_changes(village: Village) -> None:
    stays = village.booked("张桂兰", "王芳", 1, 9)
    waiting(village, 2, windows=[village.window(1, 9, 12)])
    plan = planned(village)
    picture = DiffPicture(plan.posed, plan.plan).svg()
    assert "新排 2 户" in picture
    assert "户主0：25日周三" in picture
    assert "http" not in picture.replace('xmlns="http://www.w3.org/2000/svg"', ""), "it needs nothing from outside"
    assert picture.count("url(") == picture.count("url(#tip)")
    assert stays.hex() not in picture


def test_a_name_of_any_signs_leaves_the_pictures_whole(village: Village) -> None:
    name = "张\x0b\x1f</text><script>&\"'"
    village.visit(village.family(name))
    plan = planned(village)
    for picture in (svg(plan.posed.problem, plan.plan), DiffPicture(plan.posed, plan.plan).svg()):
        root = ElementTree.fromstring(picture)
        assert not list(root.iter("{http://www.w3.org/2000/svg}script"))
        assert "张\ufffd\ufffd" in "".join(root.itertext())
