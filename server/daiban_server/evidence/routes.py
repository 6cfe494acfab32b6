"""``POST /v1/cases/{case}/evidence``: a case's file, for who may prove it to others."""

import asyncio
from typing import Annotated

from litestar import Response, post
from litestar.params import FromPath, JSONBody
from msgspec import Meta, Struct

from daiban_server import audit
from daiban_server.db.program import Program
from daiban_server.evidence.gather import Asking, Gathered, finished, gather, sha256_of
from daiban_server.evidence.pictures import Picture, picture
from daiban_server.features.photos.port import PhotoStore
from daiban_server.http.problems import checked_id
from daiban_server.http.reveal import about
from daiban_server.http.session import GivenSession
from daiban_server.keystore import ServerKeys
from daiban_server.services import GivenServices
from daiban_server.spine import views
from daiban_server.spine.apply import blank
from daiban_server.spine.refusal import Refusal
from daiban_sync.errors import WireError
from daiban_sync.evidence.document import FILE_BYTES, encode

MEDIA_TYPE = "application/vnd.daiban.evidence+json"
REASON = 200
"""Characters of a reason."""


class EvidenceIn(Struct):
    """Why it is taken out of the house, and whether with the pictures' bytes."""

    reason: Annotated[str, Meta(max_length=REASON)]
    photos: bool = False


@post("/v1/cases/{record:str}/evidence", opt={"action": "evidence.export"}, status_code=200, media_type=MEDIA_TYPE)
async def evidence(
    record: FromPath[str], data: JSONBody[EvidenceIn], session: GivenSession, services: GivenServices
) -> Response[bytes]:
    """A case's evidence file; with `photos` their bytes too. The act is recorded, with its reason, which stands in no
    address: those end up in every proxy's log."""
    check_reason(data.reason)
    case, clerk = checked_id(record, "record.unknown"), session.clerk
    asking = Asking(clerk.centre, clerk.person, services.now())
    gathered = await services.database.read(gather(asking, case, services.keys))
    await services.database.write(clerk.centre, lambda: noted(asking, case, data.reason))
    file = await written(gathered, services.keys, services.photos if data.photos else None)
    name = f'attachment; filename="{case.hex()}.evidence"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return Response(file, media_type=MEDIA_TYPE, headers=headers)


def check_reason(reason: str) -> None:
    """Raise `Refusal("evidence.reason")` where nobody says why, or at too great a length."""
    if blank(reason) or len(reason) > REASON or "\x00" in reason:
        raise Refusal("evidence.reason")


def noted(asking: Asking, case: bytes, reason: str, way: str = "") -> Program[None]:
    """Record that somebody took a case's evidence out of the house, why, and in which `way` if not by his account."""
    (one,) = yield from views.shown(views.BY_ID, asking.centre, record_id=case)
    told = f"{about(one)}{way}"
    yield from audit.note(asking.centre, asking.person, "evidence.export", case, reason, asking.now, told)


async def written(gathered: Gathered, keys: ServerKeys, photos: PhotoStore | None) -> bytes:
    """The file's bytes, with the pictures where a store is given. Raises `WireError("evidence.too_large")`."""
    found = await _pictures(gathered, keys, photos) if photos else {}
    return await asyncio.to_thread(lambda: encode(finished(gathered, found, keys)))


async def _pictures(gathered: Gathered, keys: ServerKeys, photos: PhotoStore) -> dict[str, Picture]:
    centre, found, room = bytes.fromhex(gathered.document.centre), dict[str, Picture](), FILE_BYTES // 2
    for digest in dict.fromkeys(map(sha256_of, gathered.document.photos)):
        room -= await photos.size(centre, bytes.fromhex(digest))
        if room < 0:
            raise WireError("evidence.too_large")
        found[digest] = await picture(photos, keys, centre, bytes.fromhex(digest))
    return found
