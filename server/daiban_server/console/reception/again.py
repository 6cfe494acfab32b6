"""The form that comes a second time, by a double click or after somebody went back: what was taken down stands, and
where the form says something else by then, that is said, since nothing of it is kept."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from daiban_schemas.forms import PREFIX
from daiban_server.console import again
from daiban_server.console.reception.form import HOUSEHOLD, PERSONAL
from daiban_server.db.program import Program
from daiban_server.spine import views

_MAY_BE_EMPTY: Mapping[str, tuple[str, ...]] = {
    "application": (*PERSONAL, "urgent"),
    "reception": ("about", "answer", "phone"),
    "household": HOUSEHOLD,
}
_TIMES = ("came_at", "collected_at")


class Made(NamedTuple):
    """A record that the form makes."""

    id: str
    kind: str
    fields: Mapping[str, Any]


def said_of(made: Iterable[Made], centre: bytes, *, timed: bool) -> Program[str]:
    """What to say (`pages.SAID`) of a form that was taken down before. Without a time of its own (`timed`) it is of
    whenever it was sent, which is no difference."""
    status, differs, leads = "", False, "reception"
    for one in made:
        found = yield from views.shown(views.BY_ID, centre, record_id=bytes.fromhex(one.id))
        differs = differs or not found or _differs(one, found[0].view.fields, timed=timed)
        if one.kind == "application":
            leads, status = "application", (found[0].status or "") if found else ""
    if leads == "reception":
        return "noted-before" if differs else "noted-reception"
    if status == "draft":
        return "draft-before" if differs else "kept-draft"
    return "received-before" if differs else "received"


def _differs(one: Made, held: Mapping[str, Any], *, timed: bool) -> bool:
    names = {*one.fields, *_MAY_BE_EMPTY[one.kind], *(name for name in held if name.startswith(PREFIX))}
    names -= set() if timed else set(_TIMES)
    return again.differs(one.fields, held, names)
