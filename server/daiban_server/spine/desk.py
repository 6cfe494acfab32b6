"""What is written at a console: a batch like any other, signed by the centre's desk key.

The desk is a device of its centre whose entries have no ancestors, since all clerks share its key; each entry names
who wrote it. So console edits stand in the same log, and get the same receipts, as an agent's.
"""

from collections.abc import Sequence
from typing import NamedTuple

from daiban_server.db.program import Program
from daiban_server.keystore import ServerKeys
from daiban_server.spine import chains, log
from daiban_server.spine.effects import Effects
from daiban_server.spine.opening import Sender, open_batch
from daiban_server.spine.push import push
from daiban_sync import batch, limits, note
from daiban_sync.outcome import Outcome, unpack


class Clerk(NamedTuple):
    """Who sits at the console, and of which centre."""

    person: bytes
    role: str
    centre: bytes


def write(
    clerk: Clerk,
    bodies: Sequence[bytes],
    keys: ServerKeys,
    effects: Effects,
    now: int,
    secret: bytes,
    *,
    on_paper: bool = False,
) -> Program[list[Outcome]]:
    """Hand in entries for a clerk; gives what became of each. `secret` is 32 random bytes. What stood `on_paper` names
    no checkpoint: the log cannot say since when it may have been written, and evidence says so."""
    yield from log.lock(clerk.centre)
    device = keys.desk_device(clerk.centre)
    chain = yield from chains.end(clerk.centre, device)
    standing = yield from log.standing(clerk.centre)
    newest = standing.checkpoint if standing and not on_paper else None
    named = batch.NO_CHECKPOINT
    if standing and newest:
        named = note.digest(newest, note.name(keys.origin, clerk.centre, standing.epoch))
    header = batch.Header(
        protocol=limits.PROTOCOL,
        flags=0,
        origin=keys.origin,
        centre=clerk.centre,
        device=device,
        sequence=chain.sequence + 1,
        previous=chain.digest,
        checkpoint_size=newest.size if newest else 0,
        checkpoint=named,
        first=chain.number + 1,
        entry_count=len(bodies),
    )
    sealed = batch.seal(header, secret, bodies, keys.desk)
    sender = Sender(
        device, clerk.centre, clerk.person, clerk.role, keys.desk.public_key, chained=False, on_paper=on_paper
    )
    pushed = yield from push(sender, [open_batch(sealed, sender, keys)], keys, effects, now)
    return unpack(pushed.outcomes[0])
