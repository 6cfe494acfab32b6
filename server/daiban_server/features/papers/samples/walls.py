"""What hangs on the wall, stands on the desk or is worn."""

from collections.abc import Iterator

from ..documents import (
    Badge,
    DeskPlate,
    Document,
    DutyBoard,
    DutyDay,
    DutyPost,
    FlowStep,
    Paper,
    PublicResult,
    ResultList,
    WallSheet,
)
from .township import OFFICE, TODAY, day


def walls() -> Iterator[tuple[str, Document]]:
    scope = "柳树村、杨家坪村、石门村：惠农政策、民政救助、社会保障事项的咨询、收件和代办"
    promise = "一次告知、限时办结、代办不收费，来有迎声、问有答声。"
    yield (
        "胸牌",
        Badge(
            office=OFFICE,
            issued=TODAY,
            name="王芳",
            post="代办员",
            scope=scope,
            phone="13800138017",
            promise=promise,
            badge="QH-017",
        ),
    )
    yield (
        "座牌",
        DeskPlate(
            office=OFFICE,
            issued=TODAY,
            name="赵敏",
            post="社会保障窗口",
            scope="城乡居民养老保险、医疗保险、社会保障卡、就业登记",
            phone="0915-3210001",
            promise=promise,
        ),
    )
    yield "办事指南", _wall_sheet()
    yield (
        "值班公示",
        DutyBoard(
            office=OFFICE,
            issued=day(3, 6),
            since=day(3, 9),
            until=day(3, 13),
            hours="上午8:30—12:00，下午14:00—17:30",
            posts=(
                DutyPost(window="惠农政策", a="何军", a_phone="0915-3210011", b="陈洁", b_phone="0915-3210012"),
                DutyPost(window="民政救助", a="陈洁", a_phone="0915-3210012", b="何军", b_phone="0915-3210011"),
                DutyPost(window="信访接待", a="孙亮", a_phone="0915-3210013", b="周涛", on_duty="B"),
                DutyPost(window="社会保障", a="赵敏", a_phone="0915-3210001", b="李红", b_phone="0915-3210014"),
                DutyPost(window="行政审批", a="周涛", a_phone="0915-3210015", b="孙亮", b_phone="0915-3210013"),
            ),
            days=tuple(
                DutyDay(day=day(3, 9 + number), leader=leader, phone="0915-3210000", clerk=clerk)
                for number, (leader, clerk) in enumerate(
                    (("高山", "赵敏"), ("高山", "何军"), ("吴岚", "陈洁"), ("吴岚", "李红"), ("高山", "周涛"))
                )
            ),
        ),
    )
    yield (
        "公示",
        ResultList(
            office=OFFICE,
            issued=day(3, 10),
            number="清便公示〔2026〕6号",
            item="农村居民最低生活保障",
            since=day(3, 10),
            until=day(3, 16),
            rows=tuple(
                PublicResult(surname=surname, village=village, result=result)
                for surname, village, result in (
                    ("张", "柳树村", "拟纳入，二类"),
                    ("刘", "杨家坪村", "拟纳入，三类"),
                    ("欧阳", "清河社区", "不予纳入"),
                    ("陈", "石门村", "拟纳入，一类"),
                )
            ),
        ),
    )


def _wall_sheet() -> WallSheet:
    return WallSheet(
        office=OFFICE,
        issued=TODAY,
        item="农村居民最低生活保障申请",
        code="MZ-01",
        type="给付",
        body="汉江区民政局（清河镇人民政府受委托审核确认）",
        audience="持有本镇户口的农村居民家庭",
        basis="《社会救助暂行办法》第九条至第十三条；现行的最低生活保障审核确认办法。",
        conditions="一、共同生活的家庭成员人均收入低于本区最低生活保障标准；\n二、家庭财产状况符合本区规定；\n"
        "三、申请人及家庭成员同意核对家庭经济状况。",
        papers=(
            Paper(name="最低生活保障申请书", form="原件", note="本人签名或捺印"),
            Paper(name="居民身份证、居民户口簿", form="复印件", note="核对原件后退还"),
            Paper(name="家庭经济状况核对授权书", form="原件", note="成年家庭成员都要签名"),
            Paper(name="残疾、疾病等证明", form="复印件", note="有下列情况的才提供；能共享取得的不再要求提交"),
        ),
        legal_limit="30个工作日",
        promised_limit="25个工作日",
        fee="不收费",
        flow=(
            FlowStep(name="申请", who="申请人或代办员"),
            FlowStep(name="受理", who="民政救助窗口", limit="1个工作日"),
            FlowStep(name="经济状况核对", who="区核对中心", limit="7个工作日", special=True),
            FlowStep(name="入户调查", who="两名以上工作人员", limit="10个工作日"),
            FlowStep(name="审核", who="镇人民政府", limit="5个工作日"),
            FlowStep(name="公示", who="所在村", limit="7日", special=True, counted=False),
            FlowStep(name="确认", who="区民政局", limit="2个工作日"),
            FlowStep(name="送达、按月发放", who="窗口、代办员", limit="3个工作日"),
        ),
        window="民政救助窗口（3号）",
        hours="工作日8:30—12:00，14:00—17:30",
        trips="0次（可上门办理）",
        modes="限时办理、上门办理",
        note="行动不便的，请打电话预约，代办员按约上门。代办不收费。",
    )
