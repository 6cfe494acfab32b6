"""The log of one centre: a Merkle tree over batches (RFC 6962 hashing), its frontier and its proofs.

A leaf's data is the batch's signed payload. The device keeps the log's *frontier*, the roots of the perfect
subtrees that make up the tree it last verified (at most 64 hashes). Each answer extends it: the server sends
the roots of the subtrees between the old and the new end, leaving out the device's own leaves, which the
device computes itself. If the result is the signed root, the old log is a prefix of the new one and the
device's batches are in it: consistency and inclusion in one small proof. RFC 9162's separate proofs of both
(`inclusion`, `consistency`) are there for auditors.

A node is named by (level, index): it covers leaves index x 2**level to (index + 1) x 2**level.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from daiban_sync.errors import ProofError

Node = tuple[int, int]
Nodes = Callable[[int, int], bytes]
"""Gives the hash of the perfect node (level, index)."""

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """RFC 6962 §2.1."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962 §2.1."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def perfect(start: int, end: int) -> Iterator[Node]:
    """The fewest perfect nodes that cover leaves `start` to `end`, from left to right."""
    while start < end:
        size = start & -start if start else 1 << (end.bit_length() - 1)
        while size > end - start:
            size >>= 1
        level = size.bit_length() - 1
        yield level, start >> level
        start += size


def place(node: Node) -> int:
    """How many perfect nodes are completed before this one as leaves are appended: those that one leaf completes stand
    side by side."""
    level, index = node
    before = ((index + 1) << level) - 1
    return 2 * before - before.bit_count() + level


class Frontier(NamedTuple):
    """A log's end: its `size` and the roots of `perfect(0, size)`."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def root(self) -> bytes:
        """RFC 6962's tree head."""
        if not self.hashes:
            return EMPTY_ROOT
        root = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            root = node_hash(left, root)
        return root

    def extended(self, level: int, digest: bytes) -> "Frontier":
        """This log with one more perfect node of 2**level leaves, which must start where the log ends."""
        if self.size & ((1 << level) - 1):
            raise ProofError("log.proof", "a node that does not fit the log's end")
        hashes, size, at = list(self.hashes), self.size, level
        while size >> at & 1:
            digest = node_hash(hashes.pop(), digest)
            at += 1
        hashes.append(digest)
        return Frontier(self.size + (1 << level), tuple(hashes))

    def appended(self, leaf: bytes) -> tuple["Frontier", list[tuple[Node, bytes]]]:
        """This log with one leaf hash more, and the perfect nodes that this completes, lowest first."""
        made: list[tuple[Node, bytes]] = [((0, self.size), leaf)]
        digest, level, index = leaf, 0, self.size
        for left in reversed(self.hashes):
            if not index & 1:
                break
            digest, level, index = node_hash(left, digest), level + 1, index >> 1
            made.append(((level, index), digest))
        return self.extended(0, leaf), made


def _gaps(start: int, end: int, own: Sequence[int]) -> Iterator[tuple[Node, bool]]:
    """Nodes from `start` to `end`; the flag marks the leaves in `own`."""
    for leaf in own:
        yield from ((node, False) for node in perfect(start, leaf))
        yield (0, leaf), True
        start = leaf + 1
    yield from ((node, False) for node in perfect(start, end))


def extension(start: int, end: int, own: Sequence[int], nodes: Nodes) -> list[bytes]:
    """The proof from a log of `start` leaves to one of `end`, for a device whose new leaves are `own`."""
    return [nodes(*node) for node in extension_nodes(start, end, own)]


def extension_nodes(start: int, end: int, own: Sequence[int]) -> list[Node]:
    """The nodes whose hashes make up `extension`, in its order."""
    return [node for node, is_own in _gaps(start, end, _inside(start, end, own)) if not is_own]


def extend(frontier: Frontier, end: int, own: Mapping[int, bytes], proof: Sequence[bytes]) -> Frontier:
    """The frontier at `end`. `own` maps the device's new leaves to their hashes.

    The caller compares `root()` with the signed one. Raises `ProofError("log.proof")` where the proof is not of
    the right length or the log would shrink.
    """
    if end < frontier.size:
        raise ProofError("log.shrunk", f"from {frontier.size} to {end}")
    hashes = iter(proof)
    try:
        for (level, index), is_own in _gaps(frontier.size, end, _inside(frontier.size, end, sorted(own))):
            frontier = frontier.extended(level, own[index] if is_own else next(hashes))
    except StopIteration:
        raise ProofError("log.proof", "too short") from None
    if next(hashes, None) is not None:
        raise ProofError("log.proof", "too long")
    return frontier


def _inside(start: int, end: int, own: Sequence[int]) -> list[int]:
    return [leaf for leaf in own if start <= leaf < end]


def root(size: int, nodes: Nodes) -> bytes:
    """The root of the first `size` leaves."""
    return Frontier(size, tuple(nodes(*node) for node in perfect(0, size))).root()


def _range_root(start: int, end: int, nodes: Nodes) -> bytes:
    """The root over leaves `start` to `end` of one subtree, as RFC 6962's MTH splits them."""
    hashes = [nodes(*node) for node in perfect(start, end)]
    digest = hashes[-1]
    for left in reversed(hashes[:-1]):
        digest = node_hash(left, digest)
    return digest


def inclusion(index: int, size: int, nodes: Nodes) -> list[bytes]:
    """RFC 9162 §2.1.3.1: the audit path of leaf `index` in a log of `size`."""
    path, start, end = [], 0, size
    while end - start > 1:
        split = start + (1 << ((end - start - 1).bit_length() - 1))
        if index < split:
            path.append(_range_root(split, end, nodes))
            end = split
        else:
            path.append(_range_root(start, split, nodes))
            start = split
    return path[::-1]


def check_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes], expected: bytes) -> None:
    """RFC 9162 §2.1.3.2. Raises `ProofError("log.proof")`."""
    if not 0 <= index < size:
        raise ProofError("log.proof", "no such leaf")
    at, last, digest = index, size - 1, leaf
    for sibling in path:
        if not last:
            raise ProofError("log.proof", "too long")
        if at & 1 or at == last:
            digest = node_hash(sibling, digest)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            digest = node_hash(digest, sibling)
        at, last = at >> 1, last >> 1
    if last or digest != expected:
        raise ProofError("log.proof", "another root")


def consistency(old: int, new: int, nodes: Nodes) -> list[bytes]:
    """RFC 9162 §2.1.4.1: the proof that a log of `old` leaves is a prefix of one of `new`."""
    if not 0 < old < new:
        return []
    path: list[bytes] = []
    start, end, whole = 0, new, True
    while old != end:
        split = start + (1 << ((end - start - 1).bit_length() - 1))
        if old <= split:
            path.append(_range_root(split, end, nodes))
            end = split
        else:
            path.append(_range_root(start, split, nodes))
            start, whole = split, False
    if not whole:
        path.append(_range_root(start, end, nodes))
    return path[::-1]


def check_consistency(old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> None:
    """RFC 9162 §2.1.4.2. Raises `ProofError("log.proof")`."""
    if old == new:
        if path or old_root != new_root:
            raise ProofError("log.proof", "another root at the same size")
        return
    if not 0 < old < new or not path:
        raise ProofError("log.proof", "not a prefix")
    hashes = list(path) if old & (old - 1) else [old_root, *path]
    at, last = old - 1, new - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    first = second = hashes[0]
    for sibling in hashes[1:]:
        if not last:
            raise ProofError("log.proof", "too long")
        if at & 1 or at == last:
            first, second = node_hash(sibling, first), node_hash(sibling, second)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            second = node_hash(second, sibling)
        at, last = at >> 1, last >> 1
    if last or first != old_root or second != new_root:
        raise ProofError("log.proof", "another root")
