"""What people say beside their cases: opinions and complaints, and two agents who wrote down two telephones."""

from daiban_server.demo.year import days, residents, words
from daiban_server.demo.year.arriving import MINUTE
from daiban_server.demo.year.case import Case
from daiban_server.demo.year.team import dice_for, new_id
from daiban_server.limits.calendar import local_day

_SAID = 0.02
"""How often somebody who has a case says something about it or about the centre."""
_ANSWERED, _CLOSED = 0.93, 0.8
_SETTLED = 0.8
_CHANNELS = {"opinion_box": 45, "hotline": 25, "stuck": 15, "complaint": 15}


def complain(case: Case, since: int) -> None:
    """Somebody says something: into the box by the open page, or to a clerk who writes it down."""
    dice = dice_for(case.team.seed, case.record, "voice")
    if dice.random() >= _SAID:
        return
    channel = dice.choices(list(_CHANNELS), list(_CHANNELS.values()))[0]
    text = dice.choice(words.OPINIONS[channel])
    day = days.working_after(local_day(since), dice.randint(2, 15))
    if channel == "opinion_box":
        at = days.at_leisure(day, dice)
        case.team.errand(at, "opinion", text=text, person=case.who.name, phone=case.who.phone)
        if dice.random() < _ANSWERED:
            sits = days.moment(days.working_after(day, dice.randint(1, 4)), 10 * 60 + 30)
            case.team.errand(sits, "sit", chosen=dice.random())
        return
    _written_down(case, channel, text, days.at_the_counter(day, dice))


def _written_down(case: Case, channel: str, text: str, at: int) -> None:
    team, dice = case.team, dice_for(case.team.seed, case.record, "opinion")
    record = new_id(at, dice)
    fields = {
        "place": team.centre.id.hex(),
        "channel": channel,
        "text": text,
        "person": case.who.name,
        "phone": case.who.phone,
        "came_at": at,
    }
    if channel == "complaint":
        fields["about"] = case.clerk.id
    elif channel == "stuck":
        fields["application"] = case.record
    team.change(team.other_clerk(case.clerk), at, "opinion", record, fields)
    if dice.random() < _ANSWERED:
        answered = days.moment(days.working_after(local_day(at), dice.randint(1, 5)), 15 * 60 + dice.random() * 60)
        said = dice.choice(words.OPINION_ANSWERS[channel])
        team.report(team.head, answered, record, "contacted", kind="opinion", spoke_to=case.who.name)
        team.command(team.head, answered, record, "answer", kind="opinion", text=said)
        if dice.random() < _CLOSED:
            team.command(team.head, answered, record, "close", kind="opinion")


def dispute(case: Case, collected: int) -> None:
    """A and B of the village both ask for a better telephone, out of each other's reach: neither's is lost. The head
    settles most of it; some stays open."""
    dice, (a, b) = dice_for(case.team.seed, case.record, "dispute"), case.team.agents(case.home.point)
    day = days.working_after(local_day(collected), 1)
    morning = days.moment(day, 8 * 60) + b.seat
    one, other = residents.phone(dice), residents.phone(dice)
    while other == one:  # there are few numbers that reach nobody
        other = residents.phone(dice)
    case.team.errand(morning, "second_agent", record=case.record, worker=b.seat, phone=one)
    case.team.change(a, morning + 90 * MINUTE, "application", case.record, {"phone": other})
    if dice.random() < _SETTLED:
        at = days.moment(days.working_after(day, dice.randint(1, 4)), 11 * 60 + dice.random() * 20)
        case.team.errand(at, "settle", record=case.record, field="phone")
