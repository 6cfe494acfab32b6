"""Erasing records with everything under them, in every place where they stand."""

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, select

from daiban_schemas import kinds
from daiban_server import audit, homes
from daiban_server.backup import erasure_note
from daiban_server.backup.archive import BackupError
from daiban_server.backup.erasure_note import Erased
from daiban_server.db import schema
from daiban_server.db.program import Program, Row, first, rows
from daiban_server.features.erasure import copies, searches
from daiban_server.features.erasure.copies import Blob
from daiban_server.features.photos.problems import PhotoError
from daiban_server.logs import logger
from daiban_server.services import Services
from daiban_server.spine import erasing, log, unmade
from daiban_server.spine.desk import Clerk
from daiban_server.spine.refusal import Refusal

ENDED: Mapping[str, frozenset[str]] = {
    "application": frozenset({"archived", "withdrawn", "draft", "not_accepted"}),
    "opinion": frozenset({"answered", "closed"}),
}
"""States in which what takes its course may be erased: it is over, or never began. No complaint goes unheard."""
KINDS = frozenset({"application", "household", "reception", "opinion"})
"""What is erased by itself; anything else goes with what it belongs to."""

_logger = logger(__name__)
_r = schema.record.c
_RECORD = select(_r.kind, _r.status).where(_r.centre == bindparam("centre_id"), _r.id == bindparam("record_id"))
_x = schema.erasure.c
_ERASED = select(_x.centre, _x.record, _x.at, _x.by, _x.reason).order_by(_x.at)
_CASES = select(_r.kind, _r.status).where(
    _r.centre == bindparam("centre_id"), _r.parent.in_(homes.joined("record_id")), _r.kind == "application"
)


async def erase(records: Sequence[bytes], clerk: Clerk, reason: str, services: Services) -> int:
    """Erase records of the clerk's centre, for ever; gives how many with what was under them. Raises `Refusal`:
    ``record.unknown``, ``erasure.not_ended``, ``erasure.quarantined``; then nothing is gone."""
    now = services.now()

    def everywhere() -> Program[tuple[int, list[Blob]]]:
        yield from log.lock(clerk.centre)  # from here on nothing more comes under them
        family = yield from _family(clerk.centre, records)
        family += sorted((yield from unmade.under(clerk.centre, family)))
        for record in records:
            told = yield from _in_words(clerk.centre, record)
            yield from audit.note(clerk.centre, clerk.person, "record.erase", record, reason, now, told)
        people = yield from searches.told_of(clerk.centre, family)
        yield from erasing.erase(clerk.centre, family, clerk.person, reason, now)
        yield from searches.forget(clerk.centre, people)
        return len(family), (yield from copies.empty(clerk.centre, family, now))

    count, blobs = await services.database.write(clerk.centre, everywhere)
    await _note(services)
    await _forget(blobs, services)
    await _overwrite(services)
    return count


async def finish(services: Services) -> None:
    """Do, at start, what a server that was killed had not done yet of an erasure: bring the list outside of the
    database up to date, and delete the bytes of photos."""
    await _note(services)
    await _forget(await services.database.read(copies.left()), services)
    await _overwrite(services)


async def _note(services: Services) -> None:
    """Note whatever was erased and is not in the list outside of the database.

    After the commit: what was not erased in the end must not be erased by the next restore. What was committed and
    could not be noted, on a full disk or by a kill, is noted by the next erasure or start; until then only a restore
    could bring it back."""
    erased = [
        Erased(centre.hex(), record.hex(), at, by.hex(), reason)
        for centre, record, at, by, reason in await services.database.read(rows(_ERASED))
    ]
    try:
        erasure_note.bring_up(services.settings.data, erased)
    except OSError:
        _logger.exception("the list of erasures outside of the database could not be brought up to date")
    except BackupError:
        # All is noted, but a restore would refuse the list: whoever keeps the machine has to take the line out.
        _logger.exception("the list of erasures outside of the database is damaged")


async def _forget(blobs: Sequence[Blob], services: Services) -> None:
    for blob in blobs:
        try:
            await services.photos.forget(blob.centre, blob.digest)
        except PhotoError:
            pass  # it is gone
        except OSError:
            # What was committed is not answered by "nothing was saved". The next start tries again.
            _logger.exception("the bytes of an erased photo could not be deleted")


async def _overwrite(services: Services) -> None:
    """Last, since what is committed must not be answered by a fault: on a full disk the log stays until the next
    erasure or start."""
    try:
        await services.database.forget()
    except Exception:
        _logger.exception("the database's log could not be emptied after an erasure")


def _in_words(centre: bytes, record: bytes) -> Program[str]:
    """What is erased, for the audit, which keeps no name of who asked to be forgotten: its kind, and how much."""
    row: Row | None = yield from first(_RECORD, centre_id=centre, record_id=record)
    count = len((yield from erasing.family(centre, record)))
    return f"{kinds.KINDS[row[0]].label}，连同其下共 {count} 条" if row else ""


def _family(centre: bytes, records: Sequence[bytes]) -> Program[list[bytes]]:
    found: dict[bytes, None] = {}
    for record in records:
        row: Row | None = yield from first(_RECORD, centre_id=centre, record_id=record)
        if row is None or row[0] not in KINDS:
            raise Refusal("record.unknown")
        under = (yield from rows(_CASES, centre_id=centre, record_id=record)) if row[0] == "household" else ()
        if any(kind in ENDED and status not in ENDED[kind] for kind, status in (row, *under)):
            raise Refusal("erasure.not_ended")
        found |= dict.fromkeys((yield from erasing.family(centre, record)))
    return list(found)
