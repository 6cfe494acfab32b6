"""When two telephones are one, however people wrote them."""

import re

_ABROAD = re.compile(r"\A(?:0086|86(?=1[3-9][0-9]{9}\Z))")
"""The country's number as it is dialled; 86 alone only where a mobile number follows, since other numbers begin so."""
_LONG = 9
"""Digits from which a 0 in front is the one that is dialled before an area or from afar."""
_PART = 7
"""Digits that are enough of a telephone to look for."""
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_DIGITS = frozenset("0123456789")
_SIGNS = frozenset("+-()./ ")


def dialled(written: str) -> str:
    """The digits by which telephones are told apart: full-width ones folded, without what is written between them,
    without the country's +86 or 0086, and without the 0 before an area. Empty where there is none.

    138-0000-0000, +8613800000000 and 13800000000 are one; so are 0915-3212345 and +86 915 3212345.
    """
    folded = written.translate(_FULL_WIDTH).strip()
    digits = "".join(sign for sign in folded if sign in _DIGITS)
    digits = digits[2:] if folded.startswith("+86") else _ABROAD.sub("", digits)
    return digits[1:] if digits.startswith("0") and len(digits) > _LONG else digits


def same(one: str, other: str) -> bool:
    """Whether two texts are one telephone; a text without a digit is none."""
    return bool(dialled(one)) and dialled(one) == dialled(other)


def is_written_as_one(text: str) -> bool:
    """Whether a text that is looked for is a telephone, or enough of one."""
    folded = text.translate(_FULL_WIDTH)
    return len(dialled(text)) >= _PART and all(sign in _DIGITS or sign in _SIGNS for sign in folded)
