"""A receipt is custody and nothing more: what a device hands in in another's name, over the server's fields or about
records that are none of its own has a receipt like any other, and the tables show what became of it."""

import hashlib
import json
from typing import Any

import pytest
from sqlalchemy import select

from daiban_schemas import entry
from daiban_server.db import schema
from daiban_server.db.program import rows
from daiban_sync import bundle, limits, outcome, wire
from daiban_sync.bundle import Part
from daiban_sync.frames import Frame, join
from tests.photos.pictures import taken
from tests.support.history import kept_of
from tests.support.office import office
from tests.support.raw_device import RawDevice, code_of, raw_device
from tests.support.township import Township, new_id

KEYS = select(schema.device.c.key)


async def standing(town: Township) -> list[Any]:
    """Every record, with all that is kept of it."""
    return [tuple(row) for row in await town.services.database.read(rows(select(*schema.record.columns)))]


async def told(device: RawDevice, *entries: bytes) -> list[tuple[str, str | None]]:
    """Hand in one batch, which must get its receipt; outcome and code of each entry."""
    reply = await device.pushed(device.seal(*entries))
    assert len(reply.receipts) == 1
    return [(one.outcome, one.code) for one in outcome.unpack(reply.outcomes[0])]


def change(record: str, kind: str = "household", **fields: Any) -> bytes:
    return entry.change(record, kind, fields, seen=0, at=1)


def besides(body: bytes, **members: Any) -> bytes:
    """The same entry with more members than a device writes."""
    return json.dumps({**json.loads(body), **members}, ensure_ascii=False).encode()


async def home(town: Township, device: RawDevice, place: bytes | None = None) -> str:
    record = new_id().hex()
    assert await told(device, change(record, place=(place or town.qingshan).hex(), head="张桂兰")) == [("new", None)]
    return record


async def test_who_names_somebody_else_has_written_it_himself(township: Township) -> None:
    device, clerk = await raw_device(township), township.people["赵敏"]
    record = await home(township, device)
    named = besides(change(record, note="赵主任说的"), by=clerk.hex(), adopted="00/00/1")
    assert await told(device, named) == [("merged", None)]
    [_, kept] = await kept_of(township, record)
    assert (kept.author, kept.authority, kept.device) == (township.people["王芳"], 1, device.id)
    shown = (await (await township.signed_in("李红")).get(f"/v1/records/household/{record}")).text
    assert clerk.hex() not in shown


async def test_what_only_the_server_writes_stays_as_it_was(township: Township) -> None:
    device = await raw_device(township)
    record, case = await home(township, device), new_id().hex()
    under = {"household": record, "item": township.item.hex(), "applicant": "张桂兰"}
    assert await told(device, change(case, "application", **under)) == [("new", None)]
    before = await standing(township)
    refused = ("refused", "field.server_only")
    forged = [
        change(case, "application", status="completed", version=9),
        change(case, "application", number="JM-2026-0001", applicant="混在里面的"),
        change(record, erased={"at": 1}, head="混在里面的"),
        change(new_id().hex(), "application", **under, due="2099-01-01"),
    ]
    assert await told(device, *forged) == [refused] * len(forged)
    assert await told(device, change(township.item.hex(), "item", fee="免费")) == [("refused", "kind.read_only")]
    assert await told(device, besides(change(record, head="混在里面的"), erased=1)) == [("refused", "record.erased")]
    assert await standing(township) == before


async def test_no_record_of_somebody_elses_place_is_changed_nor_made_one_of_ones_own(township: Township) -> None:
    town = township
    liu, wang = await raw_device(town, "刘强"), await raw_device(town)
    theirs = await home(town, liu, town.baihe)
    await (await office(town)).take("王芳", town.baihe)
    later = town.clock() + 1000
    town.clock.ahead += 2000
    before = await standing(town)
    foreign = [
        besides(one, at=later)
        for one in (
            change(theirs, phone="13700000000"),
            change(theirs, place=town.qingshan.hex()),
            entry.report(theirs, "household", "finished", at=later),
            change(new_id().hex(), place=town.baihe.hex(), head="塞进去的"),
            change(new_id().hex(), "application", household=theirs, item=town.item.hex(), applicant="塞进去的"),
        )
    ]
    assert await told(wang, *foreign) == [("refused", "scope.foreign")] * len(foreign)
    assert await standing(town) == before
    assert {one.outcome for one in await kept_of(town, theirs)} == {0, 5}, "kept in history, with what became of it"


async def test_a_device_gives_no_command_that_is_not_its_roles(township: Township) -> None:
    device = await raw_device(township)
    record, case = await home(township, device), new_id().hex()
    under = {"household": record, "item": township.item.hex(), "applicant": "张桂兰", "answers.reason": "到龄"}
    await told(
        device, change(case, "application", **under), entry.command(case, "application", "submit", expected=1, at=1)
    )
    before = await standing(township)
    for name in ("receive", "accept", "complete"):
        one = besides(entry.command(case, "application", name, expected=None, at=1), by=township.people["赵敏"].hex())
        assert await told(device, one) == [("refused", "command.not_your_role")]
    assert await standing(township) == before


@pytest.mark.parametrize("ahead", [{"size": limits.INTEGER}, {"epoch": limits.INTEGER}], ids=["size", "epoch"])
async def test_a_piece_that_is_refused_for_its_log_leaves_no_photo_behind(
    sqlite_township: Township, ahead: dict[str, int]
) -> None:
    """No transaction takes a stored photo back: what the push would refuse is refused before it."""
    town, picture = sqlite_township, taken(1)
    device, photos = await raw_device(town), town.services.settings.data / "photos"
    part = bundle.part_frame(Part(new_id(), hashlib.sha256(picture).digest(), len(picture), 0, picture))
    told = []
    for hello in (wire.Hello(**ahead), wire.Hello()):
        piece = device.piece(join([wire.json_frame(Frame.HELLO, hello), part]))
        answer = await device.http.post(f"{town.url}/v1/bundles", content=piece)
        kept = await town.services.database.read(rows(select(schema.photo_file.c.record)))
        files = [path for path in photos.rglob("*") if path.is_file()]
        told.append((answer.status_code, len(kept), bool(files)))
    assert told == [(409, 0, False), (200, 1, True)]


async def test_no_new_key_counts_back_or_no_evidence_of_its_device_would_ever_hold(township: Township) -> None:
    """A file in which a key's last entry lies before the last one of the key before is refused by every verifier."""
    device = await raw_device(township)
    await home(township, device)
    await device.new_key()
    before = device.key
    for last, number in ((device.sequence, 0), (device.sequence - 1, device.number)):
        body, fresh = device.asking(last, number)
        assert code_of(await device.send(body, "/v1/enrolment/key")) == "enrolment.malformed"
        assert fresh.public_key not in {row[0] for row in await township.services.database.read(rows(KEYS))}
    assert device.key == before
    await home(township, device)
    await device.new_key()
    await home(township, device)
