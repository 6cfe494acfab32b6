"""Named instants at which a process may be killed.

Production code says ``reach("push.committed")``; nothing happens unless a test installed a hook. The names
are listed here, so that the kill tests can prove that they visited every one.
"""

from collections.abc import Callable

SERVER_POINTS = (
    "server.push.received",
    "server.push.begun",
    "server.push.applied",
    "server.push.before_commit",
    "server.push.committed",
    "server.push.before_answer",
    "server.photo.created",
    "server.photo.appended",
    "server.photo.flushed",
    "server.photo.verified",
    "server.photo.renamed",
    "server.photo.recorded",
)
DEVICE_POINTS = (
    "device.save.begun",
    "device.save.before_commit",
    "device.save.committed",
    "device.freeze.before_commit",
    "device.freeze.committed",
    "device.push.sent",
    "device.push.answered",
    "device.receive.before_commit",
    "device.receive.committed",
    "device.photo.written",
    "device.photo.recorded",
    "device.photo.ticket",
    "device.photo.uploaded",
    "device.photo.receipted",
)
POINTS = SERVER_POINTS + DEVICE_POINTS


def _nothing(name: str) -> None:
    return None


_hook: Callable[[str], None] = _nothing


def reach(name: str) -> None:
    """Say that the code stands at `name`, one of `POINTS`."""
    _hook(name)


def install(hook: Callable[[str], None]) -> None:
    """Call `hook` at every point from now on (tests only)."""
    global _hook
    _hook = hook
