"""When to stop a search, and whom to tell how far it is."""

from collections.abc import Callable
from time import perf_counter

from msgspec import Struct

from .problem import Stop


class Progress(Struct, frozen=True):
    """The best plan so far: its objective, the seconds since the search began, its stops."""

    objective: int
    seconds: float
    stops: tuple[Stop, ...]


class Watch:
    """One search's clock. A slice of it ends by the clock, or after so many iterations where those are given."""

    def __init__(
        self,
        seconds: float,
        iterations: int | None,
        cancelled: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = perf_counter,
    ) -> None:
        self.seconds, self.iterations, self._cancelled, self._clock = seconds, iterations, cancelled, clock
        self.began, self.done = clock(), 0
        self.stopped = False

    @property
    def spent(self) -> float:
        """Seconds since the search began."""
        return self._clock() - self.began

    def over(self, until: float, left: int | None) -> bool:
        """Whether a slice is over: cancelled, no iterations left, or (where none are given) past `until` seconds."""
        self.stopped = self.stopped or self._cancelled()
        if self.stopped:
            return True
        return left <= 0 if left is not None else self.spent >= until
