"""Epochs: how positions and logs go on after a server was restored from a backup.

A position is epoch x 2**40 + n. A restored server forgets what came after the backup and counts on in a new epoch, so
the positions between the backup's last and the end of the old epoch are *dead*: no head stands there ever again. That
is why merge needs no word about restores. An entry whose `seen` is dead had in view what came before the fork, and of
the heads that stand, those and no others lie at or before it; a dead position in `over` names no head, so it replaces
none. What the device meant to replace comes back at a new position, handed in again by whoever wrote it, and then
stands beside: one conflict too many, never a value lost. (tests/sync/test_restored.py holds this against the rule that
cuts `seen` at every fork and drops dead positions from `over`.)
"""

from daiban_sync.merge import EPOCH


def epoch_of(position: int) -> int:
    """The epoch in which a position was given out."""
    return position // EPOCH


def first_of(epoch: int) -> int:
    """The position that a counter holds when `epoch` begins: the next one is the epoch's first."""
    return epoch * EPOCH
