"""Ways in which a stranger broke the first version, each mended and kept from coming back."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from daiban_client_sdk import DeviceError, InvalidEntryError
from daiban_server.demo.photograph import photograph
from tests.hostile.beginning import begun
from tests.photos.pictures import taken
from tests.support.phones import phone_in
from tests.support.raw_device import code_of
from tests.support.township import Township

ODD: dict[str, dict[str, object]] = {
    "U+0000": {"head": "张\x00三"},
    "a lone surrogate": {"note": "\ud800"},
    "a field in Chinese": {"收入": 1},
    "too many fields": {f"x{n}": n for n in range(257)},
    "too deep": {"x": [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]},
    "too large": {f"x{n}": "注" * 19_000 for n in range(6)},
    "not a number": {"x": float("nan")},
    "beyond integers": {"x": 2**60},
}


@pytest.mark.parametrize("what", ODD)
async def test_no_odd_value_holds_up_what_is_saved_behind_it(sqlite_township: Township, what: str) -> None:
    wang = await sqlite_township.device("王芳")
    home = await sqlite_township.household(wang)
    with pytest.raises(InvalidEntryError):
        await wang.save(await wang.open(home), ODD[what])
    await sqlite_township.household(wang, "李秀英")
    assert (await wang.sync()).may_be_given_back


async def test_odd_facts_and_arguments_are_refused_at_the_home(sqlite_township: Township) -> None:
    wang = await sqlite_township.device("王芳")
    home = await sqlite_township.household(wang)
    visit = await wang.new("visit")
    await wang.save(visit, {"household": home})
    for facts in ({"note": "\x00"}, {"note": "长" * 501}, {"outcome": "vanished"}):
        with pytest.raises(InvalidEntryError):
            await wang.report(visit.record, "finished", facts)
    with pytest.raises(InvalidEntryError):
        await wang.command(visit.record, "cancel", {"reason": "\x00"})
    with pytest.raises(DeviceError):
        await wang.new("household", "ABCDEF" * 5 + "AB")
    assert (await wang.sync()).may_be_given_back


async def test_settling_replaces_what_was_shown_and_nothing_that_came_since(sqlite_township: Township) -> None:
    town = sqlite_township
    wang, liu = await town.device("王芳"), await town.device("刘强")
    home = await town.household(wang)
    await wang.sync()
    await liu.sync()
    clerk = await town.signed_in("赵敏")
    seen = (await clerk.get(f"/v1/records/household/{home}")).json()["position"]
    await wang.save(await wang.open(home), {"note": "甲"})
    await liu.save(await liu.open(home), {"note": "乙"})
    for client in (wang, liu, wang):
        await client.sync()
    assert len(await wang.conflicts()) == 1
    await clerk.patch(f"/v1/records/household/{home}", json={"fields": {"note": "丙"}, "seen": seen})
    await wang.sync()
    await wang.settle(home, "note", "甲")
    await wang.sync()
    (conflict,) = await wang.conflicts()
    assert {value.value for value in conflict.values} == {"甲", "丙"}


async def test_a_deletion_is_settled_only_by_who_says_what_he_saw(sqlite_township: Township) -> None:
    clerk = await sqlite_township.signed_in("赵敏")
    wang = await sqlite_township.device("王芳")
    home = await sqlite_township.household(wang)
    photo = await wang.new("photo")
    await wang.save(photo, {"parent": home, "paper": "户口簿"})
    await wang.sync()
    settled = {"field": "deleted", "value": True, "over": []}
    answer = await clerk.post(f"/v1/records/photo/{photo.record}/settlement", json=settled)
    assert code_of(answer) == "request.invalid"


async def test_an_enrolled_device_is_not_enrolled_over(sqlite_township: Township) -> None:
    wang = await sqlite_township.device("王芳")
    with pytest.raises(DeviceError) as refused:
        await wang.enrol(await sqlite_township.code_for("刘强"), "手机")
    assert refused.value.code == "device.enrolled"


async def test_bad_photos_stand_behind_good_ones(sqlite_township: Township) -> None:
    wang = await sqlite_township.device("王芳")
    home = await sqlite_township.household(wang)
    source = sqlite_township.folder / "photo.jpg"
    source.write_bytes(photograph(3))
    await wang.attach_photo(home, source, paper="户口簿")
    store = wang.device.store
    for n in range(25):
        record = bytes(15) + bytes([n + 1])
        store.run(
            "INSERT INTO photo (record, sha256, path, size, taken_at) VALUES (?, ?, 'gone.jpg', 5, 0)",
            *(record, f"{n + 1:064x}"),
        )
    await wang.sync()
    status = await wang.sync()
    assert status.photos == 25


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/v1/session", {"login": "\x00", "password": "x"}),
        ("GET", "/v1/records/household?status=%00", None),
        ("GET", "/static/%00", None),
        ("GET", f"/static/{'a' * 300}", None),
        ("GET", f"/static/{'x' * 3000}", None),
    ],
)
async def test_a_nul_or_an_endless_name_is_no_fault_of_ours(
    township: Township, method: str, path: str, body: dict[str, str] | None
) -> None:
    clerk = await township.signed_in("赵敏")
    answer = await clerk.request(method, path, json=body)
    assert 400 <= answer.status_code < 500, answer.text


async def test_work_saved_before_enrolment_is_seen_and_handed_in_after(sqlite_township: Township) -> None:
    town = sqlite_township
    async with phone_in(town.folder / "early") as client:
        home = await town.household(client)
        view = await client.view(home)
        assert view is not None
        assert view.values["head"] == "张桂兰"
        await town.approve(client, await client.enrol(await town.code_for("王芳"), "手机"))
        assert (await client.sync()).may_be_given_back


async def test_a_photo_taken_before_enrolment_is_sealed_by_it_and_handed_in(sqlite_township: Township) -> None:
    town = sqlite_township
    picture = town.folder / "book.jpg"
    picture.write_bytes(taken(1))
    async with phone_in(town.folder / "early") as client:
        home = await town.household(client)
        kept = await client.attach_photo(home, picture, paper="户口簿")
        assert (kept.sha256, (await client.status()).photos) == ("", 1)
        clear = await client.photo(kept.record)
        await town.approve(client, await client.enrol(await town.code_for("王芳"), "手机"))
        assert await client.photo(kept.record) == clear
        assert client.device.store.rows("SELECT * FROM early_photo") == []
        assert (await client.sync()).may_be_given_back
    clerk = await town.signed_in("赵敏")
    assert (await clerk.get(f"/v1/photos/{kept.record}")).content == clear


def test_processes_that_begin_a_store_together_agree_on_its_key(tmp_path: Path) -> None:
    with ProcessPoolExecutor(6, mp_context=get_context("spawn")) as processes:
        assert list(processes.map(begun, [tmp_path / "phone"] * 12)) == [True] * 12
    assert len(list((tmp_path / "phone").glob("store.*"))) >= 2
    assert begun(tmp_path / "phone")


@pytest.mark.parametrize("form", [[1], [{"label": "x"}], [{"id": "收入", "label": "收入", "type": "text"}], [{}]])
async def test_a_form_that_nobody_could_fill_in_is_not_published(sqlite_township: Township, form: list[object]) -> None:
    district = await sqlite_township.signed_in("周区")
    answer = await district.post("/v1/records/item", json={"fields": {"code": "X", "form": form}})
    assert code_of(answer) == "value.not_question"


async def test_lists_and_conflicts_hide_every_identity_number(sqlite_township: Township) -> None:
    town = sqlite_township
    wang, liu = await town.device("王芳"), await town.device("刘强")
    home = await town.household(wang)
    await wang.sync()
    await liu.sync()
    numbers = ("11010519491231002X", "440524188001010014")
    member = {"name": "张三", "identity_number": numbers[0]}
    await wang.save(await wang.open(home), {"identity_number": numbers[0], "members": [member]})
    await liu.save(await liu.open(home), {"identity_number": numbers[1]})
    await wang.sync()
    await liu.sync()
    clerk = await town.signed_in("赵敏")
    for path in ("/v1/records/household", "/v1/conflicts"):
        text = (await clerk.get(path)).text
        assert "1****************X" in text
        assert not any(number in text for number in numbers)
