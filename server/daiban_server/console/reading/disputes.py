"""Fields with more than one value: what stands there, who wrote which and when, and what may be chosen."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from daiban_schemas.kinds import KINDS
from daiban_schemas.kinds.opinion import COMPLAINANT
from daiban_schemas.masking import as_shown, differing
from daiban_server.concerned import Reader, kept_from
from daiban_server.console import words
from daiban_server.console.meaning import Meaning, Question, meaning
from daiban_server.console.reading.book import Book, Person, Subject
from daiban_server.console.values import told
from daiban_server.console.words import Moment
from daiban_server.db.program import Program
from daiban_server.spine import views
from daiban_server.spine.apply import broken_rules
from daiban_server.spine.views import Shown
from daiban_sync.ids import is_id
from daiban_sync.merge import TOMBSTONE
from daiban_sync.view import Value

LISTED = 10
"""Disputes on one page; the next come up as these are settled."""
_READ = 60
_CLAIM = 5 * 60_000
"""Milliseconds by which a phone's claim may differ from what is believed before the page mentions it."""


class Written(NamedTuple):
    """One value that stands: `text` is for people, `raw` for settling. `claimed` is what a wrong clock said, or "";
    `hidden`: something of it is masked."""

    position: int
    text: str
    author: Person
    written: Moment
    claimed: str
    at_desk: bool
    raw: Any
    hidden: bool


class Dispute(NamedTuple):
    """One field of one record with more than one value, the visible one first. `seen` and `over` say what this page
    shows, so that settling replaces nothing else. `unlike` says at which characters texts differ that are shown
    masked, counted from 1."""

    record: str
    kind: str
    subject: Subject
    what: Meaning
    seen: int
    over: list[int]
    values: list[Written]
    unlike: list[int]
    doubted: bool

    @property
    def id(self) -> str:
        """Its anchor on the page."""
        return f"d-{self.record}-{self.what.field}"


class Misfit(NamedTuple):
    """Values of several fields that do not fit together."""

    record: str
    kind: str
    subject: Subject
    values: list[tuple[str, Written]]


class Disputes(NamedTuple):
    """What is listed, how many fields are in dispute, and whether that number is a lower bound."""

    listed: list[Dispute]
    misfits: list[Misfit]
    total: int
    at_least: bool


def disputes(book: Book) -> Program[Disputes]:
    """The centre's open disputes, newest first."""
    shown = yield from views.shown(views.IN_CONFLICT, book.centre, page=_READ)
    some = shown[:LISTED]
    yield from book.read(bytes.fromhex(one.view.record) for one in some)
    kept = yield from kept_from(Reader(book.reader, book.centre, book.now), some)
    listed = [dispute for one in some for dispute in _of(one, book, kept)]
    misfits = [misfit for one in some for misfit in _misfits(one, book)]
    return Disputes(listed[:LISTED], misfits, sum(one.conflicts for one in shown), len(shown) == _READ)


def dispute(record: bytes, field: str, book: Book) -> Program[Dispute | None]:
    """One dispute as it stands now; None where there is none."""
    shown = yield from views.shown(views.BY_ID, book.centre, record_id=record)
    yield from book.read([record])
    kept = yield from kept_from(Reader(book.reader, book.centre, book.now), shown)
    return next((found for one in shown for found in _of(one, book, kept) if found.what.field == field), None)


def disputes_of(record: bytes, book: Book) -> Program[list[Dispute]]:
    """What is in dispute of one record."""
    shown = yield from views.shown(views.BY_ID, book.centre, record_id=record)
    kept = yield from kept_from(Reader(book.reader, book.centre, book.now), shown)
    return [found for one in shown for found in _of(one, book, kept)]


def _of(shown: Shown, book: Book, kept: set[str]) -> list[Dispute]:
    """What is in dispute of a record; of an opinion about whoever reads (`kept`) nothing of who said it."""
    view = shown.view
    hidden = COMPLAINANT if view.record in kept else frozenset[str]()
    fields = {name: values for name, values in view.conflicts.items() if name not in hidden}
    if view.doubted:
        fields[TOMBSTONE] = view.fields[TOMBSTONE]
    return [_dispute(shown, name, fields[name], book) for name in sorted(fields)]


def _dispute(shown: Shown, field: str, values: Sequence[Value], book: Book) -> Dispute:
    view, record = shown.view, bytes.fromhex(shown.view.record)
    what = meaning(view.kind, field, form_of(book.text(record, "item"), book))
    written = [_written(value, what, book) for value in values]
    return Dispute(
        view.record,
        KINDS[view.kind].label,
        book.subject(record),
        what,
        view.position,
        view.positions(field),
        written,
        _unlike(values, written),
        field == TOMBSTONE and view.doubted,
    )


def _unlike(values: Sequence[Value], written: Sequence[Written]) -> list[int]:
    texts = [value.value for value in values]
    hidden = any(one.hidden for one in written)
    return differing(texts) if hidden and all(isinstance(text, str) for text in texts) else []


def _misfits(shown: Shown, book: Book) -> list[Misfit]:
    view, record = shown.view, bytes.fromhex(shown.view.record)
    found = []
    for fields in broken_rules(KINDS[view.kind], view):
        named = [(meaning(view.kind, name, ()), view.fields[name][0]) for name in fields if name in view.fields]
        values = [(what.label, _written(value, what, book)) for what, value in named]
        found.append(Misfit(view.record, KINDS[view.kind].label, book.subject(record), values))
    return found


def _written(value: Value, what: Meaning, book: Book) -> Written:
    def name(id_: str) -> str:
        raw = bytes.fromhex(id_)
        subject = book.subject(raw)
        return book.places.get(raw) or (book.people[raw].name if raw in book.people else subject.who or subject.item)

    claimed = abs(value.at - value.effective) > _CLAIM and value.device != book.desk
    return Written(
        value.position,
        told(value.value, what.of, name, book.now),
        book.person(value.author),
        words.moment(value.effective, book.now),
        f"{words.date(words.local(value.at).date(), words.local(book.now).date())} {words.local(value.at):%H:%M}"
        if claimed
        else "",
        value.device == book.desk,
        value.value,
        as_shown(value.value, what.of, "handling") != value.value,
    )


def form_of(item: str, book: Book) -> Sequence[Question]:
    """The questions that an item asks, by its id in hexadecimal."""
    view = book.view(bytes.fromhex(item)) if is_id(item) else None
    form = view.values.get("form") if view else None
    return form if isinstance(form, list) else []
