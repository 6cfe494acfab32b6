"""Erasing records with everything under them, in every place where they stand."""

import contextlib
from collections.abc import Sequence

from sqlalchemy import bindparam, select

from daiban_server import audit
from daiban_server.backup import erasure_note
from daiban_server.backup.erasure_note import Erased
from daiban_server.db import schema
from daiban_server.db.program import Program, Row, first, rows
from daiban_server.features.erasure import copies
from daiban_server.features.erasure.copies import Blob
from daiban_server.features.photos.problems import PhotoError
from daiban_server.services import Services
from daiban_server.spine import erasing
from daiban_server.spine.desk import Clerk
from daiban_server.spine.refusal import Refusal

ENDED = frozenset({"archived", "withdrawn", "draft", "not_accepted"})
"""States of a case that may be erased: it is over, or never began."""
KINDS = frozenset({"application", "household", "reception", "opinion"})
"""What is erased by itself; anything else goes with what it belongs to."""

_r = schema.record.c
_RECORD = select(_r.kind, _r.status).where(_r.centre == bindparam("centre_id"), _r.id == bindparam("record_id"))
_CASES = select(_r.id, _r.status).where(
    _r.centre == bindparam("centre_id"), _r.parent == bindparam("record_id"), _r.kind == "application"
)


async def erase(records: Sequence[bytes], clerk: Clerk, reason: str, services: Services) -> int:
    """Erase records of the clerk's centre, for ever; gives how many with what was under them. Raises `Refusal`:
    ``record.unknown``, ``erasure.not_ended``, ``erasure.quarantined``; then nothing is gone."""
    now = services.now()
    family = await services.database.read(_family(clerk.centre, records))
    noted = [Erased(clerk.centre.hex(), one.hex(), now, clerk.person.hex(), reason) for one in family]
    # Before the commit: what is noted and was not erased is erased at the next restore, and that is all.
    erasure_note.append(services.settings.data, noted)

    def everywhere() -> Program[list[Blob]]:
        yield from erasing.erase(clerk.centre, family, clerk.person, reason, now)
        for record in records:
            yield from audit.note(clerk.centre, clerk.person, "record.erase", record, reason, now)
        return (yield from copies.empty(clerk.centre, family, now))

    for blob in await services.database.write(clerk.centre, everywhere):
        with contextlib.suppress(PhotoError):
            await services.photos.forget(blob.centre, blob.digest)
    return len(family)


def _family(centre: bytes, records: Sequence[bytes]) -> Program[list[bytes]]:
    found: dict[bytes, None] = {}
    for record in records:
        row: Row | None = yield from first(_RECORD, centre_id=centre, record_id=record)
        if row is None or row[0] not in KINDS:
            raise Refusal("record.unknown")
        cases = [(record, row[1])] if row[0] == "application" else []
        if row[0] == "household":
            cases = yield from rows(_CASES, centre_id=centre, record_id=record)
        if any(status not in ENDED for _, status in cases):
            raise Refusal("erasure.not_ended")
        found |= dict.fromkeys((yield from erasing.family(centre, record)))
    return list(found)
