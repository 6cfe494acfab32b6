"""JSON bodies, before any handler reads them."""

from typing import Annotated, Any

import msgspec
from litestar import Request
from msgspec import Meta

from daiban_server.http.problems import ProblemError
from daiban_sync import limits

Whole = Annotated[int, Meta(ge=0, le=limits.INTEGER)]
"""A count, a position or a time in Unix milliseconds, as a body may say it: what a column and JavaScript both hold. A
larger one would end in the database's driver."""


async def readable(request: Request[Any, Any, Any]) -> None:
    """Refuse a body that the framework's decoder would break over, or that says U+0000: SQLite would keep it,
    PostgreSQL not, and no text of a person has it. Only where a handler takes JSON, which it then does whatever the
    body calls itself; what is read raw is not read here."""
    if "data" not in request.route_handler.parsed_fn_signature.parameters:
        return
    body = await request.body()
    if b"\\u0000" in body:
        raise ProblemError("request.invalid", detail="U+0000 in a text")
    try:
        body.decode()
        msgspec.json.decode(body, type=msgspec.Raw)
    except (UnicodeDecodeError, RecursionError):
        raise ProblemError("request.invalid", detail="not readable JSON") from None
    except msgspec.DecodeError:
        return  # the handler's own type says what is missing; some take no body at all
