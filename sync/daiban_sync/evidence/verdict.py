"""What a verifier says of a file: which steps held, the first that failed, and what beside them is to be known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from daiban_schemas.entry import Entry
from daiban_sync.batch import Header
from daiban_sync.clock import Interval
from daiban_sync.evidence.document import Document, Ids
from daiban_sync.evidence.statements import Stated as Whole
from daiban_sync.evidence.statements import Vouched
from daiban_sync.note import Checkpoint
from daiban_sync.spooled import Stated

STEPS = (
    "form",
    "keys",
    "devices",
    "logs",
    "batches",
    "entries",
    "receipts",
    "inclusion",
    "adoptions",
    "photos",
    "texts",
    "whole",
)
"""In the order in which they are done; the code of a failure is ``evidence.`` and the step's name."""

NOTES = (
    "no_enrolment",
    "new_key",
    "key_unproved",
    "desk",
    "no_lower_bound",
    "named_elsewhere",
    "restored",
    "spooled",
    "adopted",
    "adoption_unproved",
    "photo_missing",
    "photos_beside",
    "photo_sealed",
    "photo_unhashed",
    "mandate_without_text",
    "mandate_altered",
    "withheld",
    "further",
)
"""What else is to be known of a file that holds."""


class Step(NamedTuple):
    """One step; `held` is None where an earlier one failed."""

    name: str
    held: bool | None


class Handed(NamedTuple):
    """A batch: `whose` device ("" for the desk), its sequence, how many entries are shown; Unix milliseconds of the
    bounds, `earliest` None where nothing but the centre's word says it."""

    whose: str
    sequence: int
    entries: int
    earliest: int | None
    latest: int


class Sign(NamedTuple):
    """Who signed a mandate, by which mark, before which witness ("" for none), on whose device."""

    name: str
    mark: str
    witness: str
    whose: str


class Given(NamedTuple):
    """A mandate as it stood when it was first signed."""

    principal: str
    agent: str
    matter: str
    powers: tuple[str, ...]
    term: tuple[str, str]
    signs: tuple[Sign, ...]


class Facts(NamedTuple):
    """All of it, in the order of the file."""

    handed: tuple[Handed, ...] = ()
    given: tuple[Given, ...] = ()


class Verdict(NamedTuple):
    """`code` is empty where everything held; `where` names the part of the file that failed, as a path of members and
    indexes; `notes` are of `NOTES`; `stated` is the server's word on the whole and `facts`
    what is shown, both of a file that holds."""

    steps: tuple[Step, ...]
    code: str
    where: str
    why: str
    notes: tuple[str, ...]
    stated: Whole | None
    facts: Facts

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


class Ended(NamedTuple):
    """A key that a device gave up, with the last batch and the last entry that it signed."""

    key: bytes
    last: int
    number: int


class Keys(NamedTuple):
    """A device's keys: the present one and those before it; of a desk all that the keyring has for it, by their id."""

    present: bytes
    former: tuple[Ended, ...] = ()
    desk: Mapping[bytes, bytes] = {}


class Told(NamedTuple):
    """A disclosed entry: who handed it in, its number, its bytes and what it says; `fields` are a change's."""

    device: bytes
    number: int
    body: bytes
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
    desk_keys: dict[bytes, bytes] = field(default_factory=dict)
    devices: dict[bytes, Keys] = field(default_factory=dict)
    vouched: list[Vouched] = field(default_factory=list)
    logs: dict[int, Checkpoint] = field(default_factory=dict)
    batches: list[Signed] = field(default_factory=list)
    spooled: list[Stated] = field(default_factory=list)
    entries: list[Told] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    notes: set[str] = field(default_factory=set)
    stated: Whole | None = None
