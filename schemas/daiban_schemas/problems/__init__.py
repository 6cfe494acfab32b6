"""The tables of problem codes, by where they come from; `daiban_schemas.problem` joins them."""

from typing import NamedTuple


class Problem(NamedTuple):
    """`status` is HTTP's; `title` and `advice` are for people, in Chinese and English."""

    status: int
    title: str
    advice: str
    english: str
    english_advice: str
