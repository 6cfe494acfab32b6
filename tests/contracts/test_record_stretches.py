"""Where a record's past is found: the same whether the index has followed history or not, or half of it."""

import pytest
from sqlalchemy import select

from daiban_server.db import schema
from daiban_server.db.program import Program, rows
from daiban_server.spine import past, tracing
from tests.support.township import Township


async def edited(town: Township) -> dict[bytes, int]:
    """Households that were made and changed by turns; gives where the last change of each stands."""
    wang = await town.device("王芳", "手机", town.clock)
    homes = [await town.household(wang, head) for head in ("张桂兰", "李大山", "何秀英")]
    await wang.sync()
    for turn in range(3):
        for home in homes[turn:]:
            await wang.save(await wang.open(home), {"phone": f"1370000001{turn}"})
            await wang.sync()
    found = await town.services.database.read(
        rows(select(schema.record.c.id, schema.record.c.position).where(schema.record.c.centre == town.centre))
    )
    return {id_: position for id_, position in found if id_.hex() in homes}


async def where(town: Township, records: dict[bytes, int]) -> list[list[int]]:
    def program() -> Program[list[list[int]]]:
        found = []
        for record, until in records.items():
            found.append(sorted((yield from past.stretches(town.centre, {record}, until))))
        together = yield from past.stretches(town.centre, set(records), max(records.values()))
        return [*found, sorted(together)]

    return await town.services.database.read(program())


async def test_a_records_past_is_found_the_same_however_far_the_index_is(
    township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, database = township, township.services.database
    monkeypatch.setattr(tracing, "PAGE", 2)
    monkeypatch.setattr(past, "PAGE", 2)
    records = await edited(town)
    read_back = await where(town, records)
    assert [len(one) for one in read_back] == [2, 3, 4, 7], "all three were made in one stretch"
    reached = 0
    while await database.read(tracing._behind(town.centre)):
        await database.write(town.centre, lambda: tracing._step(town.centre))
        assert await where(town, records) == read_back
        before, reached = reached, await database.read(tracing.reached(town.centre))
        assert reached > before
    assert await database.read(tracing.traced(town.centre, records)) == read_back[-1]


async def test_what_was_before_a_moment_is_told_without_what_came_after(township: Township) -> None:
    town, database = township, township.services.database
    records = await edited(town)
    (record, last) = max(records.items(), key=lambda one: one[1])
    before = await where(town, {record: last - 1})
    await tracing.follow_everywhere(database)
    assert await where(town, {record: last - 1}) == before
    assert before != await where(town, {record: last})
