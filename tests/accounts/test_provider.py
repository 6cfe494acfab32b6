"""Signing in at a real provider: who is let in, who is not, and what its word must hold."""

import base64
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from sqlalchemy import select

from daiban_server import audit
from daiban_server.accounts.oidc import flow, links
from daiban_server.accounts.oidc.links import LEAVE
from daiban_server.accounts.oidc.provider import Provider
from daiban_server.accounts.sessions import FRESH
from daiban_server.audit import NEWEST, Wanted
from daiban_server.console.provider import CALLBACK
from daiban_server.db import schema
from daiban_server.db.program import rows
from daiban_server.http.problems import ProblemError
from daiban_server.http.session import COOKIE
from daiban_server.settings import Oidc
from tests.accounts.desk import desk_of
from tests.accounts.provider import CLIENT, RealProvider, Visitor, new_provider
from tests.console.workday import token
from tests.support.township import PASSWORD, Township, open_township


@pytest.fixture
def provider(tmp_path: Path) -> RealProvider:
    return new_provider(tmp_path)


@pytest.fixture
async def town(provider: RealProvider, tmp_path: Path) -> AsyncIterator[Township]:
    async with open_township(tmp_path, host="localhost", oidc=provider.settings) as town:
        with provider.serving(town):
            yield town


async def visitor(town: Township) -> Visitor:
    http = httpx2.AsyncClient(trust_env=False, timeout=30)
    return Visitor(await town.clients.enter_async_context(http))


async def linked_visitor(town: Township, name: str = "赵敏", there: str = "赵敏") -> Visitor:
    """Somebody who signed in with the password and linked himself from his own account."""
    one = await visitor(town)
    answer = await one.http.post(f"{town.url}/sign-in", data={"login": name, "password": PASSWORD})
    assert answer.status_code == 303
    page = await one.http.get(f"{town.url}/account")
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)
    assert csrf
    led = await one.http.post(f"{town.url}/account/provider", data={"csrf": csrf[1]})
    address = re.search(r'class="button" href="([^"]+)"', led.text)
    assert address, led.text
    back = await one.http.get(await one.through(address[1].replace("&amp;", "&"), there))
    assert back.headers.get("location") == "/account?said=linked", back.text
    return one


def refused(answer: httpx2.Response, words: str) -> None:
    assert answer.status_code == 403, answer.text
    assert words in answer.text
    assert COOKIE not in answer.cookies


async def test_an_equal_name_at_the_provider_opens_no_account(town: Township) -> None:
    """Whoever may choose his name there would else be anybody here."""
    refused(await (await visitor(town)).signs_in(town, "赵敏"), "还没有和这里的账号绑定")
    assert await town.services.database.read(rows(select(schema.oidc_link))) == []


async def test_who_linked_himself_signs_in_there_under_whatever_name(town: Township) -> None:
    await linked_visitor(town, "赵敏", there="zhaomin.hanbin")
    answer = await (await visitor(town)).signs_in(town, "zhaomin.hanbin", "/account")
    assert answer.headers["location"] == "/account"
    assert COOKIE in answer.cookies
    refused(await (await visitor(town)).signs_in(town, "赵敏"), "还没有和这里的账号绑定")


async def test_nobody_links_what_is_somebody_elses(town: Township) -> None:
    await linked_visitor(town, "赵敏", there="zhaomin")
    with pytest.raises(AssertionError, match="已和别人的账号绑定"):
        await linked_visitor(town, "孙亮", there="zhaomin")


async def test_a_heads_leave_is_good_for_one_link_under_the_expected_name(town: Township) -> None:
    head = await desk_of(town, "李红")
    await head.done(f"/v1/people/{town.people['赵敏'].hex()}/provider", "PUT")
    refused(await (await visitor(town)).signs_in(town, "孙亮"), "还没有和这里的账号绑定")
    first = await (await visitor(town)).signs_in(town, "赵敏")
    assert first.headers["location"] == "/summary"
    assert (await (await visitor(town)).signs_in(town, "赵敏")).headers["location"] == "/summary"
    refused(await (await visitor(town)).signs_in(town, "赵敏+otp"), "还没有和这里的账号绑定")
    clerk = await desk_of(town, "赵敏")
    texts = [one["text"] for one in (await clerk.http.get("/v1/messages")).json()]
    assert any("李红准许您用统一身份认证登录" in text for text in texts)
    await head.done(f"/v1/people/{town.people['赵敏'].hex()}/provider", "DELETE")
    refused(await (await visitor(town)).signs_in(town, "赵敏"), "还没有和这里的账号绑定")
    acts = await town.services.database.read(audit.listed(Wanted(None), NEWEST, 9))
    assert [(one.act, one.name, one.told) for one in acts] == [
        ("provider.remove", "李红", "账号 赵敏"),
        ("provider.allow", "李红", "账号 赵敏"),
    ]


async def test_a_heads_leave_ends_after_a_week(town: Township, provider: RealProvider) -> None:
    head = await desk_of(town, "李红")
    await head.done(f"/v1/people/{town.people['赵敏'].hex()}/provider", "PUT")
    town.clock.ahead += LEAVE
    way = flow.begin(town.clock())
    claims = await good_claims(town, provider, way.nonce)
    who = await a_provider(town).judged(token_of(provider, claims), way.nonce, town.clock())
    found = await town.services.database.write("x", lambda: links.person_of(provider.issuer, who, town.clock()))
    assert (who.claim, found) == ("赵敏", None)


async def test_the_provider_counts_as_two_steps_only_if_it_says_so(town: Township) -> None:
    zhao = await desk_of(town, "赵敏")
    await zhao.has_app()
    zhao.later()
    http = zhao.http
    one = await visitor(town)
    one.http.cookies.update(http.cookies)
    for there in ("zhaomin", "zhaomin+otp"):
        csrf = await token(http, "/account")
        led = await one.http.post(f"{town.url}/account/provider", data={"csrf": csrf})
        address = re.search(r'class="button" href="([^"]+)"', led.text)
        assert address
        fresh = await visitor(town)
        fresh.http.cookies.update(one.http.cookies)
        back = await fresh.http.get(await fresh.through(address[1].replace("&amp;", "&"), there))
        assert back.headers["location"] == "/account?said=linked"
        entered = await (await visitor(town)).signs_in(town, there)
        wanted = "/summary" if there.endswith("+otp") else "/sign-in/code?next=%2Fsummary"
        assert entered.headers["location"] == wanted


async def test_linking_wants_to_know_again_who_sits_there(town: Township) -> None:
    zhao = await desk_of(town, "赵敏")
    csrf = await token(zhao.http, "/account")
    town.clock.ahead += FRESH
    answer = await zhao.http.post("/account/provider", data={"csrf": csrf})
    assert answer.headers["location"] == "/account/proof"


async def test_an_agent_is_told_that_the_work_is_on_the_phone(town: Township) -> None:
    head = await desk_of(town, "李红")
    await head.done(f"/v1/people/{town.people['王芳'].hex()}/provider", "PUT")
    refused(await (await visitor(town)).signs_in(town, "王芳"), "代办员请在手机应用里办理")


# What comes back ---------------------------------------------------------------------------------------------------


async def test_a_way_is_for_the_browser_that_set_out_on_it_and_for_one_return(town: Township) -> None:
    await linked_visitor(town)
    one = await visitor(town)
    start = await one.http.get(f"{town.url}/sign-in/provider")
    back = await one.through(await one.sent_by(start), "赵敏")
    thief = await visitor(town)
    refused(await thief.http.get(back), "不是从这里开始的")
    other = await thief.http.get(f"{town.url}/sign-in/provider")
    assert other.status_code == 303
    refused(await thief.http.get(back), "不是从这里开始的")
    carried = {"Cookie": f"daiban_oidc={one.http.cookies['daiban_oidc']}"}
    assert (await one.http.get(back)).headers["location"] == "/summary"
    refused(await one.http.get(back), "不是从这里开始的")
    # With the sealed cookie put back by hand, the provider does not take the code again.
    refused(await thief.http.get(back, headers=carried), "没有同意这次登录")


async def test_a_way_ends_after_ten_minutes_and_cannot_be_bent(town: Township) -> None:
    await linked_visitor(town)
    one = await visitor(town)
    start = await one.http.get(f"{town.url}/sign-in/provider")
    back = await one.through(await one.sent_by(start), "赵敏")
    sealed = one.http.cookies["daiban_oidc"]
    for bent in (sealed[:-8] + "AAAAAAA=", sealed[:20], "", "?"):
        refused(await (await visitor(town)).http.get(back, headers={"Cookie": f"daiban_oidc={bent}"}), "重新开始")
    refused(await one.http.get(back.replace("state=", "state=x")), "不是从这里开始的")
    carried = {"Cookie": f"daiban_oidc={sealed}"}
    refused(await (await visitor(town)).http.get(f"{back}x", headers=carried), "")
    town.clock.ahead += flow.LIFE
    refused(await (await visitor(town)).http.get(back, headers=carried), "等得太久")


async def test_another_issuers_answer_is_refused(town: Township) -> None:
    one = await visitor(town)
    start = await one.http.get(f"{town.url}/sign-in/provider")
    back = await one.through(await one.sent_by(start), "赵敏")
    assert "iss=" in back
    refused(await one.http.get(re.sub(r"iss=[^&]+", "iss=https%3A%2F%2Fevil.invalid", back)), "没有同意")


async def test_a_provider_that_is_away_keeps_nobody_from_the_password(provider: RealProvider, tmp_path: Path) -> None:
    async with open_township(tmp_path, host="localhost", oidc=provider.settings) as town:
        answer = await (await visitor(town)).http.get(f"{town.url}/sign-in/provider")
        refused(answer, "现在连不上统一身份认证")
        assert await (await desk_of(town)).signs_in("赵敏") == "full"


async def test_a_key_that_was_rotated_is_fetched_and_the_old_one_is_gone(
    provider: RealProvider, tmp_path: Path
) -> None:
    async with open_township(tmp_path, host="localhost", oidc=provider.settings) as town:
        with provider.serving(town):
            await linked_visitor(town)
        old, provider.key = provider.key, ECKey.generate_key("P-256", auto_kid=True)
        town.clock.ahead += 6_000
        with provider.serving(town):
            assert (await (await visitor(town)).signs_in(town, "赵敏")).headers["location"] == "/summary"
            way = flow.begin(town.clock())
            claims = await good_claims(town, provider, way.nonce)
            by_old = jwt.encode({"alg": "ES256", "kid": old.kid}, claims, old, algorithms=["ES256"])
            await not_taken(town, by_old, way.nonce, "signature")


# What its word must hold -------------------------------------------------------------------------------------------


def a_provider(town: Township) -> Provider:
    provider = town.services.provider
    assert provider
    return provider


async def good_claims(town: Township, provider: RealProvider, nonce: str) -> dict[str, Any]:
    now = town.clock() // 1000
    claims = {"iss": provider.issuer, "aud": CLIENT, "sub": "s-赵敏", "preferred_username": "赵敏"}
    return {**claims, "iat": now, "exp": now + 60, "nonce": nonce}


def token_of(provider: RealProvider, claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "ES256", "kid": provider.key.kid}, claims, provider.key, algorithms=["ES256"])


async def not_taken(town: Township, word: str, nonce: str, why: str) -> None:
    with pytest.raises(ProblemError) as refusal:
        await a_provider(town).judged(word, nonce, town.clock())
    assert (refusal.value.code, refusal.value.members["detail"]) == ("oidc.token", why)


async def test_a_word_that_holds_is_taken(town: Township, provider: RealProvider) -> None:
    claims = await good_claims(town, provider, "n")
    for more, second in (
        ({}, False),
        ({"amr": ["pwd"]}, False),
        ({"amr": ["pwd", "hwk"]}, True),
        ({"amr": "mfa"}, False),
    ):
        who = await a_provider(town).judged(token_of(provider, claims | more), "n", town.clock())
        assert (who.subject, who.claim, who.second) == ("s-赵敏", "赵敏", second)


@pytest.mark.parametrize(
    ("bent", "why"),
    [
        ({"nonce": "another"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"iss": "http://localhost:1"}, "issuer"),
        ({"aud": "another"}, "audience"),
        ({"aud": [CLIENT, "another"]}, "audience"),
        ({"aud": None}, "audience"),
        ({"azp": "another"}, "audience"),
        ({"exp": 1}, "time"),
        ({"exp": None}, "time"),
        ({"exp": "9999999999"}, "time"),
        ({"iat": 1}, "time"),
        ({"iat": 9_999_999_999, "exp": 99_999_999_999}, "time"),
        ({"sub": ""}, "subject"),
        ({"sub": None}, "subject"),
        ({"sub": "x" * 256}, "subject"),
    ],
)
async def test_a_well_signed_word_that_does_not_hold_is_not_taken(
    town: Township, provider: RealProvider, bent: dict[str, Any], why: str
) -> None:
    claims = await good_claims(town, provider, "n") | bent
    word = token_of(provider, {name: value for name, value in claims.items() if value is not None})
    await not_taken(town, word, "n", why)


async def test_a_word_that_nobody_signed_is_not_taken(town: Township, provider: RealProvider) -> None:
    claims = await good_claims(town, provider, "n")
    stranger = ECKey.generate_key("P-256", auto_kid=True)
    kid = provider.key.kid
    public = json.dumps(provider.key.as_dict(private=False)).encode()
    words = [
        jwt.encode({"alg": "ES256", "kid": kid}, claims, stranger, algorithms=["ES256"]),
        jwt.encode({"alg": "HS256", "kid": kid}, claims, OctKey.import_key(public), algorithms=["HS256"]),
        jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(b"a secret: of+the district's"), algorithms=["HS256"]),
        f"{part({'alg': 'none'})}.{part(claims)}.",
        f"{part({'alg': 'None', 'kid': kid})}.{part(claims)}.",
        f"{part({'alg': 'ES256', 'kid': kid})}.{part(claims)}.",
        "",
        "a.b.c",
        "....",
    ]
    for word in words:
        await not_taken(town, word, "n", "signature")


def part(told: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(told).encode()).rstrip(b"=").decode()


async def test_a_real_token_of_another_client_is_not_taken(town: Township, provider: RealProvider) -> None:
    one, way = await visitor(town), flow.begin(town.clock())
    elsewhere = Provider(
        Oidc(provider.issuer, "another", provider.secret_file, claim="preferred_username"), "http://localhost:1/back"
    )
    back = await one.through(await elsewhere.address(way), "赵敏")
    code = re.search(r"code=([^&]+)", back)
    assert code
    words: list[str] = []

    async def kept(word: str, nonce: str, now: int) -> None:
        words.append(word)

    elsewhere.judged = kept  # type: ignore[method-assign, assignment] # what it was told, not what it is worth
    await elsewhere.exchanged(code[1], way, town.clock())
    await not_taken(town, words[0], way.nonce, "audience")


async def test_a_provider_without_tls_is_asked_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("x")
    far = Provider(Oidc("http://provider.example", "x", secret), f"https://daiban.example{CALLBACK}")
    with pytest.raises(ProblemError) as refusal:
        await far.address(flow.begin(0))
    assert refusal.value.code == "oidc.unreachable"
