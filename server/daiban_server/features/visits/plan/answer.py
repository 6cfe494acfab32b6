"""What a plan says: its stops, what it costs by part, what was left out and why, and its figures."""

from typing import Annotated

from msgspec import Meta, Struct

from .problem import Stop

Share = Annotated[float, Meta(ge=0, le=1)]


class Cost(Struct, frozen=True):
    """The objective by part, weighted; a plan is better when `total` is smaller."""

    travel: int = 0
    delay: int = 0
    unserved: int = 0
    stand_in: int = 0
    unfamiliar: int = 0
    load: int = 0

    @property
    def total(self) -> int:
        """Their sum."""
        return self.travel + self.delay + self.unserved + self.stand_in + self.unfamiliar + self.load


class Unserved(Struct, frozen=True):
    """A visit that is not made. `code` as in `reasons`; `reason` is the sentence for the clerk."""

    visit: str
    code: str
    reason: str


class Fault(Struct, frozen=True):
    """A rule that a plan breaks: `code`, and the vehicle and visit where there is one."""

    code: str
    vehicle: str | None = None
    visit: str | None = None


class Figures(Struct, frozen=True):
    """What is told of a plan. A share is None where there is nothing to take it of.

    `same_agent`: of the visits made whose familiar agent is known, those made by that agent. `stand_in`: of the
    visits made that have agents of their own, those made by others. `load_spread`: the most visits of an agent less
    the fewest. `promises_kept`: of the promises.
    """

    visits: int
    unserved: int
    same_agent: Share | None
    stand_in: Share | None
    promises_kept: Share | None
    load_least: int
    load_most: int
    load_spread: int
    travel_hours: float
    agents: int


class Plan(Struct, frozen=True):
    """A plan in the order of its starts. `cost.total` is the objective; `ended` says what ended the search.

    `ended`: ``time``, ``iterations``, ``cancelled``, ``killed`` (the hard deadline) or ``failed``.
    """

    stops: tuple[Stop, ...]
    objective: int
    cost: Cost
    unserved: tuple[Unserved, ...]
    figures: Figures
    ended: str
    seconds: float
    iterations: int
