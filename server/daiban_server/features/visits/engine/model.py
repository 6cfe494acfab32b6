"""The values of home visits: plain, frozen, the same for offers, repairs and whole weeks.

**Time.** Every moment is an integer: seconds on the wall clock of Asia/Shanghai since 1970-01-01 00:00
there, which is Unix time + 28,800 (China has kept one offset since 1991). So `moment // DAY` is the
day and `moment % DAY` the time of day, and nobody needs a time zone. Every duration is in seconds too.

**Windows** are half-open, and a visit lies in one whole: 9:00 to 11:00 means that the agent comes at
nine or later and has gone by eleven.

A value that makes no sense raises `ProblemError` when it is made.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct, field

DAY = 86_400
_EPOCH = date(1970, 1, 1)


def moment(day: date, hour: int = 0, minute: int = 0) -> int:
    """The wall-clock moment of a day in Asia/Shanghai."""
    return (day - _EPOCH).days * DAY + hour * 3600 + minute * 60


def day_of(moment: int) -> date:
    """The calendar day that a moment falls on."""
    return _EPOCH + timedelta(days=moment // DAY)


class ProblemError(ValueError):
    """A value that makes no sense: `code` for the program, `advice` for whoever gave it."""

    def __init__(self, code: str, advice: str) -> None:
        super().__init__(f"{code}: {advice}")
        self.code = code
        self.advice = advice


class Point(Struct, frozen=True):
    """A place in WGS-84 degrees; `row` is its row in a supplied matrix, where there is one."""

    lat: float
    lon: float
    row: int | None = None

    def __post_init__(self) -> None:
        if not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
            raise ProblemError("point_off_earth", "latitude and longitude are WGS-84 degrees")


Travel = Callable[[Point, Point], int]
"""Seconds of road from one point to another: pure, need not be symmetric. See `travel`."""


class Window(Struct, frozen=True):
    """From `start` up to but not including `end`, moments."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.start >= self.end:
            raise ProblemError("window_empty", "a window must end after it starts")

    def overlaps(self, other: "Window") -> bool:
        return self.start < other.end and other.start < self.end

    def without(self, other: "Window") -> tuple["Window", ...]:
        """What is left of this window when the other is cut out: none, one or two pieces."""
        if not self.overlaps(other):
            return (self,)
        pieces = (self.start, other.start), (other.end, self.end)
        return tuple(Window(start, end) for start, end in pieces if start < end)


class Agent(Struct, frozen=True):
    """A proxy agent (代办员): where the day begins and ends, when it is worked, what may be handled.

    `shifts` are the half-days of work, ascending, each within one day; the agent leaves home after a
    shift begins and is home before it ends. `absences` are cut out of them. `skills` are item codes.
    """

    id: str
    name: str
    home: Point
    shifts: tuple[Window, ...]
    absences: tuple[Window, ...] = ()
    skills: frozenset[str] = frozenset()
    daily_cap: int = 8

    def __post_init__(self) -> None:
        ends = 0
        for shift in self.shifts:
            if shift.start < ends:
                raise ProblemError("shifts_disordered", "give an agent's shifts in order, without overlap")
            if shift.start // DAY != (shift.end - 1) // DAY:
                raise ProblemError("shift_spans_days", "split a shift at midnight")
            ends = shift.end

    def duties(self) -> tuple[Window, ...]:
        """The stretches that are really worked: shifts less absences, ascending."""
        pieces = self.shifts
        for absence in self.absences:
            pieces = tuple(rest for piece in pieces for rest in piece.without(absence))
        return pieces

    def away(self, window: Window) -> bool:
        """Whether an absence takes working time out of this window."""
        return any(
            absence.overlaps(window) and absence.overlaps(shift) and shift.overlaps(window)
            for absence in self.absences
            for shift in self.shifts
        )


class Post(Struct, frozen=True):
    """A post (岗): agent A answers for its places, agent B stands in. One person may be A here, B there."""

    id: str
    a: str
    b: str | None
    territory: frozenset[str]

    def __post_init__(self) -> None:
        if self.a == self.b:
            raise ProblemError("stands_in_for_self", "name two different agents as A and B of a post")

    @property
    def agents(self) -> tuple[str, ...]:
        return (self.a,) if self.b is None else (self.a, self.b)


class Visit(Struct, frozen=True):
    """What a home visit asks for. `service` is in seconds, `items` are the codes handled there.

    `windows` are when the resident can be met. `deadline` is the moment by which the visit must be
    over, and hard. A higher `priority` makes each day of waiting cost more (0 is ordinary). `crew` is
    one or two who must be there together; `familiar` the agent who came last time.
    """

    id: str
    household: str
    place: str
    point: Point
    service: int
    windows: tuple[Window, ...]
    items: frozenset[str] = frozenset()
    priority: int = 0
    deadline: int | None = None
    crew: int = 1
    familiar: str | None = None

    def __post_init__(self) -> None:
        if self.service <= 0:
            raise ProblemError("service_empty", "a visit takes at least a second")
        if not self.windows:
            raise ProblemError("windows_missing", "ask the resident for at least one window")
        if self.crew not in (1, 2):
            raise ProblemError("crew_size", "a visit is made by one agent or by two")
        if self.priority < 0:
            raise ProblemError("priority_negative", "0 is the ordinary priority, higher is more urgent")

    def spans(self) -> Iterator[tuple[int, int]]:
        """First and last start that suit the resident and the deadline, window by window."""
        for window in self.windows:
            end = window.end if self.deadline is None else min(window.end, self.deadline)
            if window.start <= end - self.service:
                yield window.start, end - self.service


class Promise(StrEnum):
    """How firmly a standing visit stands."""

    PROMISED = "promised"  # the resident was told: it may sway a little
    ACCEPTED = "accepted"  # the agent took it on: frozen


class Stop(Struct, frozen=True):
    """A visit that stands in the week. `promised` is the start the resident was told at first.

    Sway is measured from `promised`, never from `start`, or small moves would add up to a large one.
    """

    visit: Visit
    crew: tuple[str, ...]
    start: int
    promised: int
    promise: Promise = Promise.PROMISED

    @property
    def end(self) -> int:
        return self.start + self.visit.service


class Weights(Struct, frozen=True):
    """What is worth how much, in seconds of an agent's road. All of them integers, none negative."""

    travel: int = 1  # a second on the road
    delay: int = 1_200  # a day that the resident waits, times (1 + priority)
    stand_in: int = 3_600  # coming as B
    moved: int = 1_800  # each neighbour whose time must change
    sway: int = 1  # and each second of that change
    unfamiliar: int = 600  # not the agent who came last time
    load: int = 120  # each visit that the agent has on that day already


class Settings(Struct, frozen=True):
    """The township's settings, in seconds. Offered starts and moves are whole `step`s."""

    step: int = 300
    sway: int = 900  # how far a promised visit may move
    notice: int = 1_800  # the soonest that an offer may start after now
    weights: Weights = field(default_factory=Weights)

    def __post_init__(self) -> None:
        if self.step <= 0 or DAY % self.step or self.sway < 0 or self.notice < 0:
            raise ProblemError("settings", "step must divide a day; sway and notice cannot be negative")


class Week(Struct, frozen=True):
    """A township's agents, posts and standing visits at the moment `now`; any number of days.

    `places` gives the names of places for the reasons; a missing name is left out of them.
    """

    now: int
    agents: tuple[Agent, ...]
    posts: tuple[Post, ...]
    travel: Travel
    stops: tuple[Stop, ...] = ()
    settings: Settings = field(default_factory=Settings)
    places: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = {agent.id for agent in self.agents}
        if len(known) != len(self.agents):
            raise ProblemError("agent_twice", "each agent is given once")
        if any(member not in known for post in self.posts for member in post.agents):
            raise ProblemError("agent_unknown", "a post names an agent who is not in the week")
        if any(member not in known for stop in self.stops for member in stop.crew):
            raise ProblemError("agent_unknown", "a standing visit names an agent who is not in the week")
