"""What became of visits, and why: of what this phone's owner asked for and reported, and of what was his.

It is read from two things: the outcome of each act of this phone, and the story that a visit carries (`changes`), in
which the server says what it gave, moved and took away, in whose name and why. An act and the change that it made are
told once. The story names people by name alone, as the phone knows them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from daiban_client_sdk.device import Device
from daiban_client_sdk.outbox import Act
from daiban_client_sdk.shown import crew_of
from daiban_client_sdk.visit_words import sentence
from daiban_client_sdk.visits import replaced

Change = Mapping[str, Any]
HOUR = 3_600_000
_MADE = {
    "propose": "proposed",
    "assign": "assigned",
    "book": "booked",
    "confirm": "confirmed",
    "rebook": "rebooked",
    "started": "done_by_another",
    "finished": "done_by_another",
    "nobody_home": "nobody_home",
    "asked_other_time": "asked_other_time",
}
"""What the story calls the change that an act makes."""
_GIVES = {"propose": "proposed", "assign": "promised", "book": "promised", "rebook": "promised", "confirm": "told"}
_UNTOLD = frozenset({"proposed", "planned", "held"})
"""Changes that keep a time of which the household was not told yet."""
_GONE = {"done_by_another": "done_by_another", "cancelled": "cancelled", "withdrawn": "cancelled"}


class Became(NamedTuple):
    """One thing that became of a visit. `head` is whose home it is, empty where the visit is no longer on this phone;
    `at` Unix milliseconds: of an act when it was done, else when the server changed it. `act` is the act's name, empty
    for what others did; `code` is one of `visit_words.TOLD`, with what fills it in `values`."""

    visit: str
    head: str
    at: int
    act: str
    code: str
    values: Mapping[str, Any]

    def text(self, language: str = "zh") -> str:
        """In words, for the agent."""
        return sentence(self.code, language, self.values)


class _Story:
    """A visit's changes, from which own acts take what they made, the earliest first."""

    def __init__(self, changes: Sequence[Change], me: str, name: str) -> None:
        self.left = list(changes)
        self.me, self.name = me, name

    def made(self, act: str) -> Change | None:
        """The change that an act of one's own made."""
        return self._take(lambda change: change["by"] == self.name and change["what"] == _wanted(act, change))

    def lost(self) -> Change | None:
        """The last change by which another goes."""
        taken = [one for one in self.left if one["now"] and self.had(one) and not self.has(one)]
        return self._take(lambda change: bool(taken) and change is taken[-1])

    def had(self, change: Change) -> bool:
        return bool(change["was"]) and self.me in change["was"]["agents"]

    def has(self, change: Change) -> bool:
        return bool(change["now"]) and self.me in change["now"]["agents"]

    def _take(self, fits: Callable[[Change], bool]) -> Change | None:
        found = next((one for one in self.left if fits(one)), None)
        self.left = [one for one in self.left if one is not found]
        return found


def what_became(device: Device, since: int = 0) -> list[Became]:
    """What became of visits since a moment (Unix milliseconds), in order of time."""
    acts: dict[str, list[Act]] = {}
    for act in device.outbox.acts("visit"):
        acts.setdefault(act.record, []).append(act)
    mine = [view.record for view in device.records("visit") if view.values.get("changes")]
    found = [one for visit in dict.fromkeys([*acts, *mine]) for one in _of(device, visit, acts.get(visit, []))]
    return sorted((one for one in found if one.at >= since), key=lambda one: one.at)


def _of(device: Device, visit: str, acts: Sequence[Act]) -> Iterator[Became]:
    view = device.view(visit)
    values: Mapping[str, Any] = view.values if view else {}
    home = device.view(str(values.get("household")))
    head = str(home.values.get("head") or "") if home else ""
    story = _Story(values.get("changes") or (), device.store.get("person"), device.store.get("person_name"))
    offset = int(device.store.get("clock_offset", 0))
    for act in acts:
        code, told = _of_act(act, values, story)
        yield Became(visit, head, act.saved_at + offset, act.name, code, {"act": act.name, **told})
    for change in story.left:
        meant = _of_change(change, story)
        if meant is not None:
            yield Became(visit, head, int(change["at"]), "", meant, _told(change))


# One's own acts --------------------------------------------------------------------------------------------------


def _of_act(act: Act, values: Mapping[str, Any], story: _Story) -> tuple[str, Mapping[str, Any]]:
    if act.outcome is None or (act.outcome == "merged" and not act.shown):
        return "waiting", {}
    if act.outcome == "parked":
        return "parked", {"problem": act.code}
    if act.outcome == "refused":
        return _refused(act, story)
    if act.code is not None:
        who = values.get("agent_name") if values.get("status") == "finished" else None
        return ("twice", {"who": who}) if who and who != story.name else ("no_effect", {})
    return _obeyed(act, values, story)


def _refused(act: Act, story: _Story) -> tuple[str, Mapping[str, Any]]:
    if act.name == "accept" and (change := story.lost()):
        return "not_yours", _told(change)
    return "refused", {"problem": act.code}


def _obeyed(act: Act, values: Mapping[str, Any], story: _Story) -> tuple[str, Mapping[str, Any]]:
    change = story.made(act.name)
    if act.name == "accept":
        goes = bool(values.get("start")) and story.me in crew_of(values)
        return ("accepted", {"now": values["start"]}) if goes else ("recorded", {})
    if act.name == "nobody_home" and change is None and values.get("start") and story.me not in crew_of(values):
        return "promise_stands", {"who": values.get("agent_name")}
    if act.name == "asked_other_time" and (kept := story.made("propose")):
        return "proposed", _told(kept)
    if change is None or act.name == "cancel":
        return "recorded", {}
    if change["now"] and act.name in _GIVES:
        return _GIVES[act.name], _told(change)
    if change["what"] == "done_by_another":
        was = change["was"]
        return ("took_over", _told(change)) if was else ("recorded", {})
    return "freed", {}


def _wanted(act: str, change: Change) -> str:
    """What the change is called that an act makes; a call-off before the household was told is a withdrawal."""
    return str(change["what"]) if act == "cancel" and change["what"] in _GONE else _MADE.get(act, "")


# What others did -------------------------------------------------------------------------------------------------


def _of_change(change: Change, story: _Story) -> str | None:
    """What a change means for this phone's owner, None where it is nothing to him."""
    if change["what"] == "also_reported":
        return "also_reported" if story.me in change["of"] else None
    had, has = story.had(change), story.has(change)
    if not had and not has:
        return None
    if has and change["what"] in _UNTOLD:
        return "proposed"
    if has:
        return _stays(change) if had else "new_instead" if change["was"] else "new"
    return "given_away" if change["now"] else _GONE.get(change["what"], "off")


def _stays(change: Change) -> str | None:
    """What changed for somebody who goes before and after."""
    by = int(change["now"]["start"]) - int(change["was"]["start"])
    if by:
        return "moved" if abs(by) >= HOUR else "later" if by > 0 else "earlier"
    if change["was"]["agents"] != change["now"]["agents"]:
        return "other_crew"
    return "told" if change["what"] == "confirmed" else None


def _told(change: Change) -> dict[str, Any]:
    """What a sentence about a change may be filled with: the times, who came `before` and does not now, `who` comes."""
    was, now = change["was"] or {}, change["now"] or {}
    moved = abs(now["start"] - was["start"]) // 60_000 if was and now else 0
    return {
        "was": was.get("start"),
        "now": now.get("start"),
        "before": replaced(change),
        "who": now.get("agent_name"),
        "by": change["by"],
        "why": change["why"],
        "minutes": moved,
    }
