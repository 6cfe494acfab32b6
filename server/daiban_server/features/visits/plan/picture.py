"""A plan as one picture: what it comes to, the week by agent, and the map of its routes."""

from .answer import Plan
from .drawing import PALE, page, text
from .map_picture import MapPicture
from .problem import Problem
from .roads import roads
from .week_picture import WeekPicture

_WIDTH, _MARGIN = 1400.0, 32.0


def svg(problem: Problem, plan: Plan) -> str:
    """The picture as SVG. It needs nothing from outside; its words are in whatever Chinese font is there."""
    inner = _WIDTH - 2 * _MARGIN
    week = WeekPicture(problem, plan.stops, roads(problem)[0], inner)
    routes = MapPicture(problem, plan.stops, inner)
    head = 74.0
    body = [
        text(0, 22, f"{problem.name} 上门安排".strip(), size=20, bold=True),
        text(0, 46, summed_up(plan), size=12, fill=PALE),
        *week.drawn(head),
        *(routes.drawn(head + week.height + 16) if routes.height else ()),
    ]
    height = head + week.height + (routes.height + 16 if routes.height else 0) + 2 * _MARGIN
    group = [f'<g transform="translate({_MARGIN:g} {_MARGIN:g})">', *body, "</g>"]
    return page(_WIDTH, height, group)


def summed_up(plan: Plan) -> str:
    """The figures in one line."""
    told = plan.figures
    parts = [f"上门 {told.visits} 户", f"未排上 {told.unserved} 户", f"路上 {told.travel_hours:g} 小时"]
    parts.append(f"每人 {told.load_least} 至 {told.load_most} 户")
    shares = (("原代办员上门", told.same_agent), ("代岗", told.stand_in), ("守约", told.promises_kept))
    parts += [f"{name} {share:.0%}" for name, share in shares if share is not None]
    return "，".join(parts)
