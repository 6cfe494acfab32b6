"""Notice and separate consent, as they are signed with every application of the year."""

from daiban_schemas import texts
from daiban_server.demo.year.case import Case
from daiban_server.demo.year.team import Worker, dice_for, new_id

_OLD = 1945
"""Who was born before presses a finger."""


def agreed(case: Case, by: Worker, at: int) -> None:
    """The applicant is told by the one text and agrees by the other: on the telephone by word of mouth."""
    dice = dice_for(case.team.seed, case.team.index, "consent", case.spec.number)
    mark = "fingerprint" if case.who.born.year < _OLD else "drawn"
    if case.spec.source == "telephone":
        mark = "spoken"
    for kind in (texts.NOTICE, texts.SENSITIVE):
        signed = texts.current(kind)
        fields = {
            "application": case.record,
            "about": {"name": case.who.name, "identity_number": case.who.number},
            "text": signed.kind,
            "text_version": signed.version,
            "text_sha256": signed.sha256,
            "given_by": "oral" if mark == "spoken" else "self",
            "mark": mark,
            "given_at": at,
            "place": case.home.village,
            **({} if mark == "drawn" else {"witness": "村民小组长"}),
        }
        case.team.change(by, at, "consent", new_id(at, dice), fields)
