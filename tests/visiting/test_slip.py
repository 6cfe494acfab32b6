"""The slip that a household is handed."""

import datetime

from daiban_server.features.papers.render import render
from daiban_server.printing.visits import visit_slip
from daiban_server.spine.refusal import Refusal
from tests.support.poppler import Poppler
from tests.visiting.village import Village


def test_the_slip_says_who_comes_and_when(village: Village, poppler: Poppler) -> None:
    papers = [{"name": "户口簿", "form": "original"}, {"name": "婚姻登记信息", "shared": True}]
    item = village.new()
    village.district(item, "item", code="MZ-99", name="高龄津贴认证", window="民政救助", papers=papers)
    visit = village.booked("张桂兰", "王芳", 1, 9.5, item=item.hex())
    document = village.run(visit_slip(village.centre, visit, datetime.date(2026, 11, 24), "roll"))
    text = poppler.text(render(document))
    for said in ("上门预约单", "11月25日周三", "上午9:30", "预计10:00前办完", "王芳", "工号0", "0915-3212345"):
        assert said in text, said
    assert "高龄津贴认证" in text
    assert "户口簿（原件）" in text
    assert "婚姻登记信息" not in text, "offices get that from each other"
    assert "上门代办不收费" in text


def test_a_visit_without_a_time_has_no_slip(village: Village) -> None:
    visit = village.visit(village.family("张桂兰"))
    try:
        village.run(visit_slip(village.centre, visit, datetime.date(2026, 11, 24), "a5"))
    except Refusal as refusal:
        assert refusal.code == "print.not_yet"
    else:
        raise AssertionError("a slip without a time")
