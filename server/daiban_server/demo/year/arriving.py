"""How a case comes to the centre: over the counter, from a village point, from a home visit."""

import datetime
import random
from typing import NamedTuple

from daiban_schemas import mandate
from daiban_server.demo.year import days, matters, words
from daiban_server.demo.year.case import Case, Spec
from daiban_server.demo.year.consenting import agreed
from daiban_server.demo.year.residents import Home, Resident
from daiban_server.demo.year.team import Team, Worker, dice_for, new_id
from daiban_server.limits.calendar import local_day

MINUTE = 60_000
_NOBODY_HOME = 0.15
"""How often an agent stands before a locked door, where there is a day to try again."""


class Visitor(NamedTuple):
    """Somebody who stands at the counter: his home, and the reception that was written down."""

    home: Home
    who: Resident
    reception: str
    at: int


def applicant(home: Home, matter: matters.Matter, dice: random.Random) -> Resident:
    """Who of a home applies: an old one for what the old get, else an adult."""
    old = [one for one in home.people if one.born.year <= 1965]
    adults = [one for one in home.people if one.born.year <= 2007]
    fitting = old if matter.code in ("MZ-07", "SB-02", "SB-03", "XS-02") else adults
    return dice.choice(fitting or [home.head])


def at_the_counter(team: Team, spec: Spec, visitor: Visitor | None) -> tuple[Case, Visitor]:
    """A resident comes, or rings about what can be asked by telephone; `visitor` is who stands there already with
    another matter."""
    dice = dice_for(team.seed, team.index, "case", spec.number)
    matter = matters.draw(spec.mode, spec.start, dice, at_home=False)
    if matter.in_person:
        spec = spec._replace(source="counter")
    clerk = team.clerk(matter.fields["window"])
    if visitor is None:
        visitor = _received(team, spec, matter, clerk, dice)
    else:
        visitor = visitor._replace(at=visitor.at + 5 * MINUTE)
    # A minute later, since another clerk may write it than who received: his must not come before the home's record.
    at = visitor.at + MINUTE
    record = new_id(at, dice)
    case = Case(spec, team, dice, record, matter, visitor.home, visitor.who, clerk, team.slip(clerk, record), at)
    fields = case.fields(at, visitor.reception)
    team.change(case.clerk, at, "application", record, fields)
    agreed(case, case.clerk, at)
    case.command(at, "submit")
    return case, visitor._replace(at=at)


def _received(team: Team, spec: Spec, matter: matters.Matter, clerk: Worker, dice: random.Random) -> Visitor:
    at = days.at_the_counter(spec.start, dice)
    home = team.home(clerk, at, dice)
    who = applicant(home, matter, dice)
    reception = new_id(at, dice)
    fields = {
        "place": team.centre.id.hex(),
        "visitor": who.name,
        "people": 1,
        "phone": who.phone,
        "village": home.village,
        "source": spec.source,
        "window": matter.fields["window"],
        "item": matter.record,
        "about": f"办理{matter.fields['name']}",
        "answer": "已收取材料，出具收件凭证",
        "outcome": "case",
        "came_at": at,
    }
    team.change(clerk, at, "reception", reception, fields)
    return Visitor(home, who, reception, at)


def at_the_village_point(team: Team, spec: Spec) -> Case:
    """An agent collects it in the village, with no signal."""
    dice = dice_for(team.seed, team.index, "case", spec.number)
    matter = matters.draw(spec.mode, spec.start, dice, at_home=False)
    agents = sorted({team.agents(point)[0] for point in range(len(team.centre.points))})
    agent, at = dice.choice(agents), days.in_the_field(spec.start, dice)
    home = team.home(agent, at, dice)
    return _collected(team, spec, matter, home, agent, at, dice)


def at_home(team: Team, spec: Spec) -> Case:
    """Somebody rings for one who cannot move about; the server gives the appointment, and the agent goes there."""
    dice = dice_for(team.seed, team.index, "case", spec.number)
    matter = matters.draw(spec.mode, spec.start, dice, at_home=True)
    clerk = team.clerk(matter.fields["window"])
    asked = days.at_the_counter(spec.start, dice)
    home = team.home(clerk, asked, dice)
    day = days.working_before(spec.decided, 1)
    before = days.working_before(day, 1)
    in_vain = before > spec.start and dice.random() < _NOBODY_HOME
    at, half = _half_day(day, dice, afternoon=in_vain)
    visit, agents = new_id(asked, dice), team.agents(home.point)
    first = _half_day(before, dice)[1] if in_vain else half
    fields = {
        "household": home.record,
        "item": matter.record,
        "purpose": dice.choice(words.PURPOSES),
        "minutes": matter.fields["minutes"],
        "windows": [first],
        "crew": matter.fields["crew"],
        "priority": 1,
    }
    team.change(clerk, asked, "visit", visit, fields)
    team.command(clerk, asked, visit, "assign", kind="visit")
    team.command(agents[0], asked + 60 * MINUTE, visit, "accept", kind="visit")
    if in_vain:
        team.report(agents[0], first["from"] + 30 * MINUTE, visit, "nobody_home", kind="visit", note=words.NOBODY_HOME)
        morning = days.moment(day, 8 * 60 + 45)
        team.change(clerk, morning, "visit", visit, {"windows": [half]})
        team.command(clerk, morning, visit, "assign", kind="visit")
    place = team.centre.points[home.point]
    where = {"point": {"lon": place.lon, "lat": place.lat}}
    team.report(agents[0], at, visit, "started", kind="visit", **where)
    case = _collected(team, spec, matter, home, agents[0], at + 10 * MINUTE, dice)
    team.report(agents[0], at + 40 * MINUTE, visit, "finished", kind="visit", outcome="done", **where)
    return case


def _half_day(day: datetime.date, dice: random.Random, *, afternoon: bool = False) -> tuple[int, dict[str, int]]:
    """A half-day in which a resident is at home, and when the agent comes: the server promises an early time in it."""
    begins, ends = (14 * 60, 17 * 60 + 30) if afternoon or dice.random() < 0.4 else (9 * 60, 12 * 60)
    at = days.moment(day, begins + 15 + dice.random() * 30)
    return at, {"from": days.moment(day, begins), "to": days.moment(day, ends)}


def _collected(
    team: Team, spec: Spec, matter: matters.Matter, home: Home, agent: Worker, at: int, dice: random.Random
) -> Case:
    """Collected by an agent: the application, the mandate where it is proxied, the report that starts the limits."""
    record = new_id(at, dice)
    who = applicant(home, matter, dice)
    slip, clerk = team.slip(agent, record), team.clerk(matter.fields["window"])
    case = Case(spec, team, dice, record, matter, home, who, clerk, slip, at)
    fields = case.fields(at, None)
    team.change(agent, at, "application", record, fields)
    agreed(case, agent, at + 3 * MINUTE)
    if spec.mode == "proxy" or spec.label == "home":
        empower(case, agent, at + 4 * MINUTE)
    if matter.fields.get("person_must_come"):
        case.report(at + 4 * MINUTE + MINUTE // 2, "verified", agent, met=who.name)
    case.report(at + 5 * MINUTE, "collected", agent, papers=fields["papers"])
    case.command(at + 6 * MINUTE, "submit", agent)
    return case


def witness(home: Home, who: Resident, agent: str, day: datetime.date) -> str:
    """Who may witness a fingerprint: a grown-up of the home who neither gives the mandate nor takes it."""
    parties = (who.name, agent)
    grown = (one.name for one in reversed(home.people) if one.born.year <= day.year - 19)
    return next((name for name in grown if name not in parties), "村民小组长")


def empower(case: Case, agent: Worker, at: int) -> None:
    """The applicant signs the mandate (委托书) for the agent."""
    day = local_day(at)
    asked = case.matter.fields
    mark = "paper" if asked.get("paper_mandate_only") or asked.get("person_must_come") else "drawn"
    if mark == "drawn" and case.who.born.year < 1945:
        mark = "fingerprint"
    signer = {"name": case.who.name, "mark": mark, "at": at}
    if mark == "fingerprint":
        signer["witness"] = witness(case.home, case.who, agent.person.name, day)
    fields = {
        "application": case.record,
        "text_version": mandate.NEWEST,
        "text_sha256": mandate.sha256_of(mandate.NEWEST),
        "principal": {"name": case.who.name, "identity_number": case.who.number, "phone": case.who.phone},
        "agent": agent.person.name,
        "matter": str(case.matter.fields["name"]),
        "powers": ["递交和补正材料", "领取办理结果"],
        "valid_from": day.isoformat(),
        "valid_until": (day + days.ONE * 180).isoformat(),
        "signers": [signer],
        "place": case.home.village,
    }
    case.team.change(agent, at, "mandate", new_id(at, case.dice), fields)
