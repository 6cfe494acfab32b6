"""Households that the centre made one (并户), as this phone knows them."""

from collections.abc import Mapping

from daiban_client_sdk.device import Device
from daiban_sync.ids import is_id
from daiban_sync.view import View


def kept_household(device: Device, household: str) -> str:
    """The household that stays: the one named, or the last that it was merged into, as far as this phone has that. What
    was begun under the other goes on there and is handed in as it is; the centre shows it with the one that stays.
    Raises `DeviceError("lease.over")`."""
    while (into := _into(device.view(household))) and device.view(into) is not None:
        household = into
    return household


def merged(device: Device) -> Mapping[str, str]:
    """The households on this phone that were merged, each with the one that stays."""
    return {one.record: kept_household(device, one.record) for one in device.records("household") if _into(one)}


def _into(view: View | None) -> str:
    named = view.values.get("merged_into") if view is not None else None
    return named if isinstance(named, str) and is_id(named) else ""
