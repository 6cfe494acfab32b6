"""Mandates, what goes along with a case, its file."""

from collections.abc import Iterator

from ..documents import (
    ArchiveContents,
    ArchiveCover,
    ClosingSheet,
    DeliveryRecord,
    Document,
    HandedCase,
    HandoverList,
    Leaf,
    Mandate,
    Signer,
    Step,
    Suspension,
    Termination,
    WorkOrder,
    filed,
)
from .township import AGENT, APPLICANT, CASE, ITEM, OFFICE, PRINCIPAL, STAND_IN, TODAY, day, drawn


def mandates() -> Iterator[tuple[str, Document]]:
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


def casework() -> Iterator[tuple[str, Document]]:
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
                Step(name="上报", limit="3个工作日", opinion="已报区经办中心。", signed_by="赵敏", signed=day(3, 9)),
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


def archive() -> Iterator[tuple[str, Document]]:
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
