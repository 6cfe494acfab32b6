"""Every figure by name, and which of them a fact counts for. DESIGN.md says in words what each is."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from daiban_schemas.labels import MODES, RATINGS
from daiban_server.features.figures.facts import Fact, Source
from daiban_server.limits.calendar import local_day


class Figure(NamedTuple):
    """What people read, and what is counted."""

    label: str
    unit: str = "件"


HANDLED = ("accepted", "sent_up")
ARRIVED = ("submitted", "received", "awaiting")

DAILY: Mapping[str, Figure] = {
    "receptions": Figure("接待群众", "人次"),
    "opening": Figure("昨日结转"),
    "accepted": Figure("受理"),
    **{f"accepted_{mode}": Figure(f"受理：{label}") for mode, label in MODES.items()},
    "completed": Figure("办结"),
    "on_time": Figure("按时办结"),
    "overdue": Figure("超期办结"),
    "refused": Figure("不予办理"),
    "withdrawn": Figure("受理后撤回"),
    "closing": Figure("结转在办"),
    "notified": Figure("一次性告知", "次"),
    "awaiting": Figure("待补正"),
    "sent_up": Figure("上报", "次"),
    "above": Figure("已上报待答复"),
    "not_accepted": Figure("不予受理"),
    "withdrawn_before": Figure("受理前撤回"),
    "deliveries": Figure("送达"),
    "follow_ups": Figure("回访"),
    "follow_up_attempts": Figure("回访未联系上", "次"),
    "follow_ups_unreached": Figure("按未联系上结束回访"),
    "ratings": Figure("好差评", "次"),
    **{f"rating_{level}": Figure(label, "次") for level, label in RATINGS.items()},
    "bad_unmended": Figure("未整改差评"),
    "bad_uncontacted": Figure("未联系差评"),
    "bad_overdue": Figure("超期差评"),
    "opinions": Figure("意见反映"),
    "complaints": Figure("投诉举报"),
}
"""The daily report, in its order."""

FIGURES: Mapping[str, Figure] = {
    **DAILY,
    "bad_ratings": Figure("差评", "次"),
    "bad_contact_in_time": Figure("差评按期联系"),
    "bad_contact_late": Figure("差评超期联系"),
    "bad_contact_open": Figure("差评待联系"),
    "bad_contact_missed": Figure("差评应联系未联系"),
    "bad_mend_in_time": Figure("差评按期整改"),
    "bad_mend_late": Figure("差评超期整改"),
    "bad_mend_open": Figure("差评整改中"),
    "bad_mend_missed": Figure("差评超期未整改"),
    "bad_prolonged": Figure("差评延期整改"),
    "opinions_in_time": Figure("按期答复意见"),
    "opinions_late": Figure("超期答复意见"),
    "opinions_open": Figure("待答复意见"),
    "opinions_overdue": Figure("超期未答复意见"),
    "replies_owed": Figure("应回复", "次"),
    "replies_met": Figure("按期回复", "次"),
    "replies_met_received_late": Figure("按期回复（迟收）", "次"),
    "replies_late": Figure("超期回复或未回复", "次"),
    "replies_on_behalf": Figure("其中代为回复", "次"),
    "replies_open": Figure("未到期", "次"),
    "replies_lapsed": Figure("办结后免回复", "次"),
    "visits_assigned": Figure("安排上门", "次"),
    "visits_promised": Figure("约定上门", "次"),
    "visits_finished": Figure("完成上门", "次"),
    "visits_nobody_home": Figure("无人在家", "次"),
}
"""Every figure, with its Chinese name."""

Names = Sequence[str]
_REPLIES: Mapping[str, Names] = {
    "met": ("replies_owed", "replies_met"),
    "met_received_late": ("replies_owed", "replies_met_received_late"),
    "late": ("replies_owed", "replies_late"),
    "due": ("replies_owed", "replies_open"),
    "lapsed": ("replies_lapsed",),
}
_VISITS: Mapping[str, Names] = {
    "assign": ("visits_assigned",),
    "book": ("visits_assigned",),
    "finished": ("visits_finished",),
    "nobody_home": ("visits_nobody_home",),
}
_SIMPLE: Mapping[str, Names] = {
    "notify": ("notified",),
    "send_up": ("sent_up",),
    "decline": ("not_accepted",),
    "delivered": ("deliveries",),
    "followed_up": ("follow_ups",),
    "tried": ("follow_up_attempts",),
    "close_follow_up": ("follow_ups_unreached",),
}


class Origin(NamedTuple):
    """The only facts that a figure can count: of which sources, and, of acts, by which names."""

    sources: frozenset[Source]
    acts: frozenset[str] = frozenset()


_ACTS: Mapping[str, Names] = {
    **dict.fromkeys(("accepted", *(f"accepted_{mode}" for mode in MODES)), ("accept", "finish")),
    **dict.fromkeys(("completed", "on_time", "overdue"), ("complete", "finish")),
    **dict.fromkeys(("withdrawn", "withdrawn_before"), ("withdraw",)),
    **dict.fromkeys(("follow_ups", "follow_up_attempts"), ("followed_up",)),
    "refused": ("refuse",),
    "not_accepted": ("decline", "refuse"),
    "notified": ("notify",),
    "sent_up": ("send_up",),
    "deliveries": ("delivered",),
    "follow_ups_unreached": ("close_follow_up",),
}
_BEGINNINGS: Sequence[tuple[str, Source]] = (
    *((source, source) for source in ("opening", "closing", "awaiting", "above")),
    *(("receptions", "reception"), ("rating", "rating"), ("bad_ratings", "rating"), ("bad_un", "unmended")),
    *(("bad_overdue", "unmended"), ("bad_", "mending"), ("opinions", "opinion"), ("complaints", "opinion")),
    *(("replies_", "reply"), ("visits_promised", "promise"), ("visits_", "visit")),
)
"""How the names of figures begin that count no acts, the first that fits, and where they come from."""


def origin(figures: Iterable[str]) -> Origin:
    """Where some figures come from: nothing else need be read for them."""
    acts: set[str] = set()
    sources: set[Source] = set()
    for figure in figures:
        acts.update(_ACTS.get(figure, ()))
        sources.add("act" if figure in _ACTS else next(of for name, of in _BEGINNINGS if figure.startswith(name)))
    return Origin(frozenset(sources), frozenset(acts))


def counts_for(fact: Fact) -> Names:
    """The figures that a fact counts for, its `times` in each."""
    return _COUNTS[fact.source](fact)


def _act(fact: Fact) -> Names:
    if fact.name == "accept":
        return _accepted(fact)
    if fact.name == "finish":
        return (*_accepted(fact), *_completed(fact))
    if fact.name == "complete":
        return _completed(fact)
    if fact.name == "refuse":
        return ("refused",) if fact.state in HANDLED else ("not_accepted",)
    if fact.name == "withdraw":
        return ("withdrawn",) if fact.state in HANDLED else ("withdrawn_before",) if fact.state in ARRIVED else ()
    return _SIMPLE.get(fact.name, ())


def _accepted(fact: Fact) -> Names:
    return ("accepted", f"accepted_{fact.sheet.label}")


def _completed(fact: Fact) -> Names:
    due = fact.sheet.due
    return ("completed", "overdue" if due and local_day(fact.at).isoformat() > due else "on_time")


def _rating(fact: Fact) -> Names:
    return ("ratings", f"rating_{fact.name}", *(("bad_ratings",) if fact.name in "12" else ()))


def _reply(fact: Fact) -> Names:
    """Met on the cadre's behalf is met, and told apart."""
    return (*_REPLIES.get(fact.state, ()), *(("replies_on_behalf",) if fact.name == "on_behalf" else ()))


def _opinion(fact: Fact) -> Names:
    answer = f"opinions_{fact.state}"
    return ("opinions", "complaints", answer) if fact.name == "complaint" else ("opinions", answer)


def _mending(fact: Fact) -> Names:
    if fact.name == "prolonged":
        return ("bad_prolonged",)
    named = (("contact", fact.name), ("mend", fact.state))
    return tuple(f"bad_{kind}_{stands}" for kind, stands in named if stands)


def _unmended(fact: Fact) -> Names:
    return ("bad_unmended", *(f"bad_{stands}" for stands in (fact.name, fact.state) if stands))


_COUNTS: Mapping[Source, Callable[[Fact], Names]] = {
    "act": _act,
    "opening": lambda fact: ("opening",),
    "closing": lambda fact: ("closing",),
    "awaiting": lambda fact: ("awaiting",),
    "above": lambda fact: ("above",),
    "reception": lambda fact: ("receptions",),
    "rating": _rating,
    "opinion": _opinion,
    "mending": _mending,
    "unmended": _unmended,
    "reply": _reply,
    "visit": lambda fact: _VISITS.get(fact.name, ()),
    "promise": lambda fact: ("visits_promised",),
}
