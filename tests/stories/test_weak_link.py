"""A phone whose answers get lost: it keeps what it has, sends the same again, and believes nobody but its centre."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PIL import Image

from daiban_client_sdk import AlarmError, Client, RefusedError
from daiban_client_sdk.progress import silent
from daiban_client_sdk.rounds import Rounds, Step
from daiban_schemas.entry import decode
from daiban_sync import note, receipt
from daiban_sync.frames import Frame, join, split
from tests.photos.pictures import jpeg
from tests.photos.power import Power
from tests.support.history import kept_of
from tests.support.township import Township

HOUR = 3_600_000


async def begun(client: Client) -> tuple[Rounds, Step]:
    """A sync up to the instant before its first request leaves."""
    rounds = await client._run(Rounds, client.device, silent)
    return rounds, await client._run(rounds.begin, True)


async def asked(client: Client, step: Step) -> bytes:
    """The server's answer to a request."""
    transport, _ = await client._link()
    return await client._ask(transport, step)


async def test_what_is_saved_while_an_answer_is_under_way_keeps_its_own_morning(sqlite_township: Township) -> None:
    """It is frozen before the newer checkpoint is taken in, so its bounds do not begin after it was written."""
    town = sqlite_township
    wang = await town.device("王芳", now=town.clock)
    await wang.sync()
    rounds, step = await begun(wang)
    record = await town.household(wang)
    town.clock.ahead += 3 * HOUR
    await wang._run(rounds.take, step, await asked(wang, step))
    await wang.sync()
    (stored,) = await kept_of(town, record)
    assert stored.effective == decode(stored.body).at


async def test_after_a_lost_answer_the_same_bytes_are_sent_again(sqlite_township: Township) -> None:
    """Case 1, from the phone's side: other bytes under the same number would look like a cloned phone."""
    wang = await sqlite_township.device("王芳")
    record = await sqlite_township.household(wang)
    _, step = await begun(wang)
    assert await asked(wang, step)  # and the link breaks: nobody reads it
    rounds, again = await begun(wang)
    assert again.body == step.body
    await wang._run(rounds.take, again, await asked(wang, again))
    assert (await wang.status()).may_be_given_back
    assert await wang.view(record)


async def test_a_lost_answer_leaves_the_phone_saying_that_it_is_needed(sqlite_township: Township) -> None:
    """Only a receipt makes work safe; that a request was sent, or arrived, does not."""
    wang = await sqlite_township.device("王芳")
    await sqlite_township.household(wang)
    _, step = await begun(wang)
    assert await asked(wang, step)
    status = await wang.status()
    assert (status.entries, status.may_be_given_back) == (1, False)


async def test_a_mirror_that_is_pulled_anew_leaves_unsent_work_alone(sqlite_township: Township) -> None:
    town = sqlite_township
    wang = await town.device("王芳")
    old = await town.household(wang)
    await wang.sync()
    new = await town.household(wang, "李秀英")
    await wang._run(wang.device.store.put, "cursor", "of-another-time")
    with pytest.raises(RefusedError) as refused:
        await wang.sync()
    assert refused.value.code == "cursor.invalid"
    assert (await wang.status()).entries == 1
    assert await wang.view(new)
    assert (await wang.sync()).may_be_given_back
    liu = await town.device("刘强")
    await liu.sync()
    assert {view.record for view in await liu.records("household")} == {old, new}
    assert {view.record for view in await wang.records("household")} == {old, new}


async def test_a_photo_is_on_the_disk_before_anybody_is_told_that_it_is_kept(
    sqlite_township: Township, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 15, on the phone: its bytes and its name survive a flat battery."""
    wang = await sqlite_township.device("王芳")
    home = await sqlite_township.household(wang)
    (tmp_path / "card.jpg").write_bytes(jpeg(Image.new("RGB", (1200, 900), "white")))
    with Power(wang.device.store.photos, monkeypatch) as power:
        kept = await wang.attach_photo(home, tmp_path / "card.jpg", paper="居民身份证")
        after = power.cut(tmp_path / "after")
    (found,) = after.iterdir()
    assert (found.name, len(found.read_bytes())) == (f"{kept.record}-{kept.sha256}.sealed", kept.size)


def lied(body: bytes, **lies: Callable[[bytes], bytes]) -> bytes:
    """An answer in which frames of a kind were replaced."""
    changed: dict[int, Callable[[bytes], bytes]] = {Frame[kind.upper()]: lie for kind, lie in lies.items()}
    return join([(kind, changed[kind](payload) if kind in changed else payload) for kind, payload in split(body)])


async def sync_through(client: Client, monkeypatch: pytest.MonkeyPatch, lie: Callable[[bytes], bytes]) -> None:
    """Sync while somebody on the way rewrites the answers."""
    honest: Callable[..., Awaitable[bytes]] = client._ask

    async def ask(*arguments: object) -> bytes:
        return lie(await honest(*arguments))

    with monkeypatch.context() as way:
        way.setattr(client, "_ask", ask)
        await client.sync()


async def test_a_receipt_that_the_centre_did_not_sign_takes_nothing_off_the_phone(
    sqlite_township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    wang = await sqlite_township.device("王芳")
    await sqlite_township.household(wang)

    def earlier(packed: bytes) -> bytes:
        signed = receipt.unpack(packed)
        return receipt.pack(signed._replace(bounds=signed.bounds._replace(latest=signed.bounds.latest - 1)))

    with pytest.raises(RefusedError) as refused:
        await sync_through(wang, monkeypatch, lambda body: lied(body, receipt=earlier))
    assert refused.value.code == "receipt.signature"
    assert (await wang.status()).entries == 1
    assert (await wang.sync()).may_be_given_back


async def test_a_log_that_contradicts_itself_is_an_alarm(
    sqlite_township: Township, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even the centre's own key cannot sign away what the phone handed in."""
    town = sqlite_township
    wang = await town.device("王芳")
    await town.household(wang)
    keys = town.services.keys

    def forked(packed: bytes) -> bytes:
        honest = note.unpack(packed)
        log = note.name(keys.origin, town.centre)
        return note.pack(note.issue(keys.receipt, log, honest.size, bytes(32), honest.time))

    with pytest.raises(AlarmError) as alarm:
        await sync_through(wang, monkeypatch, lambda body: lied(body, checkpoint=forked))
    assert alarm.value.code == "log.forked"
    assert (await wang.status()).entries == 1
    assert wang.device.store.get("log_size", 0) == 0
