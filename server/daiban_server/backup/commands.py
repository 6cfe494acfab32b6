"""``daiban backup`` and ``daiban restore``."""

import asyncio
import shutil
from pathlib import Path

import click

from daiban_server.backup import archive, erasure_note, put_back, take
from daiban_server.backup.archive import BackupError
from daiban_server.commands import data_option, database_option
from daiban_server.keystore import load, load_root
from daiban_server.services import wall_clock
from daiban_server.settings import Settings

_FOLDER = click.Path(path_type=Path, file_okay=False)
_KEYS = ("keys", "tls")
"""What signs and what devices pin; both stay the same through a restore."""


@click.command()
@click.argument("folder", type=_FOLDER)
@data_option
@database_option
@click.option("--keys", type=_FOLDER, help="密钥另存到这里 / where keys are copied, apart from the backup")
@click.option(
    "--keep", type=click.IntRange(1), default=35, show_default=True, help="备份保留天数 / days a backup is kept"
)
def backup(folder: Path, data: Path, database: str, keys: Path | None, keep: int) -> None:
    """备份数据库和照片，服务器照常运行。 Back up database and photos while the server goes on."""
    settings = Settings(data, database=database)
    try:
        made = load(data / "keys")
        if keys is not None:
            take.check_apart(folder, keys)
        # First, or a disk that is full would never have room again.
        expired = take.expire(folder, keep, wall_clock())
        target = asyncio.run(
            take.back_up(settings.database_url, data / "photos", made.origin, folder, wall_clock, _progress)
        )
        if keys is not None:
            _copy_keys(data, keys)
            erasure_note.copy(data, keys)
        expired += take.expire(folder, keep, wall_clock())
    except (BackupError, OSError) as error:
        raise click.ClickException(str(error)) from None
    manifest = archive.load(target)
    rows, photos = sum(one.rows for one in manifest.tables.values()), len(manifest.photos)
    click.echo(f"备份完成：{target}")
    click.echo(f"{rows} 行，{photos} 张照片，{manifest.photo_bytes / 1e6:.1f} MB。 Complete.")
    if expired:
        click.echo(f"{len(expired)} 份过期的备份已删除。 Expired backups were removed.")
    if keys is None:
        click.echo("密钥不在备份里；请用 --keys 另存一份，和备份分开保管。 Keys are not in it: keep them apart.")


@click.command()
@click.argument("backup_folder", metavar="BACKUP", type=_FOLDER)
@data_option
@database_option
@click.option("--keys", type=_FOLDER, help="另存的密钥 / where keys were copied to")
@click.option("--root", type=click.Path(path_type=Path, dir_okay=False), help="离线保管的根密钥 / an offline root key")
def restore(backup_folder: Path, data: Path, database: str, keys: Path | None, root: Path | None) -> None:
    """把备份恢复到新的数据文件夹和空的数据库。 Put a backup back into a new data folder and an empty database."""
    settings = Settings(data, database=database)
    try:
        archive.load(backup_folder)
        if keys is not None:
            _copy_keys(keys, data)
        made, signer = load(data / "keys"), load_root(root or data / "keys" / "root.key")
        stated = asyncio.run(
            put_back.restore(
                *(backup_folder, settings.database_url, data / "photos", made, signer, wall_clock),
                notes=[data, keys] if keys else [data],
                tell=_progress,
            )
        )
    except (BackupError, OSError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"已恢复 {len(stated)} 个中心，进入新的时期。手机下次同步会补报备份以后的内容。")
    click.echo("备份以后在窗口网页上填写的内容，如果没有重新填写，就没有了。")
    click.echo("备份以后改过的密码和二次验证也回到了备份时的样子。谁的密码泄露过，请再改一次。")
    click.echo("Restored. Devices hand in again what came after the backup; console edits since then are lost.")
    click.echo("Passwords and second factors are as they were: change once more what somebody else may know.")


def _copy_keys(source: Path, target: Path) -> None:
    """Copy keys and certificate. What is there already must be the same."""
    if not (source / "keys" / "origin").exists():
        raise BackupError(f"{source} 里没有密钥 / holds no keys")
    for name in _KEYS:
        for file in sorted((source / name).glob("*")):
            copy = target / name / file.name
            if copy.exists() and copy.read_bytes() != file.read_bytes():
                raise BackupError(f"{copy} 是另一套系统的 / is of another installation")
            copy.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copyfile(file, copy)
            copy.chmod(0o600)


def _progress(what: str, done: int, total: int) -> None:
    words = {"tables": "表 / tables", "photos": "照片 / photos"}[what]
    if total:
        click.echo(f"\r{words}: {done}/{total}", nl=done == total, err=True)
