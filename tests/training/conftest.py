"""A district that was made once, and training servers that begin with it: making it anew is copying it."""

import asyncio
import contextlib
import datetime
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
import uvicorn

from daiban_schemas.zone import SHANGHAI
from daiban_server.demo.whole import UNFINISHED
from daiban_server.services import wall_clock
from daiban_server.settings import Settings
from daiban_server.training.build import build
from daiban_server.training.front import Front, practice_settings
from daiban_server.training.place import Place
from tests.support.township import listening


@dataclass
class Ground:
    """A running training server. While `gate` is shut nothing can be made anew; `made` counts how often it was."""

    url: str
    place: Place
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    made: int = 0

    @contextlib.asynccontextmanager
    async def somebody(self) -> AsyncIterator[httpx2.AsyncClient]:
        """A browser without scripts."""
        async with httpx2.AsyncClient(base_url=self.url, timeout=60, trust_env=False) as http:
            yield http


@pytest.fixture(scope="session")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The district of the beginning, as of now; nobody may serve it."""
    folder = tmp_path_factory.mktemp("training") / "district"
    asyncio.run(build(folder, wall_clock()))
    return folder


@contextlib.asynccontextmanager
async def practised(folder: Path, pristine: Path) -> AsyncIterator[Ground]:
    """A training server in `folder`, until the block ends."""
    place = Place(folder)
    place.claim()
    with contextlib.closing(listening()) as listener:
        ground = Ground(f"http://127.0.0.1:{listener.getsockname()[1]}", place)
        ground.gate.set()

        async def copied(district: Path) -> None:
            part = district.with_name(f"{district.name}.part")
            shutil.rmtree(part, ignore_errors=True)
            part.mkdir()
            (part / UNFINISHED).touch()
            await ground.gate.wait()
            shutil.rmtree(part)
            shutil.copytree(pristine, district)
            ground.made += 1

        settings = practice_settings(place, Settings(folder, ground.url, secure_cookies=False))
        config = uvicorn.Config(Front(settings, place, copied), log_level="error", lifespan="on", ws="none")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            await _stands(ground)
            yield ground
        finally:
            ground.gate.set()
            server.should_exit = True
            await serving


async def _stands(ground: Ground) -> None:
    async with ground.somebody() as http:
        for _ in range(600):
            with contextlib.suppress(httpx2.TransportError):
                if (await http.get("/sign-in")).status_code == 200:
                    return
            await asyncio.sleep(0.1)
    raise AssertionError("the training server shows no door")


@pytest.fixture
async def ground(tmp_path: Path, pristine: Path) -> AsyncIterator[Ground]:
    """A training server."""
    async with practised(tmp_path / "training", pristine) as made:
        yield made


def today() -> str:
    """The day that it is in the district."""
    return datetime.datetime.now(SHANGHAI).date().isoformat()
