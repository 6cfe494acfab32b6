"""A chart of stacked bars: how much of each sort in each part of a span. Shapes only: words stand around it in the
page, so that they keep their size on a phone."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

HEIGHT = 100
"""Units from the foot to the highest bar; the page says how tall that is."""
GAP = 0.25


class Block(NamedTuple):
    """A rectangle: `sort` is its place among the sorts."""

    sort: int
    x: float
    y: float
    width: float
    height: float


class Bar(NamedTuple):
    """A part with its blocks; `told` says it in words."""

    label: str
    told: str
    blocks: list[Block]
    numbers: list[int]


class Chart(NamedTuple):
    """`width` in units, one for each part; `most` is what the highest bar comes to."""

    width: int
    most: int
    sorts: list[str]
    bars: list[Bar]


def stacked(sorts: Sequence[str], parts: Sequence[tuple[str, Sequence[int]]], told: Mapping[int, str]) -> Chart:
    """Bars for parts, each with a number for each of `sorts`; `told` gives a part's sentence by its place."""
    most = max((sum(numbers) for _, numbers in parts), default=0)
    bars = [
        Bar(label, told.get(at, label), _blocks(at, numbers, most), list(numbers))
        for at, (label, numbers) in enumerate(parts)
    ]
    return Chart(len(parts), most, list(sorts), bars)


def _blocks(at: int, numbers: Sequence[int], most: int) -> list[Block]:
    blocks, foot = [], float(HEIGHT)
    for sort, number in enumerate(numbers):
        if number:
            height = HEIGHT * number / most
            foot -= height
            blocks.append(Block(sort, round(at + GAP / 2, 3), round(foot, 3), 1 - GAP, round(height, 3)))
    return blocks
