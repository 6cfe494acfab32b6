"""Another stands in for somebody who is away: who did so is ill himself, or is to leave. The absence goes on."""

from collections.abc import Mapping, Sequence
from typing import Any

from daiban_server.db.program import Program
from daiban_server.features.posts import cases, open_work, territory
from daiban_server.features.posts.arranging import FOREVER, check_free, of_here, tell, tell_heads
from daiban_server.features.posts.cases import Hands
from daiban_server.features.posts.handing import lend, moving_of
from daiban_server.spine.effects import Asked
from daiban_server.spine.ledger import Ledger, Record
from daiban_server.spine.refusal import Refusal

Fields = Mapping[str, Any]


def replace(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """Places, posts and cases go from one stand-in to the next; with the return they come back from that one.

    Raises `Refusal`: ``handover.final``, ``person.unknown``, ``handover.role``, ``handover.away``.
    """
    values, record = (yield from ledger.view(asked.record)).values, asked.record
    before = values["arranged"]
    after = yield from _after(ledger, record, before, asked.arguments["to"])
    moving = yield from moving_of(ledger, record, after)
    yield from territory.settle(ledger, territory.lent(values), {}, {record.id.hex()})
    given = yield from lend(ledger, moving)
    hands = Hands(
        record.id,
        *(before["to"], before["to_name"], after["to"], after["to_name"]),
        *(cases.STANDING_IN, asked.incoming.author),
    )
    stays = yield from cases.pass_on(ledger, hands, values.get("cases") or ())
    kept = [{**one, "with": before["to"], "with_name": before["to_name"]} for one in stays]
    yield from _show(ledger, values, before, moving.taking)
    yield from _tell(ledger, record, before, after, len(kept))
    return {
        "arranged": after,
        "given": [place.hex() for place in given],
        "kept": _kept(values, kept),
    }


def _kept(values: Fields, more: Sequence[Fields]) -> list[Fields]:
    """What is to be handed over otherwise, each case once."""
    signs = {one["sign"] for one in more}
    before = [one for one in values.get("kept") or () if one["sign"] not in signs]
    return [*before, *more][: open_work.MOST]


def _after(ledger: Ledger, record: Record, before: Fields, to: str) -> Program[Fields]:
    """What is arranged from now on."""
    if before["type"] != "absence":
        raise Refusal("handover.final", ("type",))
    away, taker = (yield from of_here(ledger, before["person"], "person")), (yield from of_here(ledger, to, "to"))
    if to in (before["person"], before["to"]) or taker.role != away.role:
        raise Refusal("handover.role", ("to",))
    until = max(before["until"] or FOREVER, ledger.now + 1)
    yield from check_free(ledger, record, "transfer", before["person"], to, ledger.now, until)
    return {**before, "to": to, "to_name": taker.name}


def _show(ledger: Ledger, values: Fields, before: Fields, taking: Fields) -> Program[None]:
    """The posts where the one before was shown show the next."""
    for post in (yield from territory.of_kind(ledger.centre, "post", ledger)):
        a, shown = ((post.values.get(name) or {}).get("person") for name in ("a", "on_duty"))
        if post.record in (values.get("posts") or ()) and (a, shown) == (before["person"], before["to"]):
            record = bytes.fromhex(post.record)
            yield from ledger.load([record])
            if found := ledger.records[record]:
                ledger.write_fields(found, {"on_duty": taking})


def _tell(ledger: Ledger, record: Record, before: Fields, after: Fields, kept: int) -> Program[None]:
    text = f"{before['person_name']}请假期间，改由{after['to_name']}接替{before['to_name']}顶岗。"
    yield from tell(ledger, record, "handover.replaced", text, before["person"], before["to"], after["to"])
    if kept:
        text = f"{text}{kept}件因回避须另行移交。"
        yield from tell_heads(ledger, record, "handover.open_ends", text)
