"""Opinions and ratings in words."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from daiban_schemas.labels import CHANNELS, RATINGS
from daiban_server.console import words
from daiban_server.console.languages.spoken import say
from daiban_server.console.reading.book import Book
from daiban_server.console.words import Mark, Moment
from daiban_server.features.affairs.listing import OpinionLine, Wanted
from daiban_sync.ids import is_id

STATES = {"open": Mark("待答复", "half"), "answered": Mark("已答复", "three"), "closed": Mark("已办结", "full")}


class Line(NamedTuple):
    """An opinion or a rating in the list; `path` is its page or its case's, `due` None where nothing is owed."""

    path: str
    number: str
    channel: str
    stars: str
    text: str
    at: Moment
    place: str
    window: str
    case: str
    case_number: str
    mark: Mark | None
    due: Mark | None
    answerer: str
    answer: str


class Said(NamedTuple):
    """What somebody of the centre did or said about it."""

    label: str
    by: str
    at: Moment
    text: str


def asked_for(asked: Mapping[str, str]) -> Wanted:
    """What an address asks for; what makes no sense in it is left out."""
    place, stars = asked["place"], asked["stars"]
    window = asked["window"] if "\x00" not in asked["window"] else ""
    return Wanted(
        place if is_id(place) else "", window, int(stars) if stars in map(str, RATINGS) else 0, bool(asked["waits"])
    )


def line(one: OpinionLine, book: Book) -> Line:
    """A line of the list."""
    open_ = one.status == "open"
    return Line(
        f"/feedback/{one.record}" if one.record else f"/cases/{one.case}",
        one.number,
        CHANNELS.get(one.channel, "") if one.record else "评价",
        RATINGS.get(one.stars, ""),
        one.text,
        words.moment(one.at, book.now),
        book.places.get(bytes.fromhex(one.place), "") if is_id(one.place) else "",
        one.window,
        one.case,
        one.case_number,
        STATES.get(one.status),
        words.due_day(one.due, book.now) if open_ and one.due else None,
        one.answerer,
        one.answer,
    )


def story(values: Mapping[str, Any], now: int, *, own: bool) -> list[Said]:
    """Calls, statements and the answer, the newest first. Whom it is about does not see who was spoken with."""
    found = [(one, "情况说明", one.get("text") or "") for one in values.get("statements") or ()]
    if not own:
        found += [
            (
                one,
                "没联系上" if one.get("outcome") == "not_reached" else "已联系反映人",
                " ".join(filter(None, (one.get("spoke_to"), one.get("note")))),
            )
            for one in values.get("contacts") or ()
        ]
    if longer := values.get("prolonged"):
        text = say("一共 {0} 个工作日：{1}", longer.get("days"), longer.get("reason") or "")
        found.append((longer, "批准延期整改", text))
    told = [
        (one.get("at") or 0, Said(label, one.get("by") or "", words.moment(one.get("at") or 0, now), text))
        for one, label, text in found
    ]
    if values.get("answer") and (at := values.get("answered_at")):
        told.append((at, Said("答复", values.get("answerer_name") or "", words.moment(at, now), values["answer"])))
    return [said for _, said in sorted(told, key=lambda pair: pair[0], reverse=True)]
