"""Passwords: which may be chosen, how they change, and what hashing them costs."""

import asyncio

import argon2
import pytest
from sqlalchemy import select

from daiban_server.accounts import hashing, passwords
from daiban_server.accounts.hashing import AT_ONCE, WAITING, Hashing
from daiban_server.db import schema
from daiban_server.db.program import rows
from daiban_server.http.problems import ProblemError
from tests.accounts.desk import desk_of
from tests.support.raw_device import code_of
from tests.support.township import PASSWORD, PASSWORD_HASH, Township

OWN = "一碗热汤面，不放辣 2026"


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("九个字符的密码呀!", "password.short"),
        ("x" * 201, "password.long"),
        ("woaini1314520", "password.common"),
        ("P@ssword123", "password.common"),
        ("aaaaaaaaabbbbb", "password.common"),
        ("赵敏在建民办事处上班", "password.own_name"),
        ("ZhaoMin在窗口上班呢", "password.own_name"),
    ],
)
def test_a_password_that_is_guessed_first_is_refused(password: str, code: str) -> None:
    with pytest.raises(ProblemError) as refused:
        passwords.check(password, "zhaomin", "赵敏")
    assert refused.value.code == code


@pytest.mark.parametrize("password", ["十个汉字就已经够长了吧", "correct horse battery", "只有小写字母也可以的哦 abc"])
def test_nothing_has_to_be_in_a_password_but_length(password: str) -> None:
    passwords.check(password, "zhaomin", "赵敏")


def test_the_list_of_the_commonest_can_be_met() -> None:
    listed = passwords._commonest()
    assert len(listed) > 100
    assert all(len(one) >= passwords.SHORTEST and one == one.casefold() for one in listed)


async def stored(town: Township, name: str) -> str:
    found = await town.services.database.read(
        rows(select(schema.person.c.password).where(schema.person.c.name == name))
    )
    return str(found[0][0])


async def test_changing_a_password_needs_the_old_one(township: Township) -> None:
    zhao = await desk_of(township, "赵敏")
    before = await stored(township, "赵敏")
    for old, new, code in (
        ("猜的", OWN, "session.refused"),
        (PASSWORD, PASSWORD, "password.same"),
        (PASSWORD, "短", "password.short"),
    ):
        assert await zhao.refused("/v1/account/password", old=old, new=new) == code
    assert await stored(township, "赵敏") == before
    await zhao.done("/v1/account/password", old=PASSWORD, new=OWN)
    door = await desk_of(township)
    assert await door.refused("/v1/session", login="赵敏", password=PASSWORD) == "session.refused"
    assert await door.signs_in("赵敏", OWN) == "full"


async def test_the_old_password_cannot_be_guessed_at_an_open_desk(sqlite_township: Township) -> None:
    zhao = await desk_of(sqlite_township, "赵敏")
    codes = [await zhao.refused("/v1/account/password", old="猜", new=OWN) for _ in range(6)]
    assert codes[-1] == "session.too_many"
    assert await (await desk_of(sqlite_township)).signs_in("赵敏") == "full", "and the door is another matter"


async def test_whose_password_somebody_knows_does_nothing_before_it_is_changed(township: Township) -> None:
    head = await desk_of(township, "李红")
    given = await head.done(f"/v1/people/{township.people['赵敏'].hex()}/password")
    zhao = await desk_of(township)
    assert await zhao.signs_in("赵敏", given["password"]) == "change"
    for path in ("/v1/conflicts", "/v1/account", "/v1/sessions"):
        assert code_of(await zhao.http.get(path)) == "session.change"
    assert await zhao.refused("/v1/account/app") == "session.change"
    page = await zhao.http.get("/summary")
    assert page.headers["location"].startswith("/sign-in/password")
    assert (await zhao.done("/v1/account/password", old=given["password"], new=OWN))["stage"] == "full"
    assert (await zhao.http.get("/v1/conflicts")).status_code == 200
    assert await (await desk_of(township)).signs_in("赵敏", OWN) == "full"
    texts = [one["text"] for one in (await zhao.http.get("/v1/messages")).json()]
    assert any("李红给您设了新密码" in text for text in texts)
    assert [(one["code"], one["by"]) for one in (await zhao.http.get("/v1/account")).json()["events"]] == [
        ("password.changed", "赵敏"),
        ("password.set", "李红"),
    ]


async def test_a_hash_that_costs_too_little_is_renewed_at_sign_in(township: Township) -> None:
    assert await stored(township, "赵敏") == PASSWORD_HASH
    township.services.hashing = Hashing(argon2.PasswordHasher(time_cost=2, memory_cost=64, parallelism=1))
    zhao = await desk_of(township, "赵敏")
    renewed = await stored(township, "赵敏")
    assert "m=64,t=2" in renewed
    assert (await zhao.http.get("/v1/conflicts")).status_code == 200
    assert await (await desk_of(township)).signs_in("赵敏") == "full"
    assert await stored(township, "赵敏") == renewed


async def test_the_servers_own_hashes_are_argon2id_with_64_mebibytes() -> None:
    own = Hashing()
    hashed = await own.hash(PASSWORD)
    assert hashed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert await own.verify(hashed, PASSWORD)
    assert not await own.verify(hashed, PASSWORD + " ")
    assert not await own.verify(None, PASSWORD)
    assert not await own.verify("no hash at all", PASSWORD)
    assert not own.is_weak(hashed)


async def test_only_a_few_hashes_run_at_once_and_only_some_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes 64 MiB: a hundred sign-ins at once must not."""
    running, most, gate = 0, 0, asyncio.Event()

    async def slow(*arguments: object) -> bool:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await gate.wait()
        running -= 1
        return False

    monkeypatch.setattr(hashing.asyncio, "to_thread", slow)
    one = Hashing()
    tries = [asyncio.create_task(one.verify(None, "x")) for _ in range(WAITING + 3)]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert running == AT_ONCE
    gate.set()
    done = await asyncio.gather(*tries, return_exceptions=True)
    assert most == AT_ONCE
    assert [getattr(error, "code", error) for error in done if error] == ["server.busy"] * 3
