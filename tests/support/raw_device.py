"""A device without a store: signs whatever a test wants, right or wrong."""

import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from daiban_server.db import schema
from daiban_server.db.program import Program, Write
from daiban_sync import batch, bundle, limits, new_key, sealing, signature, spooled, wire
from daiban_sync.batch import Batch
from daiban_sync.keys import SoftwareKey
from daiban_sync.new_key import NewKey
from daiban_sync.signature import Parameters, Target
from tests.support.township import Township, new_id


@dataclass
class RawDevice:
    """An approved device of somebody; `sequence`, `previous` and `number` are where its chain stands."""

    town: Township
    id: bytes
    key: SoftwareKey
    http: httpx2.AsyncClient
    sequence: int = 0
    previous: bytes = batch.FIRST
    number: int = 0

    def seal(self, *entries: bytes, advance: bool = True, **changed: Any) -> Batch:
        """The next batch; `changed` replaces members of its header."""
        header = batch.Header(
            protocol=limits.PROTOCOL,
            flags=0,
            origin=self.town.services.keys.origin,
            centre=self.town.centre,
            device=self.id,
            sequence=self.sequence + 1,
            previous=self.previous,
            checkpoint_size=0,
            checkpoint=batch.NO_CHECKPOINT,
            first=self.number + 1,
            entry_count=len(entries),
        )._replace(**changed)
        sealed = batch.seal(header, secrets.token_bytes(32), entries, self.key)
        if advance:
            self.sequence, self.previous = header.sequence, sealed.digest
            self.number = header.first + len(entries) - 1
        return sealed

    def piece(self, body: bytes) -> bytes:
        """A body as the only piece of a bundle, sealed to the server."""
        keys = self.town.services.keys
        ids = keys.origin.hex(), self.town.centre.hex(), self.id.hex(), secrets.token_hex(16)
        stated = bundle.Statement(*ids, 1, 1, self.town.clock(), hashlib.sha256(body).hexdigest())
        to = next(iter(keys.sealed.values())).public
        content = bundle.pack(stated, body, self.key)
        return b"".join(sealing.seal([content], secrets.token_bytes(32), to, bundle.purpose(keys.origin)))

    async def spooled(self, *entries: bytes) -> None:
        """Bring entries in as a spool would, under the numbers behind the chain's end, which stays where it is."""
        told = await self.brought(dict(enumerate(entries, self.number + 1)))
        assert told == {"new": len(entries), "known": 0, "troubled": 0}, told

    async def brought(self, entries: Mapping[int, bytes]) -> dict[str, Any]:
        """Bring entries in as a spool would, by number; gives the answer."""
        services, saves = self.town.services, b""
        origin = services.keys.origin
        to = next(iter(services.keys.sealed.values())).public
        for number, body in entries.items():
            one = spooled.Spooled(origin, self.town.centre, self.id, number, body)
            held = [spooled.seal_one(one, self.key)]
            sealed = b"".join(sealing.seal(held, secrets.token_bytes(32), to, spooled.purpose(origin)))
            saves += len(sealed).to_bytes(4) + sealed
        answer = await self.http.post(f"{self.town.url}/v1/spools", content=saves)
        found: dict[str, Any] = answer.json()
        return found

    def asking(self, last: int, number: int) -> tuple[bytes, SoftwareKey]:
        """A request for a new key, behind this batch and entry, and the key."""
        fresh = SoftwareKey(secrets.token_bytes(32))
        origin, key = self.town.services.keys.origin.hex(), fresh.public_key.hex()
        return new_key.state(NewKey(self.id.hex(), origin, key, last, number, 1), fresh, self.key), fresh

    async def new_key(self) -> None:
        """Take another key; what was sealed so far counts under the old one."""
        body, fresh = self.asking(self.sequence, self.number)
        answer = await self.send(body, "/v1/enrolment/key")
        assert answer.status_code == 200, answer.text
        self.key = fresh

    async def send(self, body: bytes, path: str = "/v1/sync", **changed: Any) -> httpx2.Response:
        """POST a body to /v1/sync, or elsewhere, signed; `changed` replaces headers."""
        target = Target("POST", self.town.url.removeprefix("http://"), path)
        headers = signature.sign(self.key, target, body, Parameters(int(time.time()), self.id.hex()))
        headers |= {name.replace("_", "-"): value for name, value in changed.items()}
        return await self.http.post(f"{self.town.url}{path}", content=body, headers=headers)

    async def push(self, *batches: Batch, hello: wire.Hello | None = None) -> httpx2.Response:
        """Hand in batches."""
        return await self.send(wire.encode_request(hello or wire.Hello(), map(batch.pack, batches)))

    async def pushed(self, *batches: Batch, hello: wire.Hello | None = None) -> wire.Reply:
        """Hand in batches; gives the answer, which must be a good one."""
        answer = await self.push(*batches, hello=hello)
        assert answer.status_code == 200, answer.text
        return wire.decode_answer(answer.content)


async def raw_device(town: Township, name: str = "王芳") -> RawDevice:
    """An approved device of somebody."""
    key, id_ = SoftwareKey(secrets.token_bytes(32)), new_id()

    def program() -> Program[None]:
        row = (id_, town.centre, town.people[name], "裸机", key.public_key, "active", 0, 0, None, None, None, "", None)
        yield Write(schema.device, [row])

    await town.services.database.write(town.centre, program)
    device = RawDevice(town, id_, key, town.stranger())
    town.clients.push_async_callback(device.http.aclose)
    return device


def code_of(answer: httpx2.Response) -> str:
    """The problem's code."""
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    document = json.loads(answer.content)
    assert document["title"] and document["advice"]
    code: str = document["code"]
    return code
