"""The test run's PostgreSQL: what the contract suites of the centre's database stand on."""

import time
from collections.abc import Callable
from pathlib import Path

import asyncpg

from tests.support.postgres import Postgres
from tests.support.processes import Child

KEPT_OPEN = """
import time
from tests.support.postgres import Postgres, find_postgres
print("reached at", Postgres(find_postgres()).create_database(), flush=True)
time.sleep(600)
"""


async def ask(url: str, *statements: str) -> object:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        answers = [await connection.fetchval(statement) for statement in statements]
    finally:
        await connection.close()
    return answers[-1]


async def test_each_centre_gets_a_database_of_its_own(postgres: Postgres) -> None:
    hanbin, wuli = postgres.create_database(), postgres.create_database()
    await ask(hanbin, "create table household (name text)", "insert into household values ('陈·阿依')")

    assert await ask(hanbin, "select name from household") == "陈·阿依"
    assert await ask(wuli, "select to_regclass('household')") is None


async def test_a_copy_starts_as_its_original_stands_and_then_goes_its_own_way(postgres: Postgres) -> None:
    migrated = postgres.create_database()
    await ask(migrated, "create table visit (day date)")
    copy = postgres.create_database(copy_of=migrated)
    await ask(copy, "insert into visit values ('2011-06-01')")

    assert await ask(copy, "select count(*) from visit") == 1
    assert await ask(migrated, "select count(*) from visit") == 0


async def test_a_dropped_database_is_gone_even_under_a_clerk_who_is_still_connected(
    postgres: Postgres,
) -> None:
    url = postgres.create_database()
    clerk = await asyncpg.connect(url.replace("+asyncpg", ""))
    postgres.drop_database(url)

    other = postgres.create_database()
    name = url.partition("?")[0].rpartition("/")[2]
    assert await ask(other, f"select count(*) from pg_database where datname = '{name}'") == 0
    clerk.terminate()


async def test_commits_are_durable(postgres_url: str) -> None:
    assert await ask(postgres_url, "show fsync") == "on"
    assert await ask(postgres_url, "show synchronous_commit") == "on"


def test_a_killed_test_run_leaves_no_server_and_no_folder(postgres: Postgres) -> None:
    with Child.python("-c", KEPT_OPEN) as run:
        folder = Path(run.line("reached at").partition("host=")[2])
        assert (folder / "data" / "postmaster.pid").exists()
        run.kill()
    wait_until(lambda: not folder.exists())


def wait_until(true: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.05)
