"""What the district of the beginning holds at fixed ids: the exercises lead there, and look there for what was done."""

from daiban_server.demo.ident import ident

CENTRE = ident("centre", 0)
"""The centre in which everybody practises; its neighbour is there to be compared with."""
OWED, UNREACHED, WHOLE, BOOKED = "徐长贵", "黄秀芳", "张桂兰", "孙玉梅"
"""Heads of households that exercises lead to."""
RECEPTIONS, CASES = 6, 14
"""How many there are at the beginning in that centre; all came for advice."""


def record(name: str) -> bytes:
    """A record of the beginning."""
    return ident("training", name)


def page(path: str, name: str) -> str:
    """The page of one."""
    return f"/{path}/{record(name).hex()}"


def home(head: str) -> str:
    """The name of a household of the beginning."""
    return f"home {head}"
