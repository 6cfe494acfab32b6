"""The centre's log: leaves, nodes, checkpoints, in the transaction of the batch that they stand for.

After a restore the log begins anew, in the epoch of the counter's position."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, Write, Writes, first, run
from daiban_server.keystore import ServerKeys
from daiban_sync import merkle, note
from daiban_sync.epochs import epoch_of
from daiban_sync.merkle import Frontier

FRESH = 60_000
"""A checkpoint younger than this, in milliseconds, is fresh enough to be named by the next batch."""

_LOCK = (
    update(schema.counter)
    .where(schema.counter.c.centre == bindparam("centre_id"))
    .values(position=schema.counter.c.position)
    .returning(schema.counter.c.position, schema.counter.c.log_size, schema.counter.c.log_frontier)
)
_ADVANCE = (
    update(schema.counter)
    .where(schema.counter.c.centre == bindparam("centre_id"))
    .values(position=bindparam("new_position"), log_size=bindparam("size"), log_frontier=bindparam("frontier"))
)
_STANDING = select(schema.counter.c.position, schema.counter.c.checkpoint).where(
    schema.counter.c.centre == bindparam("centre_id")
)
NAMED_TIME = (
    select(schema.checkpoint.c.time)
    .where(
        schema.checkpoint.c.centre == bindparam("centre_id"),
        schema.checkpoint.c.size == bindparam("named_size"),
        schema.checkpoint.c.digest == bindparam("named"),
    )
    .limit(1)
    .scalar_subquery()
)
"""When the checkpoint that a batch names was signed; nothing for one that was never signed, which bounds nothing."""


class UnknownCentreError(LookupError):
    """No counter row: the centre was never set up."""


class Standing(NamedTuple):
    """How far a centre is: its last position, and the newest checkpoint of the log of that position's epoch."""

    position: int
    checkpoint: note.Checkpoint | None

    @property
    def epoch(self) -> int:
        """The epoch in which the centre is."""
        return epoch_of(self.position)


def lock(centre: bytes) -> Program[tuple[int, Frontier]]:
    """Lock the centre's counter row, first of all; gives the last position and the log's end."""
    row = yield from first(_LOCK, centre_id=centre)
    if row is None:
        raise UnknownCentreError(centre.hex())
    hashes = tuple(row[2][i : i + 32] for i in range(0, len(row[2]), 32))
    return row[0], Frontier(row[1], hashes)


def advance(centre: bytes, position: int, frontier: Frontier) -> Program[None]:
    """Write the counter row that `lock` read; the newest checkpoint stays what it is."""
    row = {"new_position": position, "size": frontier.size, "frontier": b"".join(frontier.hashes)}
    yield from run(_ADVANCE, centre_id=centre, **row)


def append(centre: bytes, epoch: int, frontier: Frontier, payload: bytes) -> tuple[Frontier, Write]:
    """The log with a batch's payload at its end, and what is to be written for it."""
    extended, nodes = frontier.appended(merkle.leaf_hash(payload))
    rows = [(centre, epoch, merkle.place(node), digest) for node, digest in nodes]
    return extended, Write(schema.log_node, rows)


def sign(keys: ServerKeys, centre: bytes, position: int, frontier: Frontier, now: int) -> list[Write]:
    """What is to be written so that the centre stands at `position`, and its log under a checkpoint of now."""
    epoch = epoch_of(position)
    log = note.name(keys.origin, centre, epoch)
    made = note.issue(keys.receipt, log, frontier.size, frontier.root(), now)
    packed = note.pack(made)
    kept = (centre, made.size, epoch, made.time, note.digest(made, log), packed)
    counter = (centre, position, frontier.size, b"".join(frontier.hashes), packed)
    return [Write(schema.checkpoint, [kept], "ignore"), Write(schema.counter, [counter], "replace")]


def standing(centre: bytes) -> Program[Standing | None]:
    """How far a centre is; None for one that was never set up."""
    row = yield from first(_STANDING, centre_id=centre)
    return Standing(row[0], note.unpack(row[1]) if row[1] else None) if row else None


def extension(centre: bytes, epoch: int, start: int, end: int, own: Sequence[int]) -> Program[bytes]:
    """The proof that takes a device from a log of `start` leaves to one of `end`."""
    wanted = merkle.extension_nodes(start, end, own)
    places = [merkle.place(node) for node in wanted]
    found = yield Lookup(
        schema.log_node, ("centre", "epoch", "place"), ("place", "hash"), [(centre, epoch, place) for place in places]
    )
    hashes = dict(found)
    return b"".join(hashes[place] for place in places)


def refresh(keys: ServerKeys, centre: bytes, now: int) -> Program[None]:
    """Sign a checkpoint of now unless the newest is fresh, so that what a device freezes next has a close lower
    bound."""
    position, frontier = yield from lock(centre)
    held = yield from standing(centre)
    if held is None or held.checkpoint is None or now - held.checkpoint.time >= FRESH:
        yield Writes(sign(keys, centre, position, frontier, now))
