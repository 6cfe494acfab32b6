"""A case is rated by whom it was done for: what rates it reaches the resident, and nobody who works here."""

import functools
from collections.abc import AsyncIterator
from typing import Literal

import httpx2
import pytest
from sqlalchemy import select

from daiban_schemas.slip import code_of
from daiban_server import provision, rating_secret
from daiban_server.accounts.lockout import RATING
from daiban_server.db import schema
from daiban_server.db.program import rows, run
from daiban_server.features.affairs.telling import of_staff
from daiban_server.features.papers.documents import Document
from daiban_server.jobs.loop import carry_out
from daiban_server.outbound.queue import Message
from daiban_server.printing import case_routes
from daiban_server.printing.case_file import CaseFile
from daiban_server.printing.case_papers import result
from tests.affairs.test_open_affairs import DONE, case_of, look_up
from tests.support.raw_device import code_of as problem
from tests.support.township import Township, new_id


class Telephones:
    """Where residents' messages go."""

    def __init__(self) -> None:
        self.heard: list[Message] = []

    async def send(self, message: Message) -> None:
        """It rings."""
        self.heard.append(message)


@pytest.fixture
async def resident(township: Township) -> AsyncIterator[httpx2.AsyncClient]:
    """Somebody's own phone, signed in nowhere."""
    async with httpx2.AsyncClient(base_url=township.url, trust_env=False) as http:
        yield http


async def told(town: Township, phone: str) -> list[Message]:
    """What was sent to a telephone."""
    telephones = Telephones()
    town.services.outbound = telephones
    await carry_out(town.services, town.clock())
    return [one for one in telephones.heard if one.phone == phone]


async def test_the_result_reaches_the_resident_with_what_rates_it(
    township: Township, resident: httpx2.AsyncClient
) -> None:
    record, number = await case_of(township, *DONE)
    (message,) = await told(township, "13700000000")
    secret = message.told["rating_secret"]
    assert (message.code, message.told["number"]) == ("case.result", number)
    assert all(words in message.text for words in (number, "已办结：符合条件", secret))
    said = {"number": number, "code": code_of(bytes.fromhex(record)), "level": 4, "secret": secret.lower()}
    assert (await resident.post("/v1/public/rating", json=said)).status_code == 204


async def test_whoever_reads_everything_that_is_kept_cannot_rate(
    township: Township, resident: httpx2.AsyncClient
) -> None:
    record, number = await case_of(township, *DONE)
    secret = rating_secret.secret_of(township.services.keys, bytes.fromhex(record))
    head = await township.signed_in("李红")
    for path in (f"/v1/records/application/{record}", f"/v1/cases/{record}", "/v1/messages?everything=true"):
        assert secret not in (await head.get(path)).text
    columns = (schema.message.c.text, schema.message.c.told)
    kept = await township.services.database.read(rows(select(*columns)))
    assert kept and all(secret not in text and secret.encode() not in told for text, told in kept)
    code = code_of(bytes.fromhex(record))
    for tried in ("", code, "AAAAAAAAAA"):
        said = {"number": number, "code": code, "level": 5, "secret": tried}
        assert problem(await resident.post("/v1/public/rating", json=said)) == "rating.secret"
    assert (await look_up(resident, number, code)).json()["may_rate"]


async def test_wrong_secrets_make_one_wait_and_the_look_up_goes_on(
    township: Township, resident: httpx2.AsyncClient
) -> None:
    record, number = await case_of(township, *DONE)
    code = code_of(bytes.fromhex(record))
    said = {"number": number, "code": code, "level": 5, "secret": "AAAAAAAAAA"}
    for _ in range(RATING.free):
        assert problem(await resident.post("/v1/public/rating", json=said)) == "rating.secret"
    right = {**said, "secret": rating_secret.secret_of(township.services.keys, bytes.fromhex(record))}
    assert problem(await resident.post("/v1/public/rating", json=right)) == "session.too_many"
    assert (await look_up(resident, number, code)).status_code == 200
    township.clock.ahead += 60_000
    assert (await resident.post("/v1/public/rating", json=right)).status_code == 204


async def test_a_worker_s_own_telephone_is_told_nothing(township: Township) -> None:
    record, _ = await case_of(township, ("accept", {}))
    clerk = await township.signed_in("赵敏")
    path = f"/v1/records/application/{record}"
    seen = (await clerk.get(path)).json()["position"]
    staff = "0915-3212345"
    assert (await clerk.patch(path, json={"fields": {"phone": staff}, "seen": seen})).status_code == 200
    done = await clerk.post(f"{path}/commands/complete", json={"arguments": {"result": "符合条件"}})
    assert done.status_code == 200
    assert await told(township, staff) == []


async def test_however_it_was_written(sqlite_township: Township) -> None:
    """A worker's telephone stands in the district's list in one way, and in the case in another."""
    town = sqlite_township
    for n, written in enumerate(("138-0000-0000", "+8613800000000", "１３８００００００００")):
        person = provision.Person(new_id(), town.centre, f"代办员{n}", written, f"x{n}", "agent")
        await town.services.database.write("people", functools.partial(provision.add_people, [person]))
        assert await town.services.database.read(of_staff("13800000000")), written
        gone = schema.person.delete().where(schema.person.c.id == person.id)
        await town.services.database.write("people", functools.partial(run, gone))
        assert not await town.services.database.read(of_staff("13800000000"))


async def test_a_withdrawn_case_is_told_nobody(township: Township) -> None:
    await case_of(township, ("withdraw", {"reason": "不办了"}))
    assert await told(township, "13700000000") == []


async def test_a_slip_has_it_for_who_had_no_part_in_the_case(sqlite_township: Township) -> None:
    town = sqlite_township
    keys, case = town.services.keys, bytes(16)
    people = {name: id_.hex() for name, id_ in town.people.items()}
    values = {"owner_id": people["赵敏"], "handler_id": people["赵敏"], "end": "completed"}
    values |= {"handovers": [{"from_id": people["王芳"], "to_id": people["赵敏"], "handled_by_id": people["孙亮"]}]}
    for name in ("赵敏", "王芳", "孙亮"):
        assert rating_secret.for_slip(keys, case, values, town.people[name]) is None
    secret = rating_secret.for_slip(keys, case, values, town.people["刘强"])
    assert secret and rating_secret.fits(keys, case, secret)
    assert rating_secret.for_slip(keys, case, {**values, "end": None}, town.people["刘强"]) is None
    assert rating_secret.for_slip(keys, case, {**values, "end": "withdrawn"}, town.people["刘强"]) is None
    assert len(secret) == rating_secret.LENGTH


async def test_who_completed_what_another_received_prints_no_secret(
    sqlite_township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    """赵敏 received it, and is its handler; the head accepted and completed it."""
    town, secrets = sqlite_township, list[str]()

    def kept(file: CaseFile, secret: str, size: Literal["roll", "a5"]) -> Document:
        secrets.append(secret)
        return result(file, secret, size)

    monkeypatch.setattr(case_routes, "result", kept)
    record, _ = await case_of(town)
    head = await town.signed_in("李红")
    for name, arguments in DONE:
        path = f"/v1/records/application/{record}/commands/{name}"
        assert (await head.post(path, json={"arguments": arguments})).status_code == 200
    assert (await head.get(f"/v1/cases/{record}/papers/result")).status_code == 200
    assert secrets == [""]
