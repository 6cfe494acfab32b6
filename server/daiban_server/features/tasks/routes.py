"""Tasks of a centre by the API: open ones and those done, and what people do with them."""

from typing import Annotated

from litestar import Controller, get, post
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Meta, Struct

from daiban_server.db.program import Program
from daiban_server.features.tasks import acting
from daiban_server.features.tasks.reading import TaskOut, done_tasks, open_tasks, whole
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession
from daiban_server.services import GivenServices
from daiban_server.spine.apply import blank

Sentence = Annotated[str, Meta(min_length=1, max_length=500, pattern=r"\S")]


class Handing(Struct, frozen=True):
    """To whom, by id, and what for."""

    to: str
    text: Sentence


class Asking(Struct, frozen=True):
    """Whom to ask to look at a record, and what for."""

    record: str
    to: str
    text: Sentence


class Closing(Struct, frozen=True):
    """A word of what was done."""

    text: Annotated[str, Meta(max_length=500)] = ""


class Handed(Struct, frozen=True):
    """The task that was made."""

    id: str


class Tasks(Controller):
    """What somebody has to look at."""

    path = "/v1/tasks"

    @get("/", opt={"action": "task.read"})
    async def open(
        self, session: GivenSession, services: GivenServices, closed: FromQuery[bool] = False
    ) -> list[TaskOut]:
        """The centre's open tasks, oldest first; or with `closed` the last 200 that are done."""
        program = done_tasks if closed else open_tasks
        return await services.database.read(program(session.clerk.centre))

    @get("/{task:str}", opt={"action": "task.read"})
    async def one(self, task: FromPath[str], session: GivenSession, services: GivenServices) -> TaskOut:
        """One task with all that was done about it."""
        id_ = checked_id(task, "request.not_found")
        return await services.database.read(found(session.clerk.centre, id_))

    @post("/", opt={"action": "task.close"}, status_code=201)
    async def ask(self, data: JSONBody[Asking], session: GivenSession, services: GivenServices) -> Handed:
        """Ask a colleague to look at a case, a household, a visit or an opinion."""
        record, to = checked_id(data.record, "record.unknown"), checked_id(data.to, "person.unknown")
        clerk, now = session.clerk, services.now()
        made = await services.database.write(clerk.centre, lambda: acting.ask(clerk, record, to, _said(data.text), now))
        return Handed(made.hex())

    @post("/{task:str}/hand", opt={"action": "task.close"}, status_code=204)
    async def hand(
        self, task: FromPath[str], data: JSONBody[Handing], session: GivenSession, services: GivenServices
    ) -> None:
        """Hand it to a colleague, who is told."""
        id_, to = checked_id(task, "request.not_found"), checked_id(data.to, "person.unknown")
        clerk, now = session.clerk, services.now()
        await services.database.write(clerk.centre, lambda: acting.hand(clerk, id_, to, _said(data.text), now))

    @post("/{task:str}/take-back", opt={"action": "task.close"}, status_code=204)
    async def take_back(self, task: FromPath[str], session: GivenSession, services: GivenServices) -> None:
        """Whoever handed it over, or the head, has it himself again."""
        id_, clerk, now = checked_id(task, "request.not_found"), session.clerk, services.now()
        await services.database.write(clerk.centre, lambda: acting.take_back(clerk, id_, now))

    @post("/{task:str}/done", opt={"action": "task.close"}, status_code=204)
    async def done(
        self,
        task: FromPath[str],
        session: GivenSession,
        services: GivenServices,
        data: JSONBody[Closing | None] = None,
    ) -> None:
        """It is done; the body, which may be left out, says what was done."""
        id_, clerk, now = checked_id(task, "request.not_found"), session.clerk, services.now()
        text = data.text.strip() if data else ""
        await services.database.write(clerk.centre, lambda: acting.done(clerk, id_, text, now))

    @post("/{task:str}/undo", opt={"action": "task.close"}, status_code=204)
    async def undo(self, task: FromPath[str], session: GivenSession, services: GivenServices) -> None:
        """It was not done after all."""
        id_, clerk, now = checked_id(task, "request.not_found"), session.clerk, services.now()
        await services.database.write(clerk.centre, lambda: acting.undo(clerk, id_, now))


def _said(text: str) -> str:
    """A sentence that says something. Raises `ProblemError("request.invalid")`."""
    if blank(text):
        raise ProblemError("request.invalid", detail="a sentence is wanted")
    return text.strip()


def found(centre: bytes, task: bytes) -> Program[TaskOut]:
    """A task of a centre. Raises `ProblemError("request.not_found")`."""
    one = yield from whole(centre, task)
    if one is None:
        raise ProblemError("request.not_found")
    return one
