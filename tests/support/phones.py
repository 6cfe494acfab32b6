"""Phones for stories in which nobody steals them: their stores lie open, so that nothing waits for Argon2id.

What a locked phone does is told in `tests/devices/test_locked.py`.
"""

from collections.abc import Callable
from pathlib import Path

from daiban_client_sdk import BlockingClient, Client
from daiban_client_sdk.device import Device
from daiban_client_sdk.lock import Keystore
from daiban_client_sdk.transport import wall_clock


def phone_in(
    folder: Path, now: Callable[[], int] = wall_clock, pin: str | None = None, keystore: Keystore | None = None
) -> Client:
    """A client that is unlocked unless a lock is given."""
    return Client(folder, now, pin, keystore, anyone_may_read=True)


def blocking_phone_in(folder: Path) -> BlockingClient:
    """The same, blocking."""
    return BlockingClient(folder, anyone_may_read=True)


def device_in(folder: Path, now: Callable[[], int] = wall_clock) -> Device:
    """A device without a link, unlocked."""
    return Device(folder, now, anyone_may_read=True)
