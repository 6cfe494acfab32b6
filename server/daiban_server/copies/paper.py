"""The copy as a person reads it."""

from collections.abc import Iterator

from daiban_schemas.labels import RATINGS
from daiban_server.console.words import local
from daiban_server.copies.gather import Copy, FieldOut, RecordOut
from daiban_server.features.papers.documents import HeldField, HeldRecord, Office, PersonalCopy
from daiban_server.limits.calendar import local_day


def paper(copy: Copy, office: Office) -> PersonalCopy:
    """The paper of a copy."""
    return PersonalCopy(
        office=office,
        issued=local_day(copy.made_at),
        about=f"当事人：{copy.person}" if copy.person else copy.records[0].title,
        records=tuple(_records(copy)),
        notes=tuple(_notes(copy)),
        handed_out_by=copy.made_by,
    )


def _records(copy: Copy) -> Iterator[HeldRecord]:
    for one in copy.records:
        yield HeldRecord(title=one.title, status=one.status, fields=tuple(map(_field, one.fields)))
    if copy.messages:
        sent = (HeldField(label=_moment(one.at), value=f"{one.phone}\n{one.text}") for one in copy.messages)
        yield HeldRecord(title="发给您的短信", fields=tuple(sent))
    if copy.ratings:
        given = (HeldField(label=_moment(one.at), value=f"{RATINGS[one.level]}　{one.text}") for one in copy.ratings)
        yield HeldRecord(title="您的评价", fields=tuple(given))


def _field(one: FieldOut) -> HeldField:
    return HeldField(label=one.label, value=one.words, others=tuple(map(str, one.others)))


def _moment(at: int) -> str:
    return f"{local(at):%Y-%m-%d %H:%M}"


def _notes(copy: Copy) -> Iterator[str]:
    photos = sum(_is_photo(one) for one in copy.records)
    if photos:
        yield f"照片共{photos}张，图像在电子副本里。"
    yield f"历次填写共{len(copy.handed_in)}条，逐条列在电子副本里。"
    if copy.left_out:
        yield f"家庭登记里涉及其他人的内容没有列出：{'、'.join(copy.left_out)}。"
    yield "向本中心反映的意见、投诉另行登记，不在本副本里；需要的可以凭登记号查询。"
    yield "内容有错、不全的，可以要求更正、补充；不同意继续使用的，可以撤回同意或者要求删除。"


def _is_photo(one: RecordOut) -> bool:
    return one.kind == "photo"
