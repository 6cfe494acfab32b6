"""The notice and the separate consent, one signed and one to be signed."""

from collections.abc import Iterator

from daiban_schemas import texts

from ..documents import Document, InformationNotice, SeparateConsent, Signer
from .township import AGENT, APPLICANT, ITEM, OFFICE, TODAY, drawn


def consents() -> Iterator[tuple[str, Document]]:
    notice, separate = texts.current(texts.NOTICE), texts.current(texts.SENSITIVE)
    yield (
        notice.title,
        InformationNotice(
            office=OFFICE,
            issued=TODAY,
            about="张小宝",
            identity="6****************2",
            matter=ITEM,
            agent=AGENT,
            title=notice.title,
            text=notice.text,
            version=notice.version,
            digest=notice.sha256,
            guardian="张建国（父亲）　电话 13800138099",
            signer=Signer(name="张建国", relation="父亲", mark="drawn", picture=drawn(), signed=TODAY),
            place="当事人家中（清河镇柳树村三组）",
        ),
    )
    yield (
        separate.title,
        SeparateConsent(
            office=OFFICE,
            issued=TODAY,
            about=APPLICANT,
            identity="6****************2",
            matter=ITEM,
            agent=AGENT,
            title=separate.title,
            text=separate.text,
            version=separate.version,
            digest=separate.sha256,
            signer=Signer(name=APPLICANT, mark="fingerprint", witness="周德福", signed=TODAY),
            agreed=True,
        ),
    )
