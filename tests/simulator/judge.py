"""The invariants, looked at after every step and once more at the end.

============================ ===================================================================================
applied twice                an entry is taken once
merge                        a change replaces what its author meant to, and nothing that he had not in view
time                         what is believed of an entry lies within its bounds, and its true time does too
view                         people are shown the values that stand, the right one first, and every open conflict
stale                        no record at or before a cursor is stale or missing
work lost                    what was saved is on the phone, or in custody
receipt lost                 what has a receipt is in custody, unless a restore forgot it
checkpoint                   every checkpoint is of the same log, and that log is the batches in custody
outcome                      every entry in custody has one outcome, and its phone hears of it
drain                        once the road is good, everything drains within a few syncs
replicas                     in the end all phones of a scope show the same as their centre
============================ ===================================================================================
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from daiban_sync import batch, receipt
from daiban_sync.merge import EPOCH
from tests.simulator.witness import History, Save, apply, held, hold, naive_root, only_held, same_ids

if TYPE_CHECKING:
    from daiban_sync.receipt import Receipt
    from daiban_sync.view import View
    from tests.simulator.cast import Holder
    from tests.simulator.town import Town


def centre(world: Town, at: int) -> None:
    """Take note of what a centre took since the last look, and compare what stands."""
    place, history = world.cast.centres[at], world.histories[at]
    if place.dead:
        return
    touched = set()
    for taken in place.after(history.last):
        saved = _saved(world, place, history, taken)
        if taken.laid:
            history.lay(saved, taken.position)
            touched.add(saved.record)
        else:
            history.note(saved, taken.position)
            _refused(world, place, saved)
        rank = 3 if taken.device == bytes(16) else 1 if saved.chained else 2
        hold(taken.authority == rank, "merge", f"entry {saved.number} counts as of rank {taken.authority}")
        if taken.bounds is not None:
            _time(saved, taken)
        history.last = taken.position
    rows = place.rows() if touched else {}
    for record in touched:
        compare(held(rows[record].heads), history.now(record), f"{world.name_of(record)} at {place.name}")
        newest = history.newest(record, 1 << 62)
        hold(rows[record].position == newest, "merge", "a record's position is its last change's")
    for clerk in world.cast.clerks:
        if clerk.centre == at:
            world.pending.pop(clerk.device, None)


def _refused(world: Town, place: Any, saved: Save) -> None:
    """Only who was sent elsewhere writes what is refused."""
    people = {holder.device: holder.person for holder in world.cast.holders}
    moved = people.get(saved.device) in world.moved
    hold(moved, "refused", f"{place.name} refused entry {saved.number} on {world.name_of(saved.record)}")


def every_centre(world: Town) -> None:
    """Look at all of them."""
    for at in range(len(world.cast.centres)):
        centre(world, at)


def _saved(world: Town, place: Any, history: History, taken: Any) -> Save:
    """The save that an entry comes from. What the server writes itself replaces whatever stands."""
    saved = world.saves.get((taken.device, taken.number, taken.body))
    if saved is None:
        said = json.loads(taken.body)
        record, values = bytes.fromhex(said["record"]), said.get("fields", {})
        if taken.device == bytes(16):
            standing = {name: dict(history.now(record).get(name, {})) for name in values}
            who = (taken.device, taken.number, False, record, values, standing, standing, frozenset[str]())
            return Save(*who, taken.position, taken.effective, taken.effective)
        saved = world.desk_saved(taken.device, taken.number, taken.body, values)
    hold(saved is not None, "applied", f"{place.name} holds an entry that nobody saved: {taken.body!r}")
    assert saved is not None
    return saved


def compare(found: Any, must: Any, told: str) -> None:
    """What stands is what must stand."""
    if found == only_held(must):
        return
    for name in sorted({*found, *must}):
        gone = set(must.get(name, {})) - set(found.get(name, {}))
        stayed = set(found.get(name, {})) - set(must.get(name, {}))
        hold(not gone, "merge", f"{told}: a value of {name} went that nobody meant to replace")
        hold(not stayed, "merge", f"{told}: a value of {name} stands that its reader replaced")
    hold(False, "merge", f"{told}: a value stands at another position")


def _time(saved: Any, taken: Any) -> None:
    earliest, latest = taken.bounds
    told = f"entry {saved.number}, saved at {saved.told}, claimed {saved.at}, bounds {taken.bounds}"
    hold(earliest <= latest, "time", told)
    hold(earliest <= saved.told <= latest, "time", f"{told}: its true time is not within the bounds")
    hold(taken.effective == sorted((earliest, saved.at, latest))[1], "time", f"{told}: believed {taken.effective}")


def overlay(world: Town, holder: Holder, record: bytes, view: View | None) -> None:
    """What a phone shows is what it pulled with its own changes laid over. In the middle of a pull an own change may
    stand in both, and nothing can be said."""
    said = holder.phone.outcomes()
    for change in view.written if view else ():
        refused = change.device == holder.device and said.get(change.number) == "refused"
        hold(not refused, "view", f"{holder.name} shows its entry {change.number}, which was refused")
    if holder.more:
        return
    pulled = holder.phone.mirror().get(record)
    standing: Any = held(pulled[1]) if pulled else {}
    unmirrored = holder.phone.unmirrored()
    if holder.put_back and any(
        w.device == holder.device and w.number in unmirrored for w in (pulled[1] if pulled else ())
    ):
        return  # two entries of one number: it signed two histories, and is frozen when it hands in the second
    for saved, _ in holder.saved:
        if saved.record == record and saved.number in unmirrored and said.get(saved.number) != "refused":
            standing = apply(standing, saved, None)
    found = held(view.written) if view else {}
    hold(same_ids(found, standing), "view", f"{holder.name} shows other heads of {world.name_of(record)} than it must")


def receipts(world: Town, holder: Holder, given: list[Receipt]) -> None:
    """Receipts are for what was handed in, stay the same, and a promise that the centre keeps."""
    place = world.cast.centres[holder.centre]
    for one in given:
        if one.epoch != place.epoch:
            continue  # given before a restore that came meanwhile
        kept = place.holds(holder.device, one.sequence)
        told = f"batch {one.sequence} of {holder.name}"
        hold(kept is not None, "receipt lost", f"{told} has a receipt and is not in custody")
        hold(kept[1] == receipt.pack(one), "receipt lost", f"{told} has two receipts")
        bounds = holder.bounds.setdefault((one.sequence, kept[0]), one.bounds)
        hold(
            bounds == one.bounds or holder.overtaken or holder.put_back,
            "time",
            f"{told} had the bounds {bounds}, and now has {one.bounds}",
        )


def refusal(world: Town, holder: Holder, code: str) -> None:
    """Only who was barred is refused."""
    place = world.cast.centres[holder.centre]
    hold(place.barred(holder.device), "refused", f"{holder.name} was refused: {code}")


def work(world: Town, holder: Holder) -> None:
    """What was saved is on the phone, word for word, in order."""
    bodies = holder.phone.bodies()
    hold(list(bodies) == list(range(1, len(bodies) + 1)), "work lost", f"{holder.name}'s entries are {list(bodies)}")
    _photos(holder)
    told = f"{holder.name} holds {len(bodies)} entries of {len(holder.saved)} that were saved"
    hold(len(bodies) == len(holder.saved), "work lost", told)
    for saved, body in holder.saved:
        kept = bodies[saved.number]
        if kept or not world.cast.forgets:
            hold(kept == body, "work lost", f"entry {saved.number} of {holder.name} is not what was saved")
        elif saved.number not in holder.let_go:
            safe = list(world.cast.safe(holder.centre))
            if not world.cast.centres[holder.centre].backups_begun:
                # Nobody makes backups: the receipt is enough, and the first backup will have it.
                safe.append(world.histories[holder.centre])
            told = f"{holder.name} let go of entry {saved.number}, which no backup has"
            hold(any(saved.id in one.applied for one in safe), "work lost", told)
            holder.let_go.add(saved.number)


def _photos(holder: Holder) -> None:
    """The bytes of each photo that has no receipt are on the phone, whole."""
    for digest, data in holder.phone.photos():
        whole = hashlib.sha256(data).hexdigest() == digest
        hold(whole, "work lost", f"a photo on {holder.name} is gone" if not data else f"one on {holder.name} is torn")


def phone(world: Town, holder: Holder) -> None:
    """A phone after it took an answer: its work, its mirror, its log."""
    work(world, holder)
    place, history = world.cast.centres[holder.centre], world.histories[holder.centre]
    epoch, size, root = holder.phone.log()
    if epoch != place.epoch:
        return  # the server was restored meanwhile; the phone will hear of it
    if not holder.more:
        holder.whole = epoch
        given = {number for number, told in holder.phone.outcomes().items() if told != "parked"}
        over = holder.phone.unmirrored() & given if not holder.phone.unreceipted() else set()
        hold(not over, "view", f"{holder.name} still lays entries {sorted(over)} over a complete pull")
    leaves = place.leaves()
    hold(size <= len(leaves), "checkpoint", f"{holder.name} believes in {size} of {len(leaves)} leaves")
    hold(root == naive_root(leaves[:size]), "checkpoint", f"{holder.name} believes in another log")
    reached = holder.phone.reached()
    hold(reached <= place.position, "stale", f"{holder.name}'s cursor is at {reached}, beyond {place.position}")
    _visible(world, holder, whole=holder.whole == epoch)
    for record, (position, written) in holder.phone.mirror().items():
        told = f"{world.name_of(record)} on {holder.name}"
        must = history.at(record, position)
        hold(must is not None, "stale", f"{told} is of no time of the centre's")
        compare(held(written), must, told)


def _visible(world: Town, holder: Holder, *, whole: bool) -> None:
    """An own change is laid over what was pulled until what was pulled has it, and what it was written over stays
    until then."""
    mirror, laid_over, said = holder.phone.mirror(), holder.phone.unmirrored(), holder.phone.outcomes()
    applied = world.histories[holder.centre].applied
    for saved, _ in holder.saved:
        if whole and saved.number in laid_over and saved.number in holder.over and saved.seen > holder.whole * EPOCH:
            told = f"{holder.name} let go of a record on which it has work to hand in"
            hold(saved.record in mirror, "view", told)
        if saved.number not in laid_over and saved.id not in applied and said.get(saved.number) != "refused":
            hold(False, "view", f"{holder.name} does not show its own entry {saved.number}, and nobody else has it")
        if whole and saved.number not in laid_over and saved.id in applied and saved.record in mirror:
            told = f"{holder.name} does not show its own entry {saved.number} any more, and did not pull it yet"
            hold(applied[saved.id] <= mirror[saved.record][0] or holder.person in world.moved, "view", told)


def scope(world: Town, holder: Holder) -> None:
    """No record at or before the cursor is stale or missing. Look at this when the scope did not change since."""
    place, history = world.cast.centres[holder.centre], world.histories[holder.centre]
    if holder.phone.log()[0] != place.epoch:
        return
    mirror, reached, mine = holder.phone.mirror(), holder.phone.reached(), place.scope_of(holder.person)
    for record, row in place.rows().items():
        if row.place in mine:
            newest = history.newest(record, reached)
            had = mirror[record][0] if record in mirror else 0
            told = f"{world.name_of(record)} on {holder.name}"
            hold(had >= newest, "stale", f"{told} is at {had}, and stood at {newest} before the cursor {reached}")


def drained(world: Town, holder: Holder) -> bool:
    """Whether a phone has nothing left to hand in, or can do no more about it."""
    place = world.cast.centres[holder.centre]
    if holder.phone.stopped or place.barred(holder.device):
        return True
    return not holder.more and not holder.phone.unreceipted() and holder.phone.reached() == place.position


def honest(world: Town, holder: Holder) -> None:
    """Nobody is barred who was not reported stolen and was never put back from a copy."""
    place = world.cast.centres[holder.centre]
    barred = holder.phone.stopped or place.barred(holder.device)
    frozen = holder.phone.stopped == "frozen" and not world.counts["servers restored"]
    hold(not frozen or place.barred(holder.device), "barred", f"{holder.name} signed two histories and may go on")
    hold(not barred or holder.revoked or holder.put_back, "barred", f"{holder.name} is barred: {barred}")


def claim(world: Town, holder: Holder, at: int) -> None:
    """A phone that heard the time says what time it is, as well as its round trip allows."""
    if holder.trusted is not None:
        off = abs(at - world.road.now)
        hold(off <= holder.trusted, "time", f"{holder.name} claims a time that is {off} ms off, after it heard it")


def end(world: Town) -> None:
    """Everything healed: nothing is lost, and everybody sees the same."""
    for holder in world.cast.holders:
        place = world.cast.centres[holder.centre]
        honest(world, holder)
        hold(drained(world, holder), "drain", f"{holder.name} still holds {holder.phone.unreceipted()} batches")
        work(world, holder)
        if not holder.phone.stopped and not place.barred(holder.device):
            phone(world, holder)
            scope(world, holder)
            _custody(world, holder)
            _replica(world, holder)
    for at, place in enumerate(world.cast.centres):
        _log(world, at)
        _chains(world, at)
        for record, row in place.rows().items():
            compare(held(row.heads), world.histories[at].now(record), f"{world.name_of(record)} at {place.name}")


def _custody(world: Town, holder: Holder) -> None:
    place, history = world.cast.centres[holder.centre], world.histories[holder.centre]
    for sequence, digest, one in holder.phone.receipted():
        kept = place.holds(holder.device, sequence)
        told = f"batch {sequence} of {holder.name}"
        hold(kept is not None and kept[0] == digest, "receipt lost", f"{told} has a receipt and is not in custody")
        if one.epoch == place.epoch:
            hold(kept[1] == receipt.pack(one), "receipt lost", f"{told} has another receipt at the centre")
    outcomes, told_outcomes = place.outcomes(holder.device), holder.phone.outcomes()
    for saved, body in holder.saved:
        told = f"entry {saved.number} of {holder.name}"
        hold(saved.number in outcomes, "outcome", f"{told} has none at the centre")
        hold(told_outcomes.get(saved.number) == outcomes[saved.number], "outcome", f"{told} is told another one")
        if place.lays(holder.device, saved.number) and saved.values:
            hold(saved.id in history.applied, "work lost", f"{told} is in custody and was not applied")
            hold(world.saves[(*saved.id, body)] is saved, "work lost", f"{told} was saved otherwise")


def _replica(world: Town, holder: Holder) -> None:
    place, mirror = world.cast.centres[holder.centre], holder.phone.mirror()
    mine = place.scope_of(holder.person)
    must = {record: row.position for record, row in place.rows().items() if row.place in mine}
    found = {record: position for record, (position, _) in mirror.items()}
    hold(found == must, "replicas", f"{holder.name} shows {len(found)} records, its centre has {len(must)} for it")
    waiting = {number for number, told in holder.phone.outcomes().items() if told == "parked"}
    for saved, _ in holder.saved:
        there = saved.number in waiting and saved.record in place.rows()
        hold(not there, "outcome", f"entry {saved.number} of {holder.name} waits for a record that is there")
    over = holder.phone.unmirrored() - waiting
    hold(not over, "replicas", f"{holder.name} still lays its own entries over what it pulled")
    for record in must:
        view = holder.phone.view(record)
        theirs = place.open(record).view
        same = view is not None and view.values == theirs.values and view.deleted == theirs.deleted
        hold(same, "replicas", f"{world.name_of(record)} reads otherwise on {holder.name} than at {place.name}")
        for mine_, theirs_ in zip(view.written, theirs.written, strict=True):
            facts = ("effective", "authority", "at", "chained", "seen")
            same = all(getattr(mine_, fact) == getattr(theirs_, fact) for fact in facts)
            hold(same, "replicas", f"{world.name_of(record)} is attested otherwise to {holder.name}")


def _log(world: Town, at: int) -> None:
    place = world.cast.centres[at]
    leaves = place.leaves()
    for size, root in place.roots():
        hold(
            size <= len(leaves) and naive_root(leaves[:size]) == root,
            "checkpoint",
            f"one of {size} leaves is of another log",
        )
    hold(place.custody() == leaves, "checkpoint", f"the log of {place.name} is not what it has in custody")


def _chains(world: Town, at: int) -> None:
    """Each device's batches follow each other, and their entries are numbered on."""
    ends: dict[bytes, tuple[int, bytes, int]] = {}
    for header, digest in world.cast.centres[at].chains():
        sequence, previous, number = ends.get(header.device, (0, batch.FIRST, 0))
        follows = (header.sequence, header.previous, header.first) == (sequence + 1, previous, number + 1)
        hold(follows, "chain", f"batch {header.sequence} does not follow {sequence}")
        ends[header.device] = header.sequence, digest, number + header.entry_count
