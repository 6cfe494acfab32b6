"""The phone that Aunt Zhou's grandson set wrong: its calendar lies, its waiting does not."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from tests.support.processes import Child

WOMENS_DAY_2019 = datetime(2019, 3, 8, 9, 0, tzinfo=UTC)

PHONE = """
import asyncio, time
from datetime import datetime, UTC
before = datetime.now(UTC)
asyncio.run(asyncio.sleep(0.2))
print("monotonic", time.monotonic())
print("before", before.isoformat())
print("after", datetime.now(UTC).isoformat())
"""


def said(phone: Child, word: str) -> str:
    return phone.line(f"{word} ").split(" ", 1)[1]


def test_a_phone_in_2019_reads_2019_and_its_monotonic_clock_stays_true(
    clock_at: Callable[[datetime], dict[str, str]],
) -> None:
    started = time.monotonic()
    with Child.python("-c", PHONE, env=clock_at(WOMENS_DAY_2019)) as phone:
        monotonic = float(said(phone, "monotonic"))
        before, after = (datetime.fromisoformat(said(phone, word)) for word in ("before", "after"))
    # The kernel's monotonic clock is one for all processes: the child's reading lies between two of ours.
    assert started < monotonic < time.monotonic()
    assert abs(before - WOMENS_DAY_2019) < timedelta(hours=1)
    assert after > before
