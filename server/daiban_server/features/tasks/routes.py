"""Open tasks of a centre, and closing one."""

from litestar import Controller, get, post
from litestar.params import FromPath
from msgspec import Struct
from sqlalchemy import bindparam, select, update

from daiban_server.db import schema
from daiban_server.db.program import Program, first, rows
from daiban_server.http.people import names_of
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession
from daiban_server.services import GivenServices

_t = schema.task.c
_LIST = (
    select(_t.id, _t.person, _t.record, _t.code, _t.created)
    .where(_t.centre == bindparam("centre_id"), _t.done_at.is_(None))
    .order_by(_t.created)
    .limit(500)
)
_CLOSE = (
    update(schema.task)
    .where(_t.id == bindparam("task_id"), _t.centre == bindparam("centre_id"), _t.done_at.is_(None))
    .values(done_at=bindparam("at"))
    .returning(_t.id)
)


class TaskOut(Struct, frozen=True):
    """A task; `code` says what happened (``visit.finished``: a report without effect), `created` in Unix
    milliseconds."""

    id: str
    person: str
    record: str
    code: str
    created: int


class Tasks(Controller):
    """What somebody has to look at."""

    path = "/v1/tasks"

    @get("/", opt={"action": "task.read"})
    async def open(self, session: GivenSession, services: GivenServices) -> list[TaskOut]:
        """The centre's open tasks, oldest first."""
        return await services.database.read(open_tasks(session.clerk.centre))

    @post("/{task:str}/done", opt={"action": "task.close"}, status_code=204)
    async def done(self, task: FromPath[str], session: GivenSession, services: GivenServices) -> None:
        """Somebody has looked."""
        id_, centre, now = checked_id(task, "request.not_found"), session.clerk.centre, services.now()
        closed = await services.database.write(centre, lambda: first(_CLOSE, task_id=id_, centre_id=centre, at=now))
        if closed is None:
            raise ProblemError("request.not_found")


def open_tasks(centre: bytes) -> Program[list[TaskOut]]:
    """The centre's open tasks with the names of whom they are for."""
    found = yield from rows(_LIST, centre_id=centre)
    names = yield from names_of({row[1].hex() for row in found if row[1]})
    return [
        TaskOut(row[0].hex(), names.get(row[1].hex(), "") if row[1] else "", row[2].hex(), row[3], row[4])
        for row in found
    ]
