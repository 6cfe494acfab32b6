"""``daiban verify``: check an evidence file, offline, with nothing but the root key."""

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import msgspec
import platformdirs

from daiban_client_sdk.cli.agent import wrong_clock
from daiban_client_sdk.cli.words import Words, language_of
from daiban_client_sdk.errors import DeviceError
from daiban_client_sdk.lock import Lock, SystemKeystore
from daiban_client_sdk.store import Store, StoreError
from daiban_sync.evidence import Verdict, verify
from daiban_sync.evidence.document import FILE_BYTES, decode
from daiban_sync.evidence.parts import parts, pictures
from daiban_sync.evidence.words import BESIDE, NOT_PROVED, PROVES, lines, shown
from daiban_sync.keys import fingerprint

_DIGITS = re.compile(r"[0-9A-Fa-f]{64}\Z")


@click.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--root", help="根公钥：64 位十六进制，或 root.pub 文件 / 64 hexadecimal digits, or the file root.pub")
@click.option(
    "--device",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="DAIBAN_DEVICE",
    default=lambda: Path(platformdirs.user_data_dir("daiban")) / "device",
    help="没有 --root 时，用这台已登记手机的根公钥 / whose root key is used without --root",
)
@click.option(
    "--dsse",
    type=click.Path(path_type=Path, file_okay=False),
    help="把各签名信封和检查点写到这个文件夹 / write each envelope and checkpoint there, for other tools",
)
@click.option(
    "--photos",
    type=click.Path(path_type=Path, file_okay=False),
    help="证据成立时，把文件里的照片写到这个文件夹 / if it holds, write the file's photos there",
)
@click.option("--json", "as_json", is_flag=True, help="给程序读 / for programs")
@click.pass_context
def verify_command(
    context: click.Context,
    file: Path,
    root: str | None,
    device: Path,
    dsse: Path | None,
    photos: Path | None,
    as_json: bool,
) -> None:
    """核对证据文件，不用联网。 Check an evidence file, offline."""
    words = context.obj if isinstance(context.obj, Words) else Words(language_of(None))
    key = _root_key(root, device)
    with file.open("rb") as opened:
        data = opened.read(FILE_BYTES + 1)
    verdict = verify(data, key)
    click.echo(_json(verdict, words.language) if as_json else "\n".join(_told(verdict, key, words)))
    if dsse is not None and verdict.steps[0].held:
        _write(dsse, parts(decode(data)))
    if photos is not None and verdict.holds:
        _write(photos, pictures(decode(data)))
    if not verdict.holds:
        sys.exit(1)


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        folder.joinpath(name).write_bytes(content)


def _root_key(given: str | None, device: Path) -> bytes:
    """The root key as given, else of an enrolled device. A key that lies beside the file is not looked for: whoever
    forged the one would have put the other there. Raises `DeviceError("evidence.root")`."""
    if given is not None:
        return _read(given)
    if not (device / "store.db").exists():
        raise DeviceError("evidence.root")
    lock = Lock(device, wrong_clock)
    pin = (os.environ.get("DAIBAN_PIN") or click.prompt("PIN", hide_input=True)) if lock.wants_pin else None
    lock = Lock(
        device, wrong_clock, SystemKeystore() if lock.wants_keystore else None, anyone_may_read=not lock.protected
    )
    try:
        store = Store(device, lock.open(pin))
    except StoreError:
        raise DeviceError("evidence.root") from None
    try:
        return _read(store.get("root_key") or "")
    finally:
        store.close()


def _read(text: str) -> bytes:
    digits = "".join(text.split())
    try:
        key = bytes.fromhex(digits) if _DIGITS.match(digits) else Path(text).read_bytes()
    except (ValueError, OSError):
        raise DeviceError("evidence.root") from None
    if len(key) != 32:
        raise DeviceError("evidence.root")
    return key


def _told(verdict: Verdict, root_key: bytes, words: Words) -> list[str]:
    head = [words("根公钥核对码：{fingerprint}", fingerprint=fingerprint(root_key))]
    if (said := verdict.stated) is not None:
        head.append(" ".join(filter(None, (said.centre_name, said.number, said.item, said.status))))
    return [*head, *lines(verdict, words.language)]


def _json(verdict: Verdict, language: str) -> str:
    told: dict[str, Any] = {
        "holds": verdict.holds,
        "code": verdict.code,
        "where": verdict.where,
        "steps": [
            {"name": step.name, "held": step.held, "proves": PROVES[step.name].told(language)} for step in verdict.steps
        ],
        "notes": {name: BESIDE[name].told(language) for name in verdict.notes},
        "does_not_prove": [one.told(language) for one in NOT_PROVED],
        "shows": [one.told(language) for one in shown(verdict.facts)],
        "stated": msgspec.to_builtins(verdict.stated),
    }
    return msgspec.json.format(msgspec.json.encode(told), indent=1).decode()
