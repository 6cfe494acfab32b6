"""The papers of a case by the name under which they are asked for, and which of them there are by now."""

from collections.abc import Callable, Mapping
from typing import Literal

from daiban_server.features.papers.documents import Document
from daiban_server.printing import application, case_papers, casework, consents
from daiban_server.printing.case_file import CaseFile
from daiban_server.spine.refusal import Refusal

ONE: Mapping[str, Callable[[CaseFile], Document]] = {
    "slip": case_papers.slip,
    "slip-a5": lambda file: case_papers.slip(file, "a5"),
    "notice": case_papers.latest(case_papers.notices),
    "acceptance": case_papers.acceptance,
    "extension": case_papers.latest(case_papers.extensions),
    "pause": case_papers.latest(case_papers.pauses),
    "receipt": case_papers.receipt,
    "receipt-slip": lambda file: case_papers.receipt(file, "roll"),
    "non-acceptance": case_papers.non_acceptance,
    "refusal": case_papers.refusal,
    "application": application.application,
    "withdrawal": casework.withdrawal,
    "work-order": casework.work_order,
    "mandate": casework.mandate,
    "information-notice": consents.notice,
    "separate-consent": consents.separate,
    "delivery": casework.delivery,
}
"""Where a case has several, the last: the file of an archived case has them all."""
FILE = "file"
"""The name of all papers of an archived case together."""
RESULT: Mapping[str, Literal["roll", "a5"]] = {"result": "a5", "result-slip": "roll"}
"""The slip of the result, which has the secret that rates the case for who had no part in it."""
NAMES = (*ONE, *RESULT, FILE)


def ready(file: CaseFile) -> list[str]:
    """The names of the papers that can be printed now: each says so itself, so that none is offered and then refused.
    Nothing is set for it, so it takes no longer than reading the file."""
    return [name for name in NAMES if _stands(name, file)]


def _stands(name: str, file: CaseFile) -> bool:
    if name == FILE:
        return bool(file.values.get("archive"))
    try:
        case_papers.result(file, "", RESULT[name]) if name in RESULT else ONE[name](file)
    except Refusal:
        return False
    return True
