"""What reached the centre by an odd way is proved as well: a changed key, a spool, quarantine, a sealed picture."""

import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import bindparam, select, update

from daiban_client_sdk import Client
from daiban_schemas import entry
from daiban_server.db import schema
from daiban_server.db.program import rows, run
from daiban_server.spine import keys as device_keys
from daiban_server.spine.quarantine import OUT_OF_SPOOL
from daiban_sync import dsse
from daiban_sync.sealing import SealKey
from tests.accounts.desk import desk_of
from tests.devices.signing import signed as passkey_over
from tests.devices.signing import with_passkey
from tests.devices.test_server_keys import rotated
from tests.evidence.home import begun, checked, exported, picture, signed
from tests.support.raw_device import raw_device
from tests.support.township import Township, new_id, open_township


@pytest.fixture
async def named_town(database_url: str, tmp_path: Path) -> AsyncIterator[Township]:
    """A township that browsers reach by a name: an address in numbers has no passkeys."""
    async with open_township(tmp_path, database_url, host="localhost") as town:
        yield town


async def phoned(phone: Client, case: str, number: str) -> None:
    """The telephone of a case is put right, and handed in."""
    await phone.save(await phone.open(case), {"phone": number})
    await phone.sync()


async def with_three_keys(town: Township) -> str:
    """A case that a phone handed in under three keys; gives its id."""
    wang = await town.device("王芳")
    case = await begun(town, wang)
    await wang.sync()
    for number in ("13900000001", "13900000002"):
        await wang.new_key()
        await phoned(wang, case, number)
    return case


async def test_a_phone_that_took_two_new_keys_proves_itself_from_the_first_to_the_last(township: Township) -> None:
    case = await with_three_keys(township)
    verdict, document = checked(township, await exported(township, case))
    (phone,) = document.devices
    assert len({phone.key, *(one.key for one in phone.former)}) == 3
    assert all(one.given for one in phone.former) and phone.enrolment
    assert "new_key" in verdict.notes
    assert not {"key_unproved", "no_enrolment"} & set(verdict.notes)
    signers = {one.envelope.signatures[0].keyid for one in document.batches}
    assert len(signers) == 3, "each batch stands under the key of its time"


async def test_a_change_of_key_of_before_rests_on_the_centres_word_and_the_file_says_so(township: Township) -> None:
    """The first versions kept a statement under the new key alone."""
    case = await with_three_keys(township)

    def of_before(packed: bytes) -> bytes:
        former = device_keys.unpack(packed)
        statements = [msgspec.json.decode(one.proof) for one in former]
        cut = [msgspec.json.encode({**one, "signatures": one["signatures"][:1]}) for one in statements]
        return device_keys.pack([one._replace(proof=proof) for one, proof in zip(former, cut, strict=True)])

    columns = (schema.device.c.id, schema.device.c.former)
    found = await township.services.database.read(rows(select(*columns).where(columns[1].is_not(None))))
    ((device, packed),) = found
    change = update(schema.device).where(columns[0] == bindparam("device_id")).values(former=bindparam("packed"))
    await township.services.database.write(
        "before", lambda: run(change, device_id=device, packed=of_before(bytes(packed)))
    )
    verdict, document = checked(township, await exported(township, case))
    assert "key_unproved" in verdict.notes
    assert not any(one.given for one in document.devices[0].former)


async def test_the_server_takes_no_new_key_that_the_old_one_did_not_sign(township: Township) -> None:
    phone = await raw_device(township)
    stated = {"device": phone.id.hex(), "origin": township.services.keys.origin.hex(), "last": 0, "number": 0, "at": 1}
    fresh = await raw_device(township)
    payload = msgspec.json.encode({**stated, "key": fresh.key.public_key.hex()})
    alone = dsse.export_all(dsse.NEW_KEY, payload, (fresh.key,))
    answer = await phone.send(alone, "/v1/enrolment/key")
    assert answer.json()["code"] == "enrolment.proof"


async def test_what_a_desk_wrote_under_two_keys_is_proved_under_each(township: Township) -> None:
    wang, clerk = await township.device("王芳"), await township.signed_in("赵敏")
    case = await begun(township, wang)
    await wang.command(case, "submit")
    await wang.sync()
    for name in ("receive", "accept"):
        done = await clerk.post(f"/v1/records/application/{case}/commands/{name}", json={})
        assert done.status_code == 200, done.text
        rotated(township, "desk")
    _, document = checked(township, await exported(township, case))
    desk = township.services.keys.desk_device(township.centre).hex()
    keys = {one.envelope.signatures[0].keyid for one in document.batches if one.envelope.payload[36:52].hex() == desk}
    assert len(keys) == 2


async def carried_in(town: Township, phone: Client) -> None:
    """What lies sealed on a phone is brought to the centre by somebody."""
    [path] = (phone.device.store.folder / "spool").glob("*.spool")
    async with town.stranger() as http:
        answer = await http.post("/v1/spools", content=path.read_bytes())
        assert answer.json()["new"] > 0, answer.text


async def test_what_came_out_of_a_spool_is_proved_one_by_one(township: Township) -> None:
    """The phone fell into the river after it was copied: it never syncs again."""
    wang = await township.device("王芳")
    await wang.sync()
    case = await begun(township, wang)
    await signed(township, wang, case)
    await carried_in(township, wang)
    verdict, document = checked(township, await exported(township, case))
    assert (len(document.batches), len(document.spooled)) == (0, 4)
    assert "spooled" in verdict.notes
    assert verdict.stated is not None and len(verdict.stated.entries) == 4
    assert '"张桂兰"' in "".join(one.entry for one in document.spooled)


async def test_spooled_and_synced_work_of_one_phone_stand_side_by_side(township: Township) -> None:
    wang = await township.device("王芳")
    case = await begun(township, wang)
    await wang.sync()
    liu = await township.device("刘强")
    await liu.sync()
    await liu.save(await liu.open(case), {"phone": "13900000001"})
    await carried_in(township, liu)
    _, document = checked(township, await exported(township, case))
    assert (len(document.batches), len(document.spooled), len(document.devices)) == (1, 1, 2)


async def test_a_phone_that_hands_in_after_its_spool_is_proved_by_its_batches(township: Township) -> None:
    wang = await township.device("王芳")
    case = await begun(township, wang)
    await carried_in(township, wang)
    await wang.sync()
    verdict, document = checked(township, await exported(township, case))
    assert (len(document.batches), len(document.spooled)) == (1, 0)
    assert "spooled" not in verdict.notes, "there is a receipt now"


async def test_what_was_spooled_under_a_key_that_was_given_up_since(township: Township) -> None:
    phone = await raw_device(township)
    case = new_id().hex()
    home = entry.change(new_id().hex(), "household", {"place": township.qingshan.hex(), "head": "张桂兰"}, seen=0, at=1)
    fields = {"household": msgspec.json.decode(home)["record"], "item": township.item.hex(), "applicant": "张桂兰"}
    saved = [home, entry.change(case, "application", fields, seen=0, at=1)]
    await phone.spooled(*saved)
    phone.number = 2
    await phone.new_key()
    await phone.pushed(phone.seal(entry.change(case, "application", {"phone": "13900000001"}, seen=0, at=2)))
    _, document = checked(township, await exported(township, case))
    (save,), (shown,) = document.spooled, document.batches
    assert save.envelope.signatures[0].keyid != shown.envelope.signatures[0].keyid


async def adopted(town: Township, *, choose: int = 2) -> str:
    """A case that a stolen phone had on it, with its home; a clerk takes on what she chose. Gives the case's id."""
    zhao, key = await with_passkey(town, "赵敏")
    phone, head = await raw_device(town), await town.signed_in("李红")
    await head.post(f"/v1/devices/{phone.id.hex()}/revoke", json={"reason": "被偷了"})
    home, case = new_id().hex(), new_id().hex()
    told: list[tuple[str, str, dict[str, Any]]] = [
        (home, "household", {"place": town.qingshan.hex(), "head": "张桂兰"}),
        (case, "application", {"household": home, "item": town.item.hex(), "applicant": "张桂兰"}),
        (case, "application", {"phone": "13900000666"}),
    ]
    await phone.push(phone.seal(*(entry.change(id_, kind, fields, seen=0, at=1) for id_, kind, fields in told)))
    [line] = await zhao.done("/v1/quarantine", "GET")
    path, numbers = f"/v1/quarantine/{line['device']}/{line['digest']}", list(range(1, choose + 1))
    answer = await passkey_over(zhao, key, path, numbers)
    await zhao.done(f"{path}/decision", reason="打电话核对过", numbers=numbers, credential=answer)
    return case


async def test_what_a_clerk_adopted_is_proved_to_be_hers_and_the_stolen_phones(named_town: Township) -> None:
    case = await adopted(named_town)
    verdict, document = checked(named_town, await exported(named_town, case))
    (shown,) = document.adopted
    assert (shown.numbers, [one.index for one in shown.entries]) == ((1, 2), [1]), "the home is of no case"
    assert "adopted" in verdict.notes and "adoption_unproved" not in verdict.notes
    assert len(document.devices) == 2, "the desk, and the phone whose batch it was"
    assert "13900000666" not in str(document), "what she did not choose is not told"


async def test_an_adoption_whose_signature_is_gone_is_the_centres_word(named_town: Township) -> None:
    case = await adopted(named_town)
    gone = update(schema.quarantine).values(decided=None)
    await named_town.services.database.write("gone", lambda: run(gone))
    verdict, document = checked(named_town, await exported(named_town, case))
    assert document.adopted == ()
    assert "adoption_unproved" in verdict.notes and "adopted" not in verdict.notes


async def test_what_was_adopted_out_of_a_locked_phones_spool_is_proved_by_the_phones_own_signature(
    named_town: Township,
) -> None:
    """Each save by itself, as the phone signed it; what else lay in the spool is not in the file."""
    wang, (zhao, key) = await named_town.device("王芳"), await with_passkey(named_town, "赵敏")
    case = await begun(named_town, wang)
    head = await desk_of(named_town, "李红")
    await head.done(f"/v1/devices/{wang.device.store.get('device')}/revoke", reason="掉进河里")
    [sealed] = (wang.device.store.folder / "spool").glob("*.spool")
    async with named_town.stranger() as http:
        assert (await http.post("/v1/spools", content=sealed.read_bytes())).json()["code"] == "device.revoked"
    [line] = await zhao.done("/v1/quarantine", "GET")
    assert line["sequence"] == OUT_OF_SPOOL
    path = f"/v1/quarantine/{line['device']}/{line['digest']}"
    shown = (await zhao.done(path, "GET"))["pairs"]
    numbers = [one["kept"]["number"] for one in shown if one["kept"]["record"] == case or one is shown[0]]
    answer = await passkey_over(zhao, key, path, numbers)
    await zhao.done(f"{path}/decision", reason="打电话核对过", numbers=numbers, credential=answer)
    verdict, document = checked(named_town, await exported(named_town, case))
    assert (document.adopted, document.spooled) == ((), ())
    (taken_on,) = document.adopted_saves
    assert (taken_on.device, list(taken_on.numbers)) == (line["device"], numbers)
    assert [msgspec.json.decode(one.entry)["record"] for one in taken_on.saves] == [case]
    assert "adopted" in verdict.notes and not {"adoption_unproved", "spooled"} & set(verdict.notes)


async def test_a_sealed_photo_is_shown_opened_and_tied_to_what_was_handed_in(township: Township) -> None:
    wang = await township.device("王芳")
    case = await begun(township, wang)
    kept = await wang.attach_photo(case, picture(township.folder / "id.jpg"), paper="居民身份证")
    await wang.sync()
    verdict, document = checked(township, await exported(township, case, photos=True))
    (photo,) = document.photos
    assert photo.content is not None and photo.seal is not None
    assert photo.content.startswith(b"\xff\xd8\xff"), "whoever reads the file sees the picture"
    assert hashlib.sha256(photo.content).hexdigest() != kept.sha256, "what was handed in is the sealed one"
    assert not [one for one in verdict.notes if one.startswith("photo")]


async def test_a_photo_that_opens_no_more_is_given_as_it_came_and_the_file_says_so(township: Township) -> None:
    wang = await township.device("王芳")
    case = await begun(township, wang)
    await wang.attach_photo(case, picture(township.folder / "id.jpg"), paper="居民身份证")
    await wang.sync()
    lost = {id_: SealKey(b"x" * 32) for id_ in township.services.keys.sealed}
    object.__setattr__(township.services.keys, "sealed", lost)
    verdict, document = checked(township, await exported(township, case, photos=True))
    assert document.photos[0].seal is None
    assert "photo_sealed" in verdict.notes
