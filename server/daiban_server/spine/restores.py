"""Backups and restores as the spine knows them: how far backups reach, and in which epoch a centre goes on.

A restored database goes on in a new epoch, with a new log whose first leaf is the restore's statement under the root
key. Devices learn of it by their next answer and hand in again what the backup did not have.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select, update

from daiban_server.db import schema
from daiban_server.db.program import Program, Write, Writes, first, rows, run
from daiban_server.keystore import ServerKeys
from daiban_server.spine import log
from daiban_sync import limits, restored
from daiban_sync.epochs import epoch_of, first_of
from daiban_sync.keys import Signer
from daiban_sync.merkle import Frontier
from daiban_sync.restored import Horizon, Restored

_f, _b = schema.fork.c, schema.backup.c
_STATEMENTS = select(_f.epoch, _f.statement).where(_f.centre == bindparam("centre_id")).order_by(_f.epoch)
NEWEST = (
    select(_b.epoch, _b.log_size, _b.photos_until, _b.at, _b.complete)
    .where(_b.centre == bindparam("centre_id"))
    .order_by(_b.complete.desc(), _b.at.desc())
    .limit(1)
)
"""The newest complete backup of a centre, else the newest that was begun."""
_FINISH = update(schema.backup).where(_b.at == bindparam("begun")).values(complete=True)
NO_BACKUPS = 1
"""The time of a horizon that is the commit: before that of any backup, and after what a new device says."""
LAST = select(func.max(_b.at))
"""When the newest backup of any centre began, complete or not."""
_CENTRES = select(schema.counter.c.centre).order_by(schema.counter.c.centre)


def statements(centre: bytes, known: int) -> Program[list[bytes]]:
    """Restores of a centre that a device does not know of which is in epoch `known`, as they travel, oldest first.

    If an older backup was put back, that epoch may be none of this centre's past. Then nobody can tell where the
    device's history left it, and it has to hear of all restores, those before `known` too.
    """
    past = yield from rows(_STATEMENTS, centre_id=centre)
    after = known if any(epoch == known for epoch, _ in past) else 0
    return [statement for epoch, statement in past if epoch > after]


class Backup(NamedTuple):
    """A backup of a centre: how far its log was, in which epoch, and until when it has photos; `at` names it."""

    epoch: int
    log_size: int
    photos_until: int
    at: int
    complete: bool


def newest_backup(centre: bytes) -> Program[Backup | None]:
    """The newest complete backup, else the newest that was begun, if any was; a backup that was begun before the centre
    was there is one that has nothing of it."""
    row = yield from first(NEWEST, centre_id=centre)
    return newest_of(row, (yield from last_backup()))


def newest_of(row: Sequence[Any] | None, begun: int | None) -> Backup | None:
    """As `newest_backup` says, from the rows of `NEWEST` and `LAST`."""
    if row is not None and row[0] is not None:
        return Backup(*row)
    return None if begun is None else Backup(0, 0, 0, begun, complete=False)


def horizon(newest: Backup | None, epoch: int) -> Horizon:
    """How far the newest backup reaches, unsigned; `epoch` is the centre's.

    While nobody makes backups the horizon is the commit: what has a receipt is as safe as it will ever be, and phones
    would fill up for nothing (the console says so). With the first backup that is begun that is over: until it is
    complete it covers nothing.
    """
    if newest is None:
        return Horizon(epoch, limits.INTEGER, limits.INTEGER, NO_BACKUPS)
    return Horizon(*newest[:4]) if newest.complete else Horizon(0, 0, 0, newest.at - 1)


def last_backup() -> Program[int | None]:
    """When the newest backup began, complete or not."""
    row = yield from first(LAST)
    return row[0] if row else None


def begin_backup(clock: Callable[[], int]) -> Program[int]:
    """Note how far every centre is, before its data are copied; gives the time (Unix milliseconds) that names this
    backup.

    The clock is read while every counter is locked, so whoever signed for something before has committed it, and a
    copy that begins after this transaction has all of that.
    """
    ends = {}
    for (centre,) in (yield from rows(_CENTRES)):
        ends[centre] = yield from log.lock(centre)
    now = clock()
    for centre, (position, frontier) in ends.items():
        yield Write(schema.backup, [(centre, now, epoch_of(position), frontier.size, now, False)])
    return now


def finish_backup(begun: int) -> Program[None]:
    """The copy is complete and safe: from now on devices may forget what it has."""
    yield from run(_FINISH, begun=begun)


def go_on(keys: ServerKeys, root: Signer, centre: bytes, photos_until: int, now: int, beyond: int) -> Program[Restored]:
    """Go on from a restored backup in a new epoch, `beyond` all that were begun before: the backup does not know of a
    restore that came after it, and phones that followed that one must hear of this one too."""
    position, frontier = yield from log.lock(centre)
    epoch = max(epoch_of(position), beyond) + 1
    unsigned = Restored(epoch, position, frontier.size, frontier.root(), photos_until, now)
    stated = restored.issue(root, keys.origin, centre, unsigned)
    fork = Write(schema.fork, [(centre, epoch, position, restored.pack(stated))])
    begun, leaf = log.append(centre, epoch, Frontier(), restored.payload(keys.origin, centre, stated))
    yield Writes([fork, leaf, *log.sign(keys, centre, first_of(epoch), begun, now)])
    return stated


def go_on_everywhere(
    keys: ServerKeys, root: Signer, photos_until: int, now: int, beyond: int = 0
) -> Program[list[Restored]]:
    """Go on in every centre, the district among them."""
    stated = []
    for (centre,) in (yield from rows(_CENTRES)):
        stated.append((yield from go_on(keys, root, centre, photos_until, now, beyond)))
    return stated
