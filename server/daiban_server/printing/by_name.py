"""The papers of a case by the name under which they are asked for."""

from collections.abc import Callable, Mapping

from daiban_server.features.papers.documents import Document
from daiban_server.printing import application, case_papers, casework, consents
from daiban_server.printing.case_file import CaseFile

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
