"""Home visits on the phone (上门), with no signal: the days that lie ahead, and what an agent does about them.

Taking one on is a request, which the centre may refuse; what happened at the home is a report, which is always kept.
Both are judged here by what this phone knows, so that nobody does in vain what cannot be. `visit_news` says afterwards
what became of each.
"""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from daiban_client_sdk.device import Device
from daiban_client_sdk.errors import DeviceError, InvalidEntryError
from daiban_client_sdk.shown import crew_of
from daiban_schemas.kinds.visit import KIND, TIMED
from daiban_schemas.zone import SHANGHAI
from daiban_sync.view import View

ARRIVED = "arrived"
"""In `meta`: visit → the moment at which one arrived, until one leaves."""
_AHEAD = TIMED | {"started", "finished"}
_SURE = frozenset({"accept", "cancel"})
Where = Mapping[str, int] | None
"""A place in WGS-84, in millionths of a degree as records keep it; see `maps.place_on_map`."""


class Planned(NamedTuple):
    """A visit of one's own. Moments are Unix milliseconds; `status` is as this phone knows it, with its own acts of
    which the server has not told yet in `waiting`. `proposed`: the household was not told of the time. `stands_in`:
    somebody else's village; `instead_of` is his name, empty where this phone does not know it. `others` also come."""

    visit: str
    household: str
    head: str
    address: str
    phone: str
    purpose: str
    why: str
    start: int
    end: int
    status: str
    proposed: bool
    stands_in: bool
    instead_of: str
    others: tuple[str, ...]
    point: Where
    waiting: tuple[str, ...]


class Day(NamedTuple):
    """A day in Shanghai with its visits in order of time."""

    date: datetime.date
    visits: tuple[Planned, ...]


def my_days(device: Device, start: int, end: int) -> list[Day]:
    """One's own visits between two moments (Unix milliseconds), by day; those that others have by now are not among
    them."""
    days: dict[datetime.date, list[Planned]] = {}
    for view in device.today(start, end):
        if view.values.get("status") in _AHEAD:
            days.setdefault(_day(int(view.values["start"])), []).append(_planned(device, view))
    return [Day(date, tuple(visits)) for date, visits in sorted(days.items())]


# What an agent does ---------------------------------------------------------------------------------------------


def take_on(device: Device, visit: str) -> int:
    """Ask to take a visit on (确认). Raises `DeviceError`: ``visit.not_yours``, ``command.not_now``,
    ``record.unknown``."""
    view = _visit(device, visit)
    _look(device, view, "accept")
    if device.store.get("person") not in crew_of(view.values):
        raise DeviceError("visit.not_yours")
    return device.command(visit, "accept")


def arrived(device: Device, visit: str, point: Where = None, note: str = "") -> int:
    """One is there. The moment is kept as the beginning of what is reported next. Raises as `done`."""
    now = device.now()
    number = _report(device, visit, "started", {"point": point, "from": now, "to": now, "note": note})
    device.store.put(ARRIVED, {**device.store.get(ARRIVED, {}), visit: now})
    return number


def done(device: Device, visit: str, outcome: str, point: Where = None, note: str = "") -> int:
    """It is done; `outcome` is ``done``, ``papers_missing`` or ``refused_by_resident``. Whoever was to come meanwhile,
    it happened. Raises `DeviceError`: ``command.not_now`` for a visit that is over as far as this phone knows
    (`Client.report` states it all the same), ``record.unknown``; `InvalidEntryError`."""
    return _leave(device, visit, "finished", {"outcome": outcome, "point": point, "note": note})


def nobody_home(device: Device, visit: str, point: Where = None, note: str = "") -> int:
    """Nobody was there. Raises as `done`."""
    return _leave(device, visit, "nobody_home", {"point": point, "note": note})


def wants_other_time(
    device: Device, visit: str, windows: Sequence[Mapping[str, int]] = (), point: Where = None, note: str = ""
) -> int:
    """The household asks for another time; each of `windows` that suit it has ``from`` and ``to``. Raises as `done`."""
    _check_windows(windows)
    return _leave(device, visit, "asked_other_time", {"windows": list(windows), "point": point, "note": note})


def ask_visit(device: Device, /, household: str, time: str = "propose", **asked: Any) -> str:
    """Ask for a new visit; gives its record. At the next sync the centre finds it a time: one to tell the household of
    (``propose``), or one that is promised at once (``assign``). `asked` are fields of the kind, such as `purpose`,
    `minutes`, `windows`, `crew`, `item`, `application`. Should the phone die in between, the visit is there and waits
    for a time (待安排). Raises `DeviceError`: ``command.unknown``, ``record.unknown``; `InvalidEntryError`."""
    if time not in ("propose", "assign"):
        raise DeviceError("command.unknown")
    if (home := device.view(household)) is None or home.kind != "household":
        raise DeviceError("record.unknown")
    _check_windows(asked.get("windows") or ())
    form = device.new("visit")
    device.save(form, {"household": household, **{name: value for name, value in asked.items() if value is not None}})
    device.command(form.record, time)
    return form.record


# What this phone knows -------------------------------------------------------------------------------------------


def state(device: Device, view: View) -> str:
    """A visit's state with this phone's own acts, of which the server has not told yet."""
    status = device.mirror.status(view)[0] or ""
    for name in device.outbox.pending(bytes.fromhex(view.record)):
        status = _after(name, status) or status
    return status


def _after(name: str, status: str) -> str | None:
    """Where an act leads from a state, None where it does not belong. Whether there is a time for what asks for one
    only the server knows, so that leads nowhere yet."""
    if name in KIND.reports:
        return KIND.reports[name].target(status, {})
    command = KIND.commands[name]
    return command.target if name in _SURE and status in command.source else None


def _look(device: Device, view: View, name: str) -> None:
    if _after(name, state(device, view)) is None:
        raise DeviceError("command.not_now")


def _leave(device: Device, visit: str, name: str, facts: Mapping[str, Any]) -> int:
    """A report with which one leaves: it holds from when one arrived, where one said so, until now."""
    since, now = device.store.get(ARRIVED, {}), device.now()
    told = {"from": min(since[visit], now), "to": now} if visit in since else {"to": now}
    number = _report(device, visit, name, {**facts, **told})
    device.store.put(ARRIVED, {one: at for one, at in device.store.get(ARRIVED, {}).items() if one != visit})
    return number


def _report(device: Device, visit: str, name: str, facts: Mapping[str, Any]) -> int:
    _look(device, _visit(device, visit), name)
    return device.report(visit, name, {fact: value for fact, value in facts.items() if value not in (None, "", [])})


def _visit(device: Device, visit: str) -> View:
    view = device.view(visit)
    if view is None or view.kind != "visit":
        raise DeviceError("record.unknown")
    return view


def _check_windows(windows: Sequence[Mapping[str, int]]) -> None:
    """A report is a fact that is taken in as it is told; here somebody can still mend it."""
    if problem := KIND.fields["windows"].type.problem(list(windows)):
        raise InvalidEntryError("argument.invalid", {"windows": problem})


def _planned(device: Device, view: View) -> Planned:
    values = view.values
    household = device.view(str(values.get("household")))
    home: Mapping[str, Any] = household.values if household else {}
    me, name = device.store.get("person"), device.store.get("person_name")
    stands_in, instead_of = _stands_in(device, values, str(home.get("place")), me)
    return Planned(
        view.record,
        str(values.get("household") or ""),
        str(home.get("head") or ""),
        str(home.get("address") or ""),
        str(home.get("phone") or ""),
        str(values.get("purpose") or ""),
        str(values.get("why") or ""),
        int(values["start"]),
        int(values.get("end") or values["start"]),
        state(device, view),
        values.get("status") == "proposed",
        stands_in,
        instead_of,
        tuple(one for one in str(values.get("agent_name") or "").split("、") if one and one != name),
        values.get("point") or home.get("point"),
        tuple(device.outbox.pending(bytes.fromhex(view.record))),
    )


def _stands_in(device: Device, visit: Mapping[str, Any], place: str, me: str) -> tuple[bool, str]:
    """Whether one goes for somebody else, and for whom: who was to come before, else whose village it is."""
    posts = [post.values for post in device.records("post") if place in (post.values.get("places") or ())]
    firsts = [post["a"] for post in posts if post.get("a") and post.get("role") == "agent"]
    swaps = [one for one in visit.get("changes") or () if one["was"] and one["now"] and _swapped(one)]
    before = swaps[-1]["was"] if swaps else None
    own = me in [one["person"] for one in firsts] or (before is not None and me in before["agents"])
    if not visit.get("stand_in") or own:
        return False, ""
    return True, replaced(swaps[-1]) if swaps else str(firsts[0]["name"]) if firsts else ""


def replaced(change: Mapping[str, Any]) -> str:
    """Whom a change of a visit's story took out of its crew, by name."""
    was, now = (str((change[side] or {}).get("agent_name") or "").split("、") for side in ("was", "now"))
    return "、".join(name for name in was if name and name not in now)


def _swapped(change: Mapping[str, Any]) -> bool:
    return bool(change["was"]["agents"] != change["now"]["agents"])


def _day(milliseconds: int) -> datetime.date:
    return datetime.datetime.fromtimestamp(milliseconds / 1000, SHANGHAI).date()
