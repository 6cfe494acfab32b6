"""The JavaScript client of `tests/interop/client`, played by a story.

One Node.js process holds all JavaScript devices of a story; an order is a line of JSON, and so is what comes of it.
"""

import asyncio
import contextlib
import json
import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from daiban_client_sdk import Client
from daiban_server.http.enrolment import approve_device
from tests.support.node import NODE
from tests.support.township import Township

CLIENT = Path(__file__).parent / "client"
_LONGEST_LINE = 1 << 24


class Refused(Exception):  # noqa: N818
    """What the client did not believe, or the server did not take. `code` is the protocol's, or the client's own."""

    def __init__(self, code: str, says: str) -> None:
        super().__init__(says)
        self.code = code


class Node:
    """The process, and the town that its devices work in."""

    def __init__(self, town: Township, process: asyncio.subprocess.Process) -> None:
        self.town = town
        self._process = process

    async def tell(self, do: str, **order: Any) -> Any:
        """What comes of one order; a `Refused` where the client or the server refuses."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"do": do, **order}).encode() + b"\n")
        answer = json.loads(await self._process.stdout.readline() or b'{"broken": "the client has ended"}')
        assert "broken" not in answer, answer["broken"]
        if "refused" in answer:
            raise Refused(answer["refused"], answer["says"])
        return answer["ok"]

    async def requests(self) -> list[dict[str, Any]]:
        """Requests since this was last asked: method, path, status and bytes of the answer's body."""
        found: list[dict[str, Any]] = await self.tell("requests")
        return found

    async def device(self, person: str, name: str = "", off: int = 0) -> "Phone":
        """An enrolled and approved device. `off` is by how many milliseconds its clock is wrong."""
        phone = Phone(self, name or person, off)
        enrolled = await phone.tell("enrol", code=await self.town.code_for(person), name="JavaScript")
        await approve(self.town, enrolled["device"], enrolled["fingerprint"])
        assert await phone.tell("poll") == "active"
        return phone


async def approve(town: Township, device: str, fingerprint: str) -> None:
    """The centre head compares the fingerprint and approves."""
    id_, head, now = bytes.fromhex(device), town.people["李红"], town.clock()
    await town.services.database.write(town.centre, lambda: approve_device(id_, town.centre, head, fingerprint, now))


@dataclass
class Phone:
    """One JavaScript device. `off` is by how many milliseconds its clock is wrong."""

    node: Node
    name: str
    off: int = 0

    async def tell(self, do: str, **order: Any) -> Any:
        """What comes of one order; `lose=True` loses the answer, `tamper={"frame", "byte"}` changes a bit of it."""
        return await self.node.tell(do, device=self.name, off=self.off, **order)

    async def household(self, head: str = "张桂兰") -> str:
        """A household, collected on this device; gives its id."""
        fields = {"place": self.node.town.qingshan.hex(), "head": head, "phone": "13700000000"}
        record: str = await self.tell("create", kind="household", fields=fields)
        return record

    async def edit(self, record: str, **fields: object) -> None:
        """Open a record's form, and save it with these fields changed."""
        await self.tell("edit", form=await self.tell("open", record=record), fields=fields)

    async def sync(self, **options: Any) -> dict[str, Any]:
        """Everything handed in, everything pulled; gives round trips and uploads."""
        done: dict[str, Any] = await self.tell("sync", options=options)
        return done

    async def exchange(self, **options: Any) -> dict[str, Any]:
        """One round trip."""
        done: dict[str, Any] = await self.tell("exchange", options=options)
        return done

    async def standing(self) -> dict[str, Any]:
        """What the device keeps: entries, receipts, photos, log, cursor, records."""
        found: dict[str, Any] = await self.tell("standing")
        return found

    async def view(self, record: str) -> dict[str, Any]:
        """A record as this device shows it."""
        found: dict[str, Any] = await self.tell("view", record=record)
        assert found is not None, f"{self.name} has no {record}"
        return found

    async def values(self, record: str, name: str) -> list[tuple[str, object]]:
        """Every value that stands in a field, with its author, the visible one first."""
        return [(one["author"], one["value"]) for one in (await self.view(record))["fields"][name]]


async def opened(client: Client, record: str) -> Any:
    """A record as a phone of ours shows it; it must be there."""
    view = await client.view(record)
    assert view is not None
    return view


async def values(client: Client, record: str, name: str) -> list[tuple[str, object]]:
    """Every value of a field on a phone of ours, with its author, the visible one first."""
    view = await client.view(record)
    assert view is not None
    return [(value.author, value.value) for value in view.fields[name]]


async def alike(phone: Phone, client: Client, *records: str, but: frozenset[str] = frozenset()) -> None:
    """Both devices show these records alike, down to who wrote what and where they stand, `but` for some fields."""
    for record in records:
        theirs, ours = await phone.view(record), await client.view(record)
        assert ours is not None
        shown = {name: held for name, held in theirs["fields"].items() if name not in but}
        fields = {name: [(v.author, v.value) for v in held] for name, held in ours.fields.items() if name not in but}
        assert {name: [(v["author"], v["value"]) for v in held] for name, held in shown.items()} == fields
        assert (theirs["position"], theirs["deleted"], theirs["doubted"]) == (ours.position, ours.deleted, ours.doubted)
        assert sorted(theirs["conflicts"]) == sorted(ours.conflicts)


@contextlib.asynccontextmanager
async def running(town: Township, folder: Path) -> AsyncIterator[Node]:
    """The client under the Node.js of the lock file, until the block ends; its devices keep themselves in `folder`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NODE_")}
    process = await asyncio.create_subprocess_exec(
        NODE,
        CLIENT / "main.mjs",
        folder,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=_LONGEST_LINE,
        env=environment,
    )
    try:
        yield Node(town, process)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.communicate()
