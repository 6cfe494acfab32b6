"""定期回复: the replies that are owed, what is late first; a cadre sees his own, the window everybody's."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from litestar import get
from litestar.response import Template

from daiban_server.console import words
from daiban_server.console.pages import Asked, said_in, show
from daiban_server.console.reading.book import Book, book_of
from daiban_server.console.reading.replies import ReplyLine, line
from daiban_server.db.program import Program
from daiban_server.features.replies.routes import ObligationOut, owed
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.services import GivenServices, Services

LATELY = 30
"""Days for which what was answered stays on the page."""


class Group(NamedTuple):
    """Replies that are due in the same stretch of time."""

    key: str
    title: str
    lines: list[ReplyLine]


@get("/replies", opt={"action": "obligation.read"})
async def replies(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """What is owed, by when; `cadre` narrows it to one cadre's."""
    cadre = request.query_params.get("cadre", "")
    return await show(
        "replies",
        services,
        session,
        _read(cadre, session, services),
        here="replies",
        title="定期回复",
        said=said_in(request),
        cadre=cadre,
    )


def _read(cadre: str, session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    book = yield from book_of(session, services)
    everybody = yield from owed(session)
    names = {one.cadre: one.cadre_name for one in everybody if one.cadre_name}
    found = [one for one in everybody if cadre in ("", one.cadre)]
    waiting = [one for one in found if one.reply is None and one.state != "lapsed"]
    done = [one for one in found if one.reply is not None and (one.received_at or 0) > book.now - LATELY * words.DAY]
    done.sort(key=lambda one: one.received_at or 0, reverse=True)
    yield from book.read(bytes.fromhex(id_) for one in (*waiting, *done) for id_ in (one.application, one.household))
    return {
        "groups": [group for group in _groups(waiting, book) if group.lines],
        "total": len(waiting),
        "done": [line(one, book) for one in done],
        "cadres": sorted(names.items(), key=lambda pair: pair[1]),
        "days": LATELY,
    }


def _groups(waiting: list[ObligationOut], book: Book) -> list[Group]:
    """By when they are due: days are the calendar's."""
    today = words.day_start(book.now)
    bounds = (
        ("late", "已超期", book.now),
        ("today", "今天到期", today + words.DAY),
        ("week", "七天内到期", today + 8 * words.DAY),
        ("later", "以后", 1 << 62),
    )
    groups, since = [], 0
    for key, title, until in bounds:
        groups.append(Group(key, title, [line(one, book) for one in waiting if since <= one.due < until]))
        since = until
    return groups
