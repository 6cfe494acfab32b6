"""A township whose server burns down: its backup, and the same township on new hardware."""

import contextlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from daiban_client_sdk import Client
from daiban_server.backup import erasure_note, put_back, take
from daiban_server.keystore import load, load_root
from tests.support.postgres import Postgres
from tests.support.township import Township, served


@dataclass
class Fire:
    """A backup of a township, and what is needed to put it back elsewhere."""

    town: Township
    folder: Path
    empty: str

    async def back_up(self) -> Path:
        services = self.town.services
        settings = services.settings
        origin = services.keys.origin
        return await take.back_up(
            settings.database_url, settings.data / "photos", origin, self.folder / "backups", services.now
        )

    def copy_list(self) -> None:
        """What was erased is copied with the keys, as each backup does."""
        erasure_note.copy(self.town.services.settings.data, self.folder / "safe")

    async def put_back(self, backup: Path, place: str = "new") -> Path:
        """The data on new hardware, which no server has opened yet; gives their folder. Keys were kept apart, all
        else is the backup's."""
        old, new = self.town.services.settings.data, self.folder / place / "server"
        shutil.copytree(old / "keys", new / "keys")
        keys, root = load(new / "keys"), load_root(new / "keys" / "root.key")
        url = self.empty or f"sqlite:///{new / 'daiban.db'}"
        await put_back.restore(backup, url, new / "photos", keys, root, self.town.clock, [new, self.folder / "safe"])
        return new

    @contextlib.asynccontextmanager
    async def restored(self, backup: Path, place: str = "new") -> AsyncIterator[Township]:
        """The township on new hardware, served."""
        await self.put_back(backup, place)
        async with served(self.folder / place, self.empty, self.town.clock) as (services, address):
            town = Township(services, self.town.clock, address, self.folder, self.town.centre)
            town.qingshan, town.baihe, town.item = self.town.qingshan, self.town.baihe, self.town.item
            town.people = self.town.people
            async with town.clients:
                yield town

    async def move(self, *clients: Client, to: Township) -> None:
        """The new server answers at the old address."""
        for client in clients:
            client.device.store.put("url", to.url)
            if client._transport is not None:
                await client._transport.close()
                client._transport = None


@pytest.fixture
def fire(township: Township, tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    """A backup drill on each database."""
    if not township.services.settings.database:
        yield Fire(township, tmp_path, "")
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    url = postgres.create_database()
    yield Fire(township, tmp_path, url)
    postgres.drop_database(url)
