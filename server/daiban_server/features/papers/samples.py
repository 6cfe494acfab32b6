"""One of each paper, of a made-up township: what builders look at, and what the tests set."""

import datetime
import io
from collections.abc import Iterator

from msgspec.structs import replace
from PIL import Image, ImageDraw

from .documents import (
    AcceptanceNotice,
    Agent,
    ArchiveContents,
    ArchiveCover,
    Badge,
    CaseRow,
    CategoryRegister,
    ClosingSheet,
    CollectionSlip,
    DailyLine,
    DailyReport,
    DeliveryRecord,
    DeskPlate,
    Document,
    DutyBoard,
    DutyDay,
    DutyPost,
    FlowStep,
    HandedCase,
    HandoverList,
    Leaf,
    Mandate,
    NonAcceptanceNotice,
    Office,
    OneTimeNotice,
    Paper,
    Party,
    PublicResult,
    Receipt,
    Refusal,
    Register,
    Remedy,
    ResultList,
    Signer,
    Step,
    Suspension,
    Termination,
    VisitorRow,
    WallSheet,
    WorkOrder,
    filed,
)

OFFICE = Office(
    name="清河镇便民服务中心",
    phone="0915-3210001",
    address="清河镇清河路12号",
    supervision="0915-3210009",
)
AGENT = Agent(name="王芳", badge="QH-017", phone="13800138017")
STAND_IN = Agent(name="李明", badge="QH-021", phone="13800138021")
TODAY = datetime.date(2026, 3, 5)
APPLICANT = "张桂兰"
ITEM = "城乡居民基本养老保险待遇申领"
CASE = "QH-2026-000128"
CODE = "7K4M-92QX"
LINK = f"https://daiban.example/q/{CASE}/{CODE}"
PRINCIPAL = Party(
    name=APPLICANT, identity="6****************2", phone="0915-3215678", address="清河镇柳树村三组"
)
PAPERS = (
    Paper(name="居民身份证", form="复印件", note="核对原件后退还"),
    Paper(name="居民户口簿", form="复印件", note="首页和本人页"),
    Paper(name="社会保障卡（一卡通）账号", form="复印件"),
    Paper(name="待遇申领表", form="原件", note="本人签名或捺印"),
)
MISSING = (
    Paper(name="待遇申领表", form="原件", note="由本人签名；不能书写的，捺印并由见证人签名。\n表格可向代办员领取。"),
    Paper(name="社会保障卡", form="复印件", note="正反面；卡已激活金融账户"),
)
REMEDY = Remedy(review="汉江区人民政府", court="汉江区人民法院")


def day(month: int, number: int) -> datetime.date:
    """A day of the samples' year."""
    return datetime.date(2026, month, number)


def drawn() -> bytes:
    """A drawn signature as PNG: three strokes."""
    image = Image.new("RGBA", (360, 140), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    for stroke in (
        [(20, 40), (90, 30), (60, 70), (30, 110), (80, 90)],
        [(130, 30), (170, 25), (150, 60), (135, 115), (190, 60), (200, 110)],
        [(230, 40), (300, 35), (265, 36), (262, 118), (240, 100), (330, 90)],
    ):
        pen.line(stroke, fill=(20, 20, 60, 255), width=5, joint="curve")
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def samples() -> Iterator[tuple[str, Document]]:
    """Each form with a name for its file."""
    for group in (_slips, _notices, _mandates, _casework, _archive, _books, _walls):
        yield from group()


def _slips() -> Iterator[tuple[str, Document]]:
    slip = CollectionSlip(
        office=OFFICE,
        issued=TODAY,
        number="S-017-0042",
        code=CODE,
        applicant=APPLICANT,
        item=ITEM,
        agent=AGENT,
        place="清河镇柳树村三组",
        papers=PAPERS[:3],
        missing=PAPERS[3:],
        qr=LINK,
    )
    receipt = Receipt(
        office=OFFICE,
        issued=day(3, 6),
        number=CASE,
        code=CODE,
        applicant=APPLICANT,
        item=ITEM,
        window="社会保障窗口",
        accepted=day(3, 6),
        limit="15个工作日",
        due=day(3, 27),
        qr=LINK,
    )
    yield "收件凭证-小票", slip
    yield "收件凭证-A5", replace(slip, size="a5")
    yield "办件回执-小票", receipt
    yield "办件回执-A5", replace(receipt, size="a5")


def _notices() -> Iterator[tuple[str, Document]]:
    yield (
        "一次性告知书",
        OneTimeNotice(
            office=OFFICE,
            issued=day(3, 6),
            number="清便告〔2026〕15号",
            applicant=APPLICANT,
            item=ITEM,
            received=TODAY,
            missing=MISSING,
            handler="赵敏",
            until=day(3, 20),
        ),
    )
    yield (
        "受理通知书",
        AcceptanceNotice(
            office=OFFICE,
            issued=day(3, 6),
            number="清便受〔2026〕128号",
            applicant=APPLICANT,
            item=ITEM,
            received=TODAY,
            accepted=day(3, 6),
            papers=PAPERS,
            limit="15个工作日",
            handler="赵敏",
            due=day(3, 27),
            uncounted=("村级公示（7日）", "待遇资格核验"),
            code=CODE,
            qr=LINK,
        ),
    )
    yield (
        "不予受理通知书",
        NonAcceptanceNotice(
            office=OFFICE,
            issued=day(3, 6),
            number="清便不受〔2026〕3号",
            applicant="刘建国",
            item="个体工商户登记",
            received=TODAY,
            reason="申请登记的经营场所在白河镇，不属于本镇的受理范围。",
            basis="《中华人民共和国行政许可法》第三十二条第一款第二项。",
            elsewhere="请向白河镇便民服务中心行政审批窗口提出申请，电话0915-3220001。代办员可以帮您预约。",
            remedy=REMEDY,
        ),
    )
    refusal = Refusal(
        office=OFFICE,
        issued=day(3, 20),
        number="清便不办〔2026〕2号",
        applicant="陈秀英",
        item="临时救助",
        accepted=TODAY,
        reason="经两名工作人员入户核验，家庭人均月收入高于规定的救助标准，申请所述的支出已由医疗保险报销。",
        basis="区民政部门现行的临时救助办法。",
        elsewhere="如家庭情况发生变化，可以重新申请；对核验结果有疑问的，请到“办不成事”反映窗口提出。",
    )
    yield "不予办理决定书", refusal
    licence = replace(
        refusal, number="清便不许〔2026〕1号", item="农村村民住宅建设规划许可", remedy=REMEDY, basis=""
    )
    yield (
        "不予许可决定书",
        replace(
            licence,
            reason="拟建住宅的位置在已经批准的村庄规划所划的道路用地内。",
            elsewhere="请另选宅基地位置后重新申请；村里可以帮您看图选址。",
        ),
    )


def _mandates() -> Iterator[tuple[str, Document]]:
    yield (
        "代办服务委托书",
        Mandate(
            office=OFFICE,
            issued=TODAY,
            number="W-017-0042",
            principal=PRINCIPAL,
            agent=AGENT,
            matter=ITEM,
            powers=("提交和补正申请材料", "代为查询办理进度", "代为领取办理结果"),
            valid_from=TODAY,
            valid_until=day(9, 4),
            signers=(
                Signer(name=APPLICANT, relation="委托人", mark="fingerprint", witness="周德福", signed=TODAY),
                Signer(name="张小军", relation="委托人之子", mark="drawn", picture=drawn(), signed=TODAY),
                Signer(name="张小梅", relation="委托人之女"),
            ),
            place="委托人家中（清河镇柳树村三组）",
        ),
    )
    yield (
        "代办服务中止单",
        Suspension(
            office=OFFICE,
            issued=day(3, 12),
            number="W-017-0042-1",
            mandate="W-017-0042",
            principal=PRINCIPAL,
            agent=AGENT,
            matter=ITEM,
            reason="委托人住院，暂时不能提供待遇申领表。",
            since=day(3, 12),
            resumes="委托人出院并补齐待遇申领表。",
        ),
    )
    yield (
        "代办服务终止单",
        Termination(
            office=OFFICE,
            issued=day(4, 2),
            number="W-017-0042-2",
            mandate="W-017-0042",
            principal=PRINCIPAL,
            agent=AGENT,
            matter=ITEM,
            reason="委托人决定由其子自行办理。",
            since=day(4, 2),
            returned=("居民户口簿复印件", "社会保障卡复印件"),
        ),
    )


def _casework() -> Iterator[tuple[str, Document]]:
    yield (
        "承办单",
        WorkOrder(
            office=OFFICE,
            issued=day(3, 6),
            number="清便承〔2026〕128号",
            case=CASE,
            applicant=APPLICANT,
            phone="0915-3215678",
            village="柳树村三组",
            item=ITEM,
            source="上门收件",
            mode="代为办理",
            accepted=day(3, 6),
            lead_window="社会保障窗口",
            owner="王芳",
            handler="赵敏",
            limit="15个工作日",
            due=day(3, 27),
            sent_up_to="区城乡居民养老保险经办中心",
            send_up_limit="3个工作日（3月11日前）",
            steps=(
                Step(
                    name="窗口初审",
                    limit="1个工作日",
                    opinion="材料齐全，同意受理。",
                    signed_by="赵敏",
                    signed=day(3, 6),
                ),
                Step(
                    name="上报", limit="3个工作日", opinion="已报区经办中心。", signed_by="赵敏", signed=day(3, 9)
                ),
                Step(name="上级审核", limit="8个工作日"),
                Step(name="办结送达", limit="3个工作日"),
            ),
        ),
    )
    yield (
        "工作交接清单",
        HandoverList(
            office=OFFICE,
            issued=day(3, 9),
            number="清便交〔2026〕4号",
            giver=AGENT,
            taker=STAND_IN,
            post="柳树村、杨家坪村代办员",
            reason="A岗参加培训（3月10日至3月13日），B岗顶岗。",
            cases=tuple(
                HandedCase(
                    number=f"QH-2026-{number:06}", applicant=name, item=item, status=status, due=day(3, due), note=note
                )
                for number, name, item, status, due, note in (
                    (128, APPLICANT, ITEM, "已上报", 27, "等区里答复"),
                    (131, "刘建国", "耕地地力保护补贴面积申报与变更", "办理中", 30, ""),
                    (135, "欧阳秀珍", "城乡居民基本医疗保险门诊慢特病申请", "待补正", 18, "缺诊断证明，3月12日去取"),
                )
            ),
            things=("代办手机一部（编号17）", "刘建国土地承包合同原件一份，3月13日前送还"),
            supervisor="孙亮",
        ),
    )
    yield (
        "送达回证",
        DeliveryRecord(
            office=OFFICE,
            issued=day(3, 26),
            number="清便送〔2026〕96号",
            case=CASE,
            item=ITEM,
            recipient=APPLICANT,
            document="养老保险待遇核定表",
            document_number="汉居养核〔2026〕311号",
            how="送办上门",
            place="清河镇柳树村三组",
            signed_by="张小军",
            relation="子",
            signed=day(3, 27),
            deliverers=(AGENT, STAND_IN),
        ),
    )


def _archive() -> Iterator[tuple[str, Document]]:
    title = f"{APPLICANT}{ITEM}"
    yield (
        "卷宗封面",
        ArchiveCover(
            office=OFFICE,
            issued=day(4, 10),
            title=title,
            category="社会保障",
            applicant=APPLICANT,
            case=CASE,
            accepted=day(3, 6),
            ended=day(3, 26),
            result="核准，自2026年3月起按月发放",
            keep="30年",
            pieces=11,
            pages=23,
            filed_by="赵敏",
            holding="QH",
            catalogue="2026-03",
            volume="0128",
        ),
    )
    leaves = (
        Leaf(part="delivery", title="送达回证", number="清便送〔2026〕96号", pages="19", dated=day(3, 27)),
        Leaf(part="contents", title="卷内目录", pages="1"),
        Leaf(part="acceptance", title="受理通知书", number="清便受〔2026〕128号", pages="2", dated=day(3, 6)),
        Leaf(part="mandate", title="代办服务委托书", number="W-017-0042", pages="3-4", dated=TODAY),
        Leaf(part="missing", title="一次性告知书", number="清便告〔2026〕15号", pages="5", dated=day(3, 5)),
        Leaf(part="missing", title="补正材料收件凭证", number="S-017-0043", pages="6", dated=day(3, 6)),
        Leaf(part="application", title="待遇申领表及身份、户口、账户材料", author=APPLICANT, pages="7-13"),
        Leaf(part="verification", title="入户核验记录", author="赵敏、李明", pages="14-15", dated=day(3, 9)),
        Leaf(part="work_order", title="承办单", number="清便承〔2026〕128号", pages="16", dated=day(3, 6)),
        Leaf(part="result", title="养老保险待遇核定表", author="区经办中心", pages="17-18", dated=day(3, 26)),
        Leaf(part="follow_up", title="回访记录和好差评", author="孙亮", pages="20-21", dated=day(4, 3)),
        Leaf(part="closing", title="备考表", pages="22", dated=day(4, 10)),
    )
    yield "卷内目录", ArchiveContents(office=OFFICE, issued=day(4, 10), title=title, leaves=filed(leaves))
    yield (
        "备考表",
        ClosingSheet(
            office=OFFICE,
            issued=day(4, 10),
            title=title,
            pieces=12,
            pages=22,
            remarks="材料齐全。居民户口簿原件已核对退还，卷内存复印件。",
            filed_by="赵敏",
        ),
    )


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


def _books() -> Iterator[tuple[str, Document]]:
    yield (
        "办事登记册",
        Register(office=OFFICE, issued=day(3, 31), period="2026年3月", rows=visitors(60)),
    )
    yield (
        "分类受理登记簿",
        CategoryRegister(office=OFFICE, issued=day(3, 31), category="社会保障", period="2026年3月", rows=cases(24)),
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
            made_by="赵敏",
        ),
    )


def _walls() -> Iterator[tuple[str, Document]]:
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
