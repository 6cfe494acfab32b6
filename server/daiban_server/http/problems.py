"""Errors as RFC 9457 problem documents with a stable code and advice, in the reader's language."""

import datetime
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.status_codes import HTTP_500_INTERNAL_SERVER_ERROR

from daiban_schemas.problem import PROBLEMS, words
from daiban_server.coded_error import CodedError
from daiban_server.logs import logger, route_of
from daiban_server.spine.refusal import Refusal
from daiban_sync.errors import SyncError
from daiban_sync.ids import is_id

_logger = logger(__name__)

MEDIA_TYPE = "application/problem+json"
_BY_STATUS = {
    401: "session.missing",
    403: "permission.denied",
    404: "request.not_found",
    405: "request.method",
    413: "body.too_large",
    415: "request.media_type",
}


class ProblemError(Exception):
    """Raised by handlers: a code of the catalogue, members beside it, and headers."""

    def __init__(self, code: str, headers: dict[str, str] | None = None, **members: Any) -> None:
        super().__init__(code)
        self.code = code
        self.headers = headers or {}
        self.members = members


def problem(
    request: Request[Any, Any, Any], code: str, headers: dict[str, str] | None = None, **members: Any
) -> Response[bytes]:
    """A problem document."""
    known = PROBLEMS.get(code, PROBLEMS["server.fault"])
    language = "en" if request.headers.get("accept-language", "").lower().startswith("en") else "zh"
    title, advice = words(code, language)
    document = {
        "type": f"urn:daiban:problem:{code}",
        "title": title,
        "status": known.status,
        "code": code,
        "advice": advice,
        **members,
    }
    return Response(msgspec.json.encode(document), status_code=known.status, media_type=MEDIA_TYPE, headers=headers)


def on_problem(request: Request[Any, Any, Any], error: ProblemError) -> Response[bytes]:
    """What a handler raised on purpose."""
    return problem(request, error.code, error.headers, **error.members)


def on_sync_error(request: Request[Any, Any, Any], error: SyncError) -> Response[bytes]:
    """What the rules refused; the detail names no personal data."""
    return problem(request, error.code, detail=error.detail)


def on_coded(request: Request[Any, Any, Any], error: CodedError) -> Response[bytes]:
    """What a feature raised, in the words of the catalogue."""
    return problem(request, error.code)


def on_validation(request: Request[Any, Any, Any], error: ValidationException) -> Response[bytes]:
    """A request whose form does not fit; values are not quoted back."""
    return problem(request, "request.invalid")


def on_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[bytes]:
    """The framework's own refusals; what a path does not allow says what it does (RFC 9110, 15.5.6)."""
    if error.status_code >= HTTP_500_INTERNAL_SERVER_ERROR:
        return on_fault(request, error)
    return problem(request, *framework(error))


def framework(error: HTTPException) -> tuple[str, dict[str, str]]:
    """The code of a refusal of the framework's, and the headers that belong to it."""
    allow = {name: value for name, value in (error.headers or {}).items() if name == "allow"}
    return _BY_STATUS.get(error.status_code, "request.invalid"), allow


def on_fault(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """A fault of ours: logged, and told without detail. A database that cannot commit asks to try later."""
    _logger.error("a request failed", **route_of(request.scope), exc_info=error)
    if type(error).__name__ in ("DataError", "CharacterNotInRepertoireError"):
        return problem(request, "request.invalid")
    if _is_database(error):
        return problem(request, "server.busy", {"Retry-After": "5"})
    return problem(request, "server.fault")


def _is_database(error: Exception) -> bool:
    return type(error).__module__.partition(".")[0] in ("sqlcipher3", "asyncpg", "sqlite3", "builtins") and (
        isinstance(error, OSError) or type(error).__module__ != "builtins"
    )


def on_refusal(request: Request[Any, Any, Any], error: Refusal) -> Response[bytes]:
    """An act that the spine refused."""
    return problem(request, error.code)


def checked_id(text: str, code: str) -> bytes:
    """An id of a path or a body as 16 bytes. Raises `ProblemError(code)` for what is none."""
    if not is_id(text):
        raise ProblemError(code)
    return bytes.fromhex(text)


def checked_day(text: str) -> datetime.date:
    """A day of a path or a query. Raises `ProblemError("request.invalid")` for what is none."""
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise ProblemError("request.invalid", detail="a day is written YYYY-MM-DD") from None


HANDLERS: dict[Any, Any] = {
    ProblemError: on_problem,
    Refusal: on_refusal,
    SyncError: on_sync_error,
    CodedError: on_coded,
    ValidationException: on_validation,
    HTTPException: on_http,
    Exception: on_fault,
}
