"""本页说明: what a new clerk reads beside a page, in a minute.

One text for each page or small group of pages, in `zh/` and, by the same name, in each other language. Every line is
one thing, and its first sign says what:

======  ============================================
``#``   the title
none    what one does on the page
``-``   a step of what is done often
``!``   what to mind: what cannot be undone, what the resident has to be told
``?``   a situation, and with ``=`` what to do then
======  ============================================

What stands in “ ” are words of the console: in every language they are written in Chinese, and said as the page says
them, so that a help cannot name a button by another name than the button has.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from daiban_server.console.languages.spoken import CHINESE, language, translated

FOLDER = Path(__file__).parent
QUOTED = re.compile(r"(?<=“)[^”]+(?=”)")
BESIDE: Mapping[str, tuple[str, ...]] = {
    "summary": ("summary",),
    "district": ("district",),
    "receive": ("reception/who", "reception/items", "reception/form"),
    "tasks": ("tasks/list", "tasks/one"),
    "feedback": ("feedback/list", "feedback/one"),
    "cases": ("cases/list",),
    "case": ("cases/case", "cases/photos"),
    "reveal": ("reveal", "revealed"),
    "copies": ("copies",),
    "messages": ("messages",),
    "replies": ("replies",),
    "household": ("households/one",),
    "registers": ("registers",),
    "figures": ("figures/page", "figures/counted"),
    "assessment": ("figures/assessed",),
    "visits": ("visits/board",),
    "visit": ("visits/visit",),
    "book": ("visits/book", "visits/search"),
    "map": ("visits/map",),
    "plan": ("visits/plans", "visits/plan"),
    "away": ("visits/away", "visits/absence"),
    "catalogue": ("catalogue/list", "catalogue/item"),
    "catalogue-change": ("catalogue/change",),
    "people": ("people", "staff/new", "staff/one", "new_password"),
    "posts": ("posts/list", "posts/one"),
    "duplicates": ("households/duplicates", "households/merge"),
    "calendar": ("calendar/year", "calendar/look"),
    "devices": ("devices", "device", "code"),
    "quarantine": ("quarantine", "apart"),
    "settings": ("settings/page",),
    "trust": ("trust",),
    "erasures": ("erasures",),
    "audit": ("audit",),
    "account": ("account", "app", "codes", "proof", "link"),
    "sign-in": ("sign_in", "second", "first_password", "first_factor"),
    "lost": ("lost",),
    "hand-in": ("hand_in",),
    "look-up": ("openly/look_up", "openly/case"),
    "opinions": ("openly/boxes", "openly/box"),
    "hall": ("openly/halls",),
}
"""The templates beside which each help stands."""
UNDER: Mapping[str, tuple[str, ...]] = {
    "summary": ("summary", "district"),
    "receive": ("receive",),
    "tasks": ("tasks",),
    "feedback": ("feedback",),
    "cases": ("cases", "case", "reveal", "copies"),
    "replies": ("replies", "household"),
    "messages": ("messages",),
    "registers": ("registers",),
    "figures": ("figures", "assessment"),
    "visits": ("visits", "visit", "book"),
    "map": ("map",),
    "plan": ("plan",),
    "away": ("away",),
    "catalogue": ("catalogue", "catalogue-change"),
    "people": ("people",),
    "posts": ("posts",),
    "duplicates": ("duplicates",),
    "calendar": ("calendar",),
    "devices": ("devices", "quarantine"),
    "settings": ("settings",),
    "trust": ("trust",),
    "erasures": ("erasures",),
    "audit": ("audit",),
    "": ("account", "sign-in", "lost", "hand-in", "look-up", "opinions", "hall"),
}
"""The helps of each entry of the menu, by its key; under "" those of pages that have none."""
_OF = {template: name for name, templates in BESIDE.items() for template in templates}


class Help(NamedTuple):
    """A help in the language of the request; `cases` are situations with what to do."""

    name: str
    title: str
    what: list[str]
    steps: list[str]
    mind: list[str]
    cases: list[tuple[str, str]]


def beside(template: str) -> Help | None:
    """The help beside a page; None for what says itself what to do."""
    name = _OF.get(template)
    return help_of(name) if name else None


def help_of(name: str) -> Help:
    """A help by its name."""
    found: dict[str, list[str]] = {sign: [] for sign in "#-!?= "}
    for sign, text in lines(name, language()):
        found[sign].append(QUOTED.sub(lambda words: translated(words[0]), text))
    cases = list(zip(found["?"], found["="], strict=True))
    return Help(name, found["#"][0], found[" "], found["-"], found["!"], cases)


@cache
def lines(name: str, spoken: str) -> tuple[tuple[str, str], ...]:
    """A help as it is written: each line's sign, " " for none, and its text. In Chinese where a language lacks it."""
    path = FOLDER / spoken / f"{name}.txt"
    if not path.exists():
        path = FOLDER / CHINESE / f"{name}.txt"
    return tuple(_split(path.read_text("utf-8")))


def _split(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        sign, _, rest = line.partition(" ")
        if sign in ("#", "-", "!", "?", "="):
            yield sign, rest
        elif line:
            yield " ", line
