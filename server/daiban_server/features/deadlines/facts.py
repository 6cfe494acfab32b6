"""A case's record as the facts that its limits are counted from."""

import datetime
from collections.abc import Mapping
from typing import Any, get_args

from daiban_server.limits.clock import Clock, End, Extension, Limit, Limits, Notice, Pause, SentUp

Values = Mapping[str, Any]


def clock_of(values: Values, item: Values) -> Clock:
    """The facts of a case under its item's edition."""
    notice, sent, end = values.get("notice") or {}, values.get("sent_up") or {}, values.get("end")
    follow_up = values.get("follow_up") or {}
    reached = follow_up.get("outcome") != "not_reached"
    return Clock(
        type=item.get("type") or "other",
        limits=_limits(item),
        started_at=values.get("started_at"),
        submitted_at=values.get("submitted_at"),
        received_at=values.get("received_at"),
        notice=Notice(at=notice["at"], until=_date(notice.get("until"))) if notice.get("at") else None,
        complemented_at=values.get("complemented_at"),
        accepted_at=values.get("accepted_at"),
        promised=_limit(values.get("promised")),
        sent_up=SentUp(at=sent["at"], to=sent.get("to") or "", limit=Limit(sent["days"])) if sent.get("at") else None,
        answered_at=sent.get("answered_at"),
        extensions=[_extension(one) for one in values.get("extensions") or ()],
        pauses=[_pause(one) for one in values.get("pauses") or ()],
        papers_due=_date(values.get("papers_due")),
        papers_brought_at=values.get("papers_brought_at"),
        ended_at=values.get("ended_at") if end in get_args(End) else None,
        end=end if end in get_args(End) else None,
        delivered_at=(values.get("delivery") or {}).get("at"),
        followed_up_at=follow_up.get("at") if reached else None,
        unreached_at=None if reached else follow_up.get("at"),
        archived_at=(values.get("archive") or {}).get("at"),
        withdrawn_at=values.get("ended_at") if end == "withdrawn" else None,
    )


def _limits(item: Values) -> Limits:
    return Limits(
        legal=_limit(item.get("legal_limit")),
        promised=_limit(item.get("promised_limit")),
        accept=_limit(item.get("accept_limit")),
        notice=_limit(item.get("notice_limit")),
        send_up=_limit(item.get("send_up_limit")),
    )


def _limit(given: Any) -> Limit | None:
    return Limit(given["days"], given["unit"]) if given else None


def _extension(given: Values) -> Extension:
    return Extension(days=given["days"], at=given["at"], by=given.get("by") or "", reason=given.get("reason") or "")


def _pause(given: Values) -> Pause:
    return Pause(
        step=given.get("step") or "",
        reason=given.get("reason") or "",
        since=given["from"],
        until=given.get("until"),
        days=given.get("days"),
    )


def _date(text: Any) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None
