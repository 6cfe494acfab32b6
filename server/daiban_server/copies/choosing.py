"""Which records are somebody's own.

Of a household: itself and everything under it, and as much of those that were merged into it. Of one case: itself, what
stands under it, and the visits and replies that name it. With a case goes the reception that it came out of, if the
applicant came himself. Of one person in a household: the cases in which he is the applicant, by name or identity
number, with theirs, and of the household's own record what is said of all of them, and of him.
"""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from daiban_server import homes
from daiban_server.db.program import Program
from daiban_server.evidence.entries import records_of
from daiban_server.http.problems import ProblemError
from daiban_server.spine import erasing, views
from daiban_server.spine.views import Shown
from daiban_sync.ids import is_id

_OF_THE_HEAD = ("identity_number", "born", "phone")
_OF_OTHERS = ("members", "note", "standing", "cannot_move")
"""What a household's record says of others too, or of nobody knows whom: it goes into no copy for one person."""
_OF_ALL = frozenset(
    {"place", "head", "address", "point", "size", "cadre", "deleted", "erased", "status", "version", "status_at"}
)
"""What it says of everybody in it. A field that only a later version knows is taken for one of others."""


class _Person(NamedTuple):
    """Who is meant, as far as the household knows him; "" where it does not."""

    name: str
    number: str


class Chosen(NamedTuple):
    """The records, the one that was asked for first. `person` is empty where all of it was asked for; `left_out` are
    the fields of the first that are others'; `member` is what the household says of the person."""

    records: Sequence[Shown]
    person: str
    left_out: frozenset[str] = frozenset()
    member: Mapping[str, Any] | None = None


def choose(centre: bytes, record: bytes, person: str) -> Program[Chosen]:
    """Raises `ProblemError`: ``record.unknown``, or ``copy.nobody`` where a household has no such person."""
    record = yield from homes.kept(centre, record)
    found = yield from views.shown(views.BY_ID, centre, record_id=record)
    if not found or found[0].view.kind not in ("household", "application"):
        raise ProblemError("record.unknown")
    one = found[0]
    if one.view.kind == "application":
        if person and not _is(_meant(person, [_named(one.view.values, "applicant")]), one.view.values, "applicant"):
            raise ProblemError("copy.nobody")
        records = yield from records_of(centre, one)
        return Chosen([*records, *(yield from _receptions(centre, records))], person)
    if person:
        return (yield from _of_person(centre, one, person))
    records = [one]
    for id_ in (yield from erasing.family(centre, record))[1:]:
        records += yield from views.shown(views.BY_ID, centre, record_id=id_)
    return Chosen([*records, *(yield from _receptions(centre, records))], "")


def _of_person(centre: bytes, home: Shown, person: str) -> Program[Chosen]:
    values, cases = home.view.values, []
    for one in (yield from homes.all_of(centre, bytes.fromhex(home.view.record))):
        cases += yield from views.shown(views.OF_PARENT, centre, parent_id=one, kind_name="application")
    members: Sequence[Mapping[str, Any]] = values.get("members") or ()
    known = [_named(values, "head"), *(_named(one, "name") for one in members)]
    meant = _meant(person, [*known, *(_named(one.view.values, "applicant") for one in cases)])
    own = [one for one in cases if _is(meant, one.view.values, "applicant")]
    is_head = _is(meant, values, "head")
    member = next((one for one in members if _is(meant, one, "name")), None)
    if not own and not is_head and member is None:
        raise ProblemError("copy.nobody")
    records = [home]
    for case in own:
        records += yield from records_of(centre, case)
    records += yield from _receptions(centre, records)
    unique = {one.view.record: one for one in records}
    own_fields = _OF_ALL.union(_OF_THE_HEAD if is_head else ())
    left_out = home.view.fields.keys() | {*_OF_OTHERS, *_OF_THE_HEAD}
    return Chosen(list(unique.values()), person, frozenset(left_out - own_fields), member)


def _receptions(centre: bytes, records: Sequence[Shown]) -> Program[list[Shown]]:
    """The receptions that these cases came out of, where the visitor was the applicant himself."""
    found = []
    for values in [one.view.values for one in records if one.view.kind == "application"]:
        if is_id(named := str(values.get("reception") or "")):
            shown = yield from views.shown(views.BY_ID, centre, record_id=bytes.fromhex(named))
            found += [one for one in shown if one.view.values.get("visitor") == values.get("applicant")]
    return found


def _named(values: Mapping[str, Any], name: str) -> _Person:
    return _Person(_plain(values.get(name)), _plain(values.get("identity_number")))


def _meant(person: str, known: Sequence[_Person]) -> _Person:
    """Who is meant by a name or a number, with what is known of him beside."""
    wanted = _plain(person)
    found = next((one for one in known if wanted == one.number), None)
    return found or next((one for one in known if wanted == one.name), _Person(wanted, ""))


def _is(meant: _Person, values: Mapping[str, Any], name: str) -> bool:
    """Whether something is of the person: by number where both are known, since two may have one name."""
    other = _named(values, name)
    if meant.number and other.number:
        return meant.number == other.number
    return bool(meant.name) and meant.name == other.name


def _plain(text: Any) -> str:
    return unicodedata.normalize("NFKC", str(text or "")).strip().upper()
