"""What the commands of a case have in common: its item, its people, who may not handle it."""

from collections.abc import Mapping, Sequence
from typing import Any

from daiban_server.db.program import Program
from daiban_server.items import item_if_any, item_of
from daiban_server.kinship import relatives
from daiban_server.outbound import queue
from daiban_server.registers import KINSHIP, enter, numbered
from daiban_server.spine.effects import Asked, Effect
from daiban_server.spine.ledger import Incoming, Ledger, Record
from daiban_server.spine.refusal import Refusal
from daiban_server.staff import holders, person, successor
from daiban_sync.merge import Head
from daiban_sync.view import View

Fields = Mapping[str, Any]


def series_of(item: Fields) -> str:
    """The series of an item's numbers: its window's, as its code begins."""
    return str(item.get("code") or "QT").partition("-")[0]


def received(ledger: Ledger, asked: Asked, values: Fields) -> Program[dict[str, Any]]:
    """What a case gets when it is first received: number, window, handler, and its line in the register of its window.
    Nothing if it had them."""
    if values.get("number"):
        return {}
    item = yield from item_of(ledger, values.get("item"))
    number = yield from numbered(ledger, series_of(item))
    author = yield from person(asked.incoming.author)
    name = author.name if author else ""
    window = yield from _enter(ledger, asked, item, {**values, "number": number, "handler": name})
    handler = {"handler": name, "handler_id": asked.incoming.author.hex()} if author else {}
    return {"number": number, "window": window, "received_at": ledger.came(asked.incoming), **handler}


def other_item(ledger: Ledger, asked: Asked, given: Fields) -> Program[dict[str, Any]]:
    """A case turns out to be of another item: it keeps its number, and where that is another window's it gets a line in
    that window's register too. Its old line stays: a register tells what was known then."""
    values = {**(yield from ledger.view(asked.record)).values, **given}
    item = yield from item_of(ledger, given["item"])
    if (item.get("window") or "") == values.get("window"):
        return {}
    return {"window": (yield from _enter(ledger, asked, item, values))}


_TOLD = ("number", "applicant", "phone", "mode", "source", "papers", "owner", "handler")


def _enter(ledger: Ledger, asked: Asked, item: Fields, values: Fields) -> Program[str]:
    """A line in the register of the item's window; gives the window."""
    window = item.get("window") or ""
    told = {name: values.get(name) for name in _TOLD}
    yield from enter(ledger, window, asked.record.id, {**told, "item": item.get("name")})
    return str(window)


FOR_ANYBODY = frozenset({"submit"})
"""What the applicant's relative may ask for too: handing in decides nothing, and brings the case to somebody else. To
withdraw is the applicant's act, but whoever records it says that he wanted it, which a relative cannot vouch for."""


def kin_refuses(person: str, command: str, values: Fields) -> bool:
    """Whether somebody may not give a command since the applicant is declared to be his relative: the one rule for
    what is refused and for what is offered."""
    return command not in FOR_ANYBODY and person in relatives(values)


def unrelated(effect: Effect) -> Effect:
    """A command that nobody gives whose relative the applicant is declared to be: another handles it (近亲属回避)."""

    def given(ledger: Ledger, asked: Asked) -> Program[Fields]:
        values = (yield from ledger.view(asked.record)).values
        if kin_refuses(asked.incoming.author.hex(), asked.name, values):
            raise Refusal("kin.conflict", ("kin",))
        return (yield from effect(ledger, asked))

    return given


def remember_kin(ledger: Ledger, asked: Asked, fields: Fields) -> Program[Fields]:
    """With every act the case remembers whose relative the applicant was declared to be."""
    values = (yield from ledger.view(asked.record)).values
    return (yield from _remembered(ledger, asked.record, {**values, **fields}, values.get("number"), []))


def kin_changed(ledger: Ledger, record: Record, incoming: Incoming, before: tuple[Head, ...]) -> Program[Fields]:
    """A change of the declaration is remembered at once, with what was declared before it; also one that stands beside
    another, and is not shown until somebody settles it."""
    if "kin" not in incoming.values:
        return {}
    yield from ledger.load_entries(head.position for head in before)
    was = View(record.id.hex(), record.kind, record.position, [ledger.written(head) for head in before]).values
    values = (yield from ledger.view(record)).values
    also = [*relatives(was), *relatives({"kin": incoming.values["kin"]})]
    return (yield from _remembered(ledger, record, values, values.get("number"), also))


def _remembered(
    ledger: Ledger, record: Record, values: Fields, numbered_before: Any, also: Sequence[str]
) -> Program[Fields]:
    """Whose relative it was declared to be, if that is more than the case remembers. As soon as the case has a number
    each stands in the register of kinship, once."""
    remembered = list(values.get("kin_of") or ())
    known = list(dict.fromkeys([*remembered, *also, *relatives(values)]))
    if values.get("number"):
        for one in known:
            if not numbered_before or one not in remembered:
                yield from _enter_kin(ledger, record, values, one)
                yield from _tell_heads(ledger, record, values, one)
    return {} if known == remembered else {"kin_of": known}


def _tell_heads(ledger: Ledger, record: Record, values: Fields, relative: str) -> Program[None]:
    """A case that is in the hands of a relative lies still until the head names somebody else."""
    if relative not in (values.get("owner_id"), values.get("handler_id")):
        return
    who = yield from person(bytes.fromhex(relative))
    text = f"{values['number']} 的申请人是{who.name if who else '经办人'}的近亲属，请移交他人办理。"
    for head, _ in (yield from holders(ledger.centre, "head")):
        if head.hex() != relative:
            key = f"kin/{record.id.hex()}/{relative}"
            yield from queue.tell(ledger.centre, head, "kin.declared", text, ledger.now, key=key, record=record.id)


def _enter_kin(ledger: Ledger, record: Record, values: Fields, relative: str) -> Program[None]:
    item, kin = (yield from item_if_any(ledger, values.get("item"))), values.get("kin")
    who = yield from person(bytes.fromhex(relative))
    told = {name: values.get(name) for name in ("number", "applicant", "handler", "owner")}
    relation = kin.get("relation") if isinstance(kin, dict) and kin.get("person") == relative else None
    told |= {"item": item.get("name"), "relative": who.name if who else "", "relation": relation}
    yield from enter(ledger, KINSHIP, record.id, told)


def first_asked(ledger: Ledger, asked: Asked, fields: Fields) -> Program[Fields]:
    """With its first act a case gets its owner: whoever was asked first answers for it until it is handed over by name
    (首问负责). That is who wrote the oldest of what stands in it; before the first act the record itself says so."""
    view = yield from ledger.view(asked.record)
    if fields.get("owner_id") or view.values.get("owner_id"):
        return {}
    return (yield from _oldest(ledger, ledger.heads(asked.record)))


def still_first(ledger: Ledger, record: Record, incoming: Incoming, before: tuple[Head, ...]) -> Program[Fields]:
    """Where the oldest of what stood was written over before the first act, the record would say so no longer: it gets
    its owner now. Who writes alone needs nothing of the kind."""
    after = ledger.heads(record)
    oldest = min(before, key=_position)
    if any(head.position == oldest.position for head in after) or any("owner_id" in head.names for head in after):
        return {}
    yield from ledger.load_entries([oldest.position])
    if len(after) == 1 and ledger.written(oldest).author == incoming.author.hex():
        return {}
    return (yield from _oldest(ledger, before))


def _oldest(ledger: Ledger, heads: Sequence[Head]) -> Program[Fields]:
    oldest = min(heads, key=_position)
    yield from ledger.load_entries([oldest.position])
    author = bytes.fromhex(ledger.written(oldest).author)
    # Who left before the case came here handed it over with everything else.
    author = (yield from successor(author, ledger.now)) or author
    owner = yield from person(author)
    return {"owner": owner.name, "owner_id": author.hex()} if owner else {}


def _position(head: Head) -> int:
    return head.position
