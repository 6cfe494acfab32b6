"""The copy as a machine reads it: every record whole, every value that stands, and what was handed in about them.

Nothing is masked: it is the person's own. What the server works with beside that (registers, figures, deadlines) is
made of the same values and is not repeated.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import bindparam, select

from daiban_schemas.kinds import KINDS
from daiban_schemas.strict import decoded
from daiban_schemas.types import Reference
from daiban_server import offices
from daiban_server.console.meaning import meaning
from daiban_server.console.reading.book import Book
from daiban_server.console.values import told
from daiban_server.copies.choosing import Chosen, choose
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.spine import history, log, past
from daiban_server.spine.history import Stored
from daiban_server.spine.views import Shown
from daiban_sync.ids import NOBODY, is_id
from daiban_sync.outcome import OUTCOMES

FORMAT = "daiban copy 1"
_m, _r = schema.message.c, schema.rating.c
_MESSAGES = (
    select(_m.record, _m.at, _m.phone, _m.text)
    .where(_m.centre == bindparam("centre_id"), _m.record.is_not(None), _m.person.is_(None))
    .order_by(_m.at)
)
"""Those to residents; to people who work here go others. There is no index by record, and a copy is rare."""
_RATING = select(_r.at, _r.level, _r.text).where(_r.centre == bindparam("centre_id"), _r.id == bindparam("record_id"))


class FieldOut(Struct, frozen=True):
    """A field: `value` as it is kept, `words` as people read it, `others` what stands beside it in conflict."""

    name: str
    label: str
    value: Any
    words: str
    others: list[Any] = []


class RecordOut(Struct, frozen=True):
    """A record; `title` says in words what it is, `status` how it stands. `photo` is a photo's picture, in base64,
    where pictures were asked for."""

    record: str
    kind: str
    title: str
    status: str
    fields: list[FieldOut]
    photo: bytes | None = None


class HandedIn(Struct, frozen=True):
    """What somebody handed in about a record, in order: when it is believed to have been said (Unix milliseconds), by
    whom, what became of it, and the entry as it came."""

    at: int
    by: str
    record: str
    outcome: str
    entry: Any


class Told(Struct, frozen=True):
    """A message that went out to the resident; of the `at` see above."""

    at: int
    phone: str
    record: str
    text: str


class Rated(Struct, frozen=True):
    """A rating that was given."""

    at: int
    record: str
    level: int
    text: str


class Copy(Struct, frozen=True):
    """The whole. `person` is empty where the copy is of a whole household or case; `left_out` names fields of the
    household that tell of others."""

    format: str
    centre: str
    made_at: int
    made_by: str
    person: str
    records: list[RecordOut]
    handed_in: list[HandedIn]
    messages: list[Told]
    ratings: list[Rated]
    left_out: list[str]


class Asking(Struct, frozen=True):
    """Who makes the copy, and when."""

    centre: bytes
    by: bytes
    desk: bytes
    now: int


def gather(asking: Asking, record: bytes, person: str) -> Program[Copy]:
    """Raises `ProblemError` as `choosing.choose` does."""
    chosen = yield from choose(asking.centre, record, person)
    book = Book(asking.centre, asking.now, asking.desk, asking.by)
    yield from book.open()
    yield from book.read(bytes.fromhex(one.view.record) for one in chosen.records)
    ids = [bytes.fromhex(one.view.record) for one in chosen.records]
    # The household's own entries tell of everybody in it: no part of a copy for one person.
    told_of = ids[1:] if chosen.left_out else ids
    return Copy(
        FORMAT,
        (yield from offices.name_of(asking.centre)),
        asking.now,
        book.person(asking.by).name,
        chosen.person,
        [_record(one, chosen, book) for one in chosen.records],
        (yield from _handed_in(asking.centre, told_of, book)),
        (yield from _messages(asking.centre, told_of)),
        (yield from _ratings(asking.centre, told_of)),
        sorted(KINDS["household"].label_of(name) for name in chosen.left_out),
    )


def _record(one: Shown, chosen: Chosen, book: Book) -> RecordOut:
    view, kind = one.view, KINDS[one.view.kind]
    left_out = chosen.left_out if one is chosen.records[0] else frozenset()
    form = _form(view.values.get("item"), book)
    fields = []
    for name, held in view.fields.items():
        if name in left_out:
            continue
        what = meaning(view.kind, name, form)
        words = told(held[0].value, what.of, _names(what.of, book), book.now, whole=True)
        others = [value.value for value in view.conflicts.get(name, ())[1:]]
        fields.append(FieldOut(name, what.label, held[0].value, words, others))
    if left_out and chosen.member is not None:
        fields.append(FieldOut("member", "本人", chosen.member, _member(chosen.member), []))
    title = "　".join(filter(None, (kind.label, _called(one))))
    return RecordOut(view.record, view.kind, title, kind.states.get(one.status or "", one.status or ""), fields)


def _called(one: Shown) -> str:
    values = one.view.values
    return str(values.get("number") or values.get("paper") or values.get("head") or "")


def _member(member: Mapping[str, Any]) -> str:
    return "，".join(str(part) for part in member.values() if part)


def _form(item: Any, book: Book) -> Sequence[Mapping[str, Any]]:
    view = book.view(bytes.fromhex(item)) if isinstance(item, str) and is_id(item) else None
    return (view.values.get("form") or ()) if view else ()


def _names(of: Any, book: Book) -> Any:
    """Names of what a field refers to."""
    kinds = of.kinds if isinstance(of, Reference) else ()

    def name(id_: str) -> str:
        if not is_id(id_):
            return ""
        raw = bytes.fromhex(id_)
        if "person" in kinds:
            return book.person(raw).name
        named = (book.text(raw, one) for one in ("name", "number", "head"))
        return book.places.get(raw) or next(filter(None, named), "")

    return name


def _handed_in(centre: bytes, ids: Sequence[bytes], book: Book) -> Program[list[HandedIn]]:
    """Every entry that was handed in, refused ones too, in the order in which they came; not what the server wrote."""
    standing = yield from log.standing(centre)
    members = set(ids)
    starts = yield from past.stretches(centre, members, standing.position if standing else 0)
    stored = yield from history.entries_at(centre, starts)
    own = [one for _, one in sorted(stored.items()) if one.record in members and one.device != NOBODY]
    return [_entry(one, book) for one in own if one.body]


def _entry(one: Stored, book: Book) -> HandedIn:
    by, outcome = book.person(one.author).name, OUTCOMES[one.outcome]
    return HandedIn(one.effective, by, one.record.hex(), outcome, decoded(one.body))


def _messages(centre: bytes, ids: Sequence[bytes]) -> Program[list[Told]]:
    found, own = (yield from rows(_MESSAGES, centre_id=centre)), set(ids)
    return [Told(at, phone, record.hex(), text) for record, at, phone, text in found if record in own]


def _ratings(centre: bytes, ids: Sequence[bytes]) -> Program[list[Rated]]:
    found = []
    for id_ in ids:
        for at, level, text in (yield from rows(_RATING, centre_id=centre, record_id=id_)):
            found.append(Rated(at, id_.hex(), level, text))
    return found
