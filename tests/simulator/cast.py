"""Who plays: phones with their holders, clerks with their tabs, and centres. Each tier brings its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from daiban_sync.clock import Interval
from daiban_sync.receipt import Receipt
from daiban_sync.view import View, Written
from tests.simulator.witness import Save

PHONES = (
    ("王芳", "王芳's phone", 0),
    ("王芳", "王芳's old phone", 0),
    ("刘强", "刘强's phone", 0),
    ("陈静", "陈静's phone", 1),
    ("周磊", "周磊's phone", 1),
)
"""Whose phones there may be, what they are called, and at which of the two centres."""


class Refused(Exception):  # noqa: N818 - an answer
    """A request that is refused whole, by the code of its problem."""


class Form(Protocol):
    """A record as it was opened."""

    record: Any

    @property
    def view(self) -> View | None: ...


class Phone(Protocol):
    """A phone of one tier. `stopped` says why it syncs no more."""

    stopped: str

    def new(self, record: bytes) -> Any: ...
    def open(self, record: bytes) -> Any: ...
    def view(self, record: bytes) -> View | None: ...
    def save(self, form: Any, values: Mapping[str, Any], *, settle: bool = False) -> tuple[int, bytes, int]: ...
    def conflicts(self) -> list[Any]: ...
    def begin(self, *, fresh: bool = True) -> Any: ...
    def take(self, step: Any, body: bytes) -> tuple[list[Receipt], bool]: ...
    def packed(self) -> list[bytes]: ...
    def die(self, dice: Random) -> None: ...
    def copied(self) -> Any: ...
    def put_back(self, copied: Any) -> None: ...
    def reboot(self, dice: Random) -> None: ...

    # What the judge looks at
    def mirror(self) -> Mapping[bytes, tuple[int, Sequence[Written]]]: ...
    def photos(self) -> list[tuple[str, bytes]]: ...
    def unmirrored(self) -> frozenset[int]: ...
    def bodies(self) -> Mapping[int, bytes]: ...
    def receipted(self) -> list[tuple[int, bytes, Receipt]]: ...
    def unreceipted(self) -> int: ...
    def reached(self) -> int: ...
    def log(self) -> tuple[int, int, bytes]: ...
    def outcomes(self) -> Mapping[int, str]: ...


class Taken(Protocol):
    """An entry as a centre took it."""

    position: int
    device: bytes
    number: int
    body: bytes
    effective: int
    bounds: Interval


class Centre(Protocol):
    """A centre of one tier."""

    name: str
    epoch: int
    position: int

    dark: bool
    dead: bool
    backups_begun: int

    def answers(self, asked: Sequence[tuple[bytes, Any]]) -> list[bytes | Exception | None]: ...
    def carried(self, device: bytes, packed: list[bytes]) -> None: ...
    def open(self, record: bytes) -> Any: ...
    def save(self, clerk: "Clerk", form: Any, values: Mapping[str, Any], *, settle: bool) -> tuple[int, bytes, int]: ...
    def die(self, dice: Random) -> None: ...
    def backup(self) -> Any: ...
    def restore(self, backup: Any) -> None: ...
    def reboot(self, dice: Random) -> None: ...
    def meanwhile(self, act: Callable[[], None], statements: int) -> None: ...
    def reassign(self, person: bytes, places: frozenset[bytes]) -> None: ...
    def revoke(self, device: bytes) -> None: ...

    # What the judge looks at
    def after(self, position: int) -> Sequence[Any]: ...
    def rows(self) -> Mapping[bytes, Any]: ...
    def scope_of(self, person: bytes) -> frozenset[bytes]: ...
    def leaves(self) -> list[bytes]: ...
    def roots(self) -> Sequence[tuple[int, bytes]]: ...
    def holds(self, device: bytes, sequence: int) -> tuple[bytes, bytes] | None: ...
    def outcomes(self, device: bytes) -> Mapping[int, str]: ...
    def barred(self, device: bytes) -> bool: ...
    def lays(self, device: bytes, number: int) -> bool: ...
    def custody(self) -> list[bytes]: ...
    def chains(self) -> Sequence[Any]: ...


@dataclass
class Holder:
    """A phone in somebody's hand. `saved` is what was saved on it, in order; `listed` are forms of records in
    conflict, as they were listed; `whole` is the epoch of which everything was pulled, `over` the entries
    that were written over pulled records, `let_go` those whose bytes it does not have any more; `copies` are backups of
    it, each with what was saved by then. `trusted` says how far off its time may be, None while nobody can tell, and
    `slowest` how long the slowest round trip of this sync took."""

    name: str
    device: bytes
    person: bytes
    centre: int
    phone: Any = None
    skew: int = 0
    form: Any = None
    listed: list[Any] = field(default_factory=list)
    whole: int = -1
    attempt: int = 0
    revoked: bool = False
    put_back: bool = False
    trusted: int | None = None
    slowest: int | None = None
    more: bool = False
    saved: list[tuple[Save, bytes]] = field(default_factory=list)
    over: set[int] = field(default_factory=set)
    let_go: set[int] = field(default_factory=set)
    overtaken: bool = False
    bounds: dict[tuple[int, bytes], Interval] = field(default_factory=dict)
    copies: list[tuple[Any, list[tuple[Save, bytes]]]] = field(default_factory=list)


@dataclass
class Clerk:
    """A tab of somebody at the counter."""

    name: str
    device: bytes
    person: bytes
    centre: int
    form: Any = None


@dataclass
class Cast:
    """Everybody. `places` are the villages of each centre; `deletes` says whether records can be deleted here,
    `servers` which centres share a server, `forgets` whether phones let go of what a backup has (then only the newest
    backup is ever put back), `cuts` and `full` what a power cut and a full disk raise."""

    centres: list[Any]
    holders: list[Holder]
    clerks: list[Clerk]
    places: list[list[bytes]]
    deletes: bool
    new_record: Callable[[int, Random], bytes]
    first_values: Callable[[int, bytes, Random], dict[str, Any]]
    start: Callable[[Callable[[], int]], None]
    end: Callable[[], None] = lambda: None
    servers: list[list[int]] = field(default_factory=list)
    forgets: bool = False
    cuts: tuple[type[BaseException], ...] = ()
    full: tuple[type[BaseException], ...] = ()
    waiting: list[list[Any]] = field(default_factory=list)
    down_until: list[int] = field(default_factory=list)
    restored_at: list[int] = field(default_factory=list)
    backups: list[list[Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.servers = self.servers or [[at] for at in range(len(self.centres))]
        self.waiting = [[] for _ in self.centres]
        self.restored_at = [0] * len(self.centres)
        self.down_until = [0] * len(self.centres)
        self.backups = [[] for _ in self.centres]

    def safe(self, centre: int) -> list[Any]:
        """What the witness knew of a centre when each of its backups was made."""
        served = next(some for some in self.servers if centre in some)
        return [histories[served.index(centre)] for _, histories in self.backups[served[0]]]
