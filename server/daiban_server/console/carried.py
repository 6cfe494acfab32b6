"""代交文件: hands in what an agent's phone wrote to a stick, from any computer's browser, and gives the receipts back.

Everybody may, as at `http.bundles`: the pieces are sealed and signed. With scripts it takes many files and shows how
each fares; without, one at a time.
"""

from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import UploadFile
from litestar.exceptions import HTTPException
from litestar.response import Template

from daiban_server.console import words
from daiban_server.console.pages import page
from daiban_server.http.bundles import MEDIA_TYPE, take_in
from daiban_server.http.problems import ProblemError
from daiban_server.services import GivenServices
from daiban_sync import bundle
from daiban_sync.errors import SyncError

ROOM = 2**16
"""Bytes of a form around its file."""


@get("/hand-in")
async def hand_in_page() -> Template:
    """Where files are chosen or dropped."""
    return _page()


def _page(error: str = "", status: int = 200) -> Template:
    return page("hand_in", {"title": "代交文件", "error": error}, status)


@post("/hand-in", request_max_body_size=bundle.PIECE_BYTES + ROOM)
async def hand_in(request: Request[Any, Any, Any], services: GivenServices) -> Response[Any]:
    """One file by a plain form; the answer is a file to save beside it."""
    try:
        form = await request.form()
    except HTTPException:
        raise
    except Exception:
        # The form's reader has errors of its own for each way in which a form can be broken.
        raise ProblemError("request.invalid") from None
    chosen = form.get("file")
    if not isinstance(chosen, UploadFile) or not chosen.filename:
        return _page("请先选一个文件。", 422)
    try:
        answer = await take_in(await chosen.read(), services)
    except (ProblemError, SyncError) as error:
        return _page(words.wrong(error.code), 422)
    headers = {"Content-Disposition": 'attachment; filename="receipts.answer"'}
    return Response(answer, media_type=MEDIA_TYPE, headers=headers)
