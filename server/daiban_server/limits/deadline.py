"""One limit of a case as it stands on a day, with what made it so."""

import datetime
from dataclasses import dataclass
from typing import Literal

from daiban_server.limits.calendar import Unit
from daiban_server.limits.clock import Extension, Pause

Kind = Literal[
    "notice",
    "accept",
    "complement",
    "promise",
    "statutory",
    "send_up",
    "answer_above",
    "pause",
    "papers",
    "delivery",
    "follow_up",
    "archive",
    "opinion",
    "contact",
    "mend",
]
"""一次性告知, 受理, 补正, 承诺办结, 法定办结, 上报, 上级答复, 恢复计时 (as a pause was announced), 补交材料 (急难先办),
送达, 回访, 归档; and, of no case, the answer to an opinion (意见), and of a
bad rating the call (联系) and the mending (整改)."""
State = Literal["running", "paused", "due_soon", "due_today", "overdue", "met", "met_late", "cancelled"]
Event = Literal[
    "home",
    "papers",
    "complemented",
    "notice",
    "accepted",
    "deemed",
    "sent_up",
    "paused",
    "completed",
    "refused",
    "not_accepted",
    "delivered",
    "withdrawn",
    "said",
    "said_again",
    "rated",
]
"""What sets a limit off; ``home``: the papers were collected at a home."""
Ground = Literal["withdrawn", "ended", "accepted", "deemed", "unreached", "archived"]
"""Why a limit is owed no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """What made the due day what it is.

    `event` set the limit off. `fixed`: the day was named, nothing was counted. `deemed`: nothing was said in time about
    a licence, so by law it counts as accepted from that day, on which its papers were there. `waiting_since` is the day
    of the notice that the resident has yet to answer: the limit starts anew when the papers are complete. `ground` says
    why the limit is owed no longer, `to` which authority is to answer, or which step paused it.
    """

    event: Event
    fixed: bool = False
    pauses: tuple[Pause, ...] = ()
    extensions: tuple[Extension, ...] = ()
    deemed: datetime.date | None = None
    waiting_since: datetime.date | None = None
    ground: Ground | None = None
    to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """Counted from the day after `starts`, `days` of `unit`, extensions among them, to the end of `due`.

    While it is paused `due` is what it would be if the clock were resumed today. `provisional` while an official notice
    that it depends on is missing. `closed` is the day on which it was met or cancelled.
    """

    kind: Kind
    starts: datetime.date
    due: datetime.date
    days: int
    unit: Unit
    state: State
    provisional: bool
    closed: datetime.date | None
    why: Why
