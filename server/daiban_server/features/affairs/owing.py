"""What is owed for an opinion, with its sentence, for whoever looks after it."""

from litestar import get
from litestar.params import FromPath
from msgspec import Struct

from daiban_server import days
from daiban_server.db.program import Program
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession
from daiban_server.limits.calendar import local_day
from daiban_server.limits.opinions import owed
from daiban_server.limits.sentences import LABELS, sentence, standing
from daiban_server.services import GivenServices
from daiban_server.spine import views


class OpinionLimit(Struct, frozen=True):
    """A limit of an opinion, as those of cases. `why` explains it in one sentence, `left` says how it stands; days are
    ``YYYY-MM-DD``."""

    kind: str
    label: str
    due: str
    state: str
    closed: str | None
    why: str
    left: str


@get("/v1/opinions/{record:str}/deadlines", opt={"action": "record.read"})
async def opinion_limits(record: FromPath[str], session: GivenSession, services: GivenServices) -> list[OpinionLimit]:
    """The answer that is owed; of a bad rating the call and the mending."""
    opinion, now = checked_id(record, "record.unknown"), services.now()
    return await services.database.read(limits_of(session.clerk.centre, opinion, now))


def limits_of(centre: bytes, opinion: bytes, now: int) -> Program[list[OpinionLimit]]:
    """The limits of an opinion as they stand now. Raises `ProblemError`: ``record.unknown``."""
    found = yield from views.shown(views.BY_ID, centre, record_id=opinion)
    if not found or found[0].view.kind != "opinion":
        raise ProblemError("record.unknown")
    calendar, today = (yield from days.calendar()), local_day(now)
    return [
        OpinionLimit(
            *(one.kind, LABELS[one.kind], one.due.isoformat(), one.state),
            one.closed.isoformat() if one.closed else None,
            *(sentence(one, calendar, today), standing(one, calendar, today)),
        )
        for one in owed(found[0].view.values, calendar, today)
    ]
