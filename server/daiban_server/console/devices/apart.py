"""单独存放的: batches of a revoked or frozen phone, entry by entry beside what was taken, to be adopted or not."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from daiban_schemas import types
from daiban_schemas.kinds import KINDS
from daiban_server.accounts import passkeys
from daiban_server.console import words
from daiban_server.console.asking import label_of, word_of
from daiban_server.console.meaning import meaning
from daiban_server.console.pages import Asked, go, said_in, show, signed_form
from daiban_server.console.reading.book import Book, book_of
from daiban_server.console.reading.disputes import form_of
from daiban_server.console.values import told
from daiban_server.console.words import Mark, Moment
from daiban_server.db.program import Program
from daiban_server.features.devices import adopting, quarantined
from daiban_server.features.devices.adopting import Choice
from daiban_server.features.devices.life import REASON_LENGTH
from daiban_server.features.devices.quarantined import Line, Pair, Quarantined
from daiban_server.features.devices.routes import digest_of
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.permissions import may
from daiban_server.services import GivenServices, Services
from daiban_sync.ids import is_id

_WHY = {
    "chain.equivocation": "同一把密钥签出了两份不同的记录",
    "chain.waiting": "有人捎来，前面的还没到，手机就停用或冻结了",
    "device.revoked": "手机停用以后交来",
    "device.frozen": "手机冻结以后交来",
    "device.suspended": "手机挂失以后交来",
}
_DECIDED = {True: Mark("已采用", "check"), False: Mark("都不采用", "cross")}
_WAITS = Mark("待核对", "diamond")


class Batch(NamedTuple):
    """A batch that stands apart. `by` and `reason` are those of the decision, "" before one."""

    path: str
    person: str
    device: str
    at: Moment
    why: str
    entries: int
    mark: Mark
    by: str
    reason: str


class Said(NamedTuple):
    """What an entry says: `act` of what, about whom, its fields in words, when the phone says that it was."""

    what: str
    subject: str
    fields: list[tuple[str, str]]
    at: Moment | None


class Side(NamedTuple):
    """An entry that stands apart, beside what was taken under its number; `fate` says what became of that."""

    number: int
    kept: Said
    taken: Said | None
    fate: str
    again: bool


_FATE = {
    "new": "已收下",
    "identical": "已收下",
    "merged": "已收下",
    "conflict": "已收下，与别人写的不一致",
    "parked": "已收下，等着前一条",
    "refused": "当时没有通过",
}


@get("/quarantine", opt={"action": "quarantine.read"})
async def quarantine(request: Asked, session: GivenSession, services: GivenServices) -> Template:
    """The centre's, those that wait first."""
    said = said_in(request)

    def program() -> Program[Mapping[str, Any]]:
        book = yield from book_of(session, services)
        found = yield from quarantined.listed(session.clerk.centre)
        listed = [_batch(one, book) for one in found]
        return {
            "waiting": [one for one in listed if one.mark is _WAITS],
            "decided": [one for one in listed if one.mark is not _WAITS],
        }

    return await show("quarantine", services, session, program(), here="devices", title="单独存放的", said=said)


@get("/quarantine/{device:str}/{digest:str}", opt={"action": "quarantine.read"})
async def batch(
    device: FromPath[str], digest: FromPath[str], session: GivenSession, services: GivenServices
) -> Response[Any]:
    """One batch."""
    return await _page(device, digest, session, services)


async def _page(
    device: str, digest: str, session: SignedIn, services: Services, error: str = "", reason: str = ""
) -> Response[Any]:
    id_, named, centre = checked_id(device, "quarantine.unknown"), digest_of(digest), session.clerk.centre

    def program() -> Program[Mapping[str, Any]]:
        book = yield from book_of(session, services)
        found = yield from quarantined.found(centre, id_, named)
        pairs = yield from quarantined.pairs(centre, found)
        yield from book.read(_records(pairs))
        yield from book.read_items(line.values["item"] for line in _lines(pairs) if line.values.get("item"))
        keys = yield from passkeys.mine(session.clerk.person)
        return {
            "batch": _batch(found, book),
            "sides": [_side(one, book) for one in pairs],
            "has_passkey": bool(keys),
        }

    return await show(
        "apart",
        services,
        session,
        program(),
        422 if error else 200,
        here="devices",
        title="核对单独存放的一批",
        may_decide=may(session.role, "quarantine.decide"),
        longest=REASON_LENGTH,
        error=error,
        reason=reason,
    )


@post("/quarantine/{device:str}/{digest:str}", opt={"action": "quarantine.decide", "csrf_in_form": True})
async def refuse(
    device: FromPath[str],
    digest: FromPath[str],
    request: Asked,
    session: GivenSession,
    services: GivenServices,
) -> Response[Any]:
    """Adopt nothing of it. Adopting wants a passkey, and so a script (``static/passkeys.js``)."""
    form = await signed_form(request, session)
    id_, named = checked_id(device, "quarantine.unknown"), digest_of(digest)
    reason = form.get("reason", "").strip()
    if not reason or len(reason) > REASON_LENGTH:
        return await _page(device, digest, session, services, "请写明理由。", reason)
    clerk, now, keys, effects = session.clerk, services.now(), services.keys, services.effects
    choice = Choice(id_, named, (), reason)
    try:
        await services.database.write(clerk.centre, lambda: adopting.decide(clerk, choice, keys, effects, now, b""))
    except ProblemError as error:
        return await _page(device, digest, session, services, words.wrong(error.code), reason)
    return go("/quarantine", "refused")


def _batch(one: Quarantined, book: Book) -> Batch:
    decided = one.decided
    return Batch(
        f"/quarantine/{one.device.hex()}/{one.digest.hex()}",
        one.person,
        one.device_name,
        words.moment(one.at, book.now),
        _WHY.get(one.code, one.code),
        len(one.entries),
        _DECIDED[bool(decided["numbers"])] if decided else _WAITS,
        book.person(decided["by"]).name if decided else "",
        decided["reason"] if decided else "",
    )


def _lines(pairs: Iterable[Pair]) -> Iterator[Line]:
    return (line for pair in pairs for line in (pair.kept, pair.taken) if line)


def _records(pairs: Iterable[Pair]) -> list[bytes]:
    named = {line.record for line in _lines(pairs) if is_id(line.record)}
    return [bytes.fromhex(record) for record in sorted(named)]


def _side(pair: Pair, book: Book) -> Side:
    taken = _said(pair.taken, book) if pair.taken else None
    return Side(pair.kept.number, _said(pair.kept, book), taken, _FATE.get(pair.outcome, ""), pair.again)


def _said(line: Line, book: Book) -> Said:
    kind = KINDS.get(line.kind)
    if kind is None or not is_id(line.record):
        return Said("看不懂的一条", "", [], None)
    label = kind.label
    if line.action == "command":
        label += "：" + (kind.commands[line.name].label if line.name in kind.commands else line.name)
    elif line.action == "report":
        label += "：" + (kind.reports[line.name].label if line.name in kind.reports else line.name)
    subject = book.subject(bytes.fromhex(line.record))
    fields = [
        (label, told(value, of, lambda id_: _name(id_, book), book.now)) for label, of, value in _meant(line, book)
    ]
    who = " · ".join(part for part in (subject.who, subject.place, subject.item) if part)
    return Said(label, who, fields, words.moment(line.at, book.now) if line.at else None)


def _meant(line: Line, book: Book) -> Iterator[tuple[str, types.Type | None, Any]]:
    """What an entry says: what each is called, its type, and the value."""
    if line.action in ("command", "report"):
        known = quarantined.types_of(line.kind, line.action, line.name)
        for name, value in line.values.items():
            of = known.get(name)
            # A code of an act has words of its own there.
            yield (
                label_of(line.name, name),
                of,
                word_of(value) if isinstance(of, types.Choice) and isinstance(value, str) else value,
            )
        return
    form = form_of(str(line.values.get("item") or book.text(bytes.fromhex(line.record), "item")), book)
    for name, value in line.values.items():
        what = meaning(line.kind, name, form)
        yield what.label, what.of, value


def _name(id_: str, book: Book) -> str:
    if not is_id(id_):
        return ""
    raw = bytes.fromhex(id_)
    subject = book.subject(raw)
    return book.places.get(raw) or (book.people[raw].name if raw in book.people else subject.who or subject.item)


HANDLERS: list[Any] = [quarantine, batch, refuse]
