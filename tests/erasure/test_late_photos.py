"""A photo that comes after its household was erased: by a link, or on a stick."""

from pathlib import Path
from typing import Any

import httpx2
import pytest

from daiban_client_sdk import Client
from tests.erasure.test_erasing import erase, home
from tests.photos.pictures import taken
from tests.support.township import Township


def stored(town: Township) -> list[Path]:
    """All bytes of photos that the centre has; an upload that was finished leaves an empty mark."""
    return [
        path for path in (town.services.settings.data / "photos").rglob("*") if path.is_file() and path.stat().st_size
    ]


async def with_photo(town: Township, *, known: bool) -> tuple[Client, httpx2.AsyncClient, str]:
    """A household that came in, a photo of it that did not, and whether its entry did; and the head."""
    wang, head = await town.device("王芳"), await town.signed_in("李红")
    gone = await home(town, wang)
    await wang.sync()
    picture = town.folder / "book.jpg"
    picture.write_bytes(taken(2))
    await wang.attach_photo(gone, picture, paper="户口簿")
    if known:
        with pytest.MonkeyPatch.context() as cut:
            cut.setattr("daiban_client_sdk.exchange.PHOTO_ROUNDS", 0)
            await wang.sync()
    return wang, head, gone


async def test_a_photo_that_was_on_its_way_is_let_go(township: Township, monkeypatch: pytest.MonkeyPatch) -> None:
    wang, head, gone = await with_photo(township, known=True)
    import daiban_client_sdk.exchange as exchange

    before = exchange.upload

    async def late(*arguments: Any, **named: Any) -> Any:
        assert (await erase(head, gone)).status_code == 200
        return await before(*arguments, **named)

    monkeypatch.setattr(exchange, "upload", late)
    await wang.sync()
    assert stored(township) == []
    assert (await wang.sync()).may_be_given_back


@pytest.mark.parametrize("known", [True, False])
async def test_a_photo_on_a_stick_is_not_kept_where_its_household_is_erased(
    township: Township, tmp_path: Path, *, known: bool
) -> None:
    wang, head, gone = await with_photo(township, known=known)
    pieces = await wang.export(tmp_path / "stick")
    assert (await erase(head, gone)).status_code == 200
    for piece in pieces:
        async with township.stranger() as http:
            answer = await http.post("/v1/bundles", content=piece.read_bytes())
            assert answer.status_code == 200, answer.text
        await wang.receive(answer.content)
    assert stored(township) == []
    assert (await wang.sync()).may_be_given_back


async def test_a_phone_whose_photo_never_arrived_can_be_given_back_after_the_erasure(
    township: Township, tmp_path: Path
) -> None:
    wang, head, gone = await with_photo(township, known=False)
    assert (await erase(head, gone)).status_code == 200
    await township.household(wang, "别家")
    assert (await wang.sync()).may_be_given_back
    await township.household(wang, "又一家")
    assert await wang.export(tmp_path / "stick"), "what is unsent can be carried in"
    assert list(wang.device.store.photos.glob("*")) == []
