"""What does not go by a device: a resident's rating and opinion, the head's answers, a conflict and its settlement."""

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple

from daiban_server.demo.year import days, words
from daiban_server.demo.year.arriving import MINUTE
from daiban_server.demo.year.device import Device, YearError
from daiban_server.demo.year.hall import Hall
from daiban_server.demo.year.team import Team
from daiban_server.features.affairs import looking_up
from daiban_server.features.affairs.rating import BAD
from daiban_server.limits.calendar import local_day
from daiban_server.rating_secret import secret_of

_NOT_BY_DEVICE = ("opinion_box", "rating")


class At(NamedTuple):
    """Where and when: the server, the centre's team with its devices, the moment."""

    hall: Hall
    team: Team
    devices: Sequence[Device]
    now: int

    @property
    def head(self) -> str:
        """The head's account."""
        return str(self.team.head.person.login)


async def rate(here: At, number: str, code: str, level: int, text: str) -> None:
    """A resident rates by the slip's number and code; a bad rating is answered on the next working day."""
    found = await here.hall.services.database.read(looking_up.find(number, code))
    if found is None:
        raise YearError(f"{number}: no such case to rate")
    secret = secret_of(here.hall.services.keys, found[1])  # as it came to the resident with the result
    said = {"number": number, "code": code, "secret": secret, "level": level, "text": text}
    await here.hall.ask_openly("/v1/public/rating", said)
    if level <= BAD:
        sits = days.moment(days.working_after(local_day(here.now), 1), 10 * 60 + 30)
        here.team.errand(sits, "sit", chosen=level / 10)


async def opinion(here: At, text: str, person: str, phone: str) -> None:
    """Something goes into the opinion box."""
    code = f"HB{here.team.centre.people[0].badge[:2]}"
    said = {"text": text, "person": person, "phone": phone}
    await here.hall.ask_openly(f"/v1/public/{code}/opinions", said)


async def sit(here: At, chosen: float) -> None:
    """The head sits down at the desk and answers what came into the box and what was rated badly."""
    dice = random.Random(chosen)  # noqa: S311 - which of some sentences is written
    waiting = await here.hall.ask(here.head, "GET", "/v1/records/opinion?status=open&limit=500")
    for one in sorted(waiting, key=lambda one: str(one["values"]["number"])):
        channel = one["values"]["channel"]
        if channel not in _NOT_BY_DEVICE:
            continue
        path = f"/v1/records/opinion/{one['record']}"
        if one["values"].get("phone"):
            await here.hall.ask(here.head, "POST", f"{path}/reports/contacted", {"facts": None})
        said = {"arguments": {"text": dice.choice(words.OPINION_ANSWERS[channel])}}
        await here.hall.ask(here.head, "POST", f"{path}/commands/answer", said)
        await here.hall.ask(here.head, "POST", f"{path}/commands/close", {})


async def second_agent(here: At, record: str, worker: int, phone: str) -> None:
    """B pulls in the morning what A collected, and writes another telephone, while A does the same out of reach."""
    seen = await here.devices[worker].seen(here.now, bytes.fromhex(record))
    if not seen:
        raise YearError(f"{record} did not come to the stand-in")
    by, at = here.team.workers[worker], here.now + 130 * MINUTE
    here.team.change(by, at, "application", record, {"phone": phone}, seen)


async def settle(here: At, record: str, field: str) -> None:
    """The head chooses the value that was written last, with everything in view that stands open."""
    path = f"/v1/records/application/{record}"
    shown = await here.hall.ask(here.head, "GET", path)
    held = shown["conflicts"].get(field)
    if not held:
        raise YearError(f"{record}: nothing to settle in {field}")
    last = max(held, key=lambda one: (one["effective"], one["position"]))
    settled = {"field": field, "value": last["value"], "over": [one["position"] for one in held]}
    await here.hall.ask(here.head, "POST", f"{path}/settlement", settled | {"seen": shown["position"]})


ERRANDS: Mapping[str, Callable[..., Awaitable[None]]] = {
    "rate": rate,
    "opinion": opinion,
    "sit": sit,
    "second_agent": second_agent,
    "settle": settle,
}


async def run(here: At, name: str, facts: Mapping[str, Any]) -> None:
    """Do an errand."""
    await ERRANDS[name](here, **facts)
