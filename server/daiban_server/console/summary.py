"""The summary: what a centre looks at in the morning and before it closes, all on one page."""

from collections.abc import Mapping
from typing import Any

from litestar import get
from litestar.response import Template

from daiban_server.console.pages import Asked, said_in, show
from daiban_server.console.reading.arrivals import arrivals
from daiban_server.console.reading.backups import warning
from daiban_server.console.reading.book import book_of
from daiban_server.console.reading.disputes import disputes
from daiban_server.console.reading.district import COLUMNS, district
from daiban_server.console.reading.fieldwork import phones
from daiban_server.console.reading.limits import limits
from daiban_server.console.reading.owing import owing
from daiban_server.console.reading.pressing import now as pressing
from daiban_server.console.reading.replies import replies
from daiban_server.console.reading.tasks import tasks
from daiban_server.console.reading.visits import visits
from daiban_server.console.settling import Failed
from daiban_server.console.values import CHOICES
from daiban_server.console.words import DEVICE
from daiban_server.db.program import Program
from daiban_server.features.devices.silence import silent
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services
from daiban_sync.ids import NOBODY

_LOOKING_ON = {"above": (), "main": ("limits", "replies", "visits"), "aside": ("fieldwork", "arrivals"), "below": ()}
_PARTS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "leader": _LOOKING_ON,
    "chief": _LOOKING_ON,
    "": {
        "above": ("disputes",),
        "main": ("limits", "visits", "replies"),
        "aside": ("tasks", "fieldwork", "arrivals"),
        "below": (),
    },
    "cadre": {
        "above": (),
        "main": ("replies", "visits"),
        "aside": ("fieldwork", "arrivals"),
        "below": ("disputes",),
    },
}
"""Which parts stand over the columns, in the wide one, beside it and under them: what somebody has to act on comes
first."""


@get("/summary", opt={"action": "summary.read"})
async def summary(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """One's centre today; for the district all centres side by side."""
    said = said_in(request)
    if session.role == "district":
        program = _district(services)
        return await show("district", services, session, program, here="summary", title="各中心情况", said=said)
    return await whole(session, services, said=said)


async def whole(session: SignedIn, services: Services, *, said: str = "", failed: Failed | None = None) -> Template:
    return await show(
        "summary",
        services,
        session,
        _centre(session, services),
        422 if failed else 200,
        here="summary",
        title="今日情况",
        said=said,
        failed=failed,
        parts=_PARTS.get(session.role, _PARTS[""]),
        choices=CHOICES,
        may_reveal=may(session.role, "value.reveal"),
        may_board=may(session.role, "visit.board"),
        may_book=may(session.role, "visit.offer"),
    )


def _district(services: Services) -> Program[Mapping[str, Any]]:
    now = services.now()
    warned = yield from warning(NOBODY, now)
    return {"district": (yield from district(now, services.presence)), "columns": COLUMNS, "warned": warned}


def _centre(session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    """Every part that the person's role may see; what it may not is None, and is not on the page."""
    book, role = (yield from book_of(session, services)), session.role
    came = yield from arrivals(book)
    field = yield from phones(book.centre, book.now, services.presence, came.by_device)
    unsettled = (yield from disputes(book)) if may(role, "conflict.read") else None
    owed = (yield from replies(session, book)) if may(role, "obligation.read") else None
    present = {device: one.synced_at for device, one in services.presence.items()}
    quiet = yield from silent(book.centre, book.now, present)
    waits = yield from owing(book, quiet, [(one.device, one.person) for one in field if one.mark == DEVICE["pending"]])
    return {
        "now_listed": pressing(role, book, waits, unsettled, owed),
        "arrivals": came,
        "fieldwork": field,
        "visits": (yield from visits(book)),
        "disputes": unsettled,
        "limits": (yield from limits(book)) if may(role, "case.read") else None,
        "replies": owed,
        "tasks": (yield from tasks(book)) if may(role, "task.read") else None,
        "warned": (yield from warning(book.centre, book.now)) if may(role, "backup.read") else "",
    }
