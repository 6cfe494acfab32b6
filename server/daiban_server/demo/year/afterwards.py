"""What comes after a case's end: delivery, rating, follow-up, filing; and the cadre's replies while it lasts."""

from daiban_server.demo.year import days, words
from daiban_server.demo.year.arriving import MINUTE
from daiban_server.demo.year.case import Case
from daiban_server.demo.year.handling import DAY, Ended
from daiban_server.demo.year.team import dice_for, new_id
from daiban_server.limits.calendar import local_day

_UNDELIVERED = 0.025
_RATED = 0.42
_LEVELS = ((5, 0.80), (4, 0.145), (3, 0.04), (2, 0.011), (1, 0.004))
_FOLLOWED_UP = {"home": 0.6, "proxy": 0.25, "limited": 0.12, "direct": 0.02}
_IN_TIME, _LATE = 0.88, 0.07
"""How often a reply comes in time, and how often late; the rest never comes."""
_ROUND = (5, 10)
"""Days between two times that a cadre's round comes by a home."""


def finish(case: Case, ended: Ended) -> None:
    """Everything after the end."""
    if ended.how == "withdrawn":
        case.command(_filed(case, ended.at), "archive", reason="申请人撤回，材料退还申请人")
        return
    if case.spec.mode != "direct" and case.dice.random() < _UNDELIVERED:
        case.command(_filed(case, ended.at + 9 * DAY), "archive", reason=words.UNDELIVERED)
        return
    known = _delivered(case, ended)
    _rated(case, known)
    last = _followed_up(case, known)
    why = {"reason": words.OWING} if ended.owing else {}
    case.command(_filed(case, last), "archive", None, **why)


def _delivered(case: Case, ended: Ended) -> int:
    """The result is handed over: at once where the resident stands at the counter, else within some days."""
    dice, who = case.dice, case.who.name
    if case.spec.source in ("counter", "telephone") and case.spec.mode == "direct" and not case.urgent:
        case.report(ended.at, "delivered", to=who, how="hand")
        return ended.at
    wait = dice.choices((0, 1, 2, 3, 6), (48, 34, 12, 4, 2))[0]
    if not wait and not case.urgent:
        at = ended.at + dice.randint(2, 40) * MINUTE
        case.report(at, "delivered", to=who, how=dice.choice(("message", "hand")))
        return at
    day = days.working_after(local_day(ended.at), wait + (7 if case.urgent else 0))
    if case.spec.source in ("home", "village_point"):
        at = days.in_the_field(day, dice)
        case.report(at, "delivered", case.agent, to=who, how="home")
        return case.team.goes_in(case.agent, at)
    at = days.at_the_counter(day, dice)
    case.report(at, "delivered", to=who, how=dice.choice(("hand", "hand", "message", "post")))
    return at


def _rated(case: Case, known: int) -> None:
    """The resident rates it on his own telephone, once."""
    if case.dice.random() >= _RATED:
        return
    level = case.dice.choices([one for one, _ in _LEVELS], [weight for _, weight in _LEVELS])[0]
    said = words.PRAISE if level >= 4 else words.PLAIN if level == 3 else words.BLAME
    at = max(known + DAY // 48, days.at_leisure(local_day(known) + days.ONE * case.dice.randint(0, 4), case.dice))
    case.team.errand(at, "rate", **case.slip, level=level, text=case.dice.choice(said))


def _followed_up(case: Case, known: int) -> int:
    """Some are asked afterwards whether it was well done."""
    dice = case.dice
    if dice.random() >= _FOLLOWED_UP[case.spec.label]:
        return known
    at = days.at_the_desk(days.working_after(local_day(known), dice.randint(1, 2)), dice)
    outcome = dice.choices(("satisfied", "dissatisfied", "not_reached"), (90, 3, 7))[0]
    case.report(at, "followed_up", spoke_to=case.who.name, how="telephone", outcome=outcome)
    return at


def _filed(case: Case, after: int) -> int:
    """At the end of one of the next days the clerk files what is through."""
    return days.moment(days.working_after(local_day(after), case.dice.choice((1, 1, 2))), 17 * 60 + 10)


def reply(case: Case, collected: int, ended: Ended | None) -> None:
    """While a case of a home visit lasts, the household's cadre replies (定期回复): on his round, which comes by every
    week or so, and does not wait for the last day of the item's rhythm; sometimes late, sometimes never again."""
    dice, every = dice_for(case.team.seed, case.record, "replies"), case.matter.fields["reply_every"]
    cadre, until = case.team.cadre(case.home.point), ended.at if ended else days.CLOSING
    since = case.team.goes_in(case.agent, collected)
    while (lot := dice.random()) < _IN_TIME + _LATE:
        wait = min(dice.randint(*_ROUND), every - 1) if lot < _IN_TIME else every + dice.randint(1, 6)
        at = days.moment(local_day(since) + days.ONE * wait, 9 * 60 + dice.random() * 420)
        if case.team.goes_in(cadre, at) >= until:
            return
        outcome = dice.choices(tuple(words.REPLIES), (50, 25, 15, 6, 4))[0]
        fields = {
            "household": case.home.record,
            "application": case.record,
            "text": dice.choice(words.REPLIES[outcome]),
            "outcome": outcome,
            "spoke_to": case.home.head.name,
            "how": dice.choice(("visit", "telephone")),
            "replied_at": at,
        }
        case.team.change(cadre, at, "reply", new_id(at, dice), fields)
        since = at
