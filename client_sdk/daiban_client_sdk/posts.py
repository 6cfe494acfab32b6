"""Standing in, with no signal: for whom this phone's owner stands in, until when, what was left to him and what is due.

A request to be stood in for is a record like any other: ``handover`` of type ``absence``, which the centre arranges.
"""

from collections.abc import Iterator
from typing import NamedTuple

from daiban_client_sdk.device import Device
from daiban_schemas.handed import sign_of
from daiban_sync.view import View


class Duty(NamedTuple):
    """An open case that came with a handover. `due` is the promised day, ``YYYY-MM-DD`` or empty; one that is not on
    this phone yet (before the next sync) has neither `case` nor `applicant`."""

    case: str
    number: str
    item: str
    applicant: str
    status: str
    due: str


class StandIn(NamedTuple):
    """Somebody for whom one stands in. `until` is Unix milliseconds, 0 where no end is in sight; `places` are names,
    `receptions` and `opinions` numbers of what waited for his answer when it began."""

    handover: str
    name: str
    phone: str
    until: int
    places: tuple[str, ...]
    note: str
    duties: tuple[Duty, ...]
    receptions: tuple[str, ...] = ()
    opinions: tuple[str, ...] = ()


def standing_in(device: Device) -> list[StandIn]:
    """For whom this phone's owner stands in now, those whose return is next first."""
    me = device.store.get("person")
    found = [one for one in device.records("handover") if one.values.get("status") == "begun" and _to(one) == me]
    shown = [_stand_in(device, one) for one in found if one.values["arranged"]["type"] == "absence"]
    return sorted(shown, key=lambda one: (one.until == 0, one.until))


def ask_leave(device: Device, since: int, until: int, reason: str = "", note: str = "") -> str:
    """Ask to be stood in for between two moments (Unix milliseconds); gives the record. The centre arranges it at the
    next sync; what is asked for here ends nothing by itself. Raises `InvalidEntryError`."""
    form = device.new("handover")
    asked = {"type": "absence", "person": device.store.get("person"), "since": since, "until": until}
    device.save(form, {**asked, **{name: text for name, text in (("reason", reason), ("note", note)) if text}})
    return form.record


def _to(handover: View) -> str:
    return str((handover.values.get("arranged") or {}).get("to") or "")


def _stand_in(device: Device, handover: View) -> StandIn:
    values = handover.values
    arranged = values["arranged"]
    return StandIn(
        handover.record,
        arranged["person_name"],
        _phone(device, arranged["person"]),
        int(arranged.get("until") or 0),
        tuple(values.get("place_names") or ()),
        str(values.get("note") or ""),
        tuple(sorted(_duties(device, handover), key=lambda one: (not one.due, one.due, one.number))),
        *(tuple(str(one["number"]) for one in values.get(name) or ()) for name in ("receptions", "opinions")),
    )


def _phone(device: Device, person: str) -> str:
    held = [post.values.get("a") or {} for post in device.records("post")]
    return next((str(one.get("phone") or "") for one in held if one.get("person") == person), "")


def _duties(device: Device, handover: View) -> Iterator[Duty]:
    """The cases of the note as they stand on this phone by now; those that ended meanwhile are nobody's duty. The note
    names them by signs, which only who has a case can tell."""
    told, id_ = handover.values.get("cases") or (), bytes.fromhex(handover.record)
    known = {sign_of(id_, bytes.fromhex(case.record)): case for case in device.records("application")} if told else {}
    for one in told:
        case = known.get(str(one.get("sign")))
        values = case.values if case is not None else one
        if not values.get("ended_at"):
            yield Duty(
                case.record if case is not None else "",
                str(one.get("number") or ""),
                str(one.get("item") or ""),
                str(values.get("applicant") or ""),
                str(values.get("status") or ""),
                str(values.get("due") or ""),
            )
