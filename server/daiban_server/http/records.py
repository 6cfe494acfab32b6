"""The JSON API for people at a desk: records with their values and conflicts, changes, commands, reports.

What is written here is handed in as a batch of the centre's desk (see `spine.desk`); nothing goes round the merge.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from litestar import Controller, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import UNSET, Struct, UnsetType
from sqlalchemy import Executable

from daiban_schemas import entry
from daiban_schemas.kinds import KINDS
from daiban_schemas.turning import IN, OUT, Turn, turned
from daiban_schemas.types import Type
from daiban_server.concerned import Reader
from daiban_server.db.program import Program
from daiban_server.http.bodies import Whole
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.record_out import RecordOut, out, types_of
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.services import GivenServices, Services
from daiban_server.spine import desk, log, views
from daiban_server.spine.views import Shown
from daiban_sync import ids
from daiban_sync.merge import TOMBSTONE
from daiban_sync.outcome import Outcome

LONGEST_LIST = 500
Datum = FromQuery[str]
"""In which datum places are told and shown: ``wgs84``, as records keep them, or ``gcj02``, as Chinese maps do."""


class ChangeIn(Struct):
    """A change: `seen` is the position when the form was opened, `over` the positions replaced of fields in
    conflict."""

    fields: dict[str, Any]
    seen: Whole = 0
    over: dict[str, list[Whole]] | None = None


class AskIn(Struct):
    """A command's arguments or a report's facts; `expected` is the version that the author saw."""

    arguments: dict[str, Any] | None = None
    expected: Whole | None = None


class Settlement(Struct):
    """A `value` for a field in conflict, or the one that stands at the position `chosen`, which may have been shown
    masked; it replaces every value that stands at `over`. `seen` is the record's position when it was shown; a deletion
    needs it, since it is judged by everything that its author had in view."""

    field: str
    over: list[Whole]
    value: Any | UnsetType = UNSET
    chosen: Whole | None = None
    seen: Whole = 0


class Result(Struct, frozen=True):
    """What became of an entry, and the record as it now is."""

    record: str
    outcome: str
    code: str | None
    fields: tuple[str, ...]


class Records(Controller):
    """Records of one centre, by kind."""

    path = "/v1/records"

    @get("/{kind:str}", opt={"action": "record.read"})
    async def many(
        self,
        kind: FromPath[str],
        session: GivenSession,
        services: GivenServices,
        status: FromQuery[str] = "",
        limit: FromQuery[int] = 100,
        datum: Datum = "wgs84",
    ) -> list[RecordOut]:
        """The newest records of a kind, numbers and telephones masked."""
        turn = _turn(OUT, datum)
        _known(kind)
        if "\x00" in status:
            raise ProblemError("request.invalid")
        statement = views.BY_STATUS if status else views.BY_KIND
        parameters: dict[str, object] = {"kind_name": kind, "page": max(1, min(limit, LONGEST_LIST))}
        if status:
            parameters["wanted_status"] = status
        return await services.database.read(_many(statement, reader_of(session, services), turn, parameters))

    @get("/{kind:str}/{record:str}", opt={"action": "record.read"})
    async def one(
        self,
        kind: FromPath[str],
        record: FromPath[str],
        session: GivenSession,
        services: GivenServices,
        datum: Datum = "wgs84",
    ) -> RecordOut:
        """One record with every open value."""
        return await services.database.read(_one(kind, _id(record), reader_of(session, services), _turn(OUT, datum)))

    @post("/{kind:str}", opt={"action": "record.write"})
    async def make(
        self,
        kind: FromPath[str],
        data: JSONBody[ChangeIn],
        session: GivenSession,
        services: GivenServices,
        datum: Datum = "wgs84",
    ) -> Result:
        """Make a record; its id is given in the answer."""
        record = ids.uuid7(services.now(), secrets.token_bytes(10)).hex()
        return await self._change(kind, record, data, session, services, datum)

    @patch("/{kind:str}/{record:str}", opt={"action": "record.write"})
    async def change(
        self,
        kind: FromPath[str],
        record: FromPath[str],
        data: JSONBody[ChangeIn],
        session: GivenSession,
        services: GivenServices,
        datum: Datum = "wgs84",
    ) -> Result:
        """Change a record; a value that somebody else wrote meanwhile stays beside this one as a conflict."""
        await services.database.read(_shown(kind, _id(record), session.clerk.centre))
        return await self._change(kind, record, data, session, services, datum)

    @post("/{kind:str}/{record:str}/settlement", opt={"action": "record.write"}, status_code=200)
    async def settle(
        self,
        kind: FromPath[str],
        record: FromPath[str],
        data: JSONBody[Settlement],
        session: GivenSession,
        services: GivenServices,
        datum: Datum = "wgs84",
    ) -> Result:
        """Settle a conflict: choose one of its values, or write a third."""
        shown = await services.database.read(_shown(kind, _id(record), session.clerk.centre))
        if data.field == TOMBSTONE and not data.seen:
            raise ProblemError("request.invalid", detail="a deletion says which position was seen")
        if (data.value is UNSET) == (data.chosen is None):
            raise ProblemError("request.invalid", detail="either a value or the position of one")
        value, told_in = data.value, datum
        if data.chosen is not None:
            value, told_in = _standing(shown, data), "wgs84"
        change = ChangeIn({data.field: value}, data.seen or shown.view.position, {data.field: data.over})
        return await self._change(kind, record, change, session, services, told_in)

    @post("/{kind:str}/{record:str}/commands/{name:str}", opt={"action": "record.command"}, status_code=200)
    async def command(
        self,
        kind: FromPath[str],
        record: FromPath[str],
        name: FromPath[str],
        data: JSONBody[AskIn],
        session: GivenSession,
        services: GivenServices,
        datum: Datum = "wgs84",
    ) -> Result:
        """Ask for something; what is refused says why."""
        known = KINDS[_known(kind)].commands.get(name)
        body = entry.command(
            _id(record).hex(),
            kind,
            name,
            _inward(known.arguments if known else {}, data.arguments, datum),
            expected=data.expected,
            at=services.now(),
            by=session.person,
        )
        return await hand_in(body, record, session, services)

    @post("/{kind:str}/{record:str}/reports/{name:str}", opt={"action": "record.command"}, status_code=200)
    async def report(
        self,
        kind: FromPath[str],
        record: FromPath[str],
        name: FromPath[str],
        data: JSONBody[AskIn],
        session: GivenSession,
        services: GivenServices,
        datum: Datum = "wgs84",
    ) -> Result:
        """Report a fact."""
        known = KINDS[_known(kind)].reports.get(name)
        body = entry.report(
            _id(record).hex(),
            kind,
            name,
            _inward(known.facts if known else {}, data.arguments, datum),
            at=services.now(),
            by=session.person,
        )
        return await hand_in(body, record, session, services, expected=data.expected)

    async def _change(
        self, kind: str, record: str, data: ChangeIn, session: SignedIn, services: Services, datum: str
    ) -> Result:
        fields = turned(types_of(_known(kind)), data.fields, _turn(IN, datum))
        body = entry.change(record, kind, fields, seen=data.seen, at=services.now(), over=data.over, by=session.person)
        return await hand_in(body, record, session, services)


@get("/v1/conflicts", opt={"action": "conflict.read"})
async def conflicts(session: GivenSession, services: GivenServices, datum: Datum = "wgs84") -> list[RecordOut]:
    """Records in which more than one value stands."""
    turn = _turn(OUT, datum)
    return await services.database.read(
        _many(views.IN_CONFLICT, reader_of(session, services), turn, {"page": LONGEST_LIST})
    )


async def hand_in(
    body: bytes,
    record: str,
    session: SignedIn,
    services: Services,
    *,
    expected: int | None = None,
    once: bool = False,
) -> Result:
    """Hand in one entry for whoever is signed in. A refusal is raised as a problem, with its fields. See
    `hand_in_all`."""
    return await hand_in_all([body], record, session, services, expected=expected, once=once)


async def hand_in_all(
    bodies: Sequence[bytes],
    record: str,
    session: SignedIn,
    services: Services,
    *,
    on_paper: bool = False,
    expected: int | None = None,
    once: bool = False,
) -> Result:
    """Hand in entries about one record together; gives what became of the last. The first that is refused is raised;
    what stands before it has happened. What stood `on_paper` is believed to be of the time that it claims. For
    `expected` see `_still`. A record that is made `once`, by a form's own id, is left as it is where it stands."""
    clerk, keys, now, secret = session.clerk, services.keys, services.now(), secrets.token_bytes(32)

    def program() -> Program[list[Outcome]]:
        if expected is not None:
            yield from _still(expected, _id(record), clerk.centre)
        if once and (yield from _there(_id(record), clerk.centre)):
            return [Outcome(0, "identical")]
        return (yield from desk.write(clerk, bodies, keys, services.effects, now, secret, on_paper=on_paper))

    outcomes = await services.database.write(clerk.centre, program)
    for outcome in outcomes:
        if outcome.outcome == "refused":
            raise ProblemError(outcome.code or "argument.invalid", record=record, fields=list(outcome.fields))
    return Result(record, outcomes[-1].outcome, outcomes[-1].code, outcomes[-1].fields)


def _still(expected: int, record: bytes, centre: bytes) -> Program[None]:
    """Raise `ProblemError("command.late")` for a record that moved on since its author saw it. A fact from a phone is
    recorded whatever stands; who sits at a desk can look again, and would else tell one fact twice."""
    shown = yield from _there(record, centre)
    if shown and shown[0].version != expected:
        raise ProblemError("command.late", record=record.hex())


def _there(record: bytes, centre: bytes) -> Program[list[Shown]]:
    """The record if there is one, and nobody writes it until the end of the transaction."""
    yield from log.lock(centre)
    return (yield from views.shown(views.BY_ID, centre, record_id=record))


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise ProblemError("kind.unknown")
    return kind


def _turn(turns: Mapping[str, Turn], datum: str) -> Turn:
    if datum not in turns:
        raise ProblemError("datum.unknown")
    return turns[datum]


def _inward(types: Mapping[str, Type], given: dict[str, Any] | None, datum: str) -> dict[str, Any] | None:
    """A command's arguments or a report's facts, their places as records keep them."""
    turn = _turn(IN, datum)
    return None if given is None else turned(types, given, turn)


def _id(record: str) -> bytes:
    return checked_id(record, "record.unknown")


def reader_of(session: SignedIn, services: Services) -> Reader:
    """Who is signed in, as one who reads."""
    return Reader(session.clerk.person, session.clerk.centre, services.now())


def _many(statement: Executable, reader: Reader, turn: Turn, parameters: dict[str, object]) -> Program[list[RecordOut]]:
    shown = yield from views.shown(statement, reader.centre, **parameters)
    return (yield from out(shown, turn, "list", reader))


def _one(kind: str, record: bytes, reader: Reader, turn: Turn) -> Program[RecordOut]:
    shown = yield from _shown(kind, record, reader.centre)
    return (yield from out([shown], turn, "handling", reader))[0]


def _shown(kind: str, record: bytes, centre: bytes) -> Program[Shown]:
    _known(kind)
    where = ids.NOBODY if KINDS[kind].of_district else centre
    shown = yield from views.shown(views.BY_ID, where, record_id=record)
    if not shown or shown[0].view.kind != kind:
        raise ProblemError("record.unknown")
    return shown[0]


def _standing(shown: Shown, data: Settlement) -> Any:
    """The value that was chosen. Raises `ProblemError("settlement.gone")` where it stands no longer."""
    held = shown.view.fields.get(data.field, ())
    if not any(one.position == data.chosen for one in held):
        raise ProblemError("settlement.gone")
    return next(one.value for one in held if one.position == data.chosen)
