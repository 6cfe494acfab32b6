"""What the device knows of records: the server's heads, with its own unsent entries laid over them.

The same `merge` as the server's decides, so what an agent sees at the home is what the server will make of it, unless
somebody else wrote meanwhile.
"""

from collections.abc import Iterable, Sequence

import msgspec

from daiban_client_sdk.store import Store
from daiban_schemas import private
from daiban_schemas.entry import Entry, decode, fields_of
from daiban_schemas.kind import AUTHORITY
from daiban_schemas.kinds import KINDS
from daiban_sync.clock import effective
from daiban_sync.errors import WireError
from daiban_sync.ids import NOBODY
from daiban_sync.merge import UNSENT, Change, Head, lay
from daiban_sync.receipt import Receipt
from daiban_sync.view import View, Written
from daiban_sync.wire import Author, Own, PulledRecord

_json = msgspec.json.decode
_CHANGE = "INSERT INTO change VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_RECORD = "INSERT OR REPLACE INTO record (id, kind, parent, position) VALUES (?, ?, ?, ?)"


class Mirror:
    """Reads and writes the mirror in `store`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def view(self, record: bytes) -> View | None:
        """The record with unsent entries laid over it; None where neither the server nor this device has it."""
        row = self._store.row("SELECT kind, position FROM record WHERE id = ?", record)
        own = self._own(record)
        if row is None and not own:
            return None
        kind = row[0] if row else own[0][1].kind
        pulled = self._pulled(record) if row else []
        return View(record.hex(), kind, row[1] if row else 0, self._laid(pulled, own))

    def records(self, kind: str, parent: bytes | None = None) -> list[View]:
        """All records of a kind that are not deleted, those of this device last; of one parent if it is named."""
        known = self._store.rows(
            "SELECT id FROM record WHERE kind = ?1 AND (?2 IS NULL OR parent = ?2) ORDER BY position", kind, parent
        )
        ids = [row[0] for row in known]
        open_ids = [
            row[0]
            for row in self._store.rows(
                "SELECT DISTINCT record FROM entry WHERE mirrored = 0 AND kind = ? ORDER BY number", kind
            )
        ]
        views = (self.view(id_) for id_ in dict.fromkeys([*ids, *open_ids]))
        return [v for v in views if v is not None and v.kind == kind and not v.deleted and _is_under(v, parent)]

    def status(self, view: View) -> tuple[str | None, int]:
        """State and version of the record's state machine, as the server last said."""
        kind = KINDS.get(view.kind)
        return view.values.get("status", kind.first_state if kind else None), int(view.values.get("version", 0))

    def take(self, records: Iterable[PulledRecord], authors: Sequence[Author]) -> None:
        """Write pulled records into the mirror; call it within a transaction."""
        for pulled in records:
            if pulled.gone:
                self._store.run("UPDATE record SET gone = 1 WHERE id = ?", pulled.record)
                continue
            self._store.run("DELETE FROM change WHERE record = ?", pulled.record)
            kind, parent = "", None
            rows: list[tuple[object, ...]] = []
            for change in pulled.changes:
                body = change.body or private.veiled(self._handed_in(change.number)[1])
                entry = decode(body)
                kind = entry.kind
                parent = _parent(entry) or parent
                author = authors[change.author]
                names = None if change.names is None else ",".join(change.names)
                rows.append(
                    (
                        pulled.record,
                        change.position,
                        bytes.fromhex(author.device),
                        change.number,
                        author.chained,
                        author.name,
                        change.authority,
                        change.effective,
                        names,
                        body,
                    )
                )
            self._store.many(_CHANGE, rows)
            self._store.run(_RECORD, pulled.record, kind, parent, pulled.position)

    def adopt(self, runs: Iterable[Own], receipts: Iterable[Receipt], device: bytes) -> None:
        """Write records that consist of what this device has just handed in, from its own outbox; call it within a
        transaction. `receipts` are those of the batches that brought them."""
        bounds = {receipt.sequence: receipt.bounds for receipt in receipts}
        name, authority = self._store.get("person_name"), AUTHORITY[self._store.get("role")]
        for number, position, length in runs:
            for i in range(length):
                sequence, body = self._handed_in(number + i)
                entry = decode(body)
                if sequence not in bounds:
                    raise WireError("body.malformed", "an own record without a receipt")
                record, believed = bytes.fromhex(entry.record), effective(entry.at, bounds[sequence])
                body = private.veiled(body)
                self._store.run("DELETE FROM change WHERE record = ?", record)
                self._store.run(
                    _CHANGE, record, position + i, device, number + i, True, name, authority, believed, None, body
                )
                self._store.run(_RECORD, record, entry.kind, _parent(entry), position + i)

    def erase(self, records: Iterable[PulledRecord], authors: Sequence[Author]) -> list[bytes]:
        """Let go of what this device still holds itself of records that the centre erased; call it within a
        transaction, after `take`. Gives those records. Only the server's own word counts for that."""
        gone = []
        for pulled in records:
            told = (c for c in pulled.changes if c.authority == AUTHORITY["server"] and c.body)
            if any("erased" in fields_of(decode(c.body)) and authors[c.author].role == "server" for c in told):
                gone.append(pulled.record)
        for record in gone:
            self._store.run(
                "UPDATE entry SET body = x'', mirrored = 1 WHERE record = ? AND sequence IN"
                " (SELECT sequence FROM batch WHERE receipt IS NOT NULL)",
                record,
            )
        return gone

    def _handed_in(self, number: int) -> tuple[int, bytes]:
        """An own entry: its batch's sequence, and its bytes. Raises `WireError` where there is no such change."""
        row = self._store.row("SELECT sequence, body FROM entry WHERE number = ? AND action = 'change'", number)
        if row is None or not row[1]:
            raise WireError("body.malformed", "an own entry that this device does not have")
        return row[0], row[1]

    def purge(self) -> None:
        """Let go of records that left this device's scope, once its own work on them is handed in and came back; call
        it within a transaction."""
        # One condition in two statements; S608 warns of injection, and there is nothing of anybody else's in it.
        drained = "gone = 1 AND NOT EXISTS (SELECT 1 FROM entry WHERE entry.record = record.id AND mirrored = 0)"
        self._store.run(f"DELETE FROM change WHERE record IN (SELECT id FROM record WHERE {drained})")  # noqa: S608
        self._store.run(f"DELETE FROM record WHERE {drained}")  # noqa: S608

    def forget(self) -> None:
        """Throw the mirror away, to pull it anew; the outbox stays. Call it within a transaction."""
        self._store.run("DELETE FROM change")
        self._store.run("DELETE FROM record")
        self._store.put("cursor", "")
        self._store.put("bootstrap_complete", False)

    def _pulled(self, record: bytes) -> list[Written]:
        found = self._store.rows(
            "SELECT position, device, number, chained, author, authority, effective, names, body FROM change"
            " WHERE record = ? ORDER BY position",
            record,
        )
        written = []
        for position, device, number, chained, author, authority, believed, names, body in found:
            entry = decode(body)
            fields = fields_of(entry)
            held = tuple(fields) if names is None else tuple(names.split(","))
            written.append(
                Written(
                    *(position, device, number, bool(chained), author, authority, believed),
                    *(entry.at, entry.seen, entry.over or {}, fields, held),
                )
            )
        return written

    def _own(self, record: bytes) -> list[tuple[int, Entry]]:
        """Changes of this device that the mirror does not show yet."""
        found = self._store.rows(
            "SELECT number, body FROM entry WHERE mirrored = 0 AND record = ? AND action = 'change'"
            " AND (outcome IS NULL OR outcome <> 'refused') ORDER BY number",
            record,
        )
        return [(number, decode(body)) for number, body in found]

    def _laid(self, pulled: list[Written], own: list[tuple[int, Entry]]) -> list[Written]:
        if not own:
            return pulled
        # Work may be saved before the device is enrolled: then it is nobody's yet.
        get = self._store.get
        device, author = bytes.fromhex(get("device", NOBODY.hex())), get("person_name", "")
        role = get("role", "agent")
        heads: tuple[Head, ...] = tuple(written.head for written in pulled)
        everything = {written.position: written for written in pulled}
        # In the middle of a pull an own entry may stand among the pulled heads already: it is laid once.
        there = {written.number for written in pulled if written.device == device}
        for number, entry in own:
            if number in there:
                continue
            fields = fields_of(entry)
            position, over = UNSENT + number, entry.over or {}
            heads = lay(heads, Change(position, device, number, True, tuple(fields), entry.seen, over))
            everything[position] = Written(
                *(position, device, number, True, author, AUTHORITY[role], entry.at),
                *(entry.at, entry.seen, over, fields, tuple(fields)),
            )
        return [everything[head.position]._replace(names=head.names) for head in heads]


def _parent(entry: Entry) -> bytes | None:
    kind = KINDS.get(entry.kind)
    if kind is None or kind.parent is None:
        return None
    raw = fields_of(entry).get(kind.parent)
    value = _json(raw) if raw is not None else None
    return bytes.fromhex(value) if isinstance(value, str) else None


def _is_under(view: View, parent: bytes | None) -> bool:
    if parent is None:
        return True
    kind = KINDS.get(view.kind)
    return bool(kind and kind.parent and view.values.get(kind.parent) == parent.hex())
