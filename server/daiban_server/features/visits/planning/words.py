"""What a plan would change, in words for whoever decides on it."""

from daiban_server.features.visits.plan.drawing import day_name, hour
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


class Words:
    """The words for the changes of one plan."""

    def __init__(self, posed: Posed) -> None:
        self.posed, self.problem = posed, posed.problem
        self.visits = {visit.id: visit for visit in posed.problem.visits}
        self.names = {vehicle.id: vehicle.label for vehicle in posed.problem.vehicles}

    def kind(self, one: Change) -> str:
        """What a change is called."""
        return WORDS["sway" if self.posed.states.get(one.visit) == "assigned" else one.what]

    def told(self, one: Change) -> str:
        """A change in words: who, from when and whom, to when and whom."""
        label = self.visits[one.visit].label
        if one.was is None or one.now is None:
            return f"{label}：{self.when(one.now or one.was or _NOTHING, who=True)}"
        same_day, same_crew = one.was.start // DAY == one.now.start // DAY, set(one.was.crew) == set(one.now.crew)
        before = self.when(one.was, who=not same_crew)
        after = self.when(one.now, who=not same_crew, day=not same_day)
        crew = f"（{self._crew(one.now)}）" if same_crew else ""
        return f"{label}：{before} → {after}{crew}"

    def when(self, stop: Stop, *, who: bool = False, day: bool = True) -> str:
        """The day of the month, the weekday and the time; `who` adds who comes."""
        of = stop.start // DAY
        date = day_name(self.problem, of).split("月")[-1].replace(" ", "") + " " if day else ""
        return f"{date}{hour(stop.start, of)}{' ' + self._crew(stop) if who else ''}"

    def _crew(self, stop: Stop) -> str:
        return "、".join(self.names.get(one, "") for one in stop.crew)
