"""The town: who is there, what time it is, what the witness knows, and the story so far."""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from tests.simulator.cast import Cast, Clerk, Holder
from tests.simulator.decisions import MINUTE, SECOND
from tests.simulator.road import Road
from tests.simulator.witness import TOMBSTONE, History, InView, Save

NOON = 1_790_000_000_000
FIELDS = ("phone", "address", "note")
NAMES = "甲乙丙丁戊己庚辛壬癸"

Pending = tuple[bytes, Mapping[str, Any], InView, int, int]
"""Record, values, what was in view, `seen` and time of a save that was cut off: it may have been kept all the same."""


@dataclass
class Town:
    """`told` is the story in words; it is written only when somebody wants to read it. `saves` has everything that
    people saved, by device, number and bytes; `moved` are agents who were given other villages."""

    cast: Cast
    tell: bool = False
    road: Road = field(default_factory=lambda: Road(NOON))
    told: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    operations: int = 0
    histories: list[History] = field(default_factory=list)
    saves: dict[tuple[bytes, int, bytes], Save] = field(default_factory=dict)
    pending: dict[bytes, list[Pending]] = field(default_factory=dict)
    known: list[list[bytes]] = field(default_factory=list)
    moved: set[bytes] = field(default_factory=set)
    written: int = 0

    def __post_init__(self) -> None:
        self.histories = [History() for _ in self.cast.centres]
        self.known = [[] for _ in self.cast.centres]
        self.cast.start(lambda: self.road.now)

    def say(self, words: str) -> None:
        """A sentence of the story."""
        if self.tell:
            since = (self.road.now - NOON) // SECOND
            self.told.append(f"{since // 3600:4}:{since // 60 % 60:02}:{since % 60:02}  {words}")

    def holder(self, who: int) -> Holder:
        """A phone's holder."""
        return self.cast.holders[who % len(self.cast.holders)]

    def clerk(self, who: int) -> Clerk:
        """A tab at the counter."""
        return self.cast.clerks[who % len(self.cast.clerks)]

    def server(self, who: int) -> list[int]:
        """The centres that one server serves."""
        return self.cast.servers[who % len(self.cast.servers)]

    def up(self, centre: int) -> bool:
        """Whether a centre's server answers."""
        return self.road.now >= self.cast.down_until[centre]

    def name_of(self, record: bytes) -> str:
        """A record as the story calls it."""
        for records in self.known:
            if record in records:
                return f"household {NAMES[records.index(record) % len(NAMES)]}"
        return "a record"

    def values(self, dice: Random) -> dict[str, Any]:
        """What somebody writes into a form."""
        names = dice.choice((FIELDS[:1], FIELDS[:1], FIELDS[1:2], FIELDS[:2], FIELDS))
        values: dict[str, Any] = {name: self.text(name) for name in names}
        if dice.random() < 0.15:
            values["phone"] = "13909150001"  # now and then the same as another's
        if self.cast.deletes and dice.random() < 0.1:
            values["note"] = dice.choice((True, 1, [1], [True], None))  # alike to Python, not to people
        if self.cast.deletes and dice.random() < 0.1:
            values[TOMBSTONE] = dice.random() < 0.7
        return values

    def text(self, name: str) -> Any:
        """A value that nobody wrote before."""
        self.written += 1
        if name == TOMBSTONE:
            return self.written % 2 == 0
        return f"1390{self.written:07}" if name == "phone" else f"{name} {self.written}"

    def at_the_server(self, centre: int, dice: Random, act: Callable[[], None]) -> None:
        """Do something at a server that may lose its power, or find no room, while it does so."""
        try:
            act()
        except self.cast.full:
            self.counts["disks full"] += 1
            self.say("the server's disk is full: nothing of that is done")
        except self.cast.cuts:
            pass
        self.after_a_cut(centre, dice)

    def after_a_cut(self, centre: int, dice: Random) -> None:
        """If the server's power went off, switch it on again later."""
        place = self.cast.centres[centre]
        if place.dark:
            self.counts["servers cut off"] += 1
            self.say(f"the power of {place.name}'s server went off")
            place.reboot(dice)
            for at in next(some for some in self.cast.servers if centre in some):
                self.cast.down_until[at] = self.road.now + dice.choice((SECOND, MINUTE))

    def on_the_phone(self, holder: Holder, dice: Random, act: Callable[[], None]) -> bool:
        """Do something on a phone that may lose its power, or find no room, while it does so. Gives whether all of it
        was done."""
        try:
            act()
        except self.cast.full:
            self.counts["disks full"] += 1
            self.say(f"{holder.name} has no room: nothing of that is done")
            return False
        except self.cast.cuts:
            self.counts["phones cut off"] += 1
            self.say(f"the power of {holder.name} went off in the middle of it")
            self.switched_on(holder, dice)
            return False
        return True

    def switched_on(self, holder: Holder, dice: Random) -> None:
        """A phone goes on with what it kept. A save that was cut off may be among that."""
        holder.attempt += 1
        holder.form = None
        holder.phone.reboot(dice)
        self.found_kept(holder)

    def found_kept(self, holder: Holder) -> None:
        """Take note of a save that was kept though nobody was told so."""
        bodies = holder.phone.bodies()
        for cut_off in self.pending.pop(holder.device, []):
            number = len(holder.saved) + 1
            if number in bodies:
                self.keep(holder, number, bodies[number], *cut_off)

    def keep(
        self, holder: Holder, number: int, body: bytes, record: bytes, values: Any, intent: InView, seen: int, *_: int
    ) -> None:
        """Take note of a save on a phone."""
        said = json.loads(body)
        at, values = said["at"], said["fields"]
        for name in values:  # of a new record nothing was in view
            intent.viewed.setdefault(name, {})
            intent.meant.setdefault(name, {})
        saved = Save(holder.device, number, True, record, values, *intent, seen, at, self.road.now)
        holder.saved.append((saved, body))
        if record in holder.phone.mirror():
            holder.over.add(number)
        self.saves[holder.device, number, body] = saved

    def desk_saved(self, device: bytes, number: int, body: bytes, values: Mapping[str, Any]) -> Save | None:
        """A clerk's save that was cut off and is there all the same."""
        for cut_off in self.pending.get(device, []):
            record, wrote, intent, seen, at = cut_off
            if wrote == values:
                saved = Save(device, number, False, record, wrote, *intent, seen, at, at)
                self.saves[device, number, body] = saved
                return saved
        return None


def words(values: Mapping[str, Any]) -> str:
    """Values in a story."""
    return ", ".join(f"{name}={value}" for name, value in values.items())
