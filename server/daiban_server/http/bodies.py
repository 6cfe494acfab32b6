"""JSON bodies, before any handler reads them."""

from typing import Annotated, Any

from litestar import Request
from msgspec import Meta

from daiban_server.http.problems import ProblemError
from daiban_sync import limits

Whole = Annotated[int, Meta(ge=0, le=limits.INTEGER)]
"""A count, a position or a time in Unix milliseconds, as a body may say it: what a column and JavaScript both hold. A
larger one would end in the database's driver."""


async def without_nul(request: Request[Any, Any, Any]) -> None:
    """Refuse a JSON body that says U+0000: SQLite would keep it, PostgreSQL not, and no text of a person has it."""
    if "json" in request.headers.get("content-type", "") and b"\\u0000" in await request.body():
        raise ProblemError("request.invalid", detail="U+0000 in a text")
