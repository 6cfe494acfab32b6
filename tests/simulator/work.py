"""What people do: at homes with their phones, and at the counter."""

import json
from collections.abc import Mapping
from random import Random
from typing import Any

from tests.simulator import judge
from tests.simulator.cast import Clerk, Holder
from tests.simulator.town import Town, words
from tests.simulator.witness import check_view, hold, in_view

RECORDS = 4
"""Records of a centre beyond which people rather edit than begin new ones: few records meet more often."""


class Homes(Town):
    """Agents with their phones."""

    def new(self, who: int, dice: Random) -> None:
        """A new record at a home."""
        holder = self.holder(who)
        if holder.phone.stopped or len(self.known[holder.centre]) >= RECORDS:
            self.save(who, dice)
            return
        record = self.cast.new_record(holder.centre, dice)
        self.known[holder.centre].append(record)
        holder.form = holder.phone.new(record)
        self._save(holder, self.cast.first_values(holder.centre, record, dice), dice)
        holder.form = None

    def open(self, who: int, dice: Random) -> None:
        """Somebody opens a record on the phone; what is in view now is what was seen."""
        holder = self.holder(who)
        records = self.known[holder.centre]
        if records and not holder.phone.stopped:
            record = dice.choice(records)
            self._open(holder, record)

    def _open(self, holder: Holder, record: bytes) -> None:
        view = holder.phone.view(record)
        judge.overlay(self, holder, record, view)
        if view is not None:
            check_view(view, self.name_of(record))
            holder.form = holder.phone.open(record)
            self.say(f"{holder.name} opens {self.name_of(record)}")

    def save(self, who: int, dice: Random) -> None:
        """Somebody saves values in the form that is open."""
        holder = self.holder(who)
        if holder.form is None or dice.random() < 0.4:
            self.open(who, dice)
        if holder.form is not None and not holder.phone.stopped:
            self._save(holder, self.values(dice), dice)

    def look(self, who: int, dice: Random) -> None:
        """Somebody looks through the conflicts, and may settle one of them much later."""
        holder = self.holder(who)
        if not holder.phone.stopped:
            holder.listed = holder.phone.conflicts()
            self.say(f"{holder.name} lists {len(holder.listed)} records in conflict")

    def settle(self, who: int, dice: Random) -> None:
        """Somebody settles a conflict that was listed, by one of its values or another."""
        holder = self.holder(who)
        if not holder.listed or dice.random() < 0.5:
            self.look(who, dice)
        if holder.listed and not holder.phone.stopped:
            holder.form = dice.choice(holder.listed)
            conflicts = holder.form.view.conflicts
            name = dice.choice(sorted(conflicts))
            if holder.phone.view(holder.form.record) is not None:
                value = dice.choice([conflicts[name][0].value, self.text(name)])
                self._save(holder, {name: value}, dice, settle=True)
            holder.form = None

    def _save(self, holder: Holder, values: Mapping[str, Any], dice: Random, *, settle: bool = False) -> None:
        form = holder.form
        assert form is not None
        shown = form.view.values if form.view else {}
        values = {n: v for n, v in values.items() if settle or n not in shown or not _same(shown[n], v)}
        if not values:
            return
        intent, seen = in_view(form.view, values, settle=settle), form.view.position if form.view else 0
        self.pending[holder.device] = [(form.record, values, intent, seen, self.road.now)]
        self.on_the_phone(holder, dice, lambda: self._kept(holder, values, settle))
        self.pending.pop(holder.device, None)

    def _kept(self, holder: Holder, values: Mapping[str, Any], settle: bool) -> None:
        form = holder.form
        assert form is not None
        number, body, at = holder.phone.save(form, values, settle=settle)
        judge.claim(self, holder, at)
        hold(number == len(holder.saved) + 1, "work lost", f"{holder.name}'s entry is numbered {number}")
        ((record, values, intent, seen, _),) = self.pending[holder.device]
        self.keep(holder, number, body, record, values, intent, seen, at)
        verb = "settles" if settle else "saves"
        self.say(f"{holder.name} {verb} {words(values)} in {self.name_of(record)} (entry {number})")

    def photo(self, who: int, dice: Random) -> None:
        """Somebody takes a photo of a paper, at a home that the phone knows."""
        holder = self.holder(who)
        records = self.known[holder.centre]
        if not records or holder.phone.stopped:
            return
        parent, record = dice.choice(records), dice.randbytes(16)
        if holder.phone.view(parent) is not None:
            intent = in_view(None, [], settle=False)
            self.pending[holder.device] = [(record, {}, intent, 0, self.road.now)]
            self.on_the_phone(holder, dice, lambda: self._photographed(holder, parent, record))
            self.pending.pop(holder.device, None)
            judge.work(self, holder)

    def _photographed(self, holder: Holder, parent: bytes, record: bytes) -> None:
        number, body = holder.phone.photograph(parent, record)
        self.keep(holder, number, body, record, {}, in_view(None, [], settle=False), 0)
        self.say(f"{holder.name} takes a photo of a paper of {self.name_of(parent)} (entry {number})")

    def second_hand(self, who: int, dice: Random) -> None:
        """Another program on the same phone saves while the first one is in the middle of something."""
        holder = self.holder(who)
        records = self.known[holder.centre]
        if not records or holder.phone.stopped:
            return
        record, value, statements = dice.choice(records), self.text("address"), dice.randint(1, 6)

        def act(other: Any) -> None:
            view = other.view(record)
            if view is None:
                return
            form, intent = other.open(record), in_view(view, ["address"], settle=False)
            number, body, at = other.save(form, {"address": value})
            self.keep(holder, number, body, record, {"address": value}, intent, view.position, at)
            self.say(f"another program on {holder.name} saves address={value} meanwhile (entry {number})")

        self.counts["two programs"] += 1
        holder.phone.somebody_else(act, statements)


class Counter(Town):
    """Clerks with their tabs."""

    def desk_open(self, who: int, dice: Random) -> None:
        """A clerk opens a record in a tab."""
        clerk = self.clerk(who)
        if self.known[clerk.centre] and self.up(clerk.centre):
            record = dice.choice(self.known[clerk.centre])
            form = self.cast.centres[clerk.centre].open(record)
            if form.view is not None:
                check_view(form.view, self.name_of(record))
                clerk.form = form
                self.say(f"{clerk.name} opens {self.name_of(record)} at the counter")

    def desk_save(self, who: int, dice: Random) -> None:
        """A clerk saves what stands in the tab."""
        clerk = self.clerk(who)
        if clerk.form is None or dice.random() < 0.5:
            self.desk_open(who, dice)
        if clerk.form is not None and self.up(clerk.centre):
            self.desk(clerk, self.values(dice), dice, settle=False)

    def desk_settle(self, who: int, dice: Random) -> None:
        """A clerk settles a conflict."""
        clerk = self.clerk(who)
        self.desk_open(who, dice)
        form = clerk.form
        if form is not None and form.view is not None and form.view.conflicts and self.up(clerk.centre):
            name = dice.choice(sorted(form.view.conflicts))
            self.desk(clerk, {name: self.text(name)}, dice, settle=True)

    def meanwhile(self, who: int, dice: Random) -> None:
        """A clerk saves while a phone's answer is being read."""
        clerk = self.clerk(who)
        self.desk_open(who, dice)
        if clerk.form is not None and self.up(clerk.centre):
            values, form = {"note": self.text("note")}, clerk.form

            def act() -> None:
                if clerk.form is form and self.up(clerk.centre):
                    self.desk(clerk, values, dice, settle=False)

            self.counts["written while read"] += 1
            self.cast.centres[clerk.centre].meanwhile(act, dice.randint(2, 9))

    def desk(self, clerk: Clerk, values: Mapping[str, Any], dice: Random, *, settle: bool) -> None:
        """A clerk's save."""
        form = clerk.form
        assert form is not None
        intent = in_view(form.view, values, settle=settle)
        seen = form.view.position if form.view else 0
        waiting = self.pending.setdefault(clerk.device, [])
        waiting.append((form.record, values, intent, seen, self.road.now))
        self.at_the_server(clerk.centre, dice, lambda: self._filed(clerk, values, settle))
        judge.centre(self, clerk.centre)

    def _filed(self, clerk: Clerk, values: Mapping[str, Any], settle: bool) -> None:
        form = clerk.form
        assert form is not None
        self.cast.centres[clerk.centre].save(clerk, form, values, settle=settle)
        verb = "settles" if settle else "saves"
        self.say(f"{clerk.name} {verb} {words(values)} in {self.name_of(form.record)} at the counter")


def _same(one: Any, other: Any) -> bool:
    return json.dumps(one) == json.dumps(other)
