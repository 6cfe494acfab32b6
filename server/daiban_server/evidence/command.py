"""``daiban evidence``: a case's file from the server's own machine, beside the running server."""

import asyncio
import unicodedata
from pathlib import Path

import click
from sqlalchemy import bindparam, or_, select

from daiban_schemas.problem import words
from daiban_server.commands import data_option, database_option
from daiban_server.db import schema
from daiban_server.db.database import write_beside
from daiban_server.db.program import Program, first
from daiban_server.evidence.gather import Asking, Gathered, gather
from daiban_server.evidence.routes import check_reason, noted, written
from daiban_server.features.photos.store import LocalStore
from daiban_server.keystore import ServerKeys, load
from daiban_server.services import wall_clock
from daiban_server.settings import Settings
from daiban_server.spine.refusal import Refusal
from daiban_sync.errors import SyncError
from daiban_sync.evidence.document import decode
from daiban_sync.evidence.parts import parts
from daiban_sync.ids import NOBODY, is_id

_s, _r = schema.case_sheet.c, schema.record.c
_NUMBERED = select(_s.centre, _s.id).where(or_(_s.number == bindparam("wanted"), _s.slip == bindparam("wanted")))
_BY_ID = select(_r.centre, _r.id).where(_r.id == bindparam("wanted"), _r.kind == "application")


@click.command()
@click.argument("case")
@data_option
@database_option
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="写到这个文件 / the file to write")
@click.option("--photos", is_flag=True, help="连同照片原件 / with the photos' bytes")
@click.option("--reason", required=True, help="导出理由，记录在案 / what it is for; it is recorded")
@click.option(
    "--dsse",
    type=click.Path(path_type=Path, file_okay=False),
    help="另把各签名信封和检查点写到这个文件夹 / also each envelope and checkpoint, for other tools",
)
def evidence(
    case: str, data: Path, database: str, out: Path | None, photos: bool, reason: str, dsse: Path | None
) -> None:
    """导出一件申请的证据文件:CASE 是编号或记录号。 Export a case's evidence file; CASE is its number or id."""
    try:
        check_reason(reason)
        keys = load(data / "keys")
        made = asyncio.run(_export(Settings(data, database=database), keys, case, reason, photos=photos))
    except Refusal as refusal:
        raise click.ClickException(_told(refusal.code)) from None
    except SyncError as error:
        raise click.ClickException(_told(error.code)) from None
    except OSError as error:
        raise click.ClickException(str(error)) from None
    target = out or Path(f"{case}.evidence")
    _write(target, made)
    click.echo(f"已导出：{target}  {len(made) / 1e3:.1f} kB。 Exported.")
    click.echo(f"核对:daiban verify {target} --root {keys.root_key.hex()}")
    if dsse is not None:
        dsse.mkdir(parents=True, exist_ok=True)
        for name, content in parts(decode(made)).items():
            _write(dsse / name, content)
        click.echo(f"签名信封和检查点已拆到 {dsse}。 Taken apart for other tools.")


def _write(target: Path, content: bytes) -> None:
    """Write a file that only this account of the machine reads: it holds a family's papers."""
    target.touch(mode=0o600)
    target.chmod(0o600)
    target.write_bytes(content)


def _told(code: str) -> str:
    title, advice = words(code)
    return f"{title}。{advice} [{code}]"


async def _export(settings: Settings, keys: ServerKeys, case: str, reason: str, *, photos: bool) -> bytes:
    def program() -> Program[Gathered]:
        centre, id_ = yield from _named(case)
        asking = Asking(centre, NOBODY, wall_clock())
        gathered = yield from gather(asking, id_, keys)
        yield from noted(asking, id_, reason, "（在服务器上用命令）")
        return gathered

    gathered = await write_beside(settings.database_url, program)
    return await written(gathered, keys, LocalStore(settings.data / "photos") if photos else None)


def _named(case: str) -> Program[tuple[bytes, bytes]]:
    """The centre and id of a case by its number, its slip's number or its id."""
    wanted = unicodedata.normalize("NFKC", case).strip().upper()
    row = yield from first(_NUMBERED, wanted=wanted)
    if row is None and is_id(case.strip()):
        row = yield from first(_BY_ID, wanted=bytes.fromhex(case.strip()))
    if row is None:
        raise Refusal("record.unknown")
    return row[0], row[1]
