"""What a field day came to, read from the server's tables and the devices' own stores.

Nothing here was told by the script: it opens the database beside the running server, for reading only.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from sqlcipher3 import dbapi2

from daiban_schemas.kinds import KINDS


class Counted(NamedTuple):
    """One line of the summary: what, how many, and a remark."""

    what: str
    number: str
    remark: str = ""


def server_lines(data: Path, centre: bytes) -> Iterator[Counted]:
    """What stands in the centre's tables."""
    database = dbapi2.connect(f"file:{data / 'daiban.db'}?mode=ro", uri=True)
    try:
        yield from _records(database, centre)
        yield from _custody(database, centre)
        yield from _photos(database, data, centre)
        yield from _work(database, centre)
    finally:
        database.close()


def _one(database: Any, sql: str, *parameters: object) -> int:
    return int(database.execute(sql, parameters).fetchone()[0])


def _records(database: Any, centre: bytes) -> Iterator[Counted]:
    found = database.execute("SELECT kind, count(*) FROM record WHERE centre = ? GROUP BY kind", (centre,)).fetchall()
    counts = dict(found)
    told = "、".join(f"{kind.label} {counts[name]}" for name, kind in KINDS.items() if name in counts)
    yield Counted("中心收到的记录", str(sum(counts.values())), told)


def _custody(database: Any, centre: bytes) -> Iterator[Counted]:
    batches = _one(database, "SELECT count(*) FROM envelope WHERE centre = ?", centre)
    leaves = _one(database, "SELECT log_size FROM counter WHERE centre = ?", centre)
    entries = _one(database, "SELECT coalesce(sum(last - first + 1), 0) FROM envelope WHERE centre = ?", centre)
    yield Counted("签名批次（每批都有收据）", str(batches), f"日志 {leaves} 条，含 {entries} 条改动、请求和报告")
    history = _one(database, "SELECT count(*) FROM outcome WHERE centre = ? AND outcome = 3", centre)
    still = _one(database, "SELECT count(*) FROM record WHERE centre = ? AND conflicts > 0", centre)
    yield Counted(
        "填写不一致", f"出现 {history} 次", f"仍待处理 {still} 件" if still else "都已处理，各种写法都留有记录"
    )
    waiting = _one(database, "SELECT count(*) FROM parked WHERE centre = ?", centre)
    yield Counted("等待中或退回的记录", str(waiting), "没有" if not waiting else "工作人员可以看到")


def _photos(database: Any, data: Path, centre: bytes) -> Iterator[Counted]:
    rows = database.execute("SELECT digest, size FROM photo_file WHERE centre = ?", (centre,)).fetchall()
    whole = sum(_is_whole(data, centre, digest) for digest, _ in rows)
    megabytes = sum(size for _, size in rows) / 1e6
    yield Counted("照片", str(len(rows)), f"{megabytes:.1f} MB，逐张核对摘要，{whole} 张完好")


def _is_whole(data: Path, centre: bytes, digest: bytes) -> bool:
    path = data / "photos" / centre.hex() / digest.hex()[:2] / digest.hex()
    return path.exists() and hashlib.sha256(path.read_bytes()).digest() == digest


_STATES = {
    "requested": "待安排",
    "assigned": "已安排",
    "finished": "已上门",
    "due": "待回复",
    "met": "已回复",
    "late": "超期",
    "met_received_late": "按时回复、晚收到",
    "draft": "草稿",
    "collected": "已上门收件",
    "submitted": "已提交",
    "accepted": "已受理",
}


def _work(database: Any, centre: bytes) -> Iterator[Counted]:
    by_status = "SELECT status, count(*) FROM record WHERE centre = ? AND kind = ? GROUP BY status"
    by_state = "SELECT state, count(*) FROM obligation WHERE centre = ? GROUP BY state"
    yield _split("申请", database.execute(by_status, (centre, "application")).fetchall())
    yield _split("上门", database.execute(by_status, (centre, "visit")).fetchall())
    yield _split("包联干部应回复", database.execute(by_state, (centre,)).fetchall())


def _split(what: str, rows: list[tuple[str, int]]) -> Counted:
    told = "、".join(f"{_STATES.get(state, state)} {number}" for state, number in rows)
    return Counted(what, str(sum(number for _, number in rows)), told)
