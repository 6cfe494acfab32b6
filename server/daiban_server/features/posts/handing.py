"""A handover takes place: places, posts and open cases go to the one who takes over, and for a stand-in come back."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from daiban_server.db.program import Program
from daiban_server.features.posts import answering, cases, leaving, open_work, territory
from daiban_server.features.posts.answering import Answers
from daiban_server.features.posts.appointing import holder
from daiban_server.features.posts.arranging import FOREVER, check_here, check_own, check_stands_in, tell, tell_heads
from daiban_server.features.posts.cases import Handed, Hands
from daiban_server.features.posts.words import TYPES, span
from daiban_server.spine.effects import Asked
from daiban_server.spine.ledger import Ledger, Record
from daiban_server.spine.refusal import Refusal

Fields = Mapping[str, Any]


class Moving(NamedTuple):
    """One handover as it takes place: `places` are those that move; `taking` is the one who takes over, as posts show
    him."""

    record: Record
    arranged: Fields
    giver: bytes
    taker: bytes
    held: Mapping[bytes, str]
    places: frozenset[bytes]
    taking: Mapping[str, str]

    @property
    def for_good(self) -> bool:
        """Whether nobody comes back from it."""
        return bool(self.arranged["type"] != "absence")

    def concerns(self, place: bytes) -> bool:
        """Whether what belongs to a place moves: of one who only changes places the rest stays with him."""
        return self.arranged["type"] != "transfer" or not self.arranged["places"] or place in self.places


def begin(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """The head says: now. Raises `Refusal("person.unknown")` if who takes over left meanwhile."""
    return (yield from take_over(ledger, asked.record, asked.incoming.author))


def take_over(ledger: Ledger, record: Record, author: bytes) -> Program[Fields]:
    """Everything goes to the one who takes over; gives the note of it, which says what was handed. Before anything is
    written it raises `Refusal`: ``person.unknown``, ``handover.twice``, ``handover.away``, ``handover.stands_in``,
    ``handover.kin``, ``handover.opinion``."""
    moving = yield from moving_of(ledger, record, (yield from ledger.view(record)).values["arranged"])
    yield from check_here(ledger, record, moving.arranged)
    if moving.arranged["type"] != "transfer":
        until = moving.arranged["until"] or FOREVER
        yield from check_stands_in(ledger, record, moving.arranged["person"], ledger.now, until)
    handed = yield from _cases(ledger, moving)
    if handed.kept and moving.arranged["type"] == "leaving":
        raise Refusal("handover.kin", ("person",))
    answers = yield from _answers(ledger, moving)
    note = yield from cases.hand_over(ledger, _hands(moving, author), handed.over, for_good=moving.for_good)
    kept = [cases.noted(ledger, record.id, case) for case in handed.kept]
    posts = yield from _posts(ledger, moving)
    given = [] if moving.for_good else (yield from lend(ledger, moving))
    if moving.for_good:
        yield from answering.hand_over(ledger, _hands(moving, author), answers)
    yield from _tell(ledger, moving, handed, answers)
    names = yield from territory.names(moving.places)
    leaves = moving.arranged["type"] == "leaving"
    devices = (yield from leaving.leave(ledger, moving.giver, moving.taker)) if leaves else []
    return {
        "begun_at": ledger.now,
        "cases": note[: open_work.MOST],
        "kept": kept[: open_work.MOST],
        "receptions": answering.note(answers.receptions),
        "opinions": answering.note([one for one, to in answers.opinions if to]),
        "given": [place.hex() for place in given],
        "place_names": names,
        "posts": posts,
        "devices": devices,
    }


def come_back(ledger: Ledger, asked: Asked) -> Program[Fields]:
    """He is back: what he had is his again, and he is told what happened meanwhile.

    Raises `Refusal`: ``handover.final``, ``handover.not_yours``.
    """
    values = (yield from ledger.view(asked.record)).values
    arranged = values["arranged"]
    check_own(asked, arranged["person"])
    if arranged["type"] != "absence":
        raise Refusal("handover.final", ("type",))
    yield from territory.settle(ledger, territory.lent(values), {}, {asked.record.id.hex()})
    yield from _off_duty(ledger, values)
    back = Hands(
        asked.record.id,
        *(arranged["to"], arranged["to_name"], arranged["person"], arranged["person_name"]),
        *(cases.BACK, asked.incoming.author),
    )
    stayed = {
        one["sign"]: back._replace(giver=one["with"], giver_name=one["with_name"])
        for one in values.get("kept") or ()
        if "with" in one
    }
    meanwhile = yield from cases.hand_back(ledger, back, values.get("cases") or (), values["begun_at"], stayed)
    text = f"{arranged['person_name']}已返岗，其间办过{len(meanwhile)}件。感谢{arranged['to_name']}顶岗。"
    yield from tell(ledger, asked.record, "handover.ended", text, arranged["person"], arranged["to"])
    return {"ended_at": ledger.now, "meanwhile": meanwhile}


def moving_of(ledger: Ledger, record: Record, arranged: Fields) -> Program[Moving]:
    """A handover with its people and places. Raises `Refusal("person.unknown")` if who takes over left meanwhile."""
    giver, taker = bytes.fromhex(arranged["person"]), bytes.fromhex(arranged["to"])
    taking = yield from holder(ledger, arranged["to"], None, "to")
    held = yield from territory.held(giver)
    chosen = {bytes.fromhex(place) for place in arranged["places"]} or set(held)
    return Moving(record, arranged, giver, taker, held, frozenset(chosen & held.keys()), taking)


def _cases(ledger: Ledger, moving: Moving) -> Program[Handed]:
    found = yield from open_work.cases(ledger.centre, moving.giver)
    concerned = [case for case in found if moving.concerns(case.place)]
    if moving.arranged["type"] == "transfer":
        lent = yield from _lent_cases(ledger, moving.giver.hex())
        concerned = [case for case in concerned if case.id not in lent]
    if not moving.for_good:
        concerned = concerned[: open_work.MOST]  # what the note does not name could not come back
    return (yield from cases.divided(ledger, moving.taker, concerned))


def _lent_cases(ledger: Ledger, stand_in: str) -> Program[set[bytes]]:
    """The cases that somebody handles for those in whose stead he is: they go back with their return, wherever his own
    villages go."""
    found = set[bytes]()
    for one in (yield from territory.of_kind(ledger.centre, "handover", ledger)):
        arranged = one.values.get("arranged") or {}
        if one.status == "begun" and (arranged["type"], arranged["to"]) == ("absence", stand_in):
            found |= set((yield from open_work.named(ledger.centre, bytes.fromhex(one.record))).values())
    return found


def _answers(ledger: Ledger, moving: Moving) -> Program[Answers]:
    """The receptions and opinions that move, or that the stand-in sees."""
    every = yield from answering.found(ledger, moving.giver, (moving.taker, moving.taking["name"]))
    receptions = [one for one in every.receptions if moving.concerns(one.place)]
    concerned = Answers(receptions, [one for one in every.opinions if moving.concerns(one[0].place)])
    return (yield from answering.for_good(ledger, moving.giver, concerned)) if moving.for_good else concerned


def _hands(moving: Moving, author: bytes) -> Hands:
    arranged = moving.arranged
    return Hands(
        moving.record.id,
        *(arranged["person"], arranged["person_name"], arranged["to"], arranged["to_name"]),
        *(cases.reason(arranged), author),
    )


def lend(ledger: Ledger, moving: Moving) -> Program[list[bytes]]:
    """The places come to the stand-in's phone. Those that were his own already are not counted among what he was given;
    those that he has by standing in for another too are, so that neither return takes them from the other."""
    had, without = (yield from territory.held(moving.taker)), {moving.record.id.hex()}
    lent = yield from territory.standing_in(ledger.centre, without=without, over=ledger)
    given = [place for place in sorted(moving.places) if place not in had or (moving.taker, place) in lent]
    yield from territory.settle(ledger, {}, {(moving.taker, place): "B" for place in given}, without)
    return given


def _posts(ledger: Ledger, moving: Moving) -> Program[list[str]]:
    """The posts that he holds show who is there now; when he goes for good the other holds them, and has the places."""
    touched: list[str] = []
    had_reasons = yield from territory.reasons(ledger.centre, over=ledger)
    before, after = dict[territory.Pair, str](), dict[territory.Pair, str]()
    for post in (yield from territory.of_kind(ledger.centre, "post", ledger)):
        changed = _held_by(moving, post.values) if moving.for_good else _on_duty(moving, post.values)
        if post.status == "held" and changed:
            yield from _write(ledger, post.record, changed)
            touched.append(post.record)
            before |= territory.of_post(post.values)
            after |= territory.of_post({**post.values, **changed})
    if moving.for_good:
        yield from territory.settle(ledger, before, after, touched)
        yield from _move_the_rest(ledger, moving, had_reasons)
    return touched


def _move_the_rest(ledger: Ledger, moving: Moving, reasons: Mapping[territory.Pair, str]) -> Program[None]:
    """What he had for none of the reasons goes the same way, and so does what a post let go of. What he has by standing
    in for another, or as B of a third, stays with him."""
    for place in sorted(moving.places):
        if (moving.giver, place) not in reasons:
            yield from territory.take(ledger, moving.giver, place)
    gone = moving.places - (yield from territory.held(moving.giver)).keys()
    has = yield from territory.held(moving.taker)
    for place in sorted(gone):
        # Who stood in for it answers for it from now on: a village without an A is nobody's.
        if (rank := min(moving.held[place], has.get(place, "B"))) != has.get(place):
            yield from territory.give(ledger, moving.taker, place, rank)


def _on_duty(moving: Moving, post: Fields) -> Fields:
    holds = (post.get("a") or {}).get("person") == moving.giver.hex()
    return {"on_duty": moving.taking, "on_duty_until": moving.arranged["until"]} if holds else {}


def _off_duty(ledger: Ledger, values: Fields) -> Program[None]:
    """The posts show nobody in his stead, but for those that another holds by now, who may be away himself."""
    arranged = values["arranged"]
    for post in (yield from territory.of_kind(ledger.centre, "post", ledger)):
        a, shown = ((post.values.get(name) or {}).get("person") for name in ("a", "on_duty"))
        if post.record in (values.get("posts") or ()) and (a, shown) == (arranged["person"], arranged["to"]):
            yield from _write(ledger, post.record, {"on_duty": None, "on_duty_until": None})


def _held_by(moving: Moving, post: Fields) -> Fields:
    """The fields of a post that change: A and B by the successor, who cannot be both. Of a post only some of whose
    places move, those places go."""
    here = {bytes.fromhex(place) for place in post.get("places") or ()}
    a, b = ((post.get(rank) or {}).get("person") for rank in ("a", "b"))
    giver, taker = moving.giver.hex(), moving.taker.hex()
    if giver not in (a, b) or (here and not here & moving.places):
        return {}
    if not here <= moving.places:
        return {"places": [place.hex() for place in sorted(here - moving.places)]} if a == giver else {}
    if a == giver:
        return {"a": moving.taking, **({"b": None} if b == taker else {})}
    return {"b": moving.taking if a != taker else None}


def _write(ledger: Ledger, id_: str, fields: Fields) -> Program[None]:
    yield from ledger.load([bytes.fromhex(id_)])
    if (record := ledger.records[bytes.fromhex(id_)]) is not None:
        ledger.write_fields(record, fields)


def _tell(ledger: Ledger, moving: Moving, handed: Handed, answers: Answers) -> Program[None]:
    arranged = moving.arranged
    what = f"{arranged['person_name']}{span(ledger.now, arranged['until'])}{TYPES[arranged['type']]}"
    parts = [f"{len(moving.places)}个地方", f"{len(handed.over)}件在办件"]
    parts += [f"{n}{of}" for n, of in ((len(answers.receptions), "次接待"), (_fit(answers), "件意见反映")) if n]
    text = f"{what}，您接手{'、'.join(parts)}。"
    yield from tell(ledger, moving.record, "handover.begun", text, arranged["to"])
    for text in _open_ends(len(handed.kept), 0 if moving.for_good else answers.unfit):
        yield from tell_heads(ledger, moving.record, "handover.open_ends", f"{what}：{text}")


def _fit(answers: Answers) -> int:
    return len(answers.opinions) - answers.unfit


def _open_ends(kept: int, unfit: int) -> Sequence[str]:
    told = [f"{kept}件因回避须另行移交"] * (kept > 0)
    told += [f"{unfit}件意见反映须另行指定答复人"] * (unfit > 0)
    return ["，".join(told) + "。"] if told else []
