"""Evidence files: one that holds, with a restore between two batches, and what a verifier says of altered ones."""

import base64
import hashlib
import json
from typing import Any

import msgspec
from msgspec.structs import replace

from daiban_schemas import entry, mandate
from daiban_sync import batch, dsse, ids, merkle, note, receipt, restored
from daiban_sync.batch import Batch
from daiban_sync.chain import Chain
from daiban_sync.clock import Interval
from daiban_sync.evidence import verify
from daiban_sync.evidence.document import (
    FORMAT,
    Device,
    Disclosed,
    Document,
    Envelope,
    Log,
    Photo,
    Text,
    contents,
    encode,
    reshaped,
    signed,
)
from daiban_sync.evidence.document import Batch as Shown
from daiban_sync.evidence.statements import Became, Stated, Vouched, state
from daiban_sync.keys import Signer, desk_device, key_id
from daiban_sync.merkle import Frontier
from daiban_sync.restored import Restored
from tests.vectors import cast

NINE, MINUTE = cast.NINE, cast.MINUTE
CASE = cast.APPLICATION.hex()
MANDATE = ids.uuid7(NINE + 3 * MINUTE, bytes(range(30, 40)))
PERSON, CLERK = b"person--wangfang", b"person---zhaomin"
PICTURE = b"not really a picture"
_APPLIED = entry.change(
    CASE, "application", {"household": cast.HOUSEHOLD.hex(), "applicant": "张桂兰"}, seen=0, at=NINE
)
_GIVEN = entry.change(
    MANDATE.hex(),
    "mandate",
    {
        "application": CASE,
        "text_version": "2026-1",
        "text_sha256": mandate.sha256_of("2026-1"),
        "agent": "王芳",
        "signers": [{"name": "张桂兰", "mark": "drawn", "at": NINE + 3 * MINUTE}],
    },
    seen=0,
    at=NINE + 3 * MINUTE,
)
_PHOTO = entry.change(
    cast.PHOTO.hex(),
    "photo",
    {"parent": MANDATE.hex(), "sha256": hashlib.sha256(PICTURE).hexdigest(), "size": len(PICTURE)},
    seen=0,
    at=NINE + 4 * MINUTE,
)


def _envelope(signer: Signer, kind: str, payload: bytes) -> Envelope:
    return signed(kind, payload, dsse.sign(signer, kind, payload), key_id(signer.public_key))


def _receipt(one: Batch, leaf: int, bounds: Interval, epoch: int) -> Envelope:
    return _envelope(cast.RECEIPT, dsse.RECEIPT, receipt.payload(one.header, one.digest, leaf, bounds, epoch))


def _shown(one: Batch, *indexes: int) -> tuple[Disclosed, ...]:
    salts = batch.salts(one.secret, len(one.entries))
    return tuple(Disclosed(i, salts[16 * i : 16 * i + 16], one.entries[i].decode()) for i in indexes)


def document() -> Document:
    """The file: 王芳's batch in the first log, a restore, then hers and a clerk's in the second."""
    first = cast.sealed(Chain(), 7, cast.CREATED, _APPLIED, _GIVEN)
    old_log, old = note.name(cast.ORIGIN, cast.CENTRE), Frontier().appended(merkle.leaf_hash(first.payload))[0]
    ended = note.issue(cast.RECEIPT, old_log, old.size, old.root(), NINE + 10 * MINUTE)
    fork = restored.issue(cast.ROOT, cast.ORIGIN, cast.CENTRE, Restored(1, 41, 1, old.root(), NINE, NINE + 99 * MINUTE))
    begun = restored.payload(cast.ORIGIN, cast.CENTRE, fork)
    named = {"checkpoint_size": 1, "checkpoint": note.digest(ended, old_log)}
    second = cast.sealed(Chain(1, first.digest, 3), 8, _PHOTO, **named)
    desk = desk_device(cast.ORIGIN, cast.CENTRE)
    accepted = entry.command(CASE, "application", "accept", None, expected=1, at=NINE, by=CLERK.hex())
    header = cast.header(Chain(), 1, device=desk)
    third = batch.seal(header, bytes([9]) * 32, [accepted], cast.DESK_KEY)
    log, leaves = note.name(cast.ORIGIN, cast.CENTRE, 1), [begun, second.payload, third.payload]
    hashes, end = [merkle.leaf_hash(leaf) for leaf in leaves], Frontier()
    for digest in hashes:
        end = end.appended(digest)[0]
    now = note.issue(cast.RECEIPT, log, end.size, end.root(), NINE + 200 * MINUTE)
    pair = merkle.node_hash(hashes[0], hashes[1])
    times = [Interval(0, NINE + 9 * MINUTE), Interval(NINE + 10 * MINUTE, NINE + 100 * MINUTE)]
    late = Interval(0, NINE + 110 * MINUTE)
    whole = Document(
        FORMAT,
        cast.ORIGIN.hex(),
        cast.CENTRE.hex(),
        CASE,
        (reshaped(cast.SIGNED_RING, cast.ROOT.public_key),),
        (_phone(), Device(desk.hex(), cast.DESK_KEY.public_key.hex())),
        (
            Log(0, note.note(ended, old_log)),
            Log(1, note.note(now, log), _envelope(cast.ROOT, dsse.RESTORED, begun), (hashes[1], hashes[2])),
        ),
        (
            Shown(_of(first, cast.PHONE), _shown(first, 1, 2), _receipt(first, 0, times[0], 0)),
            Shown(
                _of(second, cast.PHONE),
                _shown(second, 0),
                _receipt(second, 1, times[1], 1),
                (hashes[0], hashes[2]),
                note.note(ended, old_log),
            ),
            Shown(_of(third, cast.DESK_KEY), _shown(third, 0), _receipt(third, 2, late, 1), (pair,)),
        ),
        (_photo(),),
        (Text("mandate", "2026-1", mandate.TEXTS["2026-1"]),),
        (),
    )
    return replace(whole, stated=state(cast.RECEIPT, _stated(whole, desk)))


def _of(one: Batch, signer: Signer) -> Envelope:
    return signed(dsse.BATCH, one.payload, one.signature, key_id(signer.public_key))


def _phone() -> Device:
    key, origin = cast.PHONE.public_key.hex(), cast.ORIGIN.hex()
    asked = msgspec.json.encode({"code": "00" * 16, "key": key, "origin": origin, "name": "王芳的手机", "at": NINE})
    told = (origin, cast.CENTRE.hex(), cast.DEVICE.hex(), key, PERSON.hex(), "王芳", 1, 2, CLERK.hex(), "赵敏", NINE)
    return Device(
        cast.DEVICE.hex(), key, state(cast.RECEIPT, Vouched(*told)), _envelope(cast.PHONE, dsse.ENROLMENT, asked)
    )


def _photo() -> Photo:
    digest, kind = hashlib.sha256(PICTURE).digest(), dsse.PHOTO_RECEIPT
    names = (cast.ORIGIN, cast.CENTRE, cast.DEVICE)
    held = receipt.issue_photo(cast.RECEIPT, *names, cast.PHOTO, digest, len(PICTURE), NINE + 120 * MINUTE)
    said = receipt.photo_payload(*names, held)
    return Photo(signed(kind, said, held.signature, held.key), PICTURE)


def _stated(whole: Document, desk: bytes) -> Stated:
    became = [(cast.DEVICE, 2, PERSON), (cast.DEVICE, 3, PERSON), (cast.DEVICE, 4, PERSON), (desk, 1, CLERK)]
    return Stated(
        whole.origin,
        whole.centre,
        "建民办事处",
        CASE,
        "JM-2026-0001",
        "养老待遇申领",
        "已受理",
        NINE + 201 * MINUTE,
        CLERK.hex(),
        "赵敏",
        contents(whole),
        0,
        ((PERSON.hex(), "王芳", "agent"), (CLERK.hex(), "赵敏", "clerk")),
        tuple(Became(device.hex(), number, author.hex(), NINE, "merged") for device, number, author in became),
    )


def files() -> dict[str, Any]:
    """The file, and altered ones with the code of the step that refuses each."""
    made = encode(document())
    verdict = verify(made, cast.ROOT.public_key)
    return {
        "about": "evidence files: one that holds, as base64, and changes of its text that a step refuses",
        "root": cast.ROOT.public_key.hex(),
        "file": base64.b64encode(made).decode(),
        "notes": list(verdict.notes),
        "altered": [_altered(made, *change) for change in _changes(json.loads(made))],
    }


def _changes(told: Any) -> list[tuple[str, str, str]]:
    """Why, what text (which stands in the file once or first), and what instead."""
    vouched = told["devices"][0]["vouched"]["signatures"][0]["sig"]
    stated = told["stated"]["signatures"][0]["sig"]
    root_sig = told["keyrings"][0]["signatures"][0]["sig"]
    first, second, third = told["batches"]
    return [
        ("a member more", '"format"', '"more": 1,\n "format"'),
        ("another spelling", "张桂兰", "\\u5f20桂兰"),
        ("a space", '"origin": ', '"origin":  '),
        ("capital digits", told["centre"], told["centre"].upper()),
        ("another signature under the keyring", root_sig, vouched),
        ("another signature of the centre", vouched, stated),
        ("another device", told["devices"][0]["device"], "00" * 16),
        ("a checkpoint of another size", "\\n3\\n", "\\n4\\n"),
        ("another path of the restore", told["logs"][1]["path"][0], told["logs"][1]["path"][1]),
        ("another device's signature", first["envelope"]["signatures"][0]["sig"], vouched),
        ("another applicant", "张桂兰", "张桂花"),
        ("another salt", first["entries"][0]["salt"], second["entries"][0]["salt"]),
        ("another place in the batch", '"index": 2', '"index": 0'),
        ("another receipt", first["receipt"]["payload"], second["receipt"]["payload"]),
        ("a path that leads elsewhere", third["path"][0], second["path"][1]),
        ("another photo", told["photos"][0]["content"], base64.b64encode(b"another picture here").decode()),
        ("another text", "代办不收费", "代办收费"),
        ("another word on the whole", stated, vouched),
        ("a seat that the server did not sign for", '"further": []', '"further": [\n ]'),
    ]


def _altered(made: bytes, why: str, text: str, instead: str) -> dict[str, str]:
    changed = made.replace(text.encode(), instead.encode(), 1)
    if changed == made:
        raise LookupError(why)
    return {"why": why, "text": text, "instead": instead, "code": verify(changed, cast.ROOT.public_key).code}
