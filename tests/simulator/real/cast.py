"""The cast of the second tier: real stores and real server code, in one process."""

import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from daiban_sync import limits
from tests.simulator.cast import PHONES, Cast, Clerk, Holder
from tests.simulator.real import setting
from tests.simulator.real.centre import RealCentre
from tests.simulator.real.disk import DiskFullError, PowerCut
from tests.simulator.real.files import Files
from tests.simulator.real.phone import RealPhone
from tests.simulator.real.server import RealServer


class RealCast:
    """What the cast keeps on disk while it plays."""

    def __init__(self, dice: Random) -> None:
        # Small batches and requests on some days, so that work needs several.
        self.limits = limits.BATCH_ENTRIES, limits.REQUEST_BATCHES
        if dice.random() < 0.5:
            limits.BATCH_ENTRIES = limits.REQUEST_BATCHES = dice.choice((1, 2))
        self.home = Path(tempfile.mkdtemp(prefix="daiban-seed-", dir=setting.ram()))
        self.files = Files()
        self.time = setting.BEGUN
        self.server = RealServer(self.home / "server", setting.template(), lambda: self.time, dice.choice((1, 2, 500)))
        self.centres = [RealCentre(self.server, name, id_) for name, id_ in setting.CENTRES.items()]
        out = [*PHONES[:2], *dice.sample(PHONES[2:], dice.randint(0, 3))]
        self.holders = [Holder(name, setting.id_of(name), setting.id_of(person), at) for person, name, at in out]
        self.clerks = [
            Clerk(tab, setting.KEYS.desk_device(self.centres[at].id), setting.id_of(name), at)
            for name, tab, at in setting.TABS
        ]

    def start(self, now: Callable[[], int]) -> None:
        """Switch the phones on; `now` is the right time."""
        self.files.on()
        self.server.now = self.server.services.now = now
        for holder in self.holders:
            identity = self._identity(holder)
            clock = partial(lambda holder: now() + holder.skew, holder)
            holder.phone = RealPhone(self.home / holder.device.hex(), identity, clock, self.files)

    def _identity(self, holder: Holder) -> dict[str, Any]:
        return {
            "device": holder.device.hex(),
            "seed": setting.SEEDS[holder.device].hex(),
            "centre": self.centres[holder.centre].id.hex(),
            "person": holder.person.hex(),
            "person_name": holder.name,
            "role": "agent",
            "origin": setting.ORIGIN.hex(),
            "root_key": setting.ROOT.public_key.hex(),
            "keyring": setting.KEYS.keyring.decode(),
            "state": "active",
        }

    def end(self) -> None:
        """Switch everything off, and forget it."""
        self.files.off()
        limits.BATCH_ENTRIES, limits.REQUEST_BATCHES = self.limits
        for holder in self.holders:
            holder.phone.close()
        self.server.close()
        self.server.loop.close()
        shutil.rmtree(self.home)


def real_cast(dice: Random) -> Cast:
    """Everybody."""
    made = RealCast(dice)
    return Cast(
        made.centres,
        made.holders,
        made.clerks,
        [list(one) for one in setting.PLACES],
        False,
        _record,
        partial(_values, made),
        made.start,
        end=made.end,
        servers=[[0, 1]],
        forgets=True,
        cuts=(PowerCut,),
        full=(DiskFullError,),
    )


def _record(centre: int, dice: Random) -> bytes:
    return dice.randbytes(16)


def _values(made: RealCast, centre: int, record: bytes, dice: Random) -> dict[str, Any]:
    place = dice.choice(setting.PLACES[centre])
    return {"place": place.hex(), "head": f"户主{dice.randrange(1000)}", "phone": f"1370{dice.randrange(10**7):07}"}
