"""The log's side: going to each witness with what it has not cosigned yet, and keeping what it answers.

A witness that is away, slow or of another mind holds up nothing: receipts and checkpoints are valid without it. One
that says that a checkpoint does not follow from what it saw is an alarm for the head: either this server was put back
without a restore, or somebody runs a second one under its keys.
"""

import functools
import logging
from typing import NamedTuple

import httpx2
from sqlalchemy import bindparam, select

from daiban_server import todo
from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, Write, first, rows
from daiban_server.keystore import ServerKeys
from daiban_server.services import Services
from daiban_server.spine import log
from daiban_sync import cosignature, merkle, note
from daiban_sync.cosignature import Witness
from daiban_sync.errors import SignatureError

SILENT = 7 * 86_400_000
"""Milliseconds without a cosignature after which the head hears that a witness has grown silent."""
TIMEOUT = 10.0
"""Seconds that a witness has for an answer."""
TOLD = {409: "witness.refused", 422: "witness.refused", 403: "witness.behind", 404: "witness.behind"}
"""What the head hears of an answer: a second history, or a witness that knows neither the log nor its newest key."""
_logger = logging.getLogger(__name__)
_x = schema.cosignature.c
_CENTRES = select(schema.counter.c.centre).order_by(schema.counter.c.centre)
_HELD = select(_x.size).where(
    _x.centre == bindparam("centre_id"), _x.epoch == bindparam("of_epoch"), _x.witness == bindparam("by_witness")
)
_LAST = (
    select(_x.note)
    .where(_x.centre == bindparam("centre_id"), _x.witness == bindparam("by_witness"))
    .order_by(_x.epoch.desc(), _x.size.desc())
    .limit(1)
)
_NOTES = (
    select(_x.witness, _x.note)
    .where(_x.centre == bindparam("centre_id"), _x.epoch == bindparam("of_epoch"))
    .order_by(_x.size.desc())
)


class Asked(NamedTuple):
    """A witness and where it is."""

    url: str
    witness: Witness


def configured(text: str) -> list[Asked]:
    """``URL VERIFIER_KEY`` pairs, separated by commas. Raises ValueError."""
    pairs = [one.split() for one in text.split(",") if one.strip()]
    return [Asked(url.rstrip("/"), cosignature.read_verifier_key(key)) for url, key in pairs]


async def look(services: Services, witnesses: list[Asked]) -> None:
    """Bring every log's newest checkpoint to every witness that has not cosigned it yet."""
    if not witnesses:
        return
    async with httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False) as http:
        for (centre,) in await services.database.read(rows(_CENTRES)):
            for asked in witnesses:
                try:
                    await _bring(services, http, centre, asked)
                except (httpx2.HTTPError, SignatureError) as error:
                    _logger.warning("a witness gave no cosignature: %s", type(error).__name__)
                    telling = functools.partial(_silent, centre, asked.witness, services.now())
                    await services.database.write(centre, telling)


async def _bring(services: Services, http: httpx2.AsyncClient, centre: bytes, asked: Asked) -> None:
    standing = await services.database.read(log.standing(centre))
    if standing is None or standing.checkpoint is None:
        return
    newest, epoch = standing.checkpoint, standing.epoch
    named = {"centre_id": centre, "of_epoch": epoch, "by_witness": asked.witness.name}
    row = await services.database.read(first(_HELD, **named))
    old = row[0] if row else 0
    if old == newest.size:
        return
    origin = note.name(services.keys.origin, centre, epoch)
    signed = note.note(newest, origin)
    for _ in range(2):
        proof = await services.database.read(consistency(centre, epoch, old, newest.size))
        answer = await http.post(f"{asked.url}/add-checkpoint", content=cosignature.request(old, proof, signed))
        if answer.status_code != 409 or not answer.text.strip().isdecimal():
            break
        # It knows another size than we remember: an answer of its was lost, or our database is older than it.
        old = int(answer.text)
        if old > newest.size:
            break
    if answer.status_code != 200:
        _logger.warning("a witness answered %d", answer.status_code)
        await services.database.write(centre, lambda: _alarm(centre, answer.status_code, asked.witness, services.now()))
        return
    line, text = answer.text, signed.partition("\n\n")[0] + "\n"
    cosignature.check(line, text, asked.witness)
    kept = (centre, epoch, asked.witness.name, newest.size, signed + line)
    await services.database.write(centre, lambda: _keep(kept))


def consistency(centre: bytes, epoch: int, old: int, new: int) -> Program[list[bytes]]:
    """RFC 9162's proof that the log of `old` leaves is a prefix of that of `new`."""
    wanted: list[tuple[int, int]] = []

    def note_down(level: int, index: int) -> bytes:
        wanted.append((level, index))
        return bytes(32)

    merkle.consistency(old, new, note_down)
    places = [(centre, epoch, merkle.place(node)) for node in wanted]
    found = dict((yield Lookup(schema.log_node, ("centre", "epoch", "place"), ("place", "hash"), places)))
    return merkle.consistency(old, new, lambda level, index: found[merkle.place((level, index))])


def _keep(row: tuple[bytes, int, str, int, str]) -> Program[None]:
    yield Write(schema.cosignature, [row], "replace")


def _alarm(centre: bytes, status: int, witness: Witness, now: int) -> Program[None]:
    if status not in TOLD:
        yield from _silent(centre, witness, now)
        return
    code = TOLD[status]
    yield from todo.for_head(centre, centre, code, f"{code} {witness.name} {now // 86_400_000}", now)


def _silent(centre: bytes, witness: Witness, now: int) -> Program[None]:
    """Tell the head, once a week, of a witness that cosigned nothing for `SILENT`, or never anything since it was set
    up: a second history would pass unseen meanwhile."""
    row = yield from first(_LAST, centre_id=centre, by_witness=witness.name)
    if row and now - 1000 * cosignature.cosigned_at(row[0], witness) < SILENT:
        return
    yield from todo.for_head(centre, centre, "witness.silent", f"witness.silent {witness.name} {now // SILENT}", now)


def newest(centre: bytes, keys: ServerKeys) -> Program[str | None]:
    """The centre's newest checkpoint as a note; None before the first batch."""
    standing = yield from log.standing(centre)
    if standing is None or standing.checkpoint is None:
        return None
    return note.note(standing.checkpoint, note.name(keys.origin, centre, standing.epoch))


def cosigned(centre: bytes) -> Program[dict[str, str]]:
    """The newest note that each witness cosigned, of the log as it is now, by the witness's name."""
    standing = yield from log.standing(centre)
    if standing is None:
        return {}
    return dict((yield from rows(_NOTES, centre_id=centre, of_epoch=standing.epoch)))
