"""存证: how anybody can prove what was handed in: the log, its newest checkpoint, who cosigns it, backups, restores."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from daiban_server.console import words
from daiban_server.console.cases.one import whole
from daiban_server.console.pages import Asked, show, signed_form
from daiban_server.console.reading.backups import warning
from daiban_server.console.words import Moment
from daiban_server.db.program import Program
from daiban_server.evidence.routes import EvidenceIn, evidence
from daiban_server.features.cases import listing
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services
from daiban_server.spine import log, restores
from daiban_server.spine.refusal import Refusal
from daiban_server.witness import asking
from daiban_sync import cosignature, note, restored
from daiban_sync.errors import WireError
from daiban_sync.keys import fingerprint

LONGEST = 100
FOUND = 10


class Checkpoint(NamedTuple):
    """The newest checkpoint: how many leaves, when, its root in groups of hexadecimal, and the signed note."""

    size: int
    at: Moment
    root: str
    text: str


class Witness(NamedTuple):
    """A witness: what it cosigned last, and how many leaves came since; None where it never did."""

    name: str
    at: Moment | None
    behind: int


class Restore(NamedTuple):
    """A restore that was stated to every phone."""

    epoch: int
    at: Moment
    size: int


@get("/trust", opt={"action": "trust.read"})
async def trust(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """The page; `q` looks for a case whose evidence is wanted."""
    query = request.query_params.get("q", "").strip()[:LONGEST]
    query = "" if "\x00" in query else query
    return await show(
        "trust", services, session, _read(session, query, services), here="trust", title="存证", query=query
    )


def _read(session: SignedIn, query: str, services: Services) -> Program[Mapping[str, Any]]:
    centre, now, keys = session.clerk.centre, services.now(), services.keys
    standing = yield from log.standing(centre)
    newest = yield from asking.newest(centre, keys)
    held = standing.checkpoint if standing else None
    stated = yield from restores.statements(centre, 0)
    backup = yield from restores.newest_backup(centre)
    cosigned = yield from asking.cosigned(centre)
    mine = may(session.role, "evidence.export")
    return {
        "log": note.name(keys.origin, centre, standing.epoch) if standing else "",
        "checkpoint": _checkpoint(held, newest or "", now) if held else None,
        "witnesses": [
            _witness(one.witness, cosigned.get(one.witness.name), held.size if held else 0, now)
            for one in asking.configured(services.settings.witnesses)
        ],
        "restores": [_restore(one, now) for one in reversed(stated)],
        "backup": words.moment(backup.at, now) if backup and backup.complete else None,
        "warned": (yield from warning(centre, now)),
        "root": fingerprint(keys.root_key),
        "verifier": note.verifier_key(note.name(keys.origin, centre, standing.epoch), keys.receipt.public_key)
        if standing
        else "",
        "may_export": mine,
        "may_audit": may(session.role, "audit.read"),
        "found": (yield from listing.closest(centre, query, FOUND)) if mine and query else [],
    }


def _checkpoint(held: note.Checkpoint, text: str, now: int) -> Checkpoint:
    root = held.root.hex()
    return Checkpoint(
        held.size, words.moment(held.time, now), " ".join(root[at : at + 8] for at in range(0, len(root), 8)), text
    )


def _witness(witness: cosignature.Witness, signed: str | None, size: int, now: int) -> Witness:
    if signed is None:
        return Witness(witness.name, None, size)
    at = words.moment(1000 * cosignature.cosigned_at(signed, witness), now)
    return Witness(witness.name, at, size - int(signed.split("\n")[1]))


def _restore(packed: bytes, now: int) -> Restore:
    one = restored.unpack(packed)
    return Restore(one.epoch, words.moment(one.at, now), one.log_size)


@post("/cases/{record:str}/evidence", opt={"action": "evidence.export", "csrf_in_form": True})
async def hand_out(
    record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices
) -> Response[Any]:
    """A case's evidence as a file."""
    form = await signed_form(request, session)
    reason = form.get("reason", "").strip()
    try:
        asked = msgspec.convert({"reason": reason, "photos": form.get("photos") == "yes"}, EvidenceIn)
        answer: Response[bytes] = await evidence.fn(record=record, data=asked, session=session, services=services)
    except msgspec.ValidationError:
        code = "evidence.reason"
    except (Refusal, WireError, ProblemError) as error:
        if error.code == "record.unknown":
            raise
        code = error.code
    else:
        return answer
    return await whole(
        record, session, services, errors={"": words.wrong(code)}, failed="evidence", given={"evidence": reason}
    )


HANDLERS: list[Any] = [trust, hand_out]
