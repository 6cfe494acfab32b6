"""Assessment (考核): a score whose formula the district sets, and which says how it came about.

A formula is data: parts, each a sum of figures over a sum of figures, with a weight. It is arithmetic over the names of
`catalogue.FIGURES` and nothing else; no text is ever evaluated. What had nothing to measure is left out and the other
parts weigh more, so a centre without complaints is not the worse for it.
"""

from collections.abc import Mapping
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from daiban_server.db import setting
from daiban_server.db.program import Program
from daiban_server.features.figures.catalogue import FIGURES
from daiban_server.features.figures.counting import RATIOS, ratio

_NAME = "assessment"
Figures = Annotated[tuple[str, ...], Meta(min_length=1, max_length=10)]


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """`weight` times the sum of the figures `of` over the sum of the figures `over`, never below nothing or above the
    whole weight. With `less` the share counts against: the weight times one less it."""

    name: Annotated[str, Meta(pattern=r"^[a-z][a-z_]{0,39}$")]
    label: Annotated[str, Meta(min_length=1, max_length=40)]
    weight: Annotated[int, Meta(ge=1, le=1000)]
    of: Figures
    over: Figures
    less: bool = False


class Formula(Struct, frozen=True, forbid_unknown_fields=True):
    """Up to twenty parts; the score is out of 100, whatever the weights add up to."""

    parts: Annotated[tuple[Part, ...], Meta(min_length=1, max_length=20)]

    @property
    def figures(self) -> frozenset[str]:
        """The names of the figures that it is made from."""
        return frozenset(figure for part in self.parts for figure in (*part.of, *part.over))

    def faults(self) -> list[str]:
        """Names of parts that stand there twice, and of figures that there are not."""
        names = [part.name for part in self.parts]
        unknown = self.figures - FIGURES.keys()
        return sorted({name for name in names if names.count(name) > 1} | unknown)


def _rate(name: str, label: str, weight: int, rate: str, *, less: bool = False) -> Part:
    return Part(name, label, weight, RATIOS[rate].of, RATIOS[rate].over, less)


STANDARD = Formula(
    (
        _rate("on_time", "按时办结", 40, "on_time_rate"),
        _rate("replies", "定期回复", 20, "replies_rate"),
        _rate("satisfaction", "群众满意", 20, "bad_rate", less=True),
        _rate("opinions", "意见答复", 10, "opinions_rate"),
        Part("follow_ups", "送达回访", 10, ("follow_ups",), ("deliveries",)),
    )
)
"""Holds until the district sets another."""


class PartScore(Struct, frozen=True):
    """A part with what it came to: `of` over `over`, what counts against it with `less`, and its points; `rate` and
    `points` are null where there was nothing to measure."""

    name: str
    label: str
    weight: int
    of: int
    over: int
    rate: float | None
    points: float | None
    less: bool = False


class Score(Struct, frozen=True):
    """`score` is out of 100: the points over the weights of what was measured; null where nothing was."""

    score: float | None
    parts: list[PartScore]


def formula() -> Program[Formula]:
    """What holds now."""
    held = yield from setting.held(_NAME)
    return msgspec.json.decode(held, type=Formula) if held else STANDARD


def choose(chosen: Formula) -> Program[None]:
    """Set another; it was looked at for `faults`."""
    yield from setting.hold(_NAME, msgspec.json.encode(chosen).decode())


def score(chosen: Formula, figures: Mapping[str, int]) -> Score:
    """Figures by the formula."""
    parts = [_part(part, figures) for part in chosen.parts]
    measured = [part for part in parts if part.points is not None]
    if not measured:
        return Score(None, parts)
    points = sum(part.points or 0 for part in measured)
    return Score(round(100 * points / sum(part.weight for part in measured), 2), parts)


def _part(part: Part, figures: Mapping[str, int]) -> PartScore:
    of, over = (sum(figures.get(name, 0) for name in names) for names in (part.of, part.over))
    share = ratio(part.of, part.over, figures)
    if share is not None:
        share = min(share, 1.0)
        share = 1 - share if part.less else share
    points = None if share is None else round(part.weight * share, 2)
    rate = None if share is None else round(share, 4)
    return PartScore(part.name, part.label, part.weight, of, over, rate, points, part.less)
