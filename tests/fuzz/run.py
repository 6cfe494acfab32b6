"""Sending them, and looking at what they did."""

import asyncio
import resource
from collections import Counter
from collections.abc import AsyncIterator
from random import Random

from daiban_schemas import entry
from daiban_schemas.problem import PROBLEMS
from daiban_server.features.photos.inspect import Inspector
from daiban_server.features.photos.problems import PhotoError
from daiban_server.http.budgets import UNLIMITED, Budgets
from tests.fuzz.inputs import mangled, pictures, samples
from tests.hostile.test_bad_input import fingerprint
from tests.support.raw_device import raw_device
from tests.support.township import Township, new_id

PICTURES = 0.002
"""The share of pictures: each is looked at in a process of its own."""
GROWN = 256 * 2**20
"""Bytes by which the process may have grown at its peak: a few requests at once at their caps."""


async def fuzz(town: Township, inputs: int, seed: int) -> Counter[str]:
    """Send so many; gives how often each answer came. An AssertionError says which input did harm."""
    town.services.budgets = Budgets(UNLIMITED)
    dice, told = Random(seed), Counter[str]()
    raw, phone = await raw_device(town), await town.device("刘强")
    fields = {"place": town.qingshan.hex(), "head": "张桂兰", "phone": "13700000000"}
    bodies = [entry.change(new_id().hex(), "household", fields, seen=0, at=1) for _ in range(5)]
    honest = await samples(town, phone, raw, bodies)
    before, grown = await fingerprint(town), _peak()
    for n in range(inputs):
        sample = honest[n % len(honest)]
        sent = sample.close(mangled(sample.inside, dice))
        answer = await (raw.send(sent) if sample.path == "/v1/sync" else raw.http.post(sample.path, content=sent))
        what = f"seed {seed}, input {n}: {sample.name}"
        assert answer.status_code < 500, (what, answer.text)
        if answer.is_error:
            code = str(answer.json()["code"])
            assert code in PROBLEMS, what
            told[f"{sample.name}: {code}"] += 1
        else:
            told[f"{sample.name}: {answer.status_code}"] += 1
    after = await fingerprint(town)
    assert after == before, f"seed {seed}: changed {[name for name in before if before[name] != after[name]]}"
    peak = _peak()
    assert peak - grown < GROWN, f"seed {seed}: grew by {(peak - grown) / 2**20:.0f} MiB"
    told["MiB that the process grew by"] = (peak - grown) // 2**20
    await _look(max(1, int(inputs * PICTURES)), dice, told)
    return told


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


async def _look(count: int, dice: Random, told: Counter[str]) -> None:
    inspector = Inspector(at_once=2)
    for _ in range(count):
        spoilt = mangled(dice.choice(pictures()), dice)

        async def blocks(data: bytes = spoilt) -> AsyncIterator[bytes]:
            yield data

        try:
            await asyncio.wait_for(inspector.look(blocks()), 30)
        except PhotoError as error:
            told[f"picture: {error.code}"] += 1
        else:
            told["picture: a picture still"] += 1
