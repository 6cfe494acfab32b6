"""What people come for: which items of the catalogue, how often, and in which season."""

import datetime
import random
from collections.abc import Mapping
from typing import Any, NamedTuple

from daiban_server.demo.year import days
from daiban_server.features.catalogue.publish import catalogue

_OFTEN: Mapping[str, Mapping[str, float]] = {
    "direct": {
        "SB-05": 22,
        "SB-03": 16,
        "SB-01": 11,
        "HN-05": 12,
        "HN-04": 10,
        "SB-08": 8,
        "MZ-07": 9,
        "XS-01": 6,
        "MZ-04": 2,
        "XF-05": 2,
        "XF-06": 2,
    },
    "limited": {
        "HN-01": 16,
        "MZ-01": 10,
        "SB-02": 14,
        "MZ-10": 9,
        "MZ-03": 8,
        "MZ-05": 7,
        "XS-02": 5,
        "XS-03": 6,
        "HN-07": 5,
        "HN-03": 5,
        "HN-02": 3,
        "SB-10": 5,
        "XF-02": 6,
        "MZ-02": 3,
        "MZ-11": 3,
        "MZ-08": 4,
        "XF-04": 4,
        "XF-03": 2,
        "XS-04": 1,
        "MZ-09": 1,
    },
    "proxy": {
        "SB-06": 17,
        "SB-07": 14,
        "SB-09": 14,
        "MZ-06": 11,
        "SB-04": 7,
        "XS-07": 7,
        "XF-01": 6,
        "XS-05": 6,
        "XS-06": 6,
        "HN-06": 4,
        "MZ-08": 5,
        "XF-07": 2,
        "MZ-05": 2,
        "XS-03": 2,
    },
}
"""How often an item comes, handled in a mode; plausible, not counted anywhere."""
_AT_HOME: Mapping[str, Mapping[str, float]] = {
    "direct": {"SB-03": 20, "MZ-07": 10, "HN-04": 3},
    "limited": {"MZ-01": 14, "SB-02": 8, "MZ-02": 8, "MZ-05": 6, "MZ-10": 5, "HN-07": 5, "MZ-09": 2},
    "proxy": {"MZ-06": 14, "SB-07": 9, "SB-06": 6, "SB-09": 4},
}
HOME_MODES = {"direct": 0.25, "limited": 0.45, "proxy": 0.30}
"""How what was collected on a home visit is handled then."""


class Matter(NamedTuple):
    """An item of the catalogue: its record and its fields."""

    record: str
    fields: Mapping[str, Any]

    @property
    def code(self) -> str:
        """Its code, such as ``SB-03``."""
        return str(self.fields["code"])

    @property
    def in_person(self) -> bool:
        """Whether nobody can apply for it by telephone: the person has to come, or a mandate on paper."""
        return bool(self.fields.get("person_must_come") or self.fields.get("paper_mandate_only"))

    @property
    def papers(self) -> list[str]:
        """The names of its papers, cut to what a case's field holds."""
        return [str(paper["name"])[:100] for paper in self.fields["papers"]]

    @property
    def notices(self) -> list[str]:
        """Its special steps that are not counted: public notices, checks."""
        return [step["name"] for step in self.fields.get("special_steps") or () if not step.get("counted")]


MATTERS: Mapping[str, Matter] = {str(fields["code"]): Matter(record.hex(), fields) for record, fields in catalogue()}


def draw(mode: str, day: datetime.date, dice: random.Random, *, at_home: bool) -> Matter:
    """An item that comes in a mode on a day."""
    often = (_AT_HOME if at_home else _OFTEN)[mode]
    codes = list(often)
    return MATTERS[dice.choices(codes, _weights(often, day))[0]]


def _weights(often: Mapping[str, float], day: datetime.date) -> list[float]:
    return [weight * days.season(code, day) for code, weight in often.items()]
