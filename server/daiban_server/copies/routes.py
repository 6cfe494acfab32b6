"""``POST /v1/copies``: a resident's copy of his own data, handed out by the head."""

import asyncio
from typing import Annotated, Literal
from urllib.parse import quote

import msgspec
from litestar import Response, post
from litestar.params import JSONBody
from msgspec import Meta, Struct

from daiban_server import audit
from daiban_server.copies.gather import Asking, Copy, RecordOut, gather
from daiban_server.copies.paper import paper
from daiban_server.db.program import Program
from daiban_server.features.papers.documents import Office
from daiban_server.features.papers.problems import PaperError
from daiban_server.features.papers.render import render
from daiban_server.features.photos.looking import clear
from daiban_server.features.photos.problems import PhotoError
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.reveal import about, short
from daiban_server.http.session import GivenSession
from daiban_server.printing.case_file import office_of
from daiban_server.services import GivenServices, Services
from daiban_server.spine import views
from daiban_server.spine.apply import blank
from daiban_sync.errors import SyncError

PICTURES = 128 * 2**20
"""Bytes of pictures in one copy."""
_TYPES = {"pdf": "application/pdf", "json": "application/json"}


class CopyIn(Struct):
    """Whose copy: `record` is a household or a case, `person` somebody in the household by name or identity number (""
    for all of it); why; and as what. `photos`: with the pictures, which JSON alone can hold."""

    record: str
    reason: Annotated[str, Meta(max_length=200)]
    person: Annotated[str, Meta(max_length=60)] = ""
    form: Literal["pdf", "json"] = "pdf"
    photos: bool = False


@post("/v1/copies", opt={"action": "person.copy"}, status_code=200)
async def copy(data: JSONBody[CopyIn], session: GivenSession, services: GivenServices) -> Response[bytes]:
    """The copy as a file. Problems: ``copy.reason``, ``record.unknown``, ``copy.nobody``, ``copy.too_large``. The act
    is recorded before anything is shown."""
    if blank(data.reason) or "\x00" in data.reason + data.person:
        raise ProblemError("copy.reason")
    record, clerk = checked_id(data.record, "record.unknown"), session.clerk
    asking = Asking(clerk.centre, clerk.person, services.keys.desk_device(clerk.centre), services.now())

    def made() -> Program[tuple[Copy, Office, str]]:
        copy = yield from gather(asking, record, data.person.strip())
        (shown,) = yield from views.shown(views.BY_ID, clerk.centre, record_id=record)
        whose = " ".join(filter(None, (about(shown), short(copy.person))))
        return copy, (yield from office_of(clerk.centre)), f"{whose}（{data.form}）"

    found, office, told = await services.database.read(made())
    await services.database.write(
        clerk.centre,
        lambda: audit.note(clerk.centre, clerk.person, "person.export", record, data.reason, asking.now, told),
    )
    if data.form == "json":
        whole = await _with_pictures(found, clerk.centre, services) if data.photos else found
        body = await asyncio.to_thread(lambda: msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n")
    else:
        body = await _printed(found, office, services.settings.watermark)
    name = quote(f"个人信息副本.{data.form}", "")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Cache-Control": "no-store"}
    return Response(body, media_type=_TYPES[data.form], headers=headers)


async def _printed(found: Copy, office: Office, watermark: str) -> bytes:
    try:
        return await asyncio.to_thread(lambda: render(paper(found, office), watermark=watermark))
    except PaperError as error:
        raise ProblemError(error.code) from None


async def _with_pictures(found: Copy, centre: bytes, services: Services) -> Copy:
    records, room = [], PICTURES
    for one in found.records:
        data = await _picture(one, centre, services)
        room -= len(data or b"")
        if room < 0:
            raise ProblemError("copy.too_large")
        records.append(msgspec.structs.replace(one, photo=data))
    return msgspec.structs.replace(found, records=records)


async def _picture(one: RecordOut, centre: bytes, services: Services) -> bytes | None:
    """A photo's picture; None for what is none, has not come, or does not open."""
    digest = next((field.value for field in one.fields if field.name == "sha256"), None)
    if one.kind != "photo" or not isinstance(digest, str):
        return None
    try:
        blocks = clear(services.photos, services.keys, centre, bytes.fromhex(digest))
        return b"".join([block async for block in blocks])
    except (PhotoError, SyncError):
        return None
