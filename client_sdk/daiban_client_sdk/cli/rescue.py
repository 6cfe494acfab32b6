"""``daiban agent rescue``: hand in what lies sealed in a folder whose store opens no more. It needs no PIN.

One file that the centre refuses keeps no other back: it is named at the end, with the reason, and the command fails.
"""

import asyncio
import contextlib
import json
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import click

from daiban_client_sdk.cli.agent import Context, pass_context, wrong_clock
from daiban_client_sdk.errors import DeviceError, RefusedError
from daiban_client_sdk.spool import WHERE
from daiban_client_sdk.transport import Transport
from daiban_sync import spooled
from daiban_sync.errors import WireError

KEPT_APART = frozenset({"device.revoked", "device.frozen"})


@dataclass
class Carried:
    """What became of the files: how many entries and photos are at the centre, whether some are kept apart there, and
    the names of those that were refused, by the problem's code."""

    saves: int = 0
    photos: int = 0
    apart: bool = False
    refused: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


@click.command()
@pass_context
def rescue(context: Context) -> None:
    """PIN 忘了或锁死时，把封存的内容交给中心。 Hand in what lies sealed, when the PIN is lost."""
    where = context.folder / "spool" / WHERE
    if not where.exists():
        raise DeviceError("bundle.nothing")
    done = asyncio.run(_carry(context.folder, json.loads(where.read_bytes())))
    words = context.words
    click.echo(words("已交上 {saves} 条记录、{photos} 张照片。", saves=done.saves, photos=done.photos))
    if done.apart:
        click.echo(
            words("这台手机已停用或冻结：内容已送到中心，由中心核对后决定是否采用。采用后再运行一次，补交照片。")
        )
    for code, names in done.refused.items():
        click.echo(words("中心未收 {count} 个文件：{why}", count=len(names), why=words.problem(code)))
        for name in names:
            click.echo(f"  {name}")
    if done.refused:
        click.echo(words("其余的已交上。未收的还在这台手机上，请不要清除，把上面的话告诉中心。"))
        raise SystemExit(1)


async def _carry(folder: Path, where: dict[str, str]) -> Carried:
    transport, done = Transport(where["url"], where["pin"], wrong_clock), Carried()
    try:
        for path in sorted((folder / "spool").glob("*.spool")):
            await _saves(transport, path, done)
        for path in sorted((folder / "photos").glob("*-*.sealed")):
            await _photo(transport, path, where["centre"], done)
    finally:
        await transport.close()
    return done


async def _saves(transport: Transport, path: Path, done: Carried) -> None:
    content = path.read_bytes()
    with contextlib.suppress(WireError):
        if next(spooled.split(content), None) is None:
            return  # the phone died over the first save in it
    try:
        answer = await transport.request("POST", "/v1/spools", content)
    except RefusedError as error:
        # Of such a phone the centre keeps everything, and says nothing of it to who brings it.
        if error.code in KEPT_APART:
            done.apart = True
        else:
            done.refused[error.code].append(path.name)
    else:
        done.saves += answer.json()["new"]


async def _photo(transport: Transport, path: Path, centre: str, done: Carried) -> None:
    record = path.name.partition("-")[0]
    try:
        await transport.request("POST", f"/v1/spools/{centre}/photos/{record}", path.read_bytes())
    except RefusedError as error:
        # Its record is not at the centre, or it was deleted there: nobody waits for this photo.
        if error.code != "photo.unknown":
            done.refused[error.code].append(path.name)
    else:
        done.photos += 1
