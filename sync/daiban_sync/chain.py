"""A device's chain of batches for one centre, and how the next batch is judged."""

from typing import Literal, NamedTuple

from daiban_sync.batch import FIRST, Batch

Verdict = Literal["next", "replay", "gap", "equivocation", "adopted"]
LOST = b""
"""Digest of a chain's end whose last batches were given up: whatever comes next continues it."""


class Chain(NamedTuple):
    """The end of a chain: last batch's sequence and digest, last entry's number."""

    sequence: int = 0
    digest: bytes = FIRST
    number: int = 0

    def after(self, batch: Batch) -> "Chain":
        """The chain with `batch` at its end."""
        header = batch.header
        return Chain(header.sequence, batch.digest, header.first + header.entry_count - 1)


def judge(batch: Batch, chain: Chain, stored: bytes | None, *, given_up: bool = False) -> Verdict:
    """What a batch with a valid signature is. `stored` is the digest kept under its sequence, if any; `given_up` says
    that the centre head closed a gap over its sequence.

    ``next``: it continues the chain. ``replay``: it is there already; the stored receipt answers. ``gap``: batches
    before it are missing and are asked for. ``equivocation``: the device signed two histories, as a cloned or
    restored phone does; both are kept and the key is frozen. ``adopted``: it was given up and turned up after all;
    its entries stand, without ancestors.
    """
    header = batch.header
    if header.sequence <= chain.sequence:
        if stored is None and given_up:
            return "adopted"
        return "replay" if stored == batch.digest else "equivocation"
    if not chain.sequence and header.previous == FIRST:
        # A phone that was enrolled anew counts on: its chain begins where its earlier one ended.
        return "next"
    if header.sequence > chain.sequence + 1:
        return "gap"
    continues = header.previous == chain.digest and header.first == chain.number + 1
    if chain.digest == LOST:
        continues = header.first > chain.number
    return "next" if continues else "equivocation"
