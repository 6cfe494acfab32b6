"""``daiban keys``: replace one of the server's keys, under the root key."""

from pathlib import Path

import click

from daiban_server import keystore
from daiban_server.commands import data_option


@click.command("rotate-key")
@click.argument("purpose", type=click.Choice(["receipt", "desk", "seal"]))
@data_option
@click.option("--root", type=click.Path(path_type=Path, dir_okay=False), help="离线保管的根密钥 / an offline root key")
def rotate_key(purpose: str, data: Path, root: Path | None) -> None:
    """更换服务器的一把密钥，重启后生效；旧钥签过、封过的照样能验能开。 Replace a key; restart to take it up."""
    try:
        edition = keystore.rotate(data / "keys", purpose, root or data / "keys" / "root.key")
    except OSError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"已更换，钥匙串第 {edition} 版。请重启服务器。 Keyring edition {edition}: restart the server.")
