"""The facts of a case that its limits are counted from, and the settings of the centre.

Moments are Unix milliseconds. All facts are facts: what has not happened is None.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from daiban_server.limits.calendar import Span, Unit, local_day
from daiban_server.spine.refusal import Refusal

End = Literal["completed", "refused", "not_accepted"]
_ONE = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """So many working or calendar days."""

    days: int
    unit: Unit = "working"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the item's edition lays down; None where it says nothing."""

    legal: Limit | None = None
    promised: Limit | None = None
    accept: Limit | None = None
    notice: Limit | None = None
    send_up: Limit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The one-time notice of what is missing: the resident brings it by the day `until`, else within `limit`."""

    at: int
    limit: Limit | None = None
    until: datetime.date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SentUp:
    """Sent to a higher authority, which should answer within `limit`."""

    at: int
    to: str
    limit: Limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """So many more days for the promise, in the promise's unit, approved by somebody named."""

    days: int
    at: int
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A special step that does not count, from its written notice until the clock was resumed; `days` is how many
    calendar days it was announced to take."""

    step: str
    reason: str = ""
    since: int
    until: int | None = None
    days: int | None = None

    def __post_init__(self) -> None:
        if self.until is not None and self.until < self.since:
            raise Refusal("pause.backwards", ("until",))

    def span(self, today: datetime.date) -> Span:
        """The days that it takes out: from the day that it began to the day before it was resumed, or before `today`.
        Empty, with `last` before `first`, where it was resumed the same day."""
        until = today if self.until is None else local_day(self.until)
        return Span(local_day(self.since), until - _ONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The facts of one case.

    `started_at` is when its papers were collected at a home, as the log bounds it; None for papers that were brought.
    `notice` and `complemented_at` are the latest. `promised` is what was promised at acceptance, without extensions;
    `papers_due` is the day by which an urgent case brings its papers, `papers_brought_at` when it did. `ended_at` is
    the moment of the decision that `end` names; `unreached_at` when a follow-up was closed that reached nobody.
    """

    type: str
    limits: Limits
    complex: bool = False
    started_at: int | None = None
    submitted_at: int | None = None
    received_at: int | None = None
    notice: Notice | None = None
    complemented_at: int | None = None
    accepted_at: int | None = None
    promised: Limit | None = None
    sent_up: SentUp | None = None
    answered_at: int | None = None
    extensions: Sequence[Extension] = ()
    pauses: Sequence[Pause] = ()
    papers_due: datetime.date | None = None
    papers_brought_at: int | None = None
    ended_at: int | None = None
    end: End | None = None
    delivered_at: int | None = None
    followed_up_at: int | None = None
    unreached_at: int | None = None
    archived_at: int | None = None
    withdrawn_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """Limits where an item or a notice names none, as the centre sets them; `soon` is how many working days before the
    due day a limit counts as due soon, at most a third of its own days (see `soon_within`)."""

    notice: Limit = Limit(1)
    notice_complex: Limit = Limit(5)
    accept: Limit = Limit(5)
    delivery: Limit = Limit(3)
    follow_up: Limit = Limit(5)
    archive: Limit = Limit(10)
    soon: int = 2

    def soon_within(self, days: int) -> int:
        """How many working days before its due day a limit of so many days counts as due soon: two of a limit of six
        days or more, one from three days on, and none of a shorter one, which is told of on its last morning alone.

        With two days for all, a limit of three days was due soon on its first morning and one of two as it began: a
        warning that always comes says nothing, and hides those that do. The share is of the limit's own days, calendar
        days among them, of which there are less than half as many again as working days: it errs by a day at most.
        """
        return min(self.soon, days // 3)


SILENCE = Limit(5)
"""A licence about which nothing was said for so long counts as accepted (行政许可法 32, 82). No setting moves that, nor
does an item's own, shorter limit."""


def merged(pauses: Sequence[Pause], today: datetime.date) -> list[Span]:
    """The days that the pauses take out, in order, none twice."""
    spans: list[Span] = []
    for span in sorted(pause.span(today) for pause in pauses):
        if spans and span.first <= spans[-1].last + _ONE:
            spans[-1] = Span(spans[-1].first, max(spans[-1].last, span.last))
        else:
            spans.append(span)
    return spans
