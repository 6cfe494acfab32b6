"""What a centre's week is in a planner's terms: points and roads, who answers for a place, what a visit asks for."""

from math import cos, radians

from daiban_server.features.visits.engine.model import Point, Stop
from daiban_server.features.visits.plan import problem as plan
from daiban_server.features.visits.plan.problem import Span, Weights
from daiban_server.features.visits.planning.asking import Asked, Known

_NOBODY = frozenset[str](), frozenset[str]()


class Layout:
    """A week being laid out. Points are numbered as they are asked for, so the roads come last."""

    def __init__(self, asked: Asked) -> None:
        self.asked, self.week = asked, asked.standing.week
        self.agents = {agent.id: agent for agent in self.week.agents}
        self.points: dict[Point, int] = {}
        self.posts: dict[str, tuple[frozenset[str], frozenset[str]]] = {}
        for post in self.week.posts:
            for place in post.territory:
                own, all_ = self.posts.get(place, _NOBODY)
                self.posts[place] = own | {post.a}, all_ | set(post.agents)

    def state(self, stop: Stop) -> str:
        """How the visit of a stop stands; nothing for time that is held."""
        known = self.asked.visits.get(stop.visit.id)
        return known.status if known else ""

    def wish(self, known: Known, soonest: int, latest: int) -> plan.Visit | str:
        """A visit that waits, with starts from `soonest` on and before `latest`; a code of `posing.Left` where it
        cannot be planned."""
        visit = known.visit
        if visit is None:
            return "place_unknown" if known.fault == "visit.place_unknown" else "invalid"
        own, allowed = self.posts.get(visit.place, _NOBODY)
        if not allowed:
            return "no_post"
        spans = [(max(first, soonest), last) for first, last in visit.spans()]
        open_ = [(first, last) for first, last in spans if first <= last]
        near = [Span(first, last + visit.service) for first, last in open_ if first < latest]
        if not near:
            return "later" if open_ else "past"
        return plan.Visit(
            visit.id,
            self.point(visit.point),
            visit.service,
            tuple(near),
            known.label,
            visit.items,
            min(visit.priority, 100),
            crew=2 if visit.crew == 2 else 1,
            allowed=allowed,
            own=own,
            familiar=visit.familiar,
        )

    def narrow(self, stop: Stop, point: int, low: int, high: int, crew: int) -> plan.Visit:
        """A visit that stands: it may start from `low` to `high`, whatever its household said before."""
        known, (own, _) = self.asked.visits.get(stop.visit.id), self.posts.get(stop.visit.place, _NOBODY)
        return plan.Visit(
            stop.visit.id,
            point,
            stop.visit.service,
            (Span(low, high + stop.visit.service),),
            known.label if known else "",
            crew=2 if crew == 2 else 1,
            own=own or None,
            familiar=known.visit.familiar if known and known.visit else None,
        )

    def point(self, point: Point) -> int:
        """The number of a point."""
        return self.points.setdefault(point, len(self.points))

    def roads(self) -> tuple[tuple[int, ...], ...]:
        """All roads between the points that were asked for, in seconds: so a matrix that somebody measured and great
        circles are the same to the planner."""
        travel = self.week.travel
        return tuple(tuple(0 if a is b else travel(a, b) for b in self.points) for a in self.points)

    def map(self) -> tuple[tuple[float, float], ...]:
        """Where the points lie on a plane, east and north in degrees of the equator: for the picture alone."""
        middle = sum(point.lat for point in self.points) / max(1, len(self.points))
        return tuple((round(point.lon * cos(radians(middle)), 6), point.lat) for point in self.points)

    def weights(self) -> Weights:
        """The centre's weights. To leave out a visit outweighs whatever a plan may cost otherwise."""
        own = self.week.settings.weights
        most = own.delay + own.stand_in + own.unfamiliar + own.load
        unserved = min(2**32, 1_000_000 * max(1, own.travel) + 100 * most)
        return Weights(own.travel, own.delay, unserved, own.stand_in, own.unfamiliar, own.load)
