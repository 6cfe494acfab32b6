"""Two hundred photos of 500 KB, over tus by the SDK's own uploader, from ticket to receipt."""

import asyncio
import hashlib
import io
import os
import random
import statistics
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import httpx2
from PIL import Image

from daiban_client_sdk.uploads import upload
from daiban_schemas import entry
from daiban_sync import batch, wire
from tests.bench import costs, push
from tests.bench.centre import Server
from tests.bench.figures import Figure
from tests.bench.phone import Phone
from tests.bench.run import Run
from tests.bench.workload import fresh_id

PHOTOS, SIZE = 200, 500_000
REACH = 3.0
_ASKED = 20
"""Photos in one request, as the SDK asks."""
_SEGMENT = 65_000


class Photo(NamedTuple):
    """A photo of a paper; `record` is that of its record, in hexadecimal."""

    record: str
    digest: str
    data: bytes


def pictures(count: int, size: int = SIZE) -> Iterator[bytes]:
    """Different JPEGs of exactly `size` bytes, of some four megapixels at the full size."""
    side = int((size * 3.2) ** 0.5)
    noise = Image.frombytes("L", (side // 2, side // 2), random.Random(size).randbytes((side // 2) ** 2))
    file, quality = io.BytesIO(), 90
    while not file.tell() or file.tell() > size * 0.95:
        quality -= 5
        file = io.BytesIO()
        noise.resize((side, side)).convert("RGB").save(file, "JPEG", quality=quality)
    plain = file.getvalue()
    for number in range(count):
        yield plain[:2] + _comments(size - len(plain), number) + plain[2:]


def _comments(room: int, number: int) -> bytes:
    """Comment segments of `room` bytes in all, the first of which says the number."""
    parts = []
    while room:
        length = room if room <= _SEGMENT else min(_SEGMENT, room - 16)
        parts.append(b"\xff\xfe" + (length - 2).to_bytes(2, "big") + b"%08d".ljust(length - 4, b".") % number)
        room -= length
        parts[-1] = parts[-1][:length]
    return b"".join(parts)


def handed_in(village: push.Village, count: int, size: int = SIZE) -> list[Photo]:
    """`count` photos whose records the centre has already, each under a household."""
    photos, bodies = [], []
    for number, data in enumerate(pictures(count, size)):
        photo = Photo(fresh_id().hex(), hashlib.sha256(data).hexdigest(), data)
        fields = {
            "parent": village.homes[number % len(village.homes)],
            "paper": "居民身份证",
            "sha256": photo.digest,
            "size": len(data),
            "type": "image/jpeg",
            "taken_at": time.time_ns() // 1_000_000,
        }
        photos.append(photo)
        bodies.append(entry.change(photo.record, "photo", fields, seen=0, at=time.time_ns() // 1_000_000))
    village.phone.push(batch.pack(village.phone.seal(bodies)))
    return photos


async def bring(phone: Phone, url: str, photos: Sequence[Photo]) -> None:
    """Ask tickets, upload, and take the receipts; every photo must have one at the end."""
    async with httpx2.AsyncClient(base_url=url, trust_env=False) as http:
        for at in range(0, len(photos), _ASKED):
            some = {photo.record: photo for photo in photos[at : at + _ASKED]}
            wanted = tuple(wire.PhotoWanted(one.record, one.digest, len(one.data)) for one in some.values())
            tickets = phone.exchange((), photos=wanted)
            assert tickets is not None and len(tickets.tickets) == len(some)
            for ticket in tickets.tickets:
                data = some[ticket.record].data
                await upload(http, ticket.url, io.BytesIO(data), len(data), progress=lambda offset: None)
            receipts = phone.exchange((), photos=wanted)
            assert receipts is not None and len(receipts.photo_receipts) == len(some)


def figures(run: Run, part: str = "photos") -> Iterator[Figure]:
    """The table's lines about photos."""
    centre = run.centre()
    with Server(centre) as server:
        village = push.Village.settle(centre, server, 0)
        asyncio.run(bring(village.phone, f"http://localhost:{server.port}", handed_in(village, 3)))
        photos = handed_in(village, PHOTOS)
        with costs.Meter(server.pids) as meter:
            asyncio.run(bring(village.phone, f"http://localhost:{server.port}", photos))
        village.phone.link.close()
        peak = costs.peak(server.own_pids())
    each = meter.cpu / PHOTOS * 1000
    whole = meter.wall / PHOTOS * 1000
    yield Figure(part, "photo of 500 KB, CPU", each, "ms", REACH, note="the server and its picture process")
    yield Figure(part, "photo of 500 KB, from ticket to receipt", whole, "ms", REACH, note="with the SDK's uploader")
    used, took = bare_write(run.path(), photos[0].data)
    yield Figure(part, "  bare write of 500 KB, synced", used, "ms", note=f"CPU; it took {took:.1f} ms")
    yield Figure(part, "peak memory of the server, after the photos", peak / 2**20, "MiB")


def bare_write(folder: Path, data: bytes, times: int = 50) -> tuple[float, float]:
    """CPU and wall milliseconds of writing `data` into a file and syncing file and folder; the wall time is a
    median."""
    folder.mkdir()
    took, began = [], time.process_time()
    for number in range(times):
        start = time.perf_counter()
        with (folder / str(number)).open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        descriptor = os.open(folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        took.append((time.perf_counter() - start) * 1000)
    return (time.process_time() - began) / times * 1000, statistics.median(took)
