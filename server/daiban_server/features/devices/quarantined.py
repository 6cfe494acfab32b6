"""What stands in quarantine, for a person to look at: the batch, entry by entry, beside what was taken of that number.

One key that signed two histories shows as two columns: what came first and stands, and what came second. What a revoked
phone handed in has one column, and beside it the entries that are the agent's again under his new phone.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct
from sqlalchemy import bindparam, func, select

from daiban_schemas.entry import Entry
from daiban_schemas.kinds import KINDS
from daiban_schemas.kinds.opinion import COMPLAINANT
from daiban_schemas.masking import as_shown
from daiban_schemas.reading import read
from daiban_schemas.strict import StrictnessError, decoded
from daiban_schemas.types import Type
from daiban_server.db import schema
from daiban_server.db.program import Program, Row, first, rows
from daiban_server.http.problems import ProblemError
from daiban_server.spine import history
from daiban_server.spine import taken as taken_of
from daiban_server.spine.quarantine import numbered
from daiban_sync.outcome import OUTCOMES

LISTED = 500
"""Batches in one list."""

_q, _d, _p = schema.quarantine.c, schema.device.c, schema.person.c
_WHOLE = (_q.device, _q.digest, _q.sequence, _q.code, _q.at, _q.decided, _d.name, _p.name, _q.packed)
_FROM = schema.quarantine.join(schema.device, _q.device == _d.id).join(schema.person, _d.person == _p.id)
_LIST = (
    select(*_WHOLE)
    .select_from(_FROM)
    .where(_q.centre == bindparam("centre_id"))
    .order_by(_q.at.desc(), _q.sequence)
    .limit(LISTED)
)
_WAITING = select(func.count()).where(_q.centre == bindparam("centre_id"), _q.decided.is_(None))
_ONE = (
    select(*_WHOLE)
    .select_from(_FROM)
    .where(
        _q.centre == bindparam("centre_id"),
        _q.device == bindparam("device_id"),
        _q.digest == bindparam("batch_digest"),
    )
)
_OF_DEVICES = (
    select(*(schema.history.c[name] for name in history.COLUMNS))
    .where(schema.history.c.centre == bindparam("centre_id"), schema.history.c.author == bindparam("person_id"))
    .order_by(schema.history.c.position.desc())
    .limit(2_000)
)
_OWNER = select(_d.person).where(_d.id == bindparam("device_id"))


class Quarantined(NamedTuple):
    """A batch in quarantine with its entries by number, or what came out of a spool, whose sequence is
    `quarantine.OUT_OF_SPOOL`; `code` says why, `decided` what became of it (`adopting`), None while nobody looked."""

    device: bytes
    digest: bytes
    sequence: int
    code: str
    at: int
    decided: dict[str, Any] | None
    device_name: str
    person: str
    entries: dict[int, bytes]


class Line(Struct, frozen=True):
    """An entry in words that a page can show: `name` is the command's or report's, `values` what it says as it may be
    shown, `at` when the phone says that it was (Unix milliseconds)."""

    number: int
    record: str
    kind: str
    action: str
    name: str
    values: dict[str, Any]
    at: int


class Pair(Struct, frozen=True):
    """An entry in quarantine beside what was taken under its number; `outcome` says what became of that. `again`: the
    same was handed in by another phone of the person, so there is nothing to adopt."""

    kept: Line
    taken: Line | None
    outcome: str
    again: bool


def listed(centre: bytes) -> Program[list[Quarantined]]:
    """A centre's quarantine, newest first."""
    return [_quarantined(row) for row in (yield from rows(_LIST, centre_id=centre))]


def waiting(centre: bytes) -> Program[int]:
    """How many batches nobody has decided about."""
    row = yield from first(_WAITING, centre_id=centre)
    return int(row[0]) if row else 0


def found(centre: bytes, device: bytes, digest: bytes) -> Program[Quarantined]:
    """One batch. Raises `ProblemError("quarantine.unknown")`."""
    row = yield from first(_ONE, centre_id=centre, device_id=device, batch_digest=digest)
    if row is None:
        raise ProblemError("quarantine.unknown")
    return _quarantined(row)


def _quarantined(row: Row) -> Quarantined:
    device, digest, sequence, code, at, decided, name, person, packed = row
    told = msgspec.json.decode(decided) if decided else None
    return Quarantined(device, digest, sequence, code, at, told, name, person, numbered(sequence, packed))


def pairs(centre: bytes, one: Quarantined) -> Program[list[Pair]]:
    """Its entries, each beside what was taken under the same number."""
    taken = yield from taken_of.between(centre, one.device, min(one.entries), max(one.entries))
    again = yield from _again(centre, one)
    return [
        Pair(
            lines(number, body),
            lines(number, there.body) if (there := taken.get(number)) else None,
            OUTCOMES[there.outcome] if there else "",
            body in again,
        )
        for number, body in sorted(one.entries.items())
    ]


def _again(centre: bytes, one: Quarantined) -> Program[set[bytes]]:
    """Bodies among them that another phone of the person handed in, among what that person wrote last."""
    owner = yield from first(_OWNER, device_id=one.device)
    if owner is None:
        return set()
    wanted = set(one.entries.values())
    written = yield from rows(_OF_DEVICES, centre_id=centre, person_id=owner[0])
    return {
        stored.body
        for row in written
        for stored in history.entries_of(history.opened(row))
        if stored.body in wanted and stored.device != one.device
    }


def lines(number: int, body: bytes) -> Line:
    """An entry as whoever decides about it may see it: what is secret is masked, and of an opinion it is not told who
    said it, since it may be about whoever looks. What cannot be read has no record."""
    try:
        entry, values, _ = read(body)
    except StrictnessError:
        return Line(number, "", "", "", "", {}, 0)
    name = {"command": entry.command, "report": entry.report}.get(entry.action) or ""
    told = {"command": entry.arguments, "report": entry.facts}.get(entry.action)
    said = dict(decoded(told) if isinstance(told, msgspec.Raw) else values)
    types = types_of(entry.kind, entry.action, str(name))
    shown = {of: as_shown(value, types.get(of), "handling") for of, value in said.items() if not _kept_back(entry, of)}
    return Line(number, entry.record, entry.kind, entry.action, str(name), shown, entry.at)


def types_of(kind: str, action: str, name: str) -> Mapping[str, Type]:
    """The types of what an entry says: of a record's fields, a command's arguments or a report's facts."""
    known = KINDS.get(kind)
    if known is None:
        return {}
    if action == "command":
        return known.commands[name].arguments if name in known.commands else {}
    if action == "report":
        return known.reports[name].facts if name in known.reports else {}
    return {of: field.type for of, field in known.fields.items()}


def _kept_back(entry: Entry, name: str) -> bool:
    return entry.kind == "opinion" and name in COMPLAINANT | {"spoke_to"}


def chosen(one: Quarantined, numbers: Iterable[int]) -> list[bytes]:
    """The bodies of some of its entries, in order. Raises `ProblemError("quarantine.entries")`."""
    wanted = sorted(set(numbers))
    if not wanted or not one.entries.keys() >= set(wanted):
        raise ProblemError("quarantine.entries")
    return [one.entries[number] for number in wanted]
