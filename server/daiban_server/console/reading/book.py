"""What the lines of a page refer to: people, places, records and items of one centre, read set-wise and once."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import bindparam, select

from daiban_schemas.kinds import KINDS
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.http.session import SignedIn
from daiban_server.services import Services
from daiban_server.spine.ledger import Ledger, Record
from daiban_sync.ids import NOBODY, is_id
from daiban_sync.view import View

_p, _l = schema.person.c, schema.place.c
_PEOPLE = select(_p.id, _p.name, _p.role, _p.phone).where(
    (_p.centre == bindparam("centre_id")) | (_p.centre == bindparam("district_id"))
)
_PLACES = select(_l.id, _l.name).where(_l.centre == bindparam("centre_id"))


class Person(NamedTuple):
    """Who somebody is. `role` is a code of `permissions.ROLES`, or ``server``."""

    name: str
    role: str
    phone: str


SYSTEM = Person("系统", "server", "")
UNKNOWN = Person("外单位人员", "", "")


class Subject(NamedTuple):
    """What a record is about: a person's or a household's name, the village, the item's name ("" where unknown)."""

    who: str
    place: str
    item: str
    address: str = ""


class Book:
    """The references of one page, as `reader` (a person) may see it.
    Fill it with `open`, then `read` records before asking for them."""

    def __init__(self, centre: bytes, now: int, desk: bytes, reader: bytes) -> None:
        self.centre = centre
        self.reader = reader
        self.now = now
        self.desk = desk
        self.people: dict[bytes, Person] = {}
        self.places: dict[bytes, str] = {}
        self._own = Ledger(centre, now, 0)
        self._items = Ledger(NOBODY, now, 0)
        self._views: dict[bytes, View] = {}

    def open(self) -> Program[None]:
        """Know the centre's people and places, and the district's people."""
        people = yield from rows(_PEOPLE, centre_id=self.centre, district_id=NOBODY)
        self.people = {id_: Person(name, role, phone) for id_, name, role, phone in people}
        self.places = dict((yield from rows(_PLACES, centre_id=self.centre)))

    def read(self, ids: Iterable[bytes]) -> Program[None]:
        """Know these records, the records above them (a reply's household, a paper's case and household), and the
        items that they name."""
        wanted = [id_ for id_ in ids if id_ != NOBODY]
        while wanted:
            yield from self._read(self._own, wanted)
            found = [record for id_ in wanted if (record := self._own.records.get(id_))]
            above = [record.parent for record in found if record.parent and KINDS[record.kind].parent != "place"]
            above += [bytes.fromhex(case) for record in found if is_id(case := self.text(record.id, "application"))]
            wanted = [id_ for id_ in dict.fromkeys(above) if id_ not in self._own.records]
        yield from self.read_items(self.text(id_, "item") for id_ in self._own.records)

    def read_items(self, ids: Iterable[str]) -> Program[None]:
        """Know these items; what is no id is passed over."""
        yield from self._read(self._items, [bytes.fromhex(item) for item in ids if is_id(item)])

    def _read(self, ledger: Ledger, ids: list[bytes]) -> Program[None]:
        yield from ledger.load(ids)
        found = [record for id_ in ids if (record := ledger.records.get(id_)) and id_ not in self._views]
        yield from ledger.load_entries(head.position for record in found for head in ledger.heads(record))
        for record in found:
            written = [ledger.written(head) for head in ledger.heads(record)]
            self._views[record.id] = View(record.id.hex(), record.kind, record.position, written)

    def record(self, id_: bytes) -> Record | None:
        """A record's row, None where there is none (yet)."""
        return self._own.records.get(id_)

    def view(self, id_: bytes) -> View | None:
        """A record's or an item's values."""
        return self._views.get(id_)

    def text(self, id_: bytes, field: str) -> str:
        """One visible value that is a text; "" where it is none."""
        view = self._views.get(id_)
        value = view.values.get(field) if view else None
        return value if isinstance(value, str) else ""

    def person(self, id_: bytes | str) -> Person:
        """Who wrote or does something, by id."""
        raw = bytes.fromhex(id_) if isinstance(id_, str) else id_
        return SYSTEM if raw == NOBODY else self.people.get(raw, UNKNOWN)

    def subject(self, id_: bytes) -> Subject:
        """What a record is about."""
        record = self.record(id_)
        if record is None:
            return Subject("", "", "")
        case = self._case(record)
        home = self._home(record)
        item = self.text(case or id_, "item")
        return Subject(
            self.text(case, "applicant") if case else self.text(home, "head"),
            self.places.get(record.place or b"", ""),
            self.text(bytes.fromhex(item), "name") if is_id(item) else "",
            self.text(home, "address"),
        )

    def _case(self, record: Record) -> bytes:
        """The application that a record is or belongs to; b"" for none."""
        named = self.text(record.id, "application")
        above = bytes.fromhex(named) if is_id(named) else record.parent or b""
        for id_ in (record.id, above):
            found = self.record(id_)
            if found and found.kind == "application":
                return id_
        return b""

    def _home(self, record: Record) -> bytes:
        """The household that a record is or belongs to; b"" for none."""
        found: Record | None = record
        while found and found.kind != "household":
            found = self.record(found.parent) if found.parent else None
        return found.id if found else b""


def book_of(session: SignedIn, services: Services) -> Program[Book]:
    """A book of the centre of whoever is signed in, opened."""
    centre = session.clerk.centre
    book = Book(centre, services.now(), services.keys.desk_device(centre), session.clerk.person)
    yield from book.open()
    return book
