"""The JSON API for people at a desk: records with their values and conflicts, changes, commands, reports.

What is written here is handed in as a batch of the centre's desk (see `spine.desk`); nothing goes round the merge.
"""

import secrets
from typing import Any

from litestar import Controller, get, patch, post
from litestar.params import FromPath, FromQuery, JSONBody
from msgspec import Struct

from daiban_schemas import entry
from daiban_schemas.identity import masked
from daiban_schemas.kinds import KINDS
from daiban_server.db.program import Program
from daiban_server.http.people import names_of
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.services import GivenServices, Services
from daiban_server.spine import desk, views
from daiban_server.spine.views import Shown
from daiban_sync import ids
from daiban_sync.merge import TOMBSTONE
from daiban_sync.outcome import Outcome
from daiban_sync.view import Value

LONGEST_LIST = 500


class Written(Struct, frozen=True):
    """One value with its author. `at` is what the author's clock claimed, `effective` what is believed of it."""

    value: Any
    author: str
    at: int
    effective: int
    position: int


class RecordOut(Struct, frozen=True):
    """A record. `position` is what a change of it states as `seen`; `conflicts` holds every open value of a field, the
    visible one first."""

    record: str
    kind: str
    position: int
    status: str | None
    version: int
    deleted: bool
    values: dict[str, Any]
    conflicts: dict[str, list[Written]]
    authors: dict[str, str]


class ChangeIn(Struct):
    """A change: `seen` is the position when the form was opened, `over` the positions replaced of fields in
    conflict."""

    fields: dict[str, Any]
    seen: int = 0
    over: dict[str, list[int]] | None = None


class AskIn(Struct):
    """A command's arguments or a report's facts; `expected` is the version that the author saw."""

    arguments: dict[str, Any] | None = None
    expected: int | None = None


class Settlement(Struct):
    """A value for a field in conflict; it replaces every value that stands at `over`. `seen` is the record's position
    when it was shown; a deletion needs it, since it is judged by everything that its author had in view."""

    field: str
    value: Any
    over: list[int]
    seen: int = 0


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
    ) -> list[RecordOut]:
        """The newest records of a kind, identity numbers masked."""
        _known(kind)
        if "\x00" in status:
            raise ProblemError("request.invalid")
        statement = views.BY_STATUS if status else views.BY_KIND
        parameters: dict[str, object] = {"kind_name": kind, "page": max(1, min(limit, LONGEST_LIST))}
        if status:
            parameters["wanted_status"] = status
        return await services.database.read(_many(statement, session.clerk.centre, services, parameters))

    @get("/{kind:str}/{record:str}", opt={"action": "record.read"})
    async def one(
        self, kind: FromPath[str], record: FromPath[str], session: GivenSession, services: GivenServices
    ) -> RecordOut:
        """One record with every open value."""
        return await services.database.read(_one(kind, _id(record), session.clerk.centre, services))

    @post("/{kind:str}", opt={"action": "record.write"})
    async def make(
        self, kind: FromPath[str], data: JSONBody[ChangeIn], session: GivenSession, services: GivenServices
    ) -> Result:
        """Make a record; its id is given in the answer."""
        record = ids.uuid7(services.now(), secrets.token_bytes(10)).hex()
        return await self._change(kind, record, data, session, services)

    @patch("/{kind:str}/{record:str}", opt={"action": "record.write"})
    async def change(
        self,
        kind: FromPath[str],
        record: FromPath[str],
        data: JSONBody[ChangeIn],
        session: GivenSession,
        services: GivenServices,
    ) -> Result:
        """Change a record; a value that somebody else wrote meanwhile stays beside this one as a conflict."""
        await self.one.fn(self, kind, record, session, services)
        return await self._change(kind, record, data, session, services)

    @post("/{kind:str}/{record:str}/settlement", opt={"action": "record.write"}, status_code=200)
    async def settle(
        self,
        kind: FromPath[str],
        record: FromPath[str],
        data: JSONBody[Settlement],
        session: GivenSession,
        services: GivenServices,
    ) -> Result:
        """Settle a conflict: choose one of its values, or write a third."""
        shown = await services.database.read(_one(kind, _id(record), session.clerk.centre, services))
        if data.field == TOMBSTONE and not data.seen:
            raise ProblemError("request.invalid", detail="a deletion says which position was seen")
        change = ChangeIn({data.field: data.value}, data.seen or shown.position, {data.field: data.over})
        return await self._change(kind, record, change, session, services)

    @post("/{kind:str}/{record:str}/commands/{name:str}", opt={"action": "record.command"}, status_code=200)
    async def command(
        self,
        kind: FromPath[str],
        record: FromPath[str],
        name: FromPath[str],
        data: JSONBody[AskIn],
        session: GivenSession,
        services: GivenServices,
    ) -> Result:
        """Ask for something; what is refused says why."""
        body = entry.command(
            _id(record).hex(),
            _known(kind),
            name,
            data.arguments,
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
    ) -> Result:
        """Report a fact."""
        body = entry.report(
            _id(record).hex(),
            _known(kind),
            name,
            data.arguments,
            at=services.now(),
            by=session.person,
        )
        return await hand_in(body, record, session, services)

    async def _change(self, kind: str, record: str, data: ChangeIn, session: SignedIn, services: Services) -> Result:
        _known(kind)
        body = entry.change(
            record, kind, data.fields, seen=data.seen, at=services.now(), over=data.over, by=session.person
        )
        return await hand_in(body, record, session, services)


@get("/v1/conflicts", opt={"action": "conflict.read"})
async def conflicts(session: GivenSession, services: GivenServices) -> list[RecordOut]:
    """Records in which more than one value stands."""
    return await services.database.read(
        _many(views.IN_CONFLICT, session.clerk.centre, services, {"page": LONGEST_LIST})
    )


async def hand_in(body: bytes, record: str, session: SignedIn, services: Services) -> Result:
    """Hand in one entry for whoever is signed in. A refusal is raised as a problem, with its fields."""
    clerk, keys, now, secret = session.clerk, services.keys, services.now(), secrets.token_bytes(32)
    outcomes: list[Outcome] = await services.database.write(
        clerk.centre, lambda: desk.write(clerk, [body], keys, services.effects, now, secret)
    )
    outcome = outcomes[0]
    if outcome.outcome == "refused":
        raise ProblemError(outcome.code or "argument.invalid", record=record, fields=list(outcome.fields))
    return Result(record, outcome.outcome, outcome.code, outcome.fields)


def _known(kind: str) -> str:
    if kind not in KINDS:
        raise ProblemError("kind.unknown")
    return kind


def _id(record: str) -> bytes:
    return checked_id(record, "record.unknown")


def _many(
    statement: object, centre: bytes, services: Services, parameters: dict[str, object]
) -> Program[list[RecordOut]]:
    shown = yield from views.shown(statement, centre, **parameters)
    return (yield from _out(shown, mask=True))


def _one(kind: str, record: bytes, centre: bytes, services: Services) -> Program[RecordOut]:
    _known(kind)
    where = ids.NOBODY if KINDS[kind].of_district else centre
    shown = yield from views.shown(views.BY_ID, where, record_id=record)
    if not shown or shown[0].view.kind != kind:
        raise ProblemError("record.unknown")
    return (yield from _out(shown, mask=False))[0]


def _out(shown: list[Shown], *, mask: bool) -> Program[list[RecordOut]]:
    people = {value.author for one in shown for values in one.view.fields.values() for value in values}
    names = yield from names_of(people)
    return [_record_out(one, names, mask=mask) for one in shown]


def _record_out(one: Shown, names: dict[str, str], *, mask: bool) -> RecordOut:
    view = one.view
    hide = hidden if mask else shown_whole
    values = {name: hide(view.kind, name, value) for name, value in view.values.items()}
    return RecordOut(
        view.record,
        view.kind,
        view.position,
        one.status,
        one.version,
        one.deleted,
        values,
        {
            name: [_written(v._replace(value=hide(view.kind, name, v.value)), names) for v in held]
            for name, held in view.conflicts.items()
        },
        {name: names.get(held[0].author, "") for name, held in view.fields.items()},
    )


def shown_whole(kind: str, name: str, value: Any) -> Any:
    """A value as it is."""
    return value


def hidden(kind: str, name: str, value: Any) -> Any:
    """A value for a list: what is private keeps its first and last character, identity numbers within it too."""
    field = KINDS[kind].fields.get(name) if kind in KINDS else None
    private = name == "identity_number" or (field is not None and field.policy == "private")
    if isinstance(value, dict):
        return {part: hidden(kind, part, v) if not private else _masked(v) for part, v in value.items()}
    if isinstance(value, list):
        return [hidden(kind, name, part) for part in value]
    return _masked(value) if private else value


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {part: _masked(v) for part, v in value.items()}
    if isinstance(value, list):
        return [_masked(part) for part in value]
    return masked(value) if isinstance(value, str) else value


def _written(value: Value, names: dict[str, str]) -> Written:
    return Written(value.value, names.get(value.author, ""), value.at, value.effective, value.position)
