"""Opening a photo of somebody's papers: kept with who, when, which paper and which case, before it is shown."""

import asyncio
from typing import Any

import httpx2
from playwright.async_api import Page
from sqlalchemy import text

from daiban_client_sdk import Client
from daiban_server.db.program import rows
from daiban_server.features.photos.opened import SPAN
from tests.console.test_photos import look, with_papers
from tests.console.workday import part, press, sign_in
from tests.photos.pictures import taken
from tests.privacy.people import ZHANG
from tests.support.chromium import picture
from tests.support.township import Township

JPEG = b"\xff\xd8\xff"


async def photographed(town: Township, *papers: str) -> tuple[Client, str, list[str]]:
    """王芳 photographs papers of 张桂兰's application at her home; gives the case and the photos."""
    wang = await town.device("王芳")
    home = await town.household(wang)
    case = await wang.new("application")
    given = {"household": home, "item": town.item.hex(), "applicant": "张桂兰", "answers.reason": "到龄"}
    await wang.save(case, given)
    await wang.command(case.record, "submit")
    photos = []
    for nth, paper in enumerate(papers):
        file = town.folder / f"{nth}.jpg"
        file.write_bytes(taken(nth))
        photos.append((await wang.attach_photo(case.record, file, paper=paper)).record)
    await wang.sync()
    return wang, case.record, photos


async def opened(http: httpx2.AsyncClient, photo: str) -> None:
    answer = await http.get(f"/v1/photos/{photo}")
    assert answer.content.startswith(JPEG), answer.text


async def lines(http: httpx2.AsyncClient) -> list[Any]:
    """What the audit has, the first first."""
    found = (await http.get("/v1/audit", params={"check": True})).json()
    assert found["broken"] == []
    return found["lines"][::-1]


async def test_who_opened_which_paper_of_which_case_is_read_by_auditor_and_head(township: Township) -> None:
    _, _, [card, book] = await photographed(township, "居民身份证", f"张桂兰户口簿{ZHANG}")
    clerk, cadre = await township.signed_in("赵敏"), await township.signed_in("孙亮")
    auditor, head = await township.signed_in("冯审"), await township.signed_in("李红")
    await opened(clerk, card)
    await opened(clerk, book)
    await opened(cadre, card)
    assert (await auditor.get(f"/v1/photos/{card}")).status_code == 403, "he reads who looked, and looks at nothing"
    found = await lines(auditor)
    assert [(one["name"], one["label"], one["told"], one["subject"], one["reason"]) for one in found] == [
        ("赵敏", "查看照片", "居民身份证（申请 张*兰）", card, ""),
        ("赵敏", "查看照片", f"张*兰户口簿6{'*' * 16}{ZHANG[-1]}（申请 张*兰）", book, ""),
        ("孙亮", "查看照片", "居民身份证（申请 张*兰）", card, ""),
    ]
    assert await lines(head) == found


async def test_turning_and_coming_back_is_one_look_and_an_hour_later_another(township: Township) -> None:
    _, _, [card] = await photographed(township, "居民身份证")
    clerk = await township.signed_in("赵敏")
    await asyncio.gather(*(opened(clerk, card) for _ in range(2)))
    await opened(clerk, card)
    assert len(await lines(await township.signed_in("李红"))) == 1
    township.clock.ahead += SPAN + 1
    clerk = await township.signed_in("赵敏")
    await opened(clerk, card)
    assert len(await lines(await township.signed_in("李红"))) == 2


async def test_a_small_picture_is_no_look_and_a_photo_that_has_not_come_neither(township: Township) -> None:
    _, case, [card] = await photographed(township, "居民身份证")
    clerk = await township.signed_in("赵敏")
    assert (await clerk.get(f"/v1/photos/{card}/thumbnail")).content.startswith(JPEG)
    sent = {"parent": case, "paper": "户口簿", "sha256": "ab" * 32, "size": 9, "type": "image/jpeg"}
    told = await clerk.post("/v1/records/photo", json={"fields": sent})
    assert told.json()["outcome"] == "new", told.text
    answer = await clerk.get(f"/v1/photos/{told.json()['record']}")
    assert answer.json()["code"] == "photo.unknown"
    assert (await clerk.get(f"/v1/photos/{case}")).json()["code"] == "photo.unknown"
    assert await lines(await township.signed_in("李红")) == []


async def test_what_cannot_be_kept_is_not_shown_and_the_case_is_read_without_it(township: Township) -> None:
    """The audit's table takes no row, as on a full disk."""
    _, case, [card] = await photographed(township, "居民身份证")
    clerk = await township.signed_in("赵敏")
    await township.services.database.write("harm", lambda: rows(text("ALTER TABLE audit RENAME TO away")))
    answer = await clerk.get(f"/v1/photos/{card}")
    assert answer.status_code >= 500
    assert JPEG not in answer.content
    for path in (f"/cases/{case}", f"/cases/{case}/photos", f"/v1/photos/{card}/thumbnail"):
        assert (await clerk.get(path)).status_code == 200, path
    await township.services.database.write("mend", lambda: rows(text("ALTER TABLE away RENAME TO audit")))
    await opened(clerk, card)
    assert len(await lines(await township.signed_in("李红"))) == 1


async def test_a_line_outlives_the_erasure_of_the_case_and_names_nobody(township: Township) -> None:
    _, case, [card] = await photographed(township, "张桂兰的身份证")
    head = await township.signed_in("李红")
    await opened(head, card)
    await head.post(f"/v1/records/application/{case}/commands/withdraw", json={"arguments": {"reason": "不办了"}})
    erased = await head.post("/v1/erasures", json={"records": [case], "reason": "本人要求删除"})
    assert erased.status_code == 200, erased.text
    assert (await head.get(f"/v1/photos/{card}")).json()["code"] == "photo.unknown"
    found = await lines(await township.signed_in("冯审"))
    assert [one["label"] for one in found] == ["查看照片", "删除个人信息"]
    assert found[0]["told"] == "张*兰的身份证（申请 张*兰）"
    assert "张桂兰" not in str(found)


async def test_the_auditor_finds_photos_beside_whole_numbers(
    sqlite_township: Township, desk: Page, phone: Page
) -> None:
    town = sqlite_township
    _, case = await with_papers(town)
    await sign_in(phone, town, "赵敏", f"/cases/{case}")
    assert await phone.get_by_role("img", name="户口簿").count() == 1
    await sign_in(desk, town, "冯审", "/audit")
    assert "谁打开了照片" in await desk.inner_text("main"), "the strip of a case is no look"
    await phone.goto(f"{town.url}/cases/{case}/photos")
    await look(phone)
    await picture(phone, "privacy-photo-opened")
    await desk.get_by_label("操作").select_option("查看照片")
    await press(desk.get_by_role("button", name="筛选"))
    told = await part(desk, "最近的在前").inner_text()
    for words in ("赵敏", "查看照片", "居民身份证（申请", "张*兰"):
        assert words in told
    assert "户口簿" not in told
    await picture(desk, "privacy-audit-photos")
