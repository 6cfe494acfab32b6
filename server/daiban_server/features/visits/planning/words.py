"""What a plan would change, in words for whoever decides on it."""

from collections.abc import Callable
from typing import NamedTuple

from daiban_schemas.labels import MONTHS, WEEKDAYS
from daiban_server.features.visits.engine.model import day_of
from daiban_server.features.visits.plan.answer import Figures
from daiban_server.features.visits.plan.drawing import hour
from daiban_server.features.visits.plan.problem import DAY, Stop
from daiban_server.features.visits.planning.difference import Change
from daiban_server.features.visits.planning.posing import Posed

WORDS = {"new": "新排", "moved": "改时间", "given": "改人", "taken": "取消时间", "sway": "微调"}
"""What a change is called; what moves although it was promised moves a little, and its household is told."""
LEFT = {
    "place_unknown": "这户没有位置，请先补上",
    "invalid": "方便的时间或时长不对，请核对",
    "no_post": "没有负责这个地方的代办员",
    "past": "方便的时间已经过了，请另问住户",
    "later": "方便的时间还远，到那一周再排",
}
"""Why a visit could not be asked about."""
_NOTHING = Stop("", (), 0)


class Tongue(NamedTuple):
    """How to say things to whoever looks: `say` fills the places of a Chinese text (``{0}``, …), `retold` takes a whole
    sentence that is kept in Chinese."""

    say: Callable[..., str]
    retold: Callable[[str], str]


CHINESE = Tongue(str.format, str)


class Compared(NamedTuple):
    """One figure of the week, as it is and as the plan would have it."""

    name: str
    before: str
    after: str


def compared(say: Callable[..., str], before: Figures, after: Figures) -> list[Compared]:
    """What a head asks of a week, on both sides."""
    two = before, after
    return [
        Compared(say("已排上"), *(say("{0} 户", one.visits) for one in two)),
        Compared(say("没有时间"), *(say("{0} 户", one.unserved) for one in two)),
        Compared(say("路上"), *(say("{0} 小时", f"{one.travel_hours:g}") for one in two)),
        Compared(say("每人最少至最多"), *(say("{0} 至 {1} 户", one.load_least, one.load_most) for one in two)),
        Compared(say("原代办员上门"), *(_share(one.same_agent) for one in two)),
        Compared(say("顶岗"), *(_share(one.stand_in) for one in two)),
        Compared(say("守约"), *(_share(one.promises_kept) for one in two)),
    ]


def _share(share: float | None) -> str:
    return "—" if share is None else f"{share:.0%}"


class Words:
    """The words for the changes of one plan."""

    def __init__(self, posed: Posed, tongue: Tongue = CHINESE) -> None:
        self.posed, self.problem, self.say = posed, posed.problem, tongue.say
        self.visits = {visit.id: visit for visit in posed.problem.visits}
        self.names = {vehicle.id: vehicle.label for vehicle in posed.problem.vehicles}

    def kind(self, one: Change) -> str:
        """What a change is called."""
        return WORDS["sway" if self.posed.states.get(one.visit) == "assigned" else one.what]

    def told(self, one: Change) -> str:
        """A change in words: who, from when and whom, to when and whom."""
        label = self.visits[one.visit].label
        if one.was is None or one.now is None:
            return self.say("{0}：{1}", label, self.when(one.now or one.was or _NOTHING, who=True))
        same_day, same_crew = one.was.start // DAY == one.now.start // DAY, set(one.was.crew) == set(one.now.crew)
        before = self.when(one.was, who=not same_crew)
        after = self.when(one.now, who=not same_crew, day=not same_day)
        crew = self.say("（{0}）", self._crew(one.now)) if same_crew else ""
        return self.say("{0}：{1}", label, f"{before} → {after}{crew}")

    def when(self, stop: Stop, *, who: bool = False, day: bool = True) -> str:
        """The day of the month, the weekday and the time; `who` adds who comes."""
        of = stop.start // DAY
        date, weekday = day_of(of * DAY), self._weekday(of)
        told = (self.say("{0}日{1}", date.day, weekday),) if day else ()
        return " ".join((*told, hour(stop.start, of), *((self._crew(stop),) if who else ())))

    def day(self, of: int) -> str:
        """11月25日 周三."""
        date = day_of(of * DAY)
        return self.say("{0}{1}日 {2}", MONTHS[date.month - 1], date.day, self._weekday(of))

    def _weekday(self, of: int) -> str:
        return self.say(WEEKDAYS[day_of(of * DAY).weekday()])

    def _crew(self, stop: Stop) -> str:
        return self.say("、").join(self.names.get(one, "") for one in stop.crew)
