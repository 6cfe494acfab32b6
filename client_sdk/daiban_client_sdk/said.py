"""What a person says on a device: forms opened and saved, conflicts settled, commands, reports. All of it without a
signal; it is durable when the call returns."""

from collections.abc import Mapping
from typing import Any

from daiban_client_sdk import mandates
from daiban_client_sdk.errors import DeviceError, InvalidEntryError
from daiban_client_sdk.forms import Form
from daiban_client_sdk.shown import SHOWN, Shown
from daiban_client_sdk.sound import check_plain, checked, misfits
from daiban_schemas import entry, private
from daiban_schemas.forms import answer_problems
from daiban_schemas.kinds import KINDS
from daiban_sync import faults, ids


class Said(Shown):
    """A device with what a person says on it."""

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

        The save is durable when this returns. Raises `InvalidEntryError`, or `DeviceError("disk.full")`, and saves
        nothing.
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
        wrong |= misfits(known.arguments, arguments or {})
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
        if wrong := misfits(known.facts, facts or {}):
            raise InvalidEntryError("argument.invalid", wrong)
        body = entry.report(record, form.kind, name, facts, at=self.now())
        return self._keep(record, form.kind, "report", body, name=name)

    def _keep(self, record: str, kind: str, action: str, *bodies: bytes, name: str | None = None) -> int:
        for body in bodies:
            checked(body)
        faults.reach("device.save.begun")
        id_, now = bytes.fromhex(record), self.clock()
        with self.saving() as kept:
            kept += [(self.outbox.add(id_, kind, action, body, now, name), body) for body in bodies]
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
