"""What a request for figures asks: which days, of which centres, narrowed to what."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from litestar.di import NamedDependency
from litestar.params import FromQuery

from daiban_server.db.program import Program
from daiban_server.features.figures.catalogue import FIGURES, counts_for
from daiban_server.features.figures.facts import By, Fact
from daiban_server.features.figures.gathering import Gathered, Question, beginning, centres, each, gather
from daiban_server.features.figures.span import Span
from daiban_server.http.problems import ProblemError, checked_day, checked_id
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.limits.calendar import local_day
from daiban_server.services import GivenServices
from daiban_sync.ids import NOBODY


class Asked(NamedTuple):
    """`centre` is an id in hexadecimal, or "" for one's own: the district's is all. `wanted` narrows by facet."""

    session: SignedIn
    span: Span
    now: int
    centre: str
    wanted: Mapping[By, str | None]

    @property
    def narrow(self) -> dict[By, str]:
        """What is narrowed to: None is no wish, and "" is what has none."""
        return {by: key for by, key in self.wanted.items() if key is not None}

    @property
    def filters(self) -> dict[str, str]:
        """What was asked for beside the days, as it stands in an address."""
        given: dict[str, str] = {"centre": self.centre} if self.centre else {}
        return given | dict(self.narrow.items())


GivenAsked = NamedDependency[Asked]
"""`Asked` as a handler's parameter."""


def take_asked(
    session: GivenSession,
    services: GivenServices,
    day: FromQuery[str] = "",
    first: FromQuery[str] = "",
    last: FromQuery[str] = "",
    centre: FromQuery[str] = "",
    window: FromQuery[str | None] = None,
    mode: FromQuery[str | None] = None,
    item: FromQuery[str | None] = None,
    place: FromQuery[str | None] = None,
    person: FromQuery[str | None] = None,
    owner: FromQuery[str | None] = None,
) -> Asked:
    """From `first` to `last`, or on `day`; today where nothing is said. Raises `ProblemError`: ``figures.span``."""
    now = services.now()
    ends, begins = day or last, day or first
    until = checked_day(ends) if ends else local_day(now)
    span = Span(checked_day(begins) if begins else until, until)
    if not span.sound:
        raise ProblemError("figures.span")
    wanted: dict[By, str | None] = {"window": window, "mode": mode, "item": item}
    wanted |= {"place": place, "person": person, "owner": owner}
    return Asked(session, span, now, centre, wanted)


class Found(NamedTuple):
    """Facts of `centres`, by id; `name` is the centre's, or the district's where all are meant."""

    gathered: Gathered
    centres: Mapping[str, str]
    name: str


class Listed(NamedTuple):
    """What a figure may count, each by itself, to be taken once; `name` as in `Found`."""

    facts: Iterable[Fact]
    name: str


def find(asked: Asked, *bys: By, figures: Collection[str] = FIGURES, daily: bool = False) -> Program[Found]:
    """Facts to be counted for `figures`, told apart by `bys` and, for a trend, by day. Raises `ProblemError`:
    ``permission.denied`` or ``centre.unknown``."""
    of, name = yield from _whose(asked)
    gathered = yield from gather(of, Question(asked.span, asked.now, figures, bys, asked.narrow, daily))
    return Found(gathered, {id_.hex(): name for id_, name in of.items()}, name)


def find_each(asked: Asked, figure: str) -> Program[Listed]:
    """What one figure may count (`report.of_figure`). Raises `ProblemError` as `find` does."""
    of, name = yield from _whose(asked)
    facts = yield from each(of, Question(asked.span, asked.now, (figure,), wanted=asked.narrow))
    return Listed(facts, name)


class Page(NamedTuple):
    """A part of what a figure counts, in order; `value` is the figure, `more` says whether anything follows."""

    facts: Sequence[Fact]
    value: int
    more: bool
    name: str


def find_page(asked: Asked, figure: str, since: int, until: int) -> Program[Page]:
    """What a figure counts from the place `since` to before `until`, of which the first is 0. The figure is counted
    as it is for a report: only what is shown is read one by one. Raises `ProblemError` as `find` does."""
    of, name = yield from _whose(asked)
    question = Question(asked.span, asked.now, (figure,), wanted=asked.narrow)
    value = sum(fact.times for fact in (yield from gather(of, question)).facts if figure in counts_for(fact))
    facts = yield from beginning(of, question, until + 1)
    return Page(facts[since:until], value, len(facts) > until, name)


def _whose(asked: Asked) -> Program[tuple[Mapping[bytes, str], str]]:
    """The centres that are asked about, and what they are called together."""
    known = yield from centres()
    district = known.pop(NOBODY, "")
    of = _centres(asked, known)
    one = next(iter(of)) if len(of) == 1 else NOBODY
    return of, known.get(one, district)


def _centres(asked: Asked, known: Mapping[bytes, str]) -> Mapping[bytes, str]:
    """Everybody sees his own centre, the district each and all."""
    own, wanted = asked.session.clerk.centre, asked.centre
    if asked.session.role == "district" and not wanted:
        return known
    id_ = checked_id(wanted, "centre.unknown") if wanted else own
    if asked.session.role != "district" and id_ != own:
        raise ProblemError("permission.denied")
    if id_ not in known:
        raise ProblemError("centre.unknown")
    return {id_: known[id_]}
