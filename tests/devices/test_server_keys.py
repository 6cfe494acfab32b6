"""The server's own keys are replaced while phones, receipts and sealed things of before go on holding."""

import dataclasses
from pathlib import Path

import pytest
from click.testing import CliRunner

from daiban_server import keystore
from daiban_server.key_commands import rotate_key
from daiban_sync import keyring
from tests.support.township import Township


def rotated(town: Township, *purposes: str) -> None:
    """Replace keys at the command line, and start anew."""
    data = town.services.settings.data
    for purpose in purposes:
        done = CliRunner().invoke(rotate_key, [purpose, "--data", str(data)])
        assert done.exit_code == 0, done.output
    fresh = keystore.load(data / "keys")
    for one in dataclasses.fields(fresh):
        object.__setattr__(town.services.keys, one.name, getattr(fresh, one.name))


async def test_phones_take_the_new_keys_and_what_the_old_ones_did_still_holds(township: Township) -> None:
    wang = await township.device("王芳")
    home = await township.household(wang)
    await wang.sync()
    photo = await township.photo(wang, home)
    [stick] = await wang.export(township.folder / "stick")
    before = wang.device.keyring()
    rotated(township, "receipt", "seal", "desk")
    async with township.stranger() as http:
        answer = await http.post("/v1/bundles", content=stick.read_bytes())
        assert answer.status_code == 200, "sealed to the key before"
    assert (await wang.receive(answer.content)).may_be_given_back
    await wang.sync()
    ring = wang.device.keyring()
    assert ring.edition == before.edition + 3
    assert ring.seal_key() != before.seal_key()
    assert set(before.receipt_keys()) < set(ring.receipt_keys())
    clerk = await township.signed_in("赵敏")
    assert (await clerk.get(f"/v1/photos/{photo.record}")).content.startswith(b"\xff\xd8\xff")
    await township.household(wang, "换钥匙以后")
    assert (await wang.sync()).may_be_given_back


def test_an_interrupted_change_is_finished_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = keystore.load_or_make(tmp_path)

    def off(*_: object) -> None:
        raise OSError("the power went")

    with monkeypatch.context() as cut:
        cut.setattr(keystore, "sync", off)
        with pytest.raises(OSError, match="power"):
            keystore.rotate(tmp_path, "seal", tmp_path / "root.key")
    made = keystore.load(tmp_path)
    named = keyring.load(made.keyring, made.root_key, made.origin).seal_key()
    assert named in {one.public for one in made.sealed.values()}, "nobody seals to a key that is not kept"
    keystore.rotate(tmp_path, "seal", tmp_path / "root.key")
    after = keystore.load(tmp_path)
    named = keyring.load(after.keyring, after.root_key, after.origin).seal_key()
    assert named in {one.public for one in after.sealed.values()}
    assert set(keys.sealed) <= set(after.sealed)


def test_another_installations_root_key_changes_nothing(tmp_path: Path) -> None:
    keystore.load_or_make(tmp_path / "one")
    keystore.load_or_make(tmp_path / "other")
    before = (tmp_path / "one" / "keyring.json").read_bytes()
    with pytest.raises(OSError, match="root"):
        keystore.rotate(tmp_path / "one", "receipt", tmp_path / "other" / "root.key")
    assert (tmp_path / "one" / "keyring.json").read_bytes() == before
