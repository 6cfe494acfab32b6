"""A resident asks for a copy of what the centre holds about him, and the head hands it out."""

import base64
from pathlib import Path
from typing import Any

import httpx2
import pytest

from daiban_server import audit
from daiban_server.audit import NEWEST, Wanted
from daiban_server.copies import routes
from tests.evidence.home import picture
from tests.support.poppler import Poppler
from tests.support.raw_device import code_of
from tests.support.township import Township

IDENTITY, OTHER = "612401195607120620", "612401198001010017"
ACCOUNT = {"bank": "农商行", "number": "6225880212345678901", "holder": "张桂兰"}


async def made(http: httpx2.AsyncClient, kind: str, **fields: Any) -> str:
    answer = await http.post(f"/v1/records/{kind}", json={"fields": fields})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["record"])


async def a_home(town: Township) -> tuple[str, str, str]:
    """张桂兰 and her son live together; each has a case. Gives the household, her case and his."""
    clerk = await town.signed_in("赵敏")
    son = {"name": "张小军", "relation": "儿子", "identity_number": OTHER, "phone": "13700000002"}
    home = await made(
        clerk,
        "household",
        place=town.qingshan.hex(),
        head="张桂兰",
        identity_number=IDENTITY,
        phone="13700000001",
        members=[son],
        note="儿子常年在外",
    )
    item = {"household": home, "item": town.item.hex(), "source": "counter"}
    hers = await made(
        clerk, "application", **item, applicant="张桂兰", account=ACCOUNT, **{"answers.reason": "年满六十"}
    )
    his = await made(clerk, "application", **item, applicant="张小军", phone="13700000002")
    return home, hers, his


async def copied(http: httpx2.AsyncClient, record: str, **asked: Any) -> httpx2.Response:
    told = {"record": record, "reason": "本人持证来要", **asked}
    return await http.post("/v1/copies", json=told)


async def test_the_copy_of_a_household_is_whole_and_unmasked(township: Township) -> None:
    home, hers, his = await a_home(township)
    head = await township.signed_in("李红")
    answer = await copied(head, home, form="json")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert [one["record"] for one in told["records"]] == [home, hers, his]
    fields = {field["name"]: field for field in told["records"][1]["fields"]}
    assert fields["account"]["value"] == ACCOUNT
    assert fields["account"]["label"] == "收款账户" and "6225880212345678901" in fields["account"]["words"]
    assert (fields["household"]["words"], fields["answers.reason"]["words"]) == ("张桂兰", "年满六十")
    assert [one["by"] for one in told["handed_in"]] == ["赵敏"] * 3
    assert told["handed_in"][0]["entry"]["fields"]["identity_number"] == IDENTITY
    assert told["left_out"] == []


async def test_what_was_written_over_and_what_is_in_conflict_is_held_too(township: Township) -> None:
    home, *_ = await a_home(township)
    wang, liu = await township.device("王芳"), await township.device("刘强")
    for phone in (wang, liu):
        await phone.sync()
    for phone, number in ((wang, "13700000003"), (liu, "13700000004")):
        await phone.save(await phone.open(home), {"phone": number})
    await wang.sync()
    await liu.sync()
    told = (await copied(await township.signed_in("李红"), home, form="json")).json()
    field = next(one for one in told["records"][0]["fields"] if one["name"] == "phone")
    assert {field["value"], *field["others"]} == {"13700000003", "13700000004"}
    assert "13700000001" in str(told["handed_in"]), "what stood there before"


async def test_a_copy_for_one_person_tells_of_nobody_else(township: Township) -> None:
    home, hers, his = await a_home(township)
    head = await township.signed_in("李红")
    for person in ("张小军", OTHER.lower(), "　张小军"):
        answer = await copied(head, home, form="json", person=person)
        told = answer.json()
        assert [one["record"] for one in told["records"]] == [home, his]
        for said in (IDENTITY, "13700000001", "儿子常年在外", "6225880212345678901", hers):
            assert said not in answer.text, said
        assert OTHER in answer.text and "家庭成员" in told["left_out"]
    namesake = await made(
        await township.signed_in("赵敏"),
        "application",
        household=home,
        item=township.item.hex(),
        applicant="张小军",
        identity_number=IDENTITY,
    )
    assert namesake not in (await copied(head, home, form="json", person=OTHER)).text, "two may have one name"
    mother = await copied(head, home, form="json", person="张桂兰")
    assert IDENTITY in mother.text and hers in mother.text
    assert OTHER not in mother.text and his not in mother.text
    assert code_of(await copied(head, home, person="李四")) == "copy.nobody"
    assert code_of(await copied(head, his, person="张桂兰")) == "copy.nobody"


async def test_a_case_has_its_photos_messages_and_rating(township: Township, tmp_path: Path) -> None:
    wang = await township.device("王芳")
    home, hers, _ = await a_home(township)
    await wang.sync()
    await wang.save(await wang.open(hers), {"phone": "13700000001"})
    await wang.attach_photo(hers, picture(tmp_path / "id.jpg"), paper="居民身份证")
    await wang.sync()
    clerk, head = await township.signed_in("赵敏"), await township.signed_in("李红")
    for name, arguments in (("submit", {}), ("receive", {}), ("accept", {}), ("complete", {"result": "符合条件"})):
        path = f"/v1/records/application/{hers}/commands/{name}"
        done = await clerk.post(path, json={"arguments": arguments})
        assert done.status_code == 200, done.text
    told = (await copied(head, hers, form="json", photos=True)).json()
    assert home not in [one["record"] for one in told["records"]]
    (photo,) = [one for one in told["records"] if one["kind"] == "photo"]
    assert base64.b64decode(photo["photo"]).startswith(b"\xff\xd8\xff")
    assert [one["phone"] for one in told["messages"]] == ["13700000001"]
    assert told["records"][0]["status"] == "已办结"


async def test_the_copy_on_paper_can_be_read(sqlite_township: Township, poppler: Poppler) -> None:
    home, *_ = await a_home(sqlite_township)
    head = await sqlite_township.signed_in("李红")
    answer = await copied(head, home)
    assert answer.headers["content-type"] == "application/pdf"
    text = poppler.text(answer.content)
    for said in ("个人信息副本", "第四十五条", IDENTITY, "6225880212345678901", "张小军", "提供人：李红"):
        assert said in text, said


async def test_only_the_head_hands_it_out_with_a_reason_and_it_is_an_act(township: Township) -> None:
    home, *_ = await a_home(township)
    clerk, head = await township.signed_in("赵敏"), await township.signed_in("李红")
    assert code_of(await copied(clerk, home)) == "permission.denied"
    for nothing in (" ", "\u200b\u2060"):
        assert code_of(await copied(head, home, reason=nothing)) == "copy.reason"
    assert code_of(await copied(head, "00" * 16)) == "record.unknown"
    assert code_of(await copied(head, township.item.hex())) == "record.unknown"
    assert (await copied(head, home, form="json", person=OTHER, reason=f"{OTHER}本人来要")).status_code == 200
    (act,) = await township.services.database.read(audit.listed(Wanted(None, "person.export"), NEWEST, 9))
    assert (act.name, act.subject.hex()) == ("李红", home)
    assert OTHER not in act.told + act.reason and "本人来要" in act.reason


async def test_whoever_reads_the_audit_and_no_case_learns_no_name(sqlite_township: Township) -> None:
    home, *_ = await a_home(sqlite_township)
    head = await sqlite_township.signed_in("李红")
    assert (await copied(head, home, form="json", person="张小军")).status_code == 200
    (act,) = await sqlite_township.services.database.read(audit.listed(Wanted(None, "person.export"), NEWEST, 9))
    assert act.told == "家庭 张*兰 张*军（json）"


async def test_what_a_newer_phone_wrote_about_the_home_is_in_no_copy_for_one_person(sqlite_township: Township) -> None:
    """Nobody here knows of whom a field tells that only a later version knows."""
    home, *_ = await a_home(sqlite_township)
    wang = await sqlite_township.device("王芳")
    await wang.sync()
    await wang.save(await wang.open(home), {"illness_in_the_home": "母亲患尿毒症"})
    await wang.sync()
    head = await sqlite_township.signed_in("李红")
    his = await copied(head, home, form="json", person="张小军")
    assert "尿毒症" not in his.text
    assert "illness_in_the_home" in his.json()["left_out"]
    assert "尿毒症" in (await copied(head, home, form="json")).text


async def test_what_is_too_large_for_one_file_is_said(
    sqlite_township: Township, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, hers, _ = await a_home(sqlite_township)
    wang = await sqlite_township.device("王芳")
    await wang.sync()
    await wang.attach_photo(hers, picture(tmp_path / "id.jpg"), paper="居民身份证")
    await wang.sync()
    monkeypatch.setattr(routes, "PICTURES", 100)
    head = await sqlite_township.signed_in("李红")
    assert code_of(await copied(head, hers, form="json", photos=True)) == "copy.too_large"
    assert (await copied(head, hers, form="json")).status_code == 200
