"""Passkeys through the API, and the offline check of what they signed."""

import hashlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import cbor2
import pytest

from daiban_server.accounts import passkeys
from daiban_server.accounts.passkeys import LIFE, MOST
from daiban_server.http.problems import ProblemError
from daiban_sync import passkey
from daiban_sync.errors import SignatureError
from daiban_sync.passkey import Assertion
from tests.accounts.authenticator import Authenticator, text
from tests.accounts.desk import Desk, desk_of
from tests.support.township import Township, open_township

DIGEST = hashlib.sha256("接收王芳旧手机里的三批材料".encode()).digest()


@pytest.fixture
async def town(database_url: str, tmp_path: Path) -> AsyncIterator[Township]:
    """A township that browsers reach by a name: an address in numbers has no passkeys."""
    async with open_township(tmp_path, database_url, host="localhost") as town:
        yield town


async def with_passkey(town: Township, name: str = "赵敏", **bent: Any) -> tuple[Desk, Authenticator]:
    desk = await desk_of(town, name)
    key = Authenticator(town.url, **bent)
    options = await desk.done("/v1/passkeys/registration")
    await desk.done("/v1/passkeys", credential=key.made(options), name="窗口电脑")
    return desk, key


async def asked(desk: Desk, purpose: str = "batch.adopt", digest: bytes = DIGEST) -> Any:
    return await desk.done("/v1/passkeys/signing", purpose=purpose, digest=digest.hex())


async def signed(town: Township, answer: dict[str, Any], purpose: str = "batch.adopt") -> Assertion:
    return await passkeys.signed(town.people["赵敏"], purpose, DIGEST, answer, town.services)


@pytest.mark.parametrize("edwards", [False, True])
async def test_a_clerk_signs_thirty_two_bytes_and_anybody_checks_it_offline(town: Township, edwards: bool) -> None:
    zhao, key = await with_passkey(town, edwards=edwards)
    options = await asked(zhao)
    assert options["challenge"] == text(passkey.challenge("batch.adopt", DIGEST))
    assert (options["rpId"], options["userVerification"]) == ("localhost", "required")
    kept = await signed(town, key.shown(options))
    assert kept.credential == key.id
    assert passkey.check(kept, "batch.adopt", DIGEST, "localhost", [town.url]) == 0


async def test_a_challenge_is_answered_once_and_within_five_minutes(town: Township) -> None:
    zhao, key = await with_passkey(town)
    answer = key.shown(await asked(zhao))
    await signed(town, answer)
    with pytest.raises(ProblemError) as again:
        await signed(town, answer)
    assert again.value.code == "passkey.challenge"
    answer = key.shown(await asked(zhao))
    town.clock.ahead += LIFE
    with pytest.raises(ProblemError) as late:
        await signed(town, answer)
    assert late.value.code == "passkey.challenge"


async def test_a_wrong_answer_uses_the_challenge_up(town: Township) -> None:
    zhao, key = await with_passkey(town)
    options = await asked(zhao)
    stranger = Authenticator(town.url)
    with pytest.raises(ProblemError) as wrong:
        await signed(town, stranger.shown(options))
    assert wrong.value.code == "passkey.refused"
    with pytest.raises(ProblemError) as spent:
        await signed(town, key.shown(options))
    assert spent.value.code == "passkey.challenge"


async def test_what_was_asked_for_one_thing_is_no_answer_to_another(town: Township) -> None:
    zhao, key = await with_passkey(town)
    adopt = key.shown(await asked(zhao))
    await asked(zhao, "case.refuse")
    with pytest.raises(ProblemError) as other:
        await signed(town, adopt, "case.refuse")
    assert other.value.code == "passkey.refused"
    door = await desk_of(town)
    await door.signs_in("赵敏")
    assert await door.refused("/v1/session/passkey", credential=key.shown(await asked(zhao))) == "passkey.challenge"


async def test_one_does_not_sign_for_another(town: Township) -> None:
    zhao, _ = await with_passkey(town)
    _, of_head = await with_passkey(town, "李红")
    with pytest.raises(ProblemError) as refused:
        await signed(town, of_head.shown(await asked(zhao)))
    assert refused.value.code == "passkey.refused"


@pytest.mark.parametrize(
    "bend",
    [
        {"flags": passkey.PRESENT},
        {"flags": passkey.VERIFIED},
        {"origin": "http://evil.invalid"},
        {"host": "evil.invalid"},
    ],
)
async def test_nobody_there_nobody_verified_or_another_site_is_refused(
    sqlite_named: Township, bend: dict[str, Any]
) -> None:
    town = sqlite_named
    zhao, key = await with_passkey(town)
    options = await asked(zhao)
    vars(key).update(bend)
    with pytest.raises(ProblemError) as refused:
        await signed(town, key.shown(options))
    assert refused.value.code == "passkey.refused"
    other = Authenticator(town.url)
    vars(other).update(bend)
    answer = other.made(await zhao.done("/v1/passkeys/registration"))
    assert await zhao.refused("/v1/passkeys", credential=answer) == "passkey.refused"


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(cbor2.dumps([]), id="a-list"),
        pytest.param(cbor2.dumps("ab"), id="a-text"),
        pytest.param(cbor2.dumps(None), id="nothing"),
        pytest.param(b"\x04", id="a-point-without-coordinates"),
        pytest.param(cbor2.dumps({1: 2, 3: -7, -1: 1, -2: b"x", -3: b"y"}), id="one-byte-coordinates"),
        pytest.param(cbor2.dumps({1: 2, 3: -7, -1: 1, -2: b"x" * 32, -3: b"y" * 32}), id="off-the-curve"),
        pytest.param(cbor2.dumps({1: 1, 3: -8, -1: 6, -2: b"\x01" + bytes(31)}), id="small-order"),
    ],
)
async def test_what_verifies_nothing_is_nobodys_second_factor(sqlite_named: Township, key: bytes) -> None:
    zhao, odd = await desk_of(sqlite_named, "赵敏"), Authenticator(sqlite_named.url)
    odd.cose = key
    answer = odd.made(await zhao.done("/v1/passkeys/registration"))
    assert await zhao.refused("/v1/passkeys", credential=answer) == "passkey.refused"
    assert (await zhao.http.get("/v1/passkeys")).json() == []
    assert await (await desk_of(sqlite_named)).signs_in("赵敏") == "full"


async def test_a_counter_that_goes_back_is_a_copy_of_the_key(town: Township) -> None:
    zhao, key = await with_passkey(town)
    key.count = 7
    await signed(town, key.shown(await asked(zhao)))
    await signed(town, key.shown(await asked(zhao)))
    key.count = 7
    with pytest.raises(ProblemError) as refused:
        await signed(town, key.shown(await asked(zhao)))
    assert refused.value.code == "passkey.refused"


async def test_a_passkey_is_a_second_factor(town: Township) -> None:
    _, key = await with_passkey(town)
    door = await desk_of(town)
    assert await door.signs_in("赵敏") == "second"
    answer = key.shown(await door.done("/v1/session/passkey/options"))
    assert (await door.done("/v1/session/passkey", credential=answer))["stage"] == "full"
    again = await desk_of(town)
    await again.signs_in("赵敏")
    assert await again.refused("/v1/session/passkey", credential=answer) == "passkey.challenge"
    for odd in ({}, {"response": 1}, {"response": {"clientDataJSON": "e30"}}, {"response": {"clientDataJSON": "?"}}):
        assert await again.refused("/v1/session/passkey", credential=odd) == "passkey.refused"


async def test_the_first_passkey_brings_recovery_codes_and_the_last_takes_them_along(town: Township) -> None:
    zhao = await desk_of(town, "赵敏")
    keys = [Authenticator(town.url) for _ in range(2)]
    told = []
    for key in keys:
        options = await zhao.done("/v1/passkeys/registration")
        told.append((await zhao.done("/v1/passkeys", credential=key.made(options)))["codes"])
    assert [len(codes) for codes in told] == [10, 0]
    options = await zhao.done("/v1/passkeys/registration")
    assert {one["id"] for one in options["excludeCredentials"]} == {text(key.id) for key in keys}
    assert await zhao.refused("/v1/passkeys", credential=keys[0].made(options)) == "passkey.known"
    listed = (await zhao.http.get("/v1/passkeys")).json()
    assert [one["name"] for one in listed] == ["通行密钥"] * 2
    head = await desk_of(town, "李红")
    assert await head.refused(f"/v1/passkeys/{keys[0].id.hex()}", "DELETE") == "passkey.unknown"
    for key in keys:
        await zhao.done(f"/v1/passkeys/{key.id.hex()}", "DELETE")
    assert await zhao.refused("/v1/passkeys/signing", purpose="x", digest="0" * 64) == "passkey.unknown"
    assert await (await desk_of(town)).signs_in("赵敏") == "full"


async def test_nobody_keeps_more_than_ten(sqlite_named: Township) -> None:
    zhao = await desk_of(sqlite_named, "赵敏")
    for _ in range(MOST):
        options = await zhao.done("/v1/passkeys/registration")
        await zhao.done("/v1/passkeys", credential=Authenticator(sqlite_named.url).made(options))
    assert await zhao.refused("/v1/passkeys/registration") == "passkey.too_many"


async def test_an_address_in_numbers_has_no_passkeys(sqlite_township: Township) -> None:
    zhao = await desk_of(sqlite_township, "赵敏")
    assert await zhao.refused("/v1/passkeys/registration") == "passkey.address"


@pytest.fixture
async def sqlite_named(tmp_path: Path) -> AsyncIterator[Township]:
    async with open_township(tmp_path, host="localhost") as town:
        yield town


# Offline, years later ----------------------------------------------------------------------------------------------

ORIGIN = "https://daiban.example"


def evidence(edwards: bool = False) -> tuple[Assertion, Authenticator]:
    key = Authenticator(ORIGIN, "daiban.example", edwards=edwards)
    return assertion(key), key


def assertion(key: Authenticator, wanted: bytes | None = None) -> Assertion:
    answer = key.shown({"challenge": text(wanted or passkey.challenge("batch.adopt", DIGEST))})["response"]
    parts = (passkeys._bytes(answer[name]) for name in ("authenticatorData", "clientDataJSON", "signature"))
    return Assertion(key.id, key.cose, *parts)


def check(one: Assertion, purpose: str = "batch.adopt", digest: bytes = DIGEST) -> None:
    passkey.check(one, purpose, digest, "daiban.example", [ORIGIN])


@pytest.mark.parametrize("edwards", [False, True])
def test_every_bit_of_the_evidence_counts(edwards: bool) -> None:
    kept, _ = evidence(edwards)
    check(kept)
    for name in ("authenticator_data", "client_data", "signature", "key"):
        whole = getattr(kept, name)
        for at in range(len(whole)):
            bent = whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]
            with pytest.raises(SignatureError):
                check(kept._replace(**{name: bent}))


@pytest.mark.parametrize(
    ("bend", "code"),
    [
        (lambda key: vars(key).update(origin="https://evil.example"), "passkey.client_data"),
        (lambda key: vars(key).update(host="evil.example"), "passkey.host"),
        (lambda key: vars(key).update(flags=passkey.PRESENT), "passkey.unverified"),
        (lambda key: vars(key).update(flags=passkey.VERIFIED), "passkey.unverified"),
        (lambda key: vars(key).update(cross=True), "passkey.client_data"),
    ],
)
def test_well_signed_and_yet_not_what_was_asked_for(bend: Callable[[Authenticator], None], code: str) -> None:
    _, key = evidence()
    bend(key)
    with pytest.raises(SignatureError) as refused:
        check(assertion(key))
    assert refused.value.code == code


def test_another_digest_and_another_purpose_are_other_signatures() -> None:
    kept, key = evidence()
    for purpose, digest in (("batch.adopt", bytes(32)), ("case.refuse", DIGEST)):
        with pytest.raises(SignatureError, match="client_data"):
            check(kept, purpose, digest)
    with pytest.raises(SignatureError, match="client_data"):
        check(assertion(key, bytes(32)))
    for purpose, digest in (("", DIGEST), ("a\nb", DIGEST), ("A", DIGEST), ("a", b"short")):
        with pytest.raises(ValueError, match="purpose"):
            passkey.challenge(purpose, digest)


def test_what_a_registration_says_is_no_signature() -> None:
    _, key = evidence()
    answer = key.made({"challenge": text(passkey.challenge("batch.adopt", DIGEST))})["response"]
    client = passkeys._bytes(answer["clientDataJSON"])
    data = key._data(key.flags)
    forged = Assertion(key.id, key.cose, data, client, key.sign(data + hashlib.sha256(client).digest()))
    with pytest.raises(SignatureError, match="client_data"):
        check(forged)


@pytest.mark.parametrize(
    "key",
    [
        b"",
        b"\xa5",
        b"\xbf\xff",
        cbor2.dumps({}),
        cbor2.dumps([1, 2]),
        cbor2.dumps({1: 2, 3: -7, -1: 1, -2: b"x" * 32, -3: b"y" * 32}),
        cbor2.dumps({1: 2, 3: -7, -1: 1, -2: b"x" * 31, -3: b"y" * 33}),
        cbor2.dumps({1: 2, 3: -7, -1: 1, -2: bytes(32), -3: True}),
        cbor2.dumps({1: 1, 3: -8, -1: 6, -2: bytes(32)}),
        cbor2.dumps({1: 1, 3: -8, -1: 6, -2: b"\x01" + bytes(31)}),
        cbor2.dumps({1: 3, 3: -257, -1: b"n" * 256, -2: b"\x01\x00\x01"}),
        cbor2.dumps({1: 2, 3: -7, -1: {1: {1: 1}}, -2: b"", -3: b""}),
    ],
)
def test_no_key_is_so_odd_that_it_breaks_the_check(key: bytes) -> None:
    kept, _ = evidence()
    with pytest.raises(SignatureError) as refused:
        check(kept._replace(key=key))
    assert refused.value.code == "key.unusable"


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b"\xff", b"[" * 4000, b"{" + b" " * 5000 + b"}"])
def test_no_client_data_is_so_odd_that_it_breaks_the_check(data: bytes) -> None:
    kept, _ = evidence()
    with pytest.raises(SignatureError):
        check(kept._replace(client_data=data))
    with pytest.raises(SignatureError):
        check(kept._replace(authenticator_data=data))


def test_what_a_newer_browser_says_besides_does_no_harm() -> None:
    kept, key = evidence()
    told = json.loads(kept.client_data) | {"topOrigin": ORIGIN, "future": [1, {"x": None}]}
    client = json.dumps(told).encode()
    newer = kept._replace(
        client_data=client, signature=key.sign(kept.authenticator_data + hashlib.sha256(client).digest())
    )
    check(newer)
