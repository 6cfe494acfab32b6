"""Problems in words, on a page with the way on; whoever is not signed in is led to the door."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from litestar import MediaType, Response
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException, ValidationException
from litestar.response import Redirect, Template
from litestar.status_codes import HTTP_500_INTERNAL_SERVER_ERROR
from litestar.types import Scope

from daiban_schemas.problem import PROBLEMS
from daiban_server.coded_error import CodedError
from daiban_server.console.language import asked_of, hear
from daiban_server.console.pages import STEPS, Asked, go, page, safe
from daiban_server.console.words import problem
from daiban_server.http import problems
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import find_session
from daiban_server.spine.refusal import Refusal
from daiban_sync.errors import SyncError


def on_problem(request: Asked, error: ProblemError) -> Response[Any]:
    """What a handler raised on purpose. Who is not signed in is led to the door, and from there back to here."""
    if error.code == "session.missing":
        if request.method == "GET":
            return Redirect(f"/sign-in?{urlencode({'next': safe(asked_of(request))})}", status_code=303)
        return go("/sign-in", "expired")
    step = STEPS.get(error.code.removeprefix("session."))
    if step is not None:
        return go(step)
    if error.code == "session.complete":
        return go("/summary")
    if error.code == "session.stale":
        return go("/account/proof")
    return problem_page(request, error.code, error.headers)


def problem_page(request: Asked, code: str, headers: Mapping[str, str] | None = None) -> Template:
    """A problem in words, with the way on."""
    hear(request)  # what was refused at the door has not been heard yet
    title, advice = problem(code)
    known = PROBLEMS.get(code, PROBLEMS["server.fault"])
    session = request.scope["state"].get("session")
    context = {
        "title": title,
        "problem": title,
        "advice": advice,
        "code": code,
        "session": session,
    }
    return page("problem", context, known.status, headers)


def on_sync_error(request: Asked, error: SyncError) -> Response[Any]:
    """What the rules refused."""
    return problem_page(request, error.code)


def on_refusal(request: Asked, error: Refusal) -> Response[Any]:
    """An act that cannot be obeyed."""
    return problem_page(request, error.code)


def on_coded(request: Asked, error: CodedError) -> Response[Any]:
    """What a feature raised."""
    return problem_page(request, error.code)


def on_http(request: Asked, error: HTTPException) -> Response[Any]:
    """The framework's own refusals."""
    if error.status_code >= HTTP_500_INTERNAL_SERVER_ERROR:
        return on_fault(request, error)
    return problem_page(request, *problems.framework(error))


def on_validation(request: Asked, error: ValidationException) -> Response[Any]:
    """An address or a form that does not fit."""
    return problem_page(request, "request.invalid")


def on_fault(request: Asked, error: Exception) -> Response[Any]:
    """A fault of ours, logged where the API's are."""
    busy = problems.on_fault(request, error).status_code == PROBLEMS["server.busy"].status
    return problem_page(request, "server.busy" if busy else "server.fault")


HANDLERS: dict[Any, Any] = {
    ProblemError: on_problem,
    SyncError: on_sync_error,
    Refusal: on_refusal,
    CodedError: on_coded,
    ValidationException: on_validation,
    HTTPException: on_http,
    Exception: on_fault,
}


# Outside the console's routes ---------------------------------------------------------------------------------------


def browsing(connection: ASGIConnection[Any, Any, Any, Any]) -> bool:
    """Whether somebody asked in a browser's window, for a page or for a file that a page links to. Programs and scripts
    ask for neither by name."""
    if "text/html" not in connection.headers.get("accept", ""):
        return False
    if not connection.scope["path"].startswith("/v1/"):
        return True
    handler = connection.scope.get("route_handler")
    kind = getattr(handler, "media_type", None) or MediaType.JSON
    return connection.scope.get("method") == "GET" and kind not in (MediaType.JSON, MediaType.TEXT)


async def recognise(error: Exception, scope: Scope) -> None:
    """Whose problem it is, where an address fits no route and so no guard has asked: his page has the menu."""
    connection: ASGIConnection[Any, Any, Any, Any] = ASGIConnection(scope)
    if isinstance(error, HTTPException) and "session" not in scope["state"] and browsing(connection):
        scope["state"]["session"] = await find_session(connection, connection.app.state.services, used=False)


def _as_asked(page: Callable[..., Response[Any]], document: Callable[..., Response[Any]]) -> Any:
    def answer(request: Asked, error: Exception) -> Response[Any]:
        return page(request, error) if browsing(request) else document(request, error)

    return answer


EITHER = {error: _as_asked(HANDLERS[error], document) for error, document in problems.HANDLERS.items()}
"""For every address that is none of the console's pages: a page for whoever browses, a document for a program."""
