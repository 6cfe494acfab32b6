"""Help first, papers later (急难先办): the papers are owed until they come, however far the case got meanwhile."""

from sqlalchemy import bindparam, select

from daiban_server.db import schema
from daiban_server.printing.archive import file_of
from daiban_server.printing.case_file import gather
from tests.cases.bureau import Bureau
from tests.cases.test_modes import ASKED, DELIVERED

_d = schema.deadline.c
PAPERS = select(_d.state).where(_d.case == bindparam("case_id"), _d.kind == "papers")


def helped(bureau: Bureau) -> bytes:
    """A family that was helped at once, and was asked."""
    case = bureau.case(urgent=True)
    bureau.through(case, ("赵敏", "submit", {}), ("赵敏", "accept", {"papers_days": 10}))
    bureau.through(case, ("赵敏", "complete", {"result": "已发放救助金"}), DELIVERED, ASKED)
    return case


def test_they_are_brought_after_the_help_came(bureau: Bureau) -> None:
    case = helped(bureau)
    assert bureau.look(PAPERS, case_id=case) == [("running",)]
    bureau.later(3)
    bureau.through(case, ("王芳", "brought", {"papers": ["居民户口簿"]}))
    assert (bureau.status(case), bureau.look(PAPERS, case_id=case)) == ("followed_up", [("met",)])
    bureau.through(case, ("赵敏", "archive", {}))


def test_no_file_is_closed_over_papers_that_are_owed_without_a_reason(bureau: Bureau) -> None:
    case = helped(bureau)
    assert bureau.ask("赵敏", case, "archive") == "archive.papers_owed"
    assert bureau.status(case) == "followed_up"
    bureau.through(case, ("赵敏", "archive", {"reason": "户口簿已遗失，以派出所证明代替"}))
    closing = file_of(bureau.run(gather(bureau.centre, case, bureau.now))).documents[-1]
    assert "急难先办的材料未补交，原因：户口簿已遗失，以派出所证明代替。" in getattr(closing, "remarks", "")
