"""What long work tells: items and bytes, by lane."""

from collections.abc import Callable
from typing import Literal, NamedTuple

Lane = Literal["records", "photos", "pull"]


class Progress(NamedTuple):
    """How far one lane of a sync is. ``records`` counts entries with a receipt, ``photos`` photos with one, ``pull``
    records
    that came in; bytes are as they travel, `bytes_total` 0 where it is not known beforehand."""

    lane: Lane
    items: int
    items_total: int
    bytes: int
    bytes_total: int


OnProgress = Callable[[Progress], None]


def silent(progress: Progress) -> None:
    """Tell nobody."""


class Status(NamedTuple):
    """What this device still holds alone. Counts are of what has no receipt, never of the last call's result."""

    entries: int
    photos: int
    photo_bytes: int
    troubled: int
    synced_at: int | None
    bootstrap_complete: bool

    @property
    def may_be_given_back(self) -> bool:
        """Whether nothing would be lost with this phone."""
        return self.entries == 0 and self.photos == 0

    def line(self, language: str = "zh") -> str:
        """One line that answers whether this phone may be given back."""
        if language != "zh":
            if self.may_be_given_back:
                return "Everything is receipted: this phone may be given back."
            return f"Do not give this phone back: {self.entries} entries and {self.photos} photos have no receipt yet."
        if self.may_be_given_back:
            return "全部已收讫，这台手机可以交回。"
        parts = [f"{self.entries} 条记录"] if self.entries else []
        if self.photos:
            parts.append(f"{self.photos} 张照片（{self.photo_bytes / 1e6:.1f} MB）")
        return f"还有 {'、'.join(parts)} 未收讫，这台手机先不要交回。"
