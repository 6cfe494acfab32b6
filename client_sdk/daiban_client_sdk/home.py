"""At the home, with no signal: the slip for the papers that were collected, the one-time notice of what is missing, and
what to look at before one leaves for the homes of today.

All of it is worked out from what the device holds. The texts are what the agent hands over, reads out or prints.
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from daiban_client_sdk import consents, households
from daiban_client_sdk.device import Device
from daiban_client_sdk.errors import DeviceError
from daiban_schemas import mandate
from daiban_schemas.identity import birthday
from daiban_schemas.slip import code_of, slip_number
from daiban_schemas.zone import SHANGHAI
from daiban_sync.view import View

OPEN = frozenset({"", "draft", "collected", "submitted", "received", "awaiting", "accepted", "sent_up"})
"""States of a case for which something may still have to be done at the home."""
LATELY = 366
"""Days within which an age that matters counts as just reached."""


class Slip(NamedTuple):
    """A collection slip (收件凭证). With `number` and `code` the case is looked up later; `text` is what the resident
    gets."""

    number: str
    code: str
    text: str


class Told(NamedTuple):
    """A one-time notice as it was told: what is missing, until when to bring it (``YYYY-MM-DD``), and its text."""

    missing: tuple[str, ...]
    until: str
    text: str


class Matter(NamedTuple):
    """A case of a home. `consent` is what it lacks of notice and consent (`consents.lacking`); `mandate` is ``signed``,
    ``missing``, or ``paper`` where only one on paper will do."""

    case: str
    item: str
    status: str
    missing: tuple[str, ...]
    mandate: str
    two_must_come: bool
    person_must_sign: bool
    consent: tuple[str, ...] = ()


class Reached(NamedTuple):
    """Somebody of a home who lately reached an age that an item asks for."""

    name: str
    age: int
    item: str


class Home(NamedTuple):
    """A home of today, before one leaves for it. `start` is the visit's time in Unix milliseconds."""

    visit: str
    household: str
    head: str
    address: str
    phone: str
    start: int
    matters: tuple[Matter, ...]
    reached: tuple[Reached, ...]


def collect(
    device: Device, case: str, papers: Sequence[str], second: str = "", days: int = 15
) -> tuple[Slip, Told | None]:
    """The papers of a case were collected, with `second` where two have to go: keep that as a fact, write the slip, and
    tell at once everything that is missing, to be brought within so many calendar days. Durable when this returns.

    Raises `DeviceError("record.unknown")`.
    """
    values = _view(device, case).values
    made = values.get("slip") or _new_slip(device, case)
    when = values.get("collected_at") or device.now()
    device.save(device.open(case), {"slip": made, "papers": list(papers), "collected_at": when})
    reported = f"collected {case}"
    if not device.store.get(reported, False):
        device.report(case, "collected", {"papers": list(papers), **({"with": second} if second else {})})
        device.store.put(reported, True)
    missing = _missing(_item(device, values), papers)
    told = tell(device, case, missing, days=days) if missing else None
    return Slip(made["number"], made["code"], _slip_text(device, values, made, papers, missing)), told


def _new_slip(device: Device, case: str) -> dict[str, str]:
    serial = device.store.get("slips", 0) + 1
    device.store.put("slips", serial)
    number = slip_number(bytes.fromhex(device.store.get("device")), serial)
    return {"number": number, "code": code_of(bytes.fromhex(case))}


def tell(device: Device, case: str, missing: Sequence[str], days: int = 15) -> Told:
    """Tell what is missing, once and wholly (一次性告知); kept as a fact."""
    values = _view(device, case).values
    today = _day(device.now())
    until = (today + datetime.timedelta(days=days)).isoformat()
    device.report(case, "notified", {"missing": [{"name": name} for name in missing], "until": until})
    text = "\n".join(
        [
            "一次性告知书",
            f"{values.get('applicant') or ''}：您申请的「{_item(device, values).get('name', '')}」还缺下列材料：",
            *(f"{n}. {name}" for n, name in enumerate(missing, 1)),
            f"请最迟于 {until} 补齐。补齐前不计入办理时限。",
            f"代办员 {device.store.get('person_name')}  {today.isoformat()}",
        ]
    )
    return Told(tuple(missing), until, text)


def before_leaving(device: Device, start: int, end: int) -> list[Home]:
    """The homes that this agent goes to between two moments (Unix milliseconds), in order of time, each with what is
    missing, who has to sign, whether two have to come, and who just reached an age that matters. A home that was merged
    into another is the one that stays, with the matters of both."""
    merged = households.merged(device)
    return [home for visit in device.today(start, end) if (home := _home(device, visit, merged)) is not None]


def _home(device: Device, visit: View, merged: Mapping[str, str]) -> Home | None:
    named = str(visit.values.get("household"))
    household = device.view(merged.get(named, named))
    if household is None:
        return None
    values, today = household.values, _day(int(visit.values["start"]))
    one = [household.record, *(other for other, stays in merged.items() if stays == household.record)]
    matters = tuple(matter for record in one for matter in _matters(device, record))
    return Home(
        visit.record,
        household.record,
        values.get("head") or "",
        values.get("address") or "",
        values.get("phone") or "",
        int(visit.values["start"]),
        matters,
        tuple(_reached(device, values, today)),
    )


def _matters(device: Device, household: str) -> Iterator[Matter]:
    for case in device.records("application", household):
        status = str(case.values.get("status") or "")
        if status not in OPEN:
            continue
        item = _item(device, case.values)
        yield Matter(
            case.record,
            item.get("name") or "",
            status,
            tuple(_missing(item, case.values.get("papers") or ())),
            _mandate(device, case.record, item),
            item.get("crew") == 2,
            bool(item.get("person_must_come")),
            consents.lacking(device, case.record),
        )


def _missing(item: Mapping[str, Any], held: Sequence[str]) -> list[str]:
    """Papers of an item that are not there; what offices can get from each other nobody need bring."""
    return [
        paper["name"] for paper in item.get("papers") or () if not paper.get("shared") and paper["name"] not in held
    ]


def _mandate(device: Device, case: str, item: Mapping[str, Any]) -> str:
    today = _day(device.now()).isoformat()
    signed = [
        one for one in device.records("mandate", case) if mandate.stands(one.values.get("status"), one.values, today)
    ]
    if item.get("paper_mandate_only"):
        on_paper = any(signer.get("mark") == "paper" for one in signed for signer in one.values["signers"])
        return "signed" if on_paper else "paper"
    return "signed" if signed else "missing"


def _reached(device: Device, home: Mapping[str, Any], today: datetime.date) -> Iterator[Reached]:
    head = {"name": home.get("head"), "born": home.get("born"), "identity_number": home.get("identity_number")}
    people = [head, *(home.get("members") or ())]
    ages = [(age, item.values) for item in device.records("item") for age in item.values.get("ages") or ()]
    for person in people:
        # Of a number that the centre has this phone keeps a mask, so the day of birth is a field of its own.
        stated = person.get("born")
        born = datetime.date.fromisoformat(stated) if stated else birthday(str(person.get("identity_number") or ""))
        for age, item in ages if born else ():
            if item.get("usable_until") is None and _just_reached(born, age, today):
                yield Reached(person.get("name") or "", age, item.get("name") or "")


def _just_reached(born: datetime.date | None, age: int, today: datetime.date) -> bool:
    if born is None:
        return False
    day = min(born.day, 28) if born.month == 2 else born.day
    reached = datetime.date(born.year + age, born.month, day)
    return datetime.timedelta(0) <= today - reached <= datetime.timedelta(days=LATELY)


def _item(device: Device, values: Mapping[str, Any]) -> Mapping[str, Any]:
    view = device.view(str(values.get("item") or ""))
    return view.values if view else {}


def _view(device: Device, record: str) -> View:
    view = device.view(record)
    if view is None:
        raise DeviceError("record.unknown")
    return view


def _slip_text(
    device: Device, values: Mapping[str, Any], made: Mapping[str, str], papers: Sequence[str], missing: Sequence[str]
) -> str:
    lines = [
        "收件凭证",
        f"编号 {made['number']}  查询码 {made['code']}",
        f"申请人 {values.get('applicant') or ''}  事项 {_item(device, values).get('name', '')}",
        "已收材料：" + ("、".join(papers) or "无"),
    ]
    if missing:
        lines.append("尚缺材料：" + "、".join(missing))
    who = f"{device.store.get('centre_name')}  代办员 {device.store.get('person_name')}"
    lines += [
        "收件不等于受理；凭编号和查询码可到中心或网上查询进度。代办不收费。",
        f"{who}  {_day(device.now()).isoformat()}",
    ]
    return "\n".join(lines)


def _day(milliseconds: int) -> datetime.date:
    return datetime.datetime.fromtimestamp(milliseconds / 1000, SHANGHAI).date()
