"""Our server before somebody else's witness, our witness before somebody else's client, and both before somebody else's
verifier: what C2SP's texts say is read by two who never met."""

import asyncio
import json
import socket
import time
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import select

from daiban_client_sdk import Client
from daiban_server.db import schema
from daiban_server.db.program import rows
from daiban_server.jobs.loop import one_round
from daiban_server.witness.command import watching
from daiban_sync import cosignature, note
from tests.support import foreign_witness
from tests.support.township import Township, open_township
from tests.witness.test_witness import serving

THEIRS = "witness.example.org/w1"
OURS = "witness.example/second"


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def keys_of(town: Township) -> tuple[str, str]:
    """The centre's log and its verifier key."""
    origin = note.name(town.services.keys.origin, town.centre)
    return origin, note.verifier_key(origin, town.services.keys.receipt.public_key)


async def grown(town: Township, phone: Client, times: int) -> None:
    for _ in range(times):
        await town.household(phone)
        await phone.sync()


async def answering(url: str) -> None:
    """Wait until somebody listens there."""
    deadline = time.monotonic() + 30
    async with httpx2.AsyncClient(trust_env=False) as http:
        while True:
            try:
                assert (await http.get(f"{url}/healthz")).text.strip() == "ok"
                return
            except httpx2.TransportError:
                assert time.monotonic() < deadline, "the foreign witness does not start"
                await asyncio.sleep(0.05)


def verified(folder: Path, signed: str, town: Township, witness: str) -> dict[str, object]:
    """What their verifier says of a checkpoint with one witness's line; it fails unless all of it holds."""
    origin, key = keys_of(town)
    (folder / "checkpoint").write_text(signed)
    words = ("--note", folder / "checkpoint", "--origin", origin, "--log-key", key, "--witness-key", witness)
    said = foreign_witness.run("-m", "aics_tlog", "verify-checkpoint", *words, "--quorum", "1")
    told: dict[str, object] = json.loads(said)
    return told


async def test_a_witness_that_somebody_else_wrote_cosigns_each_growth(tmp_path: Path, port: int) -> None:
    async with open_township(tmp_path / "town") as town:
        phone, url = await town.device("王芳"), f"http://127.0.0.1:{port}"
        config, theirs = foreign_witness.begin(tmp_path, THEIRS, dict([keys_of(town)]))
        object.__setattr__(town.services.settings, "witnesses", f"{url} {theirs}")
        with foreign_witness.serving(config, port):
            await answering(url)
            for times in (1, 4, 9):
                await grown(town, phone, times)
                await one_round(town.services)
            async with town.stranger() as http:
                signed = (await http.get(f"/v1/logs/{town.centre.hex()}/cosigned")).json()[THEIRS]
            assert int(signed.split("\n")[1]) == phone.device.frontier().size
            assert verified(tmp_path, signed, town, theirs)["witnesses"] == [THEIRS]
            # A second history of the same size, under the log's own key, is what a witness is against.
            origin, size = keys_of(town)[0], phone.device.frontier().size
            other = note.issue(town.services.keys.receipt, origin, size, bytes(32), 1)
            sent = cosignature.request(size, [], note.note(other, origin))
            async with httpx2.AsyncClient(trust_env=False) as http:
                assert (await http.post(f"{url}/add-checkpoint", content=sent)).status_code == 422
        found = await town.services.database.read(rows(select(schema.task.c.code)))
        assert ("witness.refused",) not in found


async def test_our_witness_is_fed_by_a_client_that_somebody_else_wrote(tmp_path: Path) -> None:
    async with open_township(tmp_path / "town") as town:
        phone, ring = await town.device("王芳"), tmp_path / "keyring.json"
        ring.write_bytes(town.services.keys.keyring)
        ours = watching(tmp_path / "witness", OURS, ring, town.services.keys.root_key.hex())
        log = f"{town.url}/v1/logs/{town.centre.hex()}"
        with serving(ours) as url:
            for times in (2, 5):
                await grown(town, phone, times)
                words = (foreign_witness.SOURCE / "feed.py", log, url, ours.witness.verifier_key, tmp_path / "state")
                signed = await asyncio.to_thread(foreign_witness.run, *words)
                assert int(signed.split("\n")[1]) == phone.device.frontier().size
                told = await asyncio.to_thread(verified, tmp_path, signed, town, ours.witness.verifier_key)
                assert told["witnesses"] == [OURS]
