"""The daily report as the paper of that name."""

import datetime

from daiban_schemas.labels import MODES, RATINGS
from daiban_server.features.figures.report import ReportOut, Row
from daiban_server.features.papers.documents import DailyLine, DailyReport, Office

_BAD = ("unmended", "uncontacted", "overdue")
_SAME = ("receptions", "opening", "completed", "overdue", "refused", "withdrawn", "closing")


def daily_document(office: Office, made: ReportOut, made_by: str = "") -> DailyReport:
    """The paper of a report that is by window. What no window has (a complaint of nobody's case) has no line but is in
    the centre's other figures. Raises `PaperError` (papers.unbalanced), which would be a fault of ours."""
    figures = _values(made.total)
    return DailyReport(
        office=office,
        issued=datetime.date.fromisoformat(made.last),
        lines=tuple(line for line in map(_line, made.rows) if line != DailyLine(window=line.window)),
        ratings=tuple(figures[f"rating_{level}"] for level in RATINGS),  # type: ignore[arg-type] # the five levels
        made_by=made_by,
        # 已上报 is a state there, as 待补正 is: what stands in it at the day's end.
        awaiting=figures["awaiting"],
        sent_up=figures["above"],
        not_accepted=figures["not_accepted"],
        deliveries=figures["deliveries"],
        follow_ups=figures["follow_ups"],
        complaints=figures["complaints"],
        bad_ratings=tuple(figures[f"bad_{name}"] for name in _BAD),  # type: ignore[arg-type] # the three of them
    )


def _line(row: Row) -> DailyLine:
    figures = _values(row)
    modes = {mode: figures[f"accepted_{mode}"] for mode in MODES}
    return DailyLine(window=row.name, **modes, **{name: figures[name] for name in _SAME})


def _values(row: Row) -> dict[str, int]:
    return {name: number.value for name, number in row.figures.items()}
