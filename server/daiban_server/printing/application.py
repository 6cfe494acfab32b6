"""申请表: what was applied for, by the form's own labels, as it was handed in; and what was corrected since."""

import datetime
import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from daiban_schemas.forms import PREFIX, Question
from daiban_schemas.kinds import KINDS
from daiban_schemas.labels import MODES, SOURCES
from daiban_schemas.masking import in_text
from daiban_server.features.papers.documents import Answer, ApplicationForm, Correction, Document, Signed
from daiban_server.limits.calendar import local_day
from daiban_server.printing.case_file import CaseFile, Values, veiled
from daiban_server.spine.past import Step
from daiban_sync.view import View, same

MARKS = {"drawn": "签名", "fingerprint": "捺印", "paper": "纸质签名"}
_KIND = KINDS["application"]
_NOT_FILLED_IN = frozenset({"collected_at", "slip", "reception", "deleted"})
"""Fields of a change that tell of the work, not of the matter."""


def application(file: CaseFile) -> Document:
    """申请表. Before it is handed in, as it stands: to be read through and signed."""
    handed = _handed_in(file)
    steps = file.past.steps()
    stood = [one for one in steps if handed is None or one.position <= handed]
    view, then = stood[-1].view, file if handed is None else file.then(handed)
    values = view.values
    return ApplicationForm(
        office=file.office,
        issued=_day_of(file, stood[-1]) if handed is not None else file.today,
        number=file.number,
        item=then.matter,
        edition=_edition(then.item),
        applicant=then.applicant,
        answers=tuple(_answers(then, view)),
        identity=veiled(values.get("identity_number")),
        phone=values.get("phone") or "",
        address=_address(then),
        source=SOURCES.get(values.get("source") or "", ""),
        account=_account(values.get("account")),
        came=_came(file),
        entitled=_date(values.get("entitled_from")),
        papers=then.named(values.get("papers") or ()),
        kin=_said(then, "kin", values.get("kin")),
        note=values.get("note") or "",
        urgent=bool(values.get("urgent")),
        written_by=_writers(file, view),
        signers=tuple(_signers(file)),
        corrections=tuple(_corrections(file, steps[len(stood) - 1 :])),
    )


def _handed_in(file: CaseFile) -> int | None:
    """Where the act stands with which the application left the applicant's hands: to the centre, or to nobody."""
    return next((one.position for one in file.acts if one.name in ("submit", "withdraw")), None)


def _came(file: CaseFile) -> datetime.date | None:
    values = file.values
    came = values.get("started_at") or values.get("received_at") or values.get("submitted_at")
    return local_day(came) if came else None


def _edition(item: Values) -> str:
    edition = f"（第 {item['edition']} 版）" if item.get("edition") else ""
    return f"{item['code']}{edition}" if item.get("code") else ""


def _address(file: CaseFile) -> str:
    address = str(file.home.get("address") or "")
    return address if address.startswith(file.village) else f"{file.village} {address}".rstrip()


def _writers(file: CaseFile, view: View) -> str:
    """Who wrote what stands in the form."""
    filled = [values[0].author for name, values in view.fields.items() if name == "applicant" or _is_answer(name)]
    named = (file.past.names.get(bytes.fromhex(author)) for author in dict.fromkeys(filled))
    return "、".join(filter(None, named))


def _signers(file: CaseFile) -> Iterator[Signed]:
    """Who signed the mandate, which is signed with the application."""
    for one in (file.mandates[-1] if file.mandates else {}).get("signers") or ():
        yield Signed(
            name=one.get("name") or "",
            relation=one.get("relation") or "",
            how=MARKS.get(one.get("mark") or "", ""),
            witness=one.get("witness") or "",
            signed=local_day(one["at"]) if one.get("at") else None,
        )


# Answers ------------------------------------------------------------------------------------------------------


def _answers(file: CaseFile, view: View) -> Iterator[Answer]:
    """Every question of the form in its order, then whatever else was answered: a draft may have been begun on another
    edition, and nothing that was written is left out."""
    asked = [PREFIX + question["id"] for question in file.item.get("form") or ()]
    more = [name for name in view.values if _is_answer(name) and name not in asked and _filled(view.values[name])]
    for name in [*asked, *more]:
        others = [_said(file, name, one.value) or "—" for one in view.conflicts.get(name, ())[1:]]
        note = f"填写不一致，另填：{'；'.join(others)}" if others else ""
        yield Answer(label=_label(file, name), value=_said(file, name, view.values.get(name)), note=note)


def _is_answer(name: str) -> bool:
    return name.startswith(PREFIX)


def _filled(value: Any) -> bool:
    return value not in (None, "", [])


def _question(file: CaseFile, name: str) -> Question:
    """The question that a field answers: as the case's edition asks it, or another that the case was of."""
    forms = [file.item, *file.items.values()]
    known = (one for item in forms for one in item.get("form") or () if PREFIX + one["id"] == name)
    return next(known, {})


def _label(file: CaseFile, name: str) -> str:
    return str(_question(file, name).get("label") or _KIND.label_of(name))


# Corrections --------------------------------------------------------------------------------------------------


def _corrections(file: CaseFile, steps: list[Step]) -> Iterator[Correction]:
    """What was written over after the first of the steps, and what was said of it."""
    reasons = {one.position: one.told["reason"] for one in file.acts if one.name == "correct"}
    for before, after in itertools.pairwise(steps):
        told = {
            "day": _day_of(file, after),
            "by": file.past.names.get(after.author, "系统"),
            "reason": reasons.get(after.position, ""),
        }
        moved = list(_moved(before.view.values, after.view.values))
        for name in moved:
            was, now = (_said(file, name, one.view.values.get(name)) for one in (before, after))
            yield Correction(label=_label(file, name), was=was, now=now, **told)
        if not moved and told["reason"]:  # it says why a change of its own was made
            yield Correction(label="更正说明", was="", now="", **told)


def _moved(before: Values, after: Values) -> Iterator[str]:
    for name in dict.fromkeys([*before, *after]):
        field = _KIND.fields.get(name)
        own = _is_answer(name) or (field is not None and field.policy != "server" and name not in _NOT_FILLED_IN)
        if own and not same(before.get(name), after.get(name)):
            yield name


def _day_of(file: CaseFile, step: Step) -> datetime.date:
    """The day of a step: that of its act, if it is one."""
    return next((one.day for one in file.acts if one.position == step.position), local_day(step.effective))


# Words --------------------------------------------------------------------------------------------------------


def _said(file: CaseFile, name: str, value: Any) -> str:
    """A field's value as a form shows it; what is private, masked: a sheet of paper asks nobody to sign in."""
    if not _filled(value):
        return ""
    if name == "item":
        return str(file.items.get(value, {}).get("name") or "")
    if name == "household" and (home := file.homes.get(value)):
        return f"{home.village} {home.values.get('head') or ''}".strip()
    if name in ("source", "mode"):
        return (SOURCES if name == "source" else MODES).get(value, "")
    if name == "account":
        return _account(value)
    if name == "kin":
        return str(value.get("relation") or "已申报")
    return _plain(_question(file, name).get("type", "date" if name == "entitled_from" else ""), value)


def _plain(type_: str, value: Any) -> str:
    """A value by its question's type; what does not fit the type is shown as it was written."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int) and type_ == "money":
        return f"{value // 100:,}.{value % 100:02d} 元"
    if isinstance(value, list):
        return "、".join(_plain("", one) for one in value)
    if isinstance(value, Mapping):
        return "，".join(_plain("", one) for one in value.values())
    if not isinstance(value, str):
        return str(value)
    if type_ == "identity_number":
        return veiled(value)
    day = _date(value) if type_ == "date" else None
    return f"{day.year}年{day.month}月{day.day}日" if day else in_text(value, "handling")


def _account(account: Any) -> str:
    if not isinstance(account, Mapping):
        return ""
    holder = f"（户名 {account['holder']}）" if account.get("holder") else ""
    return f"{account.get('bank') or ''} {veiled(account.get('number'))}{holder}".strip()


def _date(text: Any) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text) if text else None
    except (TypeError, ValueError):
        return None
