"""One case of the year: what is drawn for it beforehand, and the case as its life is told."""

import datetime
import random
from dataclasses import dataclass
from typing import Any, NamedTuple

from daiban_server.demo.year import words
from daiban_server.demo.year.answers import answers
from daiban_server.demo.year.matters import Matter
from daiban_server.demo.year.residents import Home, Resident
from daiban_server.demo.year.team import Team, Worker
from daiban_server.limits.calendar import local_day

_KIN = 0.006
"""How often an applicant is a relative of the window's clerk."""
_URGENT = "MZ-04"


class Spec(NamedTuple):
    """What is drawn of a case before the year begins.

    `label` is the mode of the statistics, `fate` is ``accepted``, or why it never was: ``declined``, ``withdrawn``,
    ``unanswered`` (nobody brought what was missing), ``waiting`` (too new). On `start` it is collected, on `decided`
    accepted or not. `shares` says that the resident came with another matter already.
    """

    number: int
    label: str
    mode: str
    source: str
    start: datetime.date
    decided: datetime.date
    fate: str = "accepted"
    notified: bool = False
    shares: bool = False


@dataclass
class Case:
    """A case as it is told: whose, what, and who works on it. `clerk` changes with a
    handover, `collected` is when it was taken down."""

    spec: Spec
    team: Team
    dice: random.Random
    record: str
    matter: Matter
    home: Home
    who: Resident
    clerk: Worker
    slip: dict[str, str]
    collected: int

    @property
    def agent(self) -> Worker:
        """The agent of the home's village."""
        return self.team.agents(self.home.point)[0]

    @property
    def urgent(self) -> bool:
        """Whether help comes first and the papers later."""
        return self.matter.code == _URGENT

    def missing(self) -> list[str]:
        """The papers that are told to be missing: the last one or two that the item asks for."""
        papers = self.matter.papers
        return papers[-(1 + len(papers) // 4) :]

    def fields(self, at: int, reception: str | None) -> dict[str, Any]:
        """The application as it is collected at a moment. From then on a relative's case has another clerk."""
        lacking = self.missing() if self.spec.notified or self.urgent else []
        fields: dict[str, Any] = {
            "household": self.home.record,
            "item": self.matter.record,
            "applicant": self.who.name,
            "identity_number": self.who.number,
            "phone": self.who.phone,
            "mode": self.spec.mode,
            "source": self.spec.source,
            "collected_at": at,
            "slip": self.slip,
            "papers": [one for one in self.matter.papers if one not in lacking],
            **answers(self.matter, self.who, local_day(at), self.dice),
        }
        if reception:
            fields["reception"] = reception
        if any("一卡通" in paper for paper in self.matter.papers):
            number = f"6200{self.dice.randrange(10**12):012}"
            fields["account"] = {"bank": "农村商业银行", "number": number, "holder": self.who.name}
        if self.matter.code in ("MZ-01", "MZ-02", "MZ-07"):
            fields["entitled_from"] = local_day(at).replace(day=1).isoformat()
        if self.urgent:
            fields["urgent"] = True
        self._declare_kin(fields)
        return fields

    def _declare_kin(self, fields: dict[str, Any]) -> None:
        """A relative of the window's clerk is declared, and another clerk handles the case (近亲属回避)."""
        if self.dice.random() < _KIN:
            fields["kin"] = {"person": self.clerk.id, "relation": self.dice.choice(words.RELATIONS)}
            self.clerk = self.team.other_clerk(self.clerk)

    def command(self, at: int, name: str, by: Worker | None = None, **said: Any) -> None:
        """The clerk, or somebody else, gives a command."""
        self.team.command(by or self.clerk, at, self.record, name, **said)

    def report(self, at: int, name: str, by: Worker | None = None, **facts: Any) -> None:
        """The clerk, or somebody else, reports a fact."""
        self.team.report(by or self.clerk, at, self.record, name, **facts)
