"""Solomon's instances as plans: DIMACS's convention, distance × 10 truncated, distance only.

The files under ``tests/data/solomon`` are public, with the best known solution of each.
"""

from pathlib import Path

from daiban_server.features.visits.plan.problem import Euclidean, Problem, Span, Vehicle, Visit, Weights

FOLDER = Path(__file__).parents[1] / "data" / "solomon"
NAMES = ("C101", "C201", "R101", "R201", "RC101", "RC201")


def instance(name: str, customers: int | None = None, **wishes: object) -> Problem:
    """An instance, whole or its first customers only. Times are tenths, and a due date binds the start."""
    lines = [line.split() for line in (FOLDER / f"{name}.txt").read_text().splitlines()]
    rows = [[int(word) for word in words] for words in lines if words and all(word.isdigit() for word in words)]
    (count, capacity), depot, *homes = rows
    homes = homes[:customers]
    shift = Span(10 * depot[4], 10 * depot[5])
    return Problem(
        name=name,
        travel=Euclidean(scale=10, rounding="down"),
        points=tuple((row[1], row[2]) for row in (depot, *homes)),
        vehicles=tuple(Vehicle(f"{n}", 0, (shift,), capacity=capacity) for n in range(1, count + 1)),
        visits=tuple(
            Visit(f"{row[0]}", at, 10 * row[6], (Span(10 * row[4], 10 * row[5]),), demand=row[3])
            for at, row in enumerate(homes, 1)
        ),
        window_holds="start",
        weights=Weights(delay=0, stand_in=0, unfamiliar=0, load=0),
        **wishes,
    )


def best_known(name: str) -> int:
    """The cost of the best known solution, in tenths."""
    words = (FOLDER / f"{name}.sol").read_text().split()
    return round(float(words[words.index("Cost") + 1]) * 10)
