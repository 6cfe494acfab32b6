"""A sentence that the server keeps in Chinese is said again in English, whole."""

import datetime
import re
from collections.abc import Iterator

import pytest
from hypothesis import given

from daiban_server.console.languages.retelling import retold
from daiban_server.console.languages.spoken import speak
from daiban_server.features.visits.engine.words import REFUSALS
from daiban_server.limits.calendar import OFFICIAL
from daiban_server.limits.clock import Clock
from daiban_server.limits.deadlines import deadlines
from daiban_server.limits.sentences import sentence
from tests.limits.lives import lives

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
STEPS = ("公示", "现场核查", "听证", "区行政审批局", "区民政局", "区审批局", "李主任", "李红")
"""Steps, offices and approvers of the lives: what somebody typed."""


@pytest.fixture
def english() -> Iterator[None]:
    speak("en")
    yield
    speak("zh")


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(
    ("kept", "said"),
    [
        (
            "建民办事处统计表2026-11-01至2026-11-28 xlsx，只看办理方式 限时办理，只看窗口 社会保障",
            "Figures of 建民办事处, 2026-11-01 to 2026-11-28 xlsx, service mode: Time-limited only, "
            "window: 社会保障 only",
        ),
        ("建民办事处日报表2026-11-28 csv", "Daily report of 建民办事处, 2026-11-28 csv"),
        (
            "11月24日（周二）受理，从次日起算 10 个工作日，扣除公示 7 天（11月30日至12月6日），"
            "最迟 12月15日（周二）办结；还剩 3 个工作日，即将到期。",
            "Accepted on Tue 24 Nov, 10 working days from the next day, without 7 days of 公示 (30 Nov to 6 Dec), "
            "completed by Tue 15 Dec at the latest; 3 working days left, due soon.",
        ),
        (
            "10月29日（周四）收到材料，当日办理，最迟 10月29日（周四）决定是否受理；已于 10月30日（周五）作出决定，"
            "超期 1 个工作日。",
            "Papers received on Thu 29 Oct, due the same day, decided on acceptance by Thu 29 Oct at the latest; "
            "decided on Fri 30 Oct, 1 working day late.",
        ),
        (
            "王芳 11月26日请假，由 刘强 代岗上门，当天已在白河村，多走 4 分钟",
            "王芳 is on leave on 26 Nov, 刘强 stands in, already in 白河村 that day, 4 min more on the way",
        ),
        (
            "原定 王芳 11月25日 周三 上午 9:20，没有人能去，请与住户另约",
            "Planned for 王芳 Wed 25 Nov 9:20, nobody can go, please agree another time with the household",
        ),
        ("户主身份证号（家庭 张*兰）", "Householder's identity number (Household 张*兰)"),
        ("白天在坡上", "白天在坡上"),
    ],
)
def test_what_is_kept_in_chinese_is_said_in_english(kept: str, said: str) -> None:
    assert retold(kept) == said


@given(lives())
def test_no_limit_of_any_life_keeps_a_chinese_word(life: tuple[Clock, datetime.date]) -> None:
    clock, today = life
    speak("en")
    try:
        for one in deadlines(clock, OFFICIAL, today):
            said = retold(sentence(one, OFFICIAL, today))
            for typed in STEPS:
                said = said.replace(typed, "")
            assert not CHINESE.search(said), said
    finally:
        speak("zh")


@pytest.mark.usefixtures("english")
def test_every_reason_why_somebody_cannot_come_is_said() -> None:
    for reason in REFUSALS.values():
        assert not CHINESE.search(retold(f"Wang {reason}")), reason


def test_in_chinese_a_sentence_stays_as_it_is_kept() -> None:
    assert retold("王芳 请假,由 刘强 代岗上门") == "王芳 请假，由 刘强 代岗上门"
