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


_AREA, _PART, _YEAR, _DAY, _SERIAL = (_sums(_WEIGHTS[a:b]) for a, b in ((0, 3), (3, 6), (6, 10), (10, 14), (14, 17)))
"""Sums are looked up for three or four digits at a time; read one by one, they took more than twice as long."""


def identity_number_problem(number: str) -> str | None:
    """The code of what is wrong with a number, or None. Raises nothing."""
    if not _NUMBER.match(number):
        return "value.not_identity_number"
    born, was_a_day = _born(number[6:14])
    total = _AREA[int(number[:3])] + _PART[int(number[3:6])] + born + _SERIAL[int(number[14:17])]
    if _CHECK[total % 11] != number[17]:
        return "value.identity_check_digit"
    return None if was_a_day else "value.identity_date"


@lru_cache(40_000)
def _born(digits: str) -> tuple[int, bool]:
    """The weighted sum of a date's digits, and whether it was a day of somebody's birth."""
    total = _YEAR[int(digits[:4])] + _DAY[int(digits[4:])]
    try:
        return total, datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year >= 1880
    except ValueError:
        return total, False


def birthday(number: str) -> datetime.date | None:
    """The date of birth that an 18-character number states."""
    try:
        return datetime.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def age_on(number: str, day: datetime.date) -> int | None:
    """How many years somebody with this number has completed on a day; None where the number states no birth date or
    one after that day. Who was born on the 29th of February completes a year on the 1st of March."""
    born = birthday(number)
    return None if born is None or born > day else age(born, day)


def age(born: datetime.date, day: datetime.date) -> int:
    """How many years somebody born on a day has completed on a later one."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
