"""Entries, batches, and what the centre signs for them."""

import hashlib
import struct
from typing import Any

from daiban_sync import batch, dsse, outcome, receipt
from daiban_sync.batch import Batch
from daiban_sync.chain import Chain, judge
from daiban_sync.clock import Interval, effective
from daiban_sync.outcome import Outcome
from tests.vectors import cast

BOUNDS = Interval(cast.NINE, cast.NINE + 90 * cast.MINUTE)
SECOND = cast.sealed(Chain().after(cast.FIRST), 8, cast.EDITED)
TWIN = cast.sealed(Chain().after(cast.FIRST), 9, cast.EDITED)


def batches() -> dict[str, Any]:
    """A batch with every step of its making, and one that follows it."""
    return {
        "about": "salts, entry hashes, the signed payload, the batch as it travels; `key` signed them",
        "key": cast.PHONE.public_key.hex(),
        "first": _batch(cast.FIRST),
        "second": _batch(SECOND),
        "judged": _judged(),
        "refused": _refused(),
    }


def _batch(one: Batch) -> dict[str, Any]:
    salts = batch.salts(one.secret, len(one.entries))
    cut = [salts[16 * i : 16 * i + 16] for i in range(len(one.entries))]
    header = {name: value.hex() if isinstance(value, bytes) else value for name, value in one.header._asdict().items()}
    return {
        "header": header,
        "header_bytes": one.payload[: batch.HEADER_BYTES].hex(),
        "secret": one.secret.hex(),
        "entries": [entry.decode() for entry in one.entries],
        "salts": [salt.hex() for salt in cut],
        "hashes": [batch.entry_hash(salt, entry).hex() for salt, entry in zip(cut, one.entries, strict=True)],
        "payload": one.payload.hex(),
        "digest": one.digest.hex(),
        "signed": dsse.pae(dsse.BATCH, one.payload).hex(),
        "signature": one.signature.hex(),
        "packed": batch.pack(one).hex(),
    }


def _judged() -> list[dict[str, Any]]:
    """What a batch is to a chain that stands at some batch."""
    empty, after_one = Chain(), Chain().after(cast.FIRST)
    after_two = after_one.after(SECOND)
    cases = (
        (cast.FIRST, empty, None),
        (SECOND, after_one, None),
        (SECOND, empty, None),
        (cast.FIRST, after_two, cast.FIRST.digest),
        (TWIN, after_two, SECOND.digest),
        (cast.sealed(after_two._replace(digest=TWIN.digest), 9, cast.EDITED), after_two, None),
        (cast.sealed(after_two, 9, cast.EDITED, first=9), after_two, None),
    )
    return [
        {
            "chain": {"sequence": chain.sequence, "digest": chain.digest.hex(), "number": chain.number},
            "stored": stored and stored.hex(),
            "batch": {
                "sequence": one.header.sequence,
                "previous": one.header.previous.hex(),
                "first": one.header.first,
                "digest": one.digest.hex(),
            },
            "verdict": judge(one, chain, stored),
        }
        for one, chain, stored in cases
    ]


def _refused() -> list[dict[str, Any]]:
    """Batches that no honest device sends, with the code that refuses the request."""
    whole = batch.pack(cast.FIRST)
    flags, count = struct.pack(">H", 1), struct.pack(">I", 501)
    at = batch.HEADER_BYTES
    broken = {
        "a flag is set": whole[:2] + flags + whole[4:],
        "another protocol": b"\x00\x02" + whole[2:],
        "cut off in its last entry": whole[:-1],
        "a byte behind the last entry": whole + b"\x00",
        "shorter than its header": whole[:100],
        "more entries than allowed": whole[: at - 4] + count + whole[at:],
        "no entries": whole[: at - 4] + bytes(4) + whole[at : at + 96],
        "one bit of its signature": whole[: at + 9] + bytes([whole[at + 9] ^ 1]) + whole[at + 10 :],
        "one bit of its secret": whole[: at + 70] + bytes([whole[at + 70] ^ 1]) + whole[at + 71 :],
        "one bit of an entry": whole[:-3] + bytes([whole[-3] ^ 1]) + whole[-2:],
    }
    return [{"why": why, "packed": packed.hex(), "code": code_of(packed)} for why, packed in broken.items()]


def code_of(packed: bytes) -> str:
    """Why a batch's bytes are refused."""
    try:
        batch.check(batch.unpack(packed), cast.PHONE.public_key)
    except Exception as error:
        return str(error.code)  # type: ignore[attr-defined]
    raise AssertionError("these bytes hold")


def receipts() -> dict[str, Any]:
    """Receipts of the first batch and of a photo."""
    one = receipt.issue(cast.RECEIPT, cast.FIRST.header, cast.FIRST.digest, 5, BOUNDS)
    signed = receipt.payload(cast.FIRST.header, cast.FIRST.digest, 5, BOUNDS)
    digest = hashlib.sha256(b"not quite a photo").digest()
    photo = receipt.issue_photo(
        cast.RECEIPT, cast.ORIGIN, cast.CENTRE, cast.DEVICE, cast.PHOTO, digest, 17, BOUNDS.latest
    )
    return {
        "about": "the signed payload, and what travels: the device knows the rest",
        "key": cast.RECEIPT.public_key.hex(),
        "batch": {
            "payload": signed.hex(),
            "signed": dsse.pae(dsse.RECEIPT, signed).hex(),
            "signature": one.signature.hex(),
            "packed": receipt.pack(one).hex(),
            "epoch": 0,
            "leaf": 5,
            "earliest": BOUNDS.earliest,
            "latest": BOUNDS.latest,
        },
        "photo": {
            "bytes": b"not quite a photo".hex(),
            "payload": receipt.photo_payload(cast.ORIGIN, cast.CENTRE, cast.DEVICE, photo).hex(),
            "signature": photo.signature.hex(),
            "packed": receipt.pack_photo(photo).hex(),
        },
        "effective": [{"at": at, "effective": effective(at, BOUNDS)} for at in _CLAIMS],
    }


_CLAIMS = (0, BOUNDS.earliest - 1, BOUNDS.earliest, cast.NINE + cast.MINUTE, BOUNDS.latest, 4_070_908_800_000)


def outcomes() -> dict[str, Any]:
    """Outcomes packed and spelt out."""
    told = [
        Outcome(1, "new"),
        Outcome(2, "merged", "report.without_effect"),
        Outcome(3, "merged"),
        Outcome(4, "merged"),
        Outcome(5, "conflict", None, ("deleted", "phone")),
        Outcome(6, "parked", "parent.missing"),
        Outcome(7, "refused", "answers.missing", ("answers.reason",)),
        Outcome(8, "identical"),
    ]
    return {
        "about": "OUTCOMES frames: packed JSON, and the outcomes that it says",
        "codes": list(outcome.OUTCOMES),
        "packed": outcome.pack(told),
        "outcomes": [{**one._asdict(), "fields": list(one.fields)} for one in told],
        "malformed": [
            {"first": 1, "runs": []},
            {"first": 1, "runs": [[6, 1]]},
            {"first": 1, "runs": [[0, 501]]},
            {"first": -1, "runs": [[0, 1]]},
            {"runs": [[0, 1]]},
        ],
    }
