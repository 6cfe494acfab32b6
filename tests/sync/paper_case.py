"""One paper of one household, and the three people who edit it."""

from typing import Any

from daiban_sync.clock import Interval
from tests.sync.paper_township import Desk, Device, Server

NOON = 1_700_000_000_000
MINUTE = 60_000
WANG, LI = b"phone of Wang".ljust(16, b"."), b"phone of Li".ljust(16, b".")


class Township:
    """Wang the agent, Li who stands in for him, a clerk, and a photo of a paper that the clerk has begun."""

    def __init__(self) -> None:
        self.server = Server(now=NOON)
        self.wang, self.li, self.clerk = Device(WANG), Device(LI), Desk(0)
        self.at_the_counter(note="begun", phone="0915-3211234")
        self.wang.pull(self.server)
        self.li.pull(self.server)

    def at_the_counter(self, *, settle: bool = False, at: int = NOON, **values: Any) -> None:
        """The clerk opens the record and saves at once."""
        self.clerk.open(self.server)
        self.server.lay(self.clerk.save(values, at, settle=settle), Interval(self.server.now, self.server.now))

    def standing(self, name: str) -> set[Any]:
        return {value.value for value in self.server.view().fields.get(name, [])}


def edit(device: Device, at: int = NOON, **values: Any) -> None:
    device.open()
    device.save(values, at, settle=False)
