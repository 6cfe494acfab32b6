"""What another site makes a browser send: refused at every route that changes something, whoever is signed in there."""

import pytest

from tests.contracts.test_permissions import REQUESTS, actions, centre_of, signed_in
from tests.hostile.test_bad_input import fingerprint
from tests.support.township import Township

WRONG = "x" * 43
ONWARD = {"/sign-in/code", "/sign-in/password"}
"""Whoever is past these steps is led on before anything is looked at."""


@pytest.mark.parametrize("role", ["head", "clerk", "district"])
async def test_nothing_is_done_for_another_site(sqlite_township: Township, role: str) -> None:
    town = sqlite_township
    own, http = await centre_of(town, town.centre, "建民办事处"), await signed_in(town, role)
    token, before = http.headers["X-CSRF-Token"], await fingerprint(town)
    forged = (
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": WRONG},
        *({"X-CSRF-Token": token, **said} for said in ({"Origin": "http://evil.example"}, {"Origin": "null"})),
        *({"X-CSRF-Token": token, "Sec-Fetch-Site": site} for site in ("cross-site", "same-site")),
        {"X-CSRF-Token": token, "Host": "evil.example"},
    )
    for route in sorted(actions(town)):
        if route[0] == "GET":
            continue
        path, given = REQUESTS[route](own)
        for headers in forged:
            form = {"data": {**given["data"], "csrf": headers["X-CSRF-Token"]}} if "data" in given else {}
            answer = await http.request(route[0], path, headers=headers, **{**given, **form})
            led_on = path in ONWARD and answer.headers.get("location") == "/summary"
            assert led_on or answer.status_code >= 400, (route, headers, answer.status_code)
    assert await fingerprint(town) == before
