"""练习题 on a page, and the button that begins everything anew."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from litestar import get, post
from litestar.response import Redirect, Template

from daiban_server.console.pages import Asked, go, nothing, show, signed_form
from daiban_server.console.training.exercises import AGENTS, EXERCISES, PATH, Exercise
from daiban_server.console.training.told import never
from daiban_server.db.program import Program
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.services import GivenServices

_OPT = {"action": "training.work"}


class Line(NamedTuple):
    """An exercise, and whether it was done; `told` says whether that can be known."""

    of: Exercise
    done: bool
    told: bool


@get(PATH, opt=_OPT)
async def exercises(session: GivenSession, services: GivenServices) -> Template:
    """What to practise, for one's role, and for agents on their phones."""
    return await show(
        "training/exercises", services, session, _lines(session), here="training", title="练习题", agents=AGENTS
    )


def _lines(session: SignedIn) -> Program[Mapping[str, Any]]:
    lines = []
    for one in EXERCISES.get(session.role, ()):
        lines.append(Line(one, (yield from one.told()), one.told is not never))
    return {"lines": lines, "done": sum(one.done for one in lines)}


@get(f"{PATH}/again", opt=_OPT)
async def ask_again(session: GivenSession, services: GivenServices) -> Template:
    """Asks once, and says what goes and how long it takes."""
    return await show("training/again", services, session, nothing(), here="training", title="重新开始练习")


@post(f"{PATH}/again", opt={**_OPT, "csrf_in_form": True})
async def begin_again(request: Asked, session: GivenSession, services: GivenServices) -> Redirect:
    """Put the district back to its beginning; whoever asks for a page meanwhile is told to wait (`training.front`)."""
    await signed_form(request, session)
    services.again.set()
    return go("/sign-in")
