"""Scanned papers come to a case: several files at once, each a page of the paper that was named."""

import hashlib
import secrets
from typing import Any

from litestar import Response, post
from litestar.datastructures import UploadFile
from litestar.exceptions import HTTPException
from litestar.params import FromPath

from daiban_server.console import words
from daiban_server.console.cases.one import whole
from daiban_server.console.languages.spoken import say
from daiban_server.console.pages import Asked, go
from daiban_server.db.program import Program
from daiban_server.features.cases.routes import whole_case
from daiban_server.features.photos import scanning
from daiban_server.features.photos.problems import PhotoError
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.records import hand_in_all
from daiban_server.http.session import GivenSession, SignedIn, check_csrf
from daiban_server.services import GivenServices, Services
from daiban_server.spine import views
from daiban_server.spine.apply import blank
from daiban_sync import ids

MOST = 20
ALL_BYTES = 100_000_000
"""Files, and bytes, of one form."""
NAME = 100


@post(
    "/cases/{record:str}/scans", opt={"action": "record.write", "csrf_in_form": True}, request_max_body_size=ALL_BYTES
)
async def add(record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """Keep the files as pages of a paper; one that is no picture is said, and then none is kept."""
    case = checked_id(record, "record.unknown")
    try:
        form = await request.form()
    except HTTPException:
        raise
    except Exception:
        # The form's reader has errors of its own for each way in which a form can be broken.
        raise ProblemError("request.invalid") from None
    check_csrf(str(form.get("csrf", "")), session)
    await services.database.read(whole_case(session, case))
    paper = next((text.strip() for name in ("other", "paper") if not blank(text := str(form.get(name, "")))), "")
    files = [one for one in form.getall("scan", []) if isinstance(one, UploadFile) and one.filename]
    error = _wrong(paper, files)
    if not error:
        error = await _take(record, paper, [(one.filename, await one.read()) for one in files], session, services)
    if error:
        return await whole(record, session, services, errors={"": error}, failed="scans", given={"paper": paper})
    return go(f"/cases/{record}", "scanned", "papers")


def _wrong(paper: str, files: list[UploadFile]) -> str:
    if not files:
        return "请选扫描好的图片。"
    if len(files) > MOST:
        return say("一次最多 {0} 张。", MOST)
    if not paper or len(paper) > NAME:
        return "请选这是什么材料，或者写上名称。"
    return ""


async def _take(case: str, paper: str, files: list[tuple[str, bytes]], session: SignedIn, services: Services) -> str:
    """Keep all files, or say what is wrong with the first that cannot be kept."""
    now, centre, seen = services.now(), session.clerk.centre, []
    for name, content in files:
        try:
            seen.append(await scanning.look(content, services))
        except PhotoError as error:
            return say("“{0}”存不了：{1}请存成 JPG 或 PNG 再来。", name, words.wrong(error.code))
    kept, bodies = await services.database.read(_kept(centre, bytes.fromhex(case), paper)), []
    for (_, content), picture in zip(files, seen, strict=True):
        digest = hashlib.sha256(content).hexdigest()
        if digest in kept:  # a form that was sent twice
            continue
        record, page = ids.uuid7(now, secrets.token_bytes(10)), len(kept) + 1
        kept.add(digest)
        await scanning.store(centre, record, content, services)
        bodies.append(scanning.described(record.hex(), case, paper, page, content, picture, at=now, by=session.person))
    if not bodies:
        return ""
    try:
        await hand_in_all(bodies, case, session, services)
    except ProblemError as error:
        return words.wrong(error.code)
    return ""


def _kept(centre: bytes, case: bytes, paper: str) -> Program[set[str]]:
    """The digests of what is there of a paper."""
    shown = yield from views.shown(views.OF_PARENT, centre, parent_id=case, kind_name="photo")
    return {str(one.view.values.get("sha256")) for one in shown if one.view.values.get("paper") == paper}
