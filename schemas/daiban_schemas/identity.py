"""Resident identity numbers (GB 11643-1999)."""

import datetime
import re
from functools import lru_cache

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_NUMBER = re.compile(r"[0-9]{17}[0-9X]\Z")


def _sums(weights: tuple[int, ...]) -> list[int]:
    """The weighted sum of the digits of each number of so many digits."""
    sums = [0]
    for weight in weights:
        sums = [one + weight * digit for one in sums for digit in range(10)]
    return sums


_THREES = [(slice(at, min(at + 3, 17)), _sums(_WEIGHTS[at : at + 3])) for at in range(0, 17, 3)]
"""Sums are looked up for three digits at a time: the same digits read one by one took four times as long."""


def identity_number_problem(number: str) -> str | None:
    """The code of what is wrong with a number, or None. Raises nothing."""
    if not _NUMBER.match(number):
        return "value.not_identity_number"
    total = sum([sums[int(number[part])] for part, sums in _THREES])
    if _CHECK[total % 11] != number[17]:
        return "value.identity_check_digit"
    return None if _was_a_day(number[6:14]) else "value.identity_date"


@lru_cache(40_000)
def _was_a_day(born: str) -> bool:
    try:
        return datetime.date(int(born[:4]), int(born[4:6]), int(born[6:])).year >= 1880
    except ValueError:
        return False


def birthday(number: str) -> datetime.date | None:
    """The date of birth that an 18-character number states."""
    try:
        return datetime.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def masked(number: str) -> str:
    """First and last character only: in a village six digits and a date of birth identify a person."""
    return f"{number[0]}{'*' * (len(number) - 2)}{number[-1]}" if len(number) > 2 else "*" * len(number)
