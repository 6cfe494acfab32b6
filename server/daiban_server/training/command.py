"""``daiban training``: a server to practise on."""

from pathlib import Path

import click

from daiban_server.serve import serve
from daiban_server.training.place import Place

APP = "daiban_server.training.front:from_environment"


@click.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("daiban-training"),
    show_default=True,
    help="练习用的文件夹，不能是真的数据文件夹 / a folder of its own",
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8444, show_default=True)
@click.option("--url", help="别人访问的地址 / how others reach it")
@click.option("--plain", is_flag=True, help="不用 TLS，前面另有代理 / plain HTTP behind a TLS proxy")
def training(data: Path, host: str, port: int, url: str | None, plain: bool) -> None:
    """启动练习服务器：人和办件都是编的。 Serve a made-up district to practise on."""
    scheme = "http" if plain else "https"
    try:
        Place(data).claim()
        serve(data.absolute(), host, port, url or f"{scheme}://localhost:{port}", plain=plain, app=APP)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
