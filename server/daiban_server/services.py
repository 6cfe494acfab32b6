"""What request handlers work with, made once and passed explicitly."""

import asyncio
import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from litestar.di import NamedDependency

from daiban_server.accounts.hashing import Hashing
from daiban_server.accounts.oidc.provider import Provider
from daiban_server.db.database import Database
from daiban_server.features.photos.inspect import Inspector
from daiban_server.features.photos.port import PhotoStore
from daiban_server.features.visits.planning.running import Planning
from daiban_server.http.budgets import PHOTOS, Budgets
from daiban_server.keystore import ServerKeys
from daiban_server.outbound.port import Outbound, OwnList
from daiban_server.settings import Settings
from daiban_server.spine.effects import Effects


def wall_clock() -> int:
    """Unix milliseconds."""
    return time.time_ns() // 1_000_000


@dataclass
class Presence:
    """What a device's last request told; kept in memory and written once a while, so that a pull writes nothing."""

    synced_at: int
    clock_offset: int
    client: str


class Unsent(NamedTuple):
    """What a device of `centre` said at `at` that it holds without a receipt."""

    centre: bytes
    entries: int
    photos: int
    at: int


@dataclass
class Services:
    """The server's parts. `now` gives Unix milliseconds; `retained` is the day on which it was looked for what is to
    go; `stopping` is set when streams have to end, since the server waits for every answer before it stops;
    `again` when whoever practises wants the district of the beginning back (`training`)."""

    settings: Settings
    database: Database
    keys: ServerKeys
    effects: Effects
    photos: PhotoStore
    now: Callable[[], int] = wall_clock
    outbound: Outbound = field(default_factory=OwnList)
    presence: dict[bytes, Presence] = field(default_factory=dict)
    unsent: dict[bytes, Unsent] = field(default_factory=dict)
    planning: Planning = field(default_factory=Planning)
    retained: datetime.date | None = None
    budgets: Budgets = field(default_factory=Budgets)
    photo_budgets: Budgets = field(default_factory=lambda: Budgets(PHOTOS))
    inspector: Inspector = field(default_factory=Inspector)
    hashing: Hashing = field(default_factory=Hashing)
    provider: Provider | None = None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    again: asyncio.Event = field(default_factory=asyncio.Event)


GivenServices = NamedDependency[Services]
"""`Services` as a handler's parameter."""
