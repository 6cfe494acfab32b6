"""Sessions: made anew when they may do more, ended by time, by their owner, and with the post."""

import pytest
from sqlalchemy import select, update

from daiban_server.accounts.sessions import FRESH, HALF_LIFE, IDLE, LIFE
from daiban_server.db import schema
from daiban_server.db.program import rows, run
from daiban_server.http.session import COOKIE
from daiban_server.jobs.loop import one_round
from tests.accounts.desk import desk_of
from tests.support.raw_device import code_of
from tests.support.township import PASSWORD, Township

OWN = "一碗热汤面，不放辣 2026"


async def sessions_kept(town: Township) -> int:
    return len(await town.services.database.read(rows(select(schema.session.c.id))))


async def test_a_session_that_rises_is_another_and_the_old_cookie_is_worth_nothing(township: Township) -> None:
    zhao = await desk_of(township, "赵敏")
    await zhao.has_app()
    zhao.later()
    door = await desk_of(township)
    assert await door.signs_in("赵敏") == "second"
    half, half_token = door.http.cookies[COOKIE], door.http.headers["X-CSRF-Token"]
    assert await door.gives_code(zhao.code()) == "full"
    assert door.http.cookies[COOKIE] != half
    assert door.http.headers["X-CSRF-Token"] != half_token
    async with township.stranger() as thief:
        answer = await thief.get("/v1/conflicts", headers={"Cookie": f"{COOKIE}={half}"})
        assert code_of(answer) == "session.missing"
    before = door.http.cookies[COOKIE]
    await door.done("/v1/account/password", old="一杯热茶 2026", new=OWN)
    assert door.http.cookies[COOKIE] != before
    assert code_of(await zhao.http.get("/v1/conflicts")) == "session.missing", "a changed password ends all others"
    assert (await door.http.get("/v1/conflicts")).status_code == 200


async def test_an_hour_without_a_request_ends_a_session_and_work_keeps_it_alive(township: Township) -> None:
    busy, idle = await desk_of(township, "赵敏"), await desk_of(township, "赵敏")
    township.clock.ahead += IDLE - 1_000
    assert (await busy.http.get("/v1/conflicts")).status_code == 200
    township.clock.ahead += IDLE - 1_000
    assert (await busy.http.get("/v1/conflicts")).status_code == 200
    assert code_of(await idle.http.get("/v1/conflicts")) == "session.missing"


async def test_reading_page_after_page_writes_once_a_minute(sqlite_township: Township) -> None:
    zhao = await desk_of(sqlite_township, "赵敏")
    seen = select(schema.session.c.seen)
    ((first,),) = await sqlite_township.services.database.read(rows(seen))
    for _ in range(5):
        await zhao.http.get("/v1/conflicts")
    assert await sqlite_township.services.database.read(rows(seen)) == [(first,)]
    sqlite_township.clock.ahead += 61_000
    await zhao.http.get("/v1/conflicts")
    assert await sqlite_township.services.database.read(rows(seen)) != [(first,)]


async def test_a_half_session_lasts_a_quarter_of_an_hour(sqlite_township: Township) -> None:
    zhao = await desk_of(sqlite_township, "赵敏")
    await zhao.has_app()
    door = await desk_of(sqlite_township)
    await door.signs_in("赵敏")
    sqlite_township.clock.ahead += HALF_LIFE
    assert await door.refused("/v1/session/code", code=zhao.code()) == "session.missing"


async def test_one_sees_where_one_is_signed_in_and_ends_it(township: Township) -> None:
    here, there, third = [await desk_of(township, "赵敏") for _ in range(3)]
    head = await desk_of(township, "李红")
    listed = (await here.http.get("/v1/sessions")).json()
    assert [one["here"] for one in listed].count(True) == 1
    assert len(listed) == 3
    (other,) = [one["id"] for one in (await there.http.get("/v1/sessions")).json() if one["here"]]
    assert await head.refused(f"/v1/sessions/{other}", "DELETE") == "session.unknown", "it is not hers"
    assert (await there.http.get("/v1/conflicts")).status_code == 200
    await here.done(f"/v1/sessions/{other}", "DELETE")
    assert code_of(await there.http.get("/v1/conflicts")) == "session.missing"
    await here.done("/v1/sessions", "DELETE")
    assert code_of(await third.http.get("/v1/conflicts")) == "session.missing"
    assert (await here.http.get("/v1/conflicts")).status_code == 200
    assert (await head.http.get("/v1/conflicts")).status_code == 200


async def test_whoever_becomes_something_else_signs_in_anew(township: Township) -> None:
    zhao = await desk_of(township, "赵敏")
    risen = update(schema.person).where(schema.person.c.name == "赵敏").values(role="head")
    await township.services.database.write("x", lambda: run(risen))
    assert code_of(await zhao.http.get("/v1/conflicts")) == "session.missing"


async def test_what_ended_is_swept(township: Township) -> None:
    await desk_of(township, "赵敏")
    idle = await desk_of(township, "李红")
    await one_round(township.services)
    assert await sessions_kept(township) == 2
    township.clock.ahead += IDLE
    await idle.signs_in("李红")
    await one_round(township.services)
    assert await sessions_kept(township) == 1
    township.clock.ahead += LIFE
    await one_round(township.services)
    assert await sessions_kept(township) == 0


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("POST", "/v1/account/app", {}),
        ("POST", "/v1/account/recovery-codes", {}),
        ("DELETE", "/v1/account/app", {}),
        ("POST", "/v1/passkeys/registration", {}),
        ("POST", "/v1/passkeys", {"credential": {}}),
        ("DELETE", f"/v1/passkeys/{'0' * 32}", {}),
        ("DELETE", f"/v1/people/{'0' * 32}/second-factor", {}),
        ("DELETE", f"/v1/people/{'0' * 32}/provider", {}),
    ],
)
async def test_a_desk_that_was_left_open_does_not_change_how_one_signs_in(
    sqlite_township: Township, method: str, path: str, told: dict[str, object]
) -> None:
    head = await desk_of(sqlite_township, "李红")
    sqlite_township.clock.ahead += FRESH
    assert await head.refused(path, method, **told) == "session.stale"
    assert await head.refused("/v1/session/proof", password="猜") == "session.refused"
    assert await head.refused(path, method, **told) == "session.stale"
    await head.done("/v1/session/proof", password="一杯热茶 2026")
    answer = await head.ask(path, method, **told)
    assert answer.is_success or code_of(answer) != "session.stale"


async def test_a_secure_cookie_cannot_be_planted_by_a_neighbour(sqlite_township: Township) -> None:
    """``__Host-`` is taken by browsers from this very host over TLS alone."""
    town = sqlite_township
    object.__setattr__(town.services.settings, "secure_cookies", True)
    async with town.stranger() as http:
        answer = await http.post("/v1/session", json={"login": "赵敏", "password": "一杯热茶 2026"})
    for cookie in answer.headers.get_list("set-cookie"):
        name, _, rest = cookie.partition("=")
        assert name.startswith("__Host-daiban_")
        parts = {part.strip().lower() for part in rest.split(";")[1:]}
        assert {"secure", "httponly", "path=/", "samesite=lax"} <= parts
        assert not any(part.startswith("domain") for part in parts)


async def test_a_session_from_when_the_servers_clock_was_years_ahead_ends_once_it_is_right(township: Township) -> None:
    years = 73 * 365 * 86_400_000
    township.clock.ahead += years
    zhao = await desk_of(township, "赵敏")
    township.clock.ahead -= years
    assert code_of(await zhao.http.get("/v1/conflicts")) == "session.missing"
    await one_round(township.services)
    assert await sessions_kept(township) == 0


async def test_who_showed_who_he_is_before_the_clock_was_put_back_is_asked_again(sqlite_township: Township) -> None:
    zhao = await desk_of(sqlite_township, "赵敏")
    sqlite_township.clock.ahead += 3 * FRESH
    await zhao.done("/v1/session/proof", password=PASSWORD)
    sqlite_township.clock.ahead -= 2 * FRESH
    assert await zhao.refused("/v1/account/app") == "session.stale"
