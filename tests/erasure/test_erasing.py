"""What is erased is gone everywhere and for ever; what was proved of everything else stays proved."""

from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from daiban_client_sdk import Client
from daiban_schemas import entry
from daiban_server.backup import take
from daiban_server.backup.archive import BackupError
from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_sync import batch, dsse
from tests.photos.pictures import taken
from tests.support.fire import Fire
from tests.support.raw_device import RawDevice, raw_device
from tests.support.township import Township, new_id

MARKERS = ("欧阳青山寨", "610902195803077713", "13766543210", "汉江边第七户柳树下")
DAY = 86_400_000


async def at_work(township: Township) -> tuple[Client, httpx2.AsyncClient, httpx2.AsyncClient]:
    """An agent's phone, and the head and a clerk at their desks."""
    return await township.device("王芳"), await township.signed_in("李红"), await township.signed_in("赵敏")


async def home(town: Township, phone: Client, markers: tuple[str, ...] = MARKERS) -> str:
    form = await phone.new("household")
    name, number, telephone, address = markers
    fields = {"place": town.qingshan.hex(), "head": name, "phone": telephone, "address": address}
    await phone.save(form, {**fields, "identity_number": number})
    return form.record


async def everything(town: Township) -> bytes:
    """All that the database holds."""

    def program() -> Program[list[bytes]]:
        found = []
        for table in schema.metadata.sorted_tables:
            for row in (yield from rows(select(*table.columns))):
                found += [one if isinstance(one, bytes) else str(one).encode() for one in row]
        return found

    return b"\n".join(await town.services.database.read(program()))


def named(data: bytes, markers: tuple[str, ...] = MARKERS) -> list[str]:
    return [one for one in markers if one.encode() in data]


def held(phone: Client) -> bytes:
    store = phone.device.store
    tables = [name for (name,) in store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    found = [one for table in tables for row in store.rows(f"SELECT * FROM {table}") for one in row]
    return b"\n".join(one if isinstance(one, bytes) else str(one).encode() for one in found)


async def erase(head: httpx2.AsyncClient, *records: str) -> Any:
    return await head.post("/v1/erasures", json={"records": list(records), "reason": "本人要求删除"})


async def test_nothing_of_it_is_left_and_everything_else_still_verifies(township: Township) -> None:
    wang, liu, head = await township.device("王芳"), await township.device("刘强"), await township.signed_in("李红")
    gone, stays = await home(township, wang), await township.household(wang, "留下的一户")
    picture = township.folder / "book.jpg"
    picture.write_bytes(taken(2))
    photo = await wang.attach_photo(gone, picture, paper=MARKERS[0])
    await wang.sync()
    await liu.sync()
    await liu.save(await liu.open(gone), {"note": f"{MARKERS[0]}家的狗很凶"})
    await liu.sync()
    await wang.sync()
    assert named(await everything(township)) == list(MARKERS)
    before = await envelopes(township)
    answer = await erase(head, gone)
    assert answer.json() == {"erased": 2}, "the household and its photo"
    assert named(await everything(township)) == []
    assert not any(path.is_file() for path in (township.services.settings.data / "photos").rglob(photo.sha256))
    after = await envelopes(township)
    assert [one["digest"] for one in after] == [one["digest"] for one in before]
    assert any(one["hashes"] is not None for one in after)
    for one in after:
        if one["hashes"] is None:
            continue
        assert one["secret"] == b""
        payload = one["header"] + one["hashes"]
        dsse.check(one["key"], dsse.BATCH, payload, one["signature"], "batch.signature")
        salts = [one["salts"][i : i + 16] for i in range(0, len(one["salts"]), 16)]
        for number, body in one["bodies"].items():
            i = number - one["first"]
            told = batch.entry_hash(salts[i], body) == one["hashes"][32 * i : 32 * (i + 1)]
            assert told == (b'"erased":' not in body)
            assert (salts[i] == bytes(16)) == (b'"erased":' in body)
    shown = (await head.get(f"/v1/records/household/{gone}")).json()
    assert (shown["values"]["head"], shown["values"]["erased"]["reason"]) == (None, "本人要求删除")
    for phone in (wang, liu):
        await phone.sync()
        assert named(held(phone)) == []
        view = await phone.view(stays)
        assert view is not None
        assert view.values["head"] == "留下的一户"
    assert list(wang.device.store.photos.glob("*")) == []
    assert [one["record"] for one in (await head.get("/v1/erasures")).json()].count(gone) == 1


async def keep(http: httpx2.AsyncClient, name: str = "要找的人", **search: str) -> None:
    """Keep a search of the list of cases."""
    answer = await http.post("/v1/searches", json={"name": name, "search": search})
    assert answer.status_code == 201, answer.text


async def kept(http: httpx2.AsyncClient) -> list[str]:
    """The searches that somebody kept himself, by name."""
    return [one["name"] for one in (await http.get("/v1/searches")).json()][4:]


async def test_a_kept_search_that_names_whom_is_erased_goes_and_the_others_stay(township: Township) -> None:
    wang, head, clerk = await at_work(township)
    gone = await home(township, wang)
    form = await wang.open(gone)
    await wang.save(form, {"members": [{"name": "欧阳小寨", "phone": "13700001111"}]})
    await wang.sync()
    name, number, telephone, _ = MARKERS
    for nth, text in enumerate((name, "Ouyang Qingshanzhai", "137 6654-3210", number, "7654321", number[6:14])):
        await keep(clerk, f"第{nth}个", q=text)
    assert len(await kept(clerk)) == 6
    await keep(clerk, f"{name}家", state="awaiting")
    await keep(head, "孩子", q="欧阳小寨", due="over")
    for other in ("欧阳", "610902", "13700000000", "张桂兰"):
        await keep(clerk, other, q=other)
    await keep(head, "超期", due="over")
    assert (await erase(head, gone)).status_code == 200
    assert await kept(clerk) == ["第4个", "欧阳", "610902", "13700000000", "张桂兰"], (
        "7654321 is in no number of theirs"
    )
    assert await kept(head) == ["超期"]
    assert named(await everything(township), (*MARKERS, "欧阳小寨", "ouyangqingshanzhai", telephone[2:])) == []


async def envelopes(town: Township) -> list[dict[str, Any]]:
    """The devices' batches as the server keeps them, each with the entries that stand for it in history."""
    columns = [schema.envelope.c[n] for n in ("device", "digest", "header", "signature", "secret", "first", "last")]

    def program() -> Program[list[dict[str, Any]]]:
        from daiban_server.spine import history

        keys = dict((yield from rows(select(schema.device.c.id, schema.device.c.key))))
        stretches = yield from rows(select(*(schema.history.c[n] for n in history.COLUMNS)))
        stored = [one for row in stretches for one in history.entries_of(history.opened(row))]
        wanted = select(*columns, schema.envelope.c.hashes, schema.envelope.c.salts).order_by(schema.envelope.c.leaf)
        found = []
        for device, digest, header, signature, secret, start, last, hashes, salts in (yield from rows(wanted)):
            bodies = {s.number: s.body for s in stored if s.device == device and start <= s.number <= last}
            named = {"digest": digest, "header": header, "signature": signature, "secret": secret, "first": start}
            found.append({**named, "hashes": hashes, "salts": salts, "bodies": bodies, "key": keys[device]})
        return found

    return await town.services.database.read(program())


async def test_what_comes_later_is_refused_and_hollow(township: Township) -> None:
    wang, liu, head = await township.device("王芳"), await township.device("刘强"), await township.signed_in("李红")
    gone = await home(township, wang)
    await wang.sync()
    await liu.sync()
    await liu.save(await liu.open(gone), {"note": f"{MARKERS[0]}搬走了"})
    await liu.save(await liu.open(gone), {"phone": MARKERS[2]})
    kept = await township.household(liu, "刘强新收的")
    assert (await erase(head, gone)).status_code == 200
    status = await liu.sync()
    assert (status.may_be_given_back, status.troubled) == (True, 1)
    assert [(one.code, record) for _, record, _, one in await liu.troubled()] == [("record.erased", gone)]
    assert named(await everything(township)) == []
    assert (await head.get(f"/v1/records/household/{kept}")).json()["values"]["head"] == "刘强新收的"


async def test_a_batch_that_is_pushed_again_revives_nothing(township: Township) -> None:
    device, head = await raw_device(township), await township.signed_in("李红")
    record = new_id().hex()
    fields = {"place": township.qingshan.hex(), "head": MARKERS[0], "phone": MARKERS[2]}
    sealed = device.seal(entry.change(record, "household", fields, seen=0, at=1))
    first = await device.pushed(sealed)
    await erase(head, record)
    again = await device.pushed(sealed)
    assert again.receipts == first.receipts
    assert named(await everything(township)) == []
    under = {"household": record, "item": township.item.hex(), "applicant": MARKERS[0]}
    late = device.seal(entry.change(new_id().hex(), "application", under, seen=0, at=1))
    reply = await device.pushed(late)
    assert "record.erased" in str(reply.outcomes)
    assert named(await everything(township)) == []


async def test_a_case_that_is_open_is_not_erased_and_nothing_is_gone(township: Township) -> None:
    wang, head, clerk = await at_work(township)
    household = await home(township, wang)
    await wang.sync()
    fields = {"household": household, "item": township.item.hex(), "applicant": MARKERS[0], "answers.reason": "到龄"}
    case = (await clerk.post("/v1/records/application", json={"fields": fields})).json()["record"]
    await clerk.post(f"/v1/records/application/{case}/commands/submit", json={})
    for record in (household, case):
        assert (await erase(head, record)).json()["code"] == "erasure.not_ended"
    assert (await erase(clerk, household)).json()["code"] == "permission.denied"
    assert (await erase(head, new_id().hex())).json()["code"] == "record.unknown"
    assert set(named(await everything(township))) == set(MARKERS)
    await clerk.post(f"/v1/records/application/{case}/commands/withdraw", json={"arguments": {"reason": "不办了"}})
    assert (await erase(head, household)).status_code == 200
    assert named(await everything(township)) == []
    register = (await head.get("/v1/registers/社会保障")).json()
    assert "欧阳" not in str(register)


async def test_what_waits_in_quarantine_is_dealt_with_first(township: Township) -> None:
    device, head = await raw_device(township), await township.signed_in("李红")
    record = new_id().hex()
    fields = {"place": township.qingshan.hex(), "head": MARKERS[0], "phone": MARKERS[2]}
    await device.pushed(device.seal(entry.change(record, "household", fields, seen=0, at=1)))
    copied = RawDevice(township, device.id, device.key, http=device.http)
    await copied.pushed(copied.seal(entry.change(record, "household", {**fields, "head": "克隆"}, seen=0, at=1)))
    assert (await erase(head, record)).json()["code"] == "erasure.quarantined"
    [line] = (await head.get("/v1/quarantine")).json()
    await head.post(f"/v1/quarantine/{line['device']}/{line['digest']}/decision", json={"reason": "看过，不用"})
    assert (await erase(head, record)).status_code == 200
    assert named(await everything(township)) == []


async def test_a_restore_goes_through_the_list_and_phones_revive_nothing(fire: Fire) -> None:
    town = fire.town
    wang, head = await town.device("王芳"), await town.signed_in("李红")
    gone = await home(town, wang)
    photo = await town.photo(wang, gone)
    await wang.sync()
    await keep(head, q=MARKERS[0])
    backup = await fire.back_up()
    later = await home(town, wang, ("后来的人家", MARKERS[1], "13799998888", MARKERS[3]))
    await wang.sync()
    assert (await erase(head, gone, later)).json() == {"erased": 3}
    fire.copy_list()
    async with fire.restored(backup) as new:
        assert named(await everything(new)) == []
        assert not any(path.is_file() for path in (new.services.settings.data / "photos").rglob(photo.sha256))
        await fire.move(wang, to=new)
        await wang.sync()
        assert (await wang.status()).may_be_given_back
        assert named(await everything(new), (*MARKERS, "后来的人家", "13799998888")) == []
        assert named(held(wang), (*MARKERS, "后来的人家")) == []


async def test_backups_expire_but_for_the_newest(fire: Fire) -> None:
    town = fire.town
    folder = fire.folder / "backups"
    wang = await town.device("王芳")
    gone = await home(town, wang)
    await town.photo(wang, gone)
    await wang.sync()
    await fire.back_up()
    await erase(await town.signed_in("李红"), gone)
    town.clock.ahead += 40 * DAY
    newest = await fire.back_up()
    assert len(take.expire(folder, 35, town.clock())) == 1
    assert [path for path in folder.iterdir() if path.name != "photos"] == [newest]
    assert not [path for path in (folder / "photos").rglob("*") if path.is_file()]
    town.clock.ahead += 400 * DAY
    assert take.expire(folder, 35, town.clock()) == []


async def test_a_list_that_was_cut_off_at_its_end_is_read_and_a_damaged_one_is_not(fire: Fire) -> None:
    from daiban_server.backup import erasure_note

    wang, head = await fire.town.device("王芳"), await fire.town.signed_in("李红")
    gone = await home(fire.town, wang)
    await wang.sync()
    await erase(head, gone)
    note = fire.town.services.settings.data / erasure_note.NAME
    whole = note.read_bytes()
    note.write_bytes(whole + b'{"centre":"half')
    assert [one.record for one in erasure_note.read([note.parent])] == [gone]
    note.write_bytes(b"garbage\n" + whole)
    with pytest.raises(BackupError):
        erasure_note.read([note.parent])


async def test_nobody_but_the_server_can_make_a_phone_forget(township: Township) -> None:
    wang, liar = await township.device("王芳"), await raw_device(township, "刘强")
    record = await township.household(wang)
    await wang.sync()
    forged = liar.seal(entry.change(record, "household", {"erased": {"at": 1}}, seen=2**30, at=1))
    reply = await liar.pushed(forged)
    assert "field.server_only" in str(reply.outcomes) or "seen.ahead" in str(reply.outcomes)
    await wang.sync()
    view = await wang.view(record)
    assert view is not None
    assert view.values["head"] == "张桂兰"


async def test_what_is_due_is_told_once_and_erased_by_a_person(township: Township) -> None:
    from daiban_server.jobs.loop import one_round

    clerk, district = await township.signed_in("赵敏"), await township.signed_in("周区")
    fields = {"place": township.centre.hex(), "visitor": MARKERS[0], "phone": MARKERS[2], "about": "咨询"}
    made = await clerk.post("/v1/records/reception", json={"fields": fields})
    assert made.json()["outcome"] == "new"
    assert (await district.put("/v1/retention", json={"reception": 3})).json()["code"] == "retention.invalid"
    assert (await district.put("/v1/retention", json={"reception": 90})).json()["reception"] == 90
    township.clock.ahead += 100 * DAY
    head = await township.signed_in("李红")
    due = (await head.get("/v1/erasures/due")).json()
    assert [(one["record"], one["of"]) for one in due] == [(made.json()["record"], "reception")]
    for _ in range(2):
        await one_round(township.services)
    tasks = [one["code"] for one in (await head.get("/v1/tasks")).json()]
    assert tasks.count("retention.due") == 1
    assert (await erase(head, due[0]["record"])).status_code == 200
    assert (await head.get("/v1/erasures/due")).json() == []
    assert named(await everything(township)) == []


async def test_what_was_erased_comes_back_out_of_no_spool(township: Township) -> None:
    """Neither while its phone may speak, nor apart after it was revoked."""
    wang, head = await township.device("王芳"), await township.signed_in("李红")
    gone = await township.household(wang, "张桂兰")
    await wang.sync()
    await erase(head, gone)
    await wang.save(await wang.open(gone), {"address": MARKERS[3]})
    await township.household(wang, "李秀英")
    [spool] = (wang.device.store.folder / "spool").glob("*.spool")
    async with township.stranger() as http:
        answer = await http.post("/v1/spools", content=spool.read_bytes())
        assert answer.json() == {"new": 1, "known": 0, "troubled": 1}
        await head.post(f"/v1/devices/{wang.device.store.get('device')}/revoke", json={"reason": "丢了"})
        await township.household(wang, "王桂香")
        await http.post("/v1/spools", content=spool.read_bytes())
    [line] = (await head.get("/v1/quarantine")).json()
    assert line["entries"] == 1
    found = await everything(township)
    assert named(found, ("李秀英", "王桂香", MARKERS[3])) == ["李秀英", "王桂香"]
