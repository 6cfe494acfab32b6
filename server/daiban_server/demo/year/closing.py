"""What was made, read from the tables, beside what the seed says: shown when the year is built."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sqlcipher3 import dbapi2

from daiban_schemas.kinds import KINDS
from daiban_schemas.labels import MODES, RATINGS
from daiban_server.demo.year import seed
from daiban_server.demo.year.build import Wish

_REPLIES = {
    "met": "按时",
    "met_received_late": "按时回复、晚收到",
    "late": "超期",
    "due": "待回复",
    "lapsed": "办结前未到期",
}


class Counted(NamedTuple):
    """A line: what, how many the seed's share is, how many there are, and a remark."""

    what: str
    wanted: str
    made: str
    remark: str = ""


def lines(folder: Path, wish: Wish) -> Iterator[Counted]:
    """Every line of the table."""
    database = dbapi2.connect(f"file:{folder / 'daiban.db'}?mode=ro", uri=True)
    try:
        wanted = seed.figures(wish.share, wish.centres)
        yield from _accepted(database, wanted)
        yield from _lives(database)
    finally:
        database.close()


def _accepted(database: Any, wanted: seed.Figures) -> Iterator[Counted]:
    receptions = _one(database, "SELECT count(*) FROM record WHERE kind = 'reception'")
    yield Counted("接待群众", f"{wanted.receptions:,}", f"{receptions:,}", "人次按接待登记的条数计")
    counted = _pairs(database, "SELECT label, count(*) FROM case_sheet WHERE accepted IS NOT NULL GROUP BY label")
    whole = sum(counted.values())
    yield Counted("受理事项", f"{wanted.accepted:,}", f"{whole:,}")
    for label, words in MODES.items():
        made = counted.get(label, 0)
        remark = seed.ASSUMPTION if label == "proxy" else ""
        number = getattr(wanted, label)
        yield Counted(
            f"  {words}", f"{number:,} ({number / wanted.accepted:.1%})", f"{made:,} ({made / whole:.1%})", remark
        )


def _lives(database: Any) -> Iterator[Counted]:
    yield _split(
        "办件现状",
        _pairs(database, "SELECT status, count(*) FROM case_sheet GROUP BY status"),
        KINDS["application"].states,
    )
    yield _split("定期回复", _pairs(database, "SELECT state, count(*) FROM obligation GROUP BY state"), _REPLIES)
    yield _split("好差评", _pairs(database, "SELECT level, count(*) FROM rating GROUP BY level"), RATINGS)
    opinions = _pairs(database, "SELECT status, count(*) FROM record WHERE kind = 'opinion' GROUP BY status")
    yield _split("意见反映", opinions, {"open": "待答复", "answered": "已答复", "closed": "已办结"})
    disputed = _one(database, "SELECT count(*) FROM record WHERE conflicts > 0")
    settled = _one(database, "SELECT count(*) FROM outcome WHERE outcome = 3")
    yield Counted("填写不一致", "", str(settled), f"仍待处理 {disputed} 件")


def _split(what: str, counted: dict[Any, int], words: Mapping[Any, str]) -> Counted:
    told = "、".join(f"{label} {counted[key]:,}" for key, label in words.items() if key in counted)
    return Counted(what, "", f"{sum(counted.values()):,}", told)


def _one(database: Any, sql: str) -> int:
    return int(database.execute(sql).fetchone()[0])


def _pairs(database: Any, sql: str) -> dict[Any, int]:
    return dict(database.execute(sql).fetchall())
