"""Entries that wait for a better server, and households that move."""

import pytest
from sqlalchemy import select

from daiban_schemas import entry
from daiban_schemas.kind import Field, Kind
from daiban_schemas.kinds import KINDS
from daiban_schemas.types import Integer, Reference
from daiban_server.db import schema
from daiban_server.db.program import rows
from daiban_server.jobs.loop import replay_parked
from tests.support.raw_device import raw_device
from tests.support.township import Township, new_id

WELL = Kind(
    "well", "水井", [Field("place", "村", Reference("place")), Field("depth", "深度", Integer())], parent="place"
)


async def test_a_kind_that_the_server_learns_is_applied_when_it_starts_anew(
    township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = await raw_device(township)
    well = new_id()
    made = entry.change(well.hex(), "well", {"place": township.qingshan.hex(), "depth": 12}, seen=0, at=1)
    edit = entry.change(well.hex(), "well", {"depth": 15}, seen=0, at=2)
    reply = await device.pushed(device.seal(made, edit))
    assert [code for _, code, _ in reply.outcomes[0]["details"]] == ["kind.unknown", "kind.unknown"]
    assert await replay_parked(township.services) == 0
    monkeypatch.setitem(KINDS, "well", WELL)  # type: ignore[arg-type]
    assert await replay_parked(township.services) == 2
    assert await replay_parked(township.services) == 0
    clerk = await township.signed_in("赵敏")
    shown = (await clerk.get(f"/v1/records/well/{well.hex()}")).json()
    assert (shown["values"]["depth"], shown["conflicts"]) == (15, {})
    told = await township.services.database.read(
        rows(select(schema.outcome.c.number, schema.outcome.c.code).order_by(schema.outcome.c.number))
    )
    assert told == [(1, None), (2, None)]


async def test_a_household_that_moves_takes_its_cases_along(township: Township) -> None:
    """Whoever answers for the new village pulls them; a place that is not of the centre moves nothing."""
    wang = await township.device("王芳")
    household = await township.household(wang)
    form = await wang.new("application")
    await wang.save(form, {"household": household, "item": township.item.hex(), "applicant": "张桂兰"})
    await wang.sync()
    await wang.save(await wang.open(household), {"place": township.baihe.hex()})
    await wang.sync()

    async def places() -> set[bytes]:
        found = await township.services.database.read(
            rows(select(schema.record.c.place).where(schema.record.c.centre == township.centre))
        )
        return {row[0] for row in found}

    assert await places() == {township.baihe}
    await wang.sync()
    view = await wang.view(form.record)
    assert view is not None
    assert view.values["applicant"] == "张桂兰"
    await wang.save(await wang.open(household), {"place": new_id().hex()})
    await wang.sync()
    assert await places() == {township.baihe}
