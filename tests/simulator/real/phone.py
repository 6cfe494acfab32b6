"""A phone with the SDK's real store, driven step by step on one thread."""

import base64
import hashlib
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from sqlcipher3 import dbapi2

from daiban_client_sdk import images
from daiban_client_sdk.errors import RefusedError
from daiban_client_sdk.forms import Form
from daiban_client_sdk.progress import silent
from daiban_client_sdk.rounds import Rounds
from daiban_client_sdk.rounds import Step as Round
from daiban_sync import receipt, signature, wire
from daiban_sync.merkle import Frontier
from daiban_sync.receipt import Receipt
from daiban_sync.signature import Parameters, Target
from daiban_sync.view import View, Written
from tests.simulator.real.disk import Watched
from tests.simulator.real.files import Files
from tests.support.phones import device_in

TARGET = Target("POST", "daiban.test", "/v1/sync")


def _prepared(file: Any) -> images.Prepared:
    """A photo that needs no preparing."""
    data = file.read() * 3
    return images.Prepared(data, hashlib.sha256(data).digest(), 3, 4, ())


class Opened(NamedTuple):
    """A form, with the view that it was made of."""

    record: bytes
    form: Form
    view: View | None


class Step(NamedTuple):
    """A round trip under way: its body, and headers for it, over the server's nonce if it gave one."""

    rounds: Rounds
    round: Round
    body: bytes
    sign: Callable[[str | None, int], dict[str, str]]


class RealPhone:
    """A device's store in a folder below `home`. Each power cut goes on in a new folder."""

    def __init__(self, home: Path, identity: Mapping[str, str], clock: Callable[[], int], files: Files) -> None:
        self.clock = clock
        self._home, self._count, self._files = home, 0, files
        self._folder = home / "0"
        self._open()
        for name, value in identity.items():
            self.device.store.put(name, value)

    def _open(self) -> None:
        self._rounds: Rounds | None = None
        self.device = device_in(self._folder, self.clock)
        # Clocks jump by years here; what a phone then does not show is told elsewhere (tests/devices).
        self.device._check_lease = lambda: None  # type: ignore[method-assign]
        connection = self.device.store._connection
        connection.execute("PRAGMA busy_timeout = 0")
        connection.execute("PRAGMA wal_autocheckpoint = 60")
        self.disk = Watched(connection, self._folder / "store.db")
        self.device.store._connection = self.disk

    # What a person does ---------------------------------------------------------------------------------------

    def new(self, record: bytes) -> Opened:
        """An empty form of a household."""
        return Opened(record, self.device.new("household", record.hex()), None)

    def open(self, record: bytes) -> Opened:
        """A record's form."""
        with self.disk.unseen():
            return Opened(record, self.device.open(record.hex()), self.view(record))

    def photograph(self, parent: bytes, record: bytes) -> tuple[int, bytes]:
        """Keep a photo of a paper under a record; gives the entry's number and bytes."""
        source = self._home / "camera"
        source.write_bytes(record)
        self.device.new_id = record.hex  # type: ignore[method-assign]
        prepare, images.prepare = images.prepare, _prepared  # type: ignore[assignment]
        try:
            self.device.attach_photo(parent.hex(), source, paper="居民户口簿")
        finally:
            images.prepare = prepare
        return max(self.bodies().items())

    def photos(self) -> list[tuple[str, bytes]]:
        """Digests of the photos that it has to bring, with the bytes that it has of each."""
        folder = self.device.store.photos
        found = self._rows("SELECT sha256, path FROM photo WHERE receipt IS NULL")
        return [(digest, (folder / path).read_bytes() if (folder / path).exists() else b"") for digest, path in found]

    def conflicts(self) -> list[Opened]:
        """Forms of the records in conflict, as the phone lists them: what it lists is what it settles."""
        with self.disk.unseen():
            listed = self.device.conflicts()
        return [self.open(record) for record in dict.fromkeys(bytes.fromhex(one.record) for one in listed)]

    def view(self, record: bytes) -> View | None:
        """The record as the phone shows it."""
        with self.disk.unseen():
            return self.device.view(record.hex())

    def save(self, form: Opened, values: Mapping[str, Any], *, settle: bool = False) -> tuple[int, bytes, int]:
        """Save; gives number, bytes and claimed time."""
        with self.disk.unseen():
            at = self.device.now()
        if settle:
            ((name, value),) = values.items()
            number = self.device.settle(form.record.hex(), name, value)
        else:
            number = self.device.save(form.form, values)
        return number, self.bodies()[number], at

    # A round trip ---------------------------------------------------------------------------------------------

    def begin(self, *, fresh: bool = True) -> Step:
        """The next request."""
        if fresh or self._rounds is None:
            self._rounds = Rounds(self.device, silent)
        rounds = self._rounds
        made = rounds.begin(fresh)
        device, signer = made.identity.device.hex(), made.identity.signer

        def sign(nonce: str | None, server_time: int) -> dict[str, str]:
            now = server_time if nonce else self.device.now()
            headers = signature.sign(signer, TARGET, made.body, Parameters(max(0, now // 1000), device, nonce))
            return {name.lower(): value for name, value in headers.items()}

        return Step(rounds, made, made.body, sign)

    def take(self, step: Step, body: bytes) -> tuple[list[Receipt], bool]:
        """Keep an answer; gives its receipts, and whether there is more."""
        try:
            more = step.rounds.take(step.round, body)
        except RefusedError:
            more = False  # a batch that the server will not take; the rest of the answer is kept
        if not more:
            step.rounds.finish(self.device.store.get("clock_offset", 0))
        return list(wire.decode_answer(body).receipts) if body else [], more

    def packed(self) -> list[bytes]:
        """Everything without a receipt, as it would be carried on a stick."""
        self.device.outbox.freeze(self.device.identity(), lambda: bytes(32))
        return [one.packed for one in self.device.outbox.sendable()]

    # What befalls it ------------------------------------------------------------------------------------------

    def die(self, dice: Random) -> None:
        """The power goes off now, or at a statement or commit of what is done next."""
        kind = dice.randrange(5)
        if kind == 0:
            self.reboot(dice)
        elif kind == 1:
            self.disk.cut_at = dice.randint(1, 25)
        elif kind == 2:
            self.disk.cut_commit = dice.randint(1, 3)
        elif kind == 3:
            self.disk.full_at = dice.randint(1, 25)
        else:
            self.disk.full_commits = dice.randint(1, 2)

    def reboot(self, dice: Random) -> None:
        """Go on with what a power cut left."""

        def fill(into: Path) -> None:
            self.disk.left_behind(into, dice)
            for folder in (self._folder, self._folder / "photos"):
                for name, data in self._files.left(folder).items():
                    if name == "store.key" or folder.name == "photos":
                        (into / folder.relative_to(self._folder) / name).write_bytes(data)

        self._go_on(fill)

    def _go_on(self, fill: Callable[[Path], object]) -> None:
        self._count += 1
        into = self._home / str(self._count)
        (into / "photos").mkdir(parents=True)
        fill(into)
        self._files.trust(into)
        self.disk.close()
        self._folder = into
        self._open()

    def copied(self) -> Path:
        """A copy of the whole store."""
        self._count += 1
        into = self._home / f"copy{self._count}"
        into.mkdir()
        self.disk.left_behind(into, Random(0))
        shutil.copyfile(self._folder / "store.key", into / "store.key")
        shutil.copytree(self._folder / "photos", into / "photos")
        return into

    def put_back(self, copied: Path) -> None:
        """Go on from a copy."""
        self._go_on(lambda into: shutil.copytree(copied, into, dirs_exist_ok=True))

    def somebody_else(self, act: Callable[["RealPhone"], None], statements: int) -> None:
        """Let a second process on the same store do something before one of the next statements."""

        def between() -> None:
            other = object.__new__(RealPhone)
            other.__dict__.update(self.__dict__)
            other._open()
            try:
                act(other)
            except dbapi2.OperationalError as error:
                if "locked" not in str(error):
                    raise  # whoever is in the middle of something goes first; nothing was saved, and he is told so
            finally:
                other.disk.close()

        self.disk.between, self.disk.between_at = between, statements

    def close(self) -> None:
        """Close the store."""
        self.disk.close()

    # What the judge looks at ----------------------------------------------------------------------------------

    def _rows(self, sql: str) -> list[Any]:
        found: list[Any] = self.disk.real.execute(sql).fetchall()
        return found

    @property
    def stopped(self) -> str:
        with self.disk.unseen():
            state = str(self.device.store.get("state", "active"))
        return "" if state == "active" else state

    def mirror(self) -> dict[bytes, tuple[int, list[Written]]]:
        """What was pulled."""
        found = self._rows("SELECT id, position FROM record")
        with self.disk.unseen():
            return {id_: (position, self.device.mirror._pulled(id_)) for id_, position in found}

    def unmirrored(self) -> frozenset[int]:
        """Numbers of own entries that are laid over what was pulled."""
        return frozenset(row[0] for row in self._rows("SELECT number FROM entry WHERE mirrored = 0"))

    def bodies(self) -> dict[int, bytes]:
        """Everything that was ever saved here, by number; empty where it was let go of under the backup horizon."""
        return dict(self._rows("SELECT number, body FROM entry ORDER BY number"))

    def receipted(self) -> list[tuple[int, bytes, Receipt]]:
        """Batches with their receipts: sequence, digest, receipt."""
        found = self._rows("SELECT sequence, digest, receipt FROM batch WHERE receipt IS NOT NULL")
        return [(sequence, digest, receipt.unpack(given)) for sequence, digest, given in found]

    def unreceipted(self) -> int:
        """What it holds alone."""
        with self.disk.unseen():
            return self.device.status().entries

    def reached(self) -> int:
        """The position that its cursor stands for."""
        with self.disk.unseen():
            cursor = self.device.store.get("cursor", "")
        # Version, then the position behind the number of its bytes: opaque to a device, but not to a judge.
        raw = base64.urlsafe_b64decode(cursor) or bytes(2)
        return int.from_bytes(raw[2 : 2 + raw[1]], "big")

    def log(self) -> tuple[int, int, bytes]:
        """Epoch, size and root of the log that it believes in."""
        get = self.device.store.get
        with self.disk.unseen():
            frontier = Frontier(get("log_size", 0), tuple(bytes.fromhex(one) for one in get("frontier", [])))
            return get("epoch", 0), frontier.size, frontier.root()

    def outcomes(self) -> dict[int, str]:
        """What it was told became of its entries."""
        return dict(self._rows("SELECT number, outcome FROM entry WHERE outcome IS NOT NULL"))
