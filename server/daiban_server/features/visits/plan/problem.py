"""What a plan is asked for: plain values, as they stand in a file. See ``server/docs/plan-format.md``.

Every time is an integer number of seconds from any origin; where it is the wall clock of Shanghai (Unix time +
28,800) the pictures show dates. `DAY` seconds make a day, and day 0 begins at 0.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

DAY = 86_400

Moment = Annotated[int, Meta(ge=-(2**40), le=2**40)]
Count = Annotated[int, Meta(ge=0, le=2**32)]
Positive = Annotated[int, Meta(ge=1, le=2**32)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]


class _Value(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A value of the file. A field that is not known is an error: a misspelt wish must not pass unheard."""


class Span(_Value, frozen=True):
    """From `start` to `end`, both included."""

    start: Moment
    end: Moment


class Matrix(_Value, frozen=True, tag_field="by", tag="matrix"):
    """Roads that somebody measured: row to column, in seconds, and what a road costs where that is not the same."""

    duration: tuple[tuple[Count, ...], ...]
    distance: tuple[tuple[Count, ...], ...] | None = None


class Euclidean(_Value, frozen=True, tag_field="by", tag="euclidean"):
    """Straight lines between `points`, times `scale`, rounded as said. DIMACS for Solomon: 10, down."""

    scale: Annotated[float, Meta(gt=0)] = 1.0
    rounding: Literal["down", "nearest", "up"] = "nearest"


class GreatCircleRoad(_Value, frozen=True, tag_field="by", tag="great_circle"):
    """`points` are latitude and longitude; great circle × `detour` at `speed` km/h, in seconds, rounded up."""

    detour: Annotated[float, Meta(ge=1)] = 1.5
    speed: Annotated[float, Meta(gt=0)] = 25.0


class Vehicle(_Value, frozen=True):
    """An agent with a home. Each shift is one route from `point` back to it.

    `cap` is the most visits in a day (the day in which a shift starts), `capacity` the most demand in a shift.
    """

    id: Name
    point: Count
    shifts: tuple[Span, ...]
    name: str = ""
    cap: Count | None = None
    capacity: Count | None = None
    skills: frozenset[str] = frozenset()

    @property
    def label(self) -> str:
        return self.name or self.id


class Visit(_Value, frozen=True):
    """A visit that is asked for. Without `prize` it must be made if it can be; with one it may be left out.

    `allowed` are the vehicles that may come (none given: all of them); `own` those that answer for the place, all
    others stand in (none given: nobody stands in). `familiar` came last time. `crew` 2: two who are there together.
    """

    id: Name
    point: Count
    service: Positive
    windows: Annotated[tuple[Span, ...], Meta(min_length=1)]
    name: str = ""
    skills: frozenset[str] = frozenset()
    priority: Annotated[int, Meta(ge=0, le=100)] = 0
    prize: Count | None = None
    crew: Literal[1, 2] = 1
    demand: Count = 0
    allowed: frozenset[str] | None = None
    own: frozenset[str] | None = None
    familiar: str | None = None

    @property
    def label(self) -> str:
        return self.name or self.id


class Promise(_Value, frozen=True):
    """A visit that was promised: this crew, and this start give or take `sway` seconds."""

    visit: Name
    crew: Annotated[tuple[str, ...], Meta(min_length=1, max_length=2)]
    start: Moment
    sway: Count = 0


class Stop(_Value, frozen=True):
    """A visit in a plan: who makes it and when it starts."""

    visit: Name
    crew: Annotated[tuple[str, ...], Meta(min_length=1, max_length=2)]
    start: Moment


class Weights(_Value, frozen=True):
    """What is worth how much, in units of the road's cost (seconds, unless the matrix says otherwise)."""

    travel: Count = 1  # a unit of road
    delay: Count = 1_200  # a day that the resident waits after `now`, times (1 + priority)
    unserved: Count = 1_000_000  # a visit without prize that is not made, times (1 + priority)
    stand_in: Count = 3_600  # nobody of the crew is of the visit's own
    unfamiliar: Count = 600  # nobody of the crew is who came last time
    load: Count = 120  # each visit that the agent has on that day already


class Problem(_Value, frozen=True):
    """All of it. `seconds` bounds the search by the clock; with `iterations` the same seed gives the same plan."""

    travel: Matrix | Euclidean | GreatCircleRoad
    vehicles: tuple[Vehicle, ...]
    visits: tuple[Visit, ...]
    points: tuple[tuple[float, float], ...] = ()
    weights: Weights = field(default_factory=Weights)
    promises: tuple[Promise, ...] = ()
    initial: tuple[Stop, ...] = ()
    now: Moment | None = None
    step: Positive = 1
    window_holds: Literal["visit", "start"] = "visit"
    seed: Annotated[int, Meta(ge=0, le=2**32 - 1)] = 0
    seconds: Annotated[float, Meta(gt=0, le=86_400)] = 10.0
    iterations: Positive | None = None
    name: str = ""

    @property
    def today(self) -> int:
        """The day from which waiting is counted: that of `now`, or of the first shift."""
        moments = [shift.start for vehicle in self.vehicles for shift in vehicle.shifts]
        return (min(moments, default=0) if self.now is None else self.now) // DAY

    def spans(self, visit: Visit) -> tuple[tuple[int, int], ...]:
        """First and last start by window, ascending, as the resident can; no promise is looked at."""
        service = visit.service if self.window_holds == "visit" else 0
        found = ((window.start, window.end - service) for window in visit.windows)
        return tuple(sorted((first, last) for first, last in found if first <= last))

    def lost(self, visit: Visit) -> int:
        """What it costs not to make the visit."""
        return self.weights.unserved * (1 + visit.priority) if visit.prize is None else visit.prize
