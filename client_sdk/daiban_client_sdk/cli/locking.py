"""``daiban agent pin``: lock the device's store."""

import click

from daiban_client_sdk.cli.agent import Context, pass_context, wrong_clock
from daiban_client_sdk.lock import Lock, SystemKeystore


@click.command()
@click.option("--new", envvar="DAIBAN_NEW_PIN", help="新PIN；不给就询问 / the new PIN, asked for unless given")
@click.option("--keystore", is_flag=True, help="同时用系统密钥库 / with the system's keystore as well")
@pass_context
def pin(context: Context, new: str | None, keystore: bool) -> None:
    """设置或更换 PIN。 Set a PIN, or another one."""
    with context.client() as client:
        chosen = new or click.prompt(context.words("新PIN"), hide_input=True, confirmation_prompt=True)
        if keystore:
            client.client.device.lock = Lock(context.folder, wrong_clock, SystemKeystore())
        client.set_pin(chosen)
    click.echo(context.words("PIN 已设好。忘了就打不开，中心也没有。"))
