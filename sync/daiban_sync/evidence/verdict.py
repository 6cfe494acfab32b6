"""What a verifier says of a file: which steps held, the first that failed, and what beside them is to be known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from daiban_schemas.entry import Entry
from daiban_sync.batch import Header
from daiban_sync.clock import Interval
from daiban_sync.evidence.document import Document, Ids
from daiban_sync.evidence.statements import Stated, Vouched
from daiban_sync.note import Checkpoint

STEPS = (
    "form",
    "keys",
    "devices",
    "logs",
    "batches",
    "entries",
    "receipts",
    "inclusion",
    "photos",
    "texts",
    "whole",
)
"""In the order in which they are done; the code of a failure is ``evidence.`` and the step's name."""

NOTES = (
    "no_enrolment",
    "desk",
    "no_lower_bound",
    "named_elsewhere",
    "restored",
    "photo_missing",
    "photos_beside",
    "mandate_without_text",
    "withheld",
    "further",
)
"""What else is to be known of a file that holds."""


class Step(NamedTuple):
    """One step; `held` is None where an earlier one failed."""

    name: str
    held: bool | None


class Verdict(NamedTuple):
    """`code` is empty where everything held; `where` names the part of the file that failed, as a path of members and
    indexes; `notes` are of `NOTES`; `stated` is the server's word on the whole once that step was reached."""

    steps: tuple[Step, ...]
    code: str
    where: str
    why: str
    notes: tuple[str, ...]
    stated: Stated | None

    @property
    def holds(self) -> bool:
        """Whether every step held."""
        return not self.code


class Signed(NamedTuple):
    """A batch whose signature held: its header, the entries' hashes, and the hash of all that was signed."""

    header: Header
    hashes: list[bytes]
    digest: bytes
    payload: bytes


class Told(NamedTuple):
    """A disclosed entry: who handed it in, its number, and what it says; `fields` are a change's."""

    device: bytes
    number: int
    entry: Entry
    fields: Mapping[str, object]


class Kept(NamedTuple):
    """What a receipt says of a batch."""

    epoch: int
    leaf: int
    bounds: Interval


@dataclass
class Found:
    """What the steps have established so far; each adds what the next ones need. `at` is the part in hand."""

    document: Document
    ids: Ids
    root_key: bytes
    at: str = ""
    receipt_keys: dict[bytes, bytes] = field(default_factory=dict)
    desk_keys: set[bytes] = field(default_factory=set)
    devices: dict[bytes, bytes] = field(default_factory=dict)
    vouched: list[Vouched] = field(default_factory=list)
    logs: dict[int, Checkpoint] = field(default_factory=dict)
    batches: list[Signed] = field(default_factory=list)
    entries: list[Told] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    notes: set[str] = field(default_factory=set)
    stated: Stated | None = None
