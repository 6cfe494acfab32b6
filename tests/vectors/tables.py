"""Tables that the page shows as the code has them: record kinds, limits, problem codes."""

from collections.abc import Iterator
from typing import Any

from daiban_schemas import entry, strict, types
from daiban_schemas.kind import AUTHORITY, Field, Kind
from daiban_schemas.kinds import KINDS
from daiban_schemas.problem import PROBLEMS
from daiban_schemas.types import Type
from daiban_server.features.photos import grant
from daiban_server.http import enrolment, sync
from daiban_server.spine import apply, log, pull
from daiban_sync import clock, limits

_SYNC = """
signature.missing signature.malformed device.unknown digest.mismatch signature.invalid signature.stale device.pending
device.frozen device.revoked device.suspended device.rejected budget.exceeded
body.too_large body.malformed dictionary.unknown protocol.unsupported hello.malformed
request.too_many_batches batch.malformed batch.too_large entry.too_large cursor.invalid batch.elsewhere batch.not_yours
batch.signature entry.malformed cursor.ahead log.ahead server.busy server.fault
"""
_ENROLMENT = "enrolment.malformed key.unusable enrolment.proof batch.elsewhere enrolment.code key.in_use"
_BATCH = "chain.gap chain.equivocation device.frozen device.revoked device.unknown"
_ENTRY = """
kind.unknown kind.read_only record.unknown record.other_kind record.too_contested parent.missing parent.other_kind
seen.ahead field.server_only field.held merge.failed command.unknown command.not_your_role command.not_now command.late
argument.invalid answers.missing answers.invalid item.unknown item.expired papers.arriving report.unknown
mandate.not_on_paper person.not_seen crew.alone extension.late report.without_effect visit.nobody_free visit.slot_taken
visit.place_unknown scope.foreign record.not_yours record.erased
"""
_PHOTO = " ".join(code for code in PROBLEMS if code.startswith(("ticket.", "upload."))) + " photo.digest storage.full"


def problems() -> dict[str, Any]:
    """Codes by where they are met, and the whole catalogue."""
    places = {"sync": _SYNC, "enrolment": _ENROLMENT, "batch": _BATCH, "entry": _ENTRY, "photo": _PHOTO}
    return {
        "about": "problem codes: HTTP status, what it says, what to do; those of `sync`, `enrolment`, `photo` come "
        "as problem documents, those of `batch` in PROBLEM frames, of `entry` and `value` in outcomes",
        "codes": {code: {"status": one.status, **_words(code)} for code, one in PROBLEMS.items()},
        **{place: [_line(code) for code in codes.split()] for place, codes in places.items()},
        "value": [_line(code) for code in PROBLEMS if code.startswith("value.")],
    }


def _words(code: str) -> dict[str, str]:
    one = PROBLEMS[code]
    return {"title": one.title, "advice": one.advice, "english": one.english, "english_advice": one.english_advice}


def _line(code: str) -> str:
    one = PROBLEMS[code]
    return f"{one.status}  {code:<29}{one.english}. {one.english_advice}."


def caps() -> dict[str, Any]:
    """Every limit that a client can meet."""
    values = {
        "body as it travels, bytes": limits.WIRE_BYTES,
        "body inflated, bytes": limits.INFLATED_BYTES,
        "batches in a request": limits.REQUEST_BATCHES,
        "entries in a batch": limits.BATCH_ENTRIES,
        "entry bytes in a batch, together": limits.BATCH_BYTES,
        "one entry, bytes": limits.ENTRY_BYTES,
        "nesting in an entry, levels": strict.DEPTH,
        "absolute integer": limits.INTEGER,
        "one text, code points": strict.TEXT,
        "a name, characters": limits.NAME_LENGTH,
        "fields in a change": entry.FIELDS,
        "positions for one field in over": entry.OVER_POSITIONS,
        "heads of one record": apply.HEADS,
        "photos in a hello": 1000,
        "tickets in an answer": sync.TICKETS,
        "a ticket's life, ms": sync.TICKET_LIFE,
        "one photo, bytes": grant.MAX_BYTES,
        "records in a page": pull.PAGE,
        "record bytes in a page, about": pull.PAGE_BYTES,
        "clock apart without a nonce, ms": clock.STALE,
        "a nonce's life, ms": clock.STALE,
        "a one-time code's life, ms": enrolment.CODE_LIFE,
        "age of a fresh checkpoint, ms": log.FRESH,
    }
    assert limits.ENTRY_DEPTH == strict.DEPTH and limits.TEXT_LENGTH == strict.TEXT, "each limit has one value"
    return {
        "about": "limits",
        "protocol": limits.PROTOCOL,
        "limits": values,
        "table": [f"{value:>16}  {name}" for name, value in values.items()],
    }


def kinds() -> dict[str, Any]:
    """Record kinds with fields, types, commands and reports."""
    return {
        "about": "record kinds: fields with type and policy, commands and reports with their moves; * must be there",
        "authority": AUTHORITY,
        "kinds": {name: list(_kind(kind)) for name, kind in sorted(KINDS.items())},
        "table": [line for _, kind in sorted(KINDS.items()) for line in (*_kind(kind), "")][:-1],
    }


def _kind(kind: Kind) -> Iterator[str]:
    traits = [f"parent {kind.parent}"] if kind.parent else []
    traits += [f"written by {'/'.join(sorted(kind.written_by))} only"] if kind.written_by is not None else []
    traits += [f"changed only by its authors and its {kind.word_of}"] if kind.word_of else []
    traits += ["may be deleted"] if kind.deletable else []
    traits += [f"open {kind.open_prefix}*"] if kind.open_prefix else []
    traits += [f"first state {kind.first_state}"] if kind.first_state else []
    yield f"{kind.name} ({', '.join(traits) or 'no parent'})"
    for field in kind.fields.values():
        yield f"  {field.name:<20}{_field(field)}"
    if kind.held:
        once = f" once there are {kind.held_once}" if kind.held_once else ""
        yield f"  held{once}: {'; '.join(f'{name} in {_or(states)}' for name, states in kind.held.items())}"
    for one in kind.commands.values():
        moves = f"{_or(one.source)} -> {one.target or 'same'}"
        yield f"  ? {one.name:<18}{moves}; by {'|'.join(sorted(one.roles))}{_taken(one.arguments, one.required)}"
    for fact in kind.reports.values():
        moves = ", ".join(f"{source} -> {target}" for source, target in sorted(fact.moves.items())) or "no move"
        moves += "".join(f"; stays where {name} is {value}" for name, value in fact.stays.items())
        yield f"  ! {fact.name:<18}{moves}{_taken(fact.facts, fact.required)}"


def _or(states: frozenset[str]) -> str:
    return "|".join(sorted(states))


def _field(field: Field) -> str:
    return described(field.type) + ("" if field.policy == "register" else f" [{field.policy}]")


def _taken(named: Any, required: frozenset[str]) -> str:
    told = [f"{name}{'*' if name in required else ''} {described(one)}" for name, one in named.items()]
    return f"; with {', '.join(told)}" if told else ""


def described(one: Type) -> str:
    """A type in a few words."""
    match one:
        case types.Text():
            return f"text {one.longest}{' lines' if one.lines else ''}"
        case types.Instant():
            return "instant"
        case types.Integer():
            return f"integer {one.least}..{'' if one.most == limits.INTEGER else one.most}"
        case types.Choice():
            return "|".join(one.codes)
        case types.Reference():
            return f"id of {'|'.join(one.kinds)}"
        case types.List():
            return f"list {one.most} of {described(one.of)}"
        case types.Struct():
            named = [f"{name}{'*' if name in one.required else ''} {described(t)}" for name, t in one.members.items()]
            return "{" + ", ".join(named) + "}"
        case _:
            return _PLAIN[type(one).__name__]


_PLAIN = {
    "Flag": "flag",
    "Date": "date",
    "IdentityNumber": "identity number",
    "Phone": "phone",
    "Digest": "sha256",
    "Point": "point",
    "Anything": "any",
    "QuestionType": "question",
}
