"""The limit: the least that any server of signed batches does, in one process and one table.

For each batch: decode every record into a type, verify one Ed25519 signature over the batch, upsert the rows with one
statement, and commit with a full sync of the disk. No HTTP, no merge, no log, no receipt, no feed.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import asyncpg
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlcipher3 import dbapi2

from tests.bench import costs
from tests.bench.workload import applications, fresh_id, portions

RECORDS = 10_000
_TABLE = "CREATE TABLE record (id {bytes} PRIMARY KEY, kind TEXT NOT NULL, position BIGINT NOT NULL, body {bytes})"
_CONFLICT = "ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, position = excluded.position, body = excluded.body"
_SQLITE = f"INSERT INTO record VALUES (?, ?, ?, ?) {_CONFLICT}"
_POSTGRES = f"INSERT INTO record SELECT * FROM unnest($1::bytea[], $2::text[], $3::bigint[], $4::bytea[]) {_CONFLICT}"


class _Fields(msgspec.Struct):
    """The twelve known fields; the answers are passed over, as any typed decoder would."""

    household: str
    item: str
    applicant: str
    identity_number: str
    phone: str
    mode: str
    source: str
    entitled_from: str
    collected_at: int
    papers: list[str]
    urgent: bool
    note: str


class _Record(msgspec.Struct):
    record: str
    kind: str
    fields: _Fields
    at: int


class _Signed(NamedTuple):
    bodies: Sequence[bytes]
    signature: bytes


Row = tuple[bytes, str, int, bytes]
_decode = msgspec.json.Decoder(_Record).decode


def on_sqlite(folder: Path, batch: int, records: int = RECORDS) -> float:
    """CPU µs a record on SQLite."""
    folder.mkdir()
    table = dbapi2.connect(str(folder / "limit.db"), isolation_level=None)
    table.execute("PRAGMA journal_mode = WAL")
    table.execute("PRAGMA synchronous = FULL")
    table.execute(_TABLE.format(bytes="BLOB"))
    key, signed = _workload(batch, records)
    began = time.process_time()
    for number, one in enumerate(signed):
        rows = _opened(key, one, number * batch)
        table.execute("BEGIN IMMEDIATE")
        table.executemany(_SQLITE, rows)
        table.execute("COMMIT")
    used = time.process_time() - began
    assert table.execute("SELECT count(*) FROM record").fetchone()[0] == records
    table.close()
    return used / records * 1e6


def on_postgres(url: str, batch: int, records: int = RECORDS) -> float:
    """CPU µs a record on the PostgreSQL database at `url`, client and server together."""
    return asyncio.run(_on_postgres(url, batch, records))


async def _on_postgres(url: str, batch: int, records: int) -> float:
    connection: Any = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await connection.execute("DROP TABLE IF EXISTS record")
        await connection.execute(_TABLE.format(bytes="BYTEA"))
        key, signed = _workload(batch, records)
        backend = await connection.fetchval("SELECT pg_backend_pid()")
        cluster: Callable[[], list[int]] = lambda: costs.family(costs.parent(backend))  # noqa: E731
        began = time.process_time() + costs.cpu(cluster())
        for number, one in enumerate(signed):
            columns = list(map(list, zip(*_opened(key, one, number * batch), strict=True)))
            await connection.execute("BEGIN")
            await connection.execute(_POSTGRES, *columns)
            await connection.execute("COMMIT")
        used = time.process_time() + costs.cpu(cluster()) - began
        assert await connection.fetchval("SELECT count(*) FROM record") == records
        return used / records * 1e6
    finally:
        await connection.close()


def _workload(batch: int, records: int) -> tuple[Ed25519PublicKey, list[_Signed]]:
    key = Ed25519PrivateKey.generate()
    homes = [fresh_id().hex() for _ in range(20)]
    bodies = [case.body for case in applications(records, homes, fresh_id().hex())]
    return key.public_key(), [_Signed(part, key.sign(b"".join(part))) for part in portions(bodies, batch)]


def _opened(key: Ed25519PublicKey, signed: _Signed, position: int) -> list[Row]:
    key.verify(signed.signature, b"".join(signed.bodies))
    return [
        (bytes.fromhex(record.record), record.kind, at, body)
        for at, (record, body) in enumerate(zip(map(_decode, signed.bodies), signed.bodies, strict=True), position)
    ]
