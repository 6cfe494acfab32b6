"""Where features join the spine: what a command does, what follows when a record is made or a report comes.

A feature gives functions that are programs of the same transaction. They are wired by hand in `daiban_server.app`; the
spine knows none of them by name, and they do not know each other.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from daiban_server.db.program import Program
from daiban_server.spine.ledger import Incoming, Ledger, Record
from daiban_sync.merge import Head

T = TypeVar("T")


class Asked(NamedTuple):
    """A legal command or a recorded report, with its decoded arguments or facts, and the position that it gets."""

    incoming: Incoming
    record: Record
    name: str
    arguments: Mapping[str, Any]
    position: int


Effect = Callable[[Ledger, Asked], Program[Mapping[str, Any]]]
"""Does what a command or report means; gives the server fields to write, or raises `Refusal` (commands only). With
``status`` among them it leads to another state than the kind says: what an agent found at the door may decide."""
Follow = Callable[[Ledger, Record, Incoming], Program[Mapping[str, Any]]]
"""Does what follows when a record is made; gives the server fields to write on it."""
Moved = Callable[[Ledger, Asked, Mapping[str, Any]], Program[Mapping[str, Any]]]
"""Does what follows when a command or report takes effect, whose server fields it gets; gives more of them. Whichever
may refuse a command has to come before those that write."""
Changed = Callable[[Ledger, Record, Incoming, tuple[Head, ...]], Program[Mapping[str, Any]]]
"""Does what follows when a change was laid over a record that had these heads; gives the server fields to write."""
Projection = Callable[[Ledger, Record], Program[None]]
"""Keeps a table of a feature's in step with a record, at the end of every batch that changed it. What it writes must
follow from the record as it stands alone, so that it can be made anew."""


@dataclass(frozen=True)
class Effects:
    """All features' functions: by (kind, command), by (kind, report), and by kind made, moved and changed, with the
    projections."""

    commands: Mapping[tuple[str, str], Effect] = field(default_factory=dict)
    reports: Mapping[tuple[str, str], Effect] = field(default_factory=dict)
    made: Mapping[str, Follow] = field(default_factory=dict)
    moved: Mapping[str, tuple[Moved, ...]] = field(default_factory=dict)
    changed: Mapping[str, tuple[Changed, ...]] = field(default_factory=dict)
    projections: Mapping[str, tuple[Projection, ...]] = field(default_factory=dict)

    def joined(self, other: "Effects") -> "Effects":
        """Both features' functions. One alone answers for a command, a report or what is made; what moved or changed
        concerns any number, in the order in which they are joined."""
        for mine, theirs in ((self.commands, other.commands), (self.reports, other.reports), (self.made, other.made)):
            if both := set(mine) & set(theirs):
                raise ValueError(f"two features answer for {both}")
        return Effects(
            {**self.commands, **other.commands},
            {**self.reports, **other.reports},
            {**self.made, **other.made},
            _both(self.moved, other.moved),
            _both(self.changed, other.changed),
            _both(self.projections, other.projections),
        )


def _both(mine: Mapping[str, tuple[T, ...]], theirs: Mapping[str, tuple[T, ...]]) -> dict[str, tuple[T, ...]]:
    return {kind: mine.get(kind, ()) + theirs.get(kind, ()) for kind in (*mine, *theirs)}
