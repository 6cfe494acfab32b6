"""A copy of somebody's own data."""

from collections.abc import Iterator

from ..documents import Document, HeldField, HeldRecord, PersonalCopy
from .township import APPLICANT, ITEM, OFFICE, TODAY


def copies() -> Iterator[tuple[str, Document]]:
    home = (
        HeldField(label="户主姓名", value=APPLICANT),
        HeldField(label="联系电话", value="13700138000", others=("13700138001",)),
    )
    case = (HeldField(label="事项", value=ITEM), HeldField(label="备注", value="家中老人行动不便\n上午在家"))
    yield (
        "个人信息副本",
        PersonalCopy(
            office=OFFICE,
            issued=TODAY,
            about=f"{APPLICANT}家庭",
            records=(
                HeldRecord(title="家庭　" + APPLICANT, fields=home),
                HeldRecord(title="申请　JM-20261124-SB-0007", status="已受理", fields=case),
            ),
            notes=("照片共2张，图像在电子副本里。",),
            handed_out_by="李红",
        ),
    )
