"""One centre of the real server, as the world and the judge deal with it."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import msgspec

from daiban_schemas import entry as entries
from daiban_server.spine import desk, scope, views
from daiban_server.spine.opening import Sender, open_batch
from daiban_server.spine.push import push
from daiban_sync import batch, merkle, note, restored
from daiban_sync.clock import Interval
from daiban_sync.epochs import epoch_of
from daiban_sync.merge import Head
from daiban_sync.outcome import OUTCOMES
from daiban_sync.view import View
from tests.simulator.cast import Clerk, Refused
from tests.simulator.real import setting
from tests.simulator.real.disk import DiskFullError
from tests.simulator.real.server import RealServer
from tests.support.stretches import STRETCHES, Kept, spelt

_heads = msgspec.msgpack.Decoder(list[tuple[int, bytes, int, tuple[str, ...], int]])


class Taken(NamedTuple):
    """An entry as it was taken. `laid` says whether it changed its record."""

    position: int
    device: bytes
    number: int
    body: bytes
    effective: int
    authority: int
    bounds: Interval | None
    laid: bool


class Row(NamedTuple):
    """A record: its position, place and heads."""

    position: int
    place: bytes | None
    heads: tuple[Head, ...]


class Opened(NamedTuple):
    """A record as a clerk sees it."""

    record: bytes
    view: View | None


class RealCentre:
    """One centre of a `RealServer`."""

    def __init__(self, server: RealServer, name: str, id_: bytes) -> None:
        self.server, self.name, self.id = server, name, id_

    def _rows(self, sql: str, *parameters: Any) -> list[Any]:
        found: list[Any] = self.server.raw.execute(sql, (self.id, *parameters)).fetchall()
        return found

    # Push and pull ----------------------------------------------------------------------------------------------

    def answers(self, asked: Sequence[tuple[bytes, Any]]) -> list[bytes | Exception | None]:
        """Answer requests that came together."""
        return self.server.answers([step for _, step in asked])

    def carried(self, device: bytes, packed: list[bytes]) -> None:
        """Batches that somebody carried in."""
        key, person = setting.KEYS_OF[device].public_key, setting.PERSON_OF[device]
        sender = Sender(device, self.id, person, "agent", key)
        opened = [open_batch(batch.unpack(one), sender, setting.KEYS) for one in packed]
        now = self.server.now()
        try:
            self.server.write(lambda: push(sender, opened, setting.KEYS, setting.EFFECTS, now))
        except DiskFullError:
            raise Refused("server.busy") from None

    # The desk -----------------------------------------------------------------------------------------------------

    def open(self, record: bytes) -> Opened:
        """A record as a clerk sees it."""
        looking = views.shown(views.BY_ID, self.id, record_id=record)
        with ExitStack() as stack:
            for reader in self.server.readers:
                stack.enter_context(reader.unseen())
            found = self.server.run(self.server.database.read(looking))
        return Opened(record, found[0].view if found else None)

    def save(self, clerk: Clerk, form: Opened, values: Mapping[str, Any], *, settle: bool) -> tuple[int, bytes, int]:
        """What a clerk saves; gives number, bytes and time."""
        over, view, now = {}, form.view, self.server.now()
        for name in values:
            if view and (settle or name in view.conflicts):
                over[name] = view.positions(name) if settle else view.shown(name)
        seen = view.position if view else 0
        who = desk.Clerk(clerk.person, "clerk", self.id)
        body = entries.change(
            form.record.hex(), "household", values, seen=seen, at=now, over=over or None, by=clerk.person.hex()
        )
        secret = now.to_bytes(32, "big")
        self.server.write(lambda: desk.write(who, [body], setting.KEYS, setting.EFFECTS, now, secret))
        ((number,),) = self._rows("SELECT number FROM chain WHERE centre = ? AND device = ?", clerk.device)
        return number, body, now

    # What befalls it ------------------------------------------------------------------------------------------

    def die(self, dice: Random) -> None:
        """The power goes off now, or at a statement or commit of what is done next; or the disk is full."""
        disk, kind = self.server.disk, dice.randrange(5)
        if kind == 0:
            self.server.reboot(dice)
        elif kind == 1:
            disk.cut_at = dice.randint(1, 60)
        elif kind == 2:
            disk.cut_commit = dice.randint(1, 2)
        else:
            # A commit that fails may leave its transaction open, as one does that breaks a constraint.
            disk.full_commits, disk.stays_open = dice.randint(1, 3), dice.random() < 0.5

    def reboot(self, dice: Random) -> None:
        """Go on with what a power cut left."""
        self.server.reboot(dice)

    @property
    def backups_begun(self) -> int:
        """How many backups were begun, as the server knows."""
        return int(self._rows("SELECT count(*) FROM backup WHERE centre = ?")[0][0])

    @property
    def dead(self) -> bool:
        """Whether the power is off: what can be read now may not be on the disk."""
        return self.server.disk.dead

    @property
    def dark(self) -> bool:
        """Whether the power is off, and nobody is in the middle of something any more."""
        return self.server.disk.dead and not self.server.loop.is_running()

    def meanwhile(self, act: Callable[[], None], statements: int) -> None:
        """Let something be written before one of the next statements of whoever reads next."""
        for reader in self.server.readers:
            reader.between, reader.between_at = act, statements

    def backup(self) -> Path:
        """A backup of the whole server."""
        return self.server.backup()

    def restore(self, backup: Path) -> None:
        """Restore the whole server."""
        self.server.restore(backup)

    def reassign(self, person: bytes, places: frozenset[bytes]) -> None:
        """Give somebody other places."""
        now, held = self.server.now(), self.scope_of(person)
        for place in sorted(places - held):
            self.server.write(partial(scope.assign, self.id, person, place, "A", now))
        for place in sorted(held - places):
            self.server.write(partial(scope.withdraw, self.id, person, place, now))

    def revoke(self, device: bytes) -> None:
        """A phone was stolen."""
        self.server.disk.execute("UPDATE device SET state = 'revoked' WHERE id = ?", (device,))

    # What the judge looks at ----------------------------------------------------------------------------------

    @property
    def position(self) -> int:
        return int(self._rows("SELECT position FROM counter WHERE centre = ?")[0][0])

    @property
    def epoch(self) -> int:
        return epoch_of(self.position)

    def after(self, position: int) -> list[Taken]:
        """Entries that were taken after `position`, in order."""
        return [
            Taken(
                one.position,
                one.device,
                one.number,
                one.body,
                one.effective,
                one.authority,
                self._bounds(one.device, one.number),
                _lays(one.body, one.outcome),
            )
            for one in self._history()
            if one.position > position
        ]

    def _history(self) -> list[Kept]:
        return list(spelt(self._rows(f"{STRETCHES} ORDER BY position")))

    def _bounds(self, device: bytes, number: int) -> Interval | None:
        for header, earliest, received in self._rows(
            "SELECT header, earliest, received FROM envelope WHERE centre = ? AND device = ? ORDER BY sequence DESC",
            device,
        ):
            if batch.Header(*batch._HEADER.unpack(header)).first <= number:
                return Interval(earliest, received)
        return None

    def rows(self) -> dict[bytes, Row]:
        """All records."""
        found = self._rows("SELECT id, position, place, heads FROM record WHERE centre = ?")
        entry_at = {one.position: one for one in self._history()}
        rows = {}
        for id_, position, place, heads in found:
            if heads is not None:
                held = tuple(Head(*head[:4]) for head in _heads.decode(heads))
            else:
                one = entry_at[position]
                held = (Head(position, one.device, one.number, tuple(entries.fields_of(entries.decode(one.body)))),)
            rows[id_] = Row(position, place, held)
        return rows

    def scope_of(self, person: bytes) -> frozenset[bytes]:
        """Somebody's places."""
        found = self.server.raw.execute("SELECT place FROM territory WHERE person = ?", (person,)).fetchall()
        return frozenset(row[0] for row in found)

    def barred(self, device: bytes) -> bool:
        """Whether a device may not speak any more."""
        ((state,),) = self.server.raw.execute("SELECT state FROM device WHERE id = ?", (device,)).fetchall()
        return bool(state != "active")

    def leaves(self) -> list[bytes]:
        """The log's leaf hashes."""
        hashes = dict(self._rows("SELECT place, hash FROM log_node WHERE centre = ? AND epoch = ?", self.epoch))
        ((size,),) = self._rows("SELECT log_size FROM counter WHERE centre = ?")
        return [hashes[merkle.place((0, leaf))] for leaf in range(size)]

    def roots(self) -> list[tuple[int, bytes]]:
        """Size and root of every checkpoint of this epoch."""
        found = self._rows("SELECT packed FROM checkpoint WHERE centre = ? AND epoch = ?", self.epoch)
        return [(one.size, one.root) for one in (note.unpack(row[0]) for row in found)]

    def custody(self) -> list[bytes]:
        """What the log's leaves must be."""
        leaves = []
        if self.epoch:
            ((statement,),) = self._rows("SELECT statement FROM fork WHERE centre = ? AND epoch = ?", self.epoch)
            stated = restored.unpack(statement)
            leaves.append(merkle.leaf_hash(restored.payload(setting.KEYS.origin, self.id, stated)))
        for device, header, secret in self._rows(
            "SELECT device, header, secret FROM envelope WHERE centre = ? AND epoch = ? ORDER BY leaf", self.epoch
        ):
            leaves.append(merkle.leaf_hash(self._payload(device, header, secret)))
        return leaves

    def _payload(self, device: bytes, header: bytes, secret: bytes) -> bytes:
        stated = batch.Header(*batch._HEADER.unpack(header))
        last = stated.first + stated.entry_count - 1
        bodies = dict(self._rows("SELECT number, body FROM parked WHERE centre = ? AND device = ?", device))
        bodies |= {one.number: one.body for one in spelt(self._rows(f"{STRETCHES} AND device = ?", device))}
        return batch.payload(stated, secret, [bodies.get(n, b"") for n in range(stated.first, last + 1)])

    def chains(self) -> list[tuple[batch.Header, bytes]]:
        """Header and digest of everything in custody, each device's in order."""
        found = self._rows("SELECT header, digest FROM envelope WHERE centre = ? ORDER BY device, sequence")
        return [(batch.Header(*batch._HEADER.unpack(header)), digest) for header, digest in found]

    def holds(self, device: bytes, sequence: int) -> tuple[bytes, bytes] | None:
        """Digest and receipt of a batch in custody."""
        found = self._rows(
            "SELECT digest, receipt FROM envelope WHERE centre = ? AND device = ? AND sequence = ?", device, sequence
        )
        return found[0] if found else None

    def outcomes(self, device: bytes) -> dict[int, str]:
        """What became of a device's entries."""
        found = {one.number: one.outcome for one in self._history() if one.device == device}
        found |= dict(self._rows("SELECT number, outcome FROM outcome WHERE centre = ? AND device = ?", device))
        return {number: OUTCOMES[outcome] for number, outcome in found.items()}

    def lays(self, device: bytes, number: int) -> bool:
        """Whether an entry must have been laid."""
        return self.outcomes(device)[number] not in ("parked", "refused")


def _lays(body: bytes, outcome: int) -> bool:
    return OUTCOMES[outcome] != "refused" and entries.decode(body).action == "change"
