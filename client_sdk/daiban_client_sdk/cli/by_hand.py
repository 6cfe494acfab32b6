"""``daiban agent export``, ``carry``, ``receive``: work that travels on a stick or a neighbour's phone."""

import asyncio
import functools
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click

from daiban_client_sdk import carrying
from daiban_client_sdk.cli.agent import Context, pass_context, wrong_clock
from daiban_client_sdk.errors import DeviceError
from daiban_client_sdk.store import write_file
from daiban_client_sdk.transport import Transport

_UNITS = {"": 1, "K": 2**10, "M": 2**20}
_SIZE = re.compile(r"(\d+)\s*([KM]?)B?\Z", re.IGNORECASE)


class Size(click.ParamType[int]):
    """Bytes, as 3M or 500K."""

    name = "size"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The number of bytes."""
        if isinstance(value, int):
            return value
        found = _SIZE.match(str(value))
        if found is None:
            self.fail("写成 3M 或 500K / write it as 3M or 500K", param, ctx)
        return int(found[1]) * _UNITS[found[2].upper()]


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--size", type=Size(), default=carrying.PIECE, help="每个文件多大，如 1M / bytes of a piece")
@pass_context
def export(context: Context, folder: Path, size: int) -> None:
    """把还没上报的内容封装成文件，谁都能带去交。 Seal what is unsent into files that anybody may carry in."""
    with context.client() as client:
        pieces = client.export(folder, size)
    for piece in pieces:
        click.echo(f"{piece}  {piece.stat().st_size / 1000:.0f} kB")
    click.echo(
        context.words("共 {count} 个文件。带的人看不了，也改不了；交上后把回执（.answer）带回来。", count=len(pieces))
    )


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--url", help="服务器地址；不给就用本机登记的 / the server, unless this device is enrolled")
@click.option("--pin", default="", help="服务器公钥摘要 / SHA-256 of the server's public key")
@pass_context
def carry(context: Context, files: tuple[Path, ...], url: str | None, pin: str) -> None:
    """替别人把封装文件交给中心，回执存在文件旁边。 Hand in somebody's files; the answers lie beside them."""
    failed = False
    for file, answer in _carried(context, files, url, pin):
        if isinstance(answer, DeviceError):
            failed = True
            click.echo(f"{file.name}  {context.words.problem(answer.code)} [{answer.code}]", err=True)
            continue
        beside = file.with_name(file.name + ".answer")
        write_file(beside, answer)
        click.echo(context.words("{file} 已交上，回执：{answer}", file=file.name, answer=beside))
    if failed:
        raise SystemExit(1)


Carried = tuple[Path, bytes | DeviceError]


def _carried(context: Context, files: Sequence[Path], url: str | None, pin: str) -> Iterator[Carried]:
    """Each file with its answer, or why there is none. All go over one link, which heeds what the server asks for."""
    if url is None:
        with context.client() as client:
            for file in files:
                yield file, _tried(functools.partial(client.carry, file.read_bytes()))
        return
    transport = Transport(url, pin, wrong_clock)
    with asyncio.Runner() as runner:
        for file in files:
            yield file, _tried(functools.partial(_sent, runner, transport, file.read_bytes()))
        runner.run(transport.close())


def _tried(carry: Callable[[], bytes]) -> bytes | DeviceError:
    try:
        return carry()
    except DeviceError as error:
        return error


def _sent(runner: asyncio.Runner, transport: Transport, piece: bytes) -> bytes:
    return runner.run(_send(transport, piece))


async def _send(transport: Transport, piece: bytes) -> bytes:
    return (await transport.request("POST", "/v1/bundles", piece)).content


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@pass_context
def receive(context: Context, files: tuple[Path, ...]) -> None:
    """收下带回来的回执。 Take in the answers that were brought back."""
    with context.client() as client:
        for file in files:
            status = client.receive(file.read_bytes())
    click.echo(status.line(context.words.language))


COMMANDS = (export, carry, receive)
