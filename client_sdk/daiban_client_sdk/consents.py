"""Notice and consent at the home: which text is read out, who agreed to it and how, and what an application lacks."""

import datetime
from collections.abc import Mapping
from typing import Any

from daiban_client_sdk.device import Device
from daiban_client_sdk.errors import DeviceError
from daiban_schemas import consents, texts
from daiban_schemas.kinds.consent import KIND
from daiban_schemas.texts import Text
from daiban_schemas.zone import SHANGHAI


def text(kind: str) -> Text:
    """The text that is to be read, or read out: ``notice`` or ``sensitive``. Raises `DeviceError("value.not_a_choice")`
    for another kind."""
    try:
        return texts.current(kind)
    except KeyError:
        raise DeviceError("value.not_a_choice") from None


def agree(device: Device, /, case: str, kind: str, about: Mapping[str, Any], **given: Any) -> str:
    """Somebody was told by the current notice, or agreed by the current separate consent; gives the record. `about` is
    ``{"name", "identity_number"?, "born"?}``, of `given` the fields of the kind ``consent`` are kept.

    Whoever only said so or pressed a finger needs a witness who is neither he nor this phone's owner, and somebody
    under fourteen a guardian: that is said here, while they sit at the table. Raises `DeviceError` with the rule's
    code, and keeps nothing then.
    """
    signed = text(kind)
    values = {
        "application": case,
        "about": dict(about),
        "text": signed.kind,
        "text_version": signed.version,
        "text_sha256": signed.sha256,
        "given_by": "self",
        "mark": "drawn",
        "given_at": device.now(),
        **given,
    }
    taken_by = {"id": device.store.get("person"), "name": device.store.get("person_name")}
    for rule in KIND.rules:
        if not rule.holds({name: {**values, "taken_by": taken_by}.get(name) for name in rule.fields}):
            raise DeviceError(rule.code)
    form = device.new("consent")
    device.save(form, {name: value for name, value in values.items() if value is not None})
    return form.record


def lacking(device: Device, case: str) -> tuple[str, ...]:
    """What an application lacks, as `consents.lacking` says. Raises `DeviceError("record.unknown")`."""
    view = device.view(case)
    if view is None:
        raise DeviceError("record.unknown")
    given = [one.values for one in device.records("consent", case) if one.values.get("status") != "withdrawn"]
    at = view.values.get("collected_at") or device.now()
    day = datetime.datetime.fromtimestamp(at / 1000, SHANGHAI).date()
    return consents.lacking(view.values, given, day, photos=bool(device.records("photo", case)))
