"""The marks of a difference: bars for times that were and times to come, and arrows from one to the other."""

from collections.abc import Sequence
from typing import NamedTuple

from daiban_server.features.visits.plan.drawing import INK, line

GONE = "#b5485d"
LANE, HALF = 46.0, 19.0
"""The height of a lane, and of each of its halves."""


class Spot(NamedTuple):
    """Where a bar lies."""

    left: float
    right: float
    top: float
    bottom: float

    @property
    def x(self) -> float:
        """Its middle across."""
        return (self.left + self.right) / 2


def filled(colour: str) -> str:
    """What a rectangle is that shows a time to come."""
    return f'rx="3" style="fill:{colour}"'


def outlined(colour: str) -> str:
    """What a rectangle is that shows a time that was."""
    return f'rx="3" stroke="{colour}" stroke-width="1.3" stroke-dasharray="3 2"'


def crossed(left: float, right: float, top: float, bottom: float) -> list[str]:
    """Two lines through a time that is taken away."""
    return [line(left, top, right, bottom, GONE, 1.4), line(left, bottom, right, top, GONE, 1.4)]


def arrow(old: Spot, new: Spot, olds: Sequence[Spot]) -> str:
    """From the side of the old bar along its lane, then to the new bar; straight on where one lies over the other. It
    runs below all bars, so its tip keeps clear of those of `olds` that lie over the new one, if it can."""
    down = new.top >= old.top
    x = _clear(new, [one for one in olds if one != old and 0 <= new.top - one.bottom < LANE]) if down else new.x
    end = new.top - 1 if down else new.bottom + 1
    if old.left <= x <= old.right:
        path = f"M{x:.1f} {old.bottom if down else old.top:.1f} V{end:.1f}"
    else:
        side, middle = old.right if x > old.right else old.left, (old.top + old.bottom) / 2
        path = f"M{side:.1f} {middle:.1f} H{x:.1f} V{end:.1f}"
    return (
        f'<path d="{path}" fill="none" stroke="{INK}" stroke-width="1.2" stroke-opacity="0.6" '
        'stroke-linejoin="round" marker-end="url(#tip)"/>'
    )


TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    f'<path d="M0 0 L8 4 L0 8 z" fill="{INK}"/></marker></defs>'
)


def _clear(new: Spot, over: Sequence[Spot]) -> float:
    """Where the new bar is reached without passing below another."""
    for x in (new.x, new.left + 4, new.right - 4):
        if not any(one.left - 2 <= x <= one.right + 2 for one in over):
            return x
    return new.x
