"""Numbers of people who do not exist, with right check digits."""

import datetime

CARD = "6217001234567890123"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def number(born: datetime.date, serial: int = 2) -> str:
    """The identity number of somebody of Hanbin (612401) born on a day."""
    digits = f"612401{born:%Y%m%d}{serial:03d}"
    return digits + "10X98765432"[sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11]


ZHANG = number(datetime.date(1949, 12, 31))
"""张桂兰."""
