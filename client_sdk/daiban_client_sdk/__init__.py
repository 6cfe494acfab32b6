"""Daiban's SDK: what a builder of a mobile app needs. `Client` is async, `BlockingClient` waits."""

from daiban_client_sdk.blocking import BlockingClient
from daiban_client_sdk.client import Client
from daiban_client_sdk.errors import AlarmError, DeviceError, InvalidEntryError, OfflineError, RefusedError
from daiban_client_sdk.forms import Form
from daiban_client_sdk.mandates import Signer
from daiban_client_sdk.maps import map_link, place_on_map
from daiban_client_sdk.phone import Person, Phone
from daiban_client_sdk.progress import Progress, Status

__all__ = [
    "AlarmError",
    "BlockingClient",
    "Client",
    "DeviceError",
    "Form",
    "InvalidEntryError",
    "OfflineError",
    "Person",
    "Phone",
    "Progress",
    "RefusedError",
    "Signer",
    "Status",
    "map_link",
    "place_on_map",
]
