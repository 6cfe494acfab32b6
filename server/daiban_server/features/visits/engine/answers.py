"""What the engine and the judge answer: offers with their cost and reason, refusals, violations."""

from typing import Self

from msgspec import Struct


class Move(Struct, frozen=True):
    """A promised visit that an offer would start at `new` instead of `old`."""

    visit: str
    old: int
    new: int


class Parts(Struct, frozen=True):
    """The objective of an offer by part, weighted; their sum is its cost."""

    travel: int
    delay: int
    stand_in: int
    moved: int
    unfamiliar: int
    load: int

    @property
    def cost(self) -> int:
        return self.travel + self.delay + self.stand_in + self.moved + self.unfamiliar + self.load


class Offer(Struct, frozen=True):
    """A slot that can be promised: who comes, from when to when, whom it moves, and why this one.

    `code` is `own_agent`, or `stand_in_` and the refusal code that keeps A away. `reason` is the
    sentence for the resident on the telephone. `extra_travel` is in seconds, over all of the crew.
    """

    crew: tuple[str, ...]
    start: int
    end: int
    code: str
    reason: str
    extra_travel: int
    moves: tuple[Move, ...]
    parts: Parts

    @property
    def cost(self) -> int:
        return self.parts.cost


class Refusal(Struct, frozen=True):
    """Why an agent cannot come, for the clerk; `agent` is None where it is nobody's fault.

    Codes: `no_time_left`, `no_post` (of the request); `territory`, `skill`, `off_duty`, `absent`,
    `full`, `no_gap`, `no_partner`.
    """

    agent: str | None
    code: str
    reason: str


class Answer(Struct, frozen=True):
    """Offers, cheapest first; where there are none, why, agent by agent."""

    offers: tuple[Offer, ...] = ()
    refusals: tuple[Refusal, ...] = ()

    @classmethod
    def refused(cls, code: str, reason: str) -> Self:
        return cls(refusals=(Refusal(None, code, reason),))


class Violation(Struct, frozen=True):
    """A broken rule: its code, the agent and the visit that it concerns, where there is one."""

    code: str
    agent: str | None = None
    visit: str | None = None
