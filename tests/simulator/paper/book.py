"""What a centre on paper has written down: all that a backup holds."""

from copy import copy
from dataclasses import dataclass, field
from typing import NamedTuple

from daiban_sync.batch import Batch
from daiban_sync.chain import Chain
from daiban_sync.clock import Interval
from daiban_sync.merge import Head
from daiban_sync.restored import Restored
from daiban_sync.view import Written
from tests.sync.paper_log import Log


class Member(NamedTuple):
    """A device that may speak: whose it is and how it signs."""

    device: bytes
    person: bytes
    name: str
    key: bytes
    chained: bool
    authority: int


class Envelope(NamedTuple):
    """A batch in custody."""

    batch: Batch
    receipt: bytes
    outcomes: dict[str, object]


class Taken(NamedTuple):
    """An entry as it was taken: where it stands, what is believed of its time, and the bounds of its receipt."""

    position: int
    device: bytes
    number: int
    body: bytes
    effective: int
    authority: int
    bounds: Interval
    laid: bool = True


class Row(NamedTuple):
    """A record: its position, place and heads."""

    position: int
    place: bytes
    heads: tuple[Head, ...]


@dataclass
class Book:
    """What a backup holds."""

    position: int = 0
    entries: dict[int, Written] = field(default_factory=dict)
    bodies: dict[int, bytes] = field(default_factory=dict)
    records: dict[bytes, Row] = field(default_factory=dict)
    chains: dict[bytes, Chain] = field(default_factory=dict)
    envelopes: dict[tuple[bytes, int], Envelope] = field(default_factory=dict)
    quarantined: set[bytes] = field(default_factory=set)
    barred: dict[bytes, str] = field(default_factory=dict)
    times: dict[bytes, int] = field(default_factory=dict)
    log: Log = field(default_factory=Log)
    restores: tuple[Restored, ...] = ()

    def copied(self) -> "Book":
        """A consistent copy."""
        made = copy(self)
        for name in ("entries", "bodies", "records", "chains", "envelopes", "quarantined", "barred", "times"):
            setattr(made, name, getattr(self, name).copy())
        made.log = Log()
        made.log.frontier, made.log.leaves = self.log.frontier, self.log.leaves.copy()
        made.log.kept = self.log.kept.copy()
        return made
