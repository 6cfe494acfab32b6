"""CP-SAT's model of a plan problem: the whole objective, pairs and all, to hold the planner against.

It reads the same `Network` as the search (which pairs of shift and visit are possible, and what they cost beside the
road), and nothing of how the search works.
"""

from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

from ortools.sat.python import cp_model

from daiban_server.features.visits.plan.network import Network
from daiban_server.features.visits.plan.objective import cost
from daiban_server.features.visits.plan.problem import Problem, Stop


class Exact(NamedTuple):
    """The best plan that CP-SAT found, what it costs, and the least that any plan costs."""

    stops: tuple[Stop, ...]
    cost: int
    bound: int
    proved: bool


def solve(problem: Problem, seconds: float, hint: tuple[Stop, ...] = ()) -> Exact:
    """At most so many seconds, on two cores. A `hint` gives it a plan to begin with, so it can only be hard on us."""
    model = _Model(Network(problem))
    model.hint(hint)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = 2
    status = solver.solve(model.cp)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        # It had no time to so much as check the hint: then the hint is the best that is known.
        return Exact(hint, cost(problem, hint).total, round(solver.best_objective_bound), False)
    proved = status == cp_model.OPTIMAL
    return Exact(model.stops(solver), round(solver.objective_value), round(solver.best_objective_bound), proved)


class _Model:
    def __init__(self, net: Network) -> None:
        self.net, self.cp = net, cp_model.CpModel()
        self.starts = [self._start(v) for v in range(len(net.visits))]
        self.served = [self.cp.new_bool_var("") for _ in net.visits]
        self.there = {(v, s): self.cp.new_bool_var("") for v in range(len(net.visits)) for s in net.worth[v]}
        self.arcs: dict[int, dict[tuple[int, int], cp_model.LiteralT]] = {}
        self.nodes: dict[int, dict[int, int]] = {}
        self.terms = [net.lost[v] * (1 - self.served[v]) for v in range(len(net.visits))]
        for v in range(len(net.visits)):
            self._crew(v)
        for s in range(len(net.shifts)):
            self._route(s)
        self._load()
        self.cp.minimize(sum(self.terms))

    def _start(self, v: int) -> cp_model.IntVar:
        spans = self.net.spans[v] or ((0, 0),)
        return self.cp.new_int_var_from_domain(cp_model.Domain.from_intervals([list(one) for one in spans]), "")

    def _crew(self, v: int) -> None:
        net, visit = self.net, self.net.visits[v]
        here = {s: self.there[v, s] for s in net.worth[v]}
        self.cp.add(sum(here.values()) == visit.crew * self.served[v])
        if visit.crew == 1:
            self.terms += [net.worth[v][s] * lit for s, lit in here.items()]
            return
        by_vehicle = defaultdict(list)
        for s, lit in here.items():
            by_vehicle[net.shifts[s].vehicle].append(lit)
        for lits in by_vehicle.values():
            self.cp.add_at_most_one(lits)
        # Both are there on one day, so each bears half of the days of waiting.
        self.terms += [net.waiting(v, net.shifts[s]) // 2 * lit for s, lit in here.items()]
        if visit.own is not None:
            self._unless(v, visit.own, here, net.weights.stand_in)
        if visit.familiar is not None:
            self._unless(v, {visit.familiar}, here, net.weights.unfamiliar)

    def _unless(self, v: int, wanted: frozenset[str] | set[str], here: dict[int, cp_model.IntVar], weight: int) -> None:
        """A cost that a pair bears unless one of the wanted is among them."""
        net = self.net
        known = [lit for s, lit in here.items() if net.vehicles[net.shifts[s].vehicle].id in wanted]
        strange = self.cp.new_bool_var("")
        self.cp.add(strange + sum(known) >= self.served[v])
        self.terms.append(weight * strange)

    def _route(self, s: int) -> None:
        net, row = self.net, self.net.shifts[s]
        visits = [v for v in range(len(net.visits)) if s in net.worth[v]]
        node = {v: number for number, v in enumerate(visits, 1)}
        weight, far, road = net.weights.travel, net.distance, net.duration
        arcs: list[tuple[int, int, cp_model.LiteralT]] = [(0, 0, self.cp.new_bool_var(""))]
        for v in visits:
            arcs.append((node[v], node[v], self.there[v, s].negated()))
            out, home = self.cp.new_bool_var(""), self.cp.new_bool_var("")
            arcs += [(0, node[v], out), (node[v], 0, home)]
            point, over = net.points[v], self.starts[v] + net.service[v]
            self.cp.add(self.starts[v] >= row.start + road[row.point][point]).only_enforce_if(out)
            self.cp.add(over + road[point][row.point] <= row.end).only_enforce_if(home)
            self.cp.add(self.starts[v] >= row.start).only_enforce_if(self.there[v, s])
            self.cp.add(over <= row.end).only_enforce_if(self.there[v, s])
            self.terms += [weight * far[row.point][point] * out, weight * far[point][row.point] * home]
            for w in visits:
                if w != v:
                    arcs += self._leg(node, v, w)
        self.cp.add_circuit(arcs)
        self.arcs[s] = {(a, b): lit for a, b, lit in arcs if a != b or not a}
        self.nodes[s] = node
        if row.capacity is not None:
            self.cp.add(sum(net.visits[v].demand * self.there[v, s] for v in visits) <= row.capacity)

    def _leg(self, node: dict[int, int], v: int, w: int) -> list[tuple[int, int, cp_model.IntVar]]:
        net, a, b = self.net, self.net.points[v], self.net.points[w]
        if net.spans[v][0][0] + net.service[v] + net.duration[a][b] > net.spans[w][-1][1]:
            return []
        leg = self.cp.new_bool_var("")
        ready = self.starts[v] + net.service[v] + net.duration[a][b]
        self.cp.add(self.starts[w] >= ready).only_enforce_if(leg)
        self.terms.append(net.weights.travel * net.distance[a][b] * leg)
        return [(node[v], node[w], leg)]

    def _load(self) -> None:
        by_day = defaultdict(list)
        for (_, s), lit in self.there.items():
            by_day[self.net.shifts[s].day].append(lit)
        for day, lits in by_day.items():
            cap = self.net.caps[day]
            most = len(lits) if cap is None else min(cap, len(lits))
            count, pairs = self.cp.new_int_var(0, most, ""), self.cp.new_int_var(0, most * most, "")
            self.cp.add(count == sum(lits))
            self.cp.add_element(count, [n * (n - 1) // 2 for n in range(most + 1)], pairs)
            self.terms.append(self.net.weights.load * pairs)

    def hint(self, stops: tuple[Stop, ...]) -> None:
        made = {self.net.number[stop.visit]: stop for stop in stops}
        for v, served in enumerate(self.served):
            self.cp.add_hint(served, v in made)
        for (v, s), lit in self.there.items():
            stop, row = made.get(v), self.net.shifts[s]
            here = stop is not None and row.start <= stop.start < row.end
            self.cp.add_hint(lit, bool(here and stop and self.net.vehicles[row.vehicle].id in stop.crew))
        for v, stop in made.items():
            self.cp.add_hint(self.starts[v], stop.start)
        for s, arcs in self.arcs.items():
            row = self.net.shifts[s]
            name = self.net.vehicles[row.vehicle].id
            route = [v for v, stop in made.items() if name in stop.crew and row.start <= stop.start < row.end]
            nodes = [0, *(self.nodes[s][v] for v in sorted(route, key=lambda v: made[v].start)), 0]
            taken = set(pairwise(nodes))
            for arc, taking in arcs.items():
                self.cp.add_hint(taking, arc in taken)

    def stops(self, solver: cp_model.CpSolver) -> tuple[Stop, ...]:
        found = []
        for v, visit in enumerate(self.net.visits):
            shifts = [s for s in self.net.worth[v] if solver.boolean_value(self.there[v, s])]
            if shifts:
                found.append(Stop(visit.id, self.net.crew(*shifts), solver.value(self.starts[v])))
        return tuple(sorted(found, key=lambda stop: stop.start))
