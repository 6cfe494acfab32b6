"""``daiban agent rescue``: hand in what lies sealed in a folder whose store opens no more. It needs no PIN."""

import asyncio
import json

import click

from daiban_client_sdk.cli.agent import Context, pass_context, wrong_clock
from daiban_client_sdk.errors import DeviceError, RefusedError
from daiban_client_sdk.spool import WHERE
from daiban_client_sdk.transport import Transport


@click.command()
@pass_context
def rescue(context: Context) -> None:
    """PIN 忘了或锁死时,把封存的内容交给中心。 Hand in what lies sealed, when the PIN is lost."""
    where = context.folder / "spool" / WHERE
    if not where.exists():
        raise DeviceError("bundle.nothing")
    saves, photos = asyncio.run(_carry(context, json.loads(where.read_bytes())))
    click.echo(context.words("已交上 {saves} 条记录、{photos} 张照片。", saves=saves, photos=photos))


async def _carry(context: Context, where: dict[str, str]) -> tuple[int, int]:
    transport, saves, photos = Transport(where["url"], where["pin"], wrong_clock), 0, 0
    try:
        for path in sorted((context.folder / "spool").glob("*.spool")):
            answer = await transport.request("POST", "/v1/spools", path.read_bytes())
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
    return saves, photos
