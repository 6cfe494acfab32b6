"""The auditor: reads database, store and photos after the fact, by itself, and says what is lost.

``python -m tests.kills.audit SERVER_DATA PHONE_FOLDER…`` prints a finding a line and exits with 1 if there is any. It
shares the wire's definitions with the product (hashes, payloads, signatures) and nothing of its storage code.
"""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from sqlcipher3 import dbapi2

from daiban_sync import batch, dsse, keyring, merkle, note, receipt, restored
from daiban_sync.keys import verify
from tests.support.stretches import STRETCHES, spelt


def open_server(data: Path) -> Any:
    """The server's database, for reading; recovery of an unfinished WAL is SQLite's own."""
    return dbapi2.connect(f"file:{data / 'daiban.db'}", uri=True)


def open_phone(folder: Path) -> Any:
    """A phone's store, with its key."""
    store = dbapi2.connect(str(folder / "store.db"))
    store.execute(f"PRAGMA key = \"x'{(folder / 'store.key').read_bytes().hex()}'\"")
    return store


def server_findings(data: Path) -> Iterator[str]:
    """The server by itself: chains, log, histories, photos."""
    database = open_server(data)
    if database.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
        yield "the database is damaged"
    for (centre,) in database.execute("SELECT centre FROM counter").fetchall():
        yield from _log_findings(database, centre)
        yield from _chain_findings(database, centre)
    for centre, digest, size in database.execute("SELECT centre, digest, size FROM photo_file").fetchall():
        path = data / "photos" / centre.hex() / digest.hex()[:2] / digest.hex()
        if not path.exists() or path.stat().st_size != size or hashlib.sha256(path.read_bytes()).digest() != digest:
            yield f"photo {digest.hex()[:12]} is receipted and not whole on the server"
    yield from _record_findings(database)
    database.close()


def _record_findings(database: Any) -> Iterator[str]:
    """Whatever a record consists of is in history, in the stretch that it names."""
    places = {
        (centre, one.position, stretch[0]): one.record
        for (centre,) in database.execute("SELECT centre FROM counter").fetchall()
        for stretch in database.execute(STRETCHES, (centre,))
        for one in spelt([stretch])
    }
    for centre, id_, position, start, heads in database.execute(
        "SELECT centre, id, position, stretch, heads FROM record"
    ).fetchall():
        wanted = [(position, start)] if heads is None else [(h[0], h[4]) for h in msgspec.msgpack.decode(heads)]
        for at, stretch in wanted:
            if places.get((centre, at, stretch)) != id_:
                yield f"record {id_.hex()[:8]} of {centre.hex()[:8]} has no entry behind it at {at}"


def _log_findings(database: Any, centre: bytes) -> Iterator[str]:
    """Every envelope is a leaf, in order; the newest checkpoint's root is theirs."""
    frontier = merkle.Frontier()
    rows = database.execute(
        "SELECT device, sequence, digest, leaf FROM envelope WHERE centre = ? ORDER BY leaf", (centre,)
    ).fetchall()
    for number, (device, sequence, digest, leaf) in enumerate(rows):
        payload = _payload(database, centre, device, sequence)
        if leaf != number:
            yield f"leaf {number} of {centre.hex()[:8]} is missing"
        if hashlib.sha256(payload).digest() != digest:
            yield f"envelope {sequence} of {device.hex()[:8]}: its entries are not what was signed"
        frontier, _ = frontier.appended(merkle.leaf_hash(payload))
    size, hashes = database.execute("SELECT log_size, log_frontier FROM counter WHERE centre = ?", (centre,)).fetchone()
    if (size, hashes) != (frontier.size, b"".join(frontier.hashes)):
        yield f"the log of {centre.hex()[:8]} is not its envelopes"
    row = database.execute(
        "SELECT packed FROM checkpoint WHERE centre = ? ORDER BY size DESC, time DESC LIMIT 1", (centre,)
    ).fetchone()
    if (row or (None,)) != database.execute("SELECT checkpoint FROM counter WHERE centre = ?", (centre,)).fetchone():
        yield f"the counter of {centre.hex()[:8]} has another checkpoint than the newest"
    if row and (found := note.unpack(row[0])) and (found.size, found.root) != (frontier.size, frontier.root()):
        yield f"the newest checkpoint of {centre.hex()[:8]} is of another log"


def _payload(database: Any, centre: bytes, device: bytes, sequence: int) -> bytes:
    header, secret = database.execute(
        "SELECT header, secret FROM envelope WHERE centre = ? AND device = ? AND sequence = ?",
        (centre, device, sequence),
    ).fetchone()
    stated = batch.Header(*batch._HEADER.unpack(header))
    bodies = dict(
        database.execute("SELECT number, body FROM parked WHERE centre = ? AND device = ?", (centre, device)).fetchall()
    )
    stretches = database.execute(f"{STRETCHES} AND device = ?", (centre, device)).fetchall()
    bodies |= {one.number: one.body for one in spelt(stretches)}
    entries = [bodies.get(number, b"") for number in range(stated.first, stated.first + stated.entry_count)]
    return batch.payload(stated, secret, entries)


def _chain_findings(database: Any, centre: bytes) -> Iterator[str]:
    rows = database.execute(
        "SELECT device, sequence, digest, header FROM envelope WHERE centre = ? ORDER BY device, sequence", (centre,)
    ).fetchall()
    ends: dict[bytes, tuple[int, bytes]] = {}
    for device, sequence, digest, header in rows:
        before = ends.get(device, (0, batch.FIRST))
        if (sequence, batch.Header(*batch._HEADER.unpack(header)).previous) != (before[0] + 1, before[1]):
            yield f"the chain of {device.hex()[:8]} breaks at {sequence}"
        ends[device] = sequence, digest


def phone_findings(data: Path, folder: Path) -> Iterator[str]:
    """A phone against the server: nothing receipted is missing there, nothing unreceipted is missing here."""
    if not (folder / "store.db").exists():
        return
    store, database = open_phone(folder), open_server(data)
    meta = {name: json.loads(value) for name, value in store.execute("SELECT name, value FROM meta")}
    if "device" not in meta:
        return
    device, centre = bytes.fromhex(meta["device"]), bytes.fromhex(meta["centre"])
    numbers = [row[0] for row in store.execute("SELECT number FROM entry ORDER BY number")]
    if numbers != list(range(1, len(numbers) + 1)):
        yield "an entry's number is missing on the phone"
    keys = keyring.load(
        meta["keyring"].encode(), bytes.fromhex(meta["root_key"]), bytes.fromhex(meta["origin"])
    ).receipt_keys()
    for sequence, digest, packed, signed in store.execute("SELECT sequence, digest, packed, receipt FROM batch"):
        kept = store.execute("SELECT body FROM entry WHERE sequence = ? ORDER BY number", (sequence,)).fetchall()
        if not packed:
            yield from _let_go_findings(database, meta, (centre, device, sequence), digest, signed)
            continue
        sealed = batch.unpack(packed)
        if sealed.digest != digest or [row[0] for row in kept] != list(sealed.entries):
            yield f"batch {sequence} on the phone is not what was saved"
        if signed is not None:
            yield from _custody_findings(database, sealed, receipt.unpack(signed), keys)
        if (
            signed is None
            and database.execute(
                "SELECT 1 FROM quarantine WHERE device = ? AND sequence = ?", (device, sequence)
            ).fetchone()
        ):
            yield f"batch {sequence} of an honest phone is in quarantine"
    for record, sha256, path, size, signed in store.execute("SELECT record, sha256, path, size, receipt FROM photo"):
        if signed is not None:
            found = receipt.unpack_photo(signed)
            receipt.check_photo(found, bytes.fromhex(meta["origin"]), centre, device, keys[found.key])
            if not database.execute(
                "SELECT 1 FROM photo_file WHERE centre = ? AND record = ? AND digest = ?",
                (centre, record, found.digest),
            ).fetchone():
                yield f"photo {sha256[:12]} is receipted and unknown to the server"
        else:
            file = folder / "photos" / path
            if not file.exists() or file.stat().st_size != size:
                yield f"photo {sha256[:12]} has no receipt and is not on the phone"
            elif hashlib.sha256(file.read_bytes()).hexdigest() != sha256:
                yield f"photo {sha256[:12]} is damaged on the phone"
    store.close()
    database.close()


def _let_go_findings(
    database: Any, meta: dict[str, Any], which: tuple[bytes, bytes, int], digest: bytes, signed: bytes | None
) -> Iterator[str]:
    """A phone lets go only of what the signed horizon covers, and the server has that."""
    reach = restored.unpack_horizon(bytes.fromhex(meta["horizon"])) if meta.get("horizon") else None
    if signed is None or reach is None or not reach.covers(receipt.unpack(signed)):
        yield f"batch {which[2]} is not on the phone any more, and no horizon covers it"
    row = database.execute(
        "SELECT digest, receipt FROM envelope WHERE centre = ? AND device = ? AND sequence = ?", which
    ).fetchone()
    if row != (digest, signed) or hashlib.sha256(_payload(database, *which)).digest() != digest:
        yield f"batch {which[2]} is not on the phone any more, and not whole on the server"


def _custody_findings(
    database: Any, sealed: batch.Batch, signed: receipt.Receipt, keys: dict[bytes, bytes]
) -> Iterator[str]:
    header = sealed.header
    receipt.check(signed, header, sealed.digest, keys[signed.key])
    row = database.execute(
        "SELECT digest, receipt, signature FROM envelope WHERE centre = ? AND device = ? AND sequence = ?",
        (header.centre, header.device, header.sequence),
    ).fetchone()
    if row is None:
        yield f"batch {header.sequence} is receipted and unknown to the server"
        return
    if (row[0], row[1]) != (sealed.digest, receipt.pack(signed)):
        yield f"batch {header.sequence} has another digest or receipt on the server"
    key = database.execute("SELECT key FROM device WHERE id = ?", (header.device,)).fetchone()[0]
    verify(key, dsse.pae(dsse.BATCH, sealed.payload), row[2])


def told_findings(data: Path, folder: Path) -> Iterator[str]:
    """What the phone told its user is saved (``.told`` beside the store): it is in the store, word for word, or at the
    server, if the store let it go (see `phone_findings`)."""
    told = folder.with_name(folder.name + ".told")
    if not told.exists():
        return
    store, database = open_phone(folder), open_server(data)
    kept = dict(store.execute("SELECT number, body FROM entry").fetchall())
    centre, device = (
        bytes.fromhex(json.loads(store.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()[0]))
        for name in ("centre", "device")
    )
    given = {one.number: one.body for one in spelt(database.execute(f"{STRETCHES} AND device = ?", (centre, device)))}
    bodies = [json.loads(body or given.get(number, b"{}")) for number, body in kept.items()]
    for line in told.read_text().splitlines():
        wanted = json.loads(line)
        if not any(
            body.get("record") == wanted["record"] and wanted["fields"].items() <= body.get("fields", {}).items()
            for body in bodies
        ):
            yield f"{wanted} was told to be saved and is not"
    store.close()
    database.close()


def findings(data: Path, folders: list[Path]) -> list[str]:
    """Everything that is wrong."""
    found = list(server_findings(data))
    for folder in folders:
        found += [f"{folder.name}: {finding}" for finding in phone_findings(data, folder)]
        found += [f"{folder.name}: {finding}" for finding in told_findings(data, folder)]
    return found


def main() -> None:
    """Print what is wrong."""
    found = findings(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
    print("\n".join(found) or "nothing is lost")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
