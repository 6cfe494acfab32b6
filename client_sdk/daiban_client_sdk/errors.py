"""What can go wrong on the device.

::

    DeviceError             carries a code of `daiban_schemas.problem`; nothing that was saved is lost
    ├── InvalidEntryError   what was to be saved does not fit; `fields` says which and why; nothing was saved
    ├── OfflineError        the server could not be reached, or the link kept breaking; try again later
    ├── RefusedError        the server said no and will say no again; `advice` says what to do
    └── AlarmError          the log contradicts itself: show it to the centre head, do not retry
"""

from collections.abc import Mapping

from daiban_schemas.problem import words


class DeviceError(Exception):
    """Base of all; `code` is stable."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail

    def told(self, language: str = "zh") -> str:
        """What happened and what to do, for the person who holds the device."""
        title, advice = words(self.code, language)
        if not advice:
            return title
        return f"{title}。{advice}。" if language == "zh" else f"{title}. {advice}."


class InvalidEntryError(DeviceError):
    """`fields` maps a field's name to the code of its problem."""

    def __init__(self, code: str, fields: Mapping[str, str]) -> None:
        super().__init__(code, ", ".join(fields))
        self.fields = dict(fields)


class OfflineError(DeviceError):
    """No link, or one that broke too often."""

    def __init__(self, detail: str = "") -> None:
        super().__init__("device.offline", detail)


class RefusedError(DeviceError):
    """A problem document from the server."""


class AlarmError(DeviceError):
    """A proof that does not hold."""
