"""A device: its store, its key, and what a person does with it. Everything here works with no signal.

`client.Client` adds the link to the server; this module does no network I/O.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from msgspec import Raw

from daiban_client_sdk import images, mandates
from daiban_client_sdk.errors import DeviceError, InvalidEntryError
from daiban_client_sdk.forms import Form
from daiban_client_sdk.lock import Cost, Keystore, Lock
from daiban_client_sdk.mirror import Mirror
from daiban_client_sdk.outbox import Identity, Outbox
from daiban_client_sdk.progress import Status
from daiban_client_sdk.spool import Spool
from daiban_client_sdk.store import Store, make_key, write_file
from daiban_schemas import entry, private, strict
from daiban_schemas.forms import answer_problems
from daiban_schemas.kinds import KINDS
from daiban_schemas.types import Type
from daiban_sync import faults, ids, limits, note, sealing
from daiban_sync import keyring as keyrings
from daiban_sync.keyring import Keyring
from daiban_sync.keys import SoftwareKey, fingerprint
from daiban_sync.merge import UNSENT
from daiban_sync.merkle import Frontier
from daiban_sync.session import Trust
from daiban_sync.view import Value, View

LEASE = 14 * 86_400_000
"""Milliseconds after a sync for which records are shown."""
SHOWN = "conflicts_shown"
"""In `meta`: what `conflicts` showed last, as ``record field`` → position of the record, positions of the values."""

LISTENS = "listens"
"""In `meta`: that this device was enrolled once more, and hands in nothing before it heard from the server."""


class Conflict(NamedTuple):
    """A field with more than one value, the visible one first."""

    record: str
    kind: str
    field: str
    label: str
    values: tuple[Value, ...]
    seen: int = 0


class Attached(NamedTuple):
    """A photo that was kept. `findings` say what is wrong with it, while the paper is still on the table."""

    record: str
    sha256: str
    size: int
    findings: tuple[Any, ...]


class Device:
    """A device in `folder`. `now` gives Unix milliseconds of the device's own clock.

    What people said stays readable while the lease lasts, which each sync renews: a phone that nobody heard of for
    `LEASE` shows nothing any more, keeps what it has, takes new records, and hands in.
    """

    def __init__(
        self, folder: Path, now: Callable[[], int], pin: str | None = None, keystore: Keystore | None = None
    ) -> None:
        """Open the device, with its PIN and the phone's keystore where it has them. Raises `DeviceError` as
        `Lock.open`, and `StoreError`."""
        make_key(folder)
        self.lock = Lock(folder, now, keystore)
        self._key = self.lock.open(pin)
        self.store = Store(folder, self._key)
        self.mirror = Mirror(self.store)
        self.outbox = Outbox(self.store)
        self.spool = Spool(folder)
        self.clock = now

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def set_pin(self, pin: str | None, cost: Cost | None = None) -> None:
        """Lock the store by another PIN, or by the keystore alone. Raises `DeviceError("pin.weak")`."""
        self.lock.set(self._key, pin, cost)

    # Who this is -----------------------------------------------------------------------------------------------

    @property
    def enrolled(self) -> bool:
        """Whether this device has an id."""
        return self.store.get("device") is not None

    def new_key(self, name: str = "seed") -> SoftwareKey:
        """The device's key, made at the first call and kept before it is ever used; ``next_seed`` names the one that
        is to follow it."""
        seed = self.store.get(name)
        if seed is None:
            seed = secrets.token_bytes(32).hex()
            self.store.put(name, seed)
        return SoftwareKey(bytes.fromhex(seed))

    def take_next_key(self) -> None:
        """From now on the key counts that was to follow; call it within a transaction."""
        self.store.put("seed", self.store.get("next_seed"))
        self.store.put("next_seed", None)

    def remember_enrolment(self, code: Any, stated: Mapping[str, Any]) -> None:
        """Keep what the server said at enrolment. Under another id than before, what has no receipt is handed in as
        this one's. Raises `DeviceError`: ``enrolment.other_centre`` or ``enrolment.other_person`` for a device that
        has worked for another."""
        if self.enrolled and self.store.get("centre") != stated["centre"]:
            raise DeviceError("enrolment.other_centre")
        if self.enrolled and self.store.get("person") != stated["person"]:
            raise DeviceError("enrolment.other_person")
        with self.store.transaction():
            again = self.enrolled
            anew = again and self.store.get("device") != stated["device"]
            for name in ("device", "centre", "centre_name", "person", "person_name", "role", "keyring", "state"):
                self.store.put(name, stated[name])
            for name, value in (("url", code.url), ("origin", code.origin), ("root_key", code.root_key)):
                self.store.put(name, value)
            self.store.put("pin", code.pin)
            self.store.put(LISTENS, again)
            if anew:
                self.mirror.forget()
                self.take_next_key()
                self.outbox.begin_anew(self.identity())
        self._begin_spool()

    def _begin_spool(self) -> None:
        """What was saved before this enrolment, or before there were spools, is sealed as well."""
        to = self.keyring().seal_key()
        if to is not None:
            unsent = self.store.rows(
                "SELECT number, e.body FROM entry e LEFT JOIN batch b ON b.sequence = e.sequence"
                " WHERE b.receipt IS NULL ORDER BY number"
            )
            self.spool.begin(self.store.get("url"), self.store.get("pin"), self.identity())
            self.spool.add(unsent, self.identity(), to)

    def _spool(self, entries: Sequence[tuple[int, bytes]]) -> None:
        if not self.enrolled or (to := self.keyring().seal_key()) is None:
            return
        if self.spool.begun:
            self.spool.add(entries, self.identity(), to)
        else:
            self._begin_spool()

    def identity(self) -> Identity:
        """Who signs. Raises `DeviceError("device.unknown")` before enrolment."""
        if not self.enrolled:
            raise DeviceError("device.unknown")
        get = self.store.get
        origin, centre, device = (bytes.fromhex(get(name)) for name in ("origin", "centre", "device"))
        return Identity(origin, centre, device, self.new_key())

    def keyring(self) -> Keyring:
        """The server's keys, as far as this device knows."""
        envelope = self.store.get("keyring").encode()
        origin, root_key = self.store.get("origin"), self.store.get("root_key")
        return keyrings.load(envelope, bytes.fromhex(root_key), bytes.fromhex(origin))

    def trust(self) -> Trust:
        """What this device knows for certain."""
        identity, root_key = self.identity(), bytes.fromhex(self.store.get("root_key"))
        return Trust(identity.origin, identity.centre, identity.device, root_key, self.keyring())

    def frontier(self) -> Frontier:
        """The centre's log as far as this device has verified it."""
        hashes = self.store.get("frontier", [])
        return Frontier(self.store.get("log_size", 0), tuple(bytes.fromhex(one) for one in hashes))

    def log_name(self, epoch: int) -> str:
        """The origin line of the centre's log."""
        identity = self.identity()
        return note.name(identity.origin, identity.centre, epoch)

    def fingerprint(self) -> str:
        """What is compared with the centre head's screen."""
        return fingerprint(self.new_key().public_key)

    def now(self) -> int:
        """The device's best claim of the time: its clock, put right by the offset learnt from the server."""
        return self.clock() + int(self.store.get("clock_offset", 0))

    # What a person does ----------------------------------------------------------------------------------------

    def new_id(self) -> str:
        """An id for a new record."""
        return ids.uuid7(self.clock(), secrets.token_bytes(10)).hex()

    def open(self, record: str) -> Form:
        """Open a record's form; this fixes what was seen. Raises `DeviceError`: ``record.unknown``, ``lease.over``."""
        self._check_lease()
        return self._open(record)

    def _open(self, record: str) -> Form:
        view = self._view(record)
        if view is None:
            raise DeviceError("record.unknown")
        return Form(record, view.kind, view)

    def new(self, kind: str, record: str | None = None) -> Form:
        """An empty form for a new record."""
        if record is not None and not ids.is_id(record):
            raise DeviceError("value.not_reference")
        if kind not in KINDS or KINDS[kind].written_by is not None:
            raise DeviceError("kind.read_only" if kind in KINDS else "kind.unknown")
        return Form(record or self.new_id(), kind, None)

    def save(self, form: Form, fields: Mapping[str, Any]) -> int:
        """Save what differs from what the form showed; gives the last entry's number, 0 where nothing differs. Private
        fields are an entry of their own.

        The save is durable when this returns. Raises `InvalidEntryError` and saves nothing.
        """
        changed = form.changed(form.tidy(fields))
        if not changed:
            return 0
        check_plain(changed)
        form.check(changed)
        self._check_own(form)
        if form.kind == "application":
            self._check_answers(form, changed)
        if form.kind == "mandate":
            mandates.check(self, form, changed)
        now = self.now()
        bodies = [
            entry.change(form.record, form.kind, part, seen=form.seen, at=now, over=form.over(part) or None)
            for part in private.split(form.kind, changed)
        ]
        return self._keep(form.record, form.kind, "change", *bodies)

    def settle(self, record: str, field: str, value: Any) -> int:
        """Settle a conflict by `value`: it replaces every value that `conflicts` showed last, and none that a sync
        brought since. A conflict that was not shown is settled as it stands now. Raises
        `DeviceError("field.private")` where this device sees masks: the centre settles that.
        """
        form = self._open(record)
        if field in private.PRIVATE.get(form.kind, ()):
            raise DeviceError("field.private")
        check_plain({field: value})
        form.check({field: value})
        self._check_own(form)
        view = self._view(record)
        now = [form.seen, [p for p in view.positions(field) if p <= form.seen] if view else []]
        seen, positions = self.store.get(SHOWN, {}).get(f"{record} {field}", now)
        body = entry.change(record, form.kind, {field: value}, seen=seen, at=self.now(), over={field: positions})
        return self._keep(record, form.kind, "change", body)

    def command(self, record: str, name: str, arguments: Mapping[str, Any] | None = None) -> int:
        """Ask for something; the answer comes with a later sync as an outcome."""
        form, view = self._open(record), self._view(record)
        known = KINDS[form.kind].commands.get(name)
        if known is None:
            raise DeviceError("command.unknown")
        check_plain(arguments or {})
        wrong = {n: "value.incomplete" for n in known.required if (arguments or {}).get(n) is None}
        wrong |= _misfits(known.arguments, arguments or {})
        if wrong:
            raise InvalidEntryError("argument.invalid", wrong)
        version = self.mirror.status(view)[1] if view and form.seen else None
        body = entry.command(record, form.kind, name, arguments, expected=version, at=self.now())
        return self._keep(record, form.kind, "command", body, name=name)

    def report(self, record: str, name: str, facts: Mapping[str, Any] | None = None) -> int:
        """Report a fact: it is always recorded."""
        form = self._open(record)
        known = KINDS[form.kind].reports.get(name)
        if known is None:
            raise DeviceError("report.unknown")
        check_plain(facts or {})
        if wrong := _misfits(known.facts, facts or {}):
            raise InvalidEntryError("argument.invalid", wrong)
        body = entry.report(record, form.kind, name, facts, at=self.now())
        return self._keep(record, form.kind, "report", body, name=name)

    def attach_photo(self, parent: str, source: Path, fields: Mapping[str, Any]) -> Attached:
        """Keep a photo of a paper under a record: scaled, without metadata, judged, sealed to the centre under a key of
        its own, hashed as it will travel. Raises `DeviceError("seal.no_key")` before enrolment.

        File first, then the record that names it, so that a crash leaves a file without record at worst. Raises
        `images.ImageError` for what is no photo.
        """
        to = self.keyring().seal_key() if self.enrolled else None
        if to is None:
            raise DeviceError("seal.no_key")
        with source.open("rb") as file:
            prepared = images.prepare(file)
        identity, key = self.identity(), secrets.token_bytes(32)
        purpose = sealing.Purpose(sealing.PHOTO, identity.origin, identity.centre)
        sealed = b"".join(sealing.seal([prepared.data], key, to, purpose))
        digest = hashlib.sha256(sealed).hexdigest()
        form, now = self.new("photo"), self.now()
        # The name says to which record it belongs: it may have to be carried in without the store.
        path = self.store.photos / f"{form.record}-{digest}.sealed"
        write_file(path, sealed)
        faults.reach("device.photo.written")
        values = {
            "parent": parent,
            "sha256": digest,
            "size": len(sealed),
            "type": "application/octet-stream",
            "clear_sha256": prepared.digest.hex(),
            "width": prepared.width,
            "height": prepared.height,
            "taken_at": now,
            **fields,
        }
        check_plain(values)
        form.check(values)
        body = checked(entry.change(form.record, "photo", values, seen=0, at=now))
        with self.store.transaction():
            number = self.outbox.add(bytes.fromhex(form.record), "photo", "change", body, now)
            self.store.run(
                "INSERT INTO photo (record, sha256, path, size, taken_at, key) VALUES (?, ?, ?, ?, ?, ?)",
                *(bytes.fromhex(form.record), digest, path.name, len(sealed), now, key),
            )
        faults.reach("device.photo.recorded")
        self._spool([(number, body)])
        return Attached(form.record, digest, len(sealed), prepared.findings)

    def photo(self, record: str) -> bytes:
        """A photo that was taken on this device, while it is still here. Raises `DeviceError("photo.unknown")`."""
        self._check_lease()
        row = self.store.row("SELECT path, key FROM photo WHERE record = ? AND path <> ''", bytes.fromhex(record))
        if row is None:
            raise DeviceError("photo.unknown")
        kept = (self.store.photos / row[0]).read_bytes()
        return kept if row[1] is None else b"".join(sealing.Opening([kept]).content(row[1]))

    # What a person sees ----------------------------------------------------------------------------------------

    def view(self, record: str) -> View | None:
        """A record as it stands on this device. Raises `DeviceError("lease.over")`, as all that shows records."""
        self._check_lease()
        return self._view(record)

    def _view(self, record: str) -> View | None:
        return self.mirror.view(bytes.fromhex(record)) if ids.is_id(record) else None

    def records(self, kind: str, parent: str | None = None) -> list[View]:
        """Records of a kind, of one parent if it is named."""
        self._check_lease()
        return self.mirror.records(kind, bytes.fromhex(parent) if parent else None)

    def today(self, start: int, end: int) -> list[View]:
        """This agent's visits between two moments, in order of time; those of two are both agents'."""
        mine = self.store.get("person")
        visits = [
            view
            for view in self.records("visit")
            if mine in crew_of(view.values) and start <= int(view.values.get("start") or -1) < end
        ]
        return sorted(visits, key=lambda view: int(view.values["start"]))

    def conflicts(self) -> list[Conflict]:
        """Fields with more than one value, in records of this device's scope. What is shown here is what `settle`
        settles."""
        self._check_lease()
        found = []
        shown: dict[str, tuple[int, list[int]]] = {}
        for (id_,) in self.store.rows("SELECT DISTINCT record FROM change GROUP BY record HAVING count(*) > 1"):
            view = self.mirror.view(id_)
            for name, values in view.conflicts.items() if view else ():
                label = KINDS[view.kind].label_of(name) if view and view.kind in KINDS else name
                if view:
                    found.append(Conflict(id_.hex(), view.kind, name, label, tuple(values), view.position))
                    pulled = [position for position in view.positions(name) if position < UNSENT]
                    shown[f"{id_.hex()} {name}"] = view.position, pulled
        self.store.put(SHOWN, shown)
        return found

    def status(self) -> Status:
        """What this device holds alone, counted from rows without receipt."""
        entries = self.store.row(
            "SELECT count(*) FROM entry e LEFT JOIN batch b ON b.sequence = e.sequence WHERE b.receipt IS NULL"
        )
        photos = self.store.row("SELECT count(*), coalesce(sum(size), 0) FROM photo WHERE receipt IS NULL")
        get = self.store.get
        return Status(
            entries=entries[0] if entries else 0,
            photos=photos[0] if photos else 0,
            photo_bytes=photos[1] if photos else 0,
            troubled=len(self.outbox.troubled()),
            synced_at=get("synced_at"),
            bootstrap_complete=bool(get("bootstrap_complete", False)),
        )

    def renew_lease(self) -> None:
        """The centre was heard of: records are shown for another while. Call it within a transaction."""
        self.store.put("lease", self.now() + LEASE)
        self.store.put("latest", self.now())

    def _check_lease(self) -> None:
        until, latest = self.store.get("lease"), self.store.get("latest", 0)
        # A clock that was set back buys no time.
        if until is not None and max(self.now(), latest) > until:
            raise DeviceError("lease.over")

    def _keep(self, record: str, kind: str, action: str, *bodies: bytes, name: str | None = None) -> int:
        for body in bodies:
            checked(body)
        faults.reach("device.save.begun")
        id_, now = bytes.fromhex(record), self.clock()
        with self.store.transaction():
            kept = [(self.outbox.add(id_, kind, action, body, now, name), body) for body in bodies]
            faults.reach("device.save.before_commit")
        faults.reach("device.save.committed")
        self._spool(kept)
        return kept[-1][0]

    def _check_own(self, form: Form) -> None:
        """Nobody changes what another said. Phones know authors by name alone, so this is for a clear word at once; the
        server judges."""
        view = self._view(form.record)
        if view is not None:
            wrote = any(one.author == self.store.get("person_name") for one in view.written)
            if KINDS[form.kind].foreign_to(self.store.get("person"), view.values, wrote=wrote):
                raise DeviceError("record.not_yours")

    def _questions(self, kind: str, values: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """The questions of the item that an application names."""
        item = values.get("item") if kind == "application" else None
        view = self._view(item) if isinstance(item, str) else None
        return list(view.values.get("form") or []) if view else []

    def _check_answers(self, form: Form, changed: Mapping[str, Any]) -> None:
        """Answers of a form whose item is chosen in the same save are checked against that item."""
        questions = self._questions(form.kind, {**form.values, **changed})
        if wrong := answer_problems(questions, changed):
            raise InvalidEntryError("answers.invalid", wrong)


def crew_of(visit: Mapping[str, Any]) -> list[str]:
    """Who comes to a visit with these values, or was last to come; before crews were written down that was one."""
    return list(visit.get("agents") or filter(None, [visit.get("agent")]))


def check_plain(values: Mapping[str, Any]) -> None:
    """Raise `InvalidEntryError` for values that no strict JSON can carry; they would be refused with their whole
    batch."""
    wrong = {}
    for name, value in values.items():
        try:
            strict.check_value(value)
        except (strict.StrictnessError, TypeError, RecursionError):
            wrong[name] = "entry.malformed"
    if wrong:
        raise InvalidEntryError("entry.malformed", wrong)


def checked(body: bytes) -> bytes:
    """An entry as the server will take it. Raises `InvalidEntryError` before anything is saved: an entry that is
    refused
    whole would hold up everything behind it."""
    if len(body) > limits.ENTRY_BYTES:
        raise InvalidEntryError("entry.too_large", {})
    try:
        strict.check_bytes(body)
        made = entry.decode(body)
        if isinstance(made.fields, Raw):
            entry.field_names(strict.decoded(made.fields))
    except strict.StrictnessError as error:
        raise InvalidEntryError("entry.malformed", {str(error): "entry.malformed"}) from None
    return body


def _misfits(types: Mapping[str, Type], values: Mapping[str, Any]) -> dict[str, str]:
    found = {}
    for name, value in values.items():
        if name in types and (problem := types[name].problem(value)):
            found[name] = problem
    return found
