"""``daiban agent rescue``: hand in what lies sealed in a folder whose store opens no more. It needs no PIN."""

import asyncio
import json

import click

from daiban_client_sdk.cli.agent import Context, pass_context, wrong_clock
from daiban_client_sdk.errors import DeviceError, RefusedError
from daiban_client_sdk.spool import WHERE
from daiban_client_sdk.transport import Transport

KEPT_APART = frozenset({"device.revoked", "device.frozen"})


@click.command()
@pass_context
def rescue(context: Context) -> None:
    """PIN 忘了或锁死时,把封存的内容交给中心。 Hand in what lies sealed, when the PIN is lost."""
    where = context.folder / "spool" / WHERE
    if not where.exists():
        raise DeviceError("bundle.nothing")
    saves, photos, apart = asyncio.run(_carry(context, json.loads(where.read_bytes())))
    click.echo(context.words("已交上 {saves} 条记录、{photos} 张照片。", saves=saves, photos=photos))
    if apart:
        click.echo(
            context.words(
                "这台手机已停用或冻结：内容已送到中心，由中心核对后决定是否采用。采用后再运行一次，补交照片。"
            )
        )


async def _carry(context: Context, where: dict[str, str]) -> tuple[int, int, bool]:
    transport, saves, photos, apart = Transport(where["url"], where["pin"], wrong_clock), 0, 0, False
    try:
        for path in sorted((context.folder / "spool").glob("*.spool")):
            try:
                answer = await transport.request("POST", "/v1/spools", path.read_bytes())
            except RefusedError as error:
                # Of such a phone the centre keeps everything, and says nothing of it to who brings it.
                if error.code not in KEPT_APART:
                    raise
                apart = True
            else:
                saves += answer.json()["new"]
        for path in sorted((context.folder / "photos").glob("*-*.sealed")):
            record = path.name.partition("-")[0]
            try:
                await transport.request("POST", f"/v1/spools/{where['centre']}/photos/{record}", path.read_bytes())
            except RefusedError as error:
                # Its record is not at the centre, or it was deleted there: nobody waits for this photo.
                if error.code != "photo.unknown":
                    raise
            else:
                photos += 1
    finally:
        await transport.close()
    return saves, photos, apart
