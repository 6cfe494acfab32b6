"""The district in which people practise: one centre with something of everything, and a neighbour to compare it with.

All of it lies before today: whenever it is made, something is due today, something is over, a reply is owed tomorrow.
"""

import datetime

from daiban_server.demo.year import days
from daiban_server.demo.year.team import dice_for
from daiban_server.limits.calendar import OFFICIAL
from daiban_server.training.telling import Telling, accepted, finished

BEFORE = datetime.timedelta(days=60)
"""How long before today the district was founded."""
_BLOOD = "血压高，行动不便，请到家里办"


def tell(story: Telling) -> None:
    """Everything of the centre in which people practise."""
    _homes_taken_down_twice(story)
    _cases_on_their_way(story)
    _cases_that_wait(story)
    _replies(story)
    _ended(story)
    _visits(story)
    _at_the_counter(story)


def tell_neighbour(story: Telling) -> None:
    """The other centre: a little of what one compares."""
    for n, (head, code) in enumerate((("唐贵民", "MZ-03"), ("许秀云", "HN-01"), ("沈玉芳", "XS-02"))):
        home = story.home(head, n, story.back(16))
        accepted(story.case(f"neighbour {n}", home, code, "limited", "counter", story.back(9 - n)), story.back(8 - n))
    story.reception(
        "neighbour", "唐贵民", "民政救助", "问临时救助办到哪一步", "已受理，十五个工作日内答复", story.back(1)
    )


def _homes_taken_down_twice(story: Telling) -> None:
    one = story.home("刘玉兰", 1, story.ago(40))
    story.home("刘育兰", 1, story.ago(12), phone=one.head.phone, address=f"{one.village}路口第二家")


def _cases_on_their_way(story: Telling) -> None:
    due = story.case("due", story.home("陈福来", 0, story.ago(50)), "MZ-03", "limited", "counter", story.back(15))
    accepted(due, story.back(15, 9, 40))
    over = story.case(
        "over", story.home("吴秀英", 2, story.ago(50)), "MZ-10", "limited", "village_point", story.back(23)
    )
    accepted(over, story.back(22))
    book = story.case("book", story.home("孙玉梅", 0, story.ago(30)), "HN-07", "limited", "counter", story.back(3, 10))
    accepted(book, story.back(2, 10))
    hand = story.case("hand", story.home("郑德福", 1, story.ago(45)), "HN-01", "limited", "counter", story.back(9))
    accepted(hand, story.back(8))
    hand.command(story.back(1, 15), "complete", result="面积已核对，变更已登记")


def _cases_that_wait(story: Telling) -> None:
    a, b = story.team.agents(0)
    zhang = story.home("张桂兰", 0, story.back(2, 10), cannot_move=True)
    came = story.case("came", zhang, "MZ-01", "limited", "home", story.back(1, 15))
    dice = dice_for(1, "training", "two numbers")
    for by, minute in ((a, 20), (b, 50)):
        number = f"1400915{dice.randrange(10_000):04}"
        story.team.change(by, story.back(1, 15, minute), "application", came.record, {"phone": number})
    wang = story.home("王桂香", 2, story.ago(20))
    waits = story.case("waits", wang, "HN-07", "limited", "counter", story.back(4), lacks=True)
    missing = [{"name": one, "note": "原件和复印件各一份"} for one in waits.missing()]
    waits.command(story.back(4, 9, 30), "notify", missing=missing, days=15)
    # Nobody can have been handed a result that there is not: the report makes a task.
    waits.report(story.back(1, 16), "delivered", story.team.agents(wang.point)[0], to="王桂香", how="home")
    story.case(
        "short", story.home("李建国", 1, story.ago(8)), "HN-01", "limited", "counter", story.lately(50), lacks=True
    )
    story.case("spot", story.home("何玉珍", 3, story.ago(8)), "SB-05", "direct", "counter", story.lately(25))


def _replies(story: Telling) -> None:
    """Collected at homes, so that cadres reply every thirty days: one tomorrow, one late, one of the other cadre."""
    for name, head, point, code, since in (
        ("owed", "徐长贵", 0, "MZ-02", 29),
        ("late", "黄秀芳", 2, "MZ-01", 32),
        ("other", "梁传明", 1, "MZ-01", 28),
    ):
        home = story.home(head, point, story.ago(since, 9), cannot_move=True)
        case = story.case(name, home, code, "limited", "home", story.ago(since, 10))
        accepted(case, days.moment(OFFICIAL.add(story.today - days.ONE * since, 1), 9 * 60))


def _ended(story: Telling) -> None:
    for n, (head, code, mode, result) in enumerate(
        (
            ("董兴旺", "SB-01", "direct", "已参保登记，下月起扣缴"),
            ("曾淑珍", "XS-01", "direct", "登记完成，登记表已交本人"),
            ("彭立军", "MZ-03", "limited", "符合条件，救助金已发放到一卡通"),
        )
    ):
        home = story.home(head, n + 1, story.ago(50))
        case = story.case(f"ended {n}", home, code, mode, "counter", story.back(12 - n))
        if mode == "limited":
            accepted(case, story.back(11 - n))
        finished(case, story.back(7 - n, 15), result)


def _visits(story: Telling) -> None:
    for n, (head, purpose, ahead) in enumerate(
        (("马兴发", "待遇资格认证，上门拍照", 0), ("罗春英", "低保入户核实", 1), ("高玉林", "送达审批结果", 2))
    ):
        home = story.home(head, n, story.ago(30), note=_BLOOD)
        day = OFFICIAL.add(story.due, ahead) if ahead else story.due
        visit = story.visit(f"visit {n}", home, purpose, story.back(1, 10, n), day)
        if ahead == 1:
            story.team.command(story.team.agents(n)[0], story.back(1, 11), visit, "accept", kind="visit")
    story.visit("unplanned", story.home("韩桂珍", 0, story.ago(9)), "帮助填写申请表", story.back(1, 16))


def _at_the_counter(story: Telling) -> None:
    for n, (visitor, window, about, answer, at) in enumerate(
        (
            ("陈福来", "民政救助", "问临时救助办到哪一步", "已受理，今天答复", story.back(1, 8, 50)),
            ("宋全友", "社会保障", "问医保什么时候缴费", "十二月底以前都可以缴", story.back(1, 10, 20)),
            (
                "冯春莲",
                "惠农政策",
                "问地力补贴按什么面积发",
                "按确权登记的面积，没有登记的先登记",
                story.back(1, 14, 40),
            ),
            ("程安民", "行政审批", "问建房要带什么", "带身份证、户口簿和村委会意见，一次告知单已给", story.lately(95)),
            ("袁学成", "信访接待", "反映通组路路灯不亮", "已记下，转村委会核实", story.lately(60)),
            ("何玉珍", "社会保障", "来交新生儿参保材料", "材料已收，当场可办", story.lately(30)),
        )
    ):
        story.reception(f"reception {n}", visitor, window, about, answer, at)
