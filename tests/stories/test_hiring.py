"""Somebody begins to work: the head takes him on, and the next minute he signs in or enrols his phone."""

from tests.support.raw_device import code_of as problem
from tests.support.township import Township


async def test_a_clerk_taken_on_signs_in_with_the_password_that_is_shown_once(township: Township) -> None:
    town = township
    head = await town.signed_in("李红")
    answer = await head.post("/v1/people", json={"name": "钱进", "role": "clerk", "phone": "0915-3212399"})
    assert answer.status_code == 201, answer.text
    hired = answer.json()
    assert (hired["login"], hired["badge"]) == ("钱进", "009")
    http = await town.clients.enter_async_context(town.stranger())
    signed = await http.post("/v1/session", json={"login": "钱进", "password": hired["password"]})
    assert (signed.status_code, signed.json()["role"], signed.json()["stage"]) == (200, "clerk", "change")
    assert problem(await http.get("/v1/cases")) == "session.change"
    found = {one["name"]: one["role"] for one in (await head.get("/v1/people")).json()}
    assert found["钱进"] == "clerk"
    again = await head.post(f"/v1/people/{hired['person']}/password")
    assert again.json()["password"] != hired["password"]
    assert problem(await http.get("/v1/cases")) == "session.missing"
    old = await http.post("/v1/session", json={"login": "钱进", "password": hired["password"]})
    assert problem(old) == "session.refused"


async def test_an_agent_taken_on_enrols_a_phone_and_works_in_his_village(sqlite_township: Township) -> None:
    town = sqlite_township
    head = await town.signed_in("李红")
    hired = (await head.post("/v1/people", json={"name": "周静", "role": "agent"})).json()
    assert (hired["login"], hired["password"]) == ("", "")
    post = (await head.post("/v1/records/post", json={"fields": {"title": "白河代办岗", "role": "agent"}})).json()
    named = {"a": hired["person"], "places": [town.baihe.hex()]}
    appointed = await head.post(f"/v1/records/post/{post['record']}/commands/appoint", json={"arguments": named})
    assert appointed.status_code == 200, appointed.text
    town.people["周静"] = bytes.fromhex(hired["person"])
    phone = await town.device("周静")
    await town.household(phone, "何秀", town.baihe)
    await phone.sync()
    assert await phone.troubled() == []


async def test_wrong_hires_change_nothing(sqlite_township: Township) -> None:
    town = sqlite_township
    head, district = await town.signed_in("李红"), await town.signed_in("周区")
    before = len((await head.get("/v1/people")).json())
    for wrong, code in (
        ({"name": "赵敏", "role": "clerk"}, "person.login_taken"),
        ({"name": "钱进", "role": "clerk", "badge": "001"}, "person.badge_taken"),
        ({"name": "钱进", "role": "district"}, "person.role"),
        ({"name": " ", "role": "clerk"}, "request.invalid"),
        ({"name": "钱进", "role": "clerk", "phone": "110"}, "request.invalid"),
    ):
        assert problem(await head.post("/v1/people", json=wrong)) == code, wrong
    assert len((await head.get("/v1/people")).json()) == before
    assert problem(await district.post("/v1/people", json={"name": "钱进", "role": "head"})) == "person.role"
    above = {"name": "马书记", "role": "chief"}
    assert (await head.post("/v1/people", json=above)).status_code == 201
    assert problem(await head.post(f"/v1/people/{town.people['周区'].hex()}/password")) == "person.unknown"
