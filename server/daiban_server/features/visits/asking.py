"""What a visit asks for, in the engine's terms: its own values, else what its item says."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, first
from daiban_server.features.visits.engine.model import Point, ProblemError, Visit, Window
from daiban_server.features.visits.standing import Standing
from daiban_server.features.visits.terms import to_moment
from daiban_server.items import item_if_any
from daiban_server.spine.ledger import Ledger, Record
from daiban_server.spine.refusal import Refusal

Fields = Mapping[str, Any]
MINUTES = 30
"""What a visit takes when neither it nor its item says so."""
_l = schema.place.c
_PLACE = select(_l.lon, _l.lat).where(_l.id == bindparam("place_id"))


class Wanted(NamedTuple):
    """A visit that is asked for, before it is known in which week; `point` in millionths of a degree."""

    id: str
    household: bytes
    place: bytes
    point: Mapping[str, int]
    minutes: int
    crew: int
    items: frozenset[str]
    windows: list[Fields]
    priority: int
    deadline: int | None
    familiar: str | None

    def within(self, standing: Standing) -> Visit:
        """The visit as this week takes it. Raises `Refusal`: ``argument.invalid``."""
        week = standing.week
        horizon = Window(week.now, week.now + standing.settings.horizon_days * 86_400)
        try:
            windows = tuple(Window(to_moment(one["from"]), to_moment(one["to"])) for one in self.windows)
            where = Point(self.point["lat"] / 1e6, self.point["lon"] / 1e6, standing.rows.get(self.place))
            return Visit(
                self.id,
                self.household.hex(),
                self.place.hex(),
                where,
                self.minutes * 60,
                windows or (horizon,),
                self.items,
                self.priority,
                to_moment(self.deadline) if self.deadline else None,
                self.crew,
                self.familiar,
            )
        except ProblemError:
            raise Refusal("argument.invalid", ("windows", "minutes")) from None


def wanted_by(ledger: Ledger, record: Record) -> Program[Wanted]:
    """What a visit's record asks for. Raises `Refusal`: ``visit.place_unknown``."""
    values = (yield from ledger.view(record)).values
    return (yield from wanted(ledger, record.id.hex(), record.parent or b"", record.place or b"", values))


def wanted(ledger: Ledger, id_: str, household: bytes, place: bytes, values: Fields) -> Program[Wanted]:
    """A visit to a household with these values; the household's own point, else its village's.

    Raises `Refusal`: ``visit.place_unknown``.
    """
    where = yield from _where(ledger, household, place)
    item = yield from _item(ledger, values)
    yield from recall(ledger, [household])
    return Wanted(
        id_,
        household,
        place,
        where,
        int(values.get("minutes") or item.get("minutes") or MINUTES),
        int(values.get("crew") or item.get("crew") or 1),
        frozenset({item["code"]}) if item.get("code") else frozenset(),
        list(values.get("windows") or ()),
        int(values.get("priority") or 0),
        values.get("deadline"),
        ledger.memo["came last", household],
    )


def recall(ledger: Ledger, households: Collection[bytes]) -> Program[None]:
    """Know who came last to each of these, in two reads however many they are."""
    asked = [one for one in dict.fromkeys(households) if ("came last", one) not in ledger.memo]
    if not asked:
        return
    of = [(ledger.centre, one) for one in asked]
    found = yield Lookup(schema.record, ("centre", "parent"), ("parent", "id", "kind", "status", "position"), of)
    made = sorted((row for row in found if row[2:4] == ("visit", "finished")), key=lambda row: int(row[4]))
    newest = {row[0]: row[1] for row in made}
    yield from ledger.load(newest.values())
    for one in asked:
        last = ledger.records[newest[one]] if one in newest else None
        ledger.memo["came last", one] = (yield from ledger.view(last)).values.get("agent") if last else None


def _where(ledger: Ledger, household: bytes, place: bytes) -> Program[Mapping[str, int]]:
    home = yield from ledger.values(household)
    if where := home.get("point"):
        return dict(where)
    row = yield from first(_PLACE, place_id=place)
    if row is None or row[0] is None:
        raise Refusal("visit.place_unknown", ("household",))
    return {"lon": row[0], "lat": row[1]}


def _item(ledger: Ledger, values: Fields) -> Program[Fields]:
    named = values.get("item")
    if named is None and isinstance(values.get("application"), str):
        named = (yield from ledger.values(bytes.fromhex(values["application"]))).get("item")
    return (yield from item_if_any(ledger, named))
