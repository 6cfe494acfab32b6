"""Resident identity numbers (GB 11643-1999)."""

import datetime
from operator import mul

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_ZEROS = ord("0") * sum(_WEIGHTS)
"""What the weights make of seventeen zeros as ASCII, so that digits need no reading one by one."""


def identity_number_problem(number: str) -> str | None:
    """The code of what is wrong with a number, or None. Raises nothing."""
    if len(number) != 18 or not (number[:17].isascii() and number[:17].isdigit()) or number[17] not in _CHECK:
        return "value.not_identity_number"
    if _CHECK[(sum(map(mul, _WEIGHTS, number[:17].encode())) - _ZEROS) % 11] != number[17]:
        return "value.identity_check_digit"
    born = birthday(number)
    return "value.identity_date" if born is None or born.year < 1880 else None


def birthday(number: str) -> datetime.date | None:
    """The date of birth that an 18-character number states."""
    try:
        return datetime.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def masked(number: str) -> str:
    """First and last character only: in a village six digits and a date of birth identify a person."""
    return f"{number[0]}{'*' * (len(number) - 2)}{number[-1]}" if len(number) > 2 else "*" * len(number)
