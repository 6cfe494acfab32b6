"""Guessing takes longer and longer, and keeps out whoever guesses, not whose account it is."""

import asyncio
import secrets
from pathlib import Path

import httpx2
from sqlalchemy import select

from daiban_server.accounts import lockout
from daiban_server.accounts.lockout import BUCKETS, CALM, CODE
from daiban_server.accounts.lockout import PASSWORD as BUDGET
from daiban_server.db import schema
from daiban_server.db.program import rows
from daiban_server.jobs.loop import one_round
from tests.accounts.desk import Desk, desk_of
from tests.support.raw_device import code_of
from tests.support.township import PASSWORD, Township, open_township, served


async def guesses(desk: Desk, login: str, times: int) -> list[str]:
    return [await desk.refused("/v1/session", login=login, password="猜") for _ in range(times)]


async def test_a_stranger_who_hammers_an_account_does_not_keep_its_owner_out(township: Township) -> None:
    owner = await desk_of(township, "赵敏")
    await owner.done("/v1/session", "DELETE")
    stranger = await desk_of(township)
    assert (await guesses(stranger, "赵敏", 6))[-1] == "session.too_many"
    assert await stranger.refused("/v1/session", login="赵敏", password=PASSWORD) == "session.too_many"
    assert await owner.signs_in("赵敏") == "full", "her own browser is known"
    assert await stranger.refused("/v1/session", login="赵敏", password=PASSWORD) == "session.too_many"


async def test_a_known_browser_is_slowed_down_too_and_alone(township: Township) -> None:
    owner = await desk_of(township, "赵敏")
    await owner.done("/v1/session", "DELETE")
    assert (await guesses(owner, "赵敏", 6))[-1] == "session.too_many"
    assert await (await desk_of(township)).signs_in("赵敏") == "full"


async def test_a_browser_is_known_for_whom_it_was_used_and_for_nobody_else(sqlite_township: Township) -> None:
    """An agent's own cookie would otherwise be a fresh start for guessing at the head's account."""
    town = sqlite_township
    insider = await desk_of(town, "赵敏")
    stranger = await desk_of(town)
    await guesses(stranger, "李红", 6)
    assert await insider.refused("/v1/session", login="李红", password=PASSWORD) == "session.too_many"
    forged = await desk_of(town)
    for name, value in insider.http.cookies.items():
        if name.startswith("daiban_desk"):
            forged.http.cookies.set(name, secrets.token_hex(16) + value[32:])
    await guesses(stranger, "赵敏", 6)
    assert await forged.refused("/v1/session", login="赵敏", password=PASSWORD) == "session.too_many"


async def test_a_hundred_guesses_at_once_are_judged_like_one_after_the_other(township: Township) -> None:
    desks = [await desk_of(township) for _ in range(5)]
    answers = await asyncio.gather(
        *(desk.ask("/v1/session", login="赵敏", password="猜") for desk in desks for _ in range(10))
    )
    codes = [code_of(answer) for answer in answers]
    assert codes.count("session.refused") == BUDGET.free


async def test_a_restart_forgets_no_failure(database_url: str, tmp_path: Path) -> None:
    async with open_township(tmp_path, database_url) as town:
        for _ in range(12):
            await guesses(await desk_of(town), "赵敏", 1)
            town.clock.ahead += BUDGET.longest
        town.clock.ahead -= BUDGET.longest
    async with (
        served(tmp_path, database_url, town.clock) as (_, url),
        httpx2.AsyncClient(base_url=url, trust_env=False) as http,
    ):
        answer = await http.post("/v1/session", json={"login": "赵敏", "password": PASSWORD})
        assert code_of(answer) == "session.too_many"


async def test_pauses_grow_and_are_told(sqlite_township: Township) -> None:
    town, waits = sqlite_township, []
    desk = await desk_of(town)
    await guesses(desk, "赵敏", BUDGET.free)
    for _ in range(10):
        answer = await desk.ask("/v1/session", login="赵敏", password="猜")
        assert answer.status_code == 429
        waits.append(int(answer.headers["retry-after"]))
        town.clock.ahead += waits[-1] * 1000
        await guesses(desk, "赵敏", 1)
    assert waits == sorted(waits)
    assert waits[-1] == BUDGET.longest // 1000
    town.clock.ahead += BUDGET.longest
    assert await desk.signs_in("赵敏") == "full"


async def test_accounts_that_do_not_exist_fill_no_table(sqlite_township: Township) -> None:
    keys = {lockout.account_key(BUDGET, None, f"nobody {n}") for n in range(4 * BUCKETS)}
    assert len(keys) <= BUCKETS
    desk = await desk_of(sqlite_township)
    assert (await guesses(desk, "没有这个人", 6))[-1] == "session.too_many", "and it looks like any other account"


async def test_after_a_day_of_calm_failures_are_swept(township: Township) -> None:
    await guesses(await desk_of(township), "赵敏", 6)
    await one_round(township.services)
    kept = select(schema.failure.c.count)
    assert await township.services.database.read(rows(kept)) == [(BUDGET.free,)]
    township.clock.ahead += CALM + 1_000
    await one_round(township.services)
    assert await township.services.database.read(rows(kept)) == []


async def test_codes_have_a_budget_of_their_own(township: Township) -> None:
    zhao = await desk_of(township, "赵敏")
    await zhao.has_app()
    zhao.later()
    thief = await desk_of(township)
    codes = []
    for _ in range(CODE.free + 2):
        assert await thief.signs_in("赵敏") == "second", "the password is right, and clears no failure of codes"
        codes.append(await thief.refused("/v1/session/code", code="000000"))
    assert codes == ["code.wrong"] * CODE.free + ["session.too_many"] * 2
    assert await thief.refused("/v1/session/code", code=zhao.code()) == "session.too_many"
    zhao.later(2_000)
    assert await thief.gives_code(zhao.code()) == "full"


async def test_who_knows_the_password_does_not_keep_its_owner_out_at_the_usual_desk(township: Township) -> None:
    zhao = await desk_of(township, "赵敏")
    await zhao.has_app()
    zhao.later()
    await zhao.signs_in("赵敏")
    await zhao.gives_code()
    zhao.later()
    thief = await desk_of(township)
    for _ in range(CODE.free + 2):
        await thief.signs_in("赵敏")
        await thief.refused("/v1/session/code", code="000000")
    assert await thief.refused("/v1/session/code", code=zhao.code()) == "session.too_many"
    assert await zhao.signs_in("赵敏") == "second"
    assert await zhao.gives_code() == "full"


async def test_a_servers_clock_that_was_years_ahead_locks_nobody_out_once_it_is_right(township: Township) -> None:
    """A failure of 2099 is no failure of the future: when the clock was put right the pause is the ordinary one."""
    years = 73 * 365 * 86_400_000
    stranger = await desk_of(township)
    township.clock.ahead += years
    assert (await guesses(stranger, "赵敏", 6))[-1] == "session.too_many"
    township.clock.ahead -= years
    assert await stranger.refused("/v1/session", login="赵敏", password=PASSWORD) == "session.too_many"
    township.clock.ahead += BUDGET.longest
    assert await stranger.signs_in("赵敏") == "full"
