"""Two who publish from what both have read, and catalogues that fill more than one batch."""

import pytest

from daiban_server.features.catalogue.editions import replaced, standing
from daiban_server.spine.refusal import Refusal
from tests.catalogue.office import everything, publish_now, with_catalogue
from tests.support.township import Township


async def test_of_two_who_publish_at_once_the_second_is_told(township: Township) -> None:
    """Both read the same catalogue before either wrote."""
    await with_catalogue(township)
    read = (await township.services.database.read(standing())).catalogue
    first, second = ({**read.items[0], "fee_basis": text} for text in ("甲", "乙"))
    await publish_now(township, replaced(read, [first]))
    before = await everything(township)
    with pytest.raises(Refusal) as refusal:
        await publish_now(township, replaced(read, [second]))
    assert refusal.value.code == "catalogue.edition"
    assert await everything(township) == before


async def test_what_a_colleague_added_meanwhile_does_not_end(sqlite_township: Township) -> None:
    await with_catalogue(sqlite_township)
    read = (await sqlite_township.services.database.read(standing())).catalogue
    await publish_now(sqlite_township, replaced(read, [{**read.items[0], "code": "HN-99"}]))
    with pytest.raises(Refusal) as refusal:
        await publish_now(sqlite_township, replaced(read, [{**read.items[1], "fee": "免费"}]))
    assert refusal.value.code == "catalogue.ends"


async def test_a_catalogue_of_more_than_one_batch_is_published_whole_or_not_at_all(sqlite_township: Township) -> None:
    """A batch holds five hundred entries; the last of these items is none."""
    await with_catalogue(sqlite_township)
    read = (await sqlite_township.services.database.read(standing())).catalogue
    many = [{**read.items[0], "code": f"QQ-{number}"} for number in range(600)]
    before = await everything(sqlite_township)
    with pytest.raises(Refusal) as refusal:
        await publish_now(sqlite_township, replaced(read, [*many, {**read.items[0], "code": "QQ-X", "modes": ["飞"]}]))
    assert (refusal.value.code, refusal.value.fields) == ("value.not_a_choice", ("modes",))
    assert await everything(sqlite_township) == before
    changes = await publish_now(sqlite_township, replaced(read, many))
    assert [change.what for change in changes].count("added") == 600
    assert len((await sqlite_township.services.database.read(standing())).catalogue.items) == 642
