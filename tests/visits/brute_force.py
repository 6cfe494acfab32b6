"""The cheapest insertion, found by trying everything. It knows nothing of gaps or slack.

Every crew, every start and every sway of every promised neighbour: the judge is asked about the whole
week, and the road is added up from scratch. For small townships only.
"""

from itertools import combinations, groupby, pairwise, product

from msgspec.structs import replace

from daiban_server.features.visits.engine.model import DAY, Promise, Stop
from daiban_server.features.visits.engine.validate import validate


def road(week, id):
    """Seconds that an agent travels in all, home to home in every duty."""
    agent = next(agent for agent in week.agents if agent.id == id)
    mine = sorted((stop for stop in week.stops if id in stop.crew), key=lambda stop: stop.start)
    total = 0
    for _, group in groupby(mine, key=lambda s: [duty.start <= s.start for duty in agent.duties()]):
        route = [agent.home, *(stop.visit.point for stop in group), agent.home]
        total += sum(week.travel(a, b) for a, b in pairwise(route))
    return total


def leaves_in_time(week, changed):
    """Nobody sets out before now for a visit that is new or moved."""
    for agent in week.agents:
        mine = sorted((stop for stop in week.stops if agent.id in stop.crew), key=lambda stop: stop.start)
        for before, stop in zip([None, *mine], mine, strict=False):
            duty = next(duty for duty in agent.duties() if duty.start <= stop.start < duty.end)
            at = before.visit.point if before and before.start >= duty.start else agent.home
            if stop.visit.id in changed and stop.start - week.travel(at, stop.visit.point) < week.now:
                return False
    return True


def swayed(week, stop, crew, day):
    """The starts to try for a standing visit: its own, and, where it could matter, its sway."""
    fixed = stop.promise is Promise.ACCEPTED or len(stop.crew) > 1 or stop.start < week.now
    if fixed or stop.crew[0] not in crew or stop.start // DAY != day:
        return (stop.start,)
    sway, step = week.settings.sway, week.settings.step
    return {stop.start, *range(stop.promised - sway, stop.promised + sway + 1, step)}


ROAD = {"left_too_early", "overlap_or_road", "home_too_late"}


def in_order(week, member):
    mine = [stop for stop in week.stops if member in stop.crew]
    return [stop.visit.id for stop in sorted(mine, key=lambda stop: stop.start)]


def trials(week, visit):
    """Every crew, start and sway that leaves neighbours in their order, as (crew, start, week then)."""
    step = week.settings.step
    for crew in combinations([agent.id for agent in week.agents], visit.crew):
        starts = {
            start
            for w in visit.windows
            for start in range(-(-w.start // step) * step, w.end, step)
            if start >= week.now + week.settings.notice
        }
        for start in starts:
            new = Stop(visit, crew, start, start)
            if {found.code for found in validate(replace(week, stops=(new,)))} - ROAD:
                continue  # no neighbour can mend this
            choices = [swayed(week, stop, crew, start // DAY) for stop in week.stops]
            for chosen in product(*choices):
                moved = [replace(stop, start=s) for stop, s in zip(week.stops, chosen, strict=True)]
                between = replace(week, stops=tuple(moved))
                if all(in_order(between, member) == in_order(week, member) for member in crew):
                    yield crew, start, replace(week, stops=(*moved, new))


def price(week, visit, crew, start, then):
    weights, firsts = week.settings.weights, {p.a for p in week.posts if visit.place in p.territory}
    shifts = [abs(b.start - a.start) for a, b in zip(week.stops, then.stops, strict=False) if a != b]
    load = sum(m in s.crew and s.start // DAY == start // DAY for s in week.stops for m in crew)
    return (
        weights.travel * sum(road(then, member) - road(week, member) for member in crew)
        + weights.delay * (1 + visit.priority) * (start // DAY - week.now // DAY)
        + weights.stand_in * (not firsts & set(crew))
        + sum(weights.moved + weights.sway * shift for shift in shifts)
        + weights.unfamiliar * (visit.familiar is not None and visit.familiar not in crew)
        + weights.load * load
    )


def brute_force(week, visit):
    """The price of the cheapest feasible insertion under the rule of A and B, or None."""
    prices = {True: {}, False: {}}  # led by an A → day → prices
    firsts = {p.a for p in week.posts if visit.place in p.territory}
    for crew, start, then in trials(week, visit):
        changed = {b.visit.id for a, b in zip([*week.stops, None], then.stops, strict=True) if a != b}
        if not validate(then) and leaves_in_time(then, changed):
            by_day = prices[bool(firsts & set(crew))]
            by_day.setdefault(start // DAY, []).append(price(week, visit, crew, start, then))
    regular, stand_in = prices[True], prices[False]
    allowed = [cost for costs in regular.values() for cost in costs]
    for day, costs in stand_in.items():
        if not regular or (day not in regular and a_is_away(week, visit, firsts, day)):
            allowed += costs
    return min(allowed, default=None)


def a_is_away(week, visit, firsts, day):
    """Whether a capable A misses, by absence, a minute of work that the visit could use on that day."""
    step = week.settings.step
    soonest, latest = week.now + week.settings.notice, visit.deadline or week.now + 99 * DAY
    for w in visit.windows:
        first = -(-max(w.start, soonest) // step) * step
        last = (min(w.end, latest) - visit.service) // step * step
        asked = range(max(first, day * DAY), min(last + visit.service, (day + 1) * DAY)) if first <= last else ()
        for agent in week.agents:
            if agent.id in firsts and visit.items <= agent.skills:
                for minute in asked[::60]:
                    at_work = any(shift.start <= minute < shift.end for shift in agent.shifts)
                    if at_work and any(a.start <= minute < a.end for a in agent.absences):
                        return True
    return False
