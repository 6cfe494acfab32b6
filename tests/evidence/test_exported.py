"""A case's evidence as the centre gives it out: what is in it, what is not, and that it holds."""

import hashlib
from pathlib import Path

import pytest
from sqlalchemy import delete, select, update

from daiban_client_sdk import InvalidEntryError, Signer
from daiban_schemas import mandate
from daiban_server import audit
from daiban_server.audit import NEWEST, Wanted
from daiban_server.db import schema
from daiban_server.db.program import rows, run
from daiban_sync.evidence import verify
from daiban_sync.evidence.document import Document
from daiban_sync.evidence.verdict import STEPS
from daiban_sync.keys import SoftwareKey
from tests.evidence.home import OTHER, begun, checked, exported, handed_in, picture, signed
from tests.support.fire import Fire
from tests.support.raw_device import code_of
from tests.support.township import Township


def kinds(document: Document) -> list[str]:
    """Which kinds of records the disclosed entries are of."""
    return sorted({entry.entry.split('"kind":"')[1].split('"')[0] for one in document.batches for entry in one.entries})


async def test_a_case_is_proved_by_one_file(township: Township) -> None:
    wang = await township.device("王芳")
    case = await handed_in(township, wang)
    clerk = await township.signed_in("赵敏")
    for name in ("receive", "accept"):
        answer = await clerk.post(f"/v1/records/application/{case}/commands/{name}", json={})
        assert answer.status_code == 200, answer.text
    verdict, document = checked(township, await exported(township, case))
    assert [step.held for step in verdict.steps] == [True] * len(STEPS)
    assert kinds(document) == ["application", "mandate"]
    assert set(verdict.notes) == {"desk", "no_lower_bound"}, "the phone's first batch names no checkpoint"
    stated = verdict.stated
    assert stated is not None
    assert (stated.status, stated.person_name, stated.centre_name) == ("已受理", "李红", "建民办事处")
    assert stated.number.startswith("JM-")
    authors = {name for _, name, _ in stated.people}
    assert authors == {"王芳", "赵敏", "李红"}
    assert [one.outcome for one in stated.entries] == [
        one.outcome for one in stated.entries if one.outcome != "refused"
    ]


async def test_the_file_tells_nothing_of_anybody_else(township: Township) -> None:
    wang = await township.device("王芳")
    case = await handed_in(township, wang)
    data = await exported(township, case)
    assert OTHER not in data.decode()
    kept = await township.services.database.read(rows(select(schema.envelope.c.secret)))
    assert kept
    for (secret,) in kept:
        assert secret not in data and secret.hex().encode() not in data
    checked(township, data)


async def test_the_text_that_was_signed_lies_in_the_file(township: Township) -> None:
    wang = await township.device("王芳")
    _, document = checked(township, await exported(township, await handed_in(township, wang)))
    (text,) = document.texts
    assert (text.kind, text.version, text.text) == ("mandate", mandate.NEWEST, mandate.TEXTS[mandate.NEWEST])
    (stated,) = [e.entry for one in document.batches for e in one.entries if "text_sha256" in e.entry]
    assert hashlib.sha256(text.text.encode()).hexdigest() in stated


async def test_photos_stand_by_their_hash_and_on_wish_with_their_bytes(township: Township, tmp_path: Path) -> None:
    wang = await township.device("王芳")
    case = await begun(township, wang)
    kept = await wang.attach_photo(case, picture(tmp_path / "id.jpg"), paper="居民身份证")
    await wang.sync()
    verdict, document = checked(township, await exported(township, case))
    assert "photos_beside" in verdict.notes
    (photo,) = document.photos
    assert photo.content is None
    verdict, document = checked(township, await exported(township, case, photos=True))
    assert "photos_beside" not in verdict.notes
    (photo,) = document.photos
    assert photo.content is not None
    told = "".join(one.entry for batch in document.batches for one in batch.entries)
    assert kept.sha256 in told and hashlib.sha256(photo.content).hexdigest() in told, "both hashes were signed"


async def test_a_photo_that_has_not_come_is_said_to_be_missing(township: Township, tmp_path: Path) -> None:
    wang = await township.device("王芳")
    case = await begun(township, wang)
    await wang.attach_photo(case, picture(tmp_path / "id.jpg"), paper="居民身份证")
    await wang.sync()
    await township.services.database.write("photo", lambda: run(delete(schema.photo_file)))
    verdict, _ = checked(township, await exported(township, case))
    assert "photo_missing" in verdict.notes


async def test_what_was_refused_is_part_of_the_story(township: Township) -> None:
    wang = await township.device("王芳")
    case = await begun(township, wang, **{"answers.reason": ""})
    await wang.sync()
    await wang.command(case, "submit")
    await wang.sync()
    verdict, document = checked(township, await exported(township, case))
    assert verdict.stated is not None
    assert [(one.outcome, one.code) for one in verdict.stated.entries][-1] == ("refused", "answers.missing")
    assert sum(len(one.entries) for one in document.batches) == 2


async def test_a_device_of_before_has_no_proof_of_its_own_and_the_file_says_so(township: Township) -> None:
    wang = await township.device("王芳")
    case = await handed_in(township, wang)
    verdict, _ = checked(township, await exported(township, case))
    assert "no_enrolment" not in verdict.notes
    await township.services.database.write("old", lambda: run(delete(schema.enrolment_proof)))
    verdict, document = checked(township, await exported(township, case))
    assert "no_enrolment" in verdict.notes
    assert document.devices[0].vouched is not None


async def test_the_lower_bound_is_proved_by_the_checkpoint_that_the_phone_had_seen(township: Township) -> None:
    wang = await township.device("王芳")
    await wang.sync()
    case = await begun(township, wang)
    township.clock.ahead += 3_600_000
    await wang.sync()
    verdict, document = checked(township, await exported(township, case))
    assert "no_lower_bound" not in verdict.notes
    assert document.batches[0].named is not None


async def test_a_restored_centre_proves_what_came_before_and_after(fire: Fire) -> None:
    town = fire.town
    wang = await town.device("王芳")
    before = await handed_in(town, wang)
    backup = await fire.back_up()
    after = await handed_in(town, wang)
    async with fire.restored(backup) as new:
        await fire.move(wang, to=new)
        await wang.sync()
        await wang.save(await wang.open(before), {"phone": "13900000001"})
        await wang.sync()
        verdict, document = checked(new, await exported(new, before))
        assert [log.epoch for log in document.logs] == [0, 1]
        assert "restored" in verdict.notes
        verdict, document = checked(new, await exported(new, after))
        assert [log.epoch for log in document.logs] == [1]


async def test_an_entry_that_had_to_wait_is_proved_like_any_other(fire: Fire) -> None:
    """After the restore 刘强's edit comes before the case that it is about: it is parked, and applied later."""
    town = fire.town
    wang, liu = await town.device("王芳"), await town.device("刘强")
    await wang.sync()
    backup = await fire.back_up()
    case = await handed_in(town, wang)
    await liu.sync()
    await liu.save(await liu.open(case), {"phone": "13900000001"})
    other = await town.household(liu, "李秀英")
    await liu.sync()
    async with fire.restored(backup) as new:
        await fire.move(wang, liu, to=new)
        await liu.sync()
        await wang.sync()
        verdict, document = checked(new, await exported(new, case))
        assert len(document.devices) == 2
        assert verdict.stated is not None
        assert {name for _, name, _ in verdict.stated.people} == {"王芳", "刘强", "李红"}
        assert other not in (await exported(new, case)).decode()


async def test_only_the_head_takes_evidence_out_and_says_why(township: Township) -> None:
    wang = await township.device("王芳")
    case = await handed_in(township, wang)
    clerk, head = await township.signed_in("赵敏"), await township.signed_in("李红")
    url = f"/v1/cases/{case}/evidence"
    assert code_of(await clerk.post(url, json={"reason": "好奇"})) == "permission.denied"
    assert (await head.post(url, json={})).status_code == 400
    for nothing in (" ", "\u200b\u2060"):
        assert code_of(await head.post(url, json={"reason": nothing})) == "evidence.reason"
    unknown = await head.post(f"/v1/cases/{'00' * 16}/evidence", json={"reason": "行政复议"})
    assert code_of(unknown) == "record.unknown"


async def test_why_evidence_is_taken_out_stands_in_no_address(sqlite_township: Township) -> None:
    """Addresses end up in every proxy's log, and what only asks changes nothing: not the audit either."""
    case = await handed_in(sqlite_township, await sqlite_township.device("王芳"))
    head = await sqlite_township.signed_in("李红")
    url = f"/v1/cases/{case}/evidence"
    assert (await head.get(url, params={"reason": "行政复议"})).status_code == 405
    from_elsewhere = await head.post(url, json={"reason": "行政复议"}, headers={"X-CSRF-Token": "x"})
    assert from_elsewhere.status_code == 403
    acts = audit.listed(Wanted(None, "evidence.export"), NEWEST, 9)
    assert await sqlite_township.services.database.read(acts) == []
    given = await head.post(url, json={"reason": "行政复议"})
    assert (given.status_code, given.headers["cache-control"]) == (200, "no-store")


async def test_a_server_whose_books_were_changed_cannot_make_it_up(township: Township) -> None:
    """Whoever changes what is kept of a batch loses the signature; the export says so and gives nothing out."""
    wang = await township.device("王芳")
    case = await handed_in(township, wang)
    changed = update(schema.envelope).values(secret=b"x" * 32)
    await township.services.database.write("changed", lambda: run(changed))
    head = await township.signed_in("李红")
    answer = await head.post(f"/v1/cases/{case}/evidence", json={"reason": "行政复议"})
    assert code_of(answer) == "evidence.incomplete"


async def test_another_root_key_proves_nothing(township: Township) -> None:
    wang = await township.device("王芳")
    data = await exported(township, await handed_in(township, wang))
    verdict = verify(data, SoftwareKey(b"r" * 32).public_key)
    assert (verdict.holds, verdict.code, verdict.where) == (False, "evidence.keys", "keyrings/0")
    assert [step.held for step in verdict.steps][:3] == [True, False, None]


async def test_what_the_desk_wrote_while_the_resident_signed_is_not_under_the_signature(township: Township) -> None:
    wang = await township.device("王芳")
    case = await begun(township, wang)
    record = await wang.give_mandate(case, {"name": "张桂兰"}, ("2026-01-01", "2036-12-31"))
    await wang.sync()
    clerk = await township.signed_in("赵敏")
    before = (await clerk.get(f"/v1/records/mandate/{record}")).json()
    edit = {"fields": {"powers": ["领取补贴款"]}, "seen": before["position"]}
    assert (await clerk.patch(f"/v1/records/mandate/{record}", json=edit)).is_success
    await wang.sign_mandate(record, Signer("张桂兰", "drawn"))
    await wang.sync()
    now = (await clerk.get(f"/v1/records/mandate/{record}")).json()
    assert (now["values"]["powers"], list(now["conflicts"])) == (before["values"]["powers"], ["powers"])
    await wang.sync()
    view = await wang.view(record)
    assert view is not None and view.values["powers"] == before["values"]["powers"] and "powers" in view.conflicts
    verdict, _ = checked(township, await exported(township, case))
    assert [list(one.powers) for one in verdict.facts.given] == [before["values"]["powers"]]
    assert "mandate_altered" in verdict.notes


async def test_at_the_home_a_mandate_that_would_not_stand_is_not_saved(sqlite_township: Township) -> None:
    wang = await sqlite_township.device("王芳")
    case = await begun(sqlite_township, wang)
    with pytest.raises(InvalidEntryError, match=r"mandate\.witness"):
        await signed(sqlite_township, wang, case, mark="fingerprint", witness="王芳")
    record = await signed(sqlite_township, wang, case, mark="fingerprint", witness="李秀英")
    await wang.sign_mandate(record, Signer("张小军", "drawn", relation="儿子", place="安康城区"))
    view = await wang.view(record)
    assert view is not None
    assert [one["mark"] for one in view.values["signers"]] == ["fingerprint", "drawn"]
    await wang.sync()
    assert await wang.troubled() == []
