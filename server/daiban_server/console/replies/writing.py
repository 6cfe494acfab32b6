"""Writing a reply: how it stands, how one spoke, and a sentence.

The page brings the new record's id along, so a form that is sent twice on a bad link is one reply. One that says
something else by then is none yet: nobody changes a reply, so it is shown again, to be written down beside the first.
"""

from collections.abc import Mapping
from typing import Any

from litestar import Response, post
from litestar.params import FromPath

from daiban_schemas import entry
from daiban_schemas.kinds.reply import COUNTED
from daiban_server import homes
from daiban_server.console import again, words
from daiban_server.console.asking import told_moment
from daiban_server.console.households.one import OUTCOMES, WAYS, shown
from daiban_server.console.languages.spoken import say
from daiban_server.console.pages import Asked, go, signed_form
from daiban_server.http.problems import ProblemError, checked_id
from daiban_server.http.records import hand_in
from daiban_server.http.session import GivenSession, SignedIn
from daiban_server.services import GivenServices, Services
from daiban_server.spine import views
from daiban_server.spine.views import Shown
from daiban_sync.ids import is_id

LONGEST = 2000
PEOPLE = 30
_UNREACHED = "没联系上。"
_BEFORE = "这条先前记过了，这次写的不一样，没有存。要把这次写的另记一条，再按一次“记下”；不要就离开这一页。"
_MAY_BE_EMPTY = ("how", "spoke_to", "on_behalf", "application", "also")


@post("/households/{record:str}/replies", opt={"action": "record.write", "csrf_in_form": True})
async def reply(record: FromPath[str], request: Asked, session: GivenSession, services: GivenServices) -> Response[Any]:
    """Keep a reply to a household; leads back to its page, which says whether it counted."""
    home = await services.database.read(homes.kept(session.clerk.centre, checked_id(record, "record.unknown")))
    record = home.hex()
    given = await signed_form(request, session)
    fields, errors = _fields(given, services.now())
    if not is_id(given.get("id", "")):
        raise ProblemError("request.invalid")
    # A reply to a household that is not there would wait for it, as a phone's does.
    here = await _one(home, session, services)
    if here is None or here.view.kind != "household":
        raise ProblemError("record.unknown")
    if errors:
        return await shown(record, session, services, given=given, errors=errors)
    id_ = given["id"]
    before = await _one(bytes.fromhex(id_), session, services)
    if before is not None and _differs(fields, before, timed=bool(given.get("day", "").strip())):
        del given["id"]
        return await shown(record, session, services, given=given, errors={"text": _BEFORE})
    if before is None:
        whole = {"household": record, **fields}
        body = entry.change(id_, "reply", whole, seen=0, at=services.now(), by=session.person)
        try:
            await hand_in(body, id_, session, services, once=True)  # two taps may come at the same moment
        except ProblemError as error:
            return await shown(record, session, services, given=given, errors={"text": words.wrong(error.code)})
    return go(f"/households/{record}", await _became(bytes.fromhex(id_), session, services), "replies")


async def _one(record: bytes, session: SignedIn, services: Services) -> Shown | None:
    found = await services.database.read(views.shown(views.BY_ID, session.clerk.centre, record_id=record))
    return found[0] if found else None


async def _became(record: bytes, session: SignedIn, services: Services) -> str:
    kept = await _one(record, session, services)
    if kept is not None and kept.status == COUNTED:
        return "replied"
    return "unreached" if kept is not None and kept.view.values.get("outcome") == "not_reached" else "noted"


def _differs(fields: Mapping[str, Any], before: Shown, *, timed: bool) -> bool:
    """Whether the form says something else than the reply that came with its id before. Without a time of its own
    (`timed`) it is of whenever it was sent, which is no difference."""
    names = {*fields, *_MAY_BE_EMPTY} - (set() if timed else {"replied_at"})
    return again.differs(fields, before.view.fields, names)


def _fields(given: Mapping[str, str], now: int) -> tuple[dict[str, Any], dict[str, str]]:
    """What was written, as a reply's fields, and what is wrong with it by field."""
    outcome, how, text = (given.get(name, "").strip() for name in ("outcome", "how", "text"))
    spoke_to, errors = given.get("spoke_to", "").strip(), {}
    if outcome not in OUTCOMES:
        errors["outcome"] = "请选一个结果。"
    if not text and outcome != "not_reached":
        errors["text"] = "请写一句：和他说了什么，他怎么说。"
    if len(text) > LONGEST:
        errors["text"] = say("最多写 {0} 个字。", LONGEST)
    if len(spoke_to) > PEOPLE:
        errors["spoke_to"] = say("最多写 {0} 个字。", PEOPLE)
    at, wrong = told_moment(given, now)
    if wrong:
        errors["day"] = wrong
    cases = [name.removeprefix("case-") for name in given if name.startswith("case-") and is_id(name[5:])]
    fields: dict[str, Any] = {"text": text or _UNREACHED, "outcome": outcome, "replied_at": at}
    fields |= {"how": how} if how in WAYS else {}
    fields |= {"spoke_to": spoke_to} if spoke_to else {}
    fields |= {"on_behalf": True} if given.get("behalf") == "yes" else {}
    fields |= {"application": cases[0]} if cases else {}
    fields |= {"also": cases[1:]} if cases[1:] else {}
    return fields, errors
