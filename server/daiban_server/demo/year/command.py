"""The command: build the year with its progress before one's eyes, and say what was made."""

import asyncio
import datetime
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from daiban_server.demo import district
from daiban_server.demo.whole import FolderError
from daiban_server.demo.year import closing, days
from daiban_server.demo.year.build import Done, Wish, build
from daiban_server.serve import calm_collector, few_arenas


@click.command("demo-year")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--seed", default=1, show_default=True, help="同一个种子，同样的内容 / same seed, same content")
@click.option(
    "--centres",
    type=click.IntRange(1, district.CENTRES),
    default=district.CENTRES,
    show_default=True,
    help="只做前几个中心 / the first so many centres only",
)
@click.option(
    "--share",
    type=click.FloatRange(0, 1, min_open=True),
    default=1.0,
    show_default=True,
    help="业务量的一部分，如 0.05 / a part of the work, such as 0.05",
)
def demo_year(folder: Path, seed: int, centres: int, share: float) -> None:
    """生成一年的演示数据。 Make a year of demo data in FOLDER."""
    console, wish = Console(highlight=False), Wish(seed, centres, share)
    few_arenas()
    calm_collector()
    try:
        done = asyncio.run(_build(folder.absolute(), wish, console))
    except FolderError as error:
        raise click.UsageError(str(error)) from None
    except KeyboardInterrupt:
        console.print("已中断，没有留下半成品。")
        sys.exit(130)
    _sum_up(folder, wish, done, console)


async def _build(folder: Path, wish: Wish, console: Console) -> Done:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    with Progress(*columns, TextColumn("还要"), TimeRemainingColumn(), console=console) as progress:
        task = progress.add_task("建立区县、登记设备", total=len(days.YEAR))

        def told(day: datetime.date, done: Done) -> None:
            words = f"{day.year}年{day.month}月  {done.entries:,} 条改动"
            progress.update(task, advance=1, description=words)

        return await build(folder, wish, told)


def _sum_up(folder: Path, wish: Wish, done: Done, console: Console) -> None:
    table = Table(title="这一年", title_justify="left", box=None, padding=(0, 2, 0, 0))
    for heading in ("", "原报告折算", "实有", ""):
        table.add_column(heading)
    for line in closing.lines(folder, wish):
        table.add_row(*line)
    console.print(table)
    each = done.work_seconds / max(done.entries, 1) * 1e6
    handed_in = f"{done.entries:,} 条改动、请求和报告，{done.batches:,} 个签名批次"
    console.print(f"\n{handed_in}，用时 {done.seconds:.0f} 秒，每条 {each:,.0f} 微秒。")
    console.print(
        "登录账号：负责人 head1、窗口 clerk1、包联干部 cadre1，其他中心换编号；区政务办 district；"
        f"密码 {district.PASSWORD}"
    )
    console.print("各设备的密钥由种子生成，谁都能算出来：这份数据只供演示，不能接着给真实群众使用。")
    console.print(f"启动：daiban serve --data {folder}")
