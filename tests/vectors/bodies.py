"""Frames and whole bodies: a request, and the answer to it."""

import hashlib
import struct
from typing import Any

import msgspec

from daiban_schemas import entry
from daiban_sync import batch, keyring, merkle, note, outcome, receipt, wire
from daiban_sync.dictionary import DICTIONARIES, NEWEST
from daiban_sync.frames import Frame, join
from daiban_sync.merkle import Frontier
from daiban_sync.outcome import Outcome
from daiban_sync.session import SyncSession, Trust
from daiban_sync.wire import Answer, Author, Hello, PhotoWanted, Problem, PulledChange, Ticket
from tests.sync.paper_log import Log
from tests.vectors import cast
from tests.vectors.batches import BOUNDS, SECOND

Frames = list[tuple[int, bytes]]
_SHA = hashlib.sha256(b"not quite a photo").digest()
_AUTHORS = (
    Author(cast.DEVICE.hex(), "王芳", "agent", True),
    Author(cast.DESK.hex(), "赵敏", "clerk", False),
    Author(bytes(16).hex(), "系统", "server", False),
)


def dictionary() -> dict[str, Any]:
    """The preset dictionaries, byte for byte."""
    return {
        "about": "preset dictionaries of the wire by number; one that was ever shipped is kept for ever",
        "newest": NEWEST,
        "dictionaries": {
            str(number): {"bytes": data.hex(), "length": len(data), "sha256": hashlib.sha256(data).hexdigest()}
            for number, data in DICTIONARIES.items()
        },
    }


def request_frames() -> Frames:
    """A hello that asks for a photo's receipt, and two batches."""
    hello = Hello(
        size=3,
        keyring=1,
        photos=(PhotoWanted(cast.PHOTO.hex(), _SHA.hex(), 17),),
        fresh=True,
        left=4,
        client="vectors/1",
    )
    return [
        wire.json_frame(Frame.HELLO, hello),
        (Frame.BATCH, batch.pack(cast.FIRST)),
        (Frame.BATCH, batch.pack(SECOND)),
    ]


def exchange() -> dict[str, Any]:
    """One round trip: what the device held, sent, got and then held."""
    log = Log([b"of other devices %d" % n for n in range(5)])
    before = Frontier(3, tuple(log.node(*node) for node in merkle.perfect(0, 3)))
    answer, checkpoint = _answer_frames(log)
    trust = Trust(cast.ORIGIN, cast.CENTRE, cast.DEVICE, cast.ROOT.public_key, cast.RING)
    received = SyncSession(trust, before, Hello(), [cast.FIRST, SECOND]).receive(join(answer))
    return {
        "about": "a request and its answer by frames, and deflated; any body that inflates to `inflated` is right; "
        "with what the device held before, and holds after it verified the answer",
        "root_key": cast.ROOT.public_key.hex(),
        "origin": cast.ORIGIN.hex(),
        "centre": cast.CENTRE.hex(),
        "device": cast.DEVICE.hex(),
        "before": {"size": 3, "frontier": [one.hex() for one in before.hashes], "keyring": cast.SIGNED_RING.decode()},
        "request": _body(request_frames()),
        "answer": _body(answer),
        "after": {
            "size": received.frontier.size,
            "frontier": [one.hex() for one in received.frontier.hashes],
            "root": received.frontier.root().hex(),
            "checkpoint": note.digest(checkpoint, cast.LOG).hex(),
            "keyring": received.keyring.edition,
            "cursor": received.reply.answer.cursor,
        },
    }


def _answer_frames(log: Log) -> tuple[Frames, note.Checkpoint]:
    """The first batch gets leaf 5, somebody else's leaf 6, the second leaf 7; 8 is somebody else's again."""
    leaves = [log.append(data) for data in (cast.FIRST.payload, b"another", SECOND.payload, b"one more")]
    checkpoint = note.issue(cast.RECEIPT, cast.LOG, 9, log.root(9), BOUNDS.latest)
    proof = merkle.extension(3, 9, [leaves[0], leaves[2]], log.node)
    ring = keyring.issue(cast.ROOT, msgspec.structs.replace(cast.RING, edition=2, at=cast.NINE))
    photo = receipt.issue_photo(
        cast.RECEIPT, cast.ORIGIN, cast.CENTRE, cast.DEVICE, cast.PHOTO, _SHA, 17, BOUNDS.latest
    )
    told = [[Outcome(1, "new"), Outcome(2, "parked", "record.unknown")], [Outcome(3, "merged")]]
    frames: Frames = [wire.json_frame(Frame.ANSWER, Answer(BOUNDS.latest, "opaque-cursor", True))]
    for one, leaf in ((cast.FIRST, leaves[0]), (SECOND, leaves[2])):
        signed = receipt.issue(cast.RECEIPT, one.header, one.digest, leaf, BOUNDS)
        frames.append((Frame.RECEIPT, receipt.pack(signed)))
    frames += [wire.json_frame(Frame.OUTCOMES, outcome.pack(one)) for one in told]
    frames += [(Frame.CHECKPOINT, note.pack(checkpoint)), (Frame.PROOF, b"".join(proof))]
    frames += [(Frame.PHOTO_RECEIPT, receipt.pack_photo(photo)), (Frame.KEYRING, ring)]
    frames.append(wire.json_frame(Frame.AUTHORS, _AUTHORS))
    frames += [(Frame.RECORD, packed) for packed, _ in _records().values()]
    return frames, checkpoint


def pull() -> dict[str, Any]:
    """Records as a pull sends them, packed and spelt out; the frames that are rarer than those of `exchange`."""
    ticket = Ticket(cast.PHOTO.hex(), _SHA.hex(), "/v1/photos/uploads/opaque-ticket", BOUNDS.latest + 3_600_000)
    own = wire.Own(5, 40, 3)
    return {
        "about": "payloads of AUTHORS, RECORD, TICKET and PROBLEM frames; a change's author is an index into `authors`",
        "authors": msgspec.to_builtins(_AUTHORS),
        "own": {"packed": wire.pack_own([own]).hex(), "runs": [own._asdict()]},
        "records": {
            name: {"packed": packed.hex(), "record": _spelt(packed), "about": about}
            for name, (packed, about) in _records().items()
        },
        "many": {
            "about": "the head of a RECORD frame with 130 changes",
            "packed": wire.record_head(cast.HOUSEHOLD, 500, 130).hex(),
        },
        "ticket": msgspec.json.encode(ticket).decode(),
        "problem": msgspec.json.encode(Problem(4, "chain.gap", 3)).decode(),
    }


def _records() -> dict[str, tuple[bytes, str]]:
    edit = entry.change(cast.HOUSEHOLD.hex(), "household", {"phone": "13700000002", "size": 3}, seen=41, at=cast.NINE)
    status = {"status": "submitted", "version": 1, "status_at": cast.NINE}
    moved = entry.change(cast.APPLICATION.hex(), "application", status, seen=44, at=cast.NINE)
    whole = PulledChange(0, 1, 41, 1, cast.NINE, None, cast.CREATED)
    late = cast.NINE + cast.MINUTE
    return {
        "whole": (
            wire.record_head(cast.HOUSEHOLD, 41, 1) + wire.pack_change(whole),
            "a record that one change holds whole",
        ),
        "contested": (
            wire.record_head(cast.HOUSEHOLD, 43, 3)
            + wire.pack_change(whole._replace(names=("place", "head")))
            + wire.pack_change(PulledChange(0, 3, 42, 1, late, ("phone",), cast.EDITED))
            + wire.pack_change(PulledChange(1, 1, 43, 2, late, ("phone", "size"), edit)),
            "a record of three heads, two of which hold the phone number",
        ),
        "server": (
            wire.record_head(cast.APPLICATION, 44, 1) + wire.pack_change(PulledChange(2, 44, 44, 3, late, None, moved)),
            "a change that the server wrote: its number is its position",
        ),
        "gone": (wire.record_head(cast.PHOTO, 45, 0, gone=True), "a record that left this device's scope"),
    }


def _spelt(packed: bytes) -> dict[str, Any]:
    one = wire.unpack_record(packed)
    changes = [{**c._asdict(), "names": c.names and list(c.names), "body": c.body.decode()} for c in one.changes]
    return {"record": one.record.hex(), "position": one.position, "gone": one.gone, "changes": changes}


def _body(frames: Frames) -> dict[str, Any]:
    flat = b"".join(struct.pack(">BI", kind, len(payload)) + payload for kind, payload in frames)
    return {
        "frames": [{"type": kind, "name": Frame(kind).name, "payload": payload.hex()} for kind, payload in frames],
        "inflated": flat.hex(),
        "body": join(frames).hex(),
    }


def small() -> dict[str, Any]:
    """The smallest request, and a frame that a receiver does not know."""
    hello = wire.json_frame(Frame.HELLO, Hello())
    return {
        "about": "small bodies: `hello` alone; with a frame of an unknown type, which is skipped",
        "hello": _body([hello]),
        "unknown": {
            "frames": [{"type": 200, "payload": b"of a newer version".hex()}, {"type": 1, "payload": hello[1].hex()}],
            "body": join([(200, b"of a newer version"), hello]).hex(),
        },
    }
