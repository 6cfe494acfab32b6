"""offline-sync-sdk 0.2 on SQLite: a gateway of one table of twenty columns, mounted in FastAPI as its manual says.

It needs Python 3.12 or newer, so it runs under another Python than ours, where there is one.
"""

import contextlib
import json
import shutil
import subprocess
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.centre import free_port
from tests.bench.link import Link
from tests.bench.peers.peer import Document, documents, python_environment, wait_for
from tests.bench.run import MissingError, Run
from tests.support.processes import Child

_PACKAGES = ("offline-sync-sdk[fastapi,sqlite]==0.2.0", "uvicorn[standard]==0.38.0")
_PYTHONS = ("python3.14", "python3.13", "python3.12")
_SERVER = """
import asyncio
import json
import sys

import uvicorn
from fastapi import FastAPI
from sqlalchemy import JSON, Boolean, Column, Integer, MetaData, String, Table
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sync_sdk.adapters.sqlalchemy_config import SQLAlchemyConfig
from sync_sdk.integrations.fastapi import create_sync_router

path, port, sample = sys.argv[1], int(sys.argv[2]), json.loads(sys.argv[3])
types = {str: String(2000), int: Integer, bool: Boolean, list: JSON}
columns = [Column(name, types[type(value)]) for name, value in sample.items()]
config = SQLAlchemyConfig()
config.register_table("applications", Table("applications", MetaData(), Column("id", String(40), primary_key=True), *columns))
engine = create_async_engine(f"sqlite+aiosqlite:///{path}")
asyncio.run(config.create_tables(engine))
gateway = config.build(async_sessionmaker(engine, expire_on_commit=False))
app = FastAPI()
app.include_router(create_sync_router(lambda: gateway, prefix="/v1/sync"))
uvicorn.run(app, host="127.0.0.1", port=port, log_level="error")
"""  # noqa: E501
_HEADERS = {"Content-Type": "application/json"}


@dataclass
class Running:
    """A running gateway."""

    child: Child
    port: int
    beside: int = 0

    def push(self, link: Link, records: Sequence[tuple[str, Document]]) -> int:
        """One request of mutations; counts those that were applied."""
        mutations = [
            {
                "mutation_id": str(uuid.uuid4()),
                "client_id": "device-1",
                "entity": "applications",
                "entity_id": id_,
                "operation": "create",
                "payload": fields,
                "base_version": 0,
                "created_at": "2026-11-24T08:00:00Z",
            }
            for id_, fields in records
        ]
        body = json.dumps(mutations, ensure_ascii=False).encode()
        answer = link.ask("POST", "/v1/sync/mutations", _HEADERS, body)
        return sum(one["status"] == "applied" for one in json.loads(answer.body)) if answer.status == 200 else 0

    def pull(self, link: Link) -> int:
        """The feed of changes, page by page."""
        count, cursor, more = 0, 0, True
        while more:
            found = json.loads(link.ask("GET", f"/v1/sync/changes?cursor={cursor}&limit=500", _HEADERS).body)
            count += len(found["changes"])
            cursor, more = found["cursor"], found["has_more"]
        return count

    def photo(self, link: Link, number: int, data: bytes) -> bool:
        """It has no way for photos."""
        return False


class OfflineSync:
    """offline-sync-sdk's gateway."""

    name = "offline-sync-sdk 0.2 on SQLite"
    batch = 100
    promise = "durable: answers after the commit"

    def install(self) -> None:
        """Into an environment of its own, of a newer Python."""
        found = next(filter(_runs, _newer_pythons()), None)
        if found is None:
            raise MissingError("it needs Python 3.12 or newer, and there is none here")
        self._bin = python_environment("offline-sync", _PACKAGES, found)

    @contextlib.contextmanager
    def serve(self, run: Run) -> Iterator[Running]:
        """On a database in the run's folder."""
        folder, port = run.path(), free_port()
        folder.mkdir()
        (folder / "serve.py").write_text(_SERVER)
        sample = json.dumps(documents(1)[0][1], ensure_ascii=False)
        words: list[str | Path] = [self._bin / "python", folder / "serve.py", folder / "gateway.db", str(port), sample]
        with Child(words, {"PYTHONPATH": ""}) as child:
            wait_for(child, port)
            yield Running(child, port)


def _newer_pythons() -> Iterator[str]:
    """Pythons that are new enough: on the path, or among those of pyenv."""
    for name in _PYTHONS:
        if path := shutil.which(name):
            yield path
    homes = Path.home() / ".pyenv" / "versions"
    for name in _PYTHONS:
        yield from map(str, sorted(homes.glob(f"{name.removeprefix('python')}*/bin/{name}")))


def _runs(python: str) -> bool:
    """Whether it is one: a shim may stand on the path for a Python that is not there."""
    words = [python, "-c", "import sys, venv; sys.exit(sys.version_info < (3, 12))"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0
