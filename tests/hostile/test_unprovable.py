"""An agent who wants no evidence of himself: what no verifier could read later is refused when it is handed in."""

import base64
import json
import secrets
from collections.abc import Callable

import pytest

from daiban_sync import dsse
from daiban_sync.keys import SoftwareKey
from tests.support.raw_device import code_of, raw_device
from tests.support.township import Township

SPELT: dict[str, Callable[[str], str]] = {
    "capitals": str.upper,
    "spaces": lambda key: f"{key[:32]} {key[32:]}",
}
WRITTEN: dict[str, Callable[[bytes], bytes]] = {
    "utf-16": lambda body: body.decode().encode("utf-16"),
    "no number": lambda body: body[:-1] + b', "x": NaN}',
    "half a letter": lambda body: body[:-1] + b', "x": "\\ud800"}',
    "odd signature": lambda body: body[:-2] + b', {"sig": "?"}]}',
}


def request(kind: str, spelling: str, stated: dict[str, object], *signers: SoftwareKey) -> bytes:
    """A statement of a key, well signed, in a spelling of its own."""
    key = signers[0].public_key.hex()
    payload = json.dumps(stated | {"key": SPELT.get(spelling, str)(key)}).encode()
    return WRITTEN.get(spelling, bytes)(dsse.export_all(kind, payload, signers))


@pytest.mark.parametrize("spelling", [*SPELT, *WRITTEN])
async def test_nobody_enrols_so_that_no_evidence_of_him_would_hold(sqlite_township: Township, spelling: str) -> None:
    town, signer = sqlite_township, SoftwareKey(secrets.token_bytes(32))
    packed = (await town.code_for("王芳")).partition(".")[2]
    secret = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))["c"]
    stated = {"code": secret, "origin": town.services.keys.origin.hex(), "name": "手机", "at": 0}
    async with town.stranger() as http:
        bent = await http.post("/v1/enrolments", content=request(dsse.ENROLMENT, spelling, stated, signer))
        assert code_of(bent) == "enrolment.malformed"
        plain = await http.post("/v1/enrolments", content=request(dsse.ENROLMENT, "", stated, signer))
        assert plain.status_code == 201, "and the code is as good as before"


@pytest.mark.parametrize("spelling", [*SPELT, *WRITTEN])
async def test_nobody_takes_a_key_so_that_no_evidence_of_him_would_hold(
    sqlite_township: Township, spelling: str
) -> None:
    device, fresh = await raw_device(sqlite_township), SoftwareKey(secrets.token_bytes(32))
    ids = {"device": device.id.hex(), "origin": sqlite_township.services.keys.origin.hex()}
    stated: dict[str, object] = {**ids, "last": 0, "number": 0, "at": 1}
    bent = request(dsse.NEW_KEY, spelling, stated, fresh, device.key)
    assert code_of(await device.send(bent, "/v1/enrolment/key")) == "enrolment.malformed"
    plain = await device.send(request(dsse.NEW_KEY, "", stated, fresh, device.key), "/v1/enrolment/key")
    assert plain.status_code == 200, "the key of before still counts"


async def test_a_key_that_was_given_up_is_not_taken_again(township: Township) -> None:
    """A file in which a key follows itself is refused by every verifier."""
    device = await raw_device(township)
    first = device.key
    await device.new_key()
    ids = {"device": device.id.hex(), "origin": township.services.keys.origin.hex()}
    body = request(dsse.NEW_KEY, "", {**ids, "last": 0, "number": 0, "at": 1}, first, device.key)
    assert code_of(await device.send(body, "/v1/enrolment/key")) == "key.in_use"
