"""Who is told of a limit, and when: the owner before it ends, and from there up, step by step, once it is over.

Counted in working days whatever the limit's own unit, so nobody is told on a day off of what nobody could have done.
"""

import datetime
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from daiban_server.limits.calendar import Calendar
from daiban_server.limits.deadline import Deadline, Kind
from daiban_server.limits.sentences import LABELS, day_words, standing
from daiban_server.spine.refusal import Refusal

Step = Literal["soon", "today", "owner", "head", "leader", "first"]
Rung = Literal["owner", "head", "leader", "first"]
RUNGS: tuple[Rung, ...] = ("owner", "head", "leader", "first")
"""首问责任人, 便民服务中心负责人, 分管领导, 党政一把手."""

_POSTS: dict[Rung, str] = {"owner": "首问责任人", "head": "中心负责人", "leader": "分管领导", "first": "党政一把手"}
_REQUESTS: dict[Step, str] = {
    "soon": "请抓紧办理",
    "today": "请今日办理",
    "owner": "请立即办理并说明原因",
    "head": "请督促办理",
    "leader": "请过问督办",
    "first": "请督办问责",
}
_OWNERS: dict[Kind, str] = {"opinion": "答复责任人", "contact": "整改责任人", "mend": "整改责任人"}
"""What whoever answers for a limit is called, where he is not whoever was asked first."""
_ASIDE: dict[Kind, str] = {
    "complement": "请联系申请人补齐材料",
    "papers": "请联系申请人补交材料",
    "answer_above": "请向上级催问",
    "pause": "请核实特殊环节是否结束，及时恢复计时",
    "contact": "请联系评价人，并登记“已联系反映人”",
    "mend": "请整改，并答复评价人",
}
"""What the owner is asked where somebody else has to act, or more than one thing is to be done."""
_REACH: dict[Kind, Rung] = {
    # The resident's own limits: the owner helps the resident; no superior can.
    "complement": "owner",
    "papers": "owner",
    # Nobody waits for these with a right to something.
    "follow_up": "head",
    "archive": "head",
}
"""How far up a limit goes; those that are not named go all the way."""


class Person(NamedTuple):
    """`id` as the server knows them, `name` as people do."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who answers for a case, from below. Above the head a post may be held by several (党政一把手 are two) or, for a
    while, by nobody."""

    owner: Sequence[Person] = ()
    head: Sequence[Person] = ()
    leader: Sequence[Person] = ()
    first: Sequence[Person] = ()

    def __post_init__(self) -> None:
        if not any((self.owner, self.head, self.leader, self.first)):
            raise Refusal("escalation.nobody")

    def at(self, rung: Rung) -> tuple[Rung, Sequence[Person]]:
        """Who is told at a rung: its people; where it is vacant the next above, or if there is none the highest."""
        place = RUNGS.index(rung)
        held: dict[Rung, Sequence[Person]] = {
            "owner": self.owner,
            "head": self.head,
            "leader": self.leader,
            "first": self.first,
        }
        for one in (*RUNGS[place:], *reversed(RUNGS[:place])):
            if held[one]:
                return one, held[one]
        raise Refusal("escalation.nobody")


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """How many whole working days a limit must have been over before each rung is told, as the centre sets them: none,
    and it is told on the first working day over. When a limit counts as due soon is among `clock.Defaults`."""

    owner: int = 0
    head: int = 1
    leader: int = 3
    first: int = 5


class Said(NamedTuple):
    """What is told once: a limit that got another last day is told anew."""

    kind: Kind
    due: datetime.date
    step: Step


class Alert(NamedTuple):
    """To be told now: to whom, as whom, which limit and step, in words."""

    to: tuple[Person, ...]
    rung: Rung
    said: Said
    text: str


def alerts(
    about: str,
    owed: Sequence[Deadline],
    people: People,
    said: Collection[Said],
    calendar: Calendar,
    today: datetime.date,
    steps: Steps | None = None,
) -> list[Alert]:
    """What is to be told today of one case's limits and was not `said`. `about` names the case to those who may know
    it: number, item, applicant.

    Whoever was not told on the day, since nothing ran, is told on the next; warnings are not made up for once the limit
    is over.
    """
    found = []
    for deadline in owed:
        for step in _steps(deadline, calendar, today, steps or Steps()):
            once = Said(deadline.kind, deadline.due, step)
            if once not in said:
                text = _text(about, deadline, step, calendar, today)
                meant: Rung = "owner" if step == "soon" or step == "today" else step
                found.append(_alert(once, meant, people, text))
    return found


def _alert(once: Said, meant: Rung, people: People, text: str) -> Alert:
    rung, to = people.at(meant)
    posts = {**_POSTS, "owner": _OWNERS.get(once.kind, _POSTS["owner"])}
    if rung != meant:
        text += f"（{posts[meant]}暂缺，转告{posts[rung]}。）"
    elif rung != "owner" and people.owner:
        text += f"{posts['owner']}：{'、'.join(one.name for one in people.owner)}。"
    return Alert(tuple(to), rung, once, text)


def _steps(deadline: Deadline, calendar: Calendar, today: datetime.date, steps: Steps) -> Iterator[Step]:
    if deadline.state == "due_today":
        yield "today"
    elif deadline.state == "due_soon" and calendar.is_working(today):
        yield "soon"
    elif deadline.state == "overdue" and calendar.is_working(today):
        yield from _upwards(deadline, -calendar.days_left(today, deadline.due, "working") - 1, steps)


def _upwards(deadline: Deadline, passed: int, steps: Steps) -> Iterator[Rung]:
    """`passed`: whole working days since the last day, today not among them."""
    after: dict[Rung, int] = {
        "owner": steps.owner,
        "head": steps.head,
        "leader": steps.leader,
        "first": steps.first,
    }
    reach = RUNGS.index(_REACH.get(deadline.kind, "first"))
    for rung in RUNGS[: reach + 1]:
        if passed >= after[rung]:
            yield rung


def _text(about: str, deadline: Deadline, step: Step, calendar: Calendar, today: datetime.date) -> str:
    last, how = day_words(deadline.due, today), standing(deadline, calendar, today)
    request = _REQUESTS[step] if step in ("head", "leader", "first") else _ASIDE.get(deadline.kind, _REQUESTS[step])
    return f"{about}：{LABELS[deadline.kind]} {last}，{how}，{request}。"
