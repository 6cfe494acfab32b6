"""Round trips between phones and centres, and batches that are carried in."""

from collections.abc import Sequence
from random import Random
from typing import Any, NamedTuple

from daiban_sync.errors import SyncError
from tests.simulator import judge
from tests.simulator.cast import Holder, Refused
from tests.simulator.decisions import DAY, HOUR, SECOND
from tests.simulator.town import Town
from tests.simulator.witness import hold

ROUNDS = 8
"""Round trips of one sync at most."""


class Trip(NamedTuple):
    """A request on its way: whose, the how manieth try of his, what it says, and how good the road is."""

    holder: Holder
    device: bytes
    attempt: int
    step: Any
    dice: Random
    smooth: bool
    rounds: int
    asked: int


class Trips(Town):
    """The road between homes and centres."""

    def sync(self, who: int, dice: Random, *, smooth: bool = False, rounds: int = ROUNDS) -> None:
        """A phone tries to sync: it asks, and the answer may come, late or never."""
        holder = self.holder(who)
        if not holder.phone.stopped:
            self.on_the_phone(holder, dice, lambda: self._ask(holder, dice, smooth, rounds))

    def _ask(self, holder: Holder, dice: Random, smooth: bool, rounds: int) -> None:
        holder.attempt += 1
        step = holder.phone.begin(fresh=rounds == ROUNDS)
        if rounds == ROUNDS:
            holder.slowest = 0
        trip = Trip(holder, holder.device, holder.attempt, step, dice, smooth, rounds, self.road.now)
        word = self.road.send(dice, lambda: self._arrive(trip), smooth=smooth)
        self.say(f"{holder.name} syncs{f': the request is {word}' if word else ''}")

    def _arrive(self, trip: Trip) -> None:
        """Requests that arrive while the server is busy are answered together."""
        centre = trip.holder.centre
        if not self.up(centre):
            self.say(f"{trip.holder.name}'s request finds nobody: the server is down")
            return
        waiting = self.cast.waiting[centre]
        waiting.append(trip)
        if len(waiting) == 1:
            busy = trip.dice.choice((0, 0, 400, 20 * SECOND))
            self.road.at(self.road.now + (0 if trip.smooth else busy), lambda: self._serve(centre, trip.dice))

    def _serve(self, centre: int, dice: Random) -> None:
        trips: Sequence[Trip] = self.cast.waiting[centre]
        self.cast.waiting[centre] = []
        if not self.up(centre):
            self.say("the server went down before it could answer")
            return
        place = self.cast.centres[centre]
        for trip in trips:
            self._overtaken(trip.holder, trip.asked)
        answers = place.answers([(trip.device, trip.step) for trip in trips])
        self.after_a_cut(centre, dice)
        judge.every_centre(self)
        for trip, answer in zip(trips, answers, strict=True):
            self._answered(trip, answer)

    def _overtaken(self, holder: Holder, sent: int) -> None:
        """What was sent before a restore and comes after it brings no earlier receipt, nor does what is carried: its
        new bounds are wider."""
        if sent < self.cast.restored_at[holder.centre]:
            holder.overtaken = True

    def _answered(self, trip: Trip, answer: Any) -> None:
        holder, place = trip.holder, self.cast.centres[trip.holder.centre]
        if isinstance(answer, Refused):
            judge.refusal(self, holder, str(answer))
            self.say(f"the server refuses {holder.name}'s request: {answer}")
        elif isinstance(answer, Exception):
            raise answer
        elif answer is None:
            self.say(f"{holder.name} gets no answer")
        else:
            word = self.road.send(trip.dice, lambda: self._back(trip, answer), smooth=trip.smooth)
            self.say(f"{place.name} answers {holder.name}{f': the answer is {word}' if word else ''}")

    def _back(self, trip: Trip, answer: bytes) -> None:
        holder = trip.holder
        if trip.attempt != holder.attempt or holder.phone.stopped:
            return  # given up meanwhile, or heard already
        holder.attempt += 1
        if self.on_the_phone(holder, trip.dice, lambda: self._take(trip, answer)) and holder.more and trip.rounds:
            who = self.cast.holders.index(holder)
            self.sync(who, trip.dice, smooth=trip.smooth, rounds=trip.rounds - 1)

    def _take(self, trip: Trip, answer: bytes) -> None:
        holder = trip.holder
        try:
            receipts, holder.more = holder.phone.take(trip.step, answer)
        except SyncError as error:
            hold(False, "answer refused", f"{holder.name} cannot believe an answer: {error}")
            return
        self.say(f"{holder.name} takes the answer" + (f", receipts for {len(receipts)} batches" if receipts else ""))
        if holder.slowest is not None:
            holder.slowest = max(holder.slowest, self.road.now - trip.asked + SECOND)
        if not holder.more:
            holder.trusted = holder.slowest
        judge.receipts(self, holder, receipts)
        judge.phone(self, holder)

    def carry(self, who: int, dice: Random) -> None:
        """Somebody carries a phone's batches in on a stick; the receipts come with the phone's own next sync."""
        holder = self.holder(who)
        if not holder.phone.stopped:
            self.on_the_phone(holder, dice, lambda: self._take_along(holder, dice))

    def _take_along(self, holder: Holder, dice: Random) -> None:
        packed, device = holder.phone.packed(), holder.device
        some = packed[dice.randrange(len(packed) + 1) :] if dice.random() < 0.3 else packed
        if some:
            self.counts["carried"] += 1
            self.say(f"somebody carries {len(some)} of {holder.name}'s batches to the centre")
            when = self.road.now + dice.choice((HOUR, 9 * HOUR, 2 * DAY))
            self.road.at(when, lambda: self._hand_in(holder, device, some, dice))

    def _hand_in(self, holder: Holder, device: bytes, packed: list[bytes], dice: Random) -> None:
        def act() -> None:
            try:
                self.cast.centres[holder.centre].carried(device, packed)
            except Refused as refusal:
                self.say(f"and refused: {refusal}")

        if self.up(holder.centre):
            self.say(f"what was carried for {holder.name} is handed in")
            holder.overtaken = True
            self.at_the_server(holder.centre, dice, act)
            judge.centre(self, holder.centre)
