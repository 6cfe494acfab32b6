"""The second step: an app's codes and recovery codes, who must have one, and what happens when it is lost."""

import base64
from pathlib import Path

import argon2
import pytest
from sqlalchemy import select

from daiban_server import audit
from daiban_server.accounts import totp
from daiban_server.accounts.hashing import Hashing
from daiban_server.accounts.totp import PENDING_LIFE, STEP
from daiban_server.audit import NEWEST, Wanted
from daiban_server.db import schema
from daiban_server.db.program import rows
from daiban_server.http.problems import ProblemError
from tests.accounts.desk import Desk, desk_of
from tests.console.workday import hired
from tests.support.raw_device import code_of
from tests.support.township import Township, open_township


async def door(town: Township, name: str = "赵敏") -> Desk:
    """Somebody whose password was right, and who owes the second step."""
    desk = await desk_of(town)
    assert await desk.signs_in(name) == "second"
    return desk


async def with_app(town: Township, name: str = "赵敏") -> tuple[Desk, list[str]]:
    desk = await desk_of(town, name)
    codes = await desk.has_app()
    desk.later()
    return desk, codes


async def test_a_half_session_can_do_nothing_but_give_the_code(township: Township) -> None:
    await with_app(township)
    half = await door(township)
    for path in ("/v1/conflicts", "/v1/account", "/v1/sessions", "/v1/passkeys", "/v1/messages"):
        assert code_of(await half.http.get(path)) == "session.second", path
    for path, told in (
        ("/v1/account/app", {}),
        ("/v1/account/password", {"old": "x", "new": "y"}),
        ("/v1/account/recovery-codes", {}),
        ("/v1/passkeys/registration", {}),
        ("/v1/session/proof", {"password": "x"}),
        ("/v1/records/household", {"fields": {}}),
    ):
        assert await half.refused(path, **told) == "session.second", path
    assert await half.refused("/v1/account/app", "DELETE") == "session.second"
    page = await half.http.get("/summary")
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in/code")
    assert (await half.http.get("/")).headers["location"].startswith("/sign-in/code")
    await half.done("/v1/session", "DELETE")


async def test_a_code_is_good_once(township: Township) -> None:
    zhao, _ = await with_app(township)
    code = zhao.code()
    assert await (await door(township)).gives_code(code) == "full"
    again = await door(township)
    assert await again.refused("/v1/session/code", code=code) == "code.wrong"
    assert await again.refused("/v1/session/code", code=zhao.code(-1)) == "code.wrong", "none of before it either"
    zhao.later(STEP)
    assert await again.gives_code(zhao.code()) == "full"


async def test_the_code_that_enrolled_an_app_signs_nobody_in(sqlite_township: Township) -> None:
    desk = await desk_of(sqlite_township, "赵敏")
    await desk.has_app()
    assert await (await door(sqlite_township)).refused("/v1/session/code", code=desk.code()) == "code.wrong"


@pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_an_apps_clock_may_be_off_by_a_step(steps: int, good: bool) -> None:
    secret, now = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", 1_800_000_015_000
    code = totp.pyotp.TOTP(secret).generate_otp(now // STEP + steps)
    assert (totp.step_of(secret, code, now) is not None) == good


def test_the_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B: at 59 seconds and at 1111111109, of eight digits there and six here."""
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert totp.step_of(secret, "287082", 59_000) == 1
    assert totp.step_of(secret, "081804", 1_111_111_109_000) == 37_037_036


async def test_a_secret_is_sealed_and_opens_for_its_owner_alone(township: Township) -> None:
    zhao, _ = await with_app(township)
    ((sealed,),) = await township.services.database.read(rows(select(schema.second_factor.c.secret)))
    assert zhao.secret.encode() not in bytes(sealed)
    keys, owner = township.services.keys, township.people["赵敏"]
    assert totp.unseal(sealed, owner, keys) == zhao.secret
    with pytest.raises(ProblemError) as refused:
        totp.unseal(sealed, township.people["李红"], keys)
    assert refused.value.code == "code.sealed"
    dump = [await township.services.database.read(rows(select(table))) for table in schema.metadata.sorted_tables]
    assert zhao.secret not in repr(dump)


async def test_an_app_is_enrolled_by_its_first_code_and_not_before(township: Township) -> None:
    zhao = await desk_of(township, "赵敏")
    zhao.secret = (await zhao.done("/v1/account/app"))["secret"]
    assert await (await desk_of(township)).signs_in("赵敏") == "full", "nobody is shut out by an app not confirmed"
    assert await zhao.refused("/v1/account/app/confirm", code="000000") == "code.wrong"
    zhao.later(PENDING_LIFE)
    await zhao.done("/v1/session/proof", password="一杯热茶 2026")
    assert await zhao.refused("/v1/account/app/confirm", code=zhao.code()) == "code.nothing_new"
    before = (await zhao.http.get("/v1/account")).json()
    assert (before["app"], before["recovery_codes"]) == (False, 0)
    assert len(await zhao.has_app()) == 10
    after = (await zhao.http.get("/v1/account")).json()
    assert (after["app"], after["recovery_codes"]) == (True, 10)


async def test_sessions_that_came_without_a_second_factor_end_when_there_is_one(township: Township) -> None:
    zhao, elsewhere = await desk_of(township, "赵敏"), await desk_of(township, "赵敏")
    await zhao.has_app()
    assert code_of(await elsewhere.http.get("/v1/conflicts")) == "session.missing"
    assert (await zhao.http.get("/v1/conflicts")).status_code == 200


async def test_the_old_app_goes_on_until_the_new_one_is_confirmed(sqlite_township: Township) -> None:
    zhao, codes = await with_app(sqlite_township)
    old = zhao.secret
    new = (await zhao.done("/v1/account/app"))["secret"]
    assert new != old
    assert await (await door(sqlite_township)).gives_code(zhao.code()) == "full"
    zhao.later()
    zhao.secret = new
    answer = await zhao.done("/v1/account/app/confirm", code=zhao.code())
    assert answer["codes"] == [], "the recovery codes of before stand"
    zhao.later()
    third = await door(sqlite_township)
    assert await third.refused("/v1/session/code", code=totp.pyotp.TOTP(old).now()) == "code.wrong"
    assert await third.gives_code(zhao.code()) == "full"
    assert await (await door(sqlite_township)).gives_code(codes[0]) == "full"


async def test_a_recovery_code_is_good_once_however_it_is_written(township: Township) -> None:
    _, codes = await with_app(township)
    assert len(set(codes)) == 10
    assert await (await door(township)).gives_code(codes[0].upper().replace("-", " ")) == "full"
    half = await door(township)
    assert await half.refused("/v1/session/code", code=codes[0]) == "code.wrong"
    assert await half.gives_code(codes[1]) == "full"
    shown = (await half.http.get("/v1/account")).json()
    assert shown["recovery_codes"] == 8
    assert "recovery.used" in [one["code"] for one in shown["events"]]
    fresh = (await half.done("/v1/account/recovery-codes"))["codes"]
    third = await door(township)
    assert await third.refused("/v1/session/code", code=codes[2]) == "code.wrong"
    assert await third.gives_code(fresh[0]) == "full"
    kept = repr(await township.services.database.read(rows(select(schema.recovery_code))))
    assert not [code for code in fresh if code in kept or code.replace("-", "") in kept]


async def test_a_recovery_code_is_its_owners(sqlite_township: Township) -> None:
    _, codes = await with_app(sqlite_township, "赵敏")
    await with_app(sqlite_township, "李红")
    assert await (await door(sqlite_township, "李红")).refused("/v1/session/code", code=codes[0]) == "code.wrong"
    assert await (await door(sqlite_township, "赵敏")).gives_code(codes[0]) == "full"


# Who must have one -------------------------------------------------------------------------------------------------


async def test_who_must_have_one_is_led_there_and_does_nothing_else_before(tmp_path: Path, database_url: str) -> None:
    async with open_township(tmp_path, database_url, second_factor=frozenset({"head", "district"})) as town:
        assert await (await desk_of(town)).signs_in("赵敏") == "full"
        head = await desk_of(town)
        assert await head.signs_in("李红") == "enrol"
        assert code_of(await head.http.get("/v1/conflicts")) == "session.enrol"
        assert (await head.http.get("/summary")).headers["location"] == "/sign-in/factor"
        assert await head.refused("/v1/account/password", old="x", new="y") == "session.enrol"
        assert len(await head.has_app()) == 10
        assert (await head.http.get("/v1/conflicts")).status_code == 200
        head.later()
        assert await head.refused("/v1/account/app", "DELETE") == "factor.last"
        again = await door(town, "李红")
        assert await again.gives_code(head.code()) == "full"


async def test_who_need_not_have_one_may_give_it_up(sqlite_township: Township) -> None:
    zhao, _ = await with_app(sqlite_township)
    await zhao.done("/v1/account/app", "DELETE")
    assert await (await desk_of(sqlite_township)).signs_in("赵敏") == "full"
    assert (await zhao.http.get("/v1/account")).json()["recovery_codes"] == 0
    assert await zhao.refused("/v1/account/recovery-codes") == "factor.none"


# Lost --------------------------------------------------------------------------------------------------------------


async def test_the_head_takes_a_lost_factor_away_by_name_and_its_owner_is_told(township: Township) -> None:
    zhao, _ = await with_app(township)
    person = township.people["赵敏"].hex()
    head = await desk_of(township, "李红")
    await head.done(f"/v1/people/{person}/second-factor", "DELETE")
    assert code_of(await zhao.http.get("/v1/account")) == "session.missing"
    again = await desk_of(township)
    assert await again.signs_in("赵敏") == "full"
    texts = [one["text"] for one in (await again.http.get("/v1/messages")).json()]
    assert any("李红取消了您的第二步验证" in text for text in texts)
    assert ("factor.reset", "李红") in [
        (one["code"], one["by"]) for one in (await again.http.get("/v1/account")).json()["events"]
    ]


async def test_a_factor_is_taken_away_by_whom_it_is_entrusted_to(sqlite_township: Township) -> None:
    town = sqlite_township
    clerk, head, district = [await desk_of(town, name) for name in ("赵敏", "李红", "周区")]
    of = {name: f"/v1/people/{id_.hex()}/second-factor" for name, id_ in town.people.items()}
    assert await clerk.refused(of["孙亮"], "DELETE") == "permission.denied"
    assert await head.refused(of["李红"], "DELETE") == "factor.own"
    assert await head.refused(of["周区"], "DELETE") == "person.unknown"
    assert await district.refused(of["赵敏"], "DELETE") == "person.unknown"
    await head.has_app()
    await district.done(of["李红"], "DELETE")
    assert await (await desk_of(town)).signs_in("李红") == "full", "nobody in the centre could have done it"


async def test_who_took_a_factor_away_stands_in_the_audit(township: Township) -> None:
    """The owner hears of it; so must whoever watches over a head that lets himself into a clerk's account."""
    zhao = township.people["赵敏"]
    head = await desk_of(township, "李红")
    await head.done(f"/v1/people/{zhao.hex()}/second-factor", "DELETE")
    (act,) = await township.services.database.read(audit.listed(Wanted(None, "factor.reset"), NEWEST, 9))
    assert (act.name, act.subject, act.told) == ("李红", zhao, "账号 赵敏")


async def test_whoever_leaves_leaves_nothing_to_sign_in_with(sqlite_township: Township) -> None:
    town = sqlite_township
    await with_app(town)
    head = await desk_of(town, "李红")
    leaves = {"type": "leaving", "person": town.people["赵敏"].hex()}
    handover = (await head.done("/v1/records/handover", fields=leaves))["record"]
    successor = {"to": (await hired(town, "钱进", "clerk")).hex()}
    await head.done(f"/v1/records/handover/{handover}/commands/arrange", arguments=successor)
    await head.done(f"/v1/records/handover/{handover}/commands/begin", arguments={})
    for table in (schema.second_factor, schema.recovery_code, schema.passkey, schema.oidc_link):
        left = select(table.c.person).where(table.c.person == town.people["赵敏"])
        assert await town.services.database.read(rows(left)) == [], table.name


async def test_a_weak_hash_of_before_does_not_stand_in_the_way(sqlite_township: Township) -> None:
    sqlite_township.services.hashing = Hashing(argon2.PasswordHasher(time_cost=1, memory_cost=16, parallelism=1))
    zhao, _ = await with_app(sqlite_township)
    assert await (await door(sqlite_township)).gives_code(zhao.code()) == "full"
