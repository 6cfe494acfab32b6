"""Made-up lives of cases: each fact after the one before it, as far as a day."""

import datetime

from hypothesis import strategies as st

from daiban_server.limits.calendar import local_day
from daiban_server.limits.clock import Clock, Extension, Limit, Limits, Notice, Pause, SentUp
from tests.limits.by_hand import at, day

_HOUR = 3_600_000
LIMIT = st.builds(Limit, st.integers(0, 40), st.sampled_from(["working", "calendar"]))
LIMITS = st.builds(
    Limits,
    legal=st.none() | LIMIT,
    promised=st.none() | LIMIT,
    accept=st.none() | LIMIT,
    notice=st.none() | LIMIT,
    send_up=st.none() | LIMIT,
)


@st.composite
def lives(draw: st.DrawFn) -> tuple[Clock, datetime.date]:
    """A clock and the day on which it is looked at."""
    now = at(9, 1) + draw(st.integers(0, 100)) * 24 * _HOUR

    def later() -> int:
        nonlocal now
        now += draw(st.integers(1, 24 * 15)) * _HOUR
        return now

    def maybe() -> bool:
        return draw(st.booleans())

    facts: dict[str, object] = {}
    if maybe():
        facts["started_at"] = later()
    facts["submitted_at"] = later()
    if maybe():
        until = day(12, draw(st.integers(1, 31))) if maybe() else None
        facts["notice"] = Notice(at=later(), limit=draw(st.none() | LIMIT), until=until)
        if maybe():
            facts["complemented_at"] = later()
    answered = "notice" not in facts or "complemented_at" in facts
    if answered and maybe():
        facts["accepted_at"] = later()
        facts |= _handling(draw, later, maybe)
    ending = draw(st.sampled_from(["none", "withdrawn", "ended"]))
    if ending == "withdrawn":
        facts["withdrawn_at"] = later()
    elif ending == "ended":
        handled = ["completed", "refused"] if "accepted_at" in facts else ["completed", "refused", "not_accepted"]
        facts |= {"ended_at": later(), "end": draw(st.sampled_from(handled))}
        facts |= {name: later() for name in ("delivered_at", "followed_up_at")[: draw(st.integers(0, 2))]}
    if ending != "none" and maybe():
        facts["archived_at"] = later()
    kind = draw(st.sampled_from(["permit", "payment"]))
    clock = Clock(type=kind, limits=draw(LIMITS), complex=maybe(), **facts)  # type: ignore[arg-type]  # facts by name
    return clock, local_day(now) + datetime.timedelta(draw(st.integers(0, 40)))


def _handling(draw: st.DrawFn, later: object, maybe: object) -> dict[str, object]:
    """What may happen between acceptance and the end."""
    assert callable(later) and callable(maybe)
    facts: dict[str, object] = {}
    if maybe():
        facts["promised"] = draw(LIMIT)
    if maybe():
        facts["papers_due"] = day(12, draw(st.integers(1, 31)))
    if maybe():
        facts["sent_up"] = SentUp(at=later(), to="区民政局", limit=draw(LIMIT))
        if maybe():
            facts["answered_at"] = later()
    pauses = [Pause(step="公示", since=later(), until=later()) for _ in range(draw(st.integers(0, 5)))]
    if maybe():
        pauses.append(Pause(step="现场核查", since=later(), days=draw(st.none() | st.integers(1, 20))))
    facts["pauses"] = pauses
    days = draw(st.lists(st.integers(1, 30), max_size=5))
    facts["extensions"] = [Extension(days=n, at=later(), by="李红", reason="等待比对") for n in days]
    return facts
