"""A log on paper: it keeps its nodes as the server does, only what `appended` says is completed."""

from collections.abc import Sequence

from daiban_sync import merkle
from daiban_sync.merkle import Frontier, Node, leaf_hash


class Log:
    """Leaves, nodes and the frontier."""

    def __init__(self, leaves: Sequence[bytes] = ()) -> None:
        self.frontier = Frontier()
        self.leaves: list[bytes] = []
        self.kept: dict[Node, bytes] = {}
        for data in leaves:
            self.append(data)

    def append(self, data: bytes) -> int:
        """Put a batch's payload into the log; gives its leaf."""
        self.leaves.append(leaf_hash(data))
        self.frontier, made = self.frontier.appended(self.leaves[-1])
        assert not self.kept.keys() & dict(made).keys(), "a node is written once"
        self.kept |= made
        return self.frontier.size - 1

    def node(self, level: int, index: int) -> bytes:
        """The hash of a perfect node."""
        return self.kept[level, index]

    def root(self, size: int) -> bytes:
        """The root of the first `size` leaves."""
        return merkle.root(size, self.node)
