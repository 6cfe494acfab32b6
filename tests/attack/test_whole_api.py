"""A share of the attack in every run of the tests."""

import re

import pytest

from tests.attack.run import attack
from tests.attack.visitor import ROLES
from tests.support.raw_device import code_of
from tests.support.township import Township


@pytest.mark.parametrize("role", ROLES)
async def test_whatever_the_description_allows_or_forbids_is_answered_as_it_says(
    sqlite_township: Township, role: str
) -> None:
    """Each role takes every third operation, each operation is taken by two of them."""
    told = await attack(sqlite_township, role, 2, seed=20_261_127, share=(ROLES.index(role) % 3, 3))
    assert sum(told.values()) >= 80


METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECTED")


async def test_a_method_that_a_path_does_not_have_is_refused_with_those_that_it_has(sqlite_township: Township) -> None:
    async with sqlite_township.stranger() as http:
        document = (await http.get("/schema/openapi.json")).json()
        for path, item in document["paths"].items():
            for method in METHODS:
                if method.lower() in item:
                    continue
                answer = await http.request(method, re.sub(r"\{.*?\}", "0" * 32, path))
                assert answer.status_code == 405, (method, path)
                assert code_of(answer) == "request.method"
                allowed = {one.strip().lower() for one in answer.headers["allow"].split(",")}
                assert set(item) <= allowed, (path, allowed)
                assert method.lower() not in allowed
