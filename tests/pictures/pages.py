"""Every page of the console: who looks at it, and how one gets there."""

import datetime
from typing import NamedTuple

from daiban_server.limits.calendar import OFFICIAL
from tests.pictures.morning import TELEPHONE


class Shot(NamedTuple):
    """A page under a name. `way` are links that are followed from `path`, by a selector each: what is there first is
    looked at. Then what is in `pressed` is chosen (a select's second option) or pressed."""

    name: str
    role: str
    path: str
    way: tuple[str, ...] = ()
    pressed: tuple[str, ...] = ()


NOBODY = ""
NEXT = OFFICIAL.add(datetime.datetime.now(datetime.UTC).date(), 1).isoformat()
"""The first day of `week.book_a_week`."""
MORNING = f"/cases?q={TELEPHONE}"
FIRST_CASE = ".cases tbody th a"
SHOTS = (
    Shot("sign-in", NOBODY, "/sign-in"),
    Shot("sign-in-wrong", NOBODY, "/sign-in", pressed=("main button",)),
    Shot("lost", NOBODY, "/lost"),
    Shot("hand-in", NOBODY, "/hand-in"),
    Shot("halls", NOBODY, "/hall"),
    Shot("hall", NOBODY, "/hall", ("main .lines a",)),
    Shot("look-up", NOBODY, "/look-up"),
    Shot("boxes", NOBODY, "/opinions"),
    Shot("box", NOBODY, "/opinions", ("main .lines a",)),
    Shot("today-clerk", "clerk1", "/summary"),
    Shot("today-head", "head1", "/summary"),
    Shot("today-cadre", "cadre1", "/summary"),
    Shot("today-district", "district", "/summary"),
    Shot("tasks", "head1", "/tasks"),
    Shot("task", "head1", "/tasks", ("main a[href^='/tasks/']",)),
    Shot("feedback", "head1", "/feedback"),
    Shot("opinion", "head1", "/feedback?waits=yes", ("main .lines a[href^='/feedback/']",)),
    Shot("messages", "head1", "/messages"),
    Shot("receive", "clerk1", "/receive?q=zhang"),
    Shot("receive-item", "clerk1", "/receive?q=zhang", (".homes a",)),
    Shot("receive-form", "clerk1", "/receive?q=zhang", (".homes a", ".offered a")),
    Shot("receive-new", "clerk1", "/receive/item", (".offered a",)),
    Shot("receive-advice", "clerk1", "/receive/form?advice=yes"),
    Shot("cases", "clerk1", "/cases"),
    Shot("cases-none", "clerk1", "/cases?q=没有这个人"),
    Shot("case-open", "clerk1", "/cases", (FIRST_CASE,)),
    Shot("case-photos", "clerk1", MORNING, (FIRST_CASE, "a[href*='/photos?']")),
    Shot("case-reveal", "clerk1", MORNING, (FIRST_CASE, "a.reveal")),
    Shot("case-revealed", "clerk1", MORNING, (FIRST_CASE, "a.reveal"), pressed=("#reason", "main button[type=submit]")),
    Shot("case-filed", "head1", "/cases?state=archived", (FIRST_CASE,)),
    Shot("household", "cadre1", "/cases?state=archived", (FIRST_CASE, ".case-lead a.name")),
    Shot("copy", "head1", "/cases", (FIRST_CASE, ".case-lead a.name", "a[href^='/copies/']")),
    Shot("replies", "head1", "/replies"),
    Shot("registers", "clerk1", "/registers?first=2026-11-02&last=2026-11-06"),
    Shot("figures", "head1", "/figures?first=2026-01-01&last=2026-11-30"),
    Shot("figures-district", "district", "/figures?first=2026-01-01&last=2026-11-30"),
    Shot("counted", "head1", "/figures/counted?figure=completed&first=2026-10-01&last=2026-10-31"),
    Shot("assessment", "district", "/figures/assessment?first=2026-01-01&last=2026-11-30"),
    Shot("visits", "clerk1", f"/visits?week={NEXT}"),
    Shot("visit", "clerk1", f"/visits?week={NEXT}", (".board a",)),
    Shot("visits-map", "clerk1", f"/visits/map?day={NEXT}"),
    Shot("visits-book", "clerk1", "/visits/book?q=zhang"),
    Shot("visits-offers", "clerk1", "/visits/book?q=zhang", (".lines a.button",)),
    Shot("visits-plan", "head1", "/visits/plan"),
    Shot("visits-plan-result", "head1", "/visits/plan", ("main .lines a[href^='/visits/plan/']",)),
    Shot("visits-away", "head1", "/visits/away"),
    Shot("visits-absence", "head1", "/visits/away", ("main a[href^='/visits/away/']",)),
    Shot("people", "head1", "/people"),
    Shot("person", "head1", "/people", ("main .lines a.name",)),
    Shot("hire", "head1", "/people/new"),
    Shot("posts", "head1", "/posts"),
    Shot("post", "head1", "/posts", (".cases tbody a, main .lines a.name",)),
    Shot("catalogue", "district", "/catalogue"),
    Shot("item", "clerk1", "/catalogue", ("main .lines a",)),
    Shot("catalogue-change", "district", "/catalogue/change"),
    Shot("calendar", "district", "/calendar"),
    Shot("calendar-look", "district", f"/calendar/look?day={NEXT}&working=no&note=大雪封山停办"),
    Shot("settings-head", "head1", "/settings"),
    Shot("settings-district", "district", "/settings"),
    Shot("duplicates", "head1", "/households/duplicates"),
    Shot("merge", "head1", "/households/duplicates", (".double a.button",)),
    Shot("devices", "head1", "/devices"),
    Shot("device", "head1", "/devices", (".device a, .lines .name[href]",)),
    Shot("device-code", "head1", "/devices", pressed=("select#person", "form[action='/devices/code'] button")),
    Shot("quarantine", "head1", "/quarantine"),
    Shot("erasures", "head1", "/erasures"),
    Shot("trust", "head1", "/trust"),
    Shot("audit", "head1", "/audit"),
    Shot("account", "clerk1", "/account"),
    Shot("account-app", "clerk1", "/account", pressed=("form[action='/account/app'] button",)),
    Shot("account-proof", "clerk1", "/account/proof"),
    Shot("help", "clerk1", "/help"),
    Shot("refused", "cadre1", "/erasures"),
    Shot("missing", "clerk1", "/cases/" + "0" * 32),
)
