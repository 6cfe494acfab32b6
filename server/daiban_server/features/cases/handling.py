"""A case is handled: sent up, extended, paused, completed or refused, handed over, archived."""

from typing import Any

from daiban_schemas.kinds.application import HELD
from daiban_server import choices
from daiban_server.db.program import Program
from daiban_server.features.cases.asking import Fields, other_item, received
from daiban_server.features.cases.facts import tried_on
from daiban_server.items import item_if_any
from daiban_server.kinship import relatives
from daiban_server.spine.apply import blank
from daiban_server.spine.effects import Asked
from daiban_server.spine.ledger import Ledger
from daiban_server.spine.refusal import Refusal
from daiban_server.staff import by, person


def send_up(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Send it to the authority above, which has so many working days; the window stays in charge and keeps contact.
    What it was sent up before stays beside, oldest first."""
    values = (yield from ledger.view(asked.record)).values
    last = values.get("sent_up")
    before = {"sent_up_before": [*_kept(values, "sent_up_before"), last]} if last else {}
    return {"sent_up": {**asked.arguments, **(yield from by(ledger, asked))}, **before}


def answered(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """The authority above has answered."""
    view = yield from ledger.view(asked.record)
    return {"sent_up": {**(view.values.get("sent_up") or {}), "answered_at": ledger.now, **_said(asked, "note")}}


def extend(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Give it more days of the promise's unit, by the centre head, with a reason that the applicant is told."""
    view = yield from ledger.view(asked.record)
    grown = {"days": asked.arguments["days"], **_said(asked, "reason"), **(yield from by(ledger, asked))}
    return {"extensions": [*_kept(view.values, "extensions"), grown]}


def pause(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """A special step begins whose days do not count (特殊环节不计入时限): the applicant is told in writing. Where the
    item names its special steps it is one of those that do not count."""
    view = yield from ledger.view(asked.record)
    pauses = _kept(view.values, "pauses")
    if _is_open(pauses):
        raise Refusal("pause.open", ("step",))
    item = yield from item_if_any(ledger, view.values.get("item"))
    special = {step["name"]: step.get("counted") for step in item.get("special_steps") or ()}
    if special and special.get(asked.arguments["step"], True):
        raise Refusal("pause.counted", ("step",))
    begun = {**asked.arguments, **(yield from by(ledger, asked)), "from": ledger.now}
    return {"pauses": [*pauses, begun]}


def resume(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """The special step is over, and the days count again."""
    view = yield from ledger.view(asked.record)
    pauses = _kept(view.values, "pauses")
    if not _is_open(pauses):
        raise Refusal("pause.none")
    return {"pauses": [*pauses[:-1], {**pauses[-1], "until": ledger.now}]}


def complete(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Done: the answer stands in the case. A special step that was still open ends with it. What was sent up and not
    answered needs a reason."""
    view = yield from ledger.view(asked.record)
    unanswered = asked.record.status == "sent_up" and not (view.values.get("sent_up") or {}).get("answered_at")
    if unanswered and not asked.arguments.get("reason"):
        raise Refusal("above.unanswered", ("reason",))
    return {**_ended(ledger, view.values, "completed"), "result": asked.arguments["result"], **_said(asked, "reason")}


def refuse(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Not done, with the reason."""
    view = yield from ledger.view(asked.record)
    return {
        **(yield from received(ledger, asked, view.values)),
        **_ended(ledger, view.values, "refused"),
        **_said(asked, "reason"),
    }


def withdraw(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """The applicant wants it no more. What had come to the centre keeps its number and its line all the same."""
    view = yield from ledger.view(asked.record)
    came = bool(view.values.get("submitted_at"))
    numbered = (yield from received(ledger, asked, view.values)) if came else {}
    return {**numbered, **_ended(ledger, view.values, "withdrawn"), **_said(asked, "reason")}


def hand_over(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Somebody else of the centre answers for it from now on, by name: there is always exactly one. What has ended
    stays whose work it was, in its rating and in the figures."""
    view = yield from ledger.view(asked.record)
    to = bytes.fromhex(asked.arguments["to"])
    successor = yield from person(to)
    if successor is None or not successor.active or successor.centre != ledger.centre:
        raise Refusal("person.unknown", ("to",))
    if to.hex() in relatives(view.values):
        raise Refusal("kin.conflict", ("to",))
    if view.values.get("owner_id") == to.hex():
        raise Refusal("handover.same", ("to",))
    ids = {"from_id": view.values.get("owner_id"), "to_id": to.hex(), "handled_by_id": view.values.get("handler_id")}
    was = {"from": view.values.get("owner"), "to": successor.name, **ids, **_said(asked, "reason")}
    handovers = [*_kept(view.values, "handovers"), {**was, **(yield from by(ledger, asked))}]
    parts = ("owner",) if view.values.get("ended_at") else ("owner", "handler")
    taken = dict.fromkeys(parts, successor.name) | {f"{part}_id": to.hex() for part in parts}
    return {**taken, "handovers": handovers}


def correct(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Say why a value was corrected. What the centre took in hand (`HELD`) gets its new values here; any other value is
    a change of its own."""
    given = asked.arguments.get("values") or {}
    if wrong := [name for name, value in given.items() if name not in HELD or blank(value)]:
        raise Refusal("argument.invalid", tuple(sorted(wrong)))
    if "household" in given:
        yield from _check_household(ledger, bytes.fromhex(given["household"]))
    moved = (yield from other_item(ledger, asked, given)) if "item" in given else {}
    return {"correction": asked.arguments["reason"], **given, **moved}


def _check_household(ledger: Ledger, id_: bytes) -> Program[None]:
    yield from ledger.load([id_])
    home = ledger.records[id_]
    if home is None or home.kind != "household":
        raise Refusal("record.unknown", ("household",))


def close_follow_up(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Nobody could be reached, on as many days as the district asks for: somebody ends the follow-up by name, as one
    that reached nobody. Raises `Refusal`: ``follow_up.attempts``."""
    view = yield from ledger.view(asked.record)
    if tried_on(view.values) < (yield from choices.of(ledger)).follow_up_attempts:
        raise Refusal("follow_up.attempts")
    done = {"outcome": "not_reached", **_said(asked, "reason"), **(yield from by(ledger, asked))}
    return {"follow_up": done}


def papers_owed(values: Fields) -> bool:
    """Whether help came first (急难先办) and its papers have not come yet."""
    helped = values.get("end") == "completed" and bool(values.get("papers_due"))
    return helped and not values.get("papers_brought_at")


def archive(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """File the papers: with a record of delivery and with those that were to come later, or with the reason why they
    are not there. Raises `Refusal`: ``archive.undelivered`` or ``archive.papers_owed``."""
    values = (yield from ledger.view(asked.record)).values
    if not asked.arguments.get("reason"):
        if not values.get("delivery"):
            raise Refusal("archive.undelivered", ("reason",))
        if papers_owed(values):
            raise Refusal("archive.papers_owed", ("reason",))
    return {"archive": {**_said(asked, "reason"), **(yield from by(ledger, asked))}}


def _ended(ledger: Ledger, values: Fields, end: str) -> dict[str, Any]:
    pauses = _kept(values, "pauses")
    closed = {"pauses": [*pauses[:-1], {**pauses[-1], "until": ledger.now}]} if _is_open(pauses) else {}
    return {"ended_at": ledger.now, "end": end, **closed}


def _kept(values: Fields, name: str) -> list[dict[str, Any]]:
    return list(values.get(name) or [])


def _is_open(pauses: list[dict[str, Any]]) -> bool:
    return bool(pauses) and not pauses[-1].get("until")


def _said(asked: Asked, name: str) -> dict[str, Any]:
    said = asked.arguments.get(name)
    return {name: said} if said else {}
