"""What befalls a township: weather, clocks, power, thieves, backups that are put back."""

from random import Random

from tests.simulator import judge
from tests.simulator.decisions import DAY, HOUR, MINUTE, SECOND
from tests.simulator.town import Town

CLOCKS = (0, 0, 90 * SECOND, -40 * MINUTE, -7 * 365 * DAY, 60 * 365 * DAY)


class Mishaps(Town):
    """Everything that nobody wanted."""

    def storm(self, who: int, dice: Random) -> None:
        """Half of everything is lost for a while."""
        self.road.storm_until = self.road.now + dice.choice((MINUTE, HOUR, 9 * HOUR))
        self.counts["storms"] += 1
        self.say("a storm: half of everything on the road is lost")

    def clock(self, who: int, dice: Random) -> None:
        """A phone's clock jumps."""
        holder = self.holder(who)
        holder.trusted = holder.slowest = None
        holder.skew = dice.choice(CLOCKS) + dice.randrange(-2000, 2000)
        self.counts["clock jumps"] += 1
        self.say(f"the clock of {holder.name} is off by {holder.skew // SECOND} s now")

    def phone_dies(self, who: int, dice: Random) -> None:
        """A phone's battery is empty, now or in the middle of what is done next; what it kept is not lost."""
        holder = self.holder(who)
        holder.attempt += 1
        holder.form = None
        self.counts["phones died"] += 1
        self.say(f"{holder.name}'s battery is low")
        holder.phone.die(dice)
        judge.work(self, holder)

    def centre_dies(self, who: int, dice: Random) -> None:
        """A server's power fails, now or in the middle of what is done next."""
        self.counts["servers died"] += 1
        served = self.server(who)
        place = self.cast.centres[served[0]]
        self.say(f"the power of {place.name}'s server is failing")
        place.die(dice)
        if dice.random() < 0.5:
            for at in served:
                self.cast.down_until[at] = self.road.now + dice.choice((SECOND, MINUTE, HOUR))
        judge.every_centre(self)

    def copy_phone(self, who: int, dice: Random) -> None:
        """Somebody makes a copy of a phone."""
        holder = self.holder(who)
        holder.copies.append((holder.phone.copied(), list(holder.saved)))
        self.counts["phones copied"] += 1
        self.say(f"{holder.name} is backed up")

    def put_back(self, who: int, dice: Random) -> None:
        """The copy is put back: what the phone did since, it does not know."""
        holder = self.holder(who)
        if not holder.copies:
            self.copy_phone(who, dice)
        else:
            copied, saved = dice.choice(holder.copies)
            holder.attempt += 1
            holder.form, holder.listed, holder.over = None, [], set()
            holder.phone.put_back(copied)
            holder.saved = list(saved)
            holder.put_back, holder.trusted = True, None
            self.counts["phones restored"] += 1
            self.say(f"{holder.name} is restored from a copy of {len(saved)} entries")

    def backup(self, who: int, dice: Random) -> None:
        """A backup of a server."""
        served = self.server(who)
        if self.up(served[0]):
            self.at_the_server(served[0], dice, lambda: self._backup(served))

    def _backup(self, served: list[int]) -> None:
        made = self.cast.centres[served[0]].backup()
        self.cast.backups[served[0]].append((made, [self.histories[at].copied() for at in served]))
        self.say(f"{self.cast.centres[served[0]].name} is backed up")

    def restore(self, who: int, dice: Random) -> None:
        """A server is restored from a backup."""
        served = self.server(who)
        backups = self.cast.backups[served[0]][-1:] if self.cast.forgets else self.cast.backups[served[0]]
        if not backups:
            self.backup(who, dice)
            return
        backup, histories = dice.choice(backups)
        self.cast.centres[served[0]].restore(backup)
        for at, history in zip(served, histories, strict=True):
            self.cast.restored_at[at] = self.road.now
            self.histories[at] = history.since(self.cast.centres[at].position)
        for clerk in self.cast.clerks:
            clerk.form = None if clerk.centre in served else clerk.form
        self.counts["servers restored"] += 1
        place = self.cast.centres[served[0]]
        self.say(f"{place.name} is restored from a backup, epoch {place.epoch} begins")
        judge.every_centre(self)

    def reassign(self, who: int, dice: Random) -> None:
        """An agent gets other villages."""
        holder = self.holder(who)
        if self.up(holder.centre):
            places = self.cast.places[holder.centre]
            mine = frozenset(dice.sample(places, dice.randint(1, len(places))))
            centre = self.cast.centres[holder.centre]
            self.at_the_server(holder.centre, dice, lambda: centre.reassign(holder.person, mine))
            self.moved.add(holder.person)
            self.counts["reassigned"] += 1
            self.say(f"{holder.name}'s holder answers for {len(mine)} of {len(places)} villages now")

    def revoke(self, who: int, dice: Random) -> None:
        """A phone is reported stolen."""
        holder = self.holder(who)
        if self.up(holder.centre):
            holder.revoked = True
            self.at_the_server(holder.centre, dice, lambda: self.cast.centres[holder.centre].revoke(holder.device))
            self.counts["revoked"] += 1
            self.say(f"{holder.name} is reported stolen")
