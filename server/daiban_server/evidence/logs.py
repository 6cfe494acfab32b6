"""The centre's logs from the first that has a batch of the file to the newest, and where each batch stands in them."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.db.program import Lookup, Program, first, rows
from daiban_server.spine import log
from daiban_server.spine.refusal import Refusal
from daiban_sync import dsse, merkle, note, restored
from daiban_sync.batch import Header
from daiban_sync.evidence.document import Envelope, Log, signed
from daiban_sync.keys import key_id
from daiban_sync.merkle import Node
from daiban_sync.note import Checkpoint
from daiban_sync.restored import Restored

_f, _k = schema.fork.c, schema.checkpoint.c
_FORKS = select(_f.statement).where(_f.centre == bindparam("centre_id")).order_by(_f.epoch)
_ENDED = (
    select(_k.packed)
    .where(_k.centre == bindparam("centre_id"), _k.epoch == bindparam("of_epoch"), _k.size == bindparam("at_size"))
    .order_by(_k.time)
    .limit(1)
)
_NAMED = select(_k.epoch, _k.packed).where(
    _k.centre == bindparam("centre_id"), _k.size == bindparam("at_size"), _k.digest == bindparam("digest")
)


class Ends(NamedTuple):
    """The logs as they go into the file, and the size of each by its epoch."""

    logs: tuple[Log, ...]
    sizes: dict[int, int]


def logs_of(centre: bytes, origin: bytes, root_key: bytes, epochs: Iterable[int]) -> Program[Ends]:
    """The logs from the first of `epochs` on."""
    start = min(epochs)
    forks = [restored.unpack(row[0]) for row in (yield from rows(_FORKS, centre_id=centre))]
    standing = yield from log.standing(centre)
    if standing is None or standing.checkpoint is None:
        raise Refusal("evidence.incomplete")
    logs: list[Log] = []
    sizes: dict[int, int] = {}
    chain = [0, *(fork.epoch for fork in forks)]
    for epoch, begun, gone_on in zip(chain, [None, *forks], [*forks, None], strict=True):
        if epoch < start:
            continue
        ends = standing.checkpoint if gone_on is None else (yield from _ended(centre, epoch, gone_on))
        sizes[epoch] = ends.size
        text = note.note(ends, note.name(origin, centre, epoch))
        if begun is None or not logs:
            logs.append(Log(epoch, text))
        else:
            path = yield from path_of(centre, epoch, 0, ends.size)
            logs.append(Log(epoch, text, _statement(origin, centre, begun, root_key), path))
    return Ends(tuple(logs), sizes)


def _ended(centre: bytes, epoch: int, gone_on: Restored) -> Program[Checkpoint]:
    """The checkpoint at which a log ended, as the restore says."""
    row = yield from first(_ENDED, centre_id=centre, of_epoch=epoch, at_size=gone_on.log_size)
    if row is None:
        raise Refusal("evidence.incomplete")
    return note.unpack(row[0])


def _statement(origin: bytes, centre: bytes, begun: Restored, root_key: bytes) -> Envelope:
    return signed(dsse.RESTORED, restored.payload(origin, centre, begun), begun.signature, key_id(root_key))


def path_of(centre: bytes, epoch: int, leaf: int, size: int) -> Program[tuple[bytes, ...]]:
    """The audit path of a leaf in a log of `size`."""
    wanted: list[Node] = []

    def note_down(level: int, index: int) -> bytes:
        wanted.append((level, index))
        return bytes(32)

    merkle.inclusion(leaf, size, note_down)
    keys = [(centre, epoch, merkle.place(node)) for node in wanted]
    found = yield Lookup(schema.log_node, ("centre", "epoch", "place"), ("place", "hash"), keys)
    hashes = dict(found)
    return tuple(merkle.inclusion(leaf, size, lambda level, index: hashes[merkle.place((level, index))]))


def named_by(centre: bytes, origin: bytes, header: Header) -> Program[str | None]:
    """The checkpoint that a batch names, as a signed note; None where it names none, or one that a backup has lost."""
    row = yield from first(_NAMED, centre_id=centre, at_size=header.checkpoint_size, digest=header.checkpoint)
    return note.note(note.unpack(row[1]), note.name(origin, centre, row[0])) if row else None
