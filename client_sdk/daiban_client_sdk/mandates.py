"""A mandate at the home: the text that is read out, and what is kept of who signed it, how and before whom.

Where the rules of `daiban_schemas.mandate` do not hold nothing is saved: an unusable mandate costs a second trip.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from daiban_client_sdk.errors import InvalidEntryError
from daiban_client_sdk.forms import Form
from daiban_schemas import mandate

if TYPE_CHECKING:
    from daiban_client_sdk.device import Device
    from daiban_client_sdk.shown import Shown

POWERS = ("递交和补正材料", "领取办理结果")
"""What an agent usually is empowered to."""
_RULED = frozenset({"application", "agent", "signers", "text_version", "text_sha256"})


class Signer(NamedTuple):
    """Who signs: `mark` is ``drawn``, ``fingerprint`` (before a `witness` who is not the agent) or ``paper``; `photo`
    is the id of the photo of the sign, `at` Unix milliseconds (0: now)."""

    name: str
    mark: str
    witness: str = ""
    relation: str = ""
    photo: str = ""
    place: str = ""
    at: int = 0

    def told(self, now: int) -> dict[str, Any]:
        """As the record keeps it."""
        given = {name: value for name, value in self._asdict().items() if value}
        return {**given, "at": self.at or now}


def text() -> str:
    """The text that is read out before anybody signs."""
    return mandate.TEXTS[mandate.NEWEST]


def give(device: "Device", /, case: str, principal: Mapping[str, Any], term: tuple[str, str], **more: Any) -> str:
    """A mandate for this device's owner in a case, not signed yet; gives its id. `term` are its first and last day
    (``YYYY-MM-DD``); `more` are other fields, such as `powers` and `place`. Raises `InvalidEntryError` and
    `DeviceError("record.unknown")`."""
    item = device.view(str(device.open(case).values.get("item") or ""))
    form = device.new("mandate")
    fields = {
        "application": case,
        "text_version": mandate.NEWEST,
        "text_sha256": mandate.sha256_of(mandate.NEWEST),
        "principal": dict(principal),
        "agent": device.store.get("person_name"),
        "matter": str(item.values.get("name") or "")[:200] if item else "",
        "powers": list(POWERS),
        "valid_from": term[0],
        "valid_until": term[1],
    }
    device.save(form, {name: value for name, value in {**fields, **more}.items() if value})
    return form.record


def sign(device: "Device", record: str, signer: Signer) -> None:
    """One more signs a mandate, now and here; those who signed before stay. Raises `InvalidEntryError`: a fingerprint
    needs a witness, some items take no drawn signature."""
    form = device.open(record)
    device.save(form, {"signers": [*(form.values.get("signers") or ()), signer.told(device.now())]})


def check(device: "Shown", form: Form, changed: Mapping[str, Any]) -> None:
    """Refuse what the rules would not let stand, and an edit of what was signed; one of anything else passes. Raises
    `InvalidEntryError`."""
    if form.values.get("signers") and (signed := changed.keys() & {*mandate.SIGNED}):
        raise InvalidEntryError("mandate.signed", dict.fromkeys(sorted(signed), "mandate.signed"))
    if _RULED.isdisjoint(changed):
        return
    values = {**form.values, **changed}
    case = device.view(str(values.get("application") or ""))
    item = device.view(str(case.values.get("item") or "")) if case else None
    if code := mandate.fault(values, item.values if item else {}):
        raise InvalidEntryError(code, {"text_sha256" if code == "mandate.text" else "signers": code})
