"""Epochs: how positions and logs go on after a server was restored from a backup.

A restored server forgets what came after the backup, and counts on in a new epoch. Positions between the backup's last
and the end of the old epoch are *dead*: they stood for entries that this server no longer has, and that devices will
hand in again at new positions. So whatever an entry says of positions is read with the forks in mind:

- `seen` is cut at every fork since its epoch: who had something lost in view had also in view what came before it;
- positions in `over` that are dead are dropped: what stood there comes back elsewhere, and stays until somebody
  replaces it with open eyes.

Both err on the side of one conflict too many, never of a value lost.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from daiban_sync.merge import EPOCH


class Fork(NamedTuple):
    """A restore: `forked_at` is the last position that the backup had, `epoch` the one that begins after it."""

    epoch: int
    forked_at: int


def epoch_of(position: int) -> int:
    """The epoch in which a position was given out."""
    return position // EPOCH


def is_dead(position: int, forks: Sequence[Fork]) -> bool:
    """Whether a restore forgot what stood at `position`."""
    return any(fork.forked_at < position < fork.epoch * EPOCH for fork in forks)


def cut(seen: int, over: Mapping[str, Sequence[int]], forks: Sequence[Fork]) -> tuple[int, Mapping[str, Sequence[int]]]:
    """An entry's `seen` and `over` as they count after `forks`, which are given in order of their epochs."""
    if not forks:
        return seen, over
    for fork in forks:
        if fork.forked_at < seen < fork.epoch * EPOCH:
            seen = fork.forked_at
    return seen, {name: [p for p in listed if not is_dead(p, forks)] for name, listed in over.items()}
