"""JSON bodies, before any handler reads them."""

from typing import Any

from litestar import Request

from daiban_server.http.problems import ProblemError


async def without_nul(request: Request[Any, Any, Any]) -> None:
    """Refuse a JSON body that says U+0000: SQLite would keep it, PostgreSQL not, and no text of a person has it."""
    if "json" in request.headers.get("content-type", "") and b"\\u0000" in await request.body():
        raise ProblemError("request.invalid", detail="U+0000 in a text")
