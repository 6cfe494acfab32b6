"""Whom an opinion is about reads what was said of him, and not who said it."""

from typing import Any

import httpx2
import pytest

from tests.console.workday import browser_of
from tests.support.township import Township

WHO, PHONE = "牛二娃", "13798765432"


async def complaint(town: Township, about: str, **more: Any) -> str:
    """The hotline passes on a complaint about somebody; the district's people above register it."""
    leader = await town.signed_in("李红" if about != "李红" else "孙亮")
    said = {"place": town.qingshan.hex(), "channel": "complaint", "text": f"态度不好，请回{PHONE}", "person": WHO}
    said |= {"phone": PHONE, "about": town.people[about].hex(), **more}
    made = await leader.post("/v1/records/opinion", json={"fields": said})
    assert made.status_code == 201, made.text
    return str(made.json()["record"])


def names_nobody(answer: httpx2.Response) -> bool:
    return WHO not in answer.text


@pytest.mark.parametrize("about", ["赵敏", "李红", "孙亮"], ids=["clerk", "head", "cadre"])
async def test_whom_it_is_about_is_told_what_was_said_and_not_by_whom(township: Township, about: str) -> None:
    town = township
    opinion = await complaint(town, about)
    meant = await town.signed_in(about)
    path = f"/v1/records/opinion/{opinion}"
    shown = await meant.get(path)
    assert names_nobody(shown)
    assert shown.json()["values"]["text"] == "态度不好，请回1*********2"
    assert not {"person", "phone", "contacts"} & (shown.json()["values"].keys() | shown.json()["authors"].keys())
    assert names_nobody(await meant.get("/v1/records/opinion"))
    other = await town.signed_in("吴镇")
    whole = (await other.get(path)).json()["values"]
    assert (whole["person"], whole["phone"]) == (WHO, PHONE), "who answers it calls them back"


async def test_nor_does_a_conflict_or_a_register_tell_him(township: Township) -> None:
    town = township
    opinion = await complaint(town, "赵敏")
    head, meant = await town.signed_in("李红"), await town.signed_in("赵敏")
    seen = (await head.get(f"/v1/records/opinion/{opinion}")).json()["position"]
    other = {"person": "牛三娃", "phone": "13711111111"}
    await head.patch(f"/v1/records/opinion/{opinion}", json={"fields": other, "seen": seen})
    assert WHO in (await head.get("/v1/conflicts")).text
    for path in ("/v1/conflicts", f"/v1/records/opinion/{opinion}", "/v1/registers/意见反映"):
        answer = await meant.get(path)
        assert answer.status_code == 200
        for word in (WHO, "牛三娃", PHONE, "13711111111"):
            assert word not in answer.text, path
    console = await (await browser_of(town, "赵敏")).get("/summary")
    assert WHO not in console.text
    assert WHO in (await (await browser_of(town, "李红")).get("/summary")).text
    revealed = await meant.post(f"/v1/records/{opinion}/reveal", json={"field": "person", "reason": "compare"})
    assert revealed.json()["code"] == "reveal.nothing"


async def test_no_phone_pulls_an_opinion(township: Township) -> None:
    """王芳's phone holds everything of 青山村, and the complaint is about her."""
    town = township
    wang, sun = await town.device("王芳"), await town.device("孙亮")
    await town.household(wang)
    opinion = await complaint(town, "王芳")
    for client in (wang, sun):
        await client.sync()
        assert await client.view(opinion) is None
        assert await client.records("opinion") == []
    assert len(await sun.records("household")) == 1, "the rest of the feed goes on behind it"


async def test_what_an_agent_was_told_at_a_home_is_registered_and_stays_with_the_centre(township: Township) -> None:
    town = township
    wang = await town.device("王芳")
    form = await wang.new("opinion")
    said = {"place": town.qingshan.hex(), "channel": "opinion_box", "text": "路灯坏了", "person": WHO}
    await wang.save(form, said)
    done = await wang.sync()
    assert done.may_be_given_back
    assert await wang.troubled() == []
    head = await town.signed_in("李红")
    assert (await head.get(f"/v1/records/opinion/{form.record}")).json()["values"]["person"] == WHO
    await wang.sync()
    assert (await wang.status()).may_be_given_back
