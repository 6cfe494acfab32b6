"""``POST /v1/records/{record}/reveal``: one field of one record, whole, for a reason that is kept.

What is kept is that it was shown, before it is shown: an answer that got lost on the way counts as well.
"""

from litestar import Response, post
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from daiban_schemas.kinds import KINDS
from daiban_schemas.kinds.opinion import COMPLAINANT
from daiban_schemas.masking import as_shown, masked
from daiban_server import audit, choices, todo
from daiban_server.concerned import Reader, kept_from
from daiban_server.db.program import Program
from daiban_server.http.people import names_of
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.record_out import Written, types_of
from daiban_server.http.session import GivenSession
from daiban_server.reasons import OTHER, REASONS, in_words
from daiban_server.services import GivenServices
from daiban_server.spine import views
from daiban_server.spine.apply import blank
from daiban_server.spine.desk import Clerk
from daiban_server.spine.ledger import Ledger
from daiban_server.spine.views import Shown

AN_HOUR = 3_600_000
LONGEST_NOTE = 200
NO_STORE = {"Cache-Control": "no-store"}
_NAMED = ("applicant", "head", "principal", "person")
"""Fields that name whom a record is about."""


class RevealIn(Struct):
    """Which field, and why: a code of `REASONS`, and words, which `OTHER` needs."""

    field: str
    reason: str
    note: str = ""


class RevealOut(Struct, frozen=True):
    """Everything that stands in the field, the visible value first."""

    record: str
    kind: str
    field: str
    label: str
    values: list[Written]


class _TooMany(Struct, frozen=True):
    """Nothing is shown before so many milliseconds went by."""

    wait: int


@post("/v1/records/{record:str}/reveal", opt={"action": "value.reveal"}, status_code=200)
async def reveal(
    record: FromPath[str], data: JSONBody[RevealIn], session: GivenSession, services: GivenServices
) -> Response[RevealOut]:
    """Show one field whole. Problems: ``reveal.reason``, ``reveal.nothing`` (nothing of it is hidden, or it is empty),
    ``reveal.too_many``."""
    shown = await whole(session.clerk, checked_id(record, "record.unknown"), data, services)
    return Response(shown, headers=NO_STORE)


async def whole(clerk: Clerk, record: bytes, asked: RevealIn, services: GivenServices) -> RevealOut:
    """One field as it stands. Raises `ProblemError` as `reveal` says."""
    now = services.now()
    done = await services.database.write(clerk.centre, lambda: _whole(clerk, record, asked, now))
    if isinstance(done, _TooMany):
        raise ProblemError("reveal.too_many", {"Retry-After": str(-(-done.wait // 1000))})
    return done


def _whole(clerk: Clerk, record: bytes, asked: RevealIn, now: int) -> Program[RevealOut | _TooMany]:
    note = asked.note.strip()
    if asked.reason not in REASONS or len(note) > LONGEST_NOTE or (asked.reason == OTHER and blank(note)):
        raise ProblemError("reveal.reason")
    found = yield from views.shown(views.BY_ID, clerk.centre, record_id=record)
    if not found:
        raise ProblemError("record.unknown")
    kept = yield from kept_from(Reader(clerk.person, clerk.centre, now), found)
    if not may_be_shown(found[0], asked.field, kept=bool(kept)):
        raise ProblemError("reveal.nothing")
    if wait := (yield from _too_many(clerk, record, now)):
        return _TooMany(wait)
    told = f"{label(found[0], asked.field)}（{about(found[0])}）"
    yield from audit.note(
        clerk.centre, clerk.person, "value.reveal", record, in_words(asked.reason, note), now, told=told
    )
    return (yield from _out(found[0], asked.field))


def may_be_shown(one: Shown, field: str, *, kept: bool) -> bool:
    """Whether something of a field is masked where it is shown to whoever handles it. An opinion `kept` from whom it is
    about shows him nothing of who said it."""
    if kept and field in COMPLAINANT:
        return False
    of, held = types_of(one.view.kind).get(field), one.view.fields.get(field, ())
    return any(as_shown(value.value, of, "handling") != value.value for value in held)


def _too_many(clerk: Clerk, record: bytes, now: int) -> Program[int]:
    """Milliseconds until somebody may be shown more; 0 if he may. The first time in an hour that he may not, the head
    gets a task and the audit a row."""
    most = (yield from choices.chosen()).reveals_an_hour
    count, since = yield from audit.lately(clerk.centre, clerk.person, "value.reveal", now - AN_HOUR)
    if count < most:
        return 0
    again, _ = yield from audit.lately(clerk.centre, clerk.person, "reveal.too_many", now - AN_HOUR)
    if not again:
        ledger = Ledger(clerk.centre, now, 0)
        yield from todo.look_at(ledger, record, "reveal.too_many", f"reveal {clerk.person.hex()} {now}")
        yield from audit.note(clerk.centre, clerk.person, "reveal.too_many", record, f"一小时内超过 {most} 次", now)
    return max(1, since + AN_HOUR - now)


def label(one: Shown, field: str) -> str:
    """The field in words."""
    return KINDS[one.view.kind].label_of(field) if one.view.kind in KINDS else field


def about(one: Shown) -> str:
    """Which record it is, for whoever reads the audit and may read no case: its kind, its number if it has one, and the
    name's first and last character."""
    kind = KINDS[one.view.kind].label if one.view.kind in KINDS else one.view.kind
    return " ".join(filter(None, (kind, str(one.view.values.get("number") or ""), short(whose(one)))))


def whose(one: Shown) -> str:
    """The name of whom a record is about; "" where it names nobody."""
    name = next((one.view.values[key] for key in _NAMED if one.view.values.get(key)), "")
    return str((name.get("name") if isinstance(name, dict) else name) or "")


def short(name: str) -> str:
    """A name by its first and last character; of two the first."""
    return (masked(name) if len(name) > 2 else f"{name[:1]}*") if name else ""


def _out(one: Shown, field: str) -> Program[RevealOut]:
    held = one.view.fields[field]
    names = yield from names_of({value.author for value in held})
    values = [Written(v.value, names.get(v.author, ""), v.at, v.effective, v.position) for v in held]
    return RevealOut(one.view.record, one.view.kind, field, label(one, field), values)
