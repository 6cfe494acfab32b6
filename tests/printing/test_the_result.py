"""The slip of the result: it says how a case ended, and rates it, unless one prints it who had a part in it."""

import re

import httpx2

from tests.printing.test_case_papers import case_of
from tests.support.poppler import Poppler
from tests.support.raw_device import code_of as problem
from tests.support.township import Township


async def test_who_had_no_part_prints_what_the_resident_rates_with(sqlite_township: Township, poppler: Poppler) -> None:
    town = sqlite_township
    clerk, record = await case_of(town, ("accept", {}))
    path = f"/v1/cases/{record}/papers/result-slip"
    assert problem(await clerk.get(path)) == "print.not_yet"
    done = {"arguments": {"result": "符合条件，自十二月起发放。"}}
    await clerk.post(f"/v1/records/application/{record}/commands/complete", json=done)
    mine = poppler.text((await clerk.get(path)).content)
    assert all(word in mine for word in ("办结回执", "张桂兰", "自十二月起发放", "请凭收到的短信中的评价码"))
    head = await town.signed_in("李红")
    for name in ("result", "result-slip"):
        text = poppler.text((await head.get(f"/v1/cases/{record}/papers/{name}")).content)
        found = re.search(r"评价码([0-9A-Z]{10})", text)
        assert found, text
    number = (await head.get(f"/v1/cases/{record}")).json()["case"]["number"]
    async with httpx2.AsyncClient(base_url=town.url, trust_env=False) as resident:
        rating = {"number": number, "secret": found[1], "level": 5}
        answer = await resident.post("/v1/public/rating", json=rating)
        assert answer.status_code < 300, answer.text
