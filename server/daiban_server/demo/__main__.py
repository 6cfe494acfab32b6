"""``python -m daiban_server.demo``: play a field day, sum it up, and leave the server running."""

import argparse
import asyncio
import contextlib
import shutil
import signal
import socket
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from daiban_server.db.database import open_database
from daiban_server.db.migrate import migrate
from daiban_server.demo import district
from daiban_server.demo.day import FieldDay
from daiban_server.demo.office import Office
from daiban_server.demo.phone import Phone
from daiban_server.demo.summary import server_lines
from daiban_server.keystore import load_or_make
from daiban_server.settings import Settings

PORT = 8443
_console = Console(highlight=False)


def main() -> None:
    """Play the day."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("run"), help="where everything is kept (made anew)")
    parser.add_argument("--port", type=int, default=PORT)
    parser.add_argument("--leave", action="store_true", help="end after the summary instead of serving on")
    given = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(asyncio.run(_run(given.folder, given.port, leave=given.leave)))


async def _run(folder: Path, port: int, *, leave: bool) -> int:
    began = time.monotonic()
    me = asyncio.current_task()
    assert me
    # Being asked to end (SIGTERM) is Ctrl-C by other means: the server is ended in order.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, me.cancel)
    data = folder.absolute() / "server"
    centres = await _found(folder.absolute(), data)
    office = Office(data, _free(port))
    await office.start()
    _say("", f"服务器已启动：{len(centres)} 个中心、{district.STATIONS} 个服务站、{district.POINTS} 个村级服务点")
    day = FieldDay(office, centres[0], folder.absolute(), _say)
    try:
        await day.play()
        whole = await _sum_up(data, centres[0], day.phones, time.monotonic() - began)
        await day.close()
        if not leave:
            _invite(office)
            await office.wait()
    finally:
        await day.close()
        await office.stop()
    return 0 if whole else 1


async def _found(folder: Path, data: Path) -> list[district.Centre]:
    """Make the district anew."""
    shutil.rmtree(folder, ignore_errors=True)
    data.mkdir(parents=True, mode=0o700)
    keys = load_or_make(data / "keys")
    url = Settings(data).database_url
    await asyncio.to_thread(migrate, url)
    database = await open_database(url)
    try:
        await database.write("demo", lambda: district.build(keys, time.time_ns() // 1_000_000))
    finally:
        await database.close()
    return list(district.district())


async def _sum_up(data: Path, centre: district.Centre, phones: list[Phone], seconds: float) -> bool:
    """Show what the tables and the stores say; gives whether nothing is left on any phone."""
    table = Table(
        title=f"{centre.name} · 这一天", title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0)
    )
    table.add_column()
    table.add_column()
    table.add_column(overflow="fold")  # Chinese has no spaces to break at
    for line in server_lines(data, centre.id):
        table.add_row(line.what, line.number, line.remark)
    whole = True
    for phone in phones:
        status = await phone.status()
        whole &= bool(status["may_be_given_back"])
        left = f"未收讫 {status['entries']} 条、照片 {status['photos']} 张"
        table.add_row(f"{phone.owner}的手机", "可交回" if status["may_be_given_back"] else "先不要交回", left)
    _console.print()
    _console.print(table)
    _console.print(f"\n用时 {seconds:.0f} 秒；以上数字读自服务器的数据库和各手机自己的存储。")
    return whole


def _invite(office: Office) -> None:
    _console.print(f"\n服务器仍在运行：{office.url}/")
    _console.print(f"登录账号：负责人 head1、窗口 clerk1、包联干部 cadre1；密码 {district.PASSWORD}")
    _console.print("证书是服务器自己的，浏览器会提示一次。按 Ctrl-C 结束。")


def _say(when: str, text: str) -> None:
    """A line of the day; CJK characters are two columns wide."""
    _console.print(f"{when or '    '}  {text}", soft_wrap=True)


def _free(port: int) -> int:
    """`port`, or a free one where it is taken."""
    for wanted in (port, 0):
        with contextlib.closing(socket.socket()) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind(("127.0.0.1", wanted))
                found: int = probe.getsockname()[1]
                return found
    raise OSError("no free port")


main()
