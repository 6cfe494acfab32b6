"""What was applied for, and an application that was taken back."""

from collections.abc import Iterator

from ..documents import Answer, ApplicationForm, Correction, Document, Signed, Withdrawal
from .township import APPLICANT, CASE, ITEM, OFFICE, PAPERS, PRINCIPAL, TODAY, day

ANSWERS = (
    ("待遇领取人", APPLICANT),
    ("参保类型", "城乡居民基本养老保险"),
    ("缴费年限", "15"),
    ("是否一次性补缴", "是"),
    ("补缴金额", "6,000.00 元"),
    ("已享受的其他待遇", "高龄老人补贴、耕地地力保护补贴"),
    ("配偶姓名", ""),
    ("情况说明", "2011年参保，其间外出务工中断缴费三年。\n2025年底已在村里补齐，缴费凭证由村代办员收存。"),
)


def application() -> Iterator[tuple[str, Document]]:
    yield (
        "申请表",
        ApplicationForm(
            office=OFFICE,
            issued=TODAY,
            number=CASE,
            item=ITEM,
            edition="SB-01（第 3 版）",
            applicant=APPLICANT,
            answers=tuple(Answer(label=label, value=value) for label, value in ANSWERS),
            identity=PRINCIPAL.identity,
            phone=PRINCIPAL.phone,
            address=PRINCIPAL.address,
            source="上门",
            account=f"农商银行 6**************8（户名 {APPLICANT}）",
            came=TODAY,
            entitled=day(3, 1),
            papers=PAPERS,
            written_by="王芳",
            signers=(
                Signed(name=APPLICANT, relation="本人", how="捺印", witness="周德福", signed=TODAY),
                Signed(name="张小军", relation="子", how="签名", signed=TODAY),
            ),
            corrections=(
                Correction(
                    day=day(3, 9), label="缴费年限", was="13", now="15", by="赵敏", reason="与区经办中心缴费记录核对"
                ),
            ),
        ),
    )
    yield (
        "撤回申请登记单",
        Withdrawal(
            office=OFFICE,
            issued=day(3, 10),
            number=CASE,
            case=CASE,
            applicant=APPLICANT,
            item=ITEM,
            state="已收件",
            reason="申请人随子女迁往外地居住，改在居住地申请。",
            taken_by="赵敏",
            came=TODAY,
            papers=PAPERS[:3],
        ),
    )
