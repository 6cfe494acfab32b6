"""Everything that a case's papers need, gathered once."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from daiban_schemas.kinds.application import HELD
from daiban_schemas.labels import PAPER_FORMS
from daiban_schemas.masking import masked
from daiban_schemas.slip import code_of
from daiban_server import days, offices
from daiban_server.db import schema
from daiban_server.db.program import Program, first, rows
from daiban_server.features.cases import replying
from daiban_server.features.deadlines.facts import clock_of
from daiban_server.features.papers.documents import Agent, Office, Paper
from daiban_server.limits.calendar import Calendar, local_day
from daiban_server.limits.papers import papers
from daiban_server.limits.sentences import length_words
from daiban_server.printing.acts import Act, acts_of
from daiban_server.spine import past, views
from daiban_server.spine.past import Past
from daiban_server.spine.refusal import Refusal
from daiban_server.spine.views import Shown
from daiban_sync.ids import NOBODY

Values = Mapping[str, Any]
_p, _r, _pl, _ra = schema.person.c, schema.record.c, schema.place.c, schema.rating.c
_PERSON = select(_p.name, _p.badge, _p.phone).where(_p.id == bindparam("person_id"))
_PLACE = select(_pl.name).where(_pl.id == bindparam("place_id"))
_UNDER = (
    select(_r.id)
    .where(
        _r.centre == bindparam("centre_id"),
        _r.parent == bindparam("case_id"),
        _r.kind == bindparam("wanted_kind"),
        _r.deleted.is_(False),
    )
    .order_by(_r.id)
)
CORRECTABLE = (*HELD, "phone", "papers", "window", "handler")
"""What a paper tells of a case that may be another tomorrow."""
_RATED = select(_ra.level, _ra.at).where(_ra.centre == bindparam("centre_id"), _ra.id == bindparam("case_id"))


class Home(NamedTuple):
    """A household and the name of its village."""

    values: Values
    village: str


class CaseFile(NamedTuple):
    """A case with its item, home, mandates, consents, photos and people, and what happened to it. `items` and `homes`
    are, by id, all that it ever named; `today` is the day of printing."""

    record: bytes
    status: str
    values: Values
    item: Values
    home: Values
    village: str
    office: Office
    owner: Agent
    handler: Agent
    mandates: list[Values]
    consents: list[Values]
    photos: list[Values]
    rating: tuple[int, datetime.date] | None
    acts: list[Act]
    visits: list[Values]
    replies: list[Values]
    calendar: Calendar
    past: Past
    items: Mapping[str, Values]
    homes: Mapping[str, Home]
    today: datetime.date

    def when(self, *acts: str) -> "CaseFile":
        """The case as it stood when one of these acts was last done; as it stands where none was."""
        done = [one.position for one in self.acts if one.name in acts]
        return self.then(done[-1]) if done else self

    def then(self, position: int) -> "CaseFile":
        """The case with what could be corrected since as it stood after the act at `position`: a paper is a record of
        what was told then. What stood nowhere yet is told as it stands now: an empty name would be of no use."""
        stood = self.past.at(position)
        values = {**self.values, **{name: stood[name] for name in CORRECTABLE if stood.get(name) not in (None, "")}}
        home, item = Home(self.home, self.village), self.item
        if values.get("household") != self.values.get("household"):
            home = self.homes[values["household"]]
        if values.get("item") != self.values.get("item"):
            item = self.items[values["item"]]
        return self._replace(values=values, item=item, home=home.values, village=home.village)

    @property
    def code(self) -> str:
        """The look-up code."""
        return code_of(self.record)

    @property
    def qr(self) -> str:
        """What the square beside the code says: both, to be typed or read out."""
        number = self.number or (self.values.get("slip") or {}).get("number") or ""
        return f"{number} {self.code}"

    def day(self, name: str) -> datetime.date:
        """The day of one of the case's moments. Raises `Refusal("print.not_yet")` for what has not happened."""
        return day_of(self.values.get(name))

    @property
    def came(self) -> datetime.date:
        """The day on which its papers came: at the home or at the counter."""
        values = self.values
        return day_of(values.get("started_at") or values.get("received_at") or values.get("submitted_at"))

    @property
    def deemed(self) -> datetime.date | None:
        """The day from which a licence counts as accepted, since nothing was said in time; None where it was."""
        stand = papers(clock_of(self.values, self.item), self.calendar, self.today)
        return stand.deemed if stand else None

    @property
    def taken(self) -> datetime.date:
        """The day of acceptance that its limit is counted from. Raises `Refusal("print.not_yet")` before one was
        registered."""
        registered = self.day("accepted_at")
        return self.deemed or registered

    @property
    def limit(self) -> str:
        """The promised limit in words."""
        promised = self.values.get("promised") or self.item.get("promised_limit")
        if not promised:
            return ""
        return length_words(promised["days"], promised["unit"]) if promised["days"] else "当场办结"

    @property
    def due(self) -> datetime.date | None:
        """The promised day as it stands today."""
        due = self.values.get("due")
        return datetime.date.fromisoformat(due) if due else None

    @property
    def first_due(self) -> datetime.date | None:
        """The day that was promised at acceptance."""
        return next((act.due for act in self.acts if act.name in ("accept", "finish")), None)

    @property
    def number(self) -> str:
        """The case's number; none before it was received."""
        return str(self.values.get("number") or "")

    @property
    def applicant(self) -> str:
        """The applicant's name."""
        return str(self.values.get("applicant") or "")

    @property
    def matter(self) -> str:
        """The item's name."""
        return str(self.item.get("name") or "")

    @property
    def title(self) -> str:
        """What the file is called."""
        return f"{self.applicant}{self.matter}"

    def who(self, *acts: str, otherwise: Agent) -> Agent:
        """Who did one of these acts, the last time that one was done."""
        return next((one.who for one in reversed(self.acts) if one.name in acts), otherwise)

    def papers(self) -> tuple[Paper, ...]:
        """The papers that were accepted: those that were taken at first, and what was brought before acceptance."""
        names = dict.fromkeys(self.values.get("papers") or ())
        missing: tuple[Paper, ...] = ()
        for act in self.acts:
            if act.name in ("accept", "finish"):
                break
            if act.name in ("notify", "notified"):
                missing = missing_of(act.told)
            elif act.name in ("brought", "complement"):  # who names none says that all of it is there
                names |= dict.fromkeys(act.told.get("papers") or [paper.name for paper in missing])
        return self.named(names)

    def named(self, names: Iterable[str]) -> tuple[Paper, ...]:
        """Papers as the item names them."""
        known = {paper["name"]: paper for paper in self.item.get("papers") or ()}
        return tuple(_paper(known.get(name, {"name": name})) for name in names)

    @property
    def papers_later(self) -> datetime.date | None:
        """The day by which the papers were to come when help came first (急难先办)."""
        days = next((act.told.get("papers_days") for act in self.acts if act.name == "accept"), None)
        return self.day("accepted_at") + datetime.timedelta(days=days) if days else None


def missing_of(told: Values) -> tuple[Paper, ...]:
    """The papers that a notice, or the act that gave it, says are missing."""
    return tuple(Paper(name=one["name"], note=one.get("note") or "") for one in told.get("missing") or ())


def day_of(milliseconds: Any) -> datetime.date:
    """The day of a moment. Raises `Refusal("print.not_yet")` where there is none."""
    if not milliseconds:
        raise Refusal("print.not_yet")
    return local_day(int(milliseconds))


def gather(centre: bytes, case: bytes, now: int) -> Program[CaseFile]:
    """Raises `Refusal("record.unknown")`."""
    found = yield from views.shown(views.BY_ID, centre, record_id=case)
    if not found or found[0].view.kind != "application":
        raise Refusal("record.unknown")
    values = found[0].view.values
    before = yield from past.past(centre, case, found[0].view.position)
    items = yield from _items(before)
    homes = yield from _homes(centre, before)
    home = homes.get(values.get("household") or "", Home({}, ""))
    rated = yield from first(_RATED, centre_id=centre, case_id=case)
    return CaseFile(
        record=case,
        status=found[0].status or "draft",
        values=values,
        item=items.get(values.get("item") or "", {}),
        home=home.values,
        village=home.village,
        office=(yield from office_of(centre)),
        owner=(yield from agent_of(values.get("owner_id"))),
        handler=(yield from agent_of(values.get("handler_id"))),
        mandates=(yield from _under(centre, case, "mandate")),
        consents=(yield from _under(centre, case, "consent")),
        photos=(yield from _under(centre, case, "photo")),
        rating=(rated[0], local_day(rated[1])) if rated else None,
        acts=(yield from acts_of(centre, case)),
        visits=(yield from _visits(centre, case, homes)),
        replies=(yield from _replies(centre, case, homes)),
        calendar=(yield from days.calendar()),
        past=before,
        items=items,
        homes=homes,
        today=local_day(now),
    )


def _items(before: Past) -> Program[dict[str, Values]]:
    found = {}
    for id_ in before.ever("item"):
        found[id_] = yield from _shown(NOBODY, id_)
    return found


def _homes(centre: bytes, before: Past) -> Program[dict[str, Home]]:
    found = {}
    for id_ in before.ever("household"):
        shown = yield from views.shown(views.BY_ID, centre, record_id=bytes.fromhex(id_))
        place = (yield from first(_PLACE, place_id=shown[0].place)) if shown else None
        found[id_] = Home(shown[0].view.values if shown else {}, str(place[0]) if place else "")
    return found


def office_of(centre: bytes) -> Program[Office]:
    """The office as papers name it."""
    name, how = (yield from offices.name_of(centre)), (yield from offices.reached(centre))
    return Office(name=name, phone=how.phone, address=how.address, supervision=how.supervision)


def agent_of(person: Any) -> Program[Agent]:
    """Somebody as papers name him: nobody has an empty name."""
    row = yield from first(_PERSON, person_id=bytes.fromhex(person or NOBODY.hex()))
    return Agent(name=row[0], badge=row[1], phone=row[2]) if row else Agent(name="")


def veiled(identity: Any) -> str:
    """An identity number as it leaves the file: first and last character."""
    return masked(identity) if isinstance(identity, str) and identity else ""


def _shown(centre: bytes, reference: Any) -> Program[Values]:
    if not isinstance(reference, str):
        return {}
    found = yield from views.shown(views.BY_ID, centre, record_id=bytes.fromhex(reference))
    return found[0].view.values if found else {}


def _under(centre: bytes, case: bytes, kind: str) -> Program[list[Values]]:
    found: list[Values] = []
    for (id_,) in (yield from rows(_UNDER, centre_id=centre, case_id=case, wanted_kind=kind)):
        shown = yield from views.shown(views.BY_ID, centre, record_id=id_)
        found += [one.view.values for one in shown]
    return found


def _visits(centre: bytes, case: bytes, homes: Iterable[str]) -> Program[list[Values]]:
    """The visits that took place for the case, whosever home it was said to be of then."""
    found: list[Values] = []
    for home in homes:
        around = yield from views.shown(views.BY_PARENT, centre, parent_id=bytes.fromhex(home))
        found += [one.view.values for one in around if _concerns(one, case) and one.status == "finished"]
    return found


def _replies(centre: bytes, case: bytes, homes: Iterable[str]) -> Program[list[Values]]:
    """The replies of the case's story: those that name it, and those that were counted for it."""
    found: dict[str, Values] = {}
    for home in homes:
        for one in (yield from replying.replies(centre, case, bytes.fromhex(home))):
            found[one["told"]["record"]] = one
    return list(found.values())


def _concerns(one: Shown, case: bytes) -> bool:
    return one.view.kind == "visit" and not one.deleted and one.view.values.get("application") == case.hex()


def _paper(paper: Values) -> Paper:
    return Paper(name=paper["name"], form=PAPER_FORMS.get(paper.get("form") or "", ""), note=paper.get("note") or "")
