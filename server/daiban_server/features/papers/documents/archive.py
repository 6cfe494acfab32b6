"""The file of a finished case: cover, contents, closing sheet."""

import datetime
from collections.abc import Callable, Iterable
from typing import Literal, TypeVar, get_args

from msgspec import Struct

from .parts import Document

Part = Literal[
    "contents",
    "acceptance",
    "mandate",
    "missing",
    "application",
    "verification",
    "work_order",
    "result",
    "delivery",
    "follow_up",
    "closing",
]
"""What a file holds, in the order in which it is bound."""
_ORDER = get_args(Part)


class Leaf(Struct, frozen=True, kw_only=True):
    """One paper of a file; `pages` are its page numbers in the file, such as ``3-5``, or "" where none is bound."""

    part: Part
    title: str
    pages: str
    number: str = ""
    author: str = ""
    dated: datetime.date | None = None
    note: str = ""


T = TypeVar("T")


def in_order(papers: Iterable[T], leaf: Callable[[T], Leaf]) -> list[T]:
    """Papers in binding order, by their leaves; those of one part stay as they came."""
    return sorted(papers, key=lambda paper: _ORDER.index(leaf(paper).part))


def filed(leaves: Iterable[Leaf]) -> tuple[Leaf, ...]:
    """The leaves in binding order."""
    return tuple(in_order(leaves, lambda leaf: leaf))


class ArchiveCover(Document, frozen=True, kw_only=True):
    """卷宗封面. `keep` is the term of keeping (保管期限)."""

    title: str
    category: str
    applicant: str
    case: str
    accepted: datetime.date
    ended: datetime.date
    result: str
    keep: str
    pieces: int
    pages: int
    filed_by: str
    holding: str = ""
    catalogue: str = ""
    volume: str = ""


class ArchiveContents(Document, frozen=True, kw_only=True):
    """卷内目录; see `filed` for the order."""

    title: str
    leaves: tuple[Leaf, ...]


class ClosingSheet(Document, frozen=True, kw_only=True):
    """备考表: what the file holds, what is missing from it and why, who bound and who checked it."""

    title: str
    pieces: int
    pages: int
    remarks: str
    filed_by: str
    checked_by: str = ""
    undelivered: str = ""
