"""``daiban witness``: run a witness on a host of its own."""

import os
import secrets
from pathlib import Path

import click

from daiban_server.durable import sync
from daiban_server.services import wall_clock
from daiban_server.witness.app import Watching
from daiban_server.witness.memory import Memory
from daiban_sync import keyring as keyrings
from daiban_sync.keys import SoftwareKey

_FOLDER, _NAME, _KEYRING, _ROOT = (f"DAIBAN_WITNESS_{name}" for name in ("FOLDER", "NAME", "KEYRING", "ROOT"))


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", required=True, help="见证主机的名字，像网址 / the witness's name, like a URL without scheme")
@click.option("--keyring", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True)
@click.option(
    "--root", required=True, help="根公钥：64 位十六进制，或 root.pub 文件 / 64 hexadecimal digits, or root.pub"
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8470, show_default=True)
def witness(folder: Path, name: str, keyring: Path, root: str, host: str, port: int) -> None:
    """在另一台主机上见证日志：只给没有改写过历史的检查点联署。 Cosign checkpoints of logs that only grew."""
    from granian import Granian
    from granian.constants import Interfaces

    if not name or any(sign.isspace() or sign == "+" for sign in name):
        raise click.BadParameter("名字里不能有空格和加号 / no space, no plus", param_hint="--name")
    try:
        made = watching(folder, name, keyring, root)
    except Exception as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"公钥 / verifier key: {made.witness.verifier_key}")
    os.environ.update({_FOLDER: str(folder), _NAME: name, _KEYRING: str(keyring), _ROOT: root})
    Granian(
        "daiban_server.witness.command:from_environment",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        log_access=False,
    ).serve()


def watching(folder: Path, name: str, keyring: Path, root: str) -> Watching:
    """The witness of a folder; its key is made at the first start. Raises `OSError`, `SignatureError`, ValueError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key, seen = folder / "witness.key", folder / "seen.json"
    if not key.exists():
        if seen.exists():
            raise ValueError("密钥丢了：换一个新名字和新文件夹 / the key is lost: begin anew under another name")
        descriptor = os.open(key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
        seen.write_text("{}")
        sync(key)
        sync(folder)
    elif not seen.exists():
        raise ValueError("记录丢了：换一个新名字和新文件夹 / what was seen is lost: begin anew under another name")
    envelope = keyring.read_bytes()
    stated = keyrings.load_any(envelope, _root_key(root))
    return Watching(name, SoftwareKey(key.read_bytes()), stated, Memory(seen), wall_clock)


def _root_key(given: str) -> bytes:
    return Path(given).read_bytes() if Path(given).is_file() else bytes.fromhex(given)


def from_environment() -> object:
    """The application of a worker."""
    from daiban_server.witness.app import create_witness

    get = os.environ
    return create_witness(watching(Path(get[_FOLDER]), get[_NAME], Path(get[_KEYRING]), get[_ROOT]))
