"""The server's commands for ``daiban``: set up a centre, and serve."""

import asyncio
import os
import secrets
import time
from pathlib import Path

import click

from daiban_server import offices, provision
from daiban_server.db.database import open_database
from daiban_server.db.migrate import migrate
from daiban_server.db.program import Program
from daiban_server.keystore import ServerKeys, load_or_make
from daiban_server.serve import serve as run_server
from daiban_server.settings import Settings
from daiban_sync import ids

data_option = click.option(
    "--data",
    type=click.Path(path_type=Path, file_okay=False),
    envvar="DAIBAN_DATA",
    default=Path("daiban-data"),
    show_default=True,
    help="数据文件夹 / where the server keeps its things",
)
database_option = click.option(
    "--database", envvar="DAIBAN_DATABASE", default="", help="postgresql://… (默认用 SQLite / SQLite unless given)"
)


@click.command()
@data_option
@database_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8443, show_default=True)
@click.option("--url", envvar="DAIBAN_URL", help="手机访问的地址 / how devices reach this server")
@click.option("--workers", default=1, show_default=True, help="PostgreSQL 上可用多个 / several on PostgreSQL only")
@click.option("--plain", is_flag=True, help="不用 TLS，前面另有代理 / plain HTTP behind a TLS proxy")
@click.option("--training", envvar="DAIBAN_TRAINING", default="", help="练习服务器的地址 / where people practise")
def serve(
    data: Path, database: str, host: str, port: int, url: str | None, workers: int, plain: bool, training: str
) -> None:
    """启动服务器。 Serve."""
    scheme = "http" if plain else "https"
    os.environ["DAIBAN_TRAINING"] = training
    try:
        run_server(data, host, port, url or f"{scheme}://localhost:{port}", database, workers, plain=plain)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


@click.command("set-up")
@data_option
@database_option
@click.option("--district", prompt="区县名称 / district", help="如 汉滨区")
@click.option("--centre", prompt="中心名称 / centre", help="如 建民便民服务中心")
@click.option("--village", multiple=True, help="村（社区），可多次 / a village, repeatable")
@click.option("--head", prompt="中心负责人姓名 / the centre head's name")
@click.option("--agent", multiple=True, help="代办员姓名，可多次 / an agent's name, repeatable")
@click.option("--phone", default="", help="中心电话，手机丢了就打它 / the telephone to report a lost phone")
def set_up(
    data: Path,
    database: str,
    district: str,
    centre: str,
    village: tuple[str, ...],
    head: str,
    agent: tuple[str, ...],
    phone: str,
) -> None:
    """建立区县和第一个中心，并给出负责人的账号。 Set up a district and its first centre."""
    if len(phone) > offices.PHONE_LENGTH:
        raise click.BadParameter(f"{phone}：太长 / too long", param_hint="--phone")
    settings = Settings(data, database=database)
    keys = load_or_make(data / "keys")
    migrate(settings.database_url)
    password = secrets.token_urlsafe(9)
    asyncio.run(_set_up(settings, keys, district, centre, village or (centre,), head, agent, phone, password))
    click.echo(
        f"{centre} 已建立。登录账号 / account: {head}  密码 / password: {password}\n"
        "首次登录须改密码，并设置第二步验证 / at the first sign-in: a password of one's own, and a second factor"
    )


async def _set_up(
    settings: Settings,
    keys: ServerKeys,
    district: str,
    centre: str,
    villages: tuple[str, ...],
    head: str,
    agents: tuple[str, ...],
    phone: str,
    password: str,
) -> None:
    # These load the whole application: ``serve`` does that in its workers, and not in what watches over them.
    from daiban_server.accounts import passwords
    from daiban_server.accounts.hashing import hash_password
    from daiban_server.app import EFFECTS
    from daiban_server.features.catalogue.publish import DISTRICT, publish_catalogue
    from daiban_server.spine import desk

    now = time.time_ns() // 1_000_000

    def program() -> Program[None]:
        place = _id(now)
        yield from provision.add_centre(ids.NOBODY, district, "Q", keys, now)
        yield from provision.add_centre(place, centre, centre[:2], keys, now)
        if phone:
            yield from offices.keep(place, offices.Reached(phone))
        points = [provision.Place(_id(now), place, place, "point", name) for name in villages]
        places = [provision.Place(place, place, None, "centre", centre), *points]
        yield from provision.add_places(places)
        boss = provision.Person(_id(now), place, head, "", "001", "head", head, hash_password(password))
        team = [provision.Person(_id(now), place, name, "", f"{n:03}", "agent") for n, name in enumerate(agents, 2)]
        yield from provision.add_people([boss, *team])
        yield from passwords.given(boss.id, boss.id, now)
        yield from provision.add_territory([(one.id, point.id, "A") for one in team[:1] for point in points])
        yield from publish_catalogue(keys, EFFECTS, now, secrets.token_bytes(32))
        bodies = [provision.place_record(one, now) for one in places]
        yield from desk.write(DISTRICT, bodies, keys, EFFECTS, now, secrets.token_bytes(32))

    database = await open_database(settings.database_url)
    try:
        await database.write("set-up", program)
    finally:
        await database.close()


def _id(now: int) -> bytes:
    return ids.uuid7(now, secrets.token_bytes(10))
