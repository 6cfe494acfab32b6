"""待办: the list of what is open and what was done, one task with its story, and what people do with it."""

from collections.abc import Container, Mapping
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Template
from sqlalchemy import bindparam, select

from daiban_server.console import words
from daiban_server.console.languages.spoken import say
from daiban_server.console.pages import Asked, go, said_in, show, signed_form
from daiban_server.console.reading.book import book_of
from daiban_server.console.reading.tasks import lines
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.features.tasks import acting
from daiban_server.features.tasks.reading import done_tasks, open_tasks, whole
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.permissions import ACTIONS, may
from daiban_server.services import GivenServices, Services
from daiban_sync.ids import is_id

LONGEST = 500
DONE = 30
"""Days for which what is done stays on the page."""
SAID = {"hand": "task-handed", "take-back": "task-back", "done": "done", "undo": "task-undone"}

_p = schema.person.c
_DESK = select(_p.id, _p.name, _p.role).where(_p.centre == bindparam("centre_id"), _p.active).order_by(_p.name)


@get("/tasks", opt={"action": "task.read"})
async def tasks(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """Open ones, one's own first, and what was done lately."""
    program = _all(session, services)
    return await show("tasks/list", services, session, program, here="tasks", title="待办", said=said_in(request))


def _all(session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    book = yield from book_of(session, services)
    found = yield from lines((yield from open_tasks(book.centre)), book)
    lately = [one for one in (yield from done_tasks(book.centre)) if (one.done_at or 0) > book.now - DONE * words.DAY]
    return {
        "mine": [one for one in found if one.mine],
        "others": [one for one in found if not one.mine],
        "done": (yield from lines(lately, book)),
        "days": DONE,
    }


@get("/tasks/{task:str}", opt={"action": "task.read"})
async def task(task: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """One task: what it is about, what was done about it, and what may be done now."""
    return await _one(task, session, services, said=said_in(request))


async def _one(
    task: str,
    session: SignedIn,
    services: Services,
    *,
    said: str = "",
    given: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
) -> Template:
    return await show(
        "tasks/one",
        services,
        session,
        _read(checked_id(task, "request.not_found"), session, services),
        422 if errors else 200,
        here="tasks",
        title="待办",
        said=said,
        given={"act": "", "to": "", "text": "", **(given or {})},
        errors=errors or {},
        longest=LONGEST,
        may_close=may(session.role, "task.close"),
    )


def _read(task: bytes, session: SignedIn, services: Services) -> Program[Mapping[str, Any]]:
    book = yield from book_of(session, services)
    found = yield from whole(book.centre, task)
    if found is None:
        raise ProblemError("request.not_found")
    [line] = yield from lines([found], book)
    gave = next((act.by_id for act in reversed(found.acts) if act.act in ("asked", "handed")), "")
    return {
        "task": line,
        "people": [one for one in (yield from colleagues(session)) if one[0] != found.person_id],
        "may_take_back": gave and not line.mine and (gave == session.person or session.role == "head"),
    }


def colleagues(session: SignedIn, roles: Container[str] = ACTIONS["task.close"]) -> Program[list[tuple[str, str, str]]]:
    """Who works at the centre in one of these roles, those who may be given a task, as id, name and role."""
    found = yield from rows(_DESK, centre_id=session.clerk.centre)
    return [(id_.hex(), name, role) for id_, name, role in found if role in roles]


# What is done with it ---------------------------------------------------------------------------------------------


@post("/tasks/{task:str}/{name:str}", opt={"action": "task.close", "csrf_in_form": True})
async def act(
    task: FromPath[str], name: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """Hand it over, take it back, say that it is done, undo that."""
    form = await signed_form(request, session)
    id_ = checked_id(task, "request.not_found")
    if name not in SAID:
        raise ProblemError("request.not_found")
    errors = sentence(form, to=name == "hand") if name in ("hand", "done") else {}
    if errors:
        return await _one(task, session, services, given={**form, "act": name}, errors=errors)
    program = _program(name, id_, form, session, services.now())
    try:
        await services.database.write(session.clerk.centre, program)
    except ProblemError as error:
        if error.code in ("request.not_found", "task.over"):
            return go("/tasks", "done-before")
        wrong = {"to" if name == "hand" else "": words.wrong(error.code)}
        return await _one(task, session, services, given={**form, "act": name}, errors=wrong)
    return go("/tasks" if name == "done" else f"/tasks/{task}", SAID[name])


def _program(name: str, task: bytes, form: Mapping[str, str], session: SignedIn, now: int) -> Any:
    clerk, text = session.clerk, form.get("text", "").strip()
    if name == "hand":
        return lambda: acting.hand(clerk, task, bytes.fromhex(form["to"]), text, now)
    if name == "done":
        return lambda: acting.done(clerk, task, text, now)
    return lambda: (acting.take_back if name == "take-back" else acting.undo)(clerk, task, now)


def sentence(form: Mapping[str, str], *, to: bool) -> dict[str, str]:
    """What is wrong with a form that has a sentence in it and, with `to`, somebody to hand something to."""
    errors, text = {}, form.get("text", "").strip()
    if to and not is_id(form.get("to", "")):
        errors["to"] = "请选一位同事。"
    if not text:
        errors["text"] = "请写一句：请他做什么。" if to else "请写一句：办了什么。"
    if len(text) > LONGEST:
        errors["text"] = say("最多写 {0} 个字。", LONGEST)
    return errors


HANDLERS: list[Any] = [tasks, task, act]
