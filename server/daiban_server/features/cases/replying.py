"""The replies that concern a case, as its story tells them: what was counted for it, and what was said beside.

What was counted is held in the reply's record (see `daiban_schemas.kinds.reply`), so the story tells it for ever as it
was; a correction stands in the record beside it.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, select

from daiban_schemas.kinds import KINDS
from daiban_server import homes
from daiban_server.authorship import authorship
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.http.people import names_of
from daiban_server.spine import views
from daiban_sync.ids import NOBODY
from daiban_sync.view import View

_o = schema.obligation.c
_COUNTED = select(_o.reply, _o.received_at).where(
    _o.centre == bindparam("centre_id"), _o.application == bindparam("case_id"), _o.reply.is_not(None)
)
_TOLD = ("text", "outcome", "spoke_to", "how")


def replies(centre: bytes, case: bytes, household: bytes) -> Program[list[dict[str, Any]]]:
    """The members of an event for each reply that names the case or was counted for it. Of one that was not counted
    `at` is when it was written, as far as that is known."""
    received = {id_.hex(): at for id_, at in (yield from rows(_COUNTED, centre_id=centre, case_id=case))}
    found = []
    for home in (yield from homes.all_of(centre, household)):
        found += yield from views.shown(views.OF_PARENT, centre, parent_id=home, kind_name="reply")
    # What was counted stays the case's, though the case turned out to be another household's.
    for id_ in received.keys() - {one.view.record for one in found}:
        found += yield from views.shown(views.BY_ID, centre, record_id=bytes.fromhex(id_))
    about = [one.view for one in found if "text" in one.view.fields and _concerns(one.view, case.hex(), received)]
    names = yield from names_of({person for view in about for person in _people(view)})
    names[NOBODY.hex()] = ""
    return [_event(view, received.get(view.record), names) for view in about]


def _concerns(view: View, case: str, counted: Mapping[str, int]) -> bool:
    named = case in (view.values.get("application"), *(view.values.get("also") or ()))
    return named or view.record in counted


def _people(view: View) -> tuple[str, str]:
    given = authorship(view)
    return given.author, given.behalf


def _event(view: View, received: int | None, names: Mapping[str, str]) -> dict[str, Any]:
    by, behalf = (names.get(person, "") for person in _people(view))
    told = {name: view.values[name] for name in _TOLD if view.values.get(name) is not None}
    effective = authorship(view).at
    return {
        "label": KINDS["reply"].label,
        "at": received if received is not None else effective,
        "effective": effective,
        "by": by,
        "told": {**told, "record": view.record, "counted": received is not None, "on_behalf_of": behalf or None},
    }
