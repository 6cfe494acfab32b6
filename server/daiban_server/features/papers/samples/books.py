"""Registers and the daily report."""

import datetime
from collections.abc import Iterator

from ..documents import (
    CaseRow,
    CategoryRegister,
    DailyLine,
    DailyReport,
    Document,
    OpinionRegister,
    OpinionRow,
    Register,
    VisitorRow,
)
from .township import ITEM, OFFICE, TODAY, day


def visitors(count: int) -> tuple[VisitorRow, ...]:
    """Lines of the register of everyone."""
    names = ("张桂兰", "刘建国", "陈秀英", "欧阳秀珍", "周德福")
    villages = ("柳树村", "杨家坪村", "清河社区")
    matters = ("咨询养老保险从哪个月起领", "申报耕地补贴面积变更", "反映村道路灯不亮", "办理医保异地就医备案")
    answers = ("已当面答复，告知所需材料", "已受理，发给办件回执", "已转镇村镇建设办，三日内回复")
    return tuple(
        VisitorRow(
            number=201 + line,
            came=TODAY + datetime.timedelta(days=line // 3),
            visitor=names[line % 5],
            village=villages[line % 3],
            matter=matters[line % 4],
            answer=answers[line % 3],
            owner="赵敏" if line % 2 else "王芳",
            people=1 + line % 2,
            phone="0915-3215678" if line % 3 else "",
            source="窗口" if line % 4 else "电话",
        )
        for line in range(count)
    )


def cases(count: int) -> tuple[CaseRow, ...]:
    """Lines of a category's register."""
    return tuple(
        CaseRow(
            number=1 + line,
            case=f"QH-2026-{128 + line:06}",
            accepted=day(3, 2) + datetime.timedelta(days=line // 3),
            applicant=("张桂兰", "刘建国", "欧阳秀珍")[line % 3],
            village=("柳树村", "杨家坪村")[line % 2],
            item=(ITEM, "城乡居民基本医疗保险参保登记")[line % 2],
            mode=("代为办理", "直接办理", "上门办理")[line % 3],
            handler="赵敏",
            due=day(3, 27),
            ended=day(3, 26) if line % 2 else None,
            result="核准" if line % 2 else "",
        )
        for line in range(count)
    )


def _opinions() -> tuple[OpinionRow, ...]:
    return (
        OpinionRow(
            number=1,
            opinion="QH-20260309-YJ-0001",
            came=day(3, 9),
            channel="意见箱",
            text="希望中午也能有人值班，种地的人只有那时有空。",
            answerer="孙亮",
            due=day(3, 16),
        ),
        OpinionRow(
            number=2,
            opinion="QH-20260309-YJ-0002",
            came=day(3, 9),
            channel="投诉举报",
            person="刘建国",
            phone="0915-3215699",
            text="反映代办员没有按约定时间上门，等了一上午。",
            answerer="孙亮",
            due=day(3, 16),
            answered=day(3, 10),
        ),
        OpinionRow(
            number=3,
            opinion="QH-20260309-YJ-0003",
            came=day(3, 9),
            channel="差评核实整改",
            phone="13700000000",
            text="评价「不满意」。来了三趟才办好。",
            answerer="孙亮",
            due=day(3, 23),
            mending="差评联系时限：已于 3月10日（周二）联系，未超期；"
            "差评整改时限：最迟 3月23日（周一），还剩 9 个工作日",
        ),
    )


def books() -> Iterator[tuple[str, Document]]:
    yield (
        "办事登记册",
        Register(office=OFFICE, issued=day(3, 31), period="2026年3月", rows=visitors(60)),
    )
    yield (
        "分类受理登记簿",
        CategoryRegister(office=OFFICE, issued=day(3, 31), category="社会保障", period="2026年3月", rows=cases(24)),
    )
    yield (
        "意见反映登记簿",
        OpinionRegister(office=OFFICE, issued=day(3, 31), period="2026年3月9日", rows=_opinions()),
    )
    yield (
        "日报表",
        DailyReport(
            office=OFFICE,
            issued=TODAY,
            lines=(
                DailyLine(window="惠农政策", receptions=14, opening=22, direct=6, limited=3, completed=8, closing=23),
                DailyLine(
                    window="民政救助",
                    receptions=9,
                    opening=17,
                    direct=2,
                    limited=2,
                    home=2,
                    completed=4,
                    overdue=1,
                    refused=1,
                    closing=18,
                ),
                DailyLine(window="信访接待", receptions=3, opening=5, proxy=1, completed=1, closing=5),
                DailyLine(
                    window="社会保障",
                    receptions=21,
                    opening=30,
                    direct=9,
                    limited=2,
                    proxy=2,
                    home=1,
                    completed=12,
                    withdrawn=1,
                    closing=31,
                ),
                DailyLine(window="行政审批", receptions=6, opening=11, limited=2, completed=3, closing=10),
            ),
            awaiting=7,
            sent_up=13,
            not_accepted=1,
            deliveries=9,
            follow_ups=5,
            complaints=1,
            ratings=(11, 6, 2, 1, 0),
            bad_ratings=(1, 0, 0),
            made_by="赵敏",
        ),
    )
