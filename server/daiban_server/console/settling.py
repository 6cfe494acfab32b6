"""Settling a field with more than one value, from wherever it is shown."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from daiban_schemas import entry
from daiban_server.console.meaning import read
from daiban_server.console.reading.book import book_of
from daiban_server.console.reading.disputes import Dispute, dispute
from daiban_server.console.words import wrong as wrong_with
from daiban_server.db.program import Program
from daiban_server.http.problems import ProblemError
from daiban_server.http.records import hand_in
from daiban_server.http.session import SignedIn
from daiban_server.services import Services
from daiban_sync.ids import is_id


class Failed(NamedTuple):
    """A settlement that was not taken: where, what was chosen and typed, and why not."""

    id: str
    choice: str
    own: str
    text: str


class Settled(NamedTuple):
    """What became of it: the code of `pages.SAID`, and where to look on the page."""

    said: str
    anchor: str = ""


async def settle(record: str, form: Mapping[str, str], session: SignedIn, services: Services) -> Settled | Failed:
    """Settle one field: choose one of its values, or write another. What came in after the page was shown is not
    replaced; it comes back as a dispute."""
    field, seen, over = _stated(record, form)

    def now_standing() -> Program[Dispute | None]:
        book = yield from book_of(session, services)
        return (yield from dispute(bytes.fromhex(record), field, book))

    found = await services.database.read(now_standing())
    if found is None:
        return Settled("already")
    value, wrong = _chosen(found, form)
    if not wrong:
        kind, now = found.what.kind, services.now()
        body = entry.change(record, kind, {field: value}, seen=seen, over={field: over}, at=now, by=session.person)
        try:
            result = await hand_in(body, record, session, services)
        except ProblemError as error:
            wrong = wrong_with(error.code)
        else:
            if field not in result.fields:
                return Settled("settled", "disputes")
            return Settled("held" if result.code == "field.held" else "again", found.id)
    return Failed(found.id, form.get("choice", ""), form.get("own", ""), wrong)


def _stated(record: str, form: Mapping[str, str]) -> tuple[str, int, list[int]]:
    """The field, and what its page had in view. Raises `ProblemError("request.invalid")`."""
    try:
        over = [int(position) for position in form["over"].split()]
        field, seen = form["field"], int(form["seen"])
    except (KeyError, ValueError):
        raise ProblemError("request.invalid") from None
    if not is_id(record) or not 0 <= seen < 2**53 or any(not 0 <= position < 2**53 for position in over):
        raise ProblemError("request.invalid")
    return field, seen, over


def _chosen(found: Dispute, form: Mapping[str, str]) -> tuple[Any, str]:
    """The value that was chosen or written, and what is wrong with it in words."""
    choice, own = form.get("choice", ""), form.get("own", "").strip()
    if found.doubted and not choice:  # that it stays stands ready in the form
        return None, "请选删除还是保留。"
    if choice in ("", "own"):
        if not own:
            return None, "请选一种写法，或者另写一个。"
        value, code = read(found.what, own)
        return value, wrong_with(code) if code else ""
    if own and not found.doubted:
        return None, "您选了一种写法，又另写了一个。请只留一个。"
    for written in found.values:
        if choice == str(written.position):
            return written.raw, ""
    return None, "您选的写法刚才已经变了，请按现在的写法再选一次。"
