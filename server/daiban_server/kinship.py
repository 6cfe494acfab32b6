"""Whose relative an applicant is declared to be (近亲属回避), for whoever asks who may handle a case."""

from collections.abc import Mapping
from typing import Any


def relatives(values: Mapping[str, Any]) -> list[str]:
    """Who was ever seen declared as the applicant's relative: taking the declaration back does not help him."""
    kin = values.get("kin")
    declared = [kin["person"]] if isinstance(kin, dict) and kin.get("person") else []
    return list(dict.fromkeys([*(values.get("kin_of") or ()), *declared]))
