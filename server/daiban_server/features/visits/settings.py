"""What a centre chooses about its visits: roads, promises, hours, and what is worth how much."""

from itertools import pairwise
from typing import Annotated

import msgspec
from msgspec import Meta, Struct, field

from daiban_server.db import setting
from daiban_server.db.program import Program
from daiban_server.features.visits.engine.model import Point, Travel, Weights
from daiban_server.features.visits.engine.model import Settings as EngineSettings
from daiban_server.features.visits.engine.travel import GreatCircle
from daiban_sync.ids import is_id

SWAY = 900_000
"""Milliseconds by which a promised visit may move from what was promised first: no setting allows more."""
HEAVIEST = 1_000_000
"""No weight is more: eleven days of road, for any one thing, outweigh whatever a week has."""
_Second = Annotated[int, Meta(ge=0, le=86_400)]


class HalfDay(Struct, frozen=True, rename={"start": "from", "end": "to"}):
    """Minutes after midnight."""

    start: Annotated[int, Meta(ge=0, le=1440)]
    end: Annotated[int, Meta(ge=0, le=1440)]


class Roads(Struct, frozen=True, forbid_unknown_fields=True):
    """Roads that somebody measured: seconds from each of `places` to each, rows and columns in their order."""

    places: list[str]
    seconds: list[list[_Second]]

    def sound(self) -> bool:
        """Whether it names places by their ids, is square, and takes no time from a place to itself."""
        size = len(self.places)
        rows = [len(row) == size and row[n] == 0 for n, row in enumerate(self.seconds[:size])]
        return len(self.seconds) == size == len(set(self.places)) and all(rows) and all(map(is_id, self.places))


class VisitSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """A centre's settings. `speed` in km/h and `detour` make a road of a great circle, for homes of one place and
    wherever `roads` does not reach. `hours` are worked on working days by who has no roster of his own."""

    speed: Annotated[float, Meta(ge=0.1, le=120)] = 25.0
    detour: Annotated[float, Meta(ge=1, le=10)] = 1.5
    roads: Roads | None = None
    hours: list[HalfDay] = field(default_factory=lambda: [HalfDay(540, 720), HalfDay(840, 1050)])
    daily_cap: Annotated[int, Meta(ge=1, le=40)] = 8
    sway_minutes: Annotated[int, Meta(ge=0, le=15)] = 15
    notice_minutes: Annotated[int, Meta(ge=0, le=1440)] = 30
    hold_minutes: Annotated[int, Meta(ge=1, le=60)] = 5
    horizon_days: Annotated[int, Meta(ge=1, le=60)] = 14
    nightly: bool = True
    plan_seconds: Annotated[int, Meta(ge=1, le=600)] = 20
    weights: Weights = field(default_factory=Weights)

    def faults(self) -> list[str]:
        """The settings that make no sense."""
        spans = sorted((half.start, half.end) for half in self.hours)
        apart = all(a[1] <= b[0] for a, b in pairwise(spans))
        wrong = [] if spans and apart and all(begin < end for begin, end in spans) else ["hours"]
        wrong += ["roads"] if self.roads is not None and not self.roads.sound() else []
        weights = msgspec.structs.astuple(self.weights)
        return wrong + ([] if min(weights) >= 0 and max(weights) <= HEAVIEST else ["weights"])

    def engine(self) -> EngineSettings:
        """As the engine takes them."""
        return EngineSettings(sway=self.sway_minutes * 60, notice=self.notice_minutes * 60, weights=self.weights)


def settings_of(centre: bytes) -> Program[VisitSettings]:
    """What a centre chose."""
    held = yield from setting.held(_name(centre))
    return msgspec.json.decode(held, type=VisitSettings) if held else VisitSettings()


def choose(centre: bytes, settings: VisitSettings) -> Program[None]:
    """Choose others; `settings` have no faults."""
    yield from setting.hold(_name(centre), msgspec.json.encode(settings).decode())


def _name(centre: bytes) -> str:
    return f"visiting {centre.hex()}"


class Road(Struct, frozen=True):
    """The road: measured between two places of the matrix, else as the crow flies with a detour.

    Within one place the matrix knows nothing; from a home of one to a home of another it knows the road between them,
    and that is what it takes.
    """

    plain: GreatCircle
    seconds: tuple[tuple[int, ...], ...]

    def __call__(self, a: Point, b: Point) -> int:
        if a.row is None or b.row is None or a.row == b.row:
            return self.plain(a, b)
        return self.seconds[a.row][b.row]


def travel(settings: VisitSettings) -> Travel:
    """How long a road takes."""
    plain = GreatCircle(settings.detour, settings.speed)
    return Road(plain, tuple(map(tuple, settings.roads.seconds))) if settings.roads else plain


def rows_of(settings: VisitSettings) -> dict[bytes, int]:
    """The row of each place in the matrix."""
    return {bytes.fromhex(place): n for n, place in enumerate(settings.roads.places)} if settings.roads else {}
