"""Slips and notices."""

from collections.abc import Iterator

from msgspec.structs import replace

from ..documents import (
    AcceptanceNotice,
    CollectionSlip,
    Document,
    ExtensionNotice,
    NonAcceptanceNotice,
    OneTimeNotice,
    PauseNotice,
    Receipt,
    Refusal,
    ResultSlip,
)
from .township import AGENT, APPLICANT, CASE, CODE, ITEM, LINK, MISSING, OFFICE, PAPERS, REMEDY, TODAY, day


def slips() -> Iterator[tuple[str, Document]]:
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
    result = ResultSlip(
        office=OFFICE,
        issued=day(3, 20),
        number=CASE,
        code=CODE,
        applicant=APPLICANT,
        item=ITEM,
        accepted=day(3, 6),
        result="已办结，待遇自3月起发放。",
        ended=day(3, 20),
        handler="赵敏",
        secret="H7K2MQ9TXA",  # noqa: S106 - a sample's
        qr=LINK,
    )
    yield "收件凭证-小票", slip
    yield "收件凭证-A5", replace(slip, size="a5")
    yield "办件回执-小票", receipt
    yield "办件回执-A5", replace(receipt, size="a5")
    yield "办结回执-小票", result
    yield "办结回执-A5", replace(result, size="a5")


def notices() -> Iterator[tuple[str, Document]]:
    """What is told while a case is handled, and against it."""
    yield from _on_the_way()
    yield from _decisions()


def _on_the_way() -> Iterator[tuple[str, Document]]:
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
        "延期告知书",
        ExtensionNotice(
            office=OFFICE,
            issued=day(3, 25),
            number=CASE,
            applicant=APPLICANT,
            item=ITEM,
            accepted=day(3, 6),
            longer="5 个工作日",
            reason="区经办中心正在升级信息系统，3月26日前不能核定待遇。",
            approved_by="中心负责人孙亮",
            was=day(3, 27),
            due=day(4, 3),
            reprinted=day(3, 30),
        ),
    )
    yield (
        "特殊环节告知书",
        PauseNotice(
            office=OFFICE,
            issued=day(3, 9),
            number=CASE,
            applicant=APPLICANT,
            item=ITEM,
            accepted=day(3, 6),
            step="村级公示",
            reason="依照规定，待遇申领名单须在所在村公示，听取群众意见。",
            handler="赵敏",
            length="7 个自然日",
            was=day(3, 27),
            expected=day(4, 3),
        ),
    )


def _decisions() -> Iterator[tuple[str, Document]]:
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
        received=TODAY,
        accepted=day(3, 6),
        reason="经两名工作人员入户核验，家庭人均月收入高于规定的救助标准，申请所述的支出已由医疗保险报销。",
        basis="区民政部门现行的临时救助办法。",
        elsewhere="如家庭情况发生变化，可以重新申请；对核验结果有疑问的，请到“办不成事”反映窗口提出。",
    )
    yield "不予办理决定书", refusal
    licence = replace(refusal, number="清便不许〔2026〕1号", item="农村村民住宅建设规划许可", remedy=REMEDY, basis="")
    yield (
        "不予许可决定书",
        replace(
            licence,
            reason="拟建住宅的位置在已经批准的村庄规划所划的道路用地内。",
            elsewhere="请另选宅基地位置后重新申请；村里可以帮您看图选址。",
        ),
    )
