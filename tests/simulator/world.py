"""A township in virtual time: it plays decisions with a cast, and lets the witness look at every step.

The cast's phones and centres are those of one tier (`paper/`, `real/`); the story is the same.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from daiban_sync.errors import SyncError
from tests.simulator import judge
from tests.simulator.cast import Cast, Clerk, Holder, Refused
from tests.simulator.decisions import DAY, HOUR, MINUTE, SECOND, Decision
from tests.simulator.road import Road
from tests.simulator.witness import TOMBSTONE, History, Save, check_view, hold, in_view

NOON = 1_790_000_000_000
FIELDS = ("phone", "address", "note")
RECORDS = 4
"""Records of a centre beyond which people rather edit than begin new ones: few records meet more often."""
ROUNDS = 12
"""Syncs of each phone within which everything must have drained once the weather is good."""
CLOCKS = (0, 0, 90 * SECOND, -40 * MINUTE, -7 * 365 * DAY, 60 * 365 * DAY)


@dataclass
class World:
    """`told` is the story in words; it is written only when somebody wants to read it."""

    cast: Cast
    tell: bool = False
    road: Road = field(default_factory=lambda: Road(NOON))
    told: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    operations: int = 0
    histories: list[History] = field(default_factory=list)
    saves: dict[tuple[bytes, int, bytes], Save] = field(default_factory=dict)
    known: list[list[bytes]] = field(default_factory=list)
    written: int = 0

    def __post_init__(self) -> None:
        self.histories = [History() for _ in self.cast.centres]
        self.known = [[] for _ in self.cast.centres]
        self.cast.start(lambda: self.road.now)

    # Time ------------------------------------------------------------------------------------------------------

    def play(self, decisions: list[Decision]) -> None:
        """Play decisions one after the other, then let everything heal and judge what is left."""
        for decision in decisions:
            self.road.wait(decision.wait)
            self.operations += 1
            getattr(self, decision.act)(decision.who, Random(decision.dice))
        self.heal()

    def say(self, words: str) -> None:
        """A sentence of the story."""
        if self.tell:
            since = (self.road.now - NOON) // SECOND
            self.told.append(f"{since // 3600:4}:{since // 60 % 60:02}:{since % 60:02}  {words}")

    def _holder(self, who: int) -> Holder:
        return self.cast.holders[who % len(self.cast.holders)]

    def _clerk(self, who: int) -> Clerk:
        return self.cast.clerks[who % len(self.cast.clerks)]

    # Phones -----------------------------------------------------------------------------------------------------

    def new(self, who: int, dice: Random) -> None:
        """A new record at a home."""
        holder = self._holder(who)
        if holder.phone.stopped or len(self.known[holder.centre]) >= RECORDS:
            return self.save(who, dice)
        record = self.cast.new_record(holder.centre, dice)
        self.known[holder.centre].append(record)
        holder.form = holder.phone.new(record)
        return self._save(holder, self.cast.first_values(holder.centre, record, dice))

    def open(self, who: int, dice: Random) -> None:
        """Somebody opens a record on the phone; what is in view now is what was seen."""
        holder = self._holder(who)
        records = self.known[holder.centre]
        if not records or holder.phone.stopped:
            return
        record = dice.choice(records)
        view = holder.phone.view(record)
        judge.overlay(self, holder, record, view)
        if view is not None:
            check_view(view, self.name_of(record))
            holder.form = holder.phone.open(record)
            self.say(f"{holder.name} opens {self.name_of(record)}")

    def save(self, who: int, dice: Random) -> None:
        """Somebody saves values in the form that is open."""
        holder = self._holder(who)
        if holder.form is None or dice.random() < 0.4:
            self.open(who, dice)
        if holder.form is not None and not holder.phone.stopped:
            self._save(holder, self._values(dice))

    def settle(self, who: int, dice: Random) -> None:
        """Somebody settles a conflict on the phone."""
        holder = self._holder(who)
        if holder.phone.stopped:
            return None
        for record in dice.sample(self.known[holder.centre], len(self.known[holder.centre])):
            view = holder.phone.view(record)
            if view is not None and view.conflicts:
                holder.form = holder.phone.open(record)
                name = dice.choice(sorted(view.conflicts))
                value = dice.choice([view.conflicts[name][0].value, self._text(name)])
                return self._save(holder, {name: value}, settle=True)
        return None

    def _values(self, dice: Random) -> dict[str, Any]:
        names = dice.choice((FIELDS[:1], FIELDS[:1], FIELDS[1:2], FIELDS[:2], FIELDS))
        values: dict[str, Any] = {name: self._text(name) for name in names}
        if dice.random() < 0.15:
            values["phone"] = "13909150001"  # now and then the same as another's
        if dice.random() < 0.1 and self.cast.deletes:
            values[TOMBSTONE] = dice.random() < 0.7
        return values

    def _text(self, name: str) -> Any:
        self.written += 1
        if name == TOMBSTONE:
            return self.written % 2 == 0
        return f"1390{self.written:07}" if name == "phone" else f"{name} {self.written}"

    def _save(self, holder: Holder, values: Mapping[str, Any], *, settle: bool = False) -> None:
        form = holder.form
        assert form is not None
        view = form.view
        values = {
            n: v
            for n, v in values.items()
            if settle
            or view is None
            or n not in view.values
            or type(view.values[n]) is not type(v)
            or view.values[n] != v
        }
        if not values:
            return
        intent = in_view(view, values, settle=settle)
        number, body, at = holder.phone.save(form, values, settle=settle)
        judge.claim(self, holder, at)
        saved = Save(
            holder.device, number, True, form.record, values, *intent, view.position if view else 0, at, self.road.now
        )
        hold(number == len(holder.saved) + 1, "numbering", f"{holder.name}'s entry is numbered {number}")
        holder.saved.append((saved, body))
        self.saves[holder.device, number, body] = saved
        verb = "settles" if settle else "saves"
        self.say(f"{holder.name} {verb} {self._words(values)} in {self.name_of(form.record)} (entry {number})")

    # Clerks -----------------------------------------------------------------------------------------------------

    def desk_open(self, who: int, dice: Random) -> None:
        """A clerk opens a record in a tab."""
        clerk = self._clerk(who)
        if self.known[clerk.centre] and self._up(clerk.centre):
            record = dice.choice(self.known[clerk.centre])
            form = self.cast.centres[clerk.centre].open(record)
            if form.view is not None:
                check_view(form.view, self.name_of(record))
                clerk.form = form
                self.say(f"{clerk.name} opens {self.name_of(record)} at the counter")

    def desk_save(self, who: int, dice: Random) -> None:
        """A clerk saves what stands in the tab."""
        clerk = self._clerk(who)
        if clerk.form is None or dice.random() < 0.5:
            self.desk_open(who, dice)
        if clerk.form is not None and self._up(clerk.centre):
            self._desk(clerk, self._values(dice), settle=False)

    def desk_settle(self, who: int, dice: Random) -> None:
        """A clerk settles a conflict."""
        clerk = self._clerk(who)
        self.desk_open(who, dice)
        form = clerk.form
        if form is not None and form.view is not None and form.view.conflicts and self._up(clerk.centre):
            name = dice.choice(sorted(form.view.conflicts))
            self._desk(clerk, {name: self._text(name)}, settle=True)

    def _desk(self, clerk: Clerk, values: Mapping[str, Any], *, settle: bool) -> None:
        centre, form = self.cast.centres[clerk.centre], clerk.form
        assert form is not None
        intent = in_view(form.view, values, settle=settle)
        number, body, at = centre.save(clerk, form, values, settle=settle)
        saved = Save(
            clerk.device,
            number,
            False,
            form.record,
            values,
            *intent,
            form.view.position if form.view else 0,
            at,
            self.road.now,
        )
        self.saves[clerk.device, number, body] = saved
        verb = "settles" if settle else "saves"
        self.say(f"{clerk.name} {verb} {self._words(values)} in {self.name_of(form.record)} at the counter")
        judge.centre(self, clerk.centre)

    # Round trips ------------------------------------------------------------------------------------------------

    def sync(self, who: int, dice: Random, *, smooth: bool = False, rounds: int = 6) -> None:
        """A phone tries to sync: it asks, and the answer may come, late or never."""
        holder = self._holder(who)
        if holder.phone.stopped:
            return
        holder.attempt += 1
        step = holder.phone.begin()
        holder.asked = self.road.now, holder.skew
        attempt, device = holder.attempt, holder.device
        word = self.road.send(
            dice, lambda: self._arrive(holder, device, attempt, step, dice, smooth, rounds), smooth=smooth
        )
        self.say(f"{holder.name} syncs{f': the request is {word}' if word else ''}")

    def _arrive(
        self, holder: Holder, device: bytes, attempt: int, step: Any, dice: Random, smooth: bool, rounds: int
    ) -> None:
        if not self._up(holder.centre):
            return self.say(f"{holder.name}'s request finds nobody: the server is down")
        centre = self.cast.centres[holder.centre]
        try:
            answer = centre.answer(device, step.body)
        except Refused as refusal:
            judge.refusal(self, holder, str(refusal))
            return self.say(f"the server refuses {holder.name}'s request: {refusal}")
        finally:
            judge.centre(self, holder.centre)
        word = self.road.send(
            dice, lambda: self._back(holder, attempt, step, answer, dice, smooth, rounds), smooth=smooth
        )
        return self.say(f"{centre.name} answers {holder.name}{f': the answer is {word}' if word else ''}")

    def _back(
        self, holder: Holder, attempt: int, step: Any, answer: bytes, dice: Random, smooth: bool, rounds: int
    ) -> None:
        if attempt != holder.attempt or holder.phone.stopped:
            return  # given up meanwhile, or heard already
        holder.attempt += 1
        try:
            receipts, more = holder.phone.take(step, answer)
        except SyncError as error:
            hold(False, "answer refused", f"{holder.name} cannot believe an answer: {error}")
            return
        self.say(f"{holder.name} takes the answer" + (f", receipts for {len(receipts)} batches" if receipts else ""))
        if holder.asked[1] == holder.skew:
            holder.trusted = self.road.now - holder.asked[0] + SECOND
        judge.receipts(self, holder, receipts)
        judge.phone(self, holder)
        if more and rounds:
            self.sync(self.cast.holders.index(holder), dice, smooth=smooth, rounds=rounds - 1)

    def carry(self, who: int, dice: Random) -> None:
        """Somebody carries a phone's batches in on a stick; the receipts come with the phone's own next sync."""
        holder = self._holder(who)
        if holder.phone.stopped:
            return
        packed = holder.phone.packed()
        some = packed[dice.randrange(len(packed) + 1) :] if dice.random() < 0.3 else packed
        if not some:
            return
        device = holder.device
        self.counts["carried"] += 1
        self.say(f"somebody carries {len(some)} of {holder.name}'s batches to the centre")
        self.road.at(
            self.road.now + dice.choice((HOUR, 9 * HOUR, 2 * DAY)), lambda: self._hand_in(holder, device, some)
        )

    def _hand_in(self, holder: Holder, device: bytes, packed: list[bytes]) -> None:
        if self._up(holder.centre):
            self.say(f"what was carried for {holder.name} is handed in")
            try:
                self.cast.centres[holder.centre].carried(device, packed)
            except Refused as refusal:
                self.say(f"and refused: {refusal}")
            judge.centre(self, holder.centre)

    # What befalls them ------------------------------------------------------------------------------------------

    def storm(self, who: int, dice: Random) -> None:
        """Half of everything is lost for a while."""
        self.road.storm_until = self.road.now + dice.choice((MINUTE, HOUR, 9 * HOUR))
        self.counts["storms"] += 1
        self.say("a storm: half of everything on the road is lost")

    def clock(self, who: int, dice: Random) -> None:
        """A phone's clock jumps."""
        holder = self._holder(who)
        holder.trusted = None
        holder.skew = dice.choice(CLOCKS) + dice.randrange(-2000, 2000)
        self.counts["clock jumps"] += 1
        self.say(f"the clock of {holder.name} is off by {holder.skew // SECOND} s now")

    def phone_dies(self, who: int, dice: Random) -> None:
        """A phone's battery is empty; what it was doing is gone, what it kept is not."""
        holder = self._holder(who)
        holder.attempt += 1
        holder.form = None
        self.counts["phones died"] += 1
        self.say(f"{holder.name} goes dark and is switched on again")
        holder.phone.die(dice)
        judge.work(self, holder)

    def centre_dies(self, who: int, dice: Random) -> None:
        """The server is down for a while."""
        at = who % len(self.cast.centres)
        self.cast.down_until[at] = self.road.now + dice.choice((SECOND, MINUTE, HOUR))
        self.counts["servers died"] += 1
        self.say(f"the server of {self.cast.centres[at].name} dies")
        self.cast.centres[at].die(dice)
        judge.centre(self, at)

    def copy_phone(self, who: int, dice: Random) -> None:
        """Somebody makes a copy of a phone."""
        holder = self._holder(who)
        holder.copies.append((holder.phone.copied(), list(holder.saved)))
        self.counts["phones copied"] += 1
        self.say(f"{holder.name} is backed up")

    def put_back(self, who: int, dice: Random) -> None:
        """The copy is put back: what the phone did since, it does not know."""
        holder = self._holder(who)
        if not holder.copies:
            return
        copied, saved = dice.choice(holder.copies)
        holder.attempt += 1
        holder.form = None
        holder.phone.put_back(copied)
        holder.saved = list(saved)
        holder.put_back, holder.trusted = True, None
        self.counts["phones restored"] += 1
        self.say(f"{holder.name} is restored from a copy of {len(saved)} entries")

    def backup(self, who: int, dice: Random) -> None:
        """A backup of a centre."""
        at = who % len(self.cast.centres)
        if self._up(at):
            self.cast.backups[at].append((self.cast.centres[at].backup(), self.histories[at].copied()))
            self.say(f"{self.cast.centres[at].name} is backed up")

    def restore(self, who: int, dice: Random) -> None:
        """A server is restored from a backup, not always the newest."""
        at = who % len(self.cast.centres)
        if not self.cast.backups[at]:
            return
        centre = self.cast.centres[at]
        backup, history = dice.choice(self.cast.backups[at])
        centre.restore(backup)
        self.histories[at] = history.since(centre.position)
        for clerk in self.cast.clerks:
            if clerk.centre == at:
                clerk.form = None
        self.counts["servers restored"] += 1
        self.say(f"{centre.name} is restored from a backup, epoch {centre.epoch} begins")
        judge.centre(self, at)

    def reassign(self, who: int, dice: Random) -> None:
        """An agent gets other villages."""
        holder = self._holder(who)
        centre = self.cast.centres[holder.centre]
        if self._up(holder.centre):
            places = self.cast.places[holder.centre]
            mine = frozenset(dice.sample(places, dice.randint(1, len(places))))
            centre.reassign(holder.person, mine)
            self.counts["reassigned"] += 1
            self.say(f"{holder.name}'s holder answers for {len(mine)} of {len(places)} villages now")

    def revoke(self, who: int, dice: Random) -> None:
        """A phone is reported stolen."""
        holder = self._holder(who)
        if self._up(holder.centre):
            self.cast.centres[holder.centre].revoke(holder.device)
            holder.revoked = True
            self.counts["revoked"] += 1
            self.say(f"{holder.name} is reported stolen")

    # The end ----------------------------------------------------------------------------------------------------

    def heal(self) -> None:
        """The weather clears, servers are up, everybody syncs until nothing is left to do."""
        self.say("the weather clears, and everybody syncs")
        self.road.storm_until = 0
        self.road.drain()
        self.cast.down_until = [0] * len(self.cast.centres)
        self.road.wait(DAY)
        for number in range(ROUNDS):
            for who, holder in enumerate(self.cast.holders):
                if not holder.phone.stopped:
                    self.sync(who, Random(number), smooth=True)
            self.road.drain()
            self.road.wait(HOUR)
            if number and all(judge.drained(self, holder) for holder in self.cast.holders):
                break
        judge.end(self)

    def _up(self, centre: int) -> bool:
        return self.road.now >= self.cast.down_until[centre]

    def name_of(self, record: bytes) -> str:
        """A record as the story calls it."""
        for records in self.known:
            if record in records:
                return f"household {'甲乙丙丁戊己庚辛'[records.index(record) % 8]}"
        return "a record"

    @staticmethod
    def _words(values: Mapping[str, Any]) -> str:
        return ", ".join(f"{name}={value}" for name, value in values.items())


Act = Callable[[int, Random], None]
