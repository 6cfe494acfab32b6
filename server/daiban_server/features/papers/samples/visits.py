"""The slip of a home visit."""

from collections.abc import Iterator

from msgspec.structs import replace

from ..documents import Document, VisitSlip
from .township import AGENT, ITEM, OFFICE, PAPERS, TODAY


def visits() -> Iterator[tuple[str, Document]]:
    slip = VisitSlip(
        office=OFFICE,
        issued=TODAY,
        household="张桂兰",
        place="清河镇柳树村三组",
        purpose=ITEM,
        day="3月9日 周一",
        time="上午 9:20",
        until="10:00",
        agents=(AGENT,),
        papers=PAPERS[:3],
        changed_from="3月6日 周五 上午 9:00",
    )
    yield "上门预约单-小票", slip
    yield "上门预约单-A5", replace(slip, size="a5", changed_from="")
