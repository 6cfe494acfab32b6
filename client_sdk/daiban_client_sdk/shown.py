"""What a device shows to who opened it, while its lease lasts.

Each sync renews the lease: a phone that nobody heard of for `LEASE` shows nothing any more, keeps what it has, takes
new records, and hands in.
"""

import contextlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlcipher3 import dbapi2

from daiban_client_sdk.errors import DeviceError
from daiban_client_sdk.owner import Owner
from daiban_client_sdk.progress import Status
from daiban_schemas.kinds import KINDS
from daiban_sync import ids
from daiban_sync.merge import UNSENT
from daiban_sync.outcome import Outcome
from daiban_sync.view import Value, View

MINUTE = 60_000
DAY = 86_400_000
LEASE = 14 * DAY
"""Milliseconds after a sync for which records are shown."""
SLACK = 5 * MINUTE
"""By how much a clock may be put right at a time."""
SHOWN = "conflicts_shown"
"""In `meta`: what `conflicts` showed last, as ``record field`` → position of the record, positions of the values."""


class Conflict(NamedTuple):
    """A field with more than one value, the visible one first."""

    record: str
    kind: str
    field: str
    label: str
    values: tuple[Value, ...]
    seen: int = 0


class Shown(Owner):
    """A device with what a person sees on it. All that shows records raises `DeviceError("lease.over")`."""

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
        photos = self.store.row(
            "SELECT count(*), coalesce(sum(size), 0) FROM (SELECT size FROM photo WHERE receipt IS NULL"
            " UNION ALL SELECT length(data) FROM early_photo)"
        )
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
        self.store.put("seen_at", self.now())

    def _check_lease(self) -> None:
        """A clock that is set back buys no time: what is over stays so until the centre is heard of again, and each
        time that it is found set back costs a day. Who sets it back by less, every few minutes, is not found out."""
        until, seen, now = self.store.get("lease"), self.store.get("seen_at", 0), self.now()
        if until is None:
            return
        left = until - DAY if now < seen - SLACK else until
        if now > left:
            left = 0
        if left != until or abs(now - seen) > MINUTE:
            # On a disk without room, or while another process writes, one may look all the same.
            with contextlib.suppress(dbapi2.OperationalError, OSError), self.store.transaction():
                self.store.put("lease", left)
                self.store.put("seen_at", now)
        if not left:
            raise DeviceError("lease.over")

    def troubled(self) -> list[tuple[int, str, str, Outcome]]:
        """Entries that were refused or wait, with the reason: number, record, kind and outcome."""
        return self.outbox.troubled()

    def checkpoint(self) -> str:
        """The newest checkpoint that this device verified, a signed note to show to others; "" before the first."""
        return str(self.store.get("checkpoint_note", ""))


def crew_of(visit: Mapping[str, Any]) -> list[str]:
    """Who comes to a visit with these values, or was last to come; before crews were written down that was one."""
    return list(visit.get("agents") or filter(None, [visit.get("agent")]))
