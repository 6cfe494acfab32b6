"""A day in the field, from the village to the centre and back."""

import pytest

from tests.support.township import Township


async def test_a_colleague_sees_what_an_agent_wrote_at_the_home(township: Township) -> None:
    wang, liu = await township.device("王芳"), await township.device("刘强")
    household = await township.household(wang)
    assert (await wang.status()).line() == "还有 1 条记录 未收讫，这台手机先不要交回。"
    assert (await wang.sync()).may_be_given_back
    await liu.sync()
    seen = await liu.view(household)
    assert seen is not None
    assert seen.values == {"place": township.qingshan.hex(), "head": "张桂兰", "phone": "13700000000"}


async def test_two_numbers_for_one_household_both_stand_until_somebody_settles(township: Township) -> None:
    wang, liu = await township.device("王芳"), await township.device("刘强")
    household = await township.household(wang)
    await wang.sync()
    await liu.sync()
    await wang.save(await wang.open(household), {"phone": "13700000001"})
    await liu.save(await liu.open(household), {"phone": "13700000002"})
    for client in (wang, liu, wang):
        await client.sync()
    for client in (wang, liu):
        (conflict,) = await client.conflicts()
        assert conflict.label == "联系电话"
        assert {(v.author, v.value) for v in conflict.values} == {("王芳", "13700000001"), ("刘强", "13700000002")}
    await liu.settle(household, "phone", "13700000001")
    for client in (liu, wang):
        await client.sync()
        assert await client.conflicts() == []
        view = await client.view(household)
        assert view is not None
        assert view.values["phone"] == "13700000001"


async def test_an_edit_by_someone_who_had_the_other_value_in_view_is_no_conflict(township: Township) -> None:
    wang, liu = await township.device("王芳"), await township.device("刘强")
    household = await township.household(wang)
    await wang.sync()
    await liu.sync()
    await liu.save(await liu.open(household), {"phone": "13700000002"})
    await liu.sync()
    await wang.sync()
    assert await wang.conflicts() == []
    view = await wang.view(household)
    assert view is not None
    assert view.values["phone"] == "13700000002"


async def test_a_form_left_open_over_a_sync_does_not_overwrite_what_came_in(township: Township) -> None:
    """A pull in between must not count as read: `seen` was fixed when the form was opened."""
    wang, liu = await township.device("王芳"), await township.device("刘强")
    household = await township.household(wang)
    await wang.sync()
    await liu.sync()
    form = await wang.open(household)
    await liu.save(await liu.open(household), {"phone": "13700000002"})
    await liu.sync()
    await wang.sync()
    await wang.save(form, {"phone": "13700000003"})
    await wang.sync()
    (conflict,) = await wang.conflicts()
    assert {value.value for value in conflict.values} == {"13700000002", "13700000003"}


@pytest.mark.parametrize("words", ["上门认证养老待遇"])
async def test_a_visit_is_assigned_and_comes_home_as_an_appointment(township: Township, words: str) -> None:
    wang = await township.device("王芳")
    household = await township.household(wang)
    form = await wang.new("visit")
    await wang.save(form, {"household": household, "purpose": words, "minutes": 30})
    await wang.command(form.record, "assign")
    await wang.sync()
    visit = await wang.view(form.record)
    assert visit is not None
    assert visit.values["status"] == "assigned"
    assert visit.values["agent_name"] == "王芳"
    start = visit.values["start"]
    assert [view.record for view in await wang.today(start - 1, start + 1)] == [form.record]
    await wang.report(form.record, "started")
    await wang.report(form.record, "finished", {"outcome": "done"})
    await wang.sync()
    visit = await wang.view(form.record)
    assert visit is not None
    assert visit.values["status"] == "finished"
    assert await wang.troubled() == []
